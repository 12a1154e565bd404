"""Compares what conf.py sets with the contract, and reports each setting that does not work, with its line and the reason."""

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import furo
import sphinx
import sphinx_basic_ng
from babel import Locale, UnknownLocaleError
from pygments.styles import get_all_styles
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util import logging

from insights.addresses import WEB, address_problem, refused_scheme
from insights.palette import COLOURS, FONTS, FURO_COLOURS, FURO_FONTS
from insights.problems import suggest, unknown_value
from insights.settings import FILE, is_set, setting_location
from insights.source import asset_files

from . import values
from .contract import EXTENSIONS, IDLE, IDLE_OPTIONS, LIMITS, OPTIONS, PREFIXES, WORKING, WORKING_PREFIXES

logger = logging.getLogger(__name__)

#: What a message about a setting calls it in a list of messages, and the message.
Found = Iterator[tuple[str, str]]
#: How near a name must be to one that exists to be taken for a mistake in spelling: names of an author's own are not.
NEAR = 0.85
REMOTE = re.compile(r"^(?:https?:)?//")
BLOCKS = "the content policy of pages blocks"
BLOCKED = f"{BLOCKS}; put a copy in _static/, and name that"


def check_settings(app: Sphinx, config: Config) -> None:
    """Report what conf.py sets and is not done, and go on with what is, so that all mistakes are found at once."""
    root = Path(app.confdir)
    for check in (
        values.types,
        values.own,
        values.assets,
        _limits,
        _extensions,
        _languages,
        _options,
        _files,
        _templates,
        _styles,
        _unknown,
    ):
        for name, message in check(config, root):
            _log(logger.error, root, name, message)
    if not is_set(config, "html_title"):
        config.html_title = config.project
    if not is_set(config, "html_short_title"):
        config.html_short_title = config.html_title
    for name, message in _idle(config):
        _log(logger.warning, root, name, message)


def _log(log: Callable[..., None], root: Path, name: str, message: str) -> None:
    """Log a ``message`` at the line of the setting ``name``, or of its entry, as ``name.entry``."""
    setting, _, entry = name.partition(".")
    log("%s", message, location=setting_location(root, setting, entry or None))


def _limits(config: Config, root: Path) -> Found:
    """Settings with a value that they cannot have; they get the one that is used instead."""
    for name, (allowed, why) in LIMITS.items():
        value = getattr(config, name, allowed[0])
        if value not in allowed:
            setattr(config, name, allowed[0])
            fix = f"it can be {' or '.join(map(repr, allowed))}" if allowed[0] not in (None, {}, "") else "remove it"
            yield name, f"{name} cannot be {_short(value)}: {why}; {fix}"
    if config.blog_baseurl not in ("", config.html_baseurl):
        message = f"blog_baseurl is {config.blog_baseurl!r}, but html_baseurl {config.html_baseurl!r}; remove blog_baseurl"
        yield "blog_baseurl", message


def _extensions(config: Config, root: Path) -> Found:
    """Extensions that the publication has no place for."""
    for name in config.extensions:
        if why := EXTENSIONS.get(name):
            yield f"extensions.{name}", f"the extension {name} has no place here: {why}; remove it from extensions"


def _languages(config: Config, root: Path) -> Found:
    """A language that no one knows how to write dates in."""
    try:
        Locale.parse(config.language)
    except (UnknownLocaleError, ValueError):
        yield "language", f"unknown language {config.language!r}; write a code such as 'en', 'de' or 'pt_BR'"
        config.language = "en"


