"""What the two XML formats of feeds have in common."""

from collections.abc import Mapping
from xml.etree import ElementTree as ET

from .records import Document

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "fh": "http://purl.org/syndication/history/1.0",
    "media": "http://search.yahoo.com/mrss/",
}


def add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    """Append an element to ``parent``, and return it."""
    child = ET.SubElement(parent, tag, attributes)
    child.text = text
    return child


def add_texts(parent: ET.Element, texts: Mapping[str, str]) -> None:
    """Append an element for each tag of ``texts``."""
    for tag, text in texts.items():
        add(parent, tag, text)


def add_links(parent: ET.Element, document: Document, tag: str, media_type: str) -> None:
    """Append the addresses of the document, of its page (in Atom), and of the entries before its own (RFC 5005)."""
    stem = document.feed.stem
    add(parent, tag, rel="self", type=media_type, href=stem + document.name)
    if tag == "link":
        add(parent, tag, rel="alternate", type="text/html", href=document.feed.home)
    if document.previous:
        add(parent, tag, rel="prev-archive", type=media_type, href=stem + document.previous)
    if document.name != document.current:
        add(parent, tag, rel="current", type=media_type, href=stem + document.current)
        add(parent, "fh:archive").set("xmlns:fh", NAMESPACES["fh"])


def serialize(root: ET.Element) -> bytes:
    """``root`` as an indented XML file."""
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text + b"\n"
