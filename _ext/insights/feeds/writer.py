"""The feeds as they are written, from the pages of their essays."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

from insights.cache import Store, parallel_map, remove_others, write_atomic
from insights.catalog import Channel, Essay, Format, Publication, long_date, term_slug

from .entry_body import entry_body
from .formats import write_document
from .records import Document, Entry, Feed, Term, feed_documents, moment

#: In the store: a digest of what each document of a feed was made of, and the folder of the bodies of entries.
DOCUMENTS, BODIES = "feeds", "entries"


def write_feeds(publication: Publication, pages: Mapping[str, str], out: Path, store: Store) -> set[str]:
    """Write every feed of the site in ``out`` that has changed; the names of the files of all feeds.

    ``pages``: the digests of the pages as they were written, by file.
    """
    previous: dict[str, str] = store.read(DOCUMENTS, {})
    digests: dict[str, str] = {}
    essays = {publication.essay_id(essay): essay for essay in publication.essays}

    @cache
    def made_of(entry: Entry) -> str:
        return repr([entry, pages[publication.file(essays[entry.id].docname)]])

    outdated: dict[str, tuple[Format, Document]] = {}
    for channel, feed in publication_feeds(publication):
        facts = repr(replace(feed, entries=()))
        for form, document in feed_documents(feed):
            name = channel.path(document.name)
            parts = [facts, document.previous or "", *map(made_of, document.entries)]
            digests[name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
            if previous.get(name) != digests[name] or not (out / name).exists():
                outdated[name] = form, document
    needed = sorted({entry.id for _, document in outdated.values() for entry in document.entries})
    folder = store.folder(BODIES)
    made = parallel_map(lambda name: _body(publication, essays[name], pages, out, folder), needed)
    bodies = dict(zip(needed, made, strict=True))

    def write(name: str) -> None:
        form, document = outdated[name]
        entries = tuple(replace(entry, body=bodies[entry.id]) for entry in document.entries)
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(write_document(form, replace(document, entries=entries)))

    parallel_map(write, list(outdated))
    store.write(DOCUMENTS, digests)
    remove_others(folder, {essay.slug for essay in publication.essays})
    return set(digests)


def _body(publication: Publication, essay: Essay, pages: Mapping[str, str], out: Path, folder: Path) -> str:
    """The body of an entry: made of the page of the essay, unless the ``folder`` has it from the same page."""
    url, page = publication.url(essay.docname), publication.file(essay.docname)
    path, seal = folder / essay.slug, f"{pages[page]} {url}\n"
    if path.exists() and (text := path.read_text(encoding="utf-8")).startswith(seal):
        body = text.removeprefix(seal)
    else:
        body = entry_body((out / page).read_text(encoding="utf-8"), url)
        write_atomic(path, f"{seal}{body}".encode())
    return _revised(essay, url) + body


def _revised(essay: Essay, url: str) -> str:
    """The first paragraph of the entry of an essay that was revised: when, and what was changed."""
    if not essay.revisions:
        return ""
    newest = essay.revisions[0]
    note = f"Revised on {long_date(newest.date)}: {escape(newest.note)}"
    return f'<p><em>{note}</em> <a href="{url}#revisions">All revisions</a></p>\n'


def feed_addresses(publication: Publication) -> set[str]:
    """The path of every document of every feed from the root of the site, and the identity of every feed."""
    feeds = publication_feeds(publication)
    paths = {f"/{channel.path(document.name)}" for channel, feed in feeds for _, document in feed_documents(feed)}
    return paths | {feed.id for _, feed in feeds}


def feed_changes(publication: Publication, redirects: Mapping[str, str]) -> dict[str, int]:
    """The newest change in each feed, in seconds since 1970, by the folder of its documents; in copies at old addresses too."""
    changes = {}
    for channel, feed in publication_feeds(publication):
        for _, document in feed_documents(feed):
            newest = max(entry.updated for entry in document.entries)
            changes[channel.path(document.name).rpartition("/")[0]] = int(moment(newest).timestamp())
    copies = {old[1:].rpartition("/")[0]: new[1:].rpartition("/")[0] for old, new in redirects.items() if old[-1] != "/"}
    return changes | {old: changes[new] for old, new in copies.items() if new in changes}


@cache
def publication_feeds(publication: Publication) -> list[tuple[Channel, Feed]]:
    """Every feed, its entries without their bodies, which take longest to make."""
    entries = {essay.docname: _entry(publication, essay) for essay in publication.essays}
    return [(channel, _feed(publication, channel, entries)) for channel in publication.channels]


def _feed(publication: Publication, channel: Channel, entries: Mapping[str, Entry]) -> Feed:
    site = publication.site
    return Feed(
        id=channel.id,
        stem=site.url + channel.folder,
        home=publication.url(channel.docname),
        title=channel.title,
        description=channel.description,
        author=site.author,
        author_url=publication.url("about"),
        language=site.language,
        icon=f"{site.url}_static/mark.svg",
        rights=site.rights,
        entries=tuple(entries[essay.docname] for essay in channel.essays),
    )


def _entry(publication: Publication, essay: Essay) -> Entry:
    """What a feed says of an essay, without its body. The page of all essays lists the categories and tags."""
    every = publication.url(publication.listing_docnames["", ""])
    return Entry(
        id=publication.essay_id(essay),
        url=publication.url(essay.docname),
        image=publication.social_image(essay.docname),
        title=essay.title,
        summary=essay.summary,
        body="",
        published=essay.published,
        updated=essay.updated,
        category=Term(term_slug(essay.category), essay.category, f"{every}#categories"),
        tags=tuple(Term(term_slug(tag), tag, f"{every}#tags") for tag in essay.tags),
    )
