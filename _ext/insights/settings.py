"""The settings of the publication: every value of conf.py that is ours, and how commands without Sphinx read them."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path
from typing import TYPE_CHECKING, Any

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


def read_settings(root: Path) -> dict[str, Any]:
    """What conf.py in ``root`` says, by name, for commands that do not start Sphinx. It is Python, and may raise anything."""
    settings = runpy.run_path(str(root / FILE))
    if missing := [name for name in REQUIRED if name not in settings]:
        raise LookupError(f"there is no {', no '.join(missing)}; look whether its name is spelt so")
    return settings
