"""The essays of a build as their authors left them, and the day for which they are built."""

from datetime import date as Day
from pathlib import Path
from weakref import WeakKeyDictionary

from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError

from insights.cache import STORE, Store
from insights.source import ESSAYS_FOLDER, EssaySource, build_day, read_essays

#: The sources of each build, which asks for them when it begins, with each text, and when it ends.
_SOURCES: WeakKeyDictionary[Sphinx, dict[str, EssaySource]] = WeakKeyDictionary()


def build_sources(app: Sphinx) -> dict[str, EssaySource]:
    """The essays as their authors left them, by slug, those included that readers may not see yet."""
    if app not in _SOURCES:
        found = read_essays(Path(app.srcdir) / ESSAYS_FOLDER, Store(Path(app.doctreedir) / STORE))
        _SOURCES[app] = {source.slug: source for source in found}
    return _SOURCES[app]


def build_today(config: Config) -> Day:
    """The day of the build: a setting, so that a build can be repeated; else today in UTC."""
    try:
        return build_day(config.insights_today)
    except ValueError:
        raise ConfigError(f"insights_today is {config.insights_today!r}; write a day as YYYY-MM-DD") from None
