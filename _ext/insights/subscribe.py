"""The feeds that there are: one of everything, one of each category; where pages say so, and what is in them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ablog.blog import Blog, slugify
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.osutil import relative_uri

from . import social_images, written
from .cores import each
from .entry_body import entry_body
from .essay import Essay, essays, long_date, shelf
from .feeds import FORMATS, Document, Entry, Feed, Format, Term, documents, file
from .folders import prune, put
from .placeholders import is_placeholder
from .written import Page

logger = logging.getLogger(__name__)


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


def channels(app: Sphinx) -> list[Channel]:
    """The feeds of this build: that of all essays, then those of the categories that have some, in the order of conf.py."""
    memo = shelf(app.env).memo
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


def alternates(app: Sphinx, pagename: str) -> list[tuple[str, str, str]]:
    """The feeds that a page names in its head, as (title, path from the root, media type), its own first."""
    every = channels(app)
    named = [channel for channel in every[1:] if channel.docname == pagename] + every[:1]
    return [
        (f"{_title(app.config, channel)} ({form.label})", channel.address(form.name), form.media_type)
        for channel in named
        for form in FORMATS
    ]


def formats(app: Sphinx, pagename: str) -> list[tuple[str, str]]:
    """The feed of the category that a page lists, in each format, as (what people call it, path from the root)."""
    own = [channel for channel in channels(app)[1:] if channel.docname == pagename]
    return [(form.label, channel.address(form.name)) for channel in own for form in FORMATS]


def _title(config: Config, channel: Channel) -> str:
    return f"{config.project}: {channel.label}" if channel.folder else str(config.project)


# -- The feeds themselves -----------------------------------------------------------------------------------------------------


#: The file, beside the doctrees, that says of what each document of a feed was made.
MADE = "feeds.json"
#: The folder, beside them, that keeps the body of each entry that was in a feed that was written.
BODIES = "entries"


def write_feeds(app: Sphinx, pages: Mapping[str, Page]) -> set[str]:
    """Write every feed, from the ``pages`` as they were written; the names of its files, of those too that are there already."""
    kept = Path(app.doctreedir) / MADE
    before: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    now: dict[str, str] = {}
    version = app.extensions["insights"].metadata["env_version"]
    by_id = {identity(app.config, f"essays/{essay.id}"): essay for essay in essays(app.env)}

    def body(essay: Essay) -> str:
        url, page = _url(app, essay.docname), written.name(app, essay.docname)
        path, seal = Path(app.doctreedir) / BODIES / essay.slug, f"{pages[page].digest} {url} {version}\n"
        if path.exists() and (text := path.read_text(encoding="utf-8")).startswith(seal):
            found = text.removeprefix(seal)
        else:
            found = entry_body((Path(app.outdir) / page).read_text(encoding="utf-8"), url)
            put(path, f"{seal}{found}".encode())
        return _revised(essay, url) + found

    @cache
    def made_of(entry: Entry) -> str:
        return repr([entry, pages[written.name(app, by_id[entry.id].docname)].digest])

    stale: dict[Path, tuple[Format, Document]] = {}
    for channel, feed in _feeds(app):
        facts = repr([replace(feed, entries=()), version])
        for form, document in documents(feed):
            name = channel.address(document.name)
            parts = [facts, document.previous or "", *map(made_of, document.entries)]
            now[name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
            path = Path(app.outdir) / name
            if before.get(name) != now[name] or not path.exists():
                stale[path] = form, document
    needed = sorted({entry.id for _, document in stale.values() for entry in document.entries})
    whole = dict(zip(needed, each(lambda name: body(by_id[name]), needed), strict=True))

    def write(path: Path) -> None:
        form, document = stale[path]
        entries = tuple(replace(entry, body=whole[entry.id]) for entry in document.entries)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(file(form, replace(document, entries=entries)))

    each(write, list(stale))
    put(kept, json.dumps(now).encode())
    prune(Path(app.doctreedir) / BODIES, {essay.slug for essay in essays(app.env)})
    return set(now)


def published(app: Sphinx) -> set[str]:
    """The path of every document of every feed from the root of the site, and the identity of every feed."""
    feeds = _feeds(app)
    paths = {f"/{channel.address(document.name)}" for channel, feed in feeds for _, document in documents(feed)}
    return paths | {feed.id for _, feed in feeds}


def _feeds(app: Sphinx) -> list[tuple[Channel, Feed]]:
    """Every feed, its entries without their bodies: they take longest to make, and are put in where they are needed."""
    memo = shelf(app.env).memo
    if "feeds" not in memo:
        entries = {essay.docname: _entry(app, essay) for essay in essays(app.env)}
        memo["feeds"] = [(channel, _feed(app, channel, entries)) for channel in channels(app)]
    found: list[tuple[Channel, Feed]] = memo["feeds"]
    return found


def _feed(app: Sphinx, channel: Channel, entries: Mapping[str, Entry]) -> Feed:
    base = app.config.html_baseurl
    return Feed(
        id=channel.id(app.config),
        stem=base + channel.folder,
        home=_url(app, channel.docname),
        title=_title(app.config, channel),
        description=channel.description,
        author=app.config.author,
        author_url=_url(app, "about"),
        language=app.config.language,
        icon=f"{base}_static/mark.svg",
        rights=app.config.copyright,
        entries=tuple(entries[essay.docname] for essay in channel.essays),
    )


def _entry(app: Sphinx, essay: Essay) -> Entry:
    """What a feed says of an essay, without its body. The page of all essays lists the words that essays are filed under."""
    every = _url(app, Blog(app).blog_path)
    return Entry(
        id=identity(app.config, f"essays/{essay.id}"),
        url=_url(app, essay.docname),
        image=_url(app, essay.docname) + social_images.FILE,
        title=essay.title,
        summary=essay.summary,
        body="",
        published=essay.published,
        updated=essay.updated,
        category=Term(slugify(essay.category), essay.category, f"{every}#categories"),
        tags=tuple(Term(slugify(tag), tag, f"{every}#tags") for tag in essay.tags),
    )


def _revised(essay: Essay, url: str) -> str:
    """What an entry that comes a second time says first: when and what was changed."""
    if not essay.revisions:
        return ""
    newest = essay.revisions[0]
    said = f"Revised on {long_date(newest.date)}: {escape(newest.note)}"
    return f'<p><em>{said}</em> <a href="{url}#revisions">All revisions</a></p>\n'


def _url(app: Sphinx, docname: str) -> str:
    return f"{app.config.html_baseurl}{app.builder.get_target_uri(docname)}"


def identity(config: Config, name: str) -> str:
    """A tag URI (RFC 4151): an identity that outlives addresses and hosts."""
    return f"tag:{config.insights_tag_authority}:{name}"


# -- The page that lists them -------------------------------------------------------------------------------------------------


class feed_list(nodes.General, nodes.Element):
    """The place of the list of feeds in a page."""


class FeedsDirective(SphinxDirective):
    """Every feed with its address in the first format, to be copied, and links to the others."""

    def run(self) -> list[nodes.Node]:
        return [feed_list()]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the list in its place, once the essays are known."""
    for place in list(doctree.findall(feed_list)):
        items = nodes.definition_list(classes=["feeds"])
        for channel in channels(app):
            page = app.builder.get_relative_uri(docname, channel.docname)
            label = nodes.term("", "", nodes.reference("", channel.label, internal=True, refuri=page))
            addresses = nodes.paragraph("", "", *_addresses(app, channel, docname))
            items += nodes.definition_list_item("", label, nodes.definition("", addresses))
        place.replace_self(items)


