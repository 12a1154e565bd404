"""The head of a page: its title, address, description, feeds, style sheets, scripts, and records for search engines."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from insights.catalog import FORMATS, NOT_FOUND, Essay, Publication, Site

from . import structured_data
from .assets import Assets

#: As many characters of a description as search engines show.
LONGEST = 160


@dataclass(frozen=True)
class Head:
    """What the head of a page holds. ``url``: None for the page that hosts show where none is; ``trail``: the pages above it."""

    site: Site
    title: str
    url: str | None
    image: str
    image_alt: str
    summary: str
    feeds: tuple[tuple[str, str, str], ...]
    sheets: tuple[str, ...]
    scripts: tuple[tuple[str, bool], ...]
    trail: tuple[tuple[str, str], ...]
    essay: Essay | None

    @property
    def records(self) -> list[str]:
        """Records for search engines, each the content of a script element."""
        records = [] if self.trail else [structured_data.website(self.site)]
        if self.essay:
            records.append(structured_data.blog_posting(self.site, self.essay, self.url or "", self.image))
        if self.trail:
            records.append(structured_data.breadcrumbs([*self.trail, (self.title, self.url or "")]))
        return [structured_data.script(record) for record in records] if self.url else []


def make_head(
    publication: Publication,
    linked: Callable[[str], Assets],
    docname: str,
    title: str,
    summary: str,
    above: Iterable[tuple[str, str]] = (),
    section: str = "",
    essay: Essay | None = None,
) -> Head:
    """The head of the page ``docname``. ``above``: titles and docnames of the pages above it; ``section``: the list it is of."""
    site, lost = publication.site, docname == NOT_FOUND
    landing = docname == site.root_doc
    own = [channel for channel in publication.channels[1:] if channel.docname == (section or docname)]
    sheets, scripts = linked(docname)
    return Head(
        site,
        title,
        url=None if lost else publication.url(docname),
        image=publication.social_image(site.root_doc if lost else docname),
        image_alt=f"{site.name}: {site.description}" if landing or lost else title,
        summary=shortened(summary or site.description),
        feeds=tuple(
            (f"{channel.title} ({form.label})", channel.path(form.name), form.media_type)
            for channel in [*own, *publication.channels[:1]]
            for form in FORMATS
        ),
        sheets=sheets,
        scripts=scripts,
        trail=() if landing else tuple((name, publication.url(page)) for name, page in [(site.name, site.root_doc), *above]),
        essay=essay,
    )


def shortened(text: str) -> str:
    """As many whole sentences of ``text`` as fit in LONGEST characters, else as many words."""
    text = " ".join(text.split())
    if len(text) <= LONGEST:
        return text
    cut = text[:LONGEST]
    ends = [found.end() for found in re.finditer(r"[.!?](?=\s)", cut)]
    return cut[: ends[-1]] if ends else cut.rsplit(" ", 1)[0].rstrip(",;:–—") + "…"
