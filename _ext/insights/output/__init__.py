"""The folder of the site, completed: evidence files, permalinks, redirects, the sitemap, and files for hosts."""

from sphinx.application import Sphinx

from . import site_folder
from .hosting import nginx_config, read_redirects
from .page_files import scripts_of
from .permalinks import merge_permalinks, read_permalinks


def setup(app: Sphinx) -> None:
    """Set up the modules of this package that take part in a build."""
    site_folder.setup(app)
