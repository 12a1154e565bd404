"""The feeds of the publication before they are filled: one of everything, and one of each category."""

from dataclasses import dataclass
from typing import NamedTuple

from .essay import Essay


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
