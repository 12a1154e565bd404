"""Sets the marks of typewriters in prose as printers do: quotes, dashes, ellipses, and the narrow spaces of a language.

docutils has the quotes of some sixty languages. Code, formulas, roles, links, options, HTML, comments and front matter stay as
they are.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import fields
from typing import Any

from docutils.parsers.rst.directives.admonitions import BaseAdmonition
from docutils.utils.smartquotes import educate_tokens
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from myst_parser.config.main import MdParserConfig

from insights.source import create_parser, split_front_matter

from .fences import FENCES, directive_class

#: Quotes, dashes (-- and ---) and ellipses, as docutils names them.
MARKS = "qDe"
#: What is no prose in a line: escapes, code and roles, formulas, addresses, attributes, HTML, footnotes, rules of tables.
KEPT = re.compile(
    r"(\\.|(?:\{[^}\n]*\})?(`+)(?!`).*?(?<!`)\2(?!`)|(?<![\w$])\$\$?(?=\S)[^$]*\$|\]\([^)]*\)|\]\[[^\]]*\]|\[\^[^\]]*\]"
    r"|\{\{.*?\}\}|\{[^}]*\}|<[^>]+>|\w+://[^\s)>\]]+|\S+@\S+|(?<!\S)--?[A-Za-z][\w-]*|&\w+;|^[\s>]*(?:[-*+]|\d+[.)])\s"
    r"|^\s*-{2,3}\s.*|^[\s>]*[|:-][\s:|-]*$)",
    re.DOTALL | re.MULTILINE,
)
#: Lines that are no prose: comments, targets, attributes, definitions of links, breaks.
KEPT_LINE = re.compile(r"^[\s>]*(?:%|\(.*\)=$|\{.*\}$|\[[^\]^]+\]:\s|\+\+\+|:[\w-]+:)")
OPTION = re.compile(r":[\w-]+:")
#: Spaces that do not break, by language: a pattern, and what is in its place.
SPACES: dict[str, tuple[tuple[re.Pattern[str], str], ...]] = {
    "fr": (
        (re.compile(r"(?<=[\w»)]) (?=[;!?](?:\s|$))"), "\u202f"),
        (re.compile(r"(?<=[\w»)]) (?=:(?:\s|$))"), "\u00a0"),
        (re.compile(r"(?<=«) | (?=»)"), "\u00a0"),
    ),
    "de": ((re.compile(r"(?<=\b[zduo]\.) (?=[BhaÄ]\.)"), "\u202f"),),
}
#: Directives of other packages that hold prose, besides admonitions and whatever is written with colons.
PROSE = frozenset({"card", "chart", "dropdown", "epigraph", "figure", "grid-item-card", "highlights", "pull-quote", "tab-item"})


def text_parser(settings: Mapping[str, Any]) -> MarkdownIt:
    """A parser of texts, with what the ``settings`` of conf.py say of MyST."""
    known = {field.name: settings[f"myst_{field.name}"] for field in fields(MdParserConfig) if f"myst_{field.name}" in settings}
    return create_parser(MdParserConfig(**known), RendererHTML)


def with_typography(text: str, parser: MarkdownIt, language: str) -> str:
    """A ``text`` with its typewriter marks set as in ``language``; it has as many lines."""
    _, length = split_front_matter(text)
    lines = text.split("\n")
    body = "\n".join([*[""] * length, *lines[length:]])
    for first, last in _prose(parser, body, 0):
        rows = [number for number in range(first, min(last, len(lines))) if not KEPT_LINE.match(lines[number])]
        changed = _set("\n".join(lines[number] for number in rows), language).split("\n") if rows else []
        for number, line in zip(rows, changed, strict=True):
            lines[number] = line
    return "\n".join(lines)


def _prose(parser: MarkdownIt, text: str, offset: int) -> Iterator[tuple[int, int]]:
    """The first line of each paragraph, heading and row in a ``text``, and the line below it."""
    done = -1
    for token in parser.parse(text):
        if token.type == "inline" and token.map and token.map[0] > done:
            done = max(token.map[1] - 1, token.map[0])
            yield offset + token.map[0], offset + done + 1
        elif token.type == "tr_open" and token.map:
            done = token.map[0]
            yield offset + token.map[0], offset + token.map[0] + 1
        elif token.type in FENCES and token.map and _holds_prose(token.type, token.info.strip()):
            rows = token.content.split("\n")
            skipped = 0
            if rows[0].strip() == "---":
                skipped = next((number + 1 for number, row in enumerate(rows[1:], 1) if row.strip() == "---"), len(rows))
            while skipped < len(rows) and OPTION.match(rows[skipped].lstrip()):
                skipped += 1
            yield from _prose(parser, "\n".join([*[""] * skipped, *rows[skipped:]]), offset + token.map[0] + 1)


def _holds_prose(kind: str, info: str) -> bool:
    """Whether a fence, of this kind of token and with this ``info``, holds prose."""
    name = re.match(r"\{([\w-]+)\}", info)
    if not name:
        return kind == "colon_fence"
    found = directive_class(name[1])
    if found and issubclass(found, BaseAdmonition):
        return True
    return name[1] in PROSE


def _set(text: str, language: str) -> str:
    """A paragraph with its marks set."""
    parts = [part for number, part in enumerate(KEPT.split(text)) if number % 3 != 2]
    tokens = [("literal" if number % 2 else "plain", part) for number, part in enumerate(parts)]
    pieces = list(educate_tokens(tokens, MARKS, language))
    for number in range(0, len(pieces), 2):
        for pattern, space in SPACES.get(language.partition("-")[0], ()):
            pieces[number] = pattern.sub(space, pieces[number])
    return "".join(pieces)
