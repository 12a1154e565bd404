"""Atom 1.0 (RFC 4287)."""

from xml.etree import ElementTree as ET

from insights.catalog import ATOM

from .feed_xml import NAMESPACES, add, add_links, add_texts, serialize
from .records import Document, Entry, Feed, rfc3339

XML = "{http://www.w3.org/XML/1998/namespace}"


def atom(document: Document) -> bytes:
    """``document`` as Atom 1.0."""
    feed = document.feed
    root = ET.Element("feed", {"xmlns": NAMESPACES["atom"], "xmlns:media": NAMESPACES["media"], f"{XML}lang": feed.language})
    add_texts(root, {"id": feed.id, "title": feed.title, "subtitle": feed.description})
    add_texts(root, {"updated": rfc3339(document.updated), "icon": feed.icon, "rights": feed.rights})
    add_links(root, document, "link", ATOM.media_type)
    _add_author(root, feed)
    for entry in document.entries:
        _add_entry(root, feed, entry)
    return serialize(root)


def _add_entry(root: ET.Element, feed: Feed, entry: Entry) -> None:
    item = add(root, "entry")
    add_texts(item, {"id": entry.id, "title": entry.title})
    add(item, "link", rel="alternate", type="text/html", href=entry.url)
    add_texts(item, {"published": rfc3339(entry.published), "updated": rfc3339(entry.updated)})
    _add_author(item, feed)
    for term in (entry.category, *entry.tags):
        add(item, "category", term=term.slug, label=term.label, scheme=term.scheme)
    add(item, "summary", entry.summary)
    add(item, "media:thumbnail", url=entry.image)
    add(item, "content", entry.body, type="html").set(f"{XML}base", entry.url)


def _add_author(parent: ET.Element, feed: Feed) -> None:
    add_texts(add(parent, "author"), {"name": feed.author, "uri": feed.author_url})
