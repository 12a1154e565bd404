"""The feeds that there are: one of everything, and one of each category."""

from __future__ import annotations

from typing import NamedTuple

from ablog.blog import Blog, slugify
from sphinx.application import Sphinx
from sphinx.config import Config

from .essay import Essay, essays, publication


class Format(NamedTuple):
    """A format of feeds: the name of its files, its media type, and what people call it."""

    name: str
    media_type: str
    label: str


#: The formats, the one to prefer first.
FORMATS = (
    ATOM := Format("atom.xml", "application/atom+xml", "Atom"),
    RSS := Format("rss.xml", "application/rss+xml", "RSS"),
    JSON_FEED := Format("feed.json", "application/feed+json", "JSON Feed"),
)


class Channel(NamedTuple):
    """A feed before it is filled: its name, the page that lists the same essays, and these, newest first."""

    label: str
    docname: str
    folder: str
    description: str
    essays: tuple[Essay, ...]

    def address(self, name: str) -> str:
        """The path of one of its files from the root of the site."""
        return f"{self.folder}{name}"

    def id(self, config: Config) -> str:
        """Its identity."""
        return identity(config, f"feed/{slugify(self.label)}" if self.folder else "feed")


def all_channels(app: Sphinx) -> list[Channel]:
    """The feeds of this build: that of all essays, then those of the categories that have some, in the order of conf.py."""
    memo = publication(app.env).memo
    if "channels" not in memo:
        memo["channels"] = _channels(app)
    found: list[Channel] = memo["channels"]
    return found


def _channels(app: Sphinx) -> list[Channel]:
    found = essays(app.env)
    blog = Blog(app)
    by_category = [
        Channel(name, page := blog.category[name].docname, f"{page}/", " ".join(description.split()), chosen)
        for name, description in app.config.insights_categories.items()
        if (chosen := tuple(essay for essay in found if essay.category == name))
    ]
    everything = Channel("All essays", app.config.root_doc, "", app.config.insights_description, found)
    return [everything, *by_category] if found else []


def feed_links(app: Sphinx, pagename: str) -> list[tuple[str, str, str]]:
    """The feeds that a page names in its head, as (title, path from the root, media type), its own first."""
    every = all_channels(app)
    named = [channel for channel in every[1:] if channel.docname == pagename] + every[:1]
    return [
        (f"{channel_title(app.config, channel)} ({form.label})", channel.address(form.name), form.media_type)
        for channel in named
        for form in FORMATS
    ]


def category_feeds(app: Sphinx, pagename: str) -> list[tuple[str, str]]:
    """The feed of the category that a page lists, in each format, as (what people call it, path from the root)."""
    own = [channel for channel in all_channels(app)[1:] if channel.docname == pagename]
    return [(form.label, channel.address(form.name)) for channel in own for form in FORMATS]


def channel_title(config: Config, channel: Channel) -> str:
    """What a feed is called."""
    return f"{config.project}: {channel.label}" if channel.folder else str(config.project)


def identity(config: Config, name: str) -> str:
    """A tag URI (RFC 4151): an identity that outlives addresses and hosts."""
    return f"tag:{config.insights_tag_authority}:{name}"
