"""A drawing in the house style: the shapes and words of what lays diagrams out, in our type and colours, and nothing else.

In a page, colours are classes, so that a diagram follows the reader's scheme; in a file of its own it is drawn on white. A
drawing has no ids, so that many can be on a page: heads of arrows are drawn where they are.
"""

import re
from typing import Any, NamedTuple

from lxml import etree

from insights.palette import ON_WHITE

from .cascade import KEPT, Styles, computed, tree
from .colours import NAMES, named
from .paths import commands, corners, ends, number, rounded, simpler
from .placing import pixels, place_words, sides
from .style import HOUSE, ROOM, TYPE

#: The smallest letters, in pixels.
SMALLEST = 12
#: Space around a drawing, and around one in a file, which readers may show without a margin.
MARGIN, PADDING = 2, 16
DRAWN = frozenset({"g", "path", "rect", "circle", "ellipse", "polygon", "polyline", "line", "text", "tspan"})
GEOMETRY = ("d", "points", "x", "y", "width", "height", "rx", "ry", "cx", "cy", "r", "x1", "y1", "x2", "y2", "dx", "dy")
#: How strong a colour is behind words.
TINT = "0.16"
#: The colours that words can have.
WORDS = frozenset({"ink", "muted", "paper"})
FILE_COLOURS = {**{name: ON_WHITE[name] for name in NAMES}, "sheet": ON_WHITE["paper"]}


class Board(NamedTuple):
    """A drawing with its size in pixels: as part of a page, and as a file of its own."""

    width: float
    height: float
    page: str
    file: str


def in_house_style(svg: str) -> Board:
    """The drawing of a diagram, as it was laid out, in the house style. Raises ValueError or SyntaxError if nothing is drawn."""
    root = tree(svg)
    place_words(root)
    styles = computed(root, HOUSE)
    left, top, width, height = (float(part) for part in root.get("viewBox").split())
    if not (width > 0 and height > 0):
        raise ValueError("nothing is drawn")
    words = [edge for text in root.iter("text") for edge in sides(text, styles)]
    left, right = min([left, *words]), max([left + width, *words])
    width = right - left
    boards = [_written(root, styles, (left, top, width, height), in_page=in_page) for in_page in (True, False)]
    return Board(width + 2 * MARGIN, height + 2 * MARGIN, *boards)


def _written(root: Any, styles: Styles, box: tuple[float, float, float, float], *, in_page: bool) -> str:
    left, top, width, height = box
    around = MARGIN if in_page else PADDING
    view = [left - around, top - around, width + 2 * around, height + 2 * around]
    new = etree.Element("svg", viewBox=" ".join(map(number, view)), width=number(view[2]), height=number(view[3]))
    if in_page:
        new.set("class", "f-ink")
        new.set("aria-hidden", "true")
        new.set("focusable", "false")
    else:
        new.set("xmlns", "http://www.w3.org/2000/svg")
        new.set("font-family", "system-ui, -apple-system, Segoe UI, Roboto, Helvetica Neue, Liberation Sans, Arial, sans-serif")
        new.set("font-size", str(TYPE))
        new.set("fill", FILE_COLOURS["ink"])
        etree.SubElement(new, "rect", x=new.get("viewBox").split()[0], y=new.get("viewBox").split()[1], width=new.get("width"),
                         height=new.get("height"), fill=FILE_COLOURS["paper"])  # fmt: skip
    copier = _Copier(styles, {marker.get("id"): marker for marker in root.iter("marker")}, in_page)
    for child in root:
        copier.copy(child, new)
    return str(etree.tostring(new, encoding="unicode"))