def _addresses(app: Sphinx, channel: Channel, docname: str) -> Iterator[nodes.Node]:
    here = app.builder.get_target_uri(docname)
    paths = [channel.address(form.name) for form in FORMATS]
    words = [app.config.html_baseurl + paths[0], *(form.label for form in FORMATS[1:])]
    for before, word, path in zip(("", ", or as ", " or "), words, paths, strict=True):
        yield nodes.Text(before)
        yield nodes.reference("", word, internal=True, refuri=relative_uri(here, path))


def check_authority(app: Sphinx) -> None:
    """Ids made in a name that nobody owns would have to change, and every reader would show every essay again."""
    config = app.config
    authority = config.insights_tag_authority.partition(",")[0]
    if is_placeholder(authority) and not is_placeholder(urlsplit(config.html_baseurl).hostname or ""):
        logger.error(
            "conf.py: insights_tag_authority is %r, which nobody owns, but the site is built for %s; "
            "write a domain of yours and the year, such as 'essays.example.org,2026', once and for all",
            config.insights_tag_authority, config.html_baseurl,
        )  # fmt: skip


def setup(app: Sphinx) -> None:
    """The settings and the directive."""
    app.add_config_value("insights_tag_authority", "", "env", types=frozenset({str}))
    app.add_config_value("insights_description", "", "env", types=frozenset({str}))
    app.add_directive("feeds", FeedsDirective)
    app.add_node(feed_list)
    app.connect("builder-inited", check_authority)
    app.connect("doctree-resolved", fill)
