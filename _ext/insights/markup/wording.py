"""The words of a text as its readers see them, for places that hold words only: titles of windows, cards, feeds, the search."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from xml.etree import ElementTree as ET

from docutils import nodes
from sphinx import addnodes

from .mathml import mathml

#: Signs that have a space on either side between two terms. Those in SIGNS may also precede a term, without a space.
SIGNS, BETWEEN = "+−±", "=<>≤≥≠≈≡∼≃≪≫∝∈∉⊂⊆→←⇒⇔↔×÷⋅·∧∨∪∩∣"
#: Characters that show nothing: function application and the like, selectors of a variant; and the soft hyphen.
INVISIBLE, SOFT_HYPHEN = re.compile("[\u2061-\u2064\ufe00-\ufe0f]"), "\u00ad"
#: Letters of mathematical alphabets, which few fonts have; those with a double stroke are names of their own.
STYLED = re.compile("[\U0001d400-\U0001d537\U0001d56c-\U0001d7ff]")
ABOVE = str.maketrans("0123456789+−=()niabcdefghjklmoprstuvwxyzT′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵃᵇᶜᵈᵉᶠᵍʰʲᵏˡᵐᵒᵖʳˢᵗᵘᵛʷˣʸᶻᵀ′")
BELOW = str.maketrans("0123456789+−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ")
#: Accents as they stand above a letter, and as they join it.
ACCENTS = {
    "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303", "¯": "\u0304", "‾": "\u0304",
    "˙": "\u0307", "¨": "\u0308", "˚": "\u030a", "ˇ": "\u030c", "˘": "\u0306", "´": "\u0301", "`": "\u0300", "→": "\u20d7",
    "\u20d7": "\u20d7", "\u0302": "\u0302", "\u0303": "\u0303",
}  # fmt: skip
#: Elements with a base and scripts.
SCRIPTED = {"msub", "msup", "msubsup", "munder", "mover", "munderover"}
#: Nodes that are no part of a sentence: comments, HTML, the numbers of footnotes and sources.
SILENT = (nodes.Invisible, nodes.raw, nodes.label, nodes.footnote_reference, nodes.citation_reference)


def words(node: nodes.Node, resolve: Callable[[addnodes.pending_xref], str] | None = None) -> str:
    """What readers see of ``node``, on one line: formulas as signs, pictures as their alternative text, no numbers of sources.

    ``resolve`` gives the words of a reference whose target has not been looked up. Without it, a reference has its own words.
    """
    return " ".join(_parts(node, resolve).replace(SOFT_HYPHEN, "").split())


def _parts(node: nodes.Node, resolve: Callable[[addnodes.pending_xref], str] | None) -> str:
    if isinstance(node, nodes.Text | nodes.image | nodes.math | nodes.math_block):
        return node.astext()
    if isinstance(node, nodes.raw) and "br" in node.astext():
        return " "
    if isinstance(node, SILENT) or not isinstance(node, nodes.Element):
        return ""
    if isinstance(node, addnodes.pending_xref) and resolve and (found := resolve(node)):
        return found
    if _is_citation(node):
        return ""
    text = ""
    for child in node.children:
        part = _parts(child, resolve)
        text = text.rstrip() + part if _is_mark(child) and not part else text + part
    if isinstance(node, nodes.superscript | nodes.subscript) and text.isdigit():
        return text.translate(ABOVE if isinstance(node, nodes.superscript) else BELOW)
    return text


def _is_mark(node: nodes.Node) -> bool:
    """Whether a node is the number of a source or footnote, which stands behind a word and its space."""
    return isinstance(node, nodes.footnote_reference) or (isinstance(node, nodes.Element) and _is_citation(node))


def _is_citation(node: nodes.Element) -> bool:
    return bool(node.get("refdomain") == "cite")


def formula_words(latex: str, macros: str = "") -> str:
    """A formula on a line, in signs: O(n²), √n, 1/(1−ρ). One with a mistake is its LaTeX; the mistake is reported elsewhere."""
    try:
        text = _sign_by_sign(ET.fromstring(mathml(latex, "block", macros)))
    except ValueError:
        return latex
    return " ".join(re.sub(r"([(\[{]) +| +([)\]},;])", r"\1\2", _upright(text)).split())


def _upright(text: str) -> str:
    """A text without characters that show nothing, and with the letters of mathematical alphabets as those of a text."""
    return STYLED.sub(lambda letter: unicodedata.normalize("NFKC", letter[0]), INVISIBLE.sub("", text))


def _name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _row(elements: list[ET.Element]) -> str:
    """The elements of a row, with spaces where a reader sees them."""
    text, before = "", None
    for element in _flat(elements):
        part = INVISIBLE.sub("", _sign_by_sign(element))
        if not part:
            continue
        joins = text[-1:].isalnum() and part[0].isalnum()
        if before is not None and _name(before) in SCRIPTED and _name(before[0]) == "mo" and _name(element) != "mo":
            part = f" {part}"
        if _name(element) == "mo":
            follows = before is not None and (_name(before) != "mo" or (before.text or "") in ")]}|!")
            ends = " " if part in ",;" and element.get("rspace") != "0" else ""
            part = f" {part} " if part in BETWEEN or (part in SIGNS and follows) else part + ends
        elif joins and (_is_word(element) or (before is not None and _is_word(before))):
            part = f" {part}"
        text, before = text + part, element
    return text


def _flat(elements: list[ET.Element]) -> Iterator[ET.Element]:
    """The elements of a row and of the rows in it, without spaces that have no width."""
    for element in elements:
        if _name(element) == "mrow" and element.get("class") != "overline":
            yield from _flat(list(element))
        elif _name(element) != "mspace" or element.get("width"):
            yield element


def _is_word(element: ET.Element) -> bool:
    base = element
    while len(base) and _name(base) != "mfrac":
        base = base[0] if _name(base) != "mrow" else base[-1]
    return len((base.text or "").strip()) > 1 and _name(base) == "mi"


def _sign_by_sign(element: ET.Element) -> str:
    name, children = _name(element), list(element)
    if name == "mphantom":
        return ""
    if name == "mspace":
        return " " if element.get("width", "0") not in ("0", "0em") else ""
    if name == "mtext":
        return "".join(element.itertext())
    if not children:
        return element.text or ""
    if name == "mfrac":
        bar = " over " if element.get("linethickness") == "0" else "/"
        return f"{_group(children[0])}{bar}{_group(children[1], alone=bar == '/')}"
    if name in ("msqrt", "mroot"):
        index = "" if name == "msqrt" else _script(children[1], ABOVE, "")
        return f"{index}√{_group(children[0] if name == 'mroot' else element, alone=True, row=name == 'msqrt')}"
    if name in ("msup", "mover"):
        return _with_scripts(children[0], below=None, above=children[1], accent=element.get("accent") == "true")
    if name in ("msub", "munder"):
        return _with_scripts(children[0], below=children[1], above=None, accent=element.get("accentunder") == "true")
    if name in ("msubsup", "munderover"):
        return _with_scripts(children[0], below=children[1], above=children[2], accent=False)
    if name == "mtable":
        return "; ".join(" ".join(filter(None, map(_sign_by_sign, row))) for row in children)
    text = _row(children)
    return unicodedata.normalize("NFC", f"{text}\u0304") if element.get("class") == "overline" and len(text) == 1 else text


def _with_scripts(base: ET.Element, *, below: ET.Element | None, above: ET.Element | None, accent: bool) -> str:
    text = _sign_by_sign(base)
    if accent:
        mark = "" if above is None else "".join(above.itertext())
        return unicodedata.normalize("NFC", text + ACCENTS[mark]) if len(text) == 1 and mark in ACCENTS else text
    if len(text) > 1 and _name(base) == "mrow" and not _is_word(base) and not text.isalnum():
        text = f"({text})"
    return text + _script(below, BELOW, "_") + _script(above, ABOVE, "^")


def _script(element: ET.Element | None, table: dict[int, int], mark: str) -> str:
    """A script in raised or lowered characters or, where there are none, behind ``mark``."""
    text = _compact(_upright("" if element is None else _sign_by_sign(element)))
    if set(text) <= set("′″‴°"):
        return text
    if all(ord(character) in table for character in text):
        return text.translate(table)
    return f"{mark}{text}" if len(text) == 1 or not mark or (text[0], text[-1]) == ("(", ")") else f"{mark}({text})"


def _group(element: ET.Element, *, alone: bool = False, row: bool = False) -> str:
    """A part of a formula in parentheses, if it has several terms or, where it must stand ``alone``, several signs."""
    text = _compact(_row(list(element)) if row else _sign_by_sign(element))
    single = len(text) == 1 or text.replace(".", "").isdigit() or (not alone and re.fullmatch(r"[\w′]+(?:\(\w*\))?", text))
    single = single or re.fullmatch(r"\w[₀-₉ₐ-ₜᵢⱼ⁰-⁹²³¹ⁿ]*|[A-Za-z]{2,}\(\w*\)", text)
    return text if single else f"({text})"


def _compact(text: str) -> str:
    return re.sub(rf" ([{SIGNS}{BETWEEN}]) ", r"\1", text).strip()
