"""The pages that templates write: what each shows, its head, cards, style sheets and scripts."""

from sphinx.application import Sphinx

from . import assets, cards, contact, templates
from .assets import LINKED_ASSETS, STATIC, write_assets
from .templates import list_page, page_views
from .views import View


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    for module in (assets, cards, contact, templates):
        module.setup(app)
