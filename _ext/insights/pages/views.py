"""What templates show: one frozen view a page.

A view is all that a template shows of the publication besides the text itself. The digest of a view decides whether its page is
written again (``insights.incremental``), so a field that is added here needs no word elsewhere.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date as Day
from itertools import groupby

from insights.catalog import ALL_ESSAYS, FORMATS, Card, Essay, Figure, Link, Listing, Publication
from insights.palette import Colour

from .head import Head
from .structured_data import bibtex

#: What the description of a list begins with.
LISTED = {"Tag": "Essays tagged {}", "Year": "Essays of {}"}
#: A name, the docname of the page that lists it, and how many essays there are.
Counted = tuple[str, str, int]
#: ``make_head`` with the publication and the assets filled in.
MakeHead = Callable[..., Head]


@dataclass(frozen=True)
class Frame:
    """What surrounds every page: the categories that have essays; ``paper``: the colour of a browser's own frame."""

    categories: tuple[Counted, ...]
    essay_count: int
    paper: Colour
    updated: Day | None


@dataclass(frozen=True)
class View:
    """What every page shows. ``section``: the docname of the list that the page belongs to, if any."""

    frame: Frame
    head: Head
    section: str


@dataclass(frozen=True)
class EssayView(View):
    """An essay with its neighbours in time, the essays that its author relates, and those that link to it."""

    essay: Essay
    tags: tuple[tuple[str, str], ...]
    newer: Card | None
    older: Card | None
    related: tuple[Card, ...]
    linked_from: tuple[tuple[Card, Link], ...]
    edit: str

    @property
    def bibtex(self) -> str:
        """The essay as an entry of a bibliography."""
        return bibtex(self.head.site, self.essay, self.head.url or "", f"insights-{self.essay.id}")


@dataclass(frozen=True)
class ListView(View):
    """The list of a category, tag or year. ``feeds``: those of the category, as (format, path)."""

    listing: Listing
    description: str
    feeds: tuple[tuple[str, str], ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True)
class AllView(View):
    """The list of all essays by year: (year, docname of its page, cards), the years not shown whole, and the tags."""

    years: tuple[tuple[str, str, tuple[Card, ...]], ...]
    earlier: tuple[Counted, ...]
    tags: tuple[Counted, ...]


@dataclass(frozen=True)
class TextView(View):
    """Any other page; where it shows cards, the featured essay with its first chart and model, and the latest essays."""

    featured: tuple[Card, Figure | None, str] | None = None
    latest: tuple[Card, ...] = ()


def frame_of(publication: Publication) -> Frame:
    """What surrounds every page."""
    counts = Counter(essay.category for essay in publication.essays)
    pages = publication.listing_docnames
    categories = ((name, pages["Category", name], counts[name]) for name in publication.descriptions if counts[name])
    return Frame(tuple(categories), counts.total(), publication.colours["paper"], publication.updated)


def essay_view(publication: Publication, frame: Frame, head: MakeHead, docname: str) -> EssayView:
    """The page of an essay."""
    essays, place, pages = publication.essays, publication.place[docname], publication.listing_docnames
    essay, repository = essays[place], publication.site.repository
    by_slug = {other.slug: other.card for other in essays} if essay.related else {}
    section = pages["Category", essay.category]
    above = [(ALL_ESSAYS, pages["", ""]), (essay.category, section)]
    return EssayView(
        frame,
        head(docname, essay.title, essay.summary, above, essay=essay),
        section,
        essay,
        tags=tuple((tag, pages["Tag", tag]) for tag in essay.tags),
        newer=essays[place - 1].card if place else None,
        older=essays[place + 1].card if place + 1 < len(essays) else None,
        related=tuple(by_slug[slug] for slug in essay.related if slug in by_slug),
        linked_from=tuple(publication.linked_from.get(essay.slug, ())),
        edit=f"{repository}/edit/main/{docname}.md" if repository else "",
    )


def list_view(publication: Publication, frame: Frame, head: MakeHead, listing: Listing) -> ListView | AllView:
    """The page of a list."""
    if not listing.kind:
        return _all_view(publication, frame, head, listing)
    description = publication.descriptions[listing.name] if listing.kind == "Category" and not listing.part else ""
    label = LISTED[listing.kind].format(listing.name) if listing.kind in LISTED else listing.title
    about = description or f"{label}: " + "; ".join(essay.title for essay in listing.essays) + "."
    above = [(ALL_ESSAYS, publication.listing_docnames["", ""]), *([(listing.name, listing.whole)] if listing.part else [])]
    feeds = [channel for channel in publication.channels[1:] if channel.docname == listing.whole]
    return ListView(
        frame,
        head(listing.docname, listing.title, about, above, listing.whole),
        listing.whole,
        listing,
        description,
        feeds=tuple((form.label, channel.path(form.name)) for channel in feeds for form in FORMATS),
        cards=tuple(essay.card for essay in listing.essays),
    )


def _all_view(publication: Publication, frame: Frame, head: MakeHead, listing: Listing) -> AllView:
    shown, pages = listing.newest, publication.listing_docnames
    there, here = (Counter(map(_year, essays)) for essays in (listing.essays, shown))
    tags = Counter(tag for essay in listing.essays for tag in essay.tags)
    about = f"All {len(listing.essays)} essays of {publication.site.name}, by year, category and tag."
    return AllView(
        frame,
        head(listing.docname, listing.title, about),
        "",
        years=tuple((year, pages["Year", year], tuple(essay.card for essay in same)) for year, same in groupby(shown, key=_year)),
        earlier=tuple((year, pages["Year", year], count) for year, count in there.items() if count > here[year]),
        tags=tuple((tag, pages["Tag", tag], count) for tag, count in sorted(tags.items())),
    )


def text_view(publication: Publication, frame: Frame, head: MakeHead, docname: str, opening: str, *, cards: bool) -> TextView:
    """The page of any other text, which begins with the paragraph ``opening``; whether it shows ``cards``."""
    featured, latest = publication.landing_essays if cards else (None, ())
    large = (featured.card, featured.charts[0] if featured.charts else None, featured.evidence) if featured else None
    return TextView(frame, head(docname, publication.texts[docname], opening), "", large, tuple(essay.card for essay in latest))


def _year(essay: Essay) -> str:
    return str(essay.published.year)
