"""JSON Feed 1.1."""

import json

from .records import Document, rfc3339


def json_feed(document: Document) -> bytes:
    """``document`` as JSON Feed 1.1; ``next_url`` leads to older entries, ``feed_url`` identifies the feed."""
    feed = document.feed
    author = {"name": feed.author, "url": feed.author_url}
    items = [
        {
            "id": entry.id, "url": entry.url, "title": entry.title, "summary": entry.summary, "content_html": entry.body,
            "image": entry.image, "date_published": rfc3339(entry.published), "date_modified": rfc3339(entry.updated),
            "authors": [author], "tags": [term.label for term in (entry.category, *entry.tags)],
        }
        for entry in document.entries
    ]  # fmt: skip
    older = {"next_url": feed.stem + document.previous} if document.previous else {}
    fields = {
        "version": "https://jsonfeed.org/version/1.1", "title": feed.title, "home_page_url": feed.home,
        "feed_url": feed.stem + document.current, "description": feed.description, "language": feed.language,
        "icon": feed.icon, "authors": [author], **older, "items": items,
    }  # fmt: skip
    return (json.dumps(fields, ensure_ascii=False, indent=1) + "\n").encode()
