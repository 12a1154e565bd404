"""What a text may hold, and how it becomes HTML: citations, maths, anchors, links, restrictions, the translator."""

from pybtex.plugin import register_plugin  # noqa: I001 (two lines of modules)
from sphinx.application import Sphinx

from . import anchors, appearance, attachments, citations, elements, files, inclusion, links, lists, maths, names, numbers
from . import restrictions, signatures, sizes, translator
from .anchors import link_targets, named_anchors
from .attachments import FILES
from .bibtex import complete, unknown_command
from .citations import SOURCE_KINDS, ReferenceStyle, cited_sources
from .files import file_users, published_files
from .links import report_dead_links
from .names import names_of
from .renderer import EssayParser, name_languages
from .sentences import sentence_ends
from .sizes import COLUMN
from .wording import BETWEEN, SIGNS, words


def setup(app: Sphinx) -> None:
    """Check each text when it is read, format its sources and formulas, and write its HTML."""
    for part in (names, elements, attachments, sizes, appearance, signatures, inclusion, numbers):
        part.setup(app)
    app.add_builder(files.SiteBuilder, override=True)
    for begin in (files.keep_paths, restrictions.forbid_raw):
        app.connect("builder-inited", begin)
    app.connect("source-read", restrictions.check_fences)
    app.connect("doctree-read", restrictions.check_text, priority=700)  # after Sphinx has collected the files that the text names
    app.add_source_parser(EssayParser, override=True)
    name_languages()
    app.connect("doctree-read", anchors.save_targets)
    register_plugin("pybtex.style.formatting", "insights", ReferenceStyle)
    app.setup_extension("sphinxcontrib.bibtex")
    app.add_domain(citations.EssayReferences, override=True)
    app.add_role("cite", citations.CiteKeys(), override=True)
    for role in ("footcite", *(f"footcite:{form}" for form in ("p", "ps", "t", "ts", "ct", "cts"))):
        app.add_role(role, citations.FootCiteKeys(), override=True)
    app.add_directive("bibliography", lists.Bibliography, override=True)
    for transform in (lists.RegisterNotes, lists.KeepPlaces, lists.AddLists, anchors.HeadingAnchors, links.SiteLinks):
        app.add_transform(transform)
    maths.setup(app)
    app.set_translator("dirhtml", translator.Translator)
    app.add_node(translator.scroller)
    app.connect("doctree-resolved", translator.replace_wrappers)
    app.connect("warn-missing-reference", links.advise_code)
