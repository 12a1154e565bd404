"""Convert matplotlib's SVG: smaller, the same on every machine, and in the colours of the site.

A model names its colours: ``C0`` to ``C4`` for series, ``black`` for ink, ``grey`` for muted text and axes, ``lightgrey`` for
rules, ``white`` for paper. On a page they become CSS classes, so that a chart follows the reader's scheme. A chart in a file of
its own has the colours of ``palette.ON_WHITE``.
"""

import re
from collections.abc import Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, SubElement, fromstring, tostring

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
#: A path that is closed, or has a corner.
AREA = re.compile(r"[zZC]|L[^L]*L")
HASH = re.compile(r"#([\w-]+)")
#: Space around the chart in a file, in CSS pixels: a feed reader may show the white picture on black, without a margin.
PADDING = 16
#: The id of the group of a title that stands at the left edge of the chart.
TITLE = "title"
#: The properties to keep, with the default of SVG (of the page for the font), which is left out.
PROPERTIES = {
    "stroke-width": "1", "stroke-dasharray": "none", "stroke-linecap": "butt", "stroke-linejoin": "miter", "stroke-opacity": "1",
    "stroke-dashoffset": "0", "fill-opacity": "1", "opacity": "1", "text-anchor": "start", "font-size": "13",
    "font-weight": "400", "font-style": "normal", "shape-rendering": "auto",
}  # fmt: skip


#: What an SVG can contain that a chart cannot, with what to write instead.
REFUSED = {
    "image": "a picture of pixels; put it beside the text, and write ![what it shows](name.png)",
    "linearGradient": "a colour that changes within an area, as shading='gouraud' draws; use shading='flat'",
    "filter": "a colour that changes within an area, as shading='gouraud' draws; use shading='flat'",
    "a": "a link; readers cannot follow links in a chart, so write it in the caption",
}


#: The elements that a chart is made of, and their attributes besides PROPERTIES.
ELEMENTS = {"svg", "defs", "path", "use", "text", "tspan", "clipPath", "rect", "g", "pattern"}
ATTRIBUTES = {
    "aria-hidden", "focusable", "font-family", "width", "height", "viewBox", "class", "clip-path", "d", "fill", "id", "stroke",
    "href", "x", "y", "transform", "patternUnits",
}  # fmt: skip