def _files(config: Config, root: Path) -> Found:
    """Files that are not there, or on another host, from which pages load nothing."""
    for name in ("html_static_path", "html_extra_path"):
        for missing in [path for path in getattr(config, name) if not (root / path).exists()]:
            getattr(config, name).remove(missing)
            yield f"{name}.{missing}", f"no file or folder {missing!r}; correct the path, which starts at the folder of conf.py"
    static = asset_files(root, config.html_static_path)
    for name in ("html_css_files", "html_js_files"):
        for entry in list(getattr(config, name)):
            file = entry if isinstance(entry, str) else entry[0]
            if file and (REMOTE.match(file) or file not in static):
                getattr(config, name).remove(entry)
                problem = f"{file} is on another host, which {BLOCKED}" if REMOTE.match(file) else None
                yield f"{name}.{file}", problem or _no_static(file, static)
    for name in ("html_logo", "html_favicon"):
        if (file := getattr(config, name)) and (REMOTE.match(file) or not (root / file).is_file()):
            setattr(config, name, None)
            missing = f"no file {file!r}; correct the path, which starts at the folder of conf.py"
            yield name, f"{file} is on another host, which {BLOCKED}" if REMOTE.match(file) else missing
    for name in ("light_logo", "dark_logo"):
        if (file := config.html_theme_options.get(name)) and isinstance(file, str) and file not in static:
            del config.html_theme_options[name]
            yield f"html_theme_options.{name}", _no_static(file, static)


def _no_static(file: str, static: Iterable[str]) -> str:
    return suggest(f"no file {file!r} in html_static_path", file, static, "put it in _static/, or correct its name")


def _templates(config: Config, root: Path) -> Found:
    """Templates that are not there."""
    furo_path = Path(furo.THEME_PATH)
    folders = [
        *(root / path for path in config.templates_path),
        furo_path,
        Path(sphinx_basic_ng.__file__).parent / "theme/basic-ng",
    ]
    folders.append(Path(sphinx.__file__).parent / "themes/basic")

    def missing(template: str) -> bool:
        return not any((folder / template).is_file() for folder in folders)

    for page, template in list(config.html_additional_pages.items()):
        if missing(template):
            del config.html_additional_pages[page]
            yield f"html_additional_pages.{page}", f"no template {template!r}; write it in {config.templates_path[0]}/"
    for pattern, templates in list(config.html_sidebars.items()):
        for template in filter(missing, templates):
            config.html_sidebars[pattern] = [other for other in config.html_sidebars[pattern] if other != template]
            yield f"html_sidebars.{template}", f"no template {template!r}; write it in {config.templates_path[0]}/"


def _styles(config: Config, root: Path) -> Found:
    """Pygments styles that do not exist."""
    for name in ("pygments_style", "pygments_dark_style"):
        style = config._raw_config.get(name)
        if style and style not in {"none", "sphinx", "pyramid", *get_all_styles()} and "." not in style:
            config._raw_config.pop(name)  # Furo registers one of them later
            config.__dict__.pop(name, None)
            yield name, unknown_value("Pygments style", style, sorted({*get_all_styles()}))


def _options(config: Config, root: Path) -> Found:
    """Options of the theme that do not exist, or have a value that they cannot have; they are left out."""
    options: dict[str, Any] = dict(config.html_theme_options)
    for name, value in config.html_theme_options.items():
        if name in IDLE_OPTIONS:
            problems = [f"the option {name} has no effect here: {IDLE_OPTIONS[name]}; remove it"]
        elif name not in OPTIONS:
            problems = [unknown_value("option of the theme", name, OPTIONS)]
        elif not isinstance(value, OPTIONS[name]):
            kinds = " or ".join(kind.__name__ for kind in OPTIONS[name])
            problems = [f"the option {name} is {_short(value)}; write a {kinds}"]
        else:
            problems = list(_VALUES[name](value)) if name in _VALUES else []
        if problems:
            del options[name]
        yield from ((f"html_theme_options.{name}", problem) for problem in problems)
    repository = options.get("source_repository", "")
    host = urlsplit(repository).hostname
    links = options.get("source_view_link") or options.get("source_edit_link")
    if repository and not links and host not in ("github.com", "gitlab.com", "bitbucket.org", "codeberg.org"):
        fix = "write source_view_link and source_edit_link, with {filename} in the place of the file"
        yield "html_theme_options.source_repository", f"the addresses of files in {repository} are not known; {fix}"
    config.html_theme_options = options


def _variables(variables: Mapping[str, str]) -> Iterator[str]:
    known = {*COLOURS, *FONTS, *FURO_COLOURS, *FURO_FONTS}
    for name, value in variables.items():
        if not isinstance(value, str) or re.search(r"[{};<]", value):
            yield f"the variable {name} is {_short(value)}; write a value of CSS, such as 'rebeccapurple'"
        elif name.startswith("-"):
            yield f"the variable {name} begins with a hyphen; write {name.lstrip('-')!r}"
        elif name not in known and name in _furo_variables():
            yield f"the variable {name} has no part in the look of the publication; those that have: {', '.join(sorted(known))}"
        elif name not in known and difflib.get_close_matches(name, known, 1, NEAR):
            yield unknown_value("variable", name, sorted(known))


