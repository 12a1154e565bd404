"""The folder of the site, completed: the files that Sphinx does not write, and nothing that belongs to no page any more."""

import filecmp
import hashlib
import os
import re
import shutil
from collections.abc import Callable, Iterable, Mapping, Set
from itertools import chain
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from insights.cache import Store, build_store, file_names, remove_others, write_if_changed
from insights.catalog import NOT_FOUND, SOCIAL_IMAGE, Publication, publication_of, unreadable_sources
from insights.csp import content_policy, inline_scripts
from insights.evidence import chart_csv, model_evidence
from insights.feeds import feed_changes, write_feeds
from insights.markup import DRAWINGS, FILES, file_users, published_files, report_dead_links, told
from insights.pages import write_assets
from insights.problems import relative
from insights.search import write_search
from insights.settings import setting_location
from insights.source import asset_files

from . import hosting, sitemap, social_images
from .addresses import check_permalinks, followed_redirects, published, redirect_files
from .leftovers import remove_leftovers

logger = logging.getLogger(__name__)


class PageFile(NamedTuple):
    """A page as it was written: the digest of its content, and the scripts in it."""

    digest: str
    scripts: list[str]


def page_files(out: Path, store: Store) -> dict[str, PageFile]:
    """Every page in ``out``, by the name of its file; a page is read again only if it was written again."""
    pages = store.by_file("pages", [f"{out}/{name}" for name in file_names(out) if name.endswith(".html")], _page_file)
    return {path.removeprefix(f"{out}/"): page for path, page in pages.items()}


def _page_file(path: str) -> PageFile:
    content = Path(path).read_bytes()
    return PageFile(hashlib.sha256(content).hexdigest(), inline_scripts(content.decode()))


def scripts_of(site: Path) -> set[str]:
    """The scripts in the pages of a built site."""
    pages = (site / name for name in file_names(site) if name.endswith(".html"))
    return {script for page in pages for script in inline_scripts(page.read_text(encoding="utf-8"))}


def evidence_files(publication: Publication) -> dict[str, str]:
    """Beside the page of each essay, its model, and each chart as a picture and as numbers."""
    files = {}
    for essay in publication.essays:
        model = (publication.root / essay.docname).with_name("model.py")
        if not essay.has_model or not model.is_file():
            continue
        folder = publication.path(essay.docname)
        files[f"{folder}model.py"] = model.read_text(encoding="utf-8-sig")
        charts = model_evidence(model).charts
        for name, *_ in essay.charts:
            files |= {f"{folder}{name}.svg": charts[name].file, f"{folder}{name}.csv": chart_csv(charts[name])}
    return files


def diagram_files(app: Sphinx, publication: Publication) -> dict[str, str]:
    """Beside the page of each text, its diagrams as pictures."""
    return {
        f"{publication.path(docname)}{name}": svg
        for docname in publication.texts
        for name, svg in app.env.metadata[docname].get(DRAWINGS, {}).items()
    }


def not_found_file(publication: Publication, out: Path) -> dict[str, str]:
    """The page /404.html, in place of the one by Sphinx. A server shows it at any address, so its links start at the root."""
    page = out / NOT_FOUND / "index.html"
    if not page.exists():
        return {}
    root = urlsplit(publication.site.url).path or "/"
    html = re.sub(r'((?:href|src|action|data-content_root)=")\.\./', rf"\g<1>{root}", page.read_text(encoding="utf-8"))
    shutil.rmtree(page.parent)
    return {f"{NOT_FOUND}.html": html}


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


def write_parts(app: Sphinx, publication: Publication, pages: Mapping[str, PageFile], store: Store) -> set[str] | None:
    """Write what is no page; the names of the files, or None if a part, or a page before, cannot be written, which is told."""
    out, digests = Path(app.outdir), {name: page.digest for name, page in pages.items()}
    parts: dict[str, Callable[[], set[str]]] = {
        "style sheets and scripts": lambda: write_assets(app),
        "the search": lambda: write_search(publication, out, store),
        "the pictures of link previews": lambda: write_social_images(publication, out, store),
        "the feeds": lambda: write_feeds(publication, digests, out, store),
    }
    names = list[set[str]]()
    for part, write in parts.items():
        with told(app, f"wrote {part}"):
            names.append(write())
    return set[str]().union(*names) if len(names) == len(parts) else None


