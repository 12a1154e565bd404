"""The lists of essays: of all, and of each category, tag and year, over ABlog's catalogues.

However many essays there are, no list grows without end. A long one has parts, counted from the oldest essay, so that a full part
stays as it is for ever; the list itself holds the newest.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ablog.blog import Blog, Collection
from sphinx.application import Sphinx

from .essay import ALL_ESSAYS, Essay, essays, publication

#: What the lists of ABlog's catalogues are called.
KINDS = {"category": "Category", "tags": "Tag", "archive": "Year"}
#: How many essays a part has; the list itself shows at least as many, if there are so many.
PART = 50
#: The most that a list shows.
MOST = 2 * PART - 1


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
        return ALL_ESSAYS if self.collection is None else _called(self.collection, self.part)

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


def all_listings(app: Sphinx) -> list[Listing]:
    """Every page that lists essays."""
    memo = publication(app.env).memo
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
