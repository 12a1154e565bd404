"""Diagrams that are written as text: the fence ```mermaid, and the directive {mermaid} with options.

```{mermaid}
:alt: What the drawing shows, for readers who cannot see it.
:caption: What it claims.
:name: figure-overview

flowchart LR
  Client -->|request| Server
```
"""

import hashlib
from html import escape
from pathlib import Path
from typing import cast

from docutils import nodes
from docutils.parsers.rst import directives
from docutils.parsers.rst.states import RSTState
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

from insights.cache import build_store
from insights.diagrams import LAYOUT, NARROW, WIDE, Board, Diagram, DiagramError, OvertimeError, draw
from insights.evidence import parted

logger = logging.getLogger(__name__)

#: The key of a text's metadata for the drawings of its diagrams as files, by the name of the file.
DRAWINGS = "insights_drawings"
#: The most diagrams of a text, each of which takes a process; and where the document that is being read keeps their number.
MOST, COUNTED = 40, "insights_diagrams"


class drawing(nodes.General, nodes.Element):
    """A diagram. ``drawn``: the drawings of it; ``alt``: what they show; ``file``: the name of the file with one of them.

    ``written``: its source, whose words are shown.
    """


class drawing_in_words(nodes.General, nodes.Element):
    """A diagram as a list of ``words``: what leads where. ``file``: the name of the file with the wide drawing."""


class MermaidDirective(SphinxDirective):
    """A diagram in Mermaid's language, drawn by the build."""

    optional_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {  # noqa: RUF012 (docutils reads it from the class)
        "alt": directives.unchanged, "caption": directives.unchanged, "title": directives.unchanged,
        "name": directives.unchanged, "class": directives.class_option, "zoom": directives.unchanged,
        "config": directives.unchanged, "align": lambda side: directives.choice(side, ("left", "center", "right")),
    }  # fmt: skip

    def run(self) -> list[nodes.Node]:
        """The figure of a diagram; its source, after an error."""
        source = "\n".join(self.content)
        place = self.get_location()
        if self.arguments:
            logger.error("a diagram in a file, %r; write it below", self.arguments[0], location=place)
            return []
        if "config" in self.options:
            logger.warning(":config: of a diagram has no effect, since diagrams have the look of this site; remove it",
                           location=place, type="insights", subtype="markup")  # fmt: skip
        self.env.current_document[COUNTED] = count = (self.env.current_document.get(COUNTED) or 0) + 1
        if count > MOST:
            if count == MOST + 1:
                logger.error("more than %s diagrams in a text; split the text", MOST, location=place)
            return []
        try:
            diagram = _drawn(source, Path(self.env.srcdir))
        except DiagramError as error:
            logger.error("this diagram cannot be drawn: %s", error, location=self._line(error.line))
            block = nodes.literal_block(source, source.lstrip(" "), language="text")
            self.set_source_info(block)
            return [block]
        for line, message in diagram.advice:
            logger.warning("%s", message, location=self._line(line), type="insights", subtype="markup")
        alt = " ".join((self.options.get("alt") or diagram.description).split())
        if not alt:
            logger.error("this diagram has no alt text; write what it shows in a line of it, accDescr: …, or as :alt: of a "
                         "{mermaid} fence", location=place)  # fmt: skip
        return [self._figure(diagram, alt or " ".join(diagram.words))]

    def _line(self, line: int) -> str:
        """The place of a line of the diagram, from 1."""
        document, first = self.get_source_info()
        above = self.content_offset  # of MyST: below the line of the directive; of reStructuredText: of the text
        return f"{document}:{above + line if isinstance(self.state, RSTState) else first + above + line}"

    def _figure(self, diagram: Diagram, alt: str) -> nodes.figure:
        drawings = self.env.metadata[self.env.docname].setdefault(DRAWINGS, {})
        name = self.options.get("name", "").strip()
        number = 1 + sum(not file.endswith("-narrow.svg") for file in drawings)
        stem = nodes.make_id(name).removeprefix("figure-") or f"diagram-{number}"
        if f"{stem}.svg" in drawings:
            stem = f"{stem}-{number}"
        # Feed readers show one picture everywhere: the narrow one, whose letters can be read on a phone.
        file = f"{stem}.svg"
        small = file if diagram.narrow == diagram.wide else f"{stem}-narrow.svg"
        drawings |= {file: diagram.wide.file, small: diagram.narrow.file}
        figure = nodes.figure("", classes=["diagram", *self.options.get("class", [])])
        below: list[nodes.paragraph] = []
        if words := self.options.get("caption") or self.options.get("title") or diagram.title:
            inline, _ = self.parse_inline(words, lineno=self.lineno)
            # The number is of `numbers.py`, which counts charts and diagrams together.
            caption = nodes.caption("", "", *inline)
            self.set_source_info(caption)
            below = parted(caption)
            caption.insert(0, [nodes.strong("", "Figure."), nodes.Text(" ")])
            figure += caption
            figure["classes"].append("chart")
        if nodes.fully_normalize_name(name) in self.state.document.nameids:
            logger.error("the name %r is in this text already; rename one of the two", name, location=self.get_location())
        elif name:
            figure["names"].append(nodes.fully_normalize_name(name))
            self.state.document.note_implicit_target(figure, figure)
        if not figure["ids"]:  # an id for its number, but no anchor: it would change with the diagrams above
            self.state.document.set_id(figure)
        if "align" in self.options:
            figure["align"] = self.options["align"]
        figure += drawing(drawn=diagram, alt=alt, file=small, written="\n".join(self.content))
        figure += nodes.legend("", *below, drawing_in_words(words=list(diagram.words), file=file))
        self.set_source_info(figure)
        return figure


