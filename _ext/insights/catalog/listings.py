"""The lists of essays: of all, and of each category, tag and year; and the feeds of all and of each category.

No list grows without end. A long one is split into parts, counted from the oldest essay, so that a full part never changes;
the list itself holds the newest essays.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .essay import Essay

#: The name of the list of all essays.
ALL_ESSAYS = "All essays"
#: How many essays a part has; the list itself shows at least as many, if there are so many.
PART = 50


@dataclass(frozen=True)
class Listing:
    """A page that lists essays, newest first.

    ``kind``: Category, Tag or Year, empty for the list of all; ``name``: of the category, tag or year; ``whole``: the docname of
    the list without its parts; ``part``: its number, 0 for the list itself; ``older``, ``newer``: docname and title of the parts
    before and after this one, where the list itself is the newest.
    """

    kind: str
    name: str
    whole: str
    docname: str
    title: str
    essays: tuple[Essay, ...]
    part: int = 0
    older: tuple[str, str] | None = None
    newer: tuple[str, str] | None = None

    @property
    def newest(self) -> tuple[Essay, ...]:
        """Its newest essays, as many as a list holds at most."""
        return self.essays[: 2 * PART - 1]


def split_listing(kind: str, name: str, whole: str, essays: tuple[Essay, ...]) -> Iterator[Listing]:
    """The list of ``essays``, then its parts, the oldest first."""
    parts = max(0, len(essays) // PART - 1)
    pages = [(whole, name), *((f"{whole}/part-{part}", f"{name}, part {part}") for part in range(1, parts + 1))]
    for part, (docname, title) in enumerate(pages):
        start = len(essays) - part * PART
        shown = essays[start : start + PART] if part else essays[: len(essays) - parts * PART]
        older = pages[part - 1] if parts and part != 1 else None
        newer = pages[(part + 1) % len(pages)] if part else None
        yield Listing(kind, name, whole, docname, title, shown, part, older, newer)


class Format(NamedTuple):
    """A format of feeds: the name of its files, its media type, and its usual name."""

    name: str
    media_type: str
    label: str


#: The formats, the preferred one first.
FORMATS = (
    ATOM := Format("atom.xml", "application/atom+xml", "Atom"),
    RSS := Format("rss.xml", "application/rss+xml", "RSS"),
    JSON_FEED := Format("feed.json", "application/feed+json", "JSON Feed"),
)


@dataclass(frozen=True)
class Channel:
    """A feed: its name, the page that lists the same essays, its folder in the site, and its essays, newest first."""

    id: str
    label: str
    title: str
    docname: str
    folder: str
    description: str
    essays: tuple[Essay, ...]

    def path(self, name: str) -> str:
        """The path of one of its files from the root of the site."""
        return f"{self.folder}{name}"
