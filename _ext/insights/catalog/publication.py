"""The publication of a build: one frozen object, made once every text has been read, that all writers take."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date as Day
from functools import cached_property
from itertools import chain
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from insights.markup import words
from insights.palette import COLOURS, Colour, chosen_colours
from insights.settings import css_variables
from insights.source import essay_docname

from . import ablog
from .essay import Card, Essay, Link, make_essay
from .links import looked_up
from .listings import ALL_ESSAYS, FORMATS, Channel, Listing, split_listing
from .sources import build_sources, build_today

logger = logging.getLogger(__name__)

#: The picture for link previews, in the folder of the page that it is of.
SOCIAL_IMAGE = "social.png"
#: How many cards follow that of the featured essay on the landing page.
LATEST = 6
#: The text that hosts show where no page is.
NOT_FOUND = "404"
#: The page of the search, which has no text.
SEARCH = "search"


@dataclass(frozen=True)
class Site:
    """What conf.py says of the publication."""

    name: str
    url: str
    description: str
    language: str
    author: str
    rights: str
    repository: str
    authority: str
    root_doc: str
    icon: str = "_static/mark.svg"

    def identity(self, name: str) -> str:
        """A tag URI (RFC 4151): an identity that outlives addresses and hosts."""
        return f"tag:{self.authority}:{name}"


@dataclass(frozen=True)
class Page:
    """A page that has an address: its title, the label above the title in its social image, and when its content last changed."""

    docname: str
    title: str
    label: str = ""
    updated: Day | None = None


@dataclass(frozen=True, eq=False)
class Publication:
    """The essays of a build, newest first, with all that follows from them.

    ``texts``: the titles of all texts by docname; ``expected``: the addresses and identities that scheduled essays will bring;
    ``descriptions``: the categories of conf.py with their descriptions; ``root``: the folder of the sources; ``path``: the path
    of a page from the root of the site, by its docname; ``updated``: the day of the newest change, if pages are to show it.
    """

    site: Site
    essays: tuple[Essay, ...]
    listings: tuple[Listing, ...]
    channels: tuple[Channel, ...]
    texts: Mapping[str, str]
    expected: frozenset[str]
    descriptions: Mapping[str, str]
    root: Path
    path: Callable[[str], str]
    colours: Mapping[str, Colour] = field(default_factory=lambda: COLOURS)
    updated: Day | None = None

    def url(self, docname: str) -> str:
        """The absolute address of a page."""
        return f"{self.site.url}{self.path(docname)}"

    def file(self, docname: str) -> str:
        """The file of a page, from the root of the site."""
        return f"{self.path(docname)}index.html"

    def social_image(self, docname: str) -> str:
        """The absolute address of the picture for link previews of a page."""
        return f"{self.url(docname)}{SOCIAL_IMAGE}"

    def essay_id(self, essay: Essay) -> str:
        """The identity of an essay in feeds."""
        return self.site.identity(f"essays/{essay.id}")

    @cached_property
    def place(self) -> dict[str, int]:
        """The place of each essay among all, by docname."""
        return {essay.docname: number for number, essay in enumerate(self.essays)}

    @cached_property
    def linked_from(self) -> dict[str, list[tuple[Card, Link]]]:
        """The essays that link to each essay, by its slug, with their links."""
        links = defaultdict[str, list[tuple[Card, Link]]](list)
        for essay in self.essays:
            for link in essay.links:
                links[link.target].append((essay.card, link))
        return links

    @cached_property
    def listing_docnames(self) -> dict[tuple[str, str], str]:
        """The page of each category, tag and year, by kind and name; that of all essays as ("", "")."""
        return {(listing.kind, listing.name if listing.kind else ""): listing.whole for listing in self.listings}

    @cached_property
    def landing_essays(self) -> tuple[Essay | None, tuple[Essay, ...]]:
        """The featured essay, or the newest where none is featured, and the newest of the others."""
        featured = next((essay for essay in self.essays if essay.featured), self.essays[0] if self.essays else None)
        return featured, tuple(essay for essay in self.essays if essay is not featured)[:LATEST]

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Every page that has an address, each once: essays, lists, the search, and the other texts."""
        essays = [
            Page(essay.docname, essay.title, f"{essay.category}  ·  {essay.month}  ·  {essay.minutes} min read", essay.updated)
            for essay in self.essays
        ]
        lists = [Page(listing.docname, listing.title, listing.kind, _newest(listing.essays)) for listing in self.listings]
        texts = [
            Page(docname, self.site.description, "", _newest(self.essays))
            if docname == self.site.root_doc
            else Page(docname, title)
            for docname, title in self.texts.items()
            if docname != NOT_FOUND and docname not in self.place
        ]
        return *essays, *lists, *texts, Page(SEARCH, "Search")


def _newest(essays: Iterable[Essay]) -> Day | None:
    """The day of the newest change."""
    return max((essay.updated for essay in essays), default=None)


