"""Reading the essays: headers checked and taken over from ABlog and MyST, titles checked, links between essays noted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import ablog.blog
from ablog.blog import slugify
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

from . import intake, manuscripts, permalinks
from .essay import ANCHORS, FOLDER, HEADER, LINKS, Link, slug, today
from .front_matter import FENCE, parse, split

logger = logging.getLogger(__name__)


def check_headers(app: Sphinx, config: Config) -> None:
    """Report every problem of every header at once, and leave out what readers may not see yet."""
    day = today(config)
    folder = Path(app.srcdir) / FOLDER
    _check_intake(Path(app.srcdir), config)
    found = manuscripts.read(folder, Path(app.doctreedir) / "headers.pickle")
    for name in ("categories", "tags"):
        _check_vocabulary(config, f"insights_{name}")
    vocabulary = manuscripts.Vocabulary(config.insights_categories, config.insights_tags)
    if not config.insights_preview:
        hidden = [m for m in found if not m.public(day)]
        config.exclude_patterns = [*config.exclude_patterns, *sorted(f"{FOLDER}/{m.slug}/{manuscripts.TEXT}" for m in hidden)]
    for path, problem in manuscripts.problems(folder, found, vocabulary, None if config.insights_preview else day):
        logger.error("%s", problem.message, location=f"{path.relative_to(Path(app.srcdir)).as_posix()}:{problem.line}")
    # ABlog compares dates with the builder's clock at import; the publication's day is a setting.
    ablog.blog.TOMORROW = datetime.max if config.insights_preview else datetime.combine(day + timedelta(days=1), time())


def _check_intake(root: Path, config: Config) -> None:
    """Stop before Sphinx reads a file that could keep it busy for hours, or that is read otherwise than it looks."""
    patterns = [*config.include_patterns, *config.bibtex_bibfiles, f"{FOLDER}/*/*.py", permalinks.LEDGER]
    found = list(intake.problems(root, patterns))
    for path, problem in found:
        logger.error("%s", problem.message, location=f"{path.relative_to(root).as_posix()}:{problem.line}")
    if found:
        # Any other exception Sphinx would take for a fault of the machinery, and say so on thirty lines.
        raise SystemExit(f"nothing was built, for files that cannot be read: {len(found)}")


def _check_vocabulary(config: Config, name: str) -> None:
    """Two words with one address would overwrite each other's page; ABlog would part a word at its comma."""
    taken: dict[str, str] = {}
    for word in config[name]:
        address = slugify(word)
        if "," in word or not address:
            raise ConfigError(f"{name}: {word!r} cannot be an address; use words without commas")
        if address in taken:
            raise ConfigError(f"{name}: {taken[address]!r} and {word!r} share the address {address!r}; rename one")
        taken[address] = word


def read_header(app: Sphinx, docname: str, source: list[str]) -> None:
    """Keep the typed header, and leave ABlog and MyST only the three fields that ABlog reads, on as many lines.

    MyST prints or interprets some of an author's fields, and ABlog others; neither checks any.
    """
    if slug(docname) is None:
        return
    record = parse(source[0]).record
    _, length = split(source[0])
    body = source[0].removeprefix("\ufeff").splitlines()[length:]
    header = []
    if record is not None:
        app.env.metadata[docname][HEADER] = record
        fields: dict[str, str | list[str]] = {"date": record.date.isoformat(), "category": record.category}
        if record.tags:  # of an empty list ABlog makes a tag without a name
            fields["tags"] = record.tags
        header = [FENCE, json.dumps(fields), *[""] * (length - 3), FENCE]
    elif length:
        header = [FENCE, "{orphan: true}", *[""] * (length - 3), FENCE] if length > 2 else [""] * length
    text = "\n".join([*header, *body, ""])
    if "{cite" in text:
        # The list of references is the foot of every essay that cites, so that no author can forget it.
        text += "\n## References\n\n```{bibliography}\n:filter: docname in docnames\n```\n"
    source[0] = text


def read_text(app: Sphinx, doctree: nodes.document) -> None:
    """Check the title, and note which essays the text links to, and in what words."""
    env = app.env
    if slug(env.docname) is None:
        return
    titles = [section for section in doctree.children if isinstance(section, nodes.section)]
    if len(titles) != 1 or any(isinstance(node, nodes.paragraph) for node in doctree.children):
        line = titles[1].line if len(titles) > 1 else None
        said = "a second title" if len(titles) > 1 else "no title" if not titles else "text before the title"
        logger.error("%s; an essay has one line `# Title`, right below its header", said, location=(env.docname, line or 1))
    env.metadata[env.docname][ANCHORS] = tuple(_anchors(doctree))
    env.metadata[env.docname][LINKS] = tuple(dict.fromkeys(_links(env, doctree)))
    # ABlog keeps each essay's text a second time, for feeds that we do not let it write.
    for post in env.ablog_posts.get(env.docname, []):  # type: ignore[attr-defined]
        post["doctree"] = post["excerpt"] = None


def _anchors(doctree: nodes.document) -> Iterator[str]:
    """What somebody may have linked to: headings and figures, by ids that are words. docutils numbers all others."""
    for kind in (nodes.section, nodes.figure):
        for node in doctree.findall(kind):
            if not isinstance(node.parent, nodes.document):
                yield from (name for name in node["ids"] if not re.fullmatch(r"id\d+", name))


def _links(env: BuildEnvironment, doctree: nodes.document) -> Iterator[Link]:
    for reference in doctree.findall(addnodes.pending_xref):
        target = _target(env, reference)
        if target is None or target == slug(env.docname):
            continue
        paragraph = reference.parent
        while paragraph is not None and not isinstance(paragraph, nodes.paragraph):
            paragraph = paragraph.parent
        if paragraph is not None:
            yield Link(target, *_sentence(paragraph, reference))


def _target(env: BuildEnvironment, reference: addnodes.pending_xref) -> str | None:
    """The slug of the essay that a reference leads to, if it is one to an essay."""
    domain, kind, target = reference.get("refdomain"), reference.get("reftype"), reference["reftarget"]
    if domain == "std" and kind == "doc":
        return slug(env.relfn2path(target, env.docname)[0])
    if domain == "doc":
        return slug(target)
    return None


def _sentence(paragraph: nodes.Element, reference: nodes.Element) -> tuple[str, str, str]:
    """The sentence around ``reference`` in ``paragraph``: what stands before it, its words, what stands after it."""
    before, after, passed = "", "", False
    for text in paragraph.findall(nodes.Text):
        ancestor: nodes.Node | None = text
        while ancestor is not None and ancestor is not reference and ancestor is not paragraph:
            ancestor = ancestor.parent
        if ancestor is reference:
            passed = True
        elif passed:
            after += text.astext()
        else:
            before += text.astext()
    start = max((before.rfind(stop) + len(stop) for stop in (". ", "? ", "! ", ".” ") if stop in before), default=0)
    ends = [position + 1 for stop in (". ", "? ", "! ") if (position := after.find(stop)) >= 0]
    return before[start:].lstrip(), reference.astext(), after[: min(ends)] if ends else after


def merge(app: Sphinx, env: BuildEnvironment, docnames: list[str], other: BuildEnvironment) -> None:
    """Bring home what ABlog noted in a process that read some of the texts; ABlog itself only knows of one process."""
    mine, theirs = getattr(env, "ablog_posts", {}), getattr(other, "ablog_posts", {})
    env.ablog_posts = mine | {docname: theirs[docname] for docname in docnames if docname in theirs}  # type: ignore[attr-defined]
