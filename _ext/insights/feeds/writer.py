"""The feeds as they are written, from the pages of their essays."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

from ablog.blog import Blog, slugify
from sphinx.application import Sphinx

from insights.cache import parallel_map, remove_others, write_atomic
from insights.catalog import (
    SOCIAL_IMAGE,
    Channel,
    Essay,
    Format,
    all_channels,
    channel_title,
    essays,
    identity,
    long_date,
    page_file,
    page_url,
    publication,
)

from .entry_body import entry_body
from .formats import Document, Entry, Feed, Term, feed_documents, write_document

#: The file, beside the doctrees, that says of what each document of a feed was made.
MADE = "feeds.json"
#: The folder, beside them, that keeps the body of each entry that was in a feed that was written.
BODIES = "entries"


def write_feeds(app: Sphinx, pages: Mapping[str, str]) -> set[str]:
    """Write every feed, from the ``pages``, whose digests these are by their files; the names of its files."""
    kept = Path(app.doctreedir) / MADE
    before: dict[str, str] = json.loads(kept.read_text()) if kept.exists() else {}
    now: dict[str, str] = {}
    version = app.extensions["insights"].metadata["env_version"]
    by_id = {identity(app.config, f"essays/{essay.id}"): essay for essay in essays(app.env)}

    def body(essay: Essay) -> str:
        url, page = page_url(app, essay.docname), page_file(app, essay.docname)
        path, seal = Path(app.doctreedir) / BODIES / essay.slug, f"{pages[page]} {url} {version}\n"
        if path.exists() and (text := path.read_text(encoding="utf-8")).startswith(seal):
            found = text.removeprefix(seal)
        else:
            found = entry_body((Path(app.outdir) / page).read_text(encoding="utf-8"), url)
            write_atomic(path, f"{seal}{found}".encode())
        return _revised(essay, url) + found

    @cache
    def made_of(entry: Entry) -> str:
        return repr([entry, pages[page_file(app, by_id[entry.id].docname)]])

    stale: dict[Path, tuple[Format, Document]] = {}
    for channel, feed in _feeds(app):
        facts = repr([replace(feed, entries=()), version])
        for form, document in feed_documents(feed):
            name = channel.address(document.name)
            parts = [facts, document.previous or "", *map(made_of, document.entries)]
            now[name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
            path = Path(app.outdir) / name
            if before.get(name) != now[name] or not path.exists():
                stale[path] = form, document
    needed = sorted({entry.id for _, document in stale.values() for entry in document.entries})
    whole = dict(zip(needed, parallel_map(lambda name: body(by_id[name]), needed), strict=True))

    def write(path: Path) -> None:
        form, document = stale[path]
        entries = tuple(replace(entry, body=whole[entry.id]) for entry in document.entries)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(write_document(form, replace(document, entries=entries)))

    parallel_map(write, list(stale))
    write_atomic(kept, json.dumps(now).encode())
    remove_others(Path(app.doctreedir) / BODIES, {essay.slug for essay in essays(app.env)})
    return set(now)


def feed_addresses(app: Sphinx) -> set[str]:
    """The path of every document of every feed from the root of the site, and the identity of every feed."""
    feeds = _feeds(app)
    paths = {f"/{channel.address(document.name)}" for channel, feed in feeds for _, document in feed_documents(feed)}
    return paths | {feed.id for _, feed in feeds}


def _feeds(app: Sphinx) -> list[tuple[Channel, Feed]]:
    """Every feed, its entries without their bodies: they take longest to make, and are put in where they are needed."""
    memo = publication(app.env).memo
    if "feeds" not in memo:
        entries = {essay.docname: _entry(app, essay) for essay in essays(app.env)}
        memo["feeds"] = [(channel, _feed(app, channel, entries)) for channel in all_channels(app)]
    found: list[tuple[Channel, Feed]] = memo["feeds"]
    return found


def _feed(app: Sphinx, channel: Channel, entries: Mapping[str, Entry]) -> Feed:
    base = app.config.html_baseurl
    return Feed(
        id=channel.id(app.config),
        stem=base + channel.folder,
        home=page_url(app, channel.docname),
        title=channel_title(app.config, channel),
        description=channel.description,
        author=app.config.author,
        author_url=page_url(app, "about"),
        language=app.config.language,
        icon=f"{base}_static/mark.svg",
        rights=app.config.copyright,
        entries=tuple(entries[essay.docname] for essay in channel.essays),
    )


def _entry(app: Sphinx, essay: Essay) -> Entry:
    """What a feed says of an essay, without its body. The page of all essays lists the words that essays are filed under."""
    every = page_url(app, Blog(app).blog_path)
    return Entry(
        id=identity(app.config, f"essays/{essay.id}"),
        url=page_url(app, essay.docname),
        image=page_url(app, essay.docname) + SOCIAL_IMAGE,
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
