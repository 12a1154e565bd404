"""The settings of conf.py that are not ours: each does what its documentation says, or the build says why not."""

from sphinx.application import Sphinx

from . import checks


def setup(app: Sphinx) -> None:
    """Check conf.py when it has been read, before other extensions act on it."""
    app.connect("config-inited", checks.check_settings, priority=10)
