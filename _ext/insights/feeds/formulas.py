"""Formulas for feed readers: plain HTML for a line of letters and signs, raised or lowered; otherwise MathML with its source.

Some readers, such as Feedbin and Miniflux, keep MathML. Others remove its elements, with or without the letters in them, so that
a² becomes a2 or nothing. All keep the elements of HTML. A formula that needs MathML has its LaTeX in it: readers that render
MathML hide the LaTeX, and the others show it.
"""

import unicodedata
from typing import Any

from lxml.html import builder

from insights.markup import BETWEEN, SIGNS

Element = Any  # lxml comes without types

#: Operators without a glyph: function application, times, separator.
INVISIBLE = "\u2061\u2062\u2063"
#: What our style sheet draws by the class of a row, and MathML by an element that some browsers do not know.
ENCLOSED = {
    "boxed": "box", "strike-up": "updiagonalstrike", "strike-down": "downdiagonalstrike", "strike": "horizontalstrike",
    "overline": "top", "underline": "bottom",
}  # fmt: skip
SCRIPTS = {"msub": (builder.SUB,), "msup": (builder.SUP,), "msubsup": (builder.SUB, builder.SUP)}


class TwoDimensionalError(Exception):
    """A formula needs more than a line of letters."""


def annotate(math: Element) -> None:
    """Add the LaTeX of ``math``, its alttext, as an annotation, and draw without our style sheet what it draws."""
    for row in list(math.iter("mrow")):
        classes = row.get("class", "").split()
        if notation := " ".join(ENCLOSED[name] for name in classes if name in ENCLOSED):
            row.tag = "menclose"
            row.set("notation", notation)
    annotation = math.makeelement("annotation", {"encoding": "application/x-tex"})
    annotation.text = f" {math.get('alttext')}"
    semantics = math.makeelement("semantics")
    row = math.makeelement("mrow")  # of several elements, browsers would draw the first only
    row.extend(list(math))
    semantics.extend([row, annotation])
    math.append(semantics)


def plain(node: Element) -> list[Element | str]:
    """A MathML element as pieces of text and HTML elements. Raises TwoDimensionalError."""
    text = (node.text or "").strip()
    if node.tag == "math":
        _simplify(node)
    if node.tag in ("math", "mrow") and "class" not in node.attrib:
        return [piece for child in node for piece in plain(child)]
    if node.tag in SCRIPTS:
        base, *scripts = node
        return [*plain(base), *(_script(tag, script) for tag, script in zip(SCRIPTS[node.tag], scripts, strict=True))]
    if node.tag in ("mn", "mtext") and not len(node):
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


def _simplify(math: Element) -> None:
    """Remove what has no glyph, and the rows that the converter makes in rows."""
    for element in list(math.iter("mspace", "mo")):
        if (element.tag == "mspace" and not element.get("width")) or (element.tag == "mo" and (element.text or " ") in INVISIBLE):
            element.drop_tree()
    for row in list(math.iter("mrow")):
        if "class" not in row.attrib and (len(row) == 1 or row.getparent().tag in ("math", "mrow")):
            row.drop_tag()


def _script(tag: Any, script: Element) -> Element | str:
    return script.text if not len(script) and script.text and set(script.text) <= set("′″‴") else tag(*plain(script))


def _is_variable(text: str) -> bool:
    """Whether ``text`` is a letter in the usual shape, unlike ℝ."""
    return len(text) == 1 and text.isalpha() and unicodedata.normalize("NFKC", text) == text


def _name(text: str, node: Element) -> str:
    """The name of a function, with spaces between it and the letters around it."""
    if node.getparent().tag in SCRIPTS:
        return text
    return f"{' ' * _is_term(node.getprevious())}{text}{' ' * _is_term(node.getnext())}"


def _is_term(node: Element | None) -> bool:
    return node is not None and node.tag not in ("mo", "mspace")


def _sign(text: str, node: Element) -> str:
    previous = node.getprevious()
    follows = previous is not None and (previous.tag != "mo" or previous.text in ")]}|!")
    if text in BETWEEN or (text in SIGNS and follows):
        return f" {text} "
    return f"{text} " if text in ",;" and node.get("rspace") != "0" and node.getnext() is not None else text
