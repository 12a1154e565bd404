"""SVG pictures as they are published: what draws stays; what programs note in them, and what runs or loads, is left out.

A page shows an SVG as an <img>, where browsers run no script and load no other file, so nothing is lost that readers could see.
"""

import re
from typing import Any, NamedTuple

from lxml import etree

from insights.addresses import scheme_of

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
#: The attributes that labels have; those of SVG are too many for a list, but these are all that run or load something.
LABEL_ATTRIBUTES = frozenset(
    """
    align bgcolor border cellpadding cellspacing class color colspan dir face height id lang rowspan size start style title
    type valign width
    """.split()  # noqa: SIM905
)
RUNS = frozenset({"javascript", "vbscript"})
LOADING = frozenset({"action", "background", "base", "content", "data", "formaction", "ping", "poster", "src", "srcset"})
#: The elements whose pictures can be in the file itself.
EMBEDDING = frozenset({"image", "feImage"})
#: What a style sheet loads: its own parts and data are no other file. A bracket may stay open until the end.
LOADED = re.compile(
    r"@import\b[^;]*;?|url\(\s*[\"']?(?!\s*#|\s*data:)[^)]*(?:\)|\Z)|(?<![\w-])(?:-webkit-)?(?:image|image-set|src)\([^;{}]*",
    re.IGNORECASE,
)
FONT = re.compile(r"@font-face\s*\{[^{}]*\}", re.IGNORECASE)
ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(.))", re.DOTALL)
NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
LENGTH = re.compile(rf"\s*({NUMBER.pattern})\s*(px|pt|pc|mm|cm|in|em|ex|)\s*", re.ASCII)
#: More than a program writes; the time that each takes grows with their number.
MOST_ATTRIBUTES = 1000
#: The longest side, in pixels, that a page can have use for.
LONGEST = 100_000
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
    fonts = scripts = False
    for element in list(root.iter()):
        if not isinstance(element.tag, str) or not _draws(element):
            scripts |= isinstance(element.tag, str) and etree.QName(element).localname == "script"
            _remove(element)
            continue
        if len(element.attrib) > MOST_ATTRIBUTES:
            raise ValueError(f"not SVG: an element has {len(element.attrib):,} attributes")
        for name, value in list(element.items()):
            kept = _attribute(element, name, value, lost)
            scripts |= kept is None and name.startswith("on")
            if kept is None:
                element.attrib.pop(name)
            elif kept != value:
                element.set(name, kept)
    for style in root.iter(f"{{{SVG}}}style"):  # now that no comment parts its words
        written = "".join(style.itertext())
        text = FONT.sub(lambda match: "" if LOADED.search(match[0]) else match[0], written)
        fonts |= text != written
        style[:], style.text = [], _without_loads(text, lost)
    etree.cleanup_namespaces(root)
    # The element alone: a document type could give it attributes, and an instruction before it a style sheet.
    content = etree.tostring(root, encoding="unicode", with_tail=False).encode()
    return SvgPicture(content, tuple(dict.fromkeys(lost)), fonts, scripts, _size(root))


def _without_loads(css: str, lost: list[str]) -> str:
    """CSS without what it loads, which is added to ``lost``; nothing of CSS that hides it behind escapes."""
    plain = ESCAPE.sub(lambda match: chr(int(match[1], 16) % 0xD800) if match[1] else match[2], css)
    if len(found := [match[0] for match in LOADED.finditer(plain)]) > len(LOADED.findall(css)):
        lost.extend(found)
        return ""
    lost.extend(match[0] for match in LOADED.finditer(css))
    return LOADED.sub(lambda match: "" if match[0].startswith("@") else "none", css)


def _draws(element: Any) -> bool:
    name = etree.QName(element)
    if name.namespace == XHTML:
        return name.localname in LABELS
    if name.namespace != SVG or name.localname not in DRAWING:
        return False
    # An animation may set an address or a script, and no browser knows an element that a program needs for itself.
    animated = element.get("attributeName", "").strip().lower().rpartition(":")[2]
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
    qualified, parent = etree.QName(name), etree.QName(element)
    key = qualified.localname.lower()
    if qualified.namespace not in (None, XLINK, XML) or key.startswith("on") or scheme_of(value) in RUNS:
        return None
    if parent.namespace == XHTML and key not in LABEL_ATTRIBUTES:
        return None
    if key.startswith("data-") and element.getparent() is None:
        return None  # as its own file that draw.io keeps in `content`
    if key == "href":
        address = value.strip()
        if parent.localname == "a":
            return value if re.match(r"https?://|#", address) else None
        if address.startswith("#") or (address.startswith("data:image/") and parent.localname in EMBEDDING):
            return value
        lost.append(address)
        return None
    if key in LOADING:
        lost.extend([value] if key == "src" else [])
        return None
    return _without_loads(value, lost) if "(" in value else value


def _size(root: Any) -> tuple[float, float] | None:
    """The width and height in pixels that the picture says of itself, or those of its view box."""
    width, height = (_pixels(root.get(side, "")) for side in ("width", "height"))
    box = [float(number) for number in NUMBER.findall(root.get("viewBox", ""))]
    if len(box) == 4 and 0 < box[2] < LONGEST and 0 < box[3] < LONGEST:
        if width is None:
            width = height * box[2] / box[3] if height else box[2]
        return width, height or width * box[3] / box[2]
    return (width, height) if width and height else None


def _pixels(length: str) -> float | None:
    match = LENGTH.fullmatch(length)
    side = float(match[1]) * PIXELS[match[2]] if match else 0
    return side if 0 < side < LONGEST else None
