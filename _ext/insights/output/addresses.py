"""What a build publishes, compared with all that was ever published; and the pages at addresses that have moved."""

from collections.abc import Mapping, Set
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util import logging

from insights.catalog import Publication
from insights.feeds import feed_addresses
from insights.source import PERMALINKS, SourceFileError, essay_slug, read_source

from . import permalinks

logger = logging.getLogger(__name__)


def published(publication: Publication) -> set[str]:
    """Every address and identity of this build, as permalinks.lock writes them."""
    addresses = {f"/{publication.path(page.docname)}" for page in publication.pages} | feed_addresses(publication)
    for essay in publication.essays:
        addresses |= {f"/{publication.path(essay.docname)}#{anchor}" for anchor in essay.anchors}
        addresses.add(publication.essay_id(essay))
    return addresses


def followed_redirects(app: Sphinx, publication: Publication, addresses: Set[str]) -> dict[str, str]:
    """The redirects of conf.py that can be followed, with those of the feeds below them; the others are errors."""
    redirects = app.config.insights_redirects
    wrong = permalinks.redirect_problems(redirects, addresses)
    for old, message in wrong.items():
        logger.error("insights_redirects: %s", message, location=f"conf.py:{_line(Path(app.confdir) / 'conf.py', old)}")
    followed = {old: new for old, new in redirects.items() if old not in wrong}
    return permalinks.with_feeds(followed, _permalinks(publication.root), addresses)


def redirect_files(publication: Publication, out: Path, redirects: Mapping[str, str]) -> dict[str, str]:
    """A page at every address that has moved; at that of a feed, whose readers follow no page, a copy of the new feed."""
    files = {}
    for old, new in redirects.items():
        if old.endswith("/"):
            files[f"{old[1:]}index.html"] = permalinks.redirect_page(publication.site.url, old, new, publication.site.icon)
        else:
            files[old[1:]] = (out / new[1:]).read_bytes().decode()
    return files


def check_permalinks(publication: Publication, doctrees: Path, addresses: Set[str], redirects: Mapping[str, str]) -> None:
    """Report what was published once and can no longer be found; keep what there is now, for `make permalinks`."""
    (doctrees / PERMALINKS).write_text(permalinks.merge_permalinks("", addresses), encoding="utf-8", newline="\n")
    if any(essay_slug(docname) and docname not in publication.place for docname in publication.texts):
        return  # an essay whose front matter has mistakes publishes nothing, so nothing of it can be missed
    ever = _permalinks(publication.root)
    for problem in permalinks.broken_permalinks(ever, addresses | publication.expected, redirects):
        logger.error("%s", problem.message, location=f"{PERMALINKS}:{problem.line}")
    if ever and (added := addresses - set(ever)):
        logger.info("%s new addresses and identities; `make permalinks` adds them to %s", len(added), PERMALINKS)


def _line(settings: Path, address: str) -> int:
    """The line of conf.py that holds an address, outside a comment."""
    lines = settings.read_text(encoding="utf-8").splitlines()
    return next((number for number, line in enumerate(lines, 1) if address in line.partition("#")[0]), 1)


def _permalinks(root: Path) -> dict[str, int]:
    path = root / PERMALINKS
    try:
        return permalinks.read_permalinks(read_source(path, root)) if path.exists() else {}
    except SourceFileError:  # reported when the build began
        return {}
