"""The documents of feeds as files: Atom 1.0 (RFC 4287), RSS 2.0 with what its profile recommends, and JSON Feed 1.1."""

import json
import re
from dataclasses import replace
from datetime import date as Day
from email.utils import format_datetime
from functools import cache
from html import escape
from xml.etree import ElementTree as ET

from insights.catalog import ATOM, JSON_FEED, RSS

from .records import Document, Entry, Feed, moment

NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
}
HISTORY, XML = "http://purl.org/syndication/history/1.0", "{http://www.w3.org/XML/1998/namespace}"
#: Characters that XML 1.0 does not allow (section 2.2).
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_document(document: Document) -> bytes:
    """``document`` as a file. JSON could hold the characters that XML cannot, but all formats have the same texts."""
    return WRITERS[document.form](replace(document, entries=tuple(map(_legal, document.entries))))


@cache
def _legal(entry: Entry) -> Entry:
    title, summary, body = (ILLEGAL.sub("", text) for text in (entry.title, entry.summary, entry.body))
    return replace(entry, title=title, summary=summary, body=body)


def _atom(document: Document) -> bytes:
    feed, site, channel = document.feed, document.feed.site, document.feed.channel
    root = ET.Element("feed", {"xmlns": NAMESPACES["atom"], "xmlns:media": NAMESPACES["media"], f"{XML}lang": site.language})
    _add_texts(root, {"id": channel.id, "title": channel.title, "subtitle": channel.description})
    _add_texts(root, {"updated": _rfc3339(document.updated), "icon": site.url + site.icon, "rights": site.rights})
    _add_links(root, document, "link")
    _add_author(root, feed)
    for entry in document.entries:
        item = _add(root, "entry")
        _add_texts(item, {"id": entry.id, "title": entry.title})
        _add(item, "link", rel="alternate", type="text/html", href=entry.url)
        if entry.original:
            _add(item, "link", rel="via", href=entry.original)
        _add_texts(item, {"published": _rfc3339(entry.published), "updated": _rfc3339(entry.updated)})
        _add_author(item, feed)
        for term in entry.terms:
            _add(item, "category", term=term.slug, label=term.label, scheme=term.scheme)
        _add(item, "summary", entry.summary)
        _add(item, "media:thumbnail", url=entry.image)
        _add(item, "content", entry.body, type="html").set(f"{XML}base", entry.url)
    return _serialize(root)


def _rss(document: Document) -> bytes:
    feed, site, channel = document.feed, document.feed.site, document.feed.channel
    root = ET.Element("rss", {"version": "2.0", **{f"xmlns:{prefix}": address for prefix, address in NAMESPACES.items()}})
    head = _add(root, "channel")
    _add_texts(head, {"title": channel.title, "link": feed.home, "description": channel.description, "language": site.language})
    _add_texts(head, {"copyright": site.rights, "lastBuildDate": format_datetime(moment(document.updated))})
    _add_links(head, document, "atom:link")
    for entry in document.entries:
        item = _add(head, "item")
        _add_texts(item, {"title": entry.title, "link": entry.url})
        _add(item, "guid", entry.id, isPermaLink="false")
        _add_texts(item, {"pubDate": format_datetime(moment(entry.published)), "dc:creator": site.author})
        _add(item, "atom:updated", _rfc3339(entry.updated))
        for term in entry.terms:
            _add(item, "category", term.label, domain=term.scheme)
        _add(item, "description", escape(entry.summary, quote=False))  # the one element of RSS whose text is HTML
        _add(item, "media:content", url=entry.image, medium="image", type="image/png")
        _add(item, "content:encoded", entry.body)
    return _serialize(root)


def _json_feed(document: Document) -> bytes:
    """In JSON Feed, ``next_url`` leads to older entries, and ``feed_url`` identifies the feed."""
    feed, site, channel = document.feed, document.feed.site, document.feed.channel
    author = {"name": site.author, "url": feed.about}
    items = [
        {
            "id": entry.id, "url": entry.url, "title": entry.title, "summary": entry.summary, "content_html": entry.body,
            "image": entry.image, "date_published": _rfc3339(entry.published), "date_modified": _rfc3339(entry.updated),
            "authors": [author], "tags": [term.label for term in entry.terms],
        }
        for entry in document.entries
    ]  # fmt: skip
    fields = {
        "version": "https://jsonfeed.org/version/1.1", "title": channel.title, "home_page_url": feed.home,
        "feed_url": site.url + document.current, "description": channel.description, "language": site.language,
        "icon": site.url + site.icon, "authors": [author],
        **({"next_url": site.url + document.previous} if document.previous else {}),
        "items": items,
    }  # fmt: skip
    return (json.dumps(fields, ensure_ascii=False, indent=1) + "\n").encode()


WRITERS = {ATOM: _atom, RSS: _rss, JSON_FEED: _json_feed}


def _rfc3339(day: Day) -> str:
    """The first moment of ``day`` in UTC, as Atom and JSON Feed write it."""
    return f"{day.isoformat()}T00:00:00Z"


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = text
    return child


def _add_texts(parent: ET.Element, texts: dict[str, str]) -> None:
    for tag, text in texts.items():
        _add(parent, tag, text)


def _add_author(parent: ET.Element, feed: Feed) -> None:
    _add_texts(_add(parent, "author"), {"name": feed.site.author, "uri": feed.about})


def _add_links(parent: ET.Element, document: Document, tag: str) -> None:
    """Append the addresses of the document, of its page (in Atom), and of the entries before its own (RFC 5005)."""
    site, media_type = document.feed.site.url, document.form.media_type
    _add(parent, tag, rel="self", type=media_type, href=site + document.name)
    if tag == "link":
        _add(parent, tag, rel="alternate", type="text/html", href=document.feed.home)
    if document.previous:
        _add(parent, tag, rel="prev-archive", type=media_type, href=site + document.previous)
    if document.name != document.current:
        _add(parent, tag, rel="current", type=media_type, href=site + document.current)
        _add(parent, "fh:archive").set("xmlns:fh", HISTORY)


def _serialize(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text + b"\n"
