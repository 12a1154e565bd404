"""The lists of essays: of all, and of each category, tag and year, over ABlog's catalogues.

However many essays there are, no list grows without end. A long one has parts, counted from the oldest essay, so that a full part
stays as it is for ever; the list itself holds the newest.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import groupby
from typing import Any, NamedTuple

from ablog.blog import Blog, Collection
from sphinx.application import Sphinx

from . import cards, subscribe
from .essay import ALL, Essay, essays, shelf

#: What the lists of ABlog's catalogues are called.
KINDS = {"category": "Category", "tags": "Tag", "archive": "Year"}
#: What a list without a description of its own is called in search results.
LISTED = {"Tag": "Essays tagged {}", "Year": "Essays of {}"}
#: How many essays a part has; the list itself shows at least as many, if there are so many.
PART = 50
#: The most that a list shows.
MOST = 2 * PART - 1

Page = tuple[str, dict[str, Any], str]


class Listing(NamedTuple):
    """A page that lists essays, newest first: ABlog's collection, none for that of all; its part, 0 for the newest."""

    pagename: str
    collection: Collection | None
    essays: tuple[Essay, ...]
    part: int = 0
    parts: int = 0

    @property
    def title(self) -> str:
        """What it is called; a part by its number."""
        return ALL if self.collection is None else _called(self.collection, self.part)

    @property
    def kind(self) -> str:
        """What it lists by; empty for the list of all."""
        return "" if self.collection is None else KINDS[self.collection.catalog.name]

    @property
    def older(self) -> tuple[str, str] | None:
        """Page and title of the part before this one."""
        before = self.part - 1 if self.part else self.parts
        return (_page(self.collection, before), _called(self.collection, before)) if before else None

    @property
    def newer(self) -> tuple[str, str] | None:
        """Page and title of the part after this one; after the last one, of the list itself."""
        after = self.part + 1 if self.part < self.parts else 0
        return (_page(self.collection, after), _called(self.collection, after)) if self.part else None


def _page(collection: Collection, part: int) -> str:
    return f"{collection.docname}/part-{part}" if part else str(collection.docname)


def _called(collection: Collection, part: int) -> str:
    return f"{collection}, part {part}" if part else str(collection)


def archives(app: Sphinx) -> list[Listing]:
    """Every page that lists essays."""
    memo = shelf(app.env).memo
    if "archives" not in memo:
        memo["archives"] = list(_archives(app))
    found: list[Listing] = memo["archives"]
    return found


def _archives(app: Sphinx) -> Iterator[Listing]:
    blog, found = Blog(app), essays(app.env)
    yield Listing(blog.blog_path, None, found)
    for catalog in (blog.category, blog.tags, blog.archive):
        for collection in catalog:
            if chosen := tuple(essay for essay in found if essay.docname in collection):
                yield from _parted(collection, chosen)


def _parted(collection: Collection, chosen: tuple[Essay, ...]) -> Iterator[Listing]:
    """The list of a collection, and its parts, the oldest first."""
    parts = max(0, len(chosen) // PART - 1)
    newest = len(chosen) - parts * PART
    yield Listing(collection.docname, collection, chosen[:newest], 0, parts)
    for number in range(1, parts + 1):
        start = len(chosen) - number * PART
        yield Listing(_page(collection, number), collection, chosen[start : start + PART], number, parts)


def shown(app: Sphinx, listing: Listing) -> list[object]:
    """All that the page of a list shows besides the frame."""
    if listing.collection is None:
        return [_tags(listing), _earlier(listing), *(essay.card for essay in listing.essays[:MOST])]
    described = app.config.insights_categories.get(str(listing.collection))
    return [described, listing.title, listing.newer, listing.older, *(essay.card for essay in listing.essays)]


def page(app: Sphinx, listing: Listing) -> Page:
    """The page of a list, for Sphinx to write."""
    if listing.collection is None:
        return listing.pagename, _all(app, listing), "ablog/catalog.html"
    return listing.pagename, _collection(app, listing, listing.collection), "ablog/collection.html"


def _all(app: Sphinx, listing: Listing) -> dict[str, Any]:
    blog = Blog(app)
    years = groupby(listing.essays[:MOST], key=_year)
    return {
        "title": listing.title,
        "about": f"All {len(listing.essays)} essays of {app.config.project}, by year, category and tag.",
        "years": [(year, blog.archive[year].docname, cards.render(app, group, listing.pagename, 3)) for year, group in years],
        "earlier": [(year, blog.archive[year].docname, count) for year, count in _earlier(listing)],
        "tags": [(tag, blog.tags[tag].docname, count) for tag, count in _tags(listing)],
    }


def _tags(listing: Listing) -> list[tuple[str, int]]:
    return sorted(Counter(tag for essay in listing.essays for tag in essay.tags).items())


def _earlier(listing: Listing) -> list[tuple[int, int]]:
    """The years of which the list of all does not show every essay, each with the number of its essays."""
    there = Counter(map(_year, listing.essays))
    here = Counter(map(_year, listing.essays[:MOST]))
    return [(year, count) for year, count in there.items() if count > here[year]]


def _year(essay: Essay) -> int:
    return essay.published.year


def _collection(app: Sphinx, listing: Listing, collection: Collection) -> dict[str, Any]:
    described = app.config.insights_categories[str(collection)] if listing.kind == "Category" and not listing.part else ""
    about = LISTED[listing.kind].format(collection) if listing.kind in LISTED else listing.title
    return {
        "title": listing.title,
        "kind": listing.kind,
        "list_page": collection.docname,
        "list_title": str(collection),
        "description": described,
        "about": described or f"{about}: " + "; ".join(essay.title for essay in listing.essays) + ".",
        "cards": cards.render(app, listing.essays, listing.pagename, 2),
        "own_feed": subscribe.formats(app, collection.docname),
        "newer": listing.newer,
        "older": listing.older,
    }
