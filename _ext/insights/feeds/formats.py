"""Feeds in three formats from one record: Atom 1.0 (RFC 4287), RSS 2.0 with the profile's extensions, JSON Feed 1.1.

Pure functions of records: nothing here knows Sphinx, the clock or the disk. A feed of many entries is paged after RFC 5005,
section 4: what changed last in the feed itself, all but the newest in archive documents that stay when an essay is added.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from datetime import date as Day
from email.utils import format_datetime
from functools import cache
from html import escape
from typing import Any
from xml.etree import ElementTree as ET

from insights.catalog import ATOM, FORMATS, JSON_FEED, RSS, Format

#: How many entries a feed holds at least, if there are so many, and each of its archive documents exactly.
PAGE = 20
#: The folder of an archive document, below that of its feed.
ARCHIVE_FOLDER = "archive/{}/"
NAMESPACES = {
    "": "http://www.w3.org/2005/Atom",
    "fh": "http://purl.org/syndication/history/1.0",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "atom": "http://www.w3.org/2005/Atom",
}
XML_LANG, XML_BASE = "{http://www.w3.org/XML/1998/namespace}lang", "{http://www.w3.org/XML/1998/namespace}base"
#: Characters that XML 1.0 cannot carry (section 2.2).
UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True)
class Term:
    """A word that essays are filed under: the slug, the label that readers see, and the address of the list it is taken from."""

    slug: str
    label: str
    scheme: str


@dataclass(frozen=True)
class Entry:
    """An essay as subscribers get it. ``body`` is HTML with absolute addresses; ``summary`` and ``title`` are plain text."""

    id: str
    url: str
    image: str
    title: str
    summary: str
    body: str
    published: Day
    updated: Day
    category: Term
    tags: tuple[Term, ...]


@dataclass(frozen=True)
class Feed:
    """What a feed holds, newest first, and says of itself. ``stem``: where its documents are, up to their names."""

    id: str
    stem: str
    home: str
    title: str
    description: str
    author: str
    author_url: str
    language: str
    icon: str
    rights: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Document:
    """One file of a feed: its entries, its own name, and the names of the feed and of the archive document before it."""

    feed: Feed
    entries: tuple[Entry, ...]
    name: str
    current: str
    previous: str | None

    @property
    def archived(self) -> bool:
        """Whether this is an archive document, and not the feed itself."""
        return self.name != self.current


def feed_documents(feed: Feed) -> Iterator[tuple[Format, Document]]:
    """Every document of ``feed`` in every format, its archive documents included."""
    for form in FORMATS:
        for document in pages(feed, form):
            yield form, document


def write_document(form: Format, document: Document) -> bytes:
    """``document`` in a format."""
    return WRITERS[form](replace(document, entries=tuple(map(_fit, document.entries))))


def _fit(entry: Entry) -> Entry:
    """An entry without the characters that XML cannot carry; JSON could, but the three formats say the same."""
    return replace(entry, title=_without(entry.title), summary=_without(entry.summary), body=_without(entry.body))


@cache
def _without(text: str) -> str:
    return UNFIT.sub("", text)


def pages(feed: Feed, form: Format) -> Iterator[Document]:
    """The feed, and the archive documents behind it: the oldest entries are in the first, so that a full one stays as it is.

    Readers fetch an archive document once. So the feed itself holds what changed last, however old it is, besides what no
    archive document holds yet; in the order of publication, for some readers stop at the first entry that they know.
    """
    oldest_first = feed.entries[::-1]
    full = len(oldest_first) // PAGE if len(oldest_first) > PAGE else 0
    names = [ARCHIVE_FOLDER.format(number) + form.name for number in range(1, full + 1)]
    changed_last = sorted(feed.entries, key=lambda entry: (entry.updated, entry.published), reverse=True)[:PAGE]
    current = {entry.id for entry in (*changed_last, *oldest_first[full * PAGE :])}
    entries = tuple(entry for entry in feed.entries if entry.id in current)
    yield Document(feed, entries, form.name, form.name, names[-1] if names else None)
    for number, name in enumerate(names):
        entries = oldest_first[number * PAGE : (number + 1) * PAGE][::-1]
        yield Document(feed, entries, name, form.name, names[number - 1] if number else None)


def moment(day: Day) -> datetime:
    """The moment that stands for a day: its first in UTC, for readers may hide an entry until its moment has come."""
    return datetime.combine(day, time(), UTC)


def _iso(day: Day) -> str:
    """That moment as RFC 3339 writes it."""
    return moment(day).isoformat().replace("+00:00", "Z")


def _updated(document: Document) -> Day:
    """When the newest change of any entry was; never the time of the build."""
    return max(entry.updated for entry in document.entries)


# -- Atom ---------------------------------------------------------------------------------------------------------------------


def atom(document: Document) -> bytes:
    """``document`` as Atom 1.0."""
    feed = document.feed
    root = ET.Element("feed", {"xmlns": NAMESPACES[""], "xmlns:media": NAMESPACES["media"], XML_LANG: feed.language})
    _add(root, "id", feed.id)
    _add(root, "title", feed.title)
    _add(root, "subtitle", feed.description)
    _add(root, "updated", _iso(_updated(document)))
    _add(root, "icon", feed.icon)
    _add(root, "rights", feed.rights)
    _links(root, document, "link", "application/atom+xml")
    root.append(_author(feed))
    for entry in document.entries:
        root.append(_atom_entry(feed, entry))
    return _xml(root)


def _atom_entry(feed: Feed, entry: Entry) -> ET.Element:
    item = ET.Element("entry")
    _add(item, "id", entry.id)
    _add(item, "title", entry.title)
    _add(item, "link", rel="alternate", type="text/html", href=entry.url)
    _add(item, "published", _iso(entry.published))
    _add(item, "updated", _iso(entry.updated))
    item.append(_author(feed))
    for term in (entry.category, *entry.tags):
        _add(item, "category", term=term.slug, label=term.label, scheme=term.scheme)
    _add(item, "summary", entry.summary)
    _add(item, "media:thumbnail", url=entry.image)
    content = _add(item, "content", entry.body, type="html")
    content.set(XML_BASE, entry.url)
    return item


def _author(feed: Feed) -> ET.Element:
    author = ET.Element("author")
    _add(author, "name", feed.author)
    _add(author, "uri", feed.author_url)
    return author


# -- RSS ----------------------------------------------------------------------------------------------------------------------


def rss(document: Document) -> bytes:
    """``document`` as RSS 2.0, with the elements that the RSS profile recommends from other namespaces."""
    feed = document.feed
    root = ET.Element("rss", {"version": "2.0", **{f"xmlns:{p}": NAMESPACES[p] for p in ("atom", "content", "dc", "media")}})
    channel = _add(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", feed.home)
    _add(channel, "description", feed.description)
    _add(channel, "language", feed.language)
    _add(channel, "copyright", feed.rights)
    _add(channel, "lastBuildDate", format_datetime(moment(_updated(document))))
    _links(channel, document, "atom:link", "application/rss+xml")
    for entry in document.entries:
        channel.append(_rss_item(feed, entry))
    return _xml(root)


def _rss_item(feed: Feed, entry: Entry) -> ET.Element:
    item = ET.Element("item")
    _add(item, "title", entry.title)
    _add(item, "link", entry.url)
    _add(item, "guid", entry.id, isPermaLink="false")
    _add(item, "pubDate", format_datetime(moment(entry.published)))
    _add(item, "dc:creator", feed.author)
    _add(item, "atom:updated", _iso(entry.updated))
    for term in (entry.category, *entry.tags):
        _add(item, "category", term.label, domain=term.scheme)
    _add(item, "description", escape(entry.summary, quote=False))  # the one element of RSS whose text is HTML
    _add(item, "media:content", url=entry.image, medium="image", type="image/png")
    _add(item, "content:encoded", entry.body)
    return item


# -- JSON Feed ----------------------------------------------------------------------------------------------------------------


def json_feed(document: Document) -> bytes:
    """``document`` as JSON Feed 1.1; ``next_url`` leads to older entries, ``feed_url`` is the identity of the whole."""
    feed = document.feed
    author = {"name": feed.author, "url": feed.author_url}
    fields: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": feed.home,
        "feed_url": feed.stem + document.current,
        "description": feed.description,
        "language": feed.language,
        "icon": feed.icon,
        "authors": [author],
        **({"next_url": feed.stem + document.previous} if document.previous else {}),
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "summary": entry.summary,
                "content_html": entry.body,
                "image": entry.image,
                "date_published": _iso(entry.published),
                "date_modified": _iso(entry.updated),
                "authors": [author],
                "tags": [term.label for term in (entry.category, *entry.tags)],
            }
            for entry in document.entries
        ],
    }
    return (json.dumps(fields, ensure_ascii=False, indent=1) + "\n").encode()


# -- XML ----------------------------------------------------------------------------------------------------------------------


def _links(parent: ET.Element, document: Document, tag: str, media_type: str) -> None:
    """Where the document itself is, where its pages are, and where the entries before its own (RFC 5005)."""
    stem = document.feed.stem
    _add(parent, tag, rel="self", type=media_type, href=stem + document.name)
    if tag == "link":
        _add(parent, tag, rel="alternate", type="text/html", href=document.feed.home)
    if document.previous:
        _add(parent, tag, rel="prev-archive", type=media_type, href=stem + document.previous)
    if document.archived:
        _add(parent, tag, rel="current", type=media_type, href=stem + document.current)
        _add(parent, "fh:archive").set("xmlns:fh", NAMESPACES["fh"])


def _add(parent: ET.Element, tag: str, text: str | None = None, **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, tag, attributes)
    child.text = text
    return child


def _xml(root: ET.Element) -> bytes:
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="utf-8")
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + text + b"\n"


#: What writes a document in each format.
WRITERS: dict[Format, Callable[[Document], bytes]] = {ATOM: atom, RSS: rss, JSON_FEED: json_feed}
