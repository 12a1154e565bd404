"""The fences of a text, its tables and its code, found by the Markdown parser and the directives of the build.

What a directive takes for options and for content is read as MyST reads it, for every directive that is registered.
"""

import re
from collections.abc import Collection, Iterator
from functools import cache
from textwrap import dedent
from typing import NamedTuple

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.body import CodeBlock as DocutilsCodeBlock
from docutils.parsers.rst.languages import en
from docutils.parsers.rst.states import MarkupError
from docutils.utils import new_document
from markdown_it import MarkdownIt
from markdown_it.token import Token
from myst_parser.parsers.directives import parse_directive_text
from sphinx.directives.code import CodeBlock as SphinxCodeBlock

from insights.problems import Problem
from insights.source import LEFT_OUT, read_info

#: The types of Markdown tokens that are fences, of backticks or of colons.
FENCES = ("fence", "colon_fence")
DIRECTIVE = re.compile(r"\{([^}\s]+)\}\s*(.*)", re.DOTALL)
OPTION = re.compile(r":([\w-]+):(?:\s|$)")
#: A sentence in indented text, and marks that only code has.
INDENTED_PROSE = re.compile(r"(?m)^(?:[A-Z“][\w’'-]*,? (?:[\w’'()-]+[,;:]? ){4,}.*)$")
CODE_MARKS = re.compile(r"[{}<>=$#\\]|\w\(|^\s*[-+*|]|--\w", re.MULTILINE)
#: The directive that holds keys of sources in place of text.
KEYS = re.compile(r"\{bibliography\}")
#: Code in a line of text, or the content of a role, which is none; and comments, which the page does not show.
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
QUOTED = re.compile(
    r"(?P<role>\{[^}`\n]+\})?(?<!`)(?P<mark>`{1,2})(?!`)(?:(?!\n\n).)+?(?<!`)(?P=mark)(?!`)|^%.*?$", re.DOTALL | re.MULTILINE
)


class Fence(NamedTuple):
    """The lines between two fences, ``` or :::.

    ``mark``: the first; ``info``: the text behind it; ``closed``: whether there is a second; ``prose``: whether it is Markdown.
    """

    line: int
    info: str
    content: str
    closed: bool
    mark: str = "```"
    prose: bool = False


class Row(NamedTuple):
    """A row of a table: how many cells it has, and how many columns the head of the table has."""

    line: int
    cells: int
    columns: int


class CodeBlock(NamedTuple):
    """Code in a text. ``remark``: why it is not run; ``line``: the line above the first line of code."""

    language: str
    remark: str
    line: int
    code: str
    forced: bool = False


class Contents(NamedTuple):
    """What the tokens of a text say: its fences, the rows of its tables, its code, and its lines without code and comments.

    ``comments``: the lines of its comments; ``options``: those with the names and options of directives; ``slips``: what has
    become something else than its author meant.
    """

    fences: list[Fence]
    rows: list[Row]
    code: list[CodeBlock]
    unquoted: str
    comments: list[int]
    options: frozenset[int]
    slips: list[Problem]


def read_contents(parser: MarkdownIt, text: str, literals: Collection[str]) -> Contents:
    """The contents of a ``text``; ``literals``: the text of everything that the build has not read as Markdown."""
    literal = {_bare(literal) for literal in literals}
    fences: list[Fence] = []
    rows: list[Row] = []
    code: list[CodeBlock] = []
    comments: list[int] = []
    options: set[int] = set()
    slips: list[Problem] = []
    lines = text.splitlines(keepends=True)
    columns = 0
    for token, line, raw in _tokens(parser, text, 1, literal):
        if token.type in FENCES:
            end = rf"[\s>]*{re.escape(token.markup[0])}{{{len(token.markup)},}}\s*"
            closed = len(raw) > 1 and re.fullmatch(end, raw[-1]) is not None
            body = _body(token, literal)
            prose = body is not None
            options.update(range(line, line + max(body[0], 1)) if body else [line])
            if KEYS.match(token.info.strip()):
                options.update(range(line, line + len(raw)))
            fences.append(Fence(line, token.info.strip(), token.content, closed, token.markup, prose))
            code += _code(token, line)
            slips += _option_slips(token, line, prose)
        if (token.type in FENCES and not fences[-1].prose) or token.type == "code_block":
            first = line if token.type in FENCES else line - 1
            end_of = first + token.content.count("\n")
            lines[first:end_of] = ["\n"] * len(lines[first:end_of])
        slips += _left_out(token, line, raw)
        if token.type == "myst_line_comment":
            comments += range(line, line + len(raw))
        slips += _taken_for_another(token, line, raw)
        if token.type == "table_open":
            columns = 0
        elif token.type == "tr_open":
            # As Markdown counts them: a | inside code separates cells too. Nobody misses those at the end that are empty.
            cells = re.split(r"(?<!\\)\|", re.sub(r"^[\s>]*\|?|(?<!\\)\|\s*$", "", raw[0]))
            columns = columns or len(cells)
            while len(cells) > columns and not cells[-1].strip():
                cells.pop()
            rows.append(Row(line, len(cells), columns))
    text = COMMENT.sub(lambda match: "\n" * match[0].count("\n"), "".join(lines))
    unquoted = QUOTED.sub(lambda match: match[0] if match["role"] else "\n" * match[0].count("\n"), text)
    return Contents(fences, rows, code, unquoted, comments, frozenset(options), slips)


