"""What a text may hold, and how it becomes HTML: citations, maths, anchors, links, restrictions, the translator."""

from sphinx.application import Sphinx

from . import anchors, citations, links, maths, restrictions, translator
from .anchors import named_anchors
from .citations import ReferenceStyle, cited_sources
from .links import link_targets
from .maths import mathml


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    for module in (restrictions, anchors, links, citations, maths, translator):
        module.setup(app)
