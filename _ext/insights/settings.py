"""The settings of the publication: every value of conf.py that is ours, and how commands without Sphinx read them."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterator, Mapping
from datetime import date as Day
from pathlib import Path
from typing import TYPE_CHECKING, Any

from insights.addresses import address_problem

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.config import Config, _ConfigRebuild

FILE = "conf.py"
#: Without these there is no publication.
REQUIRED = ("include_patterns", "html_baseurl", "insights_categories", "insights_tags", "insights_email", "insights_today")


#: Each value of conf.py: its name, its default, whose type it has, what Sphinx rebuilds when it changes, and what it is for.
SETTINGS: tuple[tuple[str, object, _ConfigRebuild, str], ...] = (
    ("insights_categories", {}, "env", "the categories of essays, each with the paragraph that opens its page"),
    ("insights_tags", [], "env", "the tags that essays may have"),
    ("insights_description", "", "env", "what feeds and link previews say of the publication"),
    ("insights_email", "", "env", "the address that the contact button writes to"),
    ("insights_repository", "", "html", "where the sources are kept; pages then link to an editor"),
    ("insights_tag_authority", "", "env", "the name in which feeds and essays are identified (RFC 4151)"),
    ("insights_redirects", {}, "", "addresses that have moved, from the old to the new"),
    ("insights_html", [], "env", "the essays that may hold HTML"),
    ("insights_rules", {}, "env", "the rules of taste whose problems are errors, advice, or not reported"),
    ("insights_hsts", "", "html", "the value of Strict-Transport-Security; none by default"),
    ("insights_today", "", "", "the day for which the site is built, as YYYY-MM-DD; today, in UTC, by default"),
    ("insights_preview", False, "env", "whether drafts and scheduled essays are built too"),
)


#: Settings of Sphinx that our rules read, with what they take for a wrong value.
LISTS: dict[str, list[str]] = {
    "include_patterns": ["index.md", "essays/*/index.md"],
    "html_static_path": [],
    "html_extra_path": [],
    "templates_path": ["_templates"],
    "suppress_warnings": ["toc.not_included"],
}
#: Settings whose types Sphinx does not know, or knows too little of.
TYPES: dict[str, tuple[type, ...]] = {
    "bibtex_bibfiles": (list, tuple), "extensions": (list, tuple), "html_css_files": (list, tuple),
    "html_js_files": (list, tuple), "locale_dirs": (list, tuple), "myst_ref_domains": (list, tuple),
    "myst_url_schemes": (dict, list, tuple), "source_suffix": (dict, list, str),
}  # fmt: skip
#: Settings that are lists of texts; a style sheet or a script can also have attributes, in a tuple with its name.
OF_TEXTS = frozenset(
    {*LISTS, *TYPES, "exclude_patterns", "myst_disable_syntax", "myst_enable_extensions", "myst_fence_as_directive"}
)
#: Settings of ABlog, which takes other types than those of its defaults.
LENIENT = ("blog_", "post_", "disqus_", "fontawesome_")
HSTS = re.compile(r"max-age=\d{1,10}(?:; ?includeSubDomains)?(?:; ?preload)?")
EMAIL = re.compile(r"[\w.!#$%&*+/=?^`{|}~-]{1,64}@(?:[^\W_](?:[\w-]*[^\W_])?\.)+[^\W\d_]{2,}")
#: RFC 4151: a domain or an e-mail address, and a day or a year on which it was yours.
AUTHORITY = re.compile(r"(?:[\w.+-]+@)?[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?,\d{4}(?:-\d\d(?:-\d\d)?)?", re.ASCII)
CONTROLS = re.compile(r"[\0-\x08\x0b-\x1f\x7f]")


def _is_day(text: str) -> bool:
    try:
        return "2000" <= text[:4] <= "2999" and Day.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _wrong(name: str, value: Any) -> str:
    """What is allowed of a setting of ours, or the address of the site, if it is not that ``value``; "" if it is."""
    texts = isinstance(value, dict) and all(isinstance(word, str) for pair in value.items() for word in pair)
    match name:
        case "html_baseurl":
            wrong = address_problem(value, plain=True) if isinstance(value, str) else "write an address in quotes"
            return wrong or ("" if value.endswith("/") else f"write {value}/, with a slash at its end")
        case "insights_categories" if not texts or not value:
            return "write the categories, each with a description: {'Name': 'What it is about.'}"
        case "insights_tags" | "insights_html" if not isinstance(value, list | tuple) or not all(
            isinstance(w, str) for w in value
        ):
            return "write a list of words, such as ['latency']"
        case _ if name in LISTS and (not isinstance(value, list | tuple) or not all(isinstance(path, str) for path in value)):
            return "write a list of texts in quotes"
        case "insights_redirects" if not texts:
            return "write addresses, from the old to the new: {'/essays/old-name/': '/essays/new-name/'}"
        case "insights_rules" if not isinstance(value, dict):
            return "write the names of rules, each with 'error', 'advice' or 'off'"
        case "insights_email" if not isinstance(value, str) or not EMAIL.fullmatch(value):
            return "write an e-mail address, such as 'hello@insights.example'"
        case "insights_repository" if value != "":
            return address_problem(value, ("https",), plain=True) if isinstance(value, str) else "write an address, or ''"
        case "insights_tag_authority" if not isinstance(value, str) or (value and not AUTHORITY.fullmatch(value)):
            return "write a domain, and a year in which it was yours: 'insights.example,2026'"
        case "insights_hsts" if not isinstance(value, str) or (value and not HSTS.fullmatch(value)):
            return "write 'max-age=', digits, and '; includeSubDomains' if all subdomains have TLS; or ''"
        case "insights_today" if not isinstance(value, str) or (value and not _is_day(value)):
            return "write a day from 2000-01-01 to 2999-12-31, as YYYY-MM-DD, or '' for today"
        case "insights_description" if not isinstance(value, str):
            return "write a text"
    words = [value] if isinstance(value, str) else [*value.values(), *value] if texts else []
    return "it has a control character; remove it" if any(CONTROLS.search(word) for word in words) else ""


def setting_problems(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with settings of ours, by name."""
    names = ("html_baseurl", *(setting[0] for setting in SETTINGS), *LISTS)
    found = {name: _wrong(name, values[name]) for name in names if name in values}
    return {name: f"{name} is {shown(values[name])}: {wrong}" for name, wrong in found.items() if wrong}


