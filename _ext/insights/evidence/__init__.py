"""The evidence of essays: models that are run, their results and charts, and the directives that place them in a text."""

from sphinx.application import Sphinx

from . import directives
from .charts import ARTBOARDS, plain_number
from .directives import EVIDENCE_DIGEST, QUOTED_RESULTS, SHOWN_CHARTS, chart_csv, chart_panels, text_evidence
from .models import ModelError, library_versions, model_evidence, model_sources


def setup(app: Sphinx) -> None:
    """Register the role, the directive and their nodes."""
    app.add_role("result", directives.ResultRole())
    app.add_directive("chart", directives.ChartDirective)
    app.add_transform(directives.FigureAnchors)
    app.add_node(directives.result, html=(directives.visit_result, directives.depart_result))
    app.add_node(directives.chart_panels, html=(directives.visit_panels, None))
    app.add_node(directives.chart_data, html=(directives.visit_chart_data, None))
