"""Reading the essays: front matter checked and handed over, titles checked, links between essays noted."""

import re
from collections.abc import Iterator
from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError
from sphinx.util import logging

from insights.markup import named_anchors
from insights.problems import Problem
from insights.source import (
    ESSAY_TEXT,
    ESSAYS_FOLDER,
    PERMALINKS,
    EssaySource,
    Vocabulary,
    essay_problems,
    essay_slug,
    split_front_matter,
    unreadable_files,
)  # fmt: skip

from . import ablog
from .essay import ANCHORS, FRONT_MATTER, LINKS, OPENING, Link
from .sources import build_sources, build_today

logger = logging.getLogger(__name__)

#: Where the document that is being read keeps the line on which its title is missing.
UNTITLED = "insights_untitled"
TITLE = re.compile(r"^(?:#(?:[ \t]|$)|=+\s*$)", re.MULTILINE)
#: A citation and a footnote; and code, which may show either.
CITATION = re.compile(r"(?<!`)\{cite(?::\w+)?\}`")
FOOTNOTE = re.compile(r"^\[\^[^\]]+\]:", re.MULTILINE)
CODE = re.compile(r"^ *(`{3,})(?! *[{`]).*?^ *\1", re.DOTALL | re.MULTILINE)


def check_sources(app: Sphinx, config: Config) -> None:
    """Report every mistake in the front matter of every essay, and exclude what readers may not see yet."""
    root, today, preview = Path(app.srcdir), build_today(config), config.insights_preview
    essays = list(build_sources(app).values())
    _check_files(root, config, essays)
    for name in ("insights_categories", "insights_tags"):
        _check_vocabulary(config, name)
    if not preview:
        hidden = (essay.slug for essay in essays if not essay.public(today))
        config.exclude_patterns = [*config.exclude_patterns, *sorted(f"{ESSAYS_FOLDER}/{slug}/{ESSAY_TEXT}" for slug in hidden)]
    vocabulary = Vocabulary(config.insights_categories, config.insights_tags)
    for path, problem in essay_problems(root / ESSAYS_FOLDER, essays, vocabulary, today, hidden=preview):
        _report(problem.at(path, root, "insights.front_matter"))
    ablog.set_day(today, preview=preview)


def _check_files(root: Path, config: Config, essays: list[EssaySource]) -> None:
    """Stop before Sphinx reads a file that could keep it busy for hours, or that is not what it looks like."""
    patterns = [*config.include_patterns, *config.bibtex_bibfiles, f"{ESSAYS_FOLDER}/*/*.py", PERMALINKS]
    problems = [(essay.path, problem) for essay in essays if not essay.readable for problem in essay.problems]
    problems += unreadable_files(root, [pattern for pattern in patterns if pattern != f"{ESSAYS_FOLDER}/*/{ESSAY_TEXT}"])
    for path, problem in sorted(problems):
        _report(problem.at(path, root, "insights.file"))
    if problems:
        # Sphinx reports any other exception as a fault of the machinery, on thirty lines.
        raise SystemExit(f"nothing was built, for files that cannot be read: {len(problems)}")


def _report(problem: Problem) -> None:
    kind, _, subtype = problem.kind.partition(".")
    logger.error("%s", problem.message, location=f"{problem.path}:{problem.line}", type=kind, subtype=subtype)


def _check_vocabulary(config: Config, name: str) -> None:
    """Two words with one address would overwrite each other's page; ABlog would split a word at its comma."""
    taken: dict[str, str] = {}
    for word in config[name]:
        address = ablog.term_slug(word)
        if "," in word or not address:
            raise ConfigError(f"{name}: {word!r} cannot be an address; use words without commas")
        if address in taken:
            raise ConfigError(f"{name}: {taken[address]!r} and {word!r} share the address {address!r}; rename one")
        taken[address] = word


def take_front_matter(app: Sphinx, docname: str, source: list[str]) -> None:
    """Keep the checked front matter of an essay, and leave MyST as many empty lines: it would parse it again, twice.

    Lists of references and notes are added at the foot of every essay that has any, so that no author forgets them.
    """
    slug = essay_slug(docname)
    if slug is None:
        return
    essay = build_sources(app).get(slug)
    _, length = split_front_matter(source[0])
    body = source[0].removeprefix("\ufeff").splitlines()[length:]
    if not TITLE.search(CODE.sub("", "\n".join(body))):
        app.env.current_document[UNTITLED] = length + 1
    if essay and essay.record:
        app.env.metadata[docname][FRONT_MATTER] = essay.record
    elif not length:  # the lines above the title were meant as front matter, and have been reported
        above = next((number for number, line in enumerate(body) if line.startswith("# ")), 0)
        body[:above] = [""] * above
    text = "\n".join([*[""] * length, *body, ""])
    prose = CODE.sub("", text)
    if CITATION.search(prose):
        text += "\n## References\n\n```{bibliography}\n:filter: docname in docnames\n```\n"
    if FOOTNOTE.search(prose):
        text += "\n## Notes\n"  # MyST moves them to the end
    source[0] = text


def note_text(app: Sphinx, doctree: nodes.document) -> None:
    """Note how a text begins; of an essay, check the title, and note its anchors and its links to other essays."""
    env, docname = app.env, app.env.docname
    paragraph = doctree.next_node(nodes.paragraph)
    env.metadata[docname][OPENING] = paragraph.astext() if paragraph else ""
    if essay_slug(docname) is None:
        return
    titles = [section for section in doctree.children if isinstance(section, nodes.section)]
    untitled = env.current_document.get(UNTITLED)
    if untitled or len(titles) != 1 or any(isinstance(node, nodes.paragraph) for node in doctree.children):
        line = untitled or (titles[1].line if len(titles) > 1 else None)
        mistake = "no title" if untitled else "a second title" if len(titles) > 1 else "text before the title"
        message = "%s; an essay has one line `# Title`, right below its front matter"
        logger.error(message, mistake, location=(docname, line or 1))
    env.metadata[docname][ANCHORS] = tuple(named_anchors(doctree))
    env.metadata[docname][LINKS] = tuple(dict.fromkeys(_links(env, doctree)))


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


def setup(app: Sphinx) -> None:
    """Check the essays when the build begins, and note each text as it is read."""
    app.connect("config-inited", check_sources, priority=400)  # before ABlog looks for posts
    app.connect("source-read", take_front_matter)
    app.connect("doctree-read", note_text, priority=600)
