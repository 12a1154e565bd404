"""What a text may hold, and how it becomes HTML: citations, maths, anchors, links, restrictions, the translator."""

from sphinx.application import Sphinx  # noqa: I001 (two lines of modules)

from . import anchors, appearance, attachments, builder, citations, diagrams, elements, files, inclusion, links, lists, maths
from . import names, numbers, renderer, restrictions, signatures, sizes, tables, translator
from .anchors import link_targets, named_anchors
from .attachments import FILES, ORIGINAL
from .builder import told
from .bibtex import addresses, clean_address, complete, unknown_command
from .citations import SOURCE_KINDS, ReferenceStyle, cited_sources
from .diagrams import DRAWINGS, drawing_in_words
from .files import file_users, published_files
from .links import report_dead_links
from .names import names_of
from .renderer import LOWERED
from .originals import places_changed
from .patience import UNREAD, limited
from .sizes import COLUMN
from .spacing import without_breaks
from .wording import BETWEEN, SIGNS, words

#: In the order of their events.
PARTS = (
    builder, names, elements, attachments, sizes, appearance, signatures, inclusion, numbers, files, restrictions, renderer,
    anchors, citations, diagrams, lists, links, maths, tables, translator,
)  # fmt: skip


def setup(app: Sphinx) -> None:
    """Check each text when it is read, format its sources and formulas, and write its HTML."""
    for part in PARTS:
        part.setup(app)
