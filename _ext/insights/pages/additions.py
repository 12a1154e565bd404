"""What conf.py and other extensions add to pages: their style sheets, scripts, elements of the head, and pictures.

Furo's own templates would print all of it. Ours print what is not Sphinx's own, under the same content policy.
"""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import ablog
import sphinx_design
from docutils import nodes
from jinja2 import pass_context
from jinja2.runtime import Context
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util import logging

from insights.csp import content_policy, inline_scripts
from insights.settings import setting_location
from insights.source import asset_files

from .assets import LINKED_ASSETS, PREPENDED, SEARCH, SHEET_SOURCES, STATIC, has_additions, unlinked
from .sizes import picture_size

logger = logging.getLogger(__name__)

#: Sheets and scripts that Sphinx, Furo and sphinx-design add to each page, and that ours replace.
REPLACED = {
    "pygments.css", "styles/furo.css", "styles/furo-extensions.css", "sphinx-design.min.css",
    "sphinx_highlight.js", "design-tabs.js", "scripts/furo.js", "translations.js",
}  # fmt: skip
#: Scripts of Sphinx that those of extensions may use.
SHARED = {"documentation_options.js", "doctools.js"}
#: Folders that sphinx-design and ABlog publish.
THEIR_STATIC = (str(Path(sphinx_design.__file__).parent / "static"), str(Path(ablog.__file__).parent / "stylesheets"))
#: An element that docutils writes into the head of each page, and our template too.
VIEWPORT = re.compile(r'<meta [^>]*name="viewport"[^>]*>')
#: What an inline script or an element of the head loads from another host.
REMOTE = re.compile(
    r"""(?:\b(?:from|import)\s*\(?|<script[^>]*\ssrc=|<link[^>]*\srel="?stylesheet[^>]*\shref=)\s*["']((?:https?:)?//[^"']+)"""
)
#: A drawing as some extensions embed it, which the policy blocks, and its text for readers who cannot see it.
OBJECT = re.compile(
    r'<object data="(?P<src>[^"]+\.svg)" type="image/svg\+xml"(?P<rest>[^>]*)>\s*'
    r'(?:<p class="warning">(?P<alt>.*?)</p>)?\s*</object>',
    re.DOTALL,
)
UNSIZED = re.compile(r'<img (?![^>]*\swidth=)(?P<rest>[^>]*\bsrc="(?:\.\./)*(?P<file>[^":]+)"[^>]*?)\s*/?>')


def added(files: Iterable[Any]) -> list[Any]:
    """The style sheets or scripts of ``files`` that conf.py and extensions add to a page, in Sphinx's own form."""
    others = [file for file in files if _name(file) not in REPLACED]
    return others if any(_name(file) not in SHARED for file in others) else []


def added_metatags(tags: str) -> Iterator[str]:
    """The elements of the head that MyST, docutils and extensions add, if there are any."""
    if rest := VIEWPORT.sub("", tags).strip():
        yield rest


@pass_context
def page_policy(context: Context, *scripts: str) -> str:
    """The content policy of a page with these inline ``scripts`` of ours, and with those of extensions, but none of its text."""
    theirs = [context["js_tag"](script) for script in added(context["script_files"])]
    return content_policy([*scripts, *inline_scripts("".join([*theirs, context.get("metatags", "")]))])


def static_files(app: Sphinx) -> tuple[set[str], set[str]]:
    """The files in ``_static/`` that conf.py and extensions ask for, and those of Sphinx and our packages that no page links."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    theirs = [*THEIR_STATIC, *(f"{folder}/static" for folder in app.builder.theme.get_theme_dirs())]
    asked = {*asset_files(Path(app.confdir), [path for path in app.config.html_static_path if path not in THEIR_STATIC])}
    asked |= {Path(path).name for path in (app.config.html_logo, app.config.html_favicon) if path}
    asked |= SHARED if has_additions(app) else set()
    sources = {name for name in asked if name.startswith(SHEET_SOURCES)}
    asked -= sources
    unused = {*asset_files(Path(), theirs), *REPLACED, *PREPENDED[SEARCH], *sources, "pygments_dark.css"}
    unused -= asked | {*LINKED_ASSETS} - unlinked(app)
    return {f"{STATIC}/{name}" for name in asked}, {f"{STATIC}/{name}" for name in unused | unlinked(app)}


def _name(file: Any) -> str:
    """The name of a file of Sphinx in ``_static/``; nothing for an inline script."""
    return os.fspath(getattr(file, "filename", file) or "").removeprefix(f"{STATIC}/")


def take_additions(
    app: Sphinx, pagename: str, templatename: str, context: dict[str, Any], doctree: nodes.document | None
) -> None:
    """Report what the content policy would block, and make pictures of the drawings that it would."""
    for file in added([*context["css_files"], *context["script_files"]]):
        body = getattr(file, "attributes", {}).get("body") or ""
        _report(app, [name] if "//" in (name := _name(file)) else REMOTE.findall(body))
    _report(app, REMOTE.findall(context.get("metatags") or ""))
    if has_additions(app) and context.get("body"):
        body = OBJECT.sub(r'<img src="\g<src>" alt="\g<alt>"\g<rest>>', context["body"])
        context["body"] = UNSIZED.sub(lambda image: _sized(image, Path(app.outdir, image["file"])), body)


def _report(app: Sphinx, addresses: Iterable[str]) -> None:
    for address in addresses:
        for name in ("html_css_files", "html_js_files"):
            if any(address in entry for entry in getattr(app.config, name)):
                message = "%s has %s, which the content policy of pages blocks; put a copy in _static/, and name that"
                logger.error(message, name, address, location=setting_location(app.confdir, name))
                break
        else:
            message = (
                "an extension adds %s to pages, whose content policy blocks what is on other hosts; "
                "set it to use a copy in _static/, or remove it"
            )
            logger.error(message, address, location=setting_location(app.confdir, "extensions"))


def _sized(image: re.Match[str], file: Path) -> str:
    """An image with its size, so that nothing moves when it loads."""
    size = picture_size(file)
    return f'<img {image["rest"]} width="{size[0]}" height="{size[1]}">' if size else image[0]