def _furo_variables() -> set[str]:
    sheet = Path(furo.THEME_PATH, "static/styles/furo.css").read_text(encoding="utf-8")
    return set(re.findall(r"--([a-z][\w-]*):", sheet))


def _announcement(text: str) -> Iterator[str]:
    if found := re.search(r"<script|<style|\sstyle=|\son\w+=", text):
        fix = "write a class, and style that in _static/"
        yield f"the announcement has {found[0].strip()!r}, which the content policy of pages blocks; {fix}"


def _icons(icons: list[Any]) -> Iterator[str]:
    for icon in icons:
        if not isinstance(icon, dict) or not icon.get("name") or not icon.get("url"):
            yield f"an icon of footer_icons is {_short(icon)}; write name, url and html of each"
        elif scheme := refused_scheme(str(icon["url"]), (*WEB, "mailto")):
            yield f"the icon {icon['name']} leads to an address with {scheme}:, which can harm readers; write one with https://"
        elif found := re.search(r"<script|<style|\sstyle=|\son\w+=|\ssrc=\"(?:https?:)?//", str(icon.get("html", ""))):
            yield f"the icon {icon['name']} has {found[0].strip()!r}, which the content policy of pages blocks; remove that"


def _buttons(buttons: list[Any]) -> Iterator[str]:
    yield from (unknown_value("button", str(button), ("view", "edit")) for button in buttons if button not in ("view", "edit"))


def _address(address: str) -> Iterator[str]:
    if problem := address_problem(address, ("https",), plain=True):
        yield f"{address!r}: {problem}"


def _link(link: str) -> Iterator[str]:
    if address_problem(link.replace("{filename}", "name"), ("https",)) or "{filename}" not in link:
        yield f"{link!r} is not the address of a file; write one that begins with https:// and has {{filename}} in it"


#: The checks of the values of options.
_VALUES: dict[str, Callable[[Any], Iterator[str]]] = {
    "announcement": _announcement, "footer_icons": _icons, "top_of_page_buttons": _buttons, "source_repository": _address,
    "source_edit_link": _link, "source_view_link": _link, "light_css_variables": _variables, "dark_css_variables": _variables,
}  # fmt: skip


def _idle(config: Config) -> Found:
    """Settings of our packages that have no effect, for a known reason or because nobody has looked."""
    for name in sorted(name for name in config.values if is_set(config, name)):
        if getattr(config, name) == _default(config, name):
            continue
        why = next((why for pattern, why in IDLE.items() if fnmatchcase(name, pattern)), None)
        if why:
            yield name, f"{name} has no effect here: {why}; remove it"
            continue
        known = name in WORKING or name in LIMITS or name.startswith(WORKING_PREFIXES)
        if not known and (name in Config.config_values or name.startswith(PREFIXES)):
            yield name, f"{name} may have no effect here: the publication was not tried with it; look at what it changes"


def _default(config: Config, name: str) -> object:
    default = config.values[name].default
    return default(config) if callable(default) else default


def _unknown(config: Config, root: Path) -> Found:
    """Names that look like settings and are none. Those that conf.py uses itself are its own."""
    names = [node for node in ast.walk(ast.parse((root / FILE).read_bytes())) if isinstance(node, ast.Name)]
    used = {node.id for node in names if isinstance(node.ctx, ast.Load)}
    known = [*config.values, "extensions", "setup", "pygments_dark_style"]  # Furo registers the last when it is loaded
    for name in dict.fromkeys(node.id for node in names if isinstance(node.ctx, ast.Store)):
        value = config._raw_config.get(name)
        if name in known or name in used or name.startswith("_") or callable(value):
            continue
        if difflib.get_close_matches(name, known, 1, NEAR) or name.startswith(PREFIXES):
            yield (
                name,
                suggest(f"unknown setting {name!r}", name, known, "correct the name, or add the extension that it belongs to"),
            )


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
