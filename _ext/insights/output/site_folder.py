"""The folder of the site, completed: the files that Sphinx does not write, and nothing that belongs to no page any more."""

import filecmp
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from insights.cache import STORE, Store, remove_others, write_if_changed
from insights.catalog import NOT_FOUND, SEARCH, SOCIAL_IMAGE, Publication, publication_of
from insights.csp import content_policy
from insights.evidence import chart_csv, model_evidence
from insights.feeds import feed_changes, write_feeds
from insights.pages import write_assets
from insights.search import write_search

from . import hosting, sitemap, social_images
from .addresses import check_permalinks, followed_redirects, published, write_redirects
from .page_files import PageFile, page_files

#: What Sphinx itself keeps in the folder, and keeps right.
SPHINX = {"objects.inv", ".buildinfo"}


def write_evidence(publication: Publication, out: Path, store: Store) -> set[str]:
    """Beside the page of each essay, its model, and each chart as a picture and as numbers."""
    files = {}
    for essay in publication.essays:
        model = (publication.root / essay.docname).with_name("model.py")
        if not essay.has_model or not model.is_file():
            continue
        folder = publication.path(essay.docname)
        files[f"{folder}model.py"] = model.read_text(encoding="utf-8-sig")
        charts = model_evidence(model, store).charts
        for name, *_ in essay.charts:
            files |= {f"{folder}{name}.svg": charts[name].file, f"{folder}{name}.csv": chart_csv(charts[name])}
    return _write(out, files)


def _write(out: Path, files: Mapping[str, str]) -> set[str]:
    """Write texts into the site; their names."""
    for name, text in files.items():
        write_if_changed(f"{out}/{name}", text.encode())
    return set(files)


def write_not_found(publication: Publication, out: Path) -> set[str]:
    """The page /404.html. A server shows it at any address, so its links start at the root."""
    page = out / NOT_FOUND / "index.html"
    if not page.exists():
        return set()
    root = urlsplit(publication.site.url).path or "/"
    html = re.sub(r'((?:href|src|action|data-content_root)=")\.\./', rf"\g<1>{root}", page.read_text(encoding="utf-8"))
    shutil.rmtree(page.parent)
    return _write(out, {f"{NOT_FOUND}.html": html})


def write_social_images(publication: Publication, out: Path, store: Store) -> set[str]:
    """Beside each page, the picture that a link preview shows of it."""
    drawings, name = store.folder("social-images"), publication.site.name
    words = {page.docname: social_images.Words(page.title, page.label, name) for page in publication.pages}
    drawn = social_images.draw_social_images(words.values(), drawings)
    files = {f"{publication.path(docname)}{SOCIAL_IMAGE}": drawn[of_page] for docname, of_page in words.items()}
    for file, picture in files.items():
        path = f"{out}/{file}"
        if not (os.path.exists(path) and filecmp.cmp(path, picture)):  # noqa: PTH110 (called a thousand times)
            shutil.copy2(picture, path)  # with its time, by which an unchanged file is recognised
    remove_others(drawings, {path.name for path in drawn.values()})
    return set(files)


def write_for_crawlers(publication: Publication, out: Path) -> set[str]:
    """The sitemap and robots.txt."""
    pages = ((publication.url(page.docname), page.updated) for page in publication.pages if page.docname != SEARCH)
    robots = sitemap.robots(f"{publication.site.url}sitemap.xml")
    return _write(out, {"sitemap.xml": sitemap.sitemap(pages).decode(), "robots.txt": robots})


def write_for_hosts(out: Path, redirects: Mapping[str, str], pages: Mapping[str, PageFile], hsts: str) -> set[str]:
    """The headers and redirects of hosts that read them from files; the content policy is that of the pages as written."""
    policy = content_policy(script for page in pages.values() for script in page.scripts)
    files = {"_headers": hosting.headers_file(policy, hsts)}
    if redirects:
        files[hosting.REDIRECTS] = hosting.redirects_file(redirects)
    return _write(out, files)


def remove_outdated(app: Sphinx, publication: Publication, written: set[str]) -> None:
    """Remove what earlier builds wrote and this one would not have written: above all the pages of a deleted essay."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    kept = written | {publication.file(page.docname) for page in publication.pages} | SPHINX
    kept |= {f"_images/{name}" for name in app.builder.images.values()}
    kept |= {f"_images/{name}" for _, name in app.env.images.values()}
    kept |= {f"_downloads/{name}" for _, name in app.env.dlfiles.values()}
    remove_others(Path(app.outdir), kept)


def complete(app: Sphinx, exception: Exception | None) -> None:
    """Complete the folder of a site once Sphinx has written its pages."""
    if exception is not None or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    publication, out = publication_of(app.env), Path(app.outdir)
    store = Store(Path(app.doctreedir) / STORE)
    addresses = published(publication)
    redirects = followed_redirects(app, publication, addresses)
    pages = page_files(out, store)
    written = (
        write_assets(app),
        write_search(publication, out, store),
        write_evidence(publication, out, store),
        write_feeds(publication, {name: page.digest for name, page in pages.items()}, out, store),
        write_not_found(publication, out),
        write_social_images(publication, out, store),
        write_for_crawlers(publication, out),
        write_redirects(publication, out, redirects),
        write_for_hosts(out, redirects, pages, app.config.insights_hsts),
    )
    remove_outdated(app, publication, set[str]().union(*written))
    store.write("feed_changes", feed_changes(publication, redirects))
    check_permalinks(publication, Path(app.doctreedir), addresses, redirects)


def setup(app: Sphinx) -> None:
    """Complete the site when Sphinx has written its pages."""
    app.connect("build-finished", complete, priority=550)  # after Furo has added a style sheet that no page links
