"""The feeds as they are written, from the pages of their essays."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from html import escape
from pathlib import Path

from insights.cache import Store, parallel_map, remove_others, write_atomic
from insights.catalog import Essay, Publication, long_date, term_slug
from insights.problems import about

from .entry_body import entry_body
from .formats import write_document
from .records import Document, Entry, Feed, Term, feed_documents, moment

#: In the store: a digest of what each document of a feed was made of, and the folder of the bodies of entries.
DOCUMENTS, BODIES = "feeds", "entries"


def write_feeds(publication: Publication, pages: Mapping[str, str], out: Path, store: Store) -> set[str]:
    """Write every feed of the site in ``out`` that has changed; the names of the files of all feeds.

    ``pages``: the digests of the pages as they were written, by file.
    """
    documents = publication_documents(publication)
    essays = {publication.essay_id(essay): essay for essay in publication.essays}
    entries = {entry.id: entry for document in documents.values() for entry in document.entries}
    made_of = {name: repr((entry, pages[publication.file(essays[name].docname)])) for name, entry in entries.items()}
    digests = {}
    for name, document in documents.items():
        feed = replace(document.feed, channel=replace(document.feed.channel, essays=()), entries=())
        parts = [repr((feed, document.previous)), *(made_of[entry.id] for entry in document.entries)]
        digests[name] = hashlib.sha256("\n".join(parts).encode()).hexdigest()
    previous: dict[str, str] = store.read(DOCUMENTS, {})
    outdated = [name for name in documents if previous.get(name) != digests[name] or not (out / name).exists()]
    needed = sorted({entry.id for name in outdated for entry in documents[name].entries})
    folder = store.folder(BODIES)

    def body(name: str) -> str:
        with about(f"{essays[name].docname}.md"):
            return _body(publication, essays[name], pages, out, folder)

    bodies = dict(zip(needed, parallel_map(body, needed), strict=True))

    def write(name: str) -> None:
        entries = tuple(replace(entry, body=bodies[entry.id]) for entry in documents[name].entries)
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        with about(name):
            (out / name).write_bytes(write_document(replace(documents[name], entries=entries)))

    parallel_map(write, outdated)
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
    if essay.original:
        body = f'<p><em>First published at <a href="{escape(essay.original)}">{escape(essay.original_host)}</a>.</em></p>\n{body}'
    if essay.revisions:
        newest = essay.revisions[0]
        note = f"Revised on {long_date(newest.date, essay.language)}: {escape(newest.note)}"
        body = f'<p><em>{note}</em> <a href="{url}#revisions">All revisions</a></p>\n{body}'
    return body


def feed_addresses(publication: Publication) -> set[str]:
    """The path of every document of every feed from the root of the site, and the identity of every feed."""
    paths = {f"/{name}" for name in publication_documents(publication)}
    return paths | {channel.id for channel in publication.channels}


def feed_changes(publication: Publication, redirects: Mapping[str, str]) -> dict[str, int]:
    """The newest change in each feed, in seconds since 1970, by the folder of its documents; in copies at old addresses too."""
    documents = publication_documents(publication)
    changes = {_folder(name): int(moment(document.updated).timestamp()) for name, document in documents.items()}
    copies = {_folder(old[1:]): _folder(new[1:]) for old, new in redirects.items() if old[-1] != "/"}
    return changes | {old: changes[new] for old, new in copies.items() if new in changes}


def _folder(name: str) -> str:
    return name.rpartition("/")[0]


@cache
def publication_documents(publication: Publication) -> dict[str, Document]:
    """Every document of every feed by its name; its entries without their bodies, which take longest to make."""
    entries = {essay.docname: _entry(publication, essay) for essay in publication.essays}
    documents: dict[str, Document] = {}
    for channel in publication.channels:
        home, about = publication.url(channel.docname), publication.url("about")
        feed = Feed(publication.site, channel, home, about, tuple(entries[essay.docname] for essay in channel.essays))
        documents |= {document.name: document for document in feed_documents(feed)}
    return documents


def _entry(publication: Publication, essay: Essay) -> Entry:
    """What a feed says of an essay, without its body. The page of all essays lists the categories and tags."""
    every = publication.url(publication.listing_docnames["", ""])
    terms = [(essay.category, "categories"), *((tag, "tags") for tag in essay.tags)]
    return Entry(
        id=publication.essay_id(essay),
        url=publication.url(essay.docname),
        image=publication.social_image(essay.docname),
        title=essay.title,
        summary=essay.summary,
        body="",
        published=essay.published,
        updated=essay.updated,
        terms=tuple(Term(term_slug(label), label, f"{every}#{section}") for label, section in terms),
        original=essay.original,
    )
