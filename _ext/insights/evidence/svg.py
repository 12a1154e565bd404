"""Convert matplotlib's SVG: smaller, the same on every machine, and in the colours of the site.

A model names its colours: ``C0`` to ``C4`` for series, ``black`` for ink, ``grey`` for muted text and axes, ``lightgrey`` for
rules, ``white`` for paper. On a page they become CSS classes, so that a chart follows the reader's scheme. A chart in a file of
its own has the colours of ``palette.ON_WHITE``.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from insights.palette import COLOURS, ON_WHITE

#: The colours of series, in order: matplotlib's ``axes.prop_cycle``.
CYCLE = [COLOURS[f"c{n}"].light for n in range(5)]
BLACK = "#000000"
#: From what matplotlib writes for C0 to C4, black, grey, lightgrey and white to a name of the palette.
NAMES = {colour: f"c{n}" for n, colour in enumerate(CYCLE)} | {
    BLACK: "ink", "#808080": "muted", "#d3d3d3": "rule", "#ffffff": "paper",
}  # fmt: skip
SVG = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"
#: The properties to keep, with the default of SVG (of the page for the font), which is left out.
PROPERTIES = {
    "stroke-width": "1", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter", "stroke-opacity": "1",
    "fill-opacity": "1", "opacity": "1", "text-anchor": "start", "font-size": "13", "font-weight": "400",
}  # fmt: skip
#: Elements that draw nothing.
DROPPED = {"metadata", "style"}


class ChartError(Exception):
    """A chart that breaks the rules for charts. The message says which rule, and what is allowed."""


def for_page(svg: ElementTree.Element, prefix: str) -> str:
    """Matplotlib's ``svg`` for use in HTML, with classes for colours. Every id starts with ``prefix``. Raises ChartError."""
    return ElementTree.tostring(_simplified(svg, prefix, in_page=True), encoding="unicode")


