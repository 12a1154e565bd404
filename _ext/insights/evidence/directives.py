"""Evidence in the text: ``{result}`` prints one number of the essay's model, ``{chart}`` places one of its charts.

The floor is {result}`floor_minutes:.0f` minutes a year.

```{chart} replicas
:alt: What the chart shows, for those who do not see it.
What the chart claims. Inputs: what went in.
```
"""

from __future__ import annotations

import csv
import io
import re
from html import escape
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective, SphinxRole
from sphinx.writers.html5 import HTML5Translator

from .charts import Cell, Chart, plain_number
from .models import Evidence, ModelError, model_evidence, model_problem, model_sources

logger = logging.getLogger(__name__)

#: Where in an essay's metadata this module keeps what the foot of its page says; Sphinx purges and merges metadata itself.
QUOTED_RESULTS, SHOWN_CHARTS, EVIDENCE_DIGEST = "evidence_results", "evidence_charts", "evidence_digest"

#: The most characters of a number that is printed as it is.
LONGEST = 8

#: An attribute holds no roles, but the numbers in it are to be the model's as well.
RESULT_IN_ALT = re.compile(r"\{result\}`([^`]+)`")


class result(nodes.inline):
    """A number that the model computed. ``of``: which result it is, and how much."""


class chart_panels(nodes.General, nodes.Element):
    """The charts of a figure, side by side where there is room. ``charts``: [(name, Chart)]; ``alt``: what they show."""


class chart_data(nodes.General, nodes.Element):
    """The numbers behind the charts of a figure. ``charts``: [(name, Chart)]."""


def model_of(env: BuildEnvironment, docname: str) -> Path | None:
    """The model beside the text of ``docname``, if there is one."""
    model = Path(env.doc2path(docname)).with_name("model.py")
    return model if model.is_file() else None


def evidence_folder(app: Sphinx) -> Path:
    """Where evidence is kept between builds."""
    return Path(app.doctreedir) / "evidence"


def _evidence(env: BuildEnvironment, location: object) -> Evidence | None:
    """The evidence of the essay that is being read; None, once the reason is said, where it has none.

    A fault of the model is said once, where it is in the model, not forty times where the text needs it.
    """
    temp = env.current_document
    if "insights_evidence" not in temp:
        temp["insights_evidence"] = None
        model = model_of(env, env.docname)
        if model is None:
            logger.error("no model.py beside this text; write one, or take the role or directive out", location=location)
            return None
        for source in model_sources(model):
            env.note_dependency(source)
        try:
            found = model_evidence(model, evidence_folder(env.app))
            temp["insights_evidence"] = found
            env.metadata[env.docname][EVIDENCE_DIGEST] = found.digest
        except ModelError as error:
            path, problem = model_problem(model, error)
            logger.error("%s", problem.message, location=f"{path.relative_to(env.srcdir).as_posix()}:{problem.line}")
    kept: Evidence | None = temp["insights_evidence"]
    return kept


class ResultRole(SphinxRole):
    """``{result}`NAME:SPEC` ``: the result NAME of the essay's model, by Python's format SPEC."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        found = _result(self.env, self.text, self.get_location())
        return ([] if found is None else [result(self.rawtext, found[0], of=found[1])]), []


def _result(env: BuildEnvironment, asked: str, location: object) -> tuple[str, str] | None:
    """What ``asked`` for, NAME or NAME:SPEC, prints, and what it is; None, once the reason is said, where there is none."""
    found = _evidence(env, location)
    if found is None:
        return None
    name, _, spec = asked.partition(":")
    if name not in found.results:
        logger.error("no result %r in model.py; there are: %s", name, ", ".join(found.results), location=location)
        return None
    value = found.results[name]
    try:
        text = format(value, spec)
    except ValueError as error:
        logger.error("%s cannot be written as %r: %s; allowed is Python's format spec, such as :.1f, :,.0f or :.1%%",
                     name, spec, error, location=location)  # fmt: skip
        return None
    if len(text) > LONGEST and not spec and isinstance(value, float):
        logger.error("%s is %s; say how much of it to print, as in {result}`%s:.2f`", name, text, name, location=location)
    env.metadata[env.docname].setdefault(QUOTED_RESULTS, {})[name] = value
    return text.replace("-", "−") if isinstance(value, float | int) else text, f"{name} = {_cell(value)}"


class ChartDirective(SphinxDirective):
    """One chart, or several side by side: arguments are names of the model's chart functions, the content is the caption."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec = {"alt": directives.unchanged}  # noqa: RUF012 (docutils reads it from the class)

    def run(self) -> list[nodes.Node]:
        location = self.get_location()
        names = self.arguments[0].split()
        if not self.options.get("alt", "").strip():
            logger.error("chart %s has no :alt:; say in a sentence what it shows", names[0], location=location)
        if not self.content:
            logger.error("chart %s has no caption; say below its options what it claims", names[0], location=location)
        found = _evidence(self.env, location)
        if found is None:
            return []
        if unknown := [name for name in names if name not in found.charts]:
            logger.error("no chart %s in model.py; there are: %s (a chart is a function of one argument, axes)",
                         ", ".join(unknown), ", ".join(found.charts) or "none", location=location)  # fmt: skip
            return []
        alt = RESULT_IN_ALT.sub(lambda asked: (_result(self.env, asked[1], location) or [""])[0], self.options.get("alt", ""))
        placed: list[tuple[str, str, str]] = self.env.metadata[self.env.docname].setdefault(SHOWN_CHARTS, [])
        if again := [name for name in names if name in {before for before, *_ in placed}]:
            logger.error(
                "chart %s stands in this text already; link to it: [Figure](#%s)", again[0], _anchor(again[0]), location=location
            )
            return []
        caption = nodes.caption()
        for paragraph in self.parse_content_to_nodes(allow_section_headings=False):
            if len(caption):
                caption += nodes.Text(" ")
            if not isinstance(paragraph, nodes.paragraph):
                logger.error("the caption of chart %s is more than sentences; place the rest below the chart", names[0],
                             location=location)  # fmt: skip
            caption += paragraph.children
        placed += [(name, alt, _plain(caption)) for name in names]
        return [self._figure([(name, found.charts[name]) for name in names], alt, caption)]

    def _figure(self, charts: list[tuple[str, Chart]], alt: str, caption: nodes.caption) -> nodes.figure:
        number: int = self.env.current_document.get("insights_figures", 0) + 1  # type: ignore[operator]
        self.env.current_document["insights_figures"] = number
        caption.insert(0, [nodes.strong("", f"Figure {number}."), nodes.Text(" ")])
        figure = nodes.figure("", chart_panels(charts=charts, alt=alt), caption, classes=["chart"])
        figure += nodes.legend("", chart_data(charts=charts))
        # [Figure 1](#figure-replicas) finds it, as it finds any other named figure.
        figure["names"].append(_anchor(charts[0][0]))
        self.state.document.note_implicit_target(figure, figure)
        self.set_source_info(figure)
        return figure


