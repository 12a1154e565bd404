"""The evidence of essays: models that are run, their results and charts, and the directives that place them in a text."""

from sphinx.application import Sphinx

from . import directives
from .charts import ARTBOARDS, plain_number
from .directives import EVIDENCE_DIGEST, QUOTED_RESULTS, SHOWN_CHARTS, chart_csv, chart_panels, evidence_store, model_of
from .models import ModelError, library_versions, model_evidence, model_problem, model_sources


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    directives.setup(app)