class _Copier:
    """Copies what is drawn. ``markers``: the heads of arrows, by id."""

    def __init__(self, styles: Styles, markers: dict[str, Any], in_page: bool) -> None:
        self.styles, self.markers, self.in_page = styles, markers, in_page

    def copy(self, source: Any, parent: Any) -> None:
        """Copy an element and what is in it into ``parent``, if it draws something."""
        if not isinstance(source.tag, str):
            return
        tag = {"a": "g", "svg": "g"}.get(source.tag, source.tag)
        style = self.styles[source]
        if tag not in DRAWN or style.get("display") == "none" or style.get("visibility") == "hidden":
            return
        if style.get("opacity") in {"0", "0.0"} or (source.tag == "path" and self._repeats(source)):
            return
        if tag == "text":
            self._text(source, parent)
            return
        attributes = self._attributes(source, tag)
        copy = parent if tag == "g" and not attributes else etree.SubElement(parent, tag, attributes)
        for child in source:
            self.copy(child, copy)
        if tag == "g" and copy is not parent and not len(copy):
            parent.remove(copy)
        if tag in {"path", "line", "polyline"}:
            self._heads(source, parent)

    def _repeats(self, path: Any) -> bool:
        """Whether a path is the outline of the area before it, which is drawn with it."""
        before = path.getprevious()
        return before is not None and before.tag == "path" and path.get("fill") == "none" and before.get("stroke") == "none"

    def _attributes(self, source: Any, tag: str) -> dict[str, str]:
        style, attributes, classes, halo = self.styles[source], {}, [], ""
        for name in GEOMETRY:
            if (value := source.get(name)) is not None and tag != "g":
                attributes[name] = rounded(simpler(value)) if name == "d" else rounded(value)
        if "d" in attributes and (after := source.getnext()) is not None and after.tag == "path" and self._repeats(after):
            attributes["d"] = attributes["d"].rstrip("Zz") + "Z"
        if transform := source.get("transform"):
            plain = rounded(transform).replace(" ", "").replace(",0)", ")")
            if plain not in {"translate(0)", "translate(0,0)"}:
                attributes["transform"] = rounded(transform)
        for paint in ("fill", "stroke"):
            value = style.get(paint, "") if tag != "g" else ""
            if not value or value in {"inherit", "revert", "context-stroke", "context-fill"}:
                continue
            name, tinted = named(value)
            if tag in {"text", "tspan"}:
                if paint == "stroke":
                    halo = name if tag == "text" and value in NAMES else ""
                    continue
                name, tinted = (name if value in WORDS else "ink"), False
            if name == "none":
                attributes[paint] = "none"
            elif self.in_page:
                classes.append(f"{paint[0]}-{name}")
            else:
                attributes[paint] = FILE_COLOURS[name]
            if paint == "fill" and tinted:
                attributes["fill-opacity"] = TINT
        if halo:  # so that a line behind words does not go through them
            attributes |= {"paint-order": "stroke", "stroke-width": "4", "stroke-linejoin": "round"}
            if self.in_page:
                classes.append(f"s-{halo}")
            else:
                attributes["stroke"] = FILE_COLOURS[halo]
        if classes:
            attributes["class"] = " ".join(classes)
        for name, needless in KEPT.items():
            value = re.sub(r"\s*,\s*|\s+", ",", style.get(name, "").removesuffix("px"))
            value = {"bolder": "bold", "600": "bold", "700": "bold"}.get(value, value)
            if name == "stroke-width" and tag in {"g", "text", "tspan"}:
                continue
            if value and value not in needless:
                attributes[name] = value
        if tag in {"text", "tspan"} and (size := _size(style)) not in {None, TYPE}:
            attributes["font-size"] = number(size or TYPE)
        if tag not in {"g", "text", "tspan"} and "opacity" in style and "fill-opacity" not in attributes:
            attributes["opacity"] = style["opacity"]
        return attributes

    def _text(self, source: Any, parent: Any) -> None:
        """Copy words: a line is one run of words, unless some of them are bold or slanted."""
        text = etree.SubElement(parent, "text", self._attributes(source, "text"))
        text.attrib.pop("stroke-dasharray", None)
        text.attrib.pop("dx", None)
        text.attrib.pop("dy", None)
        size = ROOM
        lines = [child for child in source if child.tag == "tspan"]
        shift = pixels(source.get("dy"), size)
        if shift and not lines:
            text.set("y", number(pixels(source.get("y"), size) + shift))
        if not lines:
            text.text = " ".join("".join(source.itertext()).split())
        base = pixels(source.get("y"), size) + shift
        for line in lines:
            if line.get("y") is not None:
                base = pixels(line.get("y"), size)
            base += pixels(line.get("dy"), size)
            x = line.get("x") or source.get("x") or "0"
            span = etree.SubElement(text, "tspan", x=number(pixels(x, size)), y=number(base))
            for name, value in self._attributes(line, "tspan").items():
                if name not in {"x", "y", "dx", "dy", "class", "fill"}:
                    span.set(name, value)
            self._words(line, span)
        if not "".join(text.itertext()).strip():
            parent.remove(text)

    def _words(self, line: Any, span: Any) -> None:
        """The words of a line; those that are bold or slanted in spans of their own."""
        runs: list[tuple[tuple[tuple[str, str], ...], str]] = [((), line.text or "")]
        for word in line:
            style = self.styles[word]
            marks = tuple((name, style[name]) for name in ("font-weight", "font-style")
                          if style.get(name) and style[name] not in KEPT[name])  # fmt: skip
            runs += [(marks, "".join(word.itertext())), ((), word.tail or "")]
        last = None
        for marks, words in runs:
            if not words:
                continue
            if marks:
                last = etree.SubElement(span, "tspan", dict(marks))
                last.text = words
            elif last is None:
                span.text = (span.text or "") + words
            else:
                last.tail = (last.tail or "") + words

    def _heads(self, source: Any, parent: Any) -> None:
        """Draw the heads of an arrow at the ends of a line."""
        for which in ("marker-start", "marker-end"):
            style = source.get(which) or ""
            match = re.search(r"#([^)\"']+)", style)
            marker = self.markers.get(match[1]) if match else None
            if marker is None or not (points := _points(source)):
                continue
            end = ends(points)[which == "marker-end"]
            angle = end.angle + (180 if which == "marker-start" and marker.get("orient") == "auto-start-reverse" else 0)
            if marker.get("orient", "0") not in {"auto", "auto-start-reverse"}:
                angle = float(marker.get("orient", "0"))
            width = float(marker.get("markerWidth", "3"))
            box = [float(part) for part in re.split(r"[\s,]+", marker.get("viewBox", f"0 0 {width} {width}").strip())]
            scale = min(width / box[2], float(marker.get("markerHeight", "3")) / box[3]) if marker.get("viewBox") else 1.0
            if marker.get("markerUnits") != "userSpaceOnUse":
                scale *= min(2.0, float(self.styles[source].get("stroke-width", "1").removesuffix("px") or 1))
            x, y = (number(-float(marker.get(name, "0"))) for name in ("refX", "refY"))
            steps = [f"translate({number(end.x)} {number(end.y)})", f"rotate({number(angle)})", f"scale({scale:.2f})"]
            steps.append(f"translate({x} {y})")
            plain = [step for step in steps if step not in {"rotate(0)", "scale(1.00)", "translate(0 0)"}]
            attributes = {"transform": "".join(plain)} | {
                name: value for name, value in self._attributes(marker, "marker").items() if name != "stroke-width"
            }
            head = etree.SubElement(parent, "g", attributes)
            for child in marker:
                self.copy(child, head)


def _points(line: Any) -> list[tuple[float, float]]:
    if line.tag == "line":
        return [(float(line.get(f"x{end}", "0")), float(line.get(f"y{end}", "0"))) for end in (1, 2)]
    if line.tag == "polyline":
        numbers = [float(part) for part in re.split(r"[\s,]+", line.get("points", "").strip()) if part]
        return list(zip(numbers[::2], numbers[1::2], strict=False))
    return corners(line.get("d", "")) if commands(line.get("d", "")) else []


def _size(style: dict[str, str]) -> float | None:
    """The size of letters in pixels; None if it is that of what is around."""
    value = style.get("font-size", "")
    if not re.fullmatch(r"[\d.]+(px)?", value):
        return None
    size = float(value.removesuffix("px"))
    return TYPE if size == ROOM else max(SMALLEST, min(18.0, size))
