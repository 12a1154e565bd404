"""The folder of the site, completed: evidence files, permalinks, redirects, the sitemap, and files for hosts."""

from sphinx.application import Sphinx

from . import site_folder
from .hosting import nginx_config, read_redirects
from .permalinks import merge_permalinks, read_permalinks
from .site_folder import scripts_of


def setup(app: Sphinx) -> None:
    """Complete the site when Sphinx has written its pages."""
    app.connect("build-finished", site_folder.complete, priority=550)  # after Furo has added a style sheet that no page links
