"""Convert matplotlib's SVG: smaller, the same on every machine, and in the colours of the site.

A model names its colours: ``C0`` to ``C4`` for series, ``black`` for ink, ``grey`` for muted text and axes, ``lightgrey`` for
rules, ``white`` for paper. On a page they become CSS classes, so that a chart follows the reader's scheme. A chart in a file of
its own has the colours of ``palette.ON_WHITE``.
"""

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, SubElement, tostring

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


class ChartError(Exception):
    """A chart that breaks the rules for charts. The message says which rule, and what is allowed."""


def simplified(svg: Element, prefix: str, *, in_page: bool) -> str:
    """Matplotlib's ``svg`` without what draws nothing, for use in HTML, with classes for colours, or as a file, on white.

    Every id starts with ``prefix``. Raises ChartError.
    """
    references = " ".join(value for element in svg.iter() for key, value in element.items() if key in {HREF, "clip-path"})
    ids = {old: f"{prefix}{n}" for n, old in enumerate(sorted(set(re.findall(r"#([\w-]+)", references))))}
    width, height = map(_number, svg.attrib["viewBox"].split()[2:])
    root = Element("svg", {"viewBox": f"0 0 {width} {height}"})
    if in_page:
        root.attrib |= {"width": width, "height": height, "aria-hidden": "true", "focusable": "false"}
    else:
        root.attrib |= {"xmlns": SVG, "width": width, "height": height, "font-family": "system-ui, sans-serif", "font-size": "13"}
        SubElement(root, "rect", {"width": "100%", "height": "100%", "fill": ON_WHITE["paper"]})
    for child in svg:
        _copy(child, root, ids, in_page)
    text = tostring(root, encoding="unicode")
    return text if in_page else f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def _copy(source: Element, parent: Element, ids: Mapping[str, str], in_page: bool) -> None:
    tag = source.tag.removeprefix(f"{{{SVG}}}")
    if tag in {"metadata", "style"}:
        return
    if tag == "image":
        raise ChartError("a picture of pixels, as imshow draws; draw lines, bars or areas")
    attributes = _attributes(tag, source, ids, in_page=in_page, defined=parent.tag in {"defs", "clipPath"})
    if attributes is None:
        return
    if tag == "g" and not attributes:
        copy = parent
    else:
        copy = SubElement(parent, tag, attributes)
        copy.text = source.text if tag in {"text", "tspan"} else None
    for child in source:
        _copy(child, copy, ids, in_page)
    if tag in {"g", "defs", "text"} and copy is not parent and not len(copy) and not (copy.text or "").strip():
        parent.remove(copy)


def _attributes(tag: str, source: Element, ids: Mapping[str, str], *, in_page: bool, defined: bool) -> dict[str, str] | None:
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
        elif value != "none":
            shown = True
            if in_page:
                classes.append(f"{paint[0]}-{_colour_name(value)}")
            else:
                attributes[paint] = ON_WHITE[_colour_name(value)]
        elif paint == "fill" and tag != "text":
            attributes["fill"] = "none"
    if not shown:
        return None
    if classes:
        attributes["class"] = " ".join(classes)
    attributes |= {key: value for key, value in properties.items() if key in PROPERTIES and value != PROPERTIES[key]}
    for key, value in declared.items():
        if key == "id" and value in ids:
            attributes["id"] = ids[value]
        elif key == HREF:
            attributes["href"] = "#" + ids[value[1:]]
        elif key == "clip-path":
            attributes[key] = re.sub(r"#([\w-]+)", lambda reference: "#" + ids[reference[1]], value)
        elif key in {"d", "points"} or (key == "transform" and not re.match(r"rotate\(-?0 ", value)):
            attributes[key] = _rounded(value)
        elif key in {"x", "y", "width", "height", "cx", "cy", "r"}:
            attributes[key] = _number(value)
    return attributes


def _declarations(style: str) -> dict[str, str]:
    """The properties of a style attribute."""
    pairs = (declaration.partition(":") for declaration in style.split(";") if ":" in declaration)
    properties = {name.strip(): value.strip() for name, _, value in pairs}
    if "font-size" in properties:
        properties["font-size"] = _number(properties["font-size"].removesuffix("px"))
    return properties


def _colour_name(value: str) -> str:
    if value.lower() not in NAMES:
        raise ChartError(f"the colour {value}; allowed are C0 to C4, black, grey, lightgrey and white")
    return NAMES[value.lower()]


def _number(value: str) -> str:
    """A length, rounded to a tenth of a pixel and written as briefly as SVG allows."""
    return f"{float(value):.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0") or "0"


def _rounded(value: str) -> str:
    """A path or a transform with its numbers rounded to a tenth of a pixel, without needless spaces."""
    text = " ".join(re.sub(r"-?\d+\.?\d*(?:e-?\d+)?", lambda number: _number(number[0]), value).split())
    return text if "(" in text else re.sub(r"\s*([A-Za-z])\s*", r"\1", text)
