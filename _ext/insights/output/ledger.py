"""What a build publishes, held against the ledger of all that was ever published; and what stands where something has moved."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Set
from pathlib import Path

from ablog.blog import slugify
from sphinx.application import Sphinx
from sphinx.util import logging

from insights.catalog import FORMATS, all_listings, essays, identity, publication, sources, today
from insights.feeds import feed_addresses
from insights.search import search_pages
from insights.source import ESSAYS_FOLDER, PERMALINKS, essay_slug

from . import permalinks

logger = logging.getLogger(__name__)


def published(app: Sphinx) -> set[str]:
    """Every address and identity of this build, as the ledger writes them."""
    lists = [listing.pagename for listing in all_listings(app)]
    pages = [*(app.env.found_docs - {"404"}), *lists, *(name for name, _, _ in search_pages(app))]
    found = {f"/{app.builder.get_target_uri(name)}" for name in pages} | feed_addresses(app)
    for essay in essays(app.env):
        address = f"/{app.builder.get_target_uri(essay.docname)}"
        found |= {f"{address}#{anchor}" for anchor in essay.anchors} | {identity(app.config, f"essays/{essay.id}")}
    return found


def scheduled(app: Sphinx) -> set[str]:
    """The addresses and identities that essays will bring which are not out yet, but for the anchors in them."""
    found = set()
    for manuscript in sources(app).values():
        record = manuscript.record
        if record and not record.draft and not manuscript.public(today(app.config)):
            category = slugify(record.category)
            lists = [f"category/{category}", *(f"tag/{slugify(tag)}" for tag in record.tags), str(record.date.year)]
            found |= {f"/{ESSAYS_FOLDER}/{name}/" for name in (manuscript.slug, *lists)}
            found |= {f"/{ESSAYS_FOLDER}/category/{category}/{form.name}" for form in FORMATS}
            found |= {identity(app.config, name) for name in (f"essays/{record.id or manuscript.slug}", f"feed/{category}")}
    return found


def redirects(app: Sphinx, now: Set[str]) -> dict[str, str]:
    """The redirects of conf.py that can be followed, with those of the feeds below them; the others are errors."""
    asked = app.config.insights_redirects
    wrong = permalinks.wrong(asked, now)
    for old, message in wrong.items():
        logger.error("insights_redirects: %s", message, location=f"conf.py:{_line(Path(app.confdir) / 'conf.py', old)}")
    followed = {old: new for old, new in asked.items() if old not in wrong}
    return permalinks.with_feeds(followed, _kept(app), now)


def write_redirects(app: Sphinx, moved: Mapping[str, str]) -> set[str]:
    """A page at every address that has ``moved``; in the place of a feed, whose readers a page sends nowhere, the feed itself."""
    out = Path(app.outdir)
    names = {old: old.strip("/") + ("/index.html" if old.endswith("/") else "") for old in moved}
    for old, name in names.items():
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        if old.endswith("/"):
            page = permalinks.redirect_page(app.config.html_baseurl, old, moved[old])
            (out / name).write_text(page, encoding="utf-8", newline="\n")
        else:
            shutil.copyfile(out / moved[old].strip("/"), out / name)
    return set(names.values())


def check(app: Sphinx, now: Set[str], moved: Mapping[str, str]) -> None:
    """Say what was published once and cannot be found any more; keep what is there now, to be added to the ledger on request."""
    (Path(app.doctreedir) / PERMALINKS).write_text(permalinks.merge_permalinks("", now), encoding="utf-8", newline="\n")
    if any(essay_slug(name) and name not in publication(app.env).place for name in app.env.found_docs):
        return  # an essay whose header cannot be read brings nothing, of which nobody can say that it is gone
    kept = _kept(app)
    for problem in permalinks.broken(kept, now | scheduled(app), moved):
        logger.error("%s", problem.message, location=f"{PERMALINKS}:{problem.line}")
    if kept and (added := now - set(kept)):
        logger.info("%s new addresses and identities; `make permalinks` adds them to %s", len(added), PERMALINKS)


def _line(settings: Path, address: str) -> int:
    """The line of conf.py on which an address stands, outside a comment."""
    lines = settings.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if address in line.partition("#")[0]), 1)


def _kept(app: Sphinx) -> dict[str, int]:
    path = Path(app.srcdir) / PERMALINKS
    return permalinks.read_permalinks(path.read_text(encoding="utf-8")) if path.exists() else {}
