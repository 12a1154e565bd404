"""The pages that templates write: what each shows, its head, cards, style sheets and scripts."""

from sphinx.application import Sphinx

from . import additions, assets, cards, contact, templates
from .additions import static_files
from .assets import LINKED_ASSETS, STATIC, write_assets
from .templates import list_page, page_views


def setup(app: Sphinx) -> None:
    """Offer the directives, note what a text needs, and give every page its view."""
    app.add_directive("contact", contact.ContactDirective)
    app.add_directive("essay-cards", cards.CardsDirective)
    app.add_directive("featured-essay", cards.CardsDirective)
    app.add_node(cards.essay_cards)
    app.add_node(templates.essay_title, html=(templates.skip, None))
    app.connect("builder-inited", contact.write_addresses_plainly)
    app.connect("builder-inited", templates.keep_templates)
    app.connect("doctree-read", assets.store_needed)
    app.connect("doctree-resolved", cards.fill)
    app.connect("doctree-resolved", templates.take_title)
    app.connect("html-page-context", templates.add_view)
    app.connect("html-page-context", additions.take_additions, priority=900)  # after other extensions
