"""SVG pictures as they are published: what draws stays; what programs note in them, and what runs or loads, is left out.

A page shows an SVG as an <img>, where browsers run no script and load no other file, so nothing is lost that readers could see.
"""

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

SVG, XHTML, XLINK = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xhtml", "http://www.w3.org/1999/xlink"
XML = "http://www.w3.org/XML/1998/namespace"
#: The elements that draw (SVG 2, chapter 3, and filter effects).
DRAWING = frozenset(
    """
    a animate animateMotion animateTransform circle clipPath defs desc ellipse feBlend feColorMatrix feComponentTransfer
    feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feFuncA feFuncB
    feFuncG feFuncR feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset fePointLight feSpecularLighting
    feSpotLight feTile feTurbulence filter foreignObject g image line linearGradient marker mask mpath path pattern
    polygon polyline radialGradient rect set stop style svg switch symbol text textPath title tref tspan use view
    """.split()  # noqa: SIM905 (sixty words)
)
#: The elements of HTML that diagrams write their labels in.
LABELS = frozenset(
    """
    b blockquote body br code div em font hr i li ol p pre s small span strong sub sup table tbody td th thead tr u ul
    """.split()  # noqa: SIM905
)
#: What a style sheet loads: its own parts and data are no other file.
IMPORT = re.compile(r"@import\b[^;]*;?", re.IGNORECASE)
FONT = re.compile(r"@font-face\s*\{[^{}]*\}", re.IGNORECASE)
URL = re.compile(r"url\(\s*[\"']?(?!\s*#|\s*data:)[^)]*\)", re.IGNORECASE)
LENGTH = re.compile(r"\s*([\d.]+)\s*(px|pt|pc|mm|cm|in|em|ex|)\s*")
PIXELS = {"px": 1, "": 1, "pt": 4 / 3, "pc": 16, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96, "em": 16, "ex": 8}


class SvgPicture(NamedTuple):
    """An SVG as it is published, what it would load, whether fonts and scripts are left out, and its size in pixels if any."""

    content: bytes
    lost: tuple[str, ...]
    fonts: bool
    scripts: bool
    size: tuple[float, float] | None


def read_svg(content: bytes) -> SvgPicture:
    """The SVG in a file. Raises ValueError if it is none."""
    parser = etree.XMLParser(resolve_entities="internal", no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(f"not SVG: {error.msg}") from None
    if root.tag != f"{{{SVG}}}svg":
        raise ValueError(f'not SVG: it begins with <{etree.QName(root).localname}>, without xmlns="{SVG}"')
    lost: list[str] = []
    found = {"font": False, "script": False, "changed": root.getroottree().docinfo.internalDTD is not None}
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or not _draws(element):
            found["script"] |= isinstance(element.tag, str) and etree.QName(element).localname == "script"
            found["changed"] = True
            _remove(element)
            continue
        for name, value in list(element.items()):
            kept = _attribute(element, name, value, lost)
            found["script"] |= kept is None and name.startswith("on")
            if kept != value:
                found["changed"] = True
                element.attrib.pop(name)
                if kept is not None:
                    element.set(name, kept)
        if etree.QName(element).localname == "style" and element.text:
            text = FONT.sub(lambda match: "" if URL.search(match[0]) else match[0], element.text)
            found["font"] |= text != element.text
            lost += [match[0] for pattern in (IMPORT, URL) for match in pattern.finditer(text)]
            text = URL.sub("none", IMPORT.sub("", text))
            found["changed"] |= text != element.text
            element.text = text
    if found["changed"]:
        etree.cleanup_namespaces(root)
        content = etree.tostring(root, encoding="unicode", with_tail=False).encode()
    return SvgPicture(content, tuple(dict.fromkeys(lost)), found["font"], found["script"], _size(root))


def _draws(element: Any) -> bool:
    name = etree.QName(element)
    if name.namespace == XHTML:
        return name.localname in LABELS
    if name.namespace != SVG or name.localname not in DRAWING:
        return False
    # An animation may set an address or a script, and no browser knows an element that a program needs for itself.
    animated = element.get("attributeName", "").rpartition(":")[2]
    return animated != "href" and not animated.startswith("on") and "requiredExtensions" not in element.attrib


def _remove(element: Any) -> None:
    if (parent := element.getparent()) is not None:
        before, tail = element.getprevious(), element.tail or ""
        if before is not None:
            before.tail = (before.tail or "") + tail
        else:
            parent.text = (parent.text or "") + tail
        parent.remove(element)
    elif (parent := element.getroottree()) is not None:
        element.tail = None  # a comment around the picture, which is not written


def _attribute(element: Any, name: str, value: str, lost: list[str]) -> str | None:
    """What stays of an attribute; None if it goes. Adds to ``lost`` what it would load."""
    qualified = etree.QName(name)
    if qualified.namespace not in (None, XLINK, XML) or name.lower().startswith("on"):
        return None
    if name == "content" or (name.startswith("data-") and element.getparent() is None):
        return None  # draw.io keeps its own file in the first
    if qualified.localname == "href":
        address = value.strip()
        if etree.QName(element).localname == "a":
            return value if re.match(r"https?://|#", address) else None
        if address.startswith(("#", "data:image/", "data:font/")):
            return value
        lost.append(address)
        return None
    if qualified.localname == "src":
        lost.append(value)
        return None
    if URL.search(value):
        lost.extend(match[0] for match in URL.finditer(value))
        return URL.sub("none", value)
    return value


def _size(root: Any) -> tuple[float, float] | None:
    """The width and height in pixels that the picture says of itself, or those of its view box."""
    sides = [LENGTH.fullmatch(root.get(side, "")) for side in ("width", "height")]
    given = [float(side[1]) * PIXELS[side[2]] if side else None for side in sides]
    box = list(_numbers(root.get("viewBox", "")))
    if len(box) == 4 and box[2] > 0 and box[3] > 0:
        width, height = given
        if width is None:
            width = height * box[2] / box[3] if height else box[2]
        return width, height or width * box[3] / box[2]
    return (given[0], given[1]) if given[0] and given[1] else None


def _numbers(text: str) -> Iterator[float]:
    yield from (float(number) for number in re.findall(r"-?[\d.]+(?:[eE][+-]?\d+)?", text))