def report_shared_addresses(app: Sphinx, written: Set[str]) -> None:
    """Report pictures and downloads in whose place the build has ``written`` another file."""
    for name in sorted(published_files(app) & written):
        if not filecmp.cmp(f"{app.srcdir}/{name}", f"{app.outdir}/{name}", shallow=False):
            message, text = "the build writes a file of its own at the address of this one; rename %s", file_users(app, name)[0]
            logger.error(message, name, location=text, type="insights", subtype="file")


def complete(app: Sphinx, exception: Exception | None, *, started: int) -> None:
    """Complete the folder of a site once Sphinx has written its pages. ``started``: when, in nanoseconds since 1970."""
    if exception is not None or not isinstance(app.builder, StandaloneHTMLBuilder):
        return
    publication, out = publication_of(app.env), Path(app.outdir)
    store = build_store(app.doctreedir)
    addresses = published(publication)
    redirects = followed_redirects(app, publication, addresses)
    pages = page_files(out, store)
    pages_of_ours = {publication.file(page.docname) for page in publication.pages}
    written = write_parts(app, publication, pages, store)
    if written is None:
        known = {*file_names(out), *pages_of_ours, *published_files(app), *(address[1:] for address in addresses)}
        report_dead_links(app, known)
        return
    evidence = evidence_files(publication)
    files = {
        **evidence,
        **diagram_files(app, publication),
        **not_found_file(publication, out),
        **sitemap.crawler_files(publication),
        **redirect_files(publication, out, redirects),  # after the feeds, which it copies
    }
    extra = extra_files(app, {*written, *files, *pages_of_ours} - sitemap.FILES)
    files = {name: text for name, text in files.items() if name not in extra}
    host_files = hosting.host_file_names(redirects) - extra
    kept = remove_leftovers(app, {*written, *files, *pages_of_ours, *host_files}, store, started)
    scripts = [pages[name].scripts for name in kept if name in pages]
    scripts += [inline_scripts(text) for name, text in files.items() if name.endswith(".html")]
    files |= hosting.host_files(content_policy(chain.from_iterable(scripts)), redirects, app.config.insights_hsts)
    for name in files.keys() - extra:
        write_if_changed(f"{out}/{name}", files[name].encode())
    report_shared_addresses(app, {*written, *files, *map(publication.file, publication.texts)})
    report_dead_links(app, {*kept, *written, *files, *published_files(app)})
    store.write("feed_changes", feed_changes(publication, redirects))
    store.write("origins", file_origins(app, publication, evidence))
    if not unreadable_sources(app):  # otherwise nobody knows what they would publish
        check_permalinks(publication, Path(app.doctreedir), addresses, redirects)


def file_origins(app: Sphinx, publication: Publication, evidence: Iterable[str]) -> dict[str, tuple[str, list[tuple[str, int]]]]:
    """Where each file of the site comes from: its source and, of pictures and downloads, the texts and lines that name it."""
    texts = {docname: relative(Path(app.env.doc2path(docname)), Path(app.srcdir)) for docname in publication.texts}
    origins: dict[str, tuple[str, list[tuple[str, int]]]] = {
        publication.file(docname): (path, []) for docname, path in texts.items()
    }
    origins |= {name: (f"{name.rpartition('/')[0]}/model.py", []) for name in evidence}
    for docname, path in texts.items():
        for name, line in app.env.metadata[docname].get(FILES, ()):
            origins.setdefault(name, (name, []))[1].append((path, line))
    return origins


def extra_files(app: Sphinx, published: Set[str]) -> set[str]:
    """The files of html_extra_path, which replace ours of the same name; to replace what is ``published`` is an error."""
    names = set(asset_files(Path(app.confdir), app.config.html_extra_path))
    for name in sorted(names & published):
        message = "html_extra_path has a file %s, which is a part of the site; rename the file"
        logger.error(message, name, location=setting_location(app.confdir, "html_extra_path"))
    return names
