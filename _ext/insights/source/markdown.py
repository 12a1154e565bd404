"""The prose of a text: what a reader reads of its Markdown, block by block, with the line on which each block stands.

Code, addresses and the names of roles are left out. Where a role prints something, a mark stands for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from .front_matter import field_lines, parse_front_matter

#: What stands in the prose for a number of the model, for a citation, for code, and for the mark of a footnote.
RESULT, CITATION, CODE, NOTE = "\ue000", "\ue001", "\ue002", "\ue003"
#: Directives whose content is no prose.
NOT_PROSE = frozenset({"bibliography", "button-ref", "code", "code-block", "contact", "math", "raw", "sourcecode"})
#: Directives that show a picture by its file. A chart is asked for its alt text by the build.
PICTURES = frozenset({"figure", "image"})
DIRECTIVE = re.compile(r"\{([\w-]+)\}")
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
FIELD = re.compile(r"([\w-]+):[ \t]*(.*)")
ROLE = re.compile(r"\{result\}`([^`:]+):?([^`]*)`")
#: What a text quotes in a line, and a note of its author to herself.
QUOTED = re.compile(r"(?<![`}])(`{1,2})(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)|^%.*?$", re.DOTALL | re.MULTILINE)


class Fence(NamedTuple):
    """A stretch between two fences, ``` or :::. ``info``: what stands behind the first; ``closed``: whether there is a second."""

    line: int
    info: str
    content: str
    closed: bool


class Row(NamedTuple):
    """A row of a table: how many cells are written in it, and how many columns its head has."""

    line: int
    cells: int
    columns: int


class Block(NamedTuple):
    """A stretch of prose, with its line breaks. ``kind``: heading, paragraph, cell, alt or summary; ``level``: of a heading."""

    line: int
    kind: str
    text: str
    level: int = 0

    def line_of(self, position: int) -> int:
        """The line of the file on which the character at ``position`` stands."""
        return self.line + self.text.count("\n", 0, position)

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Each sentence with its position in the text. A colon ends none."""
        start = 0
        for end in re.finditer(r"[.!?][”’)]*(?=\s|$)|$", self.text):
            if sentence := self.text[start : end.end()].strip():
                yield self.text.index(sentence, start), sentence
            start = end.end()


def count_words(text: str) -> int:
    """How many words a reader reads; a printed number is one."""
    return sum(any(c.isalnum() or c in (RESULT, CODE) for c in word) for word in text.split())


def prose_blocks(text: str) -> list[Block]:
    """The prose of an essay or a page, top to bottom."""
    record = parse_front_matter(text).record
    summary = [Block(field_lines(text)["summary",], "summary", record.summary)] if record else []
    return [*summary, *_blocks(_markdown(), text, 1)]


def quoted_results(text: str) -> dict[str, set[str]]:
    """The results that a text quotes, each with the formats in which it does."""
    found: dict[str, set[str]] = {}
    for name, spec in ROLE.findall(text):
        found.setdefault(name, set()).add(spec)
    return found


def markdown_fences(text: str) -> list[Fence]:
    """Every fence of a text, those within directives included."""
    return list(_fences(_markdown(), text, 1))


def table_rows(text: str) -> list[Row]:
    """Every row of the tables of a text, those within directives included."""
    return list(_rows(_markdown(), text, 1))


def without_fences(text: str) -> str:
    """A text, line by line, without the code in its fences."""
    lines = text.splitlines(keepends=True)
    for fence in markdown_fences(text):
        name = DIRECTIVE.match(fence.info)
        if name is None or name[1] in NOT_PROSE:
            end = fence.line + fence.content.count("\n")
            lines[fence.line : end] = ["\n"] * len(lines[fence.line : end])
    return "".join(lines)


def without_quotes(text: str) -> str:
    """What a text says itself, line by line: without what it quotes as code, and without notes to its author."""
    return QUOTED.sub(lambda found: "\n" * found[0].count("\n"), without_fences(text))


def _fences(markdown: MarkdownIt, text: str, line: int) -> Iterator[Fence]:
    lines = text.splitlines()
    for token in markdown.parse(text):
        if token.type not in ("fence", "colon_fence") or token.map is None:
            continue
        start, end = token.map
        closed = end - start > 1 and re.fullmatch(
            rf"[\s>]*{re.escape(token.markup[0])}{{{len(token.markup)},}}\s*", lines[end - 1]
        )
        yield Fence(line + start, token.info.strip(), token.content, closed is not None)
        if (name := DIRECTIVE.match(token.info.strip())) and name[1] not in NOT_PROSE:
            yield from _fences(markdown, token.content, line + start + 1)


def _rows(markdown: MarkdownIt, text: str, line: int) -> Iterator[Row]:
    lines = re.split(r"\r\n?|\n", text)
    columns = 0
    for token in markdown.parse(text):
        if token.map is None:
            continue
        if token.type == "tr_open":
            # As Markdown counts them: code keeps no | to itself.
            cells = len(re.findall(r"(?<!\\)\|", re.sub(r"^[\s>]*\|?|(?<!\\)\|\s*$", "", lines[token.map[0]]))) + 1
            columns = columns or cells
            yield Row(line + token.map[0], cells, columns)
        elif token.type == "table_open":
            columns = 0
        elif (
            token.type in ("fence", "colon_fence") and (name := DIRECTIVE.match(token.info.strip())) and name[1] not in NOT_PROSE
        ):
            yield from _rows(markdown, token.content, line + token.map[0] + 1)


def _markdown() -> MarkdownIt:
    return create_md_parser(
        MdParserConfig(enable_extensions={"attrs_block", "attrs_inline", "colon_fence", "deflist"}), RendererHTML
    )


def _blocks(markdown: MarkdownIt, text: str, line: int) -> Iterator[Block]:
    """The blocks of ``text``, whose first line is ``line`` of its file."""
    opened = Token("", "", 0)
    for token in markdown.parse(text):
        at = line + token.map[0] if token.map else line
        if token.type in ("heading_open", "td_open", "th_open", "paragraph_open", "dt_open", "dd_open"):
            opened = token
        elif token.type == "inline":
            kind = {"h": "heading", "t": "cell"}.get(opened.tag[:1], "paragraph")
            yield Block(at, kind, _inline(token), int(opened.tag[1]) if kind == "heading" else 0)
            yield from _pictures(token, at)
        elif token.type in ("fence", "colon_fence") and (name := DIRECTIVE.match(token.info.strip())):
            yield from _directive(markdown, name[1], token.content, at + 1)


def _directive(markdown: MarkdownIt, name: str, content: str, line: int) -> Iterator[Block]:
    """The prose of a directive, whose ``content`` begins on ``line``: its alt text, and its body."""
    if name in NOT_PROSE:
        return
    lines = content.splitlines(keepends=True)
    opened, alt = line - 1, name not in PICTURES
    fenced = bool(lines) and lines[0].rstrip() == "---"  # the options as YAML, which MyST reads too
    while lines and ((option := (FIELD if fenced else OPTION).match(lines[0])) or fenced):
        if option and option[1] == "alt":
            alt = True
            yield Block(line, "alt", ROLE.sub(RESULT, option[2]))
        lines, line = lines[1:], line + 1
        fenced = fenced and bool(lines) and lines[0].rstrip() != "---"
    if not alt:
        yield Block(opened, "alt", "")
    yield from _blocks(markdown, "".join(lines), line)


def _pictures(token: Token, line: int) -> Iterator[Block]:
    """The alt texts of the pictures in a paragraph."""
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "image":
            yield Block(line, "alt", child.content)


def _inline(token: Token) -> str:
    """What a reader sees of a paragraph: its words, without addresses, with marks for what roles print."""
    shown: list[str] = []
    linked = False
    for child in token.children or []:
        if child.type in ("link_open", "link_close"):
            linked = child.type == "link_open"
        elif child.type == "text":
            # An address that is a link stands for itself, as code does.
            shown.append(CODE if linked and "://" in child.content else child.content)
        elif child.type in ("softbreak", "hardbreak"):
            shown.append("\n")
        elif child.type == "code_inline":
            shown.append(CODE)
        elif child.type == "footnote_ref":
            shown.append(NOTE)
        elif child.type == "myst_role":
            name = child.meta["name"]
            marks = {"result": RESULT, "cite": CITATION, "math": CODE, "eq": CODE}
            # {term}`words shown <the term>`
            shown.append(marks.get(name) or re.sub(r"\s*<[^>]*>$", "", child.content))
    return "".join(shown)