def for_file(svg: ElementTree.Element, prefix: str) -> str:
    """Matplotlib's ``svg`` as a file of its own, on white. Every id starts with ``prefix``. Raises ChartError."""
    copy = ElementTree.tostring(_simplified(svg, prefix, in_page=False), encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{copy}\n'


def _simplified(svg: ElementTree.Element, prefix: str, *, in_page: bool) -> ElementTree.Element:
    """A copy of ``svg`` without what draws nothing."""
    ids = {old: f"{prefix}{n}" for n, old in enumerate(sorted(set(re.findall(r"#([\w-]+)", _references(svg)))))}
    _, _, width, height = svg.attrib["viewBox"].split()
    root = ElementTree.Element("svg", {"viewBox": f"0 0 {_number(width)} {_number(height)}"})
    if in_page:
        root.attrib |= {"width": _number(width), "height": _number(height), "aria-hidden": "true", "focusable": "false"}
    else:
        root.attrib |= {"xmlns": SVG, "width": _number(width), "height": _number(height)}
        root.attrib |= {"font-family": "system-ui, sans-serif", "font-size": "13"}
        ElementTree.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": ON_WHITE["paper"]})
    for child in svg:
        _copy(child, root, ids, in_page)
    return root


def _copy(source: ElementTree.Element, parent: ElementTree.Element, ids: Mapping[str, str], in_page: bool) -> None:
    tag = source.tag.removeprefix(f"{{{SVG}}}")
    if tag in DROPPED:
        return
    if tag == "image":
        raise ChartError("a picture of pixels, as imshow draws; draw lines, bars or areas")
    attributes = _attributes(tag, source, ids, in_page=in_page, defined=parent.tag in {"defs", "clipPath"})
    if attributes is None:
        return
    if tag == "g" and not attributes:
        copy = parent
    else:
        copy = ElementTree.SubElement(parent, tag, attributes)
        copy.text = source.text if tag in {"text", "tspan"} else None
    for child in source:
        _copy(child, copy, ids, in_page)
    if tag in {"g", "defs", "text"} and copy is not parent and not len(copy) and not (copy.text or "").strip():
        parent.remove(copy)


def _attributes(
    tag: str, source: ElementTree.Element, ids: Mapping[str, str], *, in_page: bool, defined: bool
) -> dict[str, str] | None:
    """The attributes of the copy of ``source``, or None if it has neither a visible fill nor a visible stroke.

    ``defined``: the element is inside ``defs`` or ``clipPath``; it takes its colours from the ``use`` element.
    """
    declared = dict(source.attrib)
    properties = _declarations(declared.pop("style", ""))
    attributes: dict[str, str] = {}
    classes: list[str] = []
    shown = tag in {"g", "defs", "clipPath", "tspan"}
    for paint in ("fill", "stroke"):
        value = properties.get(paint) or declared.pop(paint, None)
        if value is None:
            # By default SVG fills with black and does not stroke. A tick, stroked in another colour, has no area to fill.
            solid = tag in {"use", "path"} and not defined and properties.get("stroke", BLACK) == BLACK
            value = BLACK if paint == "fill" and (tag == "text" or solid) else None
        if value is None:
            shown = shown or paint == "fill"
        elif value == "none":
            if paint == "fill" and tag != "text":
                attributes["fill"] = "none"
        else:
            name = _colour_name(value)
            shown = True
            if in_page:
                classes.append(f"{paint[0]}-{name}")
            else:
                attributes[paint] = ON_WHITE[name]
    if not shown:
        return None
    if classes:
        attributes["class"] = " ".join(classes)
    attributes |= {key: value for key, value in properties.items() if key in PROPERTIES and value != PROPERTIES[key]}
    for key, value in declared.items():
        if key == "id":
            if value in ids:
                attributes["id"] = ids[value]
        elif key == HREF:
            attributes["href"] = "#" + ids[value[1:]]
        elif key == "clip-path":
            attributes[key] = re.sub(r"#([\w-]+)", lambda reference: "#" + ids[reference[1]], value)
        elif key == "transform" and re.match(r"rotate\(-?0 ", value):
            continue
        elif key in {"d", "transform", "points"}:
            attributes[key] = _rounded(value)
        elif key in {"x", "y", "width", "height", "cx", "cy", "r"}:
            attributes[key] = _number(value)
    return attributes


def _declarations(style: str) -> dict[str, str]:
    """The properties of a style attribute, with matplotlib's ``font`` shorthand split into size and weight."""
    pairs = (declaration.partition(":") for declaration in style.split(";") if ":" in declaration)
    properties = {name.strip(): value.strip() for name, _, value in pairs}
    if shorthand := properties.pop("font", None):
        font = re.match(r"(?:(?P<weight>\d+|bold|normal)\s+)?(?P<size>[\d.]+)px", shorthand)
        if not font:
            raise ChartError(f"a text in the font {shorthand!r}; leave fonts to the house style")
        properties["font-size"] = font["size"]
        properties["font-weight"] = {"bold": "700", "normal": "400", None: "400"}.get(font["weight"], font["weight"])
    if "font-size" in properties:
        properties["font-size"] = _number(properties["font-size"].removesuffix("px"))
    return properties


def _colour_name(value: str) -> str:
    try:
        return NAMES[value.lower()]
    except KeyError:
        raise ChartError(f"the colour {value}; allowed are C0 to C4, black, grey, lightgrey and white") from None


def _references(svg: ElementTree.Element) -> str:
    """The attributes of ``svg`` that may refer to an id, as one text."""
    return " ".join(value for element in svg.iter() for key, value in element.items() if key in {HREF, "clip-path"})


def _number(value: str) -> str:
    """A length, rounded to a tenth of a pixel and written as briefly as SVG allows."""
    return f"{float(value):.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0") or "0"


def _rounded(value: str) -> str:
    """A path or a transform with its numbers rounded to a tenth of a pixel, without needless spaces."""
    text = re.sub(r"-?\d+\.?\d*(?:e-?\d+)?", lambda number: _number(number[0]), value)
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(text.split())) if "(" not in text else " ".join(text.split())
