"""An essay as the rest of the publication knows it: one frozen record, made once a build."""

from dataclasses import dataclass
from datetime import date as Day
from functools import cache, cached_property
from typing import NamedTuple
from urllib.parse import urlsplit

from babel.dates import format_date, format_skeleton
from sphinx import addnodes
from sphinx.environment import BuildEnvironment

from insights.evidence import EVIDENCE_DIGEST, QUOTED_RESULTS, SHOWN_CHARTS
from insights.markup import cited_sources, without_breaks
from insights.source import FrontMatter, Revision, essay_slug

#: Where the metadata of a text keeps its front matter, its title, its links to essays, the anchors of its headings and figures,
#: its first paragraph, and the captions of its charts. Sphinx purges and merges metadata itself.
FRONT_MATTER, TITLE, LINKS = "insights_front_matter", "insights_title", "insights_links"
ANCHORS, OPENING, CAPTIONS = "insights_anchors", "insights_opening", "insights_captions"


class Link(NamedTuple):
    """A link to another essay, in the sentence that holds it. ``target``: the slug of that essay.

    ``unresolved``: references in the sentence that have not been looked up, for which private characters stand.
    """

    target: str
    before: str
    words: str
    after: str
    unresolved: tuple[addnodes.pending_xref, ...] = ()


class Card(NamedTuple):
    """What a page shows of an essay that it lists or links to."""

    docname: str
    title: str
    summary: str
    category: str
    month: str
    minutes: int
    status: str


class Figure(NamedTuple):
    """A chart of an essay: its name, its alternative text, and its caption in plain words."""

    name: str
    alt: str
    caption: str


@dataclass(frozen=True)
class Essay:
    """What pages, cards, feeds and metadata may say of an essay."""

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
    charts: tuple[Figure, ...]
    anchors: tuple[str, ...]
    sources: tuple[str, ...]
    evidence: str
    original: str = ""
    language: str = "en"

    @property
    def updated(self) -> Day:
        """The day of the newest revision, else of publication."""
        return max([self.published, *(revision.date for revision in self.revisions)])

    @property
    def original_host(self) -> str:
        """The host on which the text appeared first, for readers; empty if that is this one."""
        return (urlsplit(self.original).hostname or "").removeprefix("www.")

    @property
    def month(self) -> str:
        """Month and year of publication, such as April 2026."""
        return format_skeleton("yMMMM", self.published, locale=self.language)

    @cached_property
    def card(self) -> Card:
        """What other pages show of it."""
        return Card(self.docname, self.title, self.summary, self.category, self.month, self.minutes, self.status)

    @property
    def has_model(self) -> bool:
        """Whether the text shows anything that its model computed."""
        return bool(self.results or self.charts)


def make_essay(env: BuildEnvironment, docname: str, today: Day) -> Essay | None:
    """The record of the text ``docname``; None if it is no essay, or its front matter has mistakes, which were reported."""
    metadata = env.metadata[docname]
    front_matter: FrontMatter | None = metadata.get(FRONT_MATTER)
    slug, title = essay_slug(docname), metadata.get(TITLE)
    if front_matter is None or slug is None or title is None or front_matter.category not in env.config.insights_categories:
        return None
    count = metadata.get("wordcount", {"words": 0, "minutes": 1})
    return Essay(
        docname=docname, slug=slug, id=front_matter.id or slug,
        title=without_breaks(title), summary=without_breaks(front_matter.summary),
        category=front_matter.category, tags=tuple(front_matter.tags), published=front_matter.date,
        revisions=tuple(sorted(front_matter.revisions, key=lambda revision: revision.date, reverse=True)),
        related=tuple(front_matter.related), featured=front_matter.featured,
        status="draft" if front_matter.draft else "scheduled" if front_matter.date > today else "published",
        minutes=count["minutes"], words=count["words"], links=metadata.get(LINKS, ()),
        results=tuple(metadata.get(QUOTED_RESULTS, {}).items()),
        charts=tuple(
            Figure(name, alt, caption)
            for (name, alt), caption in zip(metadata.get(SHOWN_CHARTS, ()), metadata.get(CAPTIONS, ()), strict=True)
        ),
        anchors=metadata.get(ANCHORS, ()), sources=cited_sources(env, docname), evidence=metadata.get(EVIDENCE_DIGEST, ""),
        original=front_matter.original, language=env.config.language,
    )  # fmt: skip


@cache
def long_date(day: Day, language: str = "en") -> str:
    """A day in words, such as 28 April 2026, in the ``language`` of conf.py."""
    return format_date(day, "d MMMM yyyy" if language == "en" else "long", locale=language)