def wrong_type(name: str, value: object, option: Any) -> str:
    """What is wrong with the type of a setting that is not ours, or nothing; ``option``: what Sphinx knows of the setting."""
    kinds = set(TYPES.get(name, ()))
    if not kinds and not name.startswith(LENIENT):
        # Some may be anything, and some are one of a list (Sphinx's ENUM), which Sphinx itself checks.
        free = option.valid_types is Any or hasattr(option.valid_types, "match") or Any in option.valid_types
        # MyST names no types, but those of its defaults are the right ones.
        kinds = set() if free else {*option.valid_types}
        if not callable(option.default) and option.default is not None and (not free or name.startswith("myst_")):
            kinds.add(type(option.default))
    sequence = {list, tuple, frozenset, set}
    allowed = kinds | sequence if kinds & sequence else kinds
    right = not kinds or isinstance(value, tuple(allowed))
    if isinstance(value, bool) and int in kinds and bool not in kinds:
        right = False  # Python takes it for a number
    words = " or a ".join(sorted(kind.__name__ for kind in kinds - {type(None)}))
    if not right:
        return f"{name} is {shown(value)}; write a {words}".replace("a int", "an int")
    entries = _entries(value) if name in OF_TEXTS else value if isinstance(value, dict) else ()
    others = [entry for entry in entries if not isinstance(entry, str)]
    return f"{name} has {shown(others[0])}; write a text in quotes" if others else ""


def _entries(value: object) -> Iterator[object]:
    for entry in value if isinstance(value, list | tuple | set | frozenset | dict) else ():
        yield entry[0] if isinstance(entry, tuple) and entry else entry


def shown(value: object) -> str:
    """A value for a message, shortened."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def register_settings(app: Sphinx) -> None:
    """Make our settings known to Sphinx, which checks their types."""
    for name, default, rebuild, purpose in SETTINGS:
        app.add_config_value(name, default, rebuild, frozenset({type(default)}), purpose)


def is_set(config: Config, name: str) -> bool:
    """Whether conf.py or a command sets ``name``, be it to its default."""
    return name in config._raw_config or name in config.overrides


def css_variables(config: Config) -> tuple[dict[str, str], dict[str, str]]:
    """The CSS variables of html_theme_options, for the light and the dark scheme."""
    options: dict[str, Any] = config.html_theme_options
    return options.get("light_css_variables") or {}, options.get("dark_css_variables") or {}


def setting_location(folder: str | Path, name: str, key: str | None = None) -> str:
    """The file and line at which conf.py in ``folder`` sets ``name``, or the ``key`` of it, for the last time."""
    path = Path(folder, FILE)
    line = 1
    for statement in ast.walk(ast.parse(path.read_bytes())):
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        roots = [target.value if isinstance(target, ast.Subscript) else target for target in targets]
        if any(isinstance(root, ast.Name) and root.id == name for root in roots):
            places = [node for node in ast.walk(statement) if isinstance(node, ast.Constant) and node.value == key]
            line = max(line, (places[0] if places else statement).lineno)  # type: ignore[attr-defined]
    return f"{FILE}:{line}"


def load_settings(root: Path) -> dict[str, Any]:
    """What conf.py in ``root`` says, by name, right or wrong. It is Python, and may raise anything."""
    return runpy.run_path(str(root / FILE))


def read_settings(root: Path) -> dict[str, Any]:
    """What conf.py in ``root`` says, by name, for commands that do not start Sphinx; of what is wrong, the default.

    A build reports what is wrong. Raises what conf.py raises, and LookupError.
    """
    settings = load_settings(root)
    if missing := [name for name in REQUIRED if name not in settings]:
        raise LookupError(f"there is no {', no '.join(missing)}; look whether its name is spelt so")
    defaults = {name: default for name, default, *_ in SETTINGS} | LISTS
    return settings | {name: defaults.get(name, "https://site.invalid/") for name in setting_problems(settings)}
