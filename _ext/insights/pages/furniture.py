"""What conf.py puts around every page: logos, an icon, links to the source, the day of the last change."""

from collections.abc import Mapping
from datetime import date as Day
from datetime import datetime, time
from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from sphinx.application import Sphinx
from sphinx.util.i18n import format_date

from insights.catalog import long_date
from insights.settings import is_set

from .assets import STATIC
from .sizes import picture_size

#: The addresses at which a host shows and edits a file of a repository, by the last two parts of the host's name.
FORGES = {
    "github.com": ("{repository}/blob/{branch}/{file}?plain=true", "{repository}/edit/{branch}/{file}"),
    "gitlab.com": ("{repository}/-/blob/{branch}/{file}", "{repository}/-/edit/{branch}/{file}"),
    "bitbucket.org": ("{repository}/src/{branch}/{file}", "{repository}/src/{branch}/{file}?mode=edit&at={branch}"),
    "codeberg.org": ("{repository}/src/branch/{branch}/{file}", "{repository}/_edit/{branch}/{file}"),
}
#: The media types of icons by their suffixes.
ICON_TYPES = {".svg": "image/svg+xml", ".png": "image/png", ".ico": "image/x-icon", ".gif": "image/gif", ".webp": "image/webp"}


class Logo(NamedTuple):
    """A logo: its path from the root of the site, its size if known, and the class of the scheme that it is for."""

    path: str
    size: tuple[int, int] | None
    scheme: str


@cache
def logos(app: Sphinx) -> tuple[Logo, ...]:
    """The logos of html_logo, or of light_logo and dark_logo."""
    options, config = app.config.html_theme_options, app.config
    if options.get("light_logo") and options.get("dark_logo"):
        names = [(options["light_logo"], "logo-light"), (options["dark_logo"], "logo-dark")]
    else:
        single = options.get("light_logo") or options.get("dark_logo") or Path(config.html_logo or "").name
        names = [(single, "")] if single else []
    return tuple(Logo(f"{STATIC}/{name}", picture_size(Path(app.outdir, STATIC, name)), scheme) for name, scheme in names)


def icon_type(path: str) -> str:
    """The media type of an icon."""
    return ICON_TYPES.get(Path(urlsplit(path).path).suffix.lower(), "image/x-icon")


def source_links(options: Mapping[str, str], file: str, copy: str = "") -> tuple[str, str]:
    """The addresses at which readers see and edit the source ``file``, by html_theme_options; "" for what there is not.

    ``copy``: the address of the copy of the source in the site, if there is one.
    """
    repository = (options.get("source_repository") or "").rstrip("/")
    view, edit = FORGES.get(urlsplit(repository).hostname or "", ("", ""))
    folder, branch = (options.get("source_directory") or "").strip("/"), options.get("source_branch") or "main"
    path = f"{folder}/{file}" if folder else file
    view, edit = (link.format(repository=repository, branch=branch, file=path) for link in (view, edit))
    own_view, own_edit = (options.get(f"source_{name}_link") or "" for name in ("view", "edit"))
    return own_view.replace("{filename}", file) or view or copy, own_edit.replace("{filename}", file) or edit


def page_date(app: Sphinx, day: Day) -> str:
    """A day in words, or as post_date_format writes it."""
    form, language = app.config.post_date_format, app.config.language
    if not is_set(app.config, "post_date_format"):
        return long_date(day, language)
    return format_date(form, date=datetime.combine(day, time()), language=language)


def last_updated(app: Sphinx, day: Day | None) -> str | None:
    """The ``day`` of the last change as html_last_updated_fmt writes it; Sphinx takes the moment of the build instead."""
    form, language = app.config.html_last_updated_fmt, app.config.language
    if form is None or day is None:
        return None
    return format_date(form, date=datetime.combine(day, time()), language=language) if form else long_date(day, language)
