"""The evidence of essays: models that are run, their results and charts, and the directives that place them in a text."""

from typing import TYPE_CHECKING

from .captions import parts_of_caption
from .charts import FILE_SIZE, chart_csv
from .inputs import files_beside
from .models import Evidence, ModelError, evidence_is_current, library_versions, model_evidence
from .nodes import chart_panels, parted
from .numbers import plain_number

if TYPE_CHECKING:
    from sphinx.application import Sphinx

#: The keys of an essay's metadata for what the foot of its page shows, and for what its model looked at.
QUOTED_RESULTS, SHOWN_CHARTS, EVIDENCE_DIGEST, MODEL_INPUTS = (
    "evidence_results",
    "evidence_charts",
    "evidence_digest",
    "model_inputs",
)


def setup(app: "Sphinx") -> None:
    """Register the role, the directive and their nodes."""
    # Not above: the processes that run models do without Sphinx, and start sooner.
    from . import directives, nodes

    app.add_role("result", directives.ResultRole())
    app.add_directive("chart", directives.ChartDirective)
    app.add_transform(directives.FigureAnchors)
    app.add_node(nodes.result, html=(nodes.visit_result, nodes.depart_result))
    app.add_node(nodes.chart_panels, html=(nodes.visit_panels, None))
    app.add_node(nodes.chart_data, html=(nodes.visit_chart_data, None))
