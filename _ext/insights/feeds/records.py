"""Feeds, their entries and their documents, as records that know neither Sphinx nor the clock nor the disk.

A feed of many entries has pages (RFC 5005, section 4): the feed itself holds the latest changes, and archive documents hold all
entries but the newest. A new essay does not change a full archive document.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time
from datetime import date as Day

from insights.catalog import FORMATS, Channel, Format, Site

#: The entries of an archive document, and the least entries of a feed that has archive documents.
PAGE = 20
#: The folder of an archive document, below that of its feed.
ARCHIVE_FOLDER = "archive/{}/"


@dataclass(frozen=True)
class Term:
    """A category or a tag: its slug, the label that readers see, and the address of the list that defines it."""

    slug: str
    label: str
    scheme: str


@dataclass(frozen=True)
class Entry:
    """An essay as subscribers get it, its category first among its terms.

    ``body`` is HTML with absolute addresses; ``summary`` and ``title`` are plain text; ``original``: where it appeared first.
    """

    id: str
    url: str
    image: str
    title: str
    summary: str
    body: str
    published: Day
    updated: Day
    terms: tuple[Term, ...]
    original: str = ""


@dataclass(frozen=True)
class Feed:
    """A feed and its entries, newest first. ``home`` and ``about``: the addresses of its page and of the page of the author."""

    site: Site
    channel: Channel
    home: str
    about: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Document:
    """A file of a feed: its entries, its name in the site, and the name of the archive document before it."""

    feed: Feed
    form: Format
    entries: tuple[Entry, ...]
    name: str
    previous: str | None

    @property
    def current(self) -> str:
        """The name of the feed itself, of which this document may be an archive."""
        return self.feed.channel.path(self.form.name)

    @property
    def updated(self) -> Day:
        """The day on which an entry last changed; never the time of the build."""
        return max(entry.updated for entry in self.entries)


def feed_documents(feed: Feed) -> Iterator[Document]:
    """Every document of ``feed`` in every format. The first archive document has the oldest entries, so a full one never changes.

    Readers fetch an archive document once. So the feed itself holds the latest changes, even of old entries, and all entries that
    are in no archive document yet; in the order of publication, since some readers stop at the first entry that they know.
    """
    oldest_first = feed.entries[::-1]
    full = len(oldest_first) // PAGE if len(oldest_first) > PAGE else 0
    archives = [oldest_first[number * PAGE : (number + 1) * PAGE][::-1] for number in range(full)]
    changed_last = sorted(feed.entries, key=lambda entry: (entry.updated, entry.published), reverse=True)[:PAGE]
    current = {entry.id for entry in (*changed_last, *oldest_first[full * PAGE :])}
    entries = tuple(entry for entry in feed.entries if entry.id in current)
    for form in FORMATS:
        previous: str | None = None
        for number, archived in enumerate(archives, 1):
            name = feed.channel.path(ARCHIVE_FOLDER.format(number) + form.name)
            yield Document(feed, form, archived, name, previous)
            previous = name
        yield Document(feed, form, entries, feed.channel.path(form.name), previous)


def moment(day: Day) -> datetime:
    """The first moment of ``day`` in UTC, since readers may hide an entry until its moment has come."""
    return datetime.combine(day, time(), UTC)