def _plain(caption: nodes.caption) -> str:
    """The words of a caption, without the numbers of sources and notes, which stand for nothing on another page."""
    text = ""
    for part in caption.children:
        if isinstance(part, nodes.footnote_reference) or (isinstance(part, nodes.Element) and part.get("refdomain") == "cite"):
            text = text.rstrip()
        else:
            text += part.astext()
    return text


class FigureAnchors(SphinxTransform):
    """Let links find figures in their own text, and by its path from others, so that two essays may name a chart alike.

    An explicit name is one of the whole site to Sphinx, which notes them at 850; to MyST, which looks for them at 879, it is one
    of the text.
    """

    default_priority = 870

    def apply(self) -> None:
        slugs = self.env.metadata[self.env.docname].setdefault("myst_slugs", {})
        for figure in self.document.findall(nodes.figure):
            if "chart" in figure["classes"]:
                for name in figure["names"]:
                    self.document.nametypes[name] = True
                    slugs[name] = (figure.line, figure["ids"][0], figure[1].astext().partition(".")[0])


def _anchor(name: str) -> str:
    """The id of the figure whose first chart is ``name``."""
    return f"figure-{name.replace('_', '-')}"


def visit_result(self: HTML5Translator, node: result) -> None:
    """A number says on demand which result it is."""
    self.body.append(f'<span class="result" title="{escape(node["of"])}">')


def depart_result(self: HTML5Translator, node: result) -> None:
    """Close the number."""
    self.body.append("</span>")


def visit_panels(self: HTML5Translator, node: chart_panels) -> None:
    """A page gets both artboards, and its style sheet shows the one that fits."""
    several = " several" if len(node["charts"]) > 1 else ""
    self.body.append(f'<div class="panels{several}" role="img" aria-label="{escape(node["alt"])}">')
    for name, chart in node["charts"]:
        boards = chart.narrow if several else chart.wide + chart.narrow
        self.body.append(f'<div class="panel" data-picture="{name}.svg">{boards}</div>')
    self.body.append("</div>\n")
    raise nodes.SkipNode


def visit_chart_data(self: HTML5Translator, node: chart_data) -> None:
    """The numbers are one step away: a table to open, and the same as a file."""
    for name, chart in node["charts"]:
        title = "The numbers" if len(node["charts"]) == 1 else f"The numbers: {name.replace('_', ' ')}"
        self.body.append(f'<details class="chart-data"><summary>{escape(title)}</summary>')
        self.body.append(f'<p><a href="{name}.csv" download>{name}.csv</a> · <a href="{name}.svg">{name}.svg</a></p>')
        self.body.append(
            f'<div class="table-wrapper" tabindex="0" role="group" aria-label="Table: {escape(title)}"><table><thead><tr>'
        )
        self.body.extend(f'<th scope="col">{escape(column)}</th>' for column in chart.table)
        self.body.append("</tr></thead><tbody>")
        for row in zip(*chart.table.values(), strict=True):
            self.body.append("<tr>" + "".join(f"<td>{escape(_cell(value))}</td>" for value in row) + "</tr>")
        self.body.append("</tbody></table></div></details>\n")
    raise nodes.SkipNode


def _cell(value: Cell) -> str:
    return value if isinstance(value, str) else plain_number(value)


def chart_csv(chart: Chart) -> str:
    """The numbers behind a chart as CSV (RFC 4180, but with line feeds), at full precision."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(chart.table)
    writer.writerows(zip(*chart.table.values(), strict=True))
    return out.getvalue()


def setup(app: Sphinx) -> None:
    """The role, the directive and what they leave in the text."""
    app.add_role("result", ResultRole())
    app.add_directive("chart", ChartDirective)
    app.add_transform(FigureAnchors)
    app.add_node(result, html=(visit_result, depart_result))
    app.add_node(chart_panels, html=(visit_panels, None))
    app.add_node(chart_data, html=(visit_chart_data, None))
