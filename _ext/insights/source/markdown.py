"""The prose of a text: what readers read of its Markdown, block by block, each with its line.

Code, addresses and the names of roles are left out. Where a role prints something, a placeholder character stands for it.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .essays import EssaySource
from .front_matter import FrontMatterSource

#: Placeholders in the prose: for a number of the model, a citation, code, and the mark of a footnote.
RESULT, CITATION, CODE, NOTE = "\ue000", "\ue001", "\ue002", "\ue003"
#: What stands in the prose for tokens without words, and for roles whose words are not those of the text.
TOKENS_SHOWN = {"softbreak": "\n", "hardbreak": "\n", "code_inline": CODE, "footnote_ref": NOTE}
ROLES_SHOWN = {"result": RESULT, "cite": CITATION, "math": CODE, "eq": CODE}
#: Directives whose content is not prose.
NOT_PROSE = frozenset({"bibliography", "button-ref", "code", "code-block", "contact", "math", "raw", "sourcecode"})
#: Directives that show a picture file. The build checks that a chart has alt text.
PICTURES = frozenset({"figure", "image"})
#: The types of Markdown tokens that are fences, of backticks or of colons.
FENCES = ("fence", "colon_fence")
DIRECTIVE = re.compile(r"\{([\w-]+)\}")
OPTION = re.compile(r":([\w-]+):[ \t]*(.*)")
FIELD = re.compile(r"([\w-]+):[ \t]*(.*)")
ROLE = re.compile(r"\{result\}`([^`:]+):?([^`]*)`")
#: Code in a line of text, and comments, which the page does not show.
QUOTED = re.compile(r"(?<![`}])(`{1,2})(?!`)(?:(?!\n\n).)+?(?<!`)\1(?!`)|^%.*?$", re.DOTALL | re.MULTILINE)


class Fence(NamedTuple):
    """The lines between two fences, ``` or :::. ``info``: the text after the first; ``closed``: whether there is a second."""

    line: int
    info: str
    content: str
    closed: bool


class Row(NamedTuple):
    """A row of a table: how many cells it has, and how many columns the head of the table has."""

    line: int
    cells: int
    columns: int


class Block(NamedTuple):
    """A block of prose, with its line breaks. ``kind``: heading, paragraph, cell, alt or summary; ``level``: of a heading."""

    line: int
    kind: str
    text: str
    level: int = 0

    def line_of(self, position: int) -> int:
        """The line of the file with the character at ``position``."""
        return self.line + self.text.count("\n", 0, position)

    def sentences(self) -> Iterator[tuple[int, str]]:
        """Each sentence with its position in the text. A colon does not end a sentence."""
        start = 0
        for end in re.finditer(r"[.!?][”’)]*(?=\s|$)|$", self.text):
            if sentence := self.text[start : end.end()].strip():
                yield self.text.index(sentence, start), sentence
            start = end.end()


def count_words(text: str) -> int:
    """The number of words that readers read; a printed number is a word."""
    return sum(any(c.isalnum() or c in (RESULT, CODE) for c in word) for word in text.split())


def prose_blocks(parser: MarkdownIt, text: str, source: EssaySource | FrontMatterSource | None = None) -> list[Block]:
    """The prose of a text, top to bottom; if its ``source`` has a record, first the summary."""
    summary = [Block(source.lines["summary",], "summary", source.record.summary)] if source and source.record else []
    return [*summary, *_blocks(parser, text, 1)]


def quoted_results(text: str) -> dict[str, set[str]]:
    """The names of the results that a text quotes, each with its formats in the text."""
    formats: dict[str, set[str]] = {}
    for name, spec in ROLE.findall(text):
        formats.setdefault(name, set()).add(spec)
    return formats


def markdown_fences(parser: MarkdownIt, text: str) -> list[Fence]:
    """Every fence of a text, including those inside directives."""
    fences = []
    for token, line, lines in _tokens(parser, text, 1):
        if token.type in FENCES:
            end = rf"[\s>]*{re.escape(token.markup[0])}{{{len(token.markup)},}}\s*"
            closed = len(lines) > 1 and re.fullmatch(end, lines[-1]) is not None
            fences.append(Fence(line, token.info.strip(), token.content, closed))
    return fences


def table_rows(parser: MarkdownIt, text: str) -> list[Row]:
    """Every row of the tables of a text, including those inside directives."""
    rows: list[Row] = []
    columns = 0
    for token, line, lines in _tokens(parser, text, 1):
        if token.type == "table_open":
            columns = 0
        elif token.type == "tr_open":
            # As Markdown counts them: a | inside code separates cells too.
            cells = len(re.findall(r"(?<!\\)\|", re.sub(r"^[\s>]*\|?|(?<!\\)\|\s*$", "", lines[0]))) + 1
            columns = columns or cells
            rows.append(Row(line, cells, columns))
    return rows


def without_quotes(parser: MarkdownIt, text: str) -> str:
    """A text, with as many lines, without code and comments."""
    lines = text.splitlines(keepends=True)
    for fence in markdown_fences(parser, text):
        if not _prose_directive(fence.info):
            end = fence.line + fence.content.count("\n")
            lines[fence.line : end] = ["\n"] * len(lines[fence.line : end])
    return QUOTED.sub(lambda match: "\n" * match[0].count("\n"), "".join(lines))


def _tokens(parser: MarkdownIt, text: str, line: int) -> Iterator[tuple[Token, int, list[str]]]:
    """The block tokens of ``text``, which begins on ``line`` of its file, and of directives in it, each with line and lines."""
    lines = re.split(r"\r\n?|\n", text)
    for token in parser.parse(text):
        if token.map:
            yield token, line + token.map[0], lines[slice(*token.map)]
            if token.type in FENCES and _prose_directive(token.info):
                yield from _tokens(parser, token.content, line + token.map[0] + 1)


def _prose_directive(info: str) -> str:
    """The name of the directive whose fence has this ``info``, if its content is prose; otherwise empty."""
    name = DIRECTIVE.match(info.strip())
    return name[1] if name and name[1] not in NOT_PROSE else ""


def _blocks(parser: MarkdownIt, text: str, line: int) -> Iterator[Block]:
    """The blocks of ``text``, which begins on ``line`` of its file."""
    parent = Token("", "", 0)
    for token in parser.parse(text):
        at = line + token.map[0] if token.map else line
        if token.type in ("heading_open", "td_open", "th_open", "paragraph_open", "dt_open", "dd_open"):
            parent = token
        elif token.type == "inline":
            kind = {"h": "heading", "t": "cell"}.get(parent.tag[:1], "paragraph")
            yield Block(at, kind, _inline(token), int(parent.tag[1]) if kind == "heading" else 0)
            yield from _pictures(token, at)
        elif token.type in FENCES and (name := _prose_directive(token.info)):
            yield from _directive(parser, name, token.content, at + 1)


def _directive(parser: MarkdownIt, name: str, content: str, line: int) -> Iterator[Block]:
    """The prose of a directive, whose ``content`` begins on ``line``: its alt text, and its body."""
    lines = content.splitlines(keepends=True)
    opened, has_alt = line - 1, name not in PICTURES
    fenced = bool(lines) and lines[0].rstrip() == "---"  # options as YAML, which MyST reads too
    while lines and ((option := (FIELD if fenced else OPTION).match(lines[0])) or fenced):
        if option and option[1] == "alt":
            has_alt = True
            yield Block(line, "alt", ROLE.sub(RESULT, option[2]))
        lines, line = lines[1:], line + 1
        fenced = fenced and bool(lines) and lines[0].rstrip() != "---"
    if not has_alt:
        yield Block(opened, "alt", "")
    yield from _blocks(parser, "".join(lines), line)


def _pictures(token: Token, line: int) -> Iterator[Block]:
    """The alt texts of the pictures in a paragraph."""
    for child in token.children or []:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "image":
            yield Block(line, "alt", child.content)


def _inline(token: Token) -> str:
    """What readers see of a paragraph: its words, without addresses, with placeholders for what roles print."""
    shown: list[str] = []
    linked = False
    for child in token.children or []:
        if child.type in ("link_open", "link_close"):
            linked = child.type == "link_open"
        elif child.type == "text":
            # The address that an automatic link shows counts as code.
            shown.append(CODE if linked and "://" in child.content else child.content)
        elif child.type == "myst_role":
            # {term}`words shown <the term>`
            shown.append(ROLES_SHOWN.get(child.meta["name"]) or re.sub(r"\s*<[^>]*>$", "", child.content))
        else:
            shown.append(TOKENS_SHOWN.get(child.type, ""))
    return "".join(shown)
