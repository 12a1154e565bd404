"""The words of a drawing in their places: in the middle of their shapes, in lines, and the titles of groups beside the arrows.

The layout measures letters of another font than browsers have, and leaves some words where they would begin in that one.
"""

import re
import textwrap
from typing import Any

from lxml import etree

from .cascade import Styles
from .style import ROOM

#: The room between the corner of a group and its title, and about how wide a letter is.
BESIDE, LETTER = 8, 7.4
#: How far lines are apart, in sizes of their letters.
LINE = 1.1
SHIFT = re.compile(r"translate\(\s*(-?[\d.]+)[\s,]+(-?[\d.]+)")
#: The groups whose words begin where they do in another font, and stand in the middle.
CENTRED = (
    "g[@class='label-group text']", "g[@class='annotation-group text']", "g[@class='label name']",
    "self::g[contains(@class, 'statediagram-')]/g[starts-with(@class, 'label')]",
)  # fmt: skip


def place_words(root: Any) -> None:
    """Move the words of a drawing that would not be where they belong, and take out the dates that would overlap others."""
    _thin(root)
    _beside_their_boxes(root)
    for group in list(root.iter("g")):
        title, box = group.find("g[@class='cluster-label']"), group.find(".//rect")
        if title is not None and box is not None and (place := SHIFT.search(title.get("transform", ""))):
            # At the left corner, and over arrows, which would go through it.
            title.set("transform", f"translate({float(box.get('x', '0')) + BESIDE}, {place[2]})")
            if (around := next((each for each in group.iterancestors("g") if each.get("class") == "root"), None)) is not None:
                around.append(title)
        inner = group.find("g/g") if group.get("class") == "label" and group.getparent().get("class") == "edgeLabel" else None
        if inner is not None and inner.getprevious() is not None and (place := SHIFT.search(inner.get("transform", ""))):
            inner.set("transform", f"translate({place[1]}, -1)")  # over its background
        if "node" in group.get("class", "").split():
            for label in (found for path in CENTRED for found in group.xpath(path)):
                _centre(label)


def _beside_their_boxes(root: Any) -> None:
    """Let the label of a frame in a sequence begin beside the box with its kind; in a narrow frame it would lie over that."""
    for label in root.iterfind(".//text[@class='loopText']"):
        box = next((each for each in label.itersiblings("polygon", preceding=True) if each.get("class") == "labelBox"), None)
        if box is None:
            continue
        right = max(float(point.partition(",")[0]) for point in box.get("points", "0,0").split())
        label.set("style", "text-anchor: start")
        for part in (label, *label.iter("tspan")):
            part.set("x", f"{right + BESIDE / 2:g}")


def _thin(root: Any) -> None:
    """Take out the words of marks on an axis that have no room beside those before."""
    free = float("-inf")
    for tick in root.iterfind(".//g[@class='tick']"):
        words, place = tick.find("text"), SHIFT.search(tick.get("transform", ""))
        if words is None or not place:
            continue
        half = len(words.text or "") * LETTER / 2
        if float(place[1]) - half < free:
            tick.remove(words)
        else:
            free = float(place[1]) + half + BESIDE


def _centre(label: Any) -> None:
    """Put the words of a ``label``, which begin left of the middle of their shape, in its middle, in lines that fit."""
    place = SHIFT.search(label.get("transform", ""))
    if not place or float(place[1]) >= 0:
        return
    label.set("transform", f"translate(0, {place[2]})")
    for text in label.iter("text"):
        text.set("style", "text-anchor: middle")
        rows = [line for line in text if "row" in line.get("class", "")]
        words = " ".join("".join(text.itertext()).split())
        lines = textwrap.wrap(words, max(4, int(-2 * float(place[1]) / LETTER)), break_long_words=False)
        if len(rows) == 1 and len(lines) > 1:
            text.remove(rows[0])
            for number, line in enumerate(lines):
                row = etree.SubElement(text, "tspan", {"class": "row", "x": "0", "y": f"{1 + number * LINE:.1f}em"})
                row.text = line


def sides(text: Any, styles: Styles) -> tuple[float, float]:
    """About how far the words of a ``text`` reach to both sides, where nothing is turned."""
    rows = [line for line in text.iter("tspan") if line.get("x") or "row" in line.get("class", "")] or [text]
    wide = max(len(" ".join("".join(row.itertext()).split())) for row in rows) * LETTER
    x = pixels(rows[0].get("x") or text.get("x"), ROOM)
    for around in text.iterancestors("g"):
        transform = around.get("transform", "")
        if "rotate" in transform:
            return x, x
        x += float(place[1]) if (place := SHIFT.search(transform)) else 0.0
    anchors = (styles[part].get("text-anchor") for part in (rows[0], text, *text.iterancestors("g")))
    before = wide * {"middle": 0.5, "end": 1.0}.get(next(filter(None, anchors), ""), 0.0)
    return x - before, x - before + wide


def pixels(length: str | None, size: float) -> float:
    """A length in pixels, where letters have a ``size``."""
    value = (length or "0").strip()
    return float(value.removesuffix("em")) * size if value.endswith("em") else float(value.removesuffix("px") or 0)
