"""The prose of a text: what readers read of it, block by block, each with its line, as the build has understood the text.

Code, formulas and addresses are left out. A placeholder character stands for each of them, and for what a role prints.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from docutils import nodes
from sphinx import addnodes

#: Placeholders in the prose: for a number of the model, a citation, code, and the mark of a footnote.
RESULT, CITATION, CODE, NOTE = "\ue000", "\ue001", "\ue002", "\ue003"
ROLE = re.compile(r"\{result\}`([^`:]+):?([^`]*)`")
#: The line between the head of a Markdown table and its rows.
RULE = re.compile(r"[\s>]*\|?[\s:|-]*-[\s:|-]*")
#: Elements whose text is not prose: code, formulas, signatures, numbers and labels that the build makes.
NOT_PROSE = (
    nodes.FixedTextElement, nodes.Invisible, nodes.label, nodes.option_string, nodes.raw, nodes.system_message,
    addnodes.desc_signature, addnodes.desc_signature_line, addnodes.production,
)  # fmt: skip
#: Parts of a line that are code.
INLINE_CODE = (nodes.literal, nodes.math, addnodes.literal_strong, addnodes.literal_emphasis)
#: Classes that roles give to what they print of a program.
PROGRAM_TEXT = frozenset({"code", "guilabel", "kbd", "menuselection"})
#: Domains whose references print what the author has not written.
GENERATED = {"cite": CITATION, "math": CODE}


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


def quoted_results(text: str) -> dict[str, set[str]]:
    """The names of the results that a text quotes, each with its formats in the text."""
    formats: dict[str, set[str]] = {}
    for name, spec in ROLE.findall(text):
        formats.setdefault(name, set()).add(spec)
    return formats


def prose_blocks(doctree: nodes.document, lines: list[str]) -> list[Block]:
    """The prose of a text with these ``lines``, top to bottom. What the build has added has no line among them."""
    blocks: list[Block] = []
    for node in doctree.findall(nodes.Element):
        if not isinstance(node, nodes.TextElement) and "alt" not in node:
            continue
        line = _row_line(node, lines) or _line(node)
        if not 0 < line <= len(lines) or _within(node.parent, nodes.TextElement):
            continue
        if not isinstance(node, nodes.TextElement):
            blocks += list(_alt(node, line, lines))
        elif not isinstance(node, (*NOT_PROSE, nodes.Inline)) and not _within(node.parent, NOT_PROSE):
            text = _text(node)
            kind, level = _kind(node, lines[line - 1])
            if text.strip():
                blocks.append(Block(line, kind, text, level))
            for picture in node.findall(nodes.image):
                blocks += list(_alt(picture, line + _text_before(node, picture).count("\n"), lines))
    blocks += [
        block for image in doctree.findall(nodes.image) if "alt" not in image and not _within(image.parent, nodes.TextElement)
        for block in _alt(image, _line(image), lines) if 0 < block.line <= len(lines)
    ]  # fmt: skip
    return sorted(blocks, key=lambda block: block.line)


def _around(node: nodes.Node | None) -> Iterator[nodes.Node]:
    """``node`` and the elements around it, from the inside out."""
    while node is not None:
        yield node
        node = node.parent


def _line(node: nodes.Node) -> int:
    """The line of ``node``, or of the nearest element around it that has one; 0 if none has."""
    return next((part.line for part in _around(node) if part.line), 0)


def _row_line(node: nodes.Node, lines: list[str]) -> int:
    """The line of the row of a Markdown table that ``node`` is in, where each row is a line; 0 if it is in none."""
    row = next((part for part in _around(node) if isinstance(part, nodes.row)), None)
    head = next((part.line or 0 for part in _around(node) if isinstance(part, nodes.table)), 0)
    if row is None or not 0 < head < len(lines) or not RULE.fullmatch(lines[head]):
        return 0
    return head if isinstance(row.parent, nodes.thead) else head + 2 + row.parent.index(row)


def _within(node: nodes.Node | None, classes: type | tuple[type, ...]) -> bool:
    """Whether ``node`` or one around it is an instance of ``classes``."""
    return any(isinstance(part, classes) for part in _around(node))


def _kind(node: nodes.Element, written: str) -> tuple[str, int]:
    """The kind of the block that ``node`` becomes, ``written`` so, and the level of a heading: sections never skip one."""
    if isinstance(node, nodes.title) and isinstance(node.parent, nodes.section):
        marks = re.match(r"[\s>]*(#+)", written)
        return "heading", len(marks[1]) if marks else sum(isinstance(part, nodes.section) for part in _around(node))
    return ("cell" if _within(node, nodes.entry) else "paragraph"), 0


def _alt(node: nodes.Element, line: int, lines: list[str]) -> Iterator[Block]:
    """The alt text of a picture or a chart, at the line of its option, if it is written as one."""
    written = node.get("written_alt", node.get("alt", ""))
    if isinstance(written, str):
        option = next((n for n, below in enumerate(lines[line : line + 20], line + 1) if re.match(r"[\s>]*:?alt:", below)), line)
        is_option = re.match(r"[\s>]*(?:`{3,}|~{3,}|:{3,}|\.\. )", lines[line - 1]) if line <= len(lines) else None
        yield Block(option if is_option and written.strip() else line, "alt", ROLE.sub(RESULT, written))


def _text(node: nodes.Node) -> str:
    """What readers see of ``node``, with placeholders."""
    if isinstance(node, nodes.Text):
        return node.astext()
    if not isinstance(node, nodes.Element) or isinstance(node, nodes.image | nodes.system_message | nodes.problematic):
        return ""
    if isinstance(node, nodes.raw):
        return "\n" if node.get("format") == "html" and node.astext().startswith("<br") else ""
    return _placeholder(node) or "".join(map(_text, node.children))


def _placeholder(node: nodes.Element) -> str:
    """What stands in the prose for an element that prints what is not prose; empty if it prints prose."""
    if node.tagname == "result":
        return RESULT
    if isinstance(node, nodes.footnote_reference):
        return NOTE
    if isinstance(node, nodes.citation_reference) or "cite" in node.tagname:
        return CITATION
    if isinstance(node, INLINE_CODE) or PROGRAM_TEXT.intersection(node.get("classes", ())):
        return CODE
    if isinstance(node, addnodes.pending_xref):
        if generated := GENERATED.get(node.get("refdomain", "")):
            return generated
        return "" if node.get("refexplicit", True) or node.get("reftype") == "term" else CODE
    if isinstance(node, nodes.reference) and "://" in node.astext():
        return CODE
    return ""


def _text_before(node: nodes.Element, end: nodes.Node) -> str:
    """The text of ``node`` before the element ``end`` in it."""
    before = ""
    for child in node.findall():
        if child is end:
            break
        if isinstance(child, nodes.Text):
            before += child.astext()
        elif isinstance(child, nodes.raw) and not child.astext().strip():
            before += "\n"
    return before
