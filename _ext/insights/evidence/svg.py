"""matplotlib's SVG made fit for a page: small, the same on every machine, and in the reader's colours.

A model names colours by their place in the house palette: ``C0`` to ``C4`` for what is measured, ``black`` for ink, ``grey`` for
what explains, ``lightgrey`` for rules. In a page they become classes, so that a chart follows the reader's scheme; in a file of
its own they are colours on white.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

#: What matplotlib writes for a named colour: its class in a page, and its value on white.
PALETTE = {
    "#9a3412": ("c0", "#9a3412"),
    "#1d4f8c": ("c1", "#1d4f8c"),
    "#5c5751": ("c2", "#5c5751"),
    "#7a5c00": ("c3", "#7a5c00"),
    "#0f665a": ("c4", "#0f665a"),
    "#000000": ("ink", "#1c1a17"),
    "#808080": ("muted", "#5f5a53"),
    "#d3d3d3": ("rule", "#dcd7cf"),
    "#ffffff": ("paper", "#ffffff"),
}
CYCLE = list(PALETTE)[:5]

BLACK = "#000000"
SVG = "http://www.w3.org/2000/svg"
HREF = "{http://www.w3.org/1999/xlink}href"
#: The properties of matplotlib's SVG that a page cannot guess, with what SVG assumes where nothing is said.
PROPERTIES = {
    "stroke-width": "1",
    "stroke-dasharray": "none",
    "stroke-linecap": "butt",
    "stroke-linejoin": "miter",
    "fill-opacity": "1",
    "stroke-opacity": "1",
    "opacity": "1",
    "text-anchor": "start",
    "font-size": "13",
    "font-weight": "400",
}
#: Elements of matplotlib's SVG that say nothing a reader sees.
DROPPED = {"metadata", "style"}


class ChartError(Exception):
    """A chart that breaks the house rules; the message says which, and what is allowed."""


def for_page(svg: ElementTree.Element, prefix: str) -> str:
    """Matplotlib's ``svg`` to stand in HTML, with classes for colours; ``prefix`` begins every id in it. Raises ChartError."""
    return ElementTree.tostring(_simplified(svg, prefix, in_page=True), encoding="unicode")


def for_file(svg: ElementTree.Element, prefix: str) -> str:
    """Matplotlib's ``svg`` as a file of its own, in the palette's colours on white. Raises ChartError."""
    copy = ElementTree.tostring(_simplified(svg, prefix, in_page=False), encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?>\n{copy}\n'


def _simplified(svg: ElementTree.Element, prefix: str, *, in_page: bool) -> ElementTree.Element:
    """A copy of ``svg`` without what nobody sees."""
    ids = {old: f"{prefix}{n}" for n, old in enumerate(sorted(set(re.findall(r"#([\w-]+)", _references(svg)))))}
    _, _, width, height = svg.attrib["viewBox"].split()
    root = ElementTree.Element("svg", {"viewBox": f"0 0 {_number(width)} {_number(height)}"})
    if in_page:
        root.attrib |= {"width": _number(width), "height": _number(height), "aria-hidden": "true", "focusable": "false"}
    else:
        root.attrib |= {"xmlns": SVG, "width": _number(width), "height": _number(height)}
        root.attrib |= {"font-family": "system-ui, sans-serif", "font-size": "13"}
        ElementTree.SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": "#ffffff"})
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
    """The attributes of an element's copy; None where neither fill nor stroke would show.

    ``defined``: it is a shape to be used elsewhere, and takes its colours from there.
    """
    declared = dict(source.attrib)
    properties = _declarations(declared.pop("style", ""))
    attributes: dict[str, str] = {}
    classes: list[str] = []
    shown = tag in {"g", "defs", "clipPath", "tspan"}
    for paint in ("fill", "stroke"):
        value = properties.get(paint) or declared.pop(paint, None)
        if value is None:
            # SVG fills black where nothing is said, and strokes nothing; a tick, stroked in another colour, has nothing to fill.
            solid = tag in {"use", "path"} and not defined and properties.get("stroke", BLACK) == BLACK
            value = BLACK if paint == "fill" and (tag == "text" or solid) else None
        if value is None:
            shown = shown or paint == "fill"
        elif value == "none":
            if paint == "fill" and tag != "text":
                attributes["fill"] = "none"
        else:
            name, colour = _paint(value)
            shown = True
            if in_page:
                classes.append(f"{paint[0]}-{name}")
            else:
                attributes[paint] = colour
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
            attributes[key] = re.sub(r"#([\w-]+)", lambda found: "#" + ids[found[1]], value)
        elif key == "transform" and re.match(r"rotate\(-?0 ", value):
            continue
        elif key in {"d", "transform", "points"}:
            attributes[key] = _rounded(value)
        elif key in {"x", "y", "width", "height", "cx", "cy", "r"}:
            attributes[key] = _number(value)
    return attributes


def _declarations(style: str) -> dict[str, str]:
    """The properties of a style attribute, matplotlib's ``font`` shorthand taken apart into size and weight."""
    pairs = (declaration.partition(":") for declaration in style.split(";") if ":" in declaration)
    properties = {name.strip(): value.strip() for name, _, value in pairs}
    if shorthand := properties.pop("font", None):
        found = re.match(r"(?:(?P<weight>\d+|bold|normal)\s+)?(?P<size>[\d.]+)px", shorthand)
        if not found:
            raise ChartError(f"a text in the font {shorthand!r}; leave fonts to the house style")
        properties["font-size"] = found["size"]
        properties["font-weight"] = {"bold": "700", "normal": "400", None: "400"}.get(found["weight"], found["weight"])
    if "font-size" in properties:
        properties["font-size"] = _number(properties["font-size"].removesuffix("px"))
    return properties


def _paint(value: str) -> tuple[str, str]:
    try:
        return PALETTE[value.lower()]
    except KeyError:
        raise ChartError(f"the colour {value}; allowed are C0 to C4, black, grey, lightgrey and white") from None


def _references(svg: ElementTree.Element) -> str:
    """Everything in ``svg`` that may point to an id."""
    return " ".join(value for element in svg.iter() for key, value in element.items() if key in {HREF, "clip-path"})


def _number(value: str) -> str:
    """A length to a tenth of a pixel, as short as it gets."""
    return f"{float(value):.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0") or "0"


def _rounded(value: str) -> str:
    """A path or a transform with its numbers to a tenth of a pixel and no space that is not needed."""
    text = re.sub(r"-?\d+\.?\d*(?:e-?\d+)?", lambda found: _number(found[0]), value)
    return re.sub(r"\s*([A-Za-z])\s*", r"\1", " ".join(text.split())) if "(" not in text else " ".join(text.split())