def _tokens(parser: MarkdownIt, text: str, line: int, literal: set[str]) -> Iterator[tuple[Token, int, list[str]]]:
    """The block tokens of ``text``, which begins on ``line`` of its file, and of directives in it, each with line and lines."""
    lines = re.split(r"\r\n?|\n", text)
    for token in parser.parse(text):
        if token.map:
            yield token, line + token.map[0], lines[slice(*token.map)]
            if token.type in FENCES and (body := _body(token, literal)):
                offset, content = body
                yield from _tokens(parser, content, line + token.map[0] + offset, literal)


def directive_class(name: str) -> type[Directive] | None:
    """The directive that is registered as ``name``, by docutils, Sphinx or any extension; None if there is none."""
    found: type[Directive] | None = directives.directive(name, en, _no_document())[0]  # type: ignore[arg-type]
    return found


@cache
def _no_document() -> nodes.document:
    """A document for docutils to ask for its reporter: making one takes longer than finding a directive."""
    return new_document("")


def _parsed(token: Token) -> tuple[str, list[str], dict[str, object], int, list[str]] | None:
    """The directive of a fence: name, arguments, options, the line of its body after the fence, its body; None if it is none."""
    if not (match := DIRECTIVE.match(token.info.strip())) or not (found := directive_class(match[1])):
        return None
    try:
        result = parse_directive_text(found, match[2], token.content)
    except (MarkupError, ValueError, TypeError):
        return match[1], match[2].split(), {}, 1, token.content.splitlines()  # the build says what is wrong with it
    return match[1], result.arguments, result.options, result.body_offset + 1, result.body


def _body(token: Token, literal: set[str]) -> tuple[int, str] | None:
    """The offset and the text of the Markdown that a fence holds; None if it holds none."""
    if not token.info.strip().startswith("{") and token.type == "colon_fence":
        return 1, token.content
    if (parsed := _parsed(token)) is None or parsed[0] == "eval-rst":
        return None
    text = "\n".join(parsed[4])
    return None if _bare(text) in literal or _bare(token.content) in literal else (parsed[3], text)


def _left_out(token: Token, line: int, raw: list[str]) -> Iterator[Problem]:
    """Advice about what has no effect, such as an attribute of HTML for scripts."""
    for part in (token, *(token.children or ())):
        if advice := part.meta.get(LEFT_OUT):
            attribute = re.match(r"the attribute (\S+)", advice)
            below = next((number for number, text in enumerate(raw) if attribute and attribute[1] in text.lower()), 0)
            yield Problem(line + below, advice, warning=True)


def _taken_for_another(token: Token, line: int, raw: list[str]) -> Iterator[Problem]:
    """A paragraph that is a heading because of the --- below it, one that is code because it is indented, words behind +++."""
    if token.type == "heading_open" and token.markup == "-" and (len(raw) > 2 or raw[0].rstrip().endswith((".", ",", ";", ":"))):
        yield Problem(line + len(raw) - 1, "--- right below text makes a heading of it; write an empty line above it for a rule")
    if token.type == "code_block" and len(INDENTED_PROSE.findall(token.content)) > 0 and not CODE_MARKS.search(token.content):
        yield Problem(line, "indented by four spaces, this is shown as code; remove the indent, or write a fence if it is code")
    if token.type == "myst_block_break" and token.content.strip() and not token.content.strip().startswith("{"):
        yield Problem(line, f"“{token.content.strip()}” behind +++ is not shown; write it on a line of its own")


def _option_slips(token: Token, line: int, prose: bool) -> Iterator[Problem]:
    """Options of a directive that have become a part of its content, since a line above them ends the options."""
    parsed = _parsed(token)
    found = parsed and directive_class(parsed[0])
    if not parsed or not found or not parsed[4]:
        return
    name, _, options, offset, body = parsed
    option = OPTION.match(body[0])
    if option and offset > 1 and option[1] in (found.option_spec or {}):
        fix = f"write it right below the line {token.markup}{token.info.strip()}, without an empty line above it"
        yield Problem(line + offset, f"the option :{option[1]}: is shown as text of {{{name}}}; {fix}")
    elif options and prose and body[0][:1] in (" ", "\t") and token.content.splitlines()[offset - 2].lstrip().startswith(":"):
        fix = "write the option on one line, or all options as YAML between two lines ---"
        yield Problem(
            line + offset, f"“{body[0].strip()}” is no part of the option above it, but shown as text of {{{name}}}; {fix}"
        )


def _bare(text: str) -> str:
    """``text`` without its spaces, since directives take out indents and empty lines."""
    return "".join(text.split())


def _code(token: Token, line: int) -> Iterator[CodeBlock]:
    """The code that a fence shows, if it is a fence of code or a directive for code."""
    info = token.info.strip()
    if token.type == "colon_fence" and not info.startswith("{"):
        return
    if not info.startswith("{"):
        about = read_info(info)
        if about.language:
            yield CodeBlock(about.language.lower(), about.reason, line, token.content)
        return
    parsed = _parsed(token)
    found = parsed and directive_class(parsed[0])
    if parsed and found and issubclass(found, SphinxCodeBlock | DocutilsCodeBlock):
        _, arguments, options, offset, body = parsed
        about = read_info(" ".join(arguments))
        amount = options.get("dedent", 0)  # None for as much as all lines have
        text = "\n".join(row[amount:] for row in body) + "\n" if isinstance(amount, int) else dedent("\n".join([*body, ""]))
        if about.language:
            yield CodeBlock(about.language.lower(), about.reason, line + offset - 1, text, "force" in options)
