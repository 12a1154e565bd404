"""The pages that list essays: what their templates show."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import Any

from ablog.blog import Blog, Collection
from sphinx.application import Sphinx

from insights.catalog import MOST, Essay, Listing, category_feeds

from .cards import render_cards

#: What a list without a description of its own is called in search results.
LISTED = {"Tag": "Essays tagged {}", "Year": "Essays of {}"}
PageToWrite = tuple[str, dict[str, Any], str]


def listing_shown(app: Sphinx, listing: Listing) -> list[object]:
    """All that the page of a list shows besides the frame."""
    if listing.collection is None:
        return [_tags(listing), _earlier(listing), *(essay.card for essay in listing.essays[:MOST])]
    described = app.config.insights_categories.get(str(listing.collection))
    return [described, listing.title, listing.newer, listing.older, *(essay.card for essay in listing.essays)]


def listing_page(app: Sphinx, listing: Listing) -> PageToWrite:
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
        "years": [(year, blog.archive[year].docname, render_cards(app, group, listing.pagename, 3)) for year, group in years],
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
        "cards": render_cards(app, listing.essays, listing.pagename, 2),
        "own_feed": category_feeds(app, collection.docname),
        "newer": listing.newer,
        "older": listing.older,
    }
