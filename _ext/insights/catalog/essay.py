"""An essay as the rest of the publication knows it: one frozen record, made once a build from ABlog's registry and its header."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date as Day
from functools import cache, cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import ablog.post
from ablog.blog import Blog
from babel.dates import format_date
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from insights.evidence import EVIDENCE_DIGEST, QUOTED_RESULTS, SHOWN_CHARTS
from insights.markup import cited_sources
from insights.source import ESSAYS_FOLDER, HEADERS_CACHE, EssaySource, FrontMatter, Revision, build_day, essay_slug, read_essays

#: What the list of them all is called.
ALL_ESSAYS = "All essays"
#: Where an essay's metadata holds its header, its links, and the ids of its headings and figures; Sphinx purges and merges it.
HEADER, LINKS, ANCHORS = "insights_header", "insights_links", "insights_anchors"


@dataclass(frozen=True)
class Link:
    """A link from one essay to another, in the sentence it stands in."""

    target: str
    before: str
    words: str
    after: str


@dataclass(frozen=True)
class Essay:
    """What pages, cards and metadata may say of an essay."""

    docname: str
    slug: str
    id: str
    title: str
    summary: str
    category: str
    tags: tuple[str, ...]
    published: Day
    revisions: tuple[Revision, ...]
    related: tuple[str, ...]
    featured: bool
    status: str
    minutes: int
    words: int
    links: tuple[Link, ...]
    results: tuple[tuple[str, float | int | str], ...]
    charts: tuple[tuple[str, str, str], ...]
    anchors: tuple[str, ...]
    sources: tuple[str, ...]
    evidence: str

    @property
    def updated(self) -> Day:
        """The day of the newest revision, else of publication."""
        return max([self.published, *(revision.date for revision in self.revisions)])

    @property
    def month(self) -> str:
        """Month and year of publication, such as April 2026."""
        return _written(self.published.replace(day=1), "MMMM yyyy")

    @cached_property
    def card(self) -> str:
        """All that a card shows of it, as one word, for many pages ask whether that has changed."""
        facts = [self.docname, self.title, self.summary, self.category, self.month, self.minutes, self.status, self.tags]
        return sha256(repr(facts).encode()).hexdigest()

    @property
    def has_model(self) -> bool:
        """Whether the text shows anything that its model computed."""
        return bool(self.results or self.charts)


def long_date(day: Day) -> str:
    """A day in words, such as 28 April 2026, whatever the locale of the machine."""
    return _written(day, "d MMMM yyyy")


@cache
def _written(day: Day, pattern: str) -> str:
    return format_date(day, pattern, locale="en")


@dataclass(frozen=True)
class Publication:
    """The essays of a build, newest first; where each stands, by document, and who links to it, by slug.

    ``memo`` keeps what is made of them more than once.
    """

    essays: tuple[Essay, ...]
    place: dict[str, int]
    linked_from: dict[str, list[tuple[Essay, Link]]]
    memo: dict[object, Any] = field(default_factory=dict)


#: The shelf of each environment; beside it and not in it, for it is made anew in every build, and would be stored with each.
_SHELVES: WeakKeyDictionary[BuildEnvironment, Publication] = WeakKeyDictionary()


#: The manuscripts of each build, which asks for them when it begins, with each text, and when it ends.
_MANUSCRIPTS: WeakKeyDictionary[Sphinx, dict[str, EssaySource]] = WeakKeyDictionary()


def sources(app: Sphinx) -> dict[str, EssaySource]:
    """The essays of this build as their authors left them, by slug; those among them that readers may not see yet."""
    if app not in _MANUSCRIPTS:
        found = read_essays(Path(app.srcdir) / ESSAYS_FOLDER, Path(app.doctreedir) / HEADERS_CACHE)
        _MANUSCRIPTS[app] = {manuscript.slug: manuscript for manuscript in found}
    return _MANUSCRIPTS[app]


def publication(env: BuildEnvironment) -> Publication:
    """The essays of this build, with what leads to them; known once every text has been read."""
    return _SHELVES[env]


def essays(env: BuildEnvironment) -> tuple[Essay, ...]:
    """The essays of this build, newest first; known once every text has been read."""
    return publication(env).essays


def today(config: Config) -> Day:
    """The day of the build: a setting, so that a build can be repeated; else today in UTC."""
    try:
        return build_day(config.insights_today)
    except ValueError:
        raise ConfigError(f"insights_today is {config.insights_today!r}; write a day as YYYY-MM-DD") from None


def register(app: Sphinx, env: BuildEnvironment) -> None:
    """Fill ABlog's registry and make the records of this build."""
    if not hasattr(env, "ablog_posts"):
        env.ablog_posts = {}  # type: ignore[attr-defined]
    blog = Blog(app)
    if not blog:
        ablog.post.register_posts(app)
    day = today(app.config)
    found = (_essay(env, post.docname, post.title, day) for post in blog.posts if post.docname in env.found_docs)
    newest_first = sorted(filter(None, found), key=lambda essay: (-essay.published.toordinal(), essay.title))
    linked_from: dict[str, list[tuple[Essay, Link]]] = defaultdict(list)
    for essay in newest_first:
        for link in essay.links:
            linked_from[link.target].append((essay, link))
    place = {essay.docname: number for number, essay in enumerate(newest_first)}
    _SHELVES[env] = Publication(tuple(newest_first), place, linked_from)


def _essay(env: BuildEnvironment, docname: str, title: str, day: Day) -> Essay | None:
    metadata = env.metadata[docname]
    record: FrontMatter | None = metadata.get(HEADER)
    name = essay_slug(docname)
    if record is None or name is None or record.category not in env.config.insights_categories:
        return None  # its errors have been reported
    count = metadata.get("wordcount", {"words": 0, "minutes": 0})
    return Essay(
        docname=docname,
        slug=name,
        id=record.id or name,
        title=title,
        summary=record.summary,
        category=record.category,
        tags=tuple(record.tags),
        published=record.date,
        revisions=tuple(sorted(record.revisions, key=lambda revision: revision.date, reverse=True)),
        related=tuple(record.related),
        featured=record.featured,
        status="draft" if record.draft else "scheduled" if record.date > day else "published",
        minutes=max(1, count["minutes"]),
        words=count["words"],
        links=metadata.get(LINKS, ()),
        results=tuple(metadata.get(QUOTED_RESULTS, {}).items()),
        charts=tuple(metadata.get(SHOWN_CHARTS, ())),
        anchors=metadata.get(ANCHORS, ()),
        sources=cited_sources(env, docname),
        evidence=metadata.get(EVIDENCE_DIGEST, ""),
    )


def setup(app: Sphinx) -> None:
    """Make the records once every text has been read."""
    app.connect("env-updated", register)
