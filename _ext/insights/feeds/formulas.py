"""A formula for feed readers: of letters and signs, raised or lowered, plain HTML; of more than that, MathML with its source.

Some readers, such as Feedbin and Miniflux, keep MathML. Others take its elements away and leave the letters, or take these too:
of a² they make a2, or nothing. HTML's own elements are kept by all. What can only be MathML carries its LaTeX in it, which is
hidden where MathML is shown, and read where only the letters are left.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any

from lxml.html import builder

Element = Any  # lxml comes without types

#: Signs between two terms, with a space on either side; the first of them also stand before one, without.
SIGNS, BETWEEN = "+−±", "=<>≤≥≠≈≡∼≃≪≫∝∈∉⊂⊆→←⇒⇔↔×÷⋅·∧∨∪∩∣"
#: What is said and not seen: the application of a function, products, lists.
INVISIBLE = "\u2061\u2062\u2063"
SCRIPTS = {"msub": (builder.SUB,), "msup": (builder.SUP,), "msubsup": (builder.SUB, builder.SUP)}


class TwoDimensionalError(Exception):
    """A formula that no line of letters says."""


def plain(math: Element) -> list[Element | str] | None:
    """The MathML element ``math`` as HTML, in pieces of text and elements; None if it takes more than a line of letters."""
    try:
        return list(_pieces(math))
    except TwoDimensionalError:
        return None


def annotate(math: Element) -> None:
    """Put the LaTeX of ``math``, its alttext, into it."""
    annotation = math.makeelement("annotation", {"encoding": "application/x-tex"})
    annotation.text = f" {math.get('alttext')}"
    semantics = math.makeelement("semantics")
    semantics.extend([*math, annotation])
    math.append(semantics)


def _pieces(node: Element) -> Iterable[Element | str]:
    text = (node.text or "").strip()
    if node.tag in ("math", "mrow"):
        return [piece for child in node for piece in _pieces(child)]
    if node.tag in SCRIPTS:
        base, *scripts = node
        return [*_pieces(base), *(_script(tag, script) for tag, script in zip(SCRIPTS[node.tag], scripts, strict=True))]
    if node.tag in ("mn", "mtext"):
        return [node.text or ""]
    if node.tag == "mspace":
        return [" "]
    if node.tag in ("mi", "mo") and len(text) > 1 and text.isalpha():
        return [_name(text, node)]
    if node.tag == "mi" and node.get("mathvariant", "normal") == "normal":
        return [builder.I(text)] if _is_variable(text) and "mathvariant" not in node.attrib else [text]
    if node.tag == "mo":
        return [_sign(text, node)]
    raise TwoDimensionalError


def _script(tag: Any, script: Element) -> Element | str:
    return script.text if script.text and set(script.text) <= set("′″‴") else tag(*_pieces(script))


def _is_variable(text: str) -> bool:
    """Whether a name is a letter, and not one of the letters that have a shape of their own, such as ℝ."""
    return len(text) == 1 and text.isalpha() and unicodedata.normalize("NFKC", text) == text


def _name(text: str, node: Element) -> str:
    """The name of a function, parted from the letters around it."""
    if node.getparent().tag in SCRIPTS:
        return text
    return f"{' ' * _is_term(node.getprevious())}{text}{' ' * _is_term(node.getnext())}"


def _is_term(node: Element | None) -> bool:
    return node is not None and node.tag not in ("mo", "mspace")


def _sign(text: str, node: Element) -> str:
    if text in INVISIBLE:
        return ""
    before = node.getprevious()
    follows = before is not None and (before.tag != "mo" or before.text in ")]}|!")
    if text in BETWEEN or (text in SIGNS and follows):
        return f" {text} "
    return f"{text} " if text in ",;" and node.getnext() is not None else text