_PUBLICATIONS: WeakKeyDictionary[BuildEnvironment, Publication] = WeakKeyDictionary()


def publication_of(env: BuildEnvironment) -> Publication:
    """The publication of a build, once every text has been read."""
    return _PUBLICATIONS[env]


def make_publication(app: Sphinx, env: BuildEnvironment) -> None:
    """Make the publication of this build."""
    today, site = build_today(app.config), _site(app.config)
    made = filter(None, (make_essay(env, docname, today) for docname in sorted(env.found_docs)))
    linked = (replace(essay, links=looked_up(app, essay)) for essay in made)
    essays = tuple(sorted(linked, key=lambda essay: (-essay.published.toordinal(), essay.title)))
    _PUBLICATIONS[env] = publication = Publication(
        site, essays,
        listings=_listings(app, essays),
        channels=_channels(app, site, essays),
        texts={docname: words(env.titles[docname]) for docname in sorted(env.found_docs)},
        expected=_expected(app, site, today),
        descriptions=app.config.insights_categories,
        root=Path(app.srcdir),
        path=app.builder.get_target_uri,
        colours=chosen_colours(*css_variables(app.config)),
        updated=_newest(essays) if app.config.html_last_updated_fmt is not None else None,
    )  # fmt: skip
    ablog.keep_labels(app, {page.docname for page in publication.pages})
    _report_titles(env, essays)


def _report_titles(env: BuildEnvironment, essays: Iterable[Essay]) -> None:
    """Advise against two essays of one title, which no list, feed or search can tell apart."""
    first: dict[str, Essay] = {}
    for essay in sorted(essays, key=lambda essay: (essay.published, essay.slug)):
        other = first.setdefault(" ".join(essay.title.casefold().split()), essay)
        if other is not essay:
            lines = Path(env.doc2path(essay.docname)).read_text(encoding="utf-8", errors="replace").splitlines()
            line = next((number for number, line in enumerate(lines, 1) if line.startswith("# ")), 1)
            message = "%s.md has the title %r too; give this essay another, by which readers tell them apart"
            logger.warning(message, other.docname, essay.title, location=(essay.docname, line))


def _site(config: Config) -> Site:
    return Site(
        name=config.html_title, url=config.html_baseurl, description=config.insights_description, language=config.language,
        author=config.author, rights=config.copyright, repository=config.insights_repository.rstrip("/"),
        authority=config.insights_tag_authority, root_doc=config.root_doc,
        icon=f"_static/{Path(config.html_favicon).name}" if config.html_favicon else "",
    )  # fmt: skip


def _listings(app: Sphinx, essays: tuple[Essay, ...]) -> tuple[Listing, ...]:
    """Every list of essays, that of all first, then those of ABlog's catalogs."""
    ablog.register_posts(app, essays)
    all_docname = ablog.all_docname(app)
    lists = (
        split_listing(kind, name, docname, tuple(essay for essay in essays if essay.docname in docnames))
        for kind, name, docname, docnames in ablog.collections(app)
    )
    return Listing("", ALL_ESSAYS, all_docname, all_docname, ALL_ESSAYS, essays), *chain.from_iterable(lists)


def _channels(app: Sphinx, site: Site, essays: tuple[Essay, ...]) -> tuple[Channel, ...]:
    """The feed of all essays, then those of the categories that have some, in the order of conf.py; none without essays."""
    title = site.name if app.config.blog_title in ("Blog", app.config.project) else app.config.blog_title
    subtitle = app.config.blog_feed_subtitle or site.description
    channels = [Channel(site.identity("feed"), ALL_ESSAYS, title, site.root_doc, "", subtitle, essays)]
    for name, description in app.config.insights_categories.items():
        docname = ablog.collection_docname(app, "Category", name)
        if chosen := tuple(essay for essay in essays if essay.category == name):
            identity, label = site.identity(f"feed/{ablog.term_slug(name)}"), f"{title}: {name}"
            channels.append(Channel(identity, name, label, docname, f"{docname}/", " ".join(description.split()), chosen))
    return tuple(channels) if essays else ()


def _expected(app: Sphinx, site: Site, today: Day) -> frozenset[str]:
    """The addresses and identities that scheduled essays will bring, but for the anchors in them."""
    expected: set[str] = set()
    for source in build_sources(app).values():
        record = source.record
        if record and not record.draft and not source.public(today):
            collections = [("Category", record.category), *(("Tag", tag) for tag in record.tags), ("Year", str(record.date.year))]
            lists = [ablog.collection_docname(app, kind, name) for kind, name in collections]
            expected |= {f"/{app.builder.get_target_uri(docname)}" for docname in (essay_docname(source.slug), *lists)}
            expected |= {f"/{lists[0]}/{form.name}" for form in FORMATS}
            names = (f"essays/{record.id or source.slug}", f"feed/{ablog.term_slug(record.category)}")
            expected |= {site.identity(name) for name in names}
    return frozenset(expected)
