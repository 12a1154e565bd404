"""The folder of the site: the files that Sphinx does not write, and none that belongs to nothing any more."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from insights.cache import remove_others, write_if_changed
from insights.catalog import SOCIAL_IMAGE, all_listings, essays, page_file, page_url
from insights.csp import content_policy
from insights.evidence import chart_csv, evidence_folder, model_evidence, model_of
from insights.feeds import write_feeds
from insights.pages import write_assets
from insights.search import search_pages, write_search

from . import hosting, ledger, page_files, sitemap, social_images

logger = logging.getLogger(__name__)

#: What Sphinx itself keeps in the folder, and keeps right.
SPHINX = {"objects.inv", ".buildinfo"}


def write_evidence(app: Sphinx) -> set[str]:
    """Beside each essay's page, what its evidence is made of: the model, and each chart as a picture and as numbers."""
    files = {}
    for essay in essays(app.env):
        if not essay.has_model or (model := model_of(app.env, essay.docname)) is None:
            continue
        folder = app.builder.get_target_uri(essay.docname)
        files[f"{folder}model.py"] = model.read_text(encoding="utf-8-sig")
        charts = model_evidence(model, evidence_folder(app)).charts
        for name, *_ in essay.charts:
            files |= {f"{folder}{name}.svg": charts[name].file, f"{folder}{name}.csv": chart_csv(charts[name])}
    return _written(app, files)


def _written(app: Sphinx, files: Mapping[str, str]) -> set[str]:
    """Write texts under their names; the names."""
    for name, text in files.items():
        write_if_changed(f"{app.outdir}/{name}", text.encode())
    return set(files)


def write_not_found(app: Sphinx) -> set[str]:
    """The page /404.html. A server shows it at any address, so that its links start at the root."""
    page = Path(app.outdir) / "404" / "index.html"
    if not page.exists():
        return set()
    root = urlsplit(app.config.html_baseurl).path or "/"
    html = re.sub(r'((?:href|src|action|data-content_root)=")\.\./', rf"\g<1>{root}", page.read_text(encoding="utf-8"))
    shutil.rmtree(page.parent)
    return _written(app, {"404.html": html})


def write_previews(app: Sphinx) -> set[str]:
    """Beside each page that has an address, the picture that a link preview shows of it."""
    kept, name = Path(app.doctreedir) / "previews", app.config.project
    asked = {docname: (app.env.titles[docname].astext(), "") for docname in app.env.found_docs - {"404"}}
    asked |= {page: (context["title"], "") for page, context, _ in search_pages(app)}
    asked |= {listing.pagename: (listing.title, listing.kind) for listing in all_listings(app)}
    for essay in essays(app.env):
        asked[essay.docname] = (essay.title, f"{essay.category}  ·  {essay.month}  ·  {essay.minutes} min read")
    asked[app.config.root_doc] = (app.config.insights_description, "")
    words = {page: social_images.Words(*of_page, name) for page, of_page in asked.items()}
    drawn = social_images.draw_social_images(words.values(), kept)
    files = {f"{app.builder.get_target_uri(page)}{SOCIAL_IMAGE}": drawn[of_page] for page, of_page in words.items()}
    for file, picture in files.items():
        path = f"{app.outdir}/{file}"
        if not (os.path.exists(path) and filecmp.cmp(path, picture)):  # noqa: PTH110 (of a thousand)
            shutil.copy2(picture, path)  # with its time, by which it is known again
    remove_others(kept, {path.name for path in drawn.values()})
    return set(files)


def write_for_crawlers(app: Sphinx) -> set[str]:
    """The sitemap and robots.txt. A list changes with the newest of its essays; other pages do not say when they changed."""
    changed = {one.pagename: max(essay.updated for essay in one.essays) for one in all_listings(app) if one.essays}
    changed |= {essay.docname: essay.updated for essay in essays(app.env)}
    if essays(app.env):
        changed[app.config.root_doc] = max(essay.updated for essay in essays(app.env))
    pages = {*(app.env.found_docs - {"404"}), *changed}
    return _written(
        app,
        {
            "sitemap.xml": sitemap.sitemap((page_url(app, page), changed.get(page)) for page in pages).decode(),
            "robots.txt": sitemap.robots(f"{app.config.html_baseurl}sitemap.xml"),
        },
    )


def sweep(app: Sphinx, kept: set[str]) -> None:
    """Take away what earlier builds wrote and this one would not have: the pages of a deleted essay above all."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    pages = [*app.env.found_docs, *(one.pagename for one in all_listings(app)), *(name for name, _, _ in search_pages(app))]
    kept |= {page_file(app, page) for page in pages}
    kept |= {f"_images/{name}" for name in app.builder.images.values()}
    kept |= {f"_images/{name}" for _, name in app.env.images.values()}
    kept |= {f"_downloads/{name}" for _, name in app.env.dlfiles.values()}
    remove_others(Path(app.outdir), kept | SPHINX)


def write_for_hosts(app: Sphinx, moved: Mapping[str, str], pages: Mapping[str, page_files.PageDigest]) -> set[str]:
    """The headers and redirects of hosts that read them from files; the policy is that of the pages as they were written."""
    rules = content_policy(script for page in pages.values() for script in page.scripts)
    files = {"_headers": hosting.headers_file(rules, app.config.insights_hsts)}
    if moved:
        files[hosting.REDIRECTS] = hosting.redirects_file(moved)
    return _written(app, files)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Complete the folder of a site, once Sphinx has written all it writes; of mistakes, say who explains them."""
    if exception is None and isinstance(app.builder, StandaloneHTMLBuilder):
        now = ledger.published(app)
        moved = ledger.redirects(app, now)
        pages = page_files.page_digests(Path(app.outdir), Path(app.doctreedir))
        kept = [
            write_assets(app),
            write_search(app),
            write_evidence(app),
            write_feeds(app, {name: page.digest for name, page in pages.items()}),
            write_not_found(app),
            write_previews(app),
            write_for_crawlers(app),
            ledger.write_redirects(app, moved),
            write_for_hosts(app, moved, pages),
        ]
        sweep(app, set[str]().union(*kept))
        ledger.check(app, now, moved)
    if app._warncount:
        logger.info("`make check` says of each of these mistakes what is allowed, and how to mend it.")


def setup(app: Sphinx) -> None:
    """Complete the site when Sphinx has written its pages."""
    app.connect("build-finished", finish, priority=550)  # after Furo has added a sheet that no page links
