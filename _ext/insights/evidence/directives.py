"""Evidence in a text: ``{result}`` prints a number from the essay's model, ``{chart}`` shows a chart of it.

The floor is {result}`floor_minutes:.0f` minutes a year.

```{chart} replicas
:alt: What the chart shows, for readers who cannot see it.
What the chart claims. Inputs: what the model assumes.
```
"""

import re
from pathlib import Path
from typing import cast

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole

from . import EVIDENCE_DIGEST, MODEL_INPUTS, QUOTED_RESULTS, SHOWN_CHARTS
from .captions import PARAGRAPH
from .charts import Chart
from .models import Evidence, ModelError, model_evidence
from .nodes import chart_data, chart_panels, parted, result
from .numbers import exact_number, formatted, plain_number

logger = logging.getLogger(__name__)

#: The most characters of a number that is printed without a format.
LONGEST = 8
#: A result in the alt text of a chart, where Markdown reads no roles.
RESULT_IN_ALT = re.compile(r"\{result\}`([^`]+)`")


def _evidence(env: BuildEnvironment, location: object) -> Evidence | None:
    """The evidence of the essay that is being read; None, after an error, if it has none.

    An error of the model is reported once, at its line in the model, and not again wherever the text needs the model.
    """
    temp = env.current_document
    if "insights_evidence" not in temp:
        temp["insights_evidence"] = None
        model = Path(env.doc2path(env.docname)).with_name("model.py")
        if not model.is_file():
            logger.error("no model.py next to this text; write one, or remove the role or directive", location=location)
            return None
        try:
            temp["insights_evidence"] = evidence = model_evidence(model)
            env.metadata[env.docname][EVIDENCE_DIGEST] = evidence.digest
            env.metadata[env.docname][MODEL_INPUTS] = evidence.inputs, evidence.packages
        except ModelError as error:
            place = f"{error.path.relative_to(env.srcdir).as_posix()}:{error.problem.line}"
            logger.error("%s", error.problem.message, location=place)
    return cast("Evidence | None", temp["insights_evidence"])


class ResultRole(SphinxRole):
    """``{result}`NAME:SPEC` ``: the result NAME of the essay's model, in the format SPEC of Python."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        formatted = _format_result(self.env, self.text, self.get_location())
        return ([result(self.rawtext, formatted[0], of=formatted[1])] if formatted else []), []


def _format_result(env: BuildEnvironment, reference: str, location: object) -> tuple[str, str] | None:
    """The text that ``reference``, NAME or NAME:SPEC, stands for, and its source as NAME = VALUE; None after an error."""
    evidence = _evidence(env, location)
    if evidence is None:
        return None
    name, _, spec = reference.partition(":")
    if name not in evidence.results:
        logger.error("no result %r in model.py; there are: %s", name, ", ".join(evidence.results), location=location)
        return None
    value = evidence.results[name]
    try:
        text = formatted(value, spec) if spec or isinstance(value, str) else exact_number(value)
    except (ValueError, OverflowError) as error:
        logger.error("%s cannot be formatted as %r: %s; allowed is a format spec of Python, such as :.1f, :,.0f or :.1%%",
                     name, spec, error, location=location)  # fmt: skip
        return None
    if len(text) > LONGEST and not spec and isinstance(value, float):
        logger.error("%s is %s; write how many digits to print, as in {result}`%s:.2f`", name, text, name, location=location)
    env.metadata[env.docname].setdefault(QUOTED_RESULTS, {})[name] = value
    shown = value if isinstance(value, str) else plain_number(value, evidence.results.values())
    return text, f"{name} = {shown}"


class ChartDirective(SphinxDirective):
    """One chart, or several side by side: the arguments name chart functions of the model, the content is the caption."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"alt": directives.unchanged, "class": directives.class_option}  # noqa: RUF012 (docutils reads it from the class)

    def run(self) -> list[nodes.Node]:
        location = self.get_location()
        names, alt = self.arguments[0].split(), self.options.get("alt", "")
        if not alt.strip():
            logger.error("chart %s has no :alt:; say in a sentence what it shows", names[0], location=location)
        if not self.content:
            logger.error("chart %s has no caption; write below its options what it claims", names[0], location=location)
        evidence = _evidence(self.env, location)
        if evidence is None:
            return []
        if unknown := [name for name in names if name not in evidence.charts]:
            logger.error("no chart %s in model.py; there are: %s (a chart is a function of one argument, axes)",
                         ", ".join(unknown), ", ".join(evidence.charts) or "none", location=location)  # fmt: skip
            return []
        written = alt
        alt = RESULT_IN_ALT.sub(lambda role: (_format_result(self.env, role[1], location) or [""])[0], alt)
        shown: list[tuple[str, str]] = self.env.metadata[self.env.docname].setdefault(SHOWN_CHARTS, [])
        if again := [name for name in names if name in {earlier for earlier, _ in shown}]:
            logger.error("chart %s is in this text already; link to it: [Figure](#%s)", again[0], _anchor(again[0]),
                         location=location)  # fmt: skip
            return []
        caption = self._caption(names[0], location)
        shown += [(name, alt) for name in names]
        return [self._figure([(name, evidence.charts[name]) for name in names], alt, written, caption)]

    def _caption(self, name: str, location: object) -> nodes.caption:
        caption = nodes.caption()
        for paragraph in self.parse_content_to_nodes(allow_section_headings=False):
            caption.line = caption.line or paragraph.line
            if len(caption):
                caption += nodes.Text(PARAGRAPH)
            if not isinstance(paragraph, nodes.paragraph):
                logger.error("the caption of chart %s holds more than paragraphs; move the rest below the chart", name,
                             location=location)  # fmt: skip
            caption += paragraph.children
        return caption

    def _figure(self, charts: list[tuple[str, Chart]], alt: str, written: str, caption: nodes.caption) -> nodes.figure:
        number: int = self.env.current_document.get("insights_figures", 0) + 1  # type: ignore[operator]
        self.env.current_document["insights_figures"] = number
        below = parted(caption)
        caption.insert(0, [nodes.strong("", f"Figure {number}."), nodes.Text(" ")])
        classes = ["chart", *(["wide"] if len(charts) > 1 else []), *self.options.get("class", [])]
        panels = chart_panels(charts=charts, alt=alt, written_alt=written)
        figure = nodes.figure("", caption, panels, nodes.legend("", *below, chart_data(charts=charts)), classes=classes)
        # So that [Figure 1](#figure-replicas) leads to it, as to any other figure with a name.
        figure["names"].append(_anchor(charts[0][0]))
        self.state.document.note_implicit_target(figure, figure)
        self.set_source_info(figure)
        return figure


class FigureAnchors(SphinxTransform):
    """Make figures targets of links in their own text, and of links from others by its path: two essays may use one name.

    Sphinx notes explicit names at priority 850, and takes them for names of the whole site; MyST looks names up at 879, and takes
    them for names of the text.
    """

    default_priority = 870

    def apply(self) -> None:
        slugs = self.env.metadata[self.env.docname].setdefault("myst_slugs", {})
        for figure in self.document.findall(nodes.figure):
            if "chart" in figure["classes"]:
                for name in figure["names"]:
                    self.document.nametypes[name] = True
                    slugs[name] = (figure.line, figure["ids"][0], figure[0].astext().partition(".")[0])


def _anchor(name: str) -> str:
    """The id of the figure whose first chart is ``name``."""
    return f"figure-{name.replace('_', '-')}"
