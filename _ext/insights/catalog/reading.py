"""Reading the essays: headers checked and taken over from ABlog and MyST, titles checked, links between essays noted."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from pathlib import Path

import ablog.blog
import ablog.post
from ablog.blog import slugify
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from insights.markup import named_anchors, replace_handler
from insights.source import (
    ESSAY_TEXT,
    ESSAYS_FOLDER,
    FENCE,
    PERMALINKS,
    EssaySource,
    Vocabulary,
    essay_problems,
    essay_slug,
    split_front_matter,
    unreadable_files,
)

from .essay import ANCHORS, HEADER, LINKS, Link, sources, today

logger = logging.getLogger(__name__)

#: Directives of ABlog that would say a second time what headers say, and what says it.
SECOND = {
    "post": "the header of an essay says all that a post is",
    "postlist": "the pages of categories and tags list essays",
    "update": "write an entry of `revisions` in the header",
}
#: Where the document that is being read has the line on which its title is missing.
UNTITLED = "insights_untitled"
TITLE = re.compile(r"^(?:#(?:[ \t]|$)|=+\s*$)", re.MULTILINE)
#: A citation, a footnote, and code, in which either may be shown.
CITATION = re.compile(r"(?<!`)\{cite(?::\w+)?\}`")
FOOTNOTE = re.compile(r"^\[\^[^\]]+\]:", re.MULTILINE)
CODE = re.compile(r"^ *(`{3,})(?! *[{`]).*?^ *\1", re.DOTALL | re.MULTILINE)


def check_headers(app: Sphinx, config: Config) -> None:
    """Report every problem of every header at once, and leave out what readers may not see yet."""
    day = today(config)
    folder = Path(app.srcdir) / ESSAYS_FOLDER
    found = list(sources(app).values())
    _check_intake(Path(app.srcdir), config, found)
    for name in ("categories", "tags"):
        _check_vocabulary(config, f"insights_{name}")
    vocabulary = Vocabulary(config.insights_categories, config.insights_tags)
    if not config.insights_preview:
        hidden = [m for m in found if not m.public(day)]
        config.exclude_patterns = [*config.exclude_patterns, *sorted(f"{ESSAYS_FOLDER}/{m.slug}/{ESSAY_TEXT}" for m in hidden)]
    for path, problem in essay_problems(folder, found, vocabulary, day, hidden=config.insights_preview):
        logger.error("%s", problem.message, location=f"{path.relative_to(Path(app.srcdir)).as_posix()}:{problem.line}")
    # ABlog compares dates with the builder's clock at import; the publication's day is a setting.
    ablog.blog.TOMORROW = datetime.max if config.insights_preview else datetime.combine(day + timedelta(days=1), time())


def _check_intake(root: Path, config: Config, essays: list[EssaySource]) -> None:
    """Stop before Sphinx reads a file that could keep it busy for hours, or that is read otherwise than it looks."""
    patterns = [*config.include_patterns, *config.bibtex_bibfiles, f"{ESSAYS_FOLDER}/*/*.py", PERMALINKS]
    found = [(essay.path, problem) for essay in essays if not essay.readable for problem in essay.problems]
    found += unreadable_files(root, [pattern for pattern in patterns if pattern != f"{ESSAYS_FOLDER}/*/{ESSAY_TEXT}"])
    for path, problem in sorted(found):
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
    name = essay_slug(docname)
    if name is None:
        return
    manuscript = sources(app).get(name)
    record = manuscript.record if manuscript else None
    _, length = split_front_matter(source[0])
    body = source[0].removeprefix("\ufeff").splitlines()[length:]
    if not TITLE.search(CODE.sub("", "\n".join(body))):
        app.env.current_document[UNTITLED] = length + 1
    header = []
    if record is not None:
        app.env.metadata[docname][HEADER] = record
        fields: dict[str, str | list[str]] = {"date": record.date.isoformat(), "category": record.category}
        if record.tags:  # of an empty list ABlog makes a tag without a name
            fields["tags"] = record.tags
        header = [FENCE, json.dumps(fields), *[""] * (length - 3), FENCE]
    elif length:
        header = [FENCE, "{orphan: true}", *[""] * (length - 3), FENCE] if length > 2 else [""] * length
    else:  # what stands above the title was to be a header, of which enough has been said
        above = next((number for number, line in enumerate(body) if line.startswith("# ")), 0)
        body[:above] = [""] * above
    text = "\n".join([*header, *body, ""])
    prose = CODE.sub("", text)
    if CITATION.search(prose):
        # The list of references is the foot of every essay that cites, so that no author can forget it.
        text += "\n## References\n\n```{bibliography}\n:filter: docname in docnames\n```\n"
    if FOOTNOTE.search(prose):
        text += "\n## Notes\n"  # MyST moves them to the end
    source[0] = text


def note_post(app: Sphinx, doctree: nodes.document) -> None:
    """Have ABlog note the post without a copy of its whole text, for feeds that we do not let it write.

    The copy took a twentieth of a build of 1,000 essays. It is what ABlog asks the doctree for, so that it gets an empty one.
    """
    doctree.deepcopy = nodes.Element  # type: ignore[assignment]
    try:
        ablog.post.process_posts(app, doctree)
    finally:
        del doctree.deepcopy


def read_text(app: Sphinx, doctree: nodes.document) -> None:
    """Check the title, and note which essays the text links to, and in what words."""
    env = app.env
    if essay_slug(env.docname) is None:
        return
    titles = [section for section in doctree.children if isinstance(section, nodes.section)]
    untitled = env.current_document.get(UNTITLED)
    if untitled or len(titles) != 1 or any(isinstance(node, nodes.paragraph) for node in doctree.children):
        line = untitled or (titles[1].line if len(titles) > 1 else None)
        said = "no title" if untitled else "a second title" if len(titles) > 1 else "text before the title"
        logger.error("%s; an essay has one line `# Title`, right below its header", said, location=(env.docname, line or 1))
    env.metadata[env.docname][ANCHORS] = tuple(named_anchors(doctree))
    env.metadata[env.docname][LINKS] = tuple(dict.fromkeys(_links(env, doctree)))


class Refused(SphinxDirective):
    """A directive that has no place here."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Say what has one."""
        logger.error("the directive {%s} has no place here; %s", self.name, SECOND[self.name], location=self.get_location())
        return []


def _links(env: BuildEnvironment, doctree: nodes.document) -> Iterator[Link]:
    for reference in doctree.findall(addnodes.pending_xref):
        target = _target(env, reference)
        if target is None or target == essay_slug(env.docname):
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
        return essay_slug(env.relfn2path(target, env.docname)[0])
    if domain == "doc":
        return essay_slug(target)
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


def setup(app: Sphinx) -> None:
    """Check and read the essays."""
    app.connect("config-inited", check_headers, priority=400)  # before ABlog looks for posts
    app.connect("source-read", read_header)
    replace_handler(app, "doctree-read", ablog.post.process_posts, note_post)
    for name in SECOND:
        app.add_directive(name, Refused, override=True)
    app.connect("doctree-read", read_text, priority=600)  # after ABlog has noted the post
    app.connect("env-merge-info", merge)
