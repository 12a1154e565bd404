"""The folder of the site: the files that Sphinx does not write, and none that belongs to nothing any more."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.search import js_index
from sphinx.util import logging

from . import permalinks
from .essay import essays
from .evidence import cache, csv_of, model_of
from .feeds import FORMATS
from .models import evidence
from .pages import archives
from .subscribe import channels, identity, write_feeds

logger = logging.getLogger(__name__)

#: What Sphinx itself keeps in the folder, and keeps right.
SPHINX = {"search", "searchindex.js", "objects.inv", ".buildinfo", "_static"}


def clear_static(app: Sphinx) -> None:
    """Sphinx copies static files on every build, and never takes one away."""
    shutil.rmtree(Path(app.outdir) / "_static", ignore_errors=True)


def write_evidence(app: Sphinx) -> set[Path]:
    """Beside each essay's page, what its evidence is made of: the model, and each chart as a picture and as numbers."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    written = set()
    for essay in essays(app.env):
        model = model_of(app.env, essay.docname)
        if model is None or not essay.has_model:
            continue
        folder = Path(app.builder.get_output_path(essay.docname)).parent
        files = {"model.py": model.read_text(encoding="utf-8")}
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


def prune_search(app: Sphinx) -> None:
    """Take words that no page holds any more out of the search index; Sphinx keeps each it has ever seen, with no pages."""
    path = Path(app.outdir) / "searchindex.js"
    index = js_index.loads(path.read_text(encoding="utf-8"))
    for field in ("terms", "titleterms"):
        index[field] = {word: pages for word, pages in index[field].items() if pages != []}
    path.write_text(js_index.dumps(index), encoding="utf-8", newline="\n")


def sweep(app: Sphinx, kept: set[Path]) -> None:
    """Take away what earlier builds wrote and this one would not have: the pages of a deleted essay above all."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    outdir = Path(app.outdir)
    kept |= {Path(app.builder.get_output_path(page)) for page in [*app.env.found_docs, *(name for name, _, _ in archives(app))]}
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
        prune_search(app)
        now = published(app)
        sweep(app, write_evidence(app) | write_feeds(app) | write_not_found(app) | write_redirects(app))
        check_ledger(app, now)
