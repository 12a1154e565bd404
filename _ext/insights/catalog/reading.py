"""Reading the essays: front matter handed over, titles checked, links between essays noted."""

import re
from itertools import pairwise

from docutils import nodes
from markdown_it.renderer import RendererHTML
from sphinx.application import Sphinx
from sphinx.util import logging

from insights.evidence import SHOWN_CHARTS, chart_panels
from insights.markup import LOWERED, ORIGINAL, UNREAD, named_anchors, words
from insights.source import create_parser, essay_slug, split_front_matter

from .essay import ANCHORS, CAPTIONS, FRONT_MATTER, LINKS, OPENING, TITLE
from .links import links_of
from .sources import build_sources

logger = logging.getLogger(__name__)

#: Where the document that is being read keeps the line on which its title is missing.
UNTITLED = "insights_untitled"
HEADING = re.compile(r"^(?:#(?:[ \t]|$)|=+\s*$)", re.MULTILINE)
#: Code, which may show a heading.
CODE = re.compile(r"^ *(`{3,})(?! *[{`]).*?^ *\1", re.DOTALL | re.MULTILINE)


def take_front_matter(app: Sphinx, docname: str, source: list[str]) -> None:
    """Keep the checked front matter of an essay, and leave MyST as many empty lines: it would parse it again, twice."""
    slug = essay_slug(docname)
    if slug is None:
        return
    essay = build_sources(app).get(slug)
    _, length = split_front_matter(source[0])
    body = source[0].removeprefix("\ufeff").splitlines()[length:]
    title, above = essay.record.title if essay and essay.record else "", [""] * length
    if title:
        headings = _first_level(app, body)
        if not headings or _letters(headings[0]) != _letters(title):
            above[-1] = f"# {title}"
            headings.insert(0, title)
        app.env.current_document[LOWERED] = len(headings) > 1
    elif not HEADING.search(CODE.sub("", "\n".join(body))):
        app.env.current_document[UNTITLED] = length + 1
    if essay and essay.record:
        app.env.metadata[docname] |= {FRONT_MATTER: essay.record, ORIGINAL: essay.record.original}
    elif not length:  # the lines above the title were meant as front matter, and have been reported
        first = next((number for number, line in enumerate(body) if line.startswith("# ")), 0)
        body[:first] = [""] * first
    source[0] = "\n".join([*above, *body, ""])


def caption_words(figure: nodes.Element) -> str:
    """The caption of a chart without "Figure 1.", which is no part of it elsewhere."""
    caption = words(figure[0]).partition(". ")[2]
    return " ".join([caption, *(words(part) for part in figure[-1].findall(nodes.paragraph))])


def _first_level(app: Sphinx, body: list[str]) -> list[str]:
    """The headings of the first level in a text, as they are written."""
    tokens = create_parser(app.env.myst_config, RendererHTML).parse("\n".join(body))  # type: ignore[attr-defined] # MyST adds it
    opening = ("heading_open", "h1", 0)
    return [inline.content for token, inline in pairwise(tokens) if (token.type, token.tag, token.level) == opening]


def _letters(title: str) -> str:
    return re.sub(r"[\W_]", "", title).casefold()


def note_text(app: Sphinx, doctree: nodes.document) -> None:
    """Note how a text begins; of an essay, check the title, and note it, its anchors and its links to other essays."""
    env, docname, slug = app.env, app.env.docname, essay_slug(app.env.docname)
    metadata, paragraph, title = env.metadata[docname], doctree.next_node(nodes.paragraph), doctree.next_node(nodes.title)
    metadata[OPENING] = words(paragraph) if paragraph else ""
    if slug is None:
        return
    sections = [section for section in doctree.children if isinstance(section, nodes.section)]
    untitled = env.current_document.get(UNTITLED)
    stray = any(isinstance(node, nodes.paragraph) for node in doctree.children)
    if UNREAD not in doctree and (untitled or len(sections) != 1 or stray):
        line = untitled or (sections[1].line if len(sections) > 1 else None)
        mistake = "no title" if untitled else "a second title" if len(sections) > 1 else "text before the title"
        message = "%s; an essay has one line `# Title`, right below its front matter"
        logger.error(message, mistake, location=(docname, line or 1))
    if title is not None and FRONT_MATTER in metadata:
        metadata[TITLE] = words(title)
        # As ABlog does it: each post has a label, by which {ref} finds it.
        env.domains.standard_domain.labels[slug] = docname, slug, words(title)
        env.domains.standard_domain.anonlabels[slug] = docname, slug
    captions = {name: caption_words(panels.parent) for panels in doctree.findall(chart_panels) for name, _ in panels["charts"]}
    metadata[CAPTIONS] = [captions.get(name, "") for name, _ in metadata.get(SHOWN_CHARTS, ())]
    metadata[ANCHORS] = tuple(named_anchors(doctree))
    metadata[LINKS] = tuple(dict.fromkeys(links_of(env, doctree)))