class ChartError(Exception):
    """A chart that breaks the rules for charts. The message says which rule, and what is allowed.

    ``line``: that of the model, if it is known.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Drawing(NamedTuple):
    """What is known about an SVG: new ids by old ones, the paths by reference, the lines of the model by id, and its place."""

    ids: Mapping[str, str]
    shapes: Mapping[str, str]
    lines: Mapping[str, int]
    in_page: bool


def simplified(svg: Element, prefix: str, lines: Mapping[str, int], *, in_page: bool) -> str:
    """Matplotlib's ``svg`` without what draws nothing, for use in HTML, with classes for colours, or as a file, on white.

    Every id starts with ``prefix``. ``lines``: the line in the model of each group, by its id. Raises ChartError.
    """
    shapes = {f"#{element.get('id')}": element.get("d", "") for element in svg.iter() if element.get("id")}
    references = " ".join(value for element in svg.iter() for value in element.attrib.values() if "#" in value)
    used = sorted(old for old in set(HASH.findall(references)) if f"#{old}" in shapes)
    drawing = Drawing({old: f"{prefix}{n}" for n, old in enumerate(used)}, shapes, lines, in_page)
    around = 0 if in_page else PADDING
    width, height = (_number(str(float(side) + 2 * around)) for side in svg.attrib["viewBox"].split()[2:])
    root = Element("svg", {"viewBox": f"{-around} {-around} {width} {height}", "width": width, "height": height})
    if in_page:
        root.attrib |= {"aria-hidden": "true", "focusable": "false"}
    else:
        root.attrib |= {"xmlns": SVG, "font-family": "system-ui, sans-serif", "font-size": "13"}
        corner = {"x": str(-around), "y": str(-around)}
        SubElement(root, "rect", {**corner, "width": "100%", "height": "100%", "fill": ON_WHITE["paper"]})
    for child in svg:
        _copy(child, root, drawing)
    text = tostring(root, encoding="unicode")
    return text if in_page else f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'


def is_plain(svg: str) -> bool:
    """Whether an SVG has only what a chart is made of: nothing that runs, and nothing that loads."""
    try:
        elements = list(fromstring(svg).iter())
    except ParseError:
        return False
    return not re.search(r"<!|<\?(?!xml version)", svg) and all(
        element.tag.removeprefix(f"{{{SVG}}}") in ELEMENTS
        and element.attrib.keys() <= ATTRIBUTES | PROPERTIES.keys()
        and element.get("href", "#").startswith("#")
        and not any("url(" in value and not value.startswith("url(#") for value in element.attrib.values())
        for element in elements
    )


def _copy(source: Element, parent: Element, drawing: Drawing) -> None:
    tag = source.tag.removeprefix(f"{{{SVG}}}")
    if tag in {"metadata", "style"}:
        return
    try:
        if tag in REFUSED:
            raise ChartError(REFUSED[tag])
        attributes = _attributes(tag, source, drawing, defined=parent.tag in {"defs", "clipPath"})
        if attributes is None:
            return
        if tag == "g" and not attributes:
            copy = parent
        else:
            copy = SubElement(parent, tag, attributes)
            copy.text = source.text if tag in {"text", "tspan"} else None
        before = len(copy)  # a group without attributes goes into its parent
        for child in source:
            _copy(child, copy, drawing)
    except ChartError as error:
        error.line = error.line or drawing.lines.get(source.get("id", ""))
        raise
    if source.get("id", "").startswith("QuadMesh"):
        _join(copy)
    elif source.get("id") == TITLE:
        for line in (line for part in copy[before:] for line in part.iter("text")):
            if moved := re.fullmatch(r"translate\(\S+ (\S+)\)", line.get("transform", "")):
                line.set("y", moved[1])
                del line.attrib["transform"]
            line.set("x", "0")
    if tag in {"g", "defs", "text"} and copy is not parent and not len(copy) and not (copy.text or "").strip():
        parent.remove(copy)


def _join(group: Element) -> None:
    """Make one path of the cells of one colour."""
    paths: dict[tuple[tuple[str, str], ...], Element] = {}
    for cell in list(group):
        key = tuple((name, value) for name, value in cell.items() if name != "d")
        if (first := paths.get(key)) is not None and cell.tag == "path":
            first.set("d", first.get("d", "") + cell.get("d", ""))
            group.remove(cell)
        elif cell.tag == "path":
            paths[key] = cell


def _attributes(tag: str, source: Element, drawing: Drawing, *, defined: bool) -> dict[str, str] | None:
    """The attributes of the copy of ``source``, or None if it has neither a visible fill nor a visible stroke.

    ``defined``: the element is inside ``defs`` or ``clipPath``; it takes its colours from the ``use`` element.
    """
    declared = dict(source.attrib)
    properties = _declarations(declared.pop("style", ""))
    attributes: dict[str, str] = {}
    classes: list[str] = []
    shown = tag in {"g", "defs", "clipPath", "pattern", "tspan"}
    for paint in ("fill", "stroke"):
        value = properties.get(paint) or declared.pop(paint, None)
        if value is None:
            # By default SVG fills with black and does not stroke. A tick, stroked in another colour, has no area to fill.
            path = source.get("d") or drawing.shapes.get(source.get(HREF, ""), "")
            area = AREA.search(path) and properties.get("fill-opacity") != "0"
            solid = tag in {"use", "path"} and not defined and (area or properties.get("stroke", BLACK) == BLACK)
            value = BLACK if paint == "fill" and (tag == "text" or solid) else None
        if value is None:
            shown = shown or paint == "fill"
        elif value.startswith("url("):
            shown = True
            attributes[paint] = HASH.sub(lambda reference: "#" + drawing.ids[reference[1]], value)
        elif value != "none":
            shown = True
            if drawing.in_page:
                classes.append(f"{paint[0]}-{_colour_name(value)}")
            else:
                attributes[paint] = ON_WHITE[_colour_name(value)]
        elif paint == "fill" and tag != "text":
            attributes["fill"] = "none"
    if not shown:
        return None
    if source.get("id") == TITLE and drawing.in_page:
        classes.append("title")
    if classes:
        attributes["class"] = " ".join(classes)
    attributes |= {key: value for key, value in properties.items() if key in PROPERTIES and value != PROPERTIES[key]}
    for key, value in declared.items():
        if key == "id" and value in drawing.ids:
            attributes["id"] = drawing.ids[value]
        elif key == HREF:
            attributes["href"] = "#" + drawing.ids[value[1:]]
        elif key == "clip-path":
            attributes[key] = HASH.sub(lambda reference: "#" + drawing.ids[reference[1]], value)
        elif key in {"d", "points"} or (key == "transform" and not re.match(r"rotate\(-?0 ", value)):
            attributes[key] = _rounded(value)
        elif key == "patternUnits":
            attributes[key] = value
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
        name = next((name for name, code in _css_colours().items() if str(code).lower() == value.lower()), "")
        said = f"{name} ({value})" if name else value
        raise ChartError(f"the colour {said}; allowed are C0 to C4, black, grey, lightgrey and white")
    return NAMES[value.lower()]


def _css_colours() -> Mapping[str, object]:
    from matplotlib.colors import CSS4_COLORS

    return CSS4_COLORS


def _number(value: str) -> str:
    """A length, rounded to a tenth of a pixel and written as briefly as SVG allows."""
    return f"{float(value):.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0") or "0"


def _rounded(value: str) -> str:
    """A path or a transform with its numbers rounded to a tenth of a pixel, without needless spaces."""
    text = " ".join(re.sub(r"-?\d+\.?\d*(?:e-?\d+)?", lambda number: _number(number[0]), value).split())
    return text if "(" in text else re.sub(r"\s*([A-Za-z])\s*", r"\1", text)
