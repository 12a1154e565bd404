"""The folder of the site: the files that Sphinx does not write, and none that belongs to nothing any more."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from . import assets, head, hosting, permalinks, policy, search, sitemap, social_images
from .essay import essays
from .evidence import cache, csv_of, model_of
from .feeds import FORMATS
from .models import evidence
from .pages import archives
from .subscribe import channels, identity, write_feeds

logger = logging.getLogger(__name__)

#: What Sphinx itself keeps in the folder, and keeps right.
SPHINX = {"objects.inv", ".buildinfo"}


def write_evidence(app: Sphinx) -> set[Path]:
    """Beside each essay's page, what its evidence is made of: the model, and each chart as a picture and as numbers."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    written = set()
    for essay in essays(app.env):
        model = model_of(app.env, essay.docname)
        if model is None or not essay.has_model:
            continue
        folder = Path(app.builder.get_output_path(essay.docname)).parent
        files = {"model.py": model.read_text(encoding="utf-8-sig")}
        charts = evidence(model, cache(app)).charts
        for name, _ in essay.charts:
            files |= {f"{name}.svg": charts[name].file, f"{name}.csv": csv_of(charts[name])}
        for name, content in files.items():
            (folder / name).write_text(content, encoding="utf-8", newline="\n")
            written.add(folder / name)
    return written


def write_not_found(app: Sphinx) -> set[Path]:
    """The page /404.html. A server shows it at any address, so that its links start at the root."""
    page = Path(app.outdir) / "404" / "index.html"
    if not page.exists():
        return set()
    root = urlsplit(app.config.html_baseurl).path or "/"
    html = re.sub(r'((?:href|src|action|data-content_root)=")\.\./', rf"\g<1>{root}", page.read_text(encoding="utf-8"))
    target = Path(app.outdir) / "404.html"
    target.write_text(html, encoding="utf-8", newline="\n")
    shutil.rmtree(page.parent)
    return {target}


def write_previews(app: Sphinx) -> set[Path]:
    """The picture that a link preview shows: one of each essay, and one of the publication for all other pages."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    kept = Path(app.doctreedir) / "previews"
    asked = {Path(app.outdir) / social_images.FILE: (app.config.insights_description, app.config.project)}
    for essay in essays(app.env):
        folder = Path(app.builder.get_output_path(essay.docname)).parent
        asked[folder / social_images.FILE] = (essay.title, f"{essay.category}  ·  {essay.month}  ·  {essay.minutes} min read")
    for path, (title, label) in asked.items():
        path.write_bytes(social_images.picture(title, label, kept))
    return set(asked)


def write_for_crawlers(app: Sphinx) -> set[Path]:
    """The sitemap and robots.txt. A list changes with the newest of its essays; other pages do not say when they changed."""
    changed = {name: max(essay.updated for essay in chosen) for name, _, chosen in archives(app) if chosen}
    changed |= {essay.docname: essay.updated for essay in essays(app.env)}
    if essays(app.env):
        changed[app.config.root_doc] = max(essay.updated for essay in essays(app.env))
    pages = {*(app.env.found_docs - {"404"}), *changed}
    out = Path(app.outdir)
    (out / "sitemap.xml").write_bytes(sitemap.sitemap((head.url(app, page), changed.get(page)) for page in pages))
    (out / "robots.txt").write_text(sitemap.robots(f"{app.config.html_baseurl}sitemap.xml"), encoding="utf-8", newline="\n")
    return {out / "sitemap.xml", out / "robots.txt"}


def sweep(app: Sphinx, kept: set[Path]) -> None:
    """Take away what earlier builds wrote and this one would not have: the pages of a deleted essay above all."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    outdir = Path(app.outdir)
    pages = [*app.env.found_docs, *(name for name, _, _ in [*archives(app), *search.pages(app)])]
    kept |= {Path(app.builder.get_output_path(page)) for page in pages}
    kept |= {outdir / "_images" / name for name in app.builder.images.values()}
    kept |= {outdir / "_images" / name for _, name in app.env.images.values()}
    for path in sorted(outdir.rglob("*"), reverse=True):
        if path.relative_to(outdir).parts[0] in SPHINX:
            continue
        if path.is_dir():
            if not any(path.iterdir()):
                path.rmdir()
        elif path not in kept:
            path.unlink()


def published(app: Sphinx) -> set[str]:
    """Every address and identity of this build, as the ledger writes them."""
    pages = [*(name for name in app.env.found_docs if name != "404"), *(name for name, _, _ in archives(app))]
    found = {f"/{app.builder.get_target_uri(name)}" for name in pages}
    for channel in channels(app):
        found |= {f"/{channel.address(form.name)}" for form in FORMATS} | {channel.id(app.config)}
    for essay in essays(app.env):
        address = f"/{app.builder.get_target_uri(essay.docname)}"
        found |= {f"{address}#{anchor}" for anchor in essay.anchors} | {identity(app.config, f"essays/{essay.id}")}
    return found


def write_redirects(app: Sphinx) -> set[Path]:
    """A page at every address that has moved."""
    written = set()
    for old, new in app.config.insights_redirects.items():
        path = Path(app.outdir) / old.strip("/") / "index.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(permalinks.page(app.config.html_baseurl, old, new), encoding="utf-8", newline="\n")
        written.add(path)
    return written


def write_for_hosts(app: Sphinx) -> set[Path]:
    """The headers and redirects of hosts that read them from files; the policy is that of the pages as they were written."""
    out = Path(app.outdir)
    rules = policy.policy(policy.scripts_of(out))
    files = {"_headers": hosting.headers_file(rules, app.config.insights_hsts)}
    if app.config.insights_redirects:
        files["_redirects"] = hosting.redirects_file(app.config.insights_redirects)
    for name, content in files.items():
        (out / name).write_text(content, encoding="utf-8", newline="\n")
    return {out / name for name in files}


def check_ledger(app: Sphinx, now: set[str]) -> None:
    """Say what was published once and cannot be found any more; keep what is there now, to be added to the ledger on request."""
    redirects = app.config.insights_redirects
    for message in permalinks.wrong(redirects, now):
        logger.error("conf.py: insights_redirects: %s", message)
    (Path(app.doctreedir) / permalinks.LEDGER).write_text(permalinks.merged("", now), encoding="utf-8", newline="\n")
    path = Path(app.srcdir) / permalinks.LEDGER
    if not path.exists():
        return
    ledger = permalinks.read(path.read_text(encoding="utf-8"))
    for problem in permalinks.broken(ledger, now, redirects):
        logger.error("%s", problem.message, location=f"{permalinks.LEDGER}:{problem.line}")
    if added := now - set(ledger):
        logger.info("%s new addresses and identities; `make permalinks` adds them to %s", len(added), permalinks.LEDGER)


def finish(app: Sphinx, exception: Exception | None) -> None:
    """Complete the folder of a site, once Sphinx has written all it writes."""
    if exception is None and isinstance(app.builder, StandaloneHTMLBuilder):
        now = published(app)
        written = [
            write(app)
            for write in (
                assets.write, search.write, write_evidence, write_feeds, write_not_found, write_redirects, write_previews,
                write_for_crawlers, write_for_hosts,
            )
        ]  # fmt: skip
        sweep(app, set[Path]().union(*written))
        check_ledger(app, now)
