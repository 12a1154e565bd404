"""RSS 2.0, with the elements of other namespaces that the RSS profile recommends."""

from email.utils import format_datetime
from html import escape
from xml.etree import ElementTree as ET

from insights.catalog import RSS

from .feed_xml import NAMESPACES, add, add_links, add_texts, serialize
from .records import Document, Entry, Feed, moment, rfc3339


def rss(document: Document) -> bytes:
    """``document`` as RSS 2.0."""
    feed = document.feed
    namespaces = {f"xmlns:{name}": NAMESPACES[name] for name in ("atom", "content", "dc", "media")}
    root = ET.Element("rss", {"version": "2.0", **namespaces})
    channel = add(root, "channel")
    add_texts(channel, {"title": feed.title, "link": feed.home, "description": feed.description, "language": feed.language})
    add_texts(channel, {"copyright": feed.rights, "lastBuildDate": format_datetime(moment(document.updated))})
    add_links(channel, document, "atom:link", RSS.media_type)
    for entry in document.entries:
        _add_item(channel, feed, entry)
    return serialize(root)


def _add_item(channel: ET.Element, feed: Feed, entry: Entry) -> None:
    item = add(channel, "item")
    add_texts(item, {"title": entry.title, "link": entry.url})
    add(item, "guid", entry.id, isPermaLink="false")
    add_texts(item, {"pubDate": format_datetime(moment(entry.published)), "dc:creator": feed.author})
    add(item, "atom:updated", rfc3339(entry.updated))
    for term in (entry.category, *entry.tags):
        add(item, "category", term.label, domain=term.scheme)
    add(item, "description", escape(entry.summary, quote=False))  # the one element of RSS whose text is HTML
    add(item, "media:content", url=entry.image, medium="image", type="image/png")
    add(item, "content:encoded", entry.body)
