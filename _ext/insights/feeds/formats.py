"""The documents of feeds as files, in each format."""

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from insights.catalog import ATOM, JSON_FEED, RSS, Format

from .atom import atom
from .json_feed import json_feed
from .records import Document
from .rss import rss

WRITERS: dict[Format, Callable[[Document], bytes]] = {ATOM: atom, RSS: rss, JSON_FEED: json_feed}
#: Characters that XML 1.0 does not allow (section 2.2).
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_document(form: Format, document: Document) -> bytes:
    """``document`` in a format. JSON could hold the characters that XML cannot, but all formats have the same texts."""
    entries = tuple(
        replace(entry, title=_legal(entry.title), summary=_legal(entry.summary), body=_legal(entry.body))
        for entry in document.entries
    )
    return WRITERS[form](replace(document, entries=entries))


@cache
def _legal(text: str) -> str:
    return ILLEGAL.sub("", text)
