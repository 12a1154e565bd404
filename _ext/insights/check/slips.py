"""Lines that Markdown swallows, or takes for something else, so that readers do not see what the author has written."""

import re
from collections.abc import Iterator

from insights.problems import CONFLICT, Problem, unresolved

from .fences import Contents, Fence
from .words import Block

#: The commands of template engines, which Markdown may take for attributes of its own, and drop.
COMMAND = re.compile(r"^[\s>]*(\{%.*?%\}|\{\{[<%].*?[%>]\}\}|\{:toc\b[^}`]*\})\s*$")
#: TeX's own marks of a formula: Markdown drops the backslashes.
FORMULA = re.compile(r"(?<![\\\]])\\\((?P<line>.+?)\\\)|(?<![\\\]])\\\[(?P<block>[^\]]*?[\\^_=][^\]]*?)\\\]|^\s*\\\[\s*$")
#: A line that begins with a sign that belongs to the text: %d, % of. A comment begins with a space; none stands behind a number.
PER_CENT = re.compile(r"%(?:\w|\s+of\b)")
NUMBER_ENDS = re.compile(r"\d\s*$")
SENTENCE_ENDS = re.compile(r"[.!?:;…”’)]\s*$|^\s*$|^[\s>]*(?:#|%|`{3}|:{3}|---|\(.*\)=)")
#: A link definition, and a word that can be no address.
DEFINITION = re.compile(r"^ {0,3}\[([^\]^][^\]]*)\]: +([^\s<]\S*)\s*$")
NO_ADDRESS = re.compile(r"[\w’'-]+[.!?]?")
#: A fence that opens, with a name.
OPENING = re.compile(r"^[\s>]*(`{3,}|~{3,}|:{3,})\s*\{?(\w[\w:-]*)")
TITLED = re.compile(r"^(\w+)\s+(\S.*)$")
STAR = re.compile(r"(?<![\w*])\*(?=[^\W\d_])[\w’]+")
PICTURE = re.compile(r"(?<!!)\[(?!!)([^\]\n]+)\]\(([^)\s]+\.(?:png|jpe?g|gif|svg|webp|avif))\)", re.IGNORECASE)


def slips(text: str, contents: Contents) -> Iterator[Problem]:
    """Nothing that is written is swallowed: no comment within a sentence, no TeX marks, no commands of other programs.

    ``text``: the whole file; ``contents``: what the build has found in it.
    """
    lines = contents.unquoted.splitlines()
    for number, line in enumerate(lines, 1):
        yield from (Problem(number, message) for message in _line_slips(line))
    yield from _swallowed_by_comments(text.splitlines(), contents)
    for number, line in enumerate(text.splitlines(), 1):
        if CONFLICT.match(line) and (number > len(lines) or lines[number - 1].strip()):
            yield Problem(number, unresolved(line))
    for fence in contents.fences:
        yield from _fence_slips(fence)
    yield from contents.slips


def _line_slips(line: str) -> Iterator[str]:
    """What is wrong with a line of text."""
    if command := COMMAND.match(line):
        yield f"{command[1]} is a command of another program, which does not run here; write what it would print, or remove it"
    for formula in FORMULA.finditer(line):
        inner = (formula["line"] or formula["block"] or "…").strip()
        yield f"{formula[0].strip()[:2]} begins no formula here, and loses its backslash; write {{math}}`{inner}`"
    definition = DEFINITION.match(line)
    if definition and NO_ADDRESS.fullmatch(definition[2]):
        yield f"[{definition[1]}]: defines the address of a link, and is not shown; write \\[{definition[1]}\\]: to print it"


def _swallowed_by_comments(lines: list[str], contents: Contents) -> Iterator[Problem]:
    """Lines within a sentence that begin with %, and so are comments."""
    for line in contents.comments:
        above = lines[line - 2] if line > 1 else ""
        comment = lines[line - 1].strip(" >")
        if NUMBER_ENDS.search(above) or (PER_CENT.match(comment) and not SENTENCE_ENDS.search(above)):
            words = " ".join(lines[line - 1].split()[:4])
            yield Problem(line, f"“{words}” is a comment, and is not shown; write \\% to print it")


def _fence_slips(fence: Fence) -> Iterator[Problem]:
    """What is wrong with a fence: one that opens in it, and a title that is not shown."""
    mark = fence.mark
    for number, line in enumerate(fence.content.splitlines(), fence.line + 1):
        opening = OPENING.match(line)
        if opening and opening[1][0] == mark[0] and len(opening[1]) >= len(mark) and fence.closed:
            many = len(mark) + 1
            fix = f"close it above, or open and close it with {many} of them if it is to hold the other"
            yield Problem(fence.line, f"the fence {mark}{fence.info} is not closed when another opens on line {number}; {fix}")
            break
    title = TITLED.match(fence.info)
    if mark.startswith(":") and title:
        message = f"the title “{title[2]}” is not shown; write {mark}{{{title[1].casefold()}}} {title[2]}"
        yield Problem(fence.line, message)


def emphasis_is_closed(text: str, blocks: list[Block]) -> Iterator[Problem]:
    """Words that are emphasised have a * on both sides, since a single one is printed.

    One that opens a paragraph may be the mark of a remark, and one behind a backslash is meant.
    """
    lines = text.splitlines()
    for block in blocks:
        for star in STAR.finditer(block.text) if block.kind in ("paragraph", "heading") else ():
            line = block.line_of(star.start())
            if star.start() and line <= len(lines) and star[0] in lines[line - 1] and f"\\{star[0]}" not in lines[line - 1]:
                message = f"{star[0]} is printed as typed; emphasised words are written *words*"
                yield Problem(line, message, warning=True)  # it may be meant: *nix, *rc files


def pictures_are_shown(contents: Contents) -> Iterator[Problem]:
    """A picture is shown, as ![what it shows](file), and not linked to."""
    for number, line in enumerate(contents.unquoted.splitlines(), 1):
        for link in PICTURE.finditer(line):
            yield Problem(number, f"{link[0]} is a link to a picture; write !{link[0]} to show the picture")
