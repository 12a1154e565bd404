"""The folder of the site, completed: evidence files, permalinks, redirects, the sitemap, and files for hosts."""

import time
from functools import partial

from sphinx.application import Sphinx

from . import site_folder
from .hosting import nginx_config, read_redirects
from .permalinks import merge_permalinks, read_permalinks
from .site_folder import scripts_of


def setup(app: Sphinx) -> None:
    """Complete the site when Sphinx has written its pages."""
    complete = partial(site_folder.complete, started=time.time_ns())
    app.connect("build-finished", complete, priority=550)  # after Furo has added a style sheet that no page links