def _drawn(source: str, root: Path) -> Diagram:
    """The diagram of a ``source``: drawn once, for all builds of the publication in ``root``. Raises DiagramError."""
    digest = hashlib.sha256(f"{LAYOUT}: {source}".encode()).hexdigest()[:24]
    store, name = build_store(root / "_build"), f"diagrams/{digest}"
    kept: Diagram | DiagramError | None = store.read(name, None)
    if kept is None:
        try:
            kept = draw(source)
        except OvertimeError:
            raise
        except DiagramError as error:
            kept = error
        store.write(name, kept if isinstance(kept, Diagram) else (str(kept), kept.line))
    elif isinstance(kept, tuple) and not isinstance(kept, Diagram):
        kept = DiagramError(*cast("tuple[str, int]", kept))
    if isinstance(kept, DiagramError):
        raise kept
    return kept


def visit_drawing(self: HTML5Translator, node: drawing) -> None:
    """Write the drawings for a wide page and for a phone, of which the style sheet shows the one that fits."""
    wide, narrow = node["drawn"].wide, node["drawn"].narrow
    boards = [_board(wide, WIDE, only=wide == narrow)] + ([_board(narrow, NARROW, only=False)] if wide != narrow else [])
    focus = ' tabindex="0"' if any('class="scrolled' in board for board in boards) else ""
    size = f'data-width="{_file_size(narrow.file, "width")}" data-height="{_file_size(narrow.file, "height")}"'
    self.body.append(f'<div class="drawings" role="img" aria-label="{escape(node["alt"])}"{focus}>')
    self.body.append(f'<div class="drawing" data-picture="{escape(node["file"])}" {size}>')
    self.body += [*boards, "</div></div>\n"]
    raise nodes.SkipNode


def _board(board: Board, most: float, *, only: bool) -> str:
    """A drawing; one that is wider than the page is not scaled down, since nobody could read it, but scrolled.

    ``only``: whether it is the drawing for phones too.
    """
    scrolled = "scrolled" if board.width > most else "scrolled-on-phones" if only and board.width > NARROW else ""
    return board.page.replace('class="', f'class="{scrolled} ', 1) if scrolled else board.page


def _file_size(svg: str, side: str) -> str:
    return str(round(float(svg.partition(f' {side}="')[2].partition('"')[0])))


def visit_drawing_in_words(self: HTML5Translator, node: drawing_in_words) -> None:
    """Write a diagram as a list that opens on demand."""
    items = "".join(f"<li>{escape(words)}</li>" for words in node["words"])
    self.body.append(f'<a class="enlarge" href="{escape(node["file"])}" aria-label="Enlarge the diagram">Enlarge</a>\n')
    self.body.append(f'<details class="diagram-words"><summary>The diagram in words</summary><ul>{items}</ul></details>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> None:
    """Register the directive and its nodes."""
    app.add_directive("mermaid", MermaidDirective)
    app.add_node(drawing, html=(visit_drawing, None))
    app.add_node(drawing_in_words, html=(visit_drawing_in_words, None))
