"""Directives that take a file into a text: `{include}`, `{literalinclude}`, `{csv-table}`. It lies in the folder of the text.

A text is published with all that it takes in, so a file from elsewhere could be one that nobody meant to publish.
"""

import re
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import Any, cast

from docutils import nodes
from pygments.lexers import get_lexer_for_filename
from pygments.util import ClassNotFound
from sphinx.application import Sphinx
from sphinx.directives.code import LiteralInclude
from sphinx.directives.other import Include
from sphinx.directives.patches import CSVTable
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from insights.problems import suggest
from insights.source import near_file, refusal

logger = logging.getLogger(__name__)


def file_problem(env: BuildEnvironment, written: str) -> str:
    """What is wrong with a file, given as its path, that a text takes in; or nothing. The text depends on it from now on."""
    name, path = env.relfn2path(written)
    env.note_dependency(name)
    if why := refusal(Path(env.srcdir), Path(env.doc2path(env.docname)), Path(path)):
        return f"the file {written!r} {why}"
    if not Path(path).is_file():
        near = near_file(Path(env.doc2path(env.docname)).parent, written)
        return suggest(
            f"no file {written!r}", near, filter(None, [near]), "add the file, or write its path relative to this text"
        )
    return ""


def _problems(env: BuildEnvironment, arguments: list[str], options: MutableMapping[str, Any], *names: str) -> Iterator[str]:
    if "url" in options:
        yield "a table from another host, which could change or be gone; save it next to the text, and write :file:"
    for written in [*arguments, *(options[name] for name in names if name in options)]:
        if problem := file_problem(env, written):
            yield problem


class OwnLiteralInclude(LiteralInclude):
    """Code from a file in the folder of the text, in the language of the file's name."""

    def run(self) -> list[nodes.Node]:
        """The code, or nothing after an error."""
        if problems := list(_problems(self.env, self.arguments, self.options, "diff")):
            return report(problems, self.get_location())
        try:
            language = get_lexer_for_filename(Path(self.arguments[0]).name).aliases[0]
            self.options.setdefault("language", language)
        except (ClassNotFound, IndexError):
            pass  # it is shown without colours
        made = super().run()
        if "diff" in self.options:
            self._shorten_paths(made)
        return made

    def _shorten_paths(self, made: list[nodes.Node]) -> None:
        """Write the names of the files that differ in place of their paths on this machine."""
        for block in (block for node in made for block in node.findall(nodes.literal_block)):
            code = re.sub(r"^(---|\+\+\+) .*/", r"\1 ", block.astext(), count=2, flags=re.MULTILINE)
            block.rawsource, block[:] = code, [nodes.Text(code)]


class OwnCSVTable(CSVTable):
    """A table from a file in the folder of the text, or from the lines of the directive."""

    def run(self) -> Any:
        """The table, or nothing after an error."""
        env = cast("BuildEnvironment", self.state.document.settings.env)
        if problems := list(_problems(env, [], self.options, "file")):
            return report(problems, f"{env.doc2path(env.docname)}:{self.lineno}")
        if "header" in self.options:  # the line break that ends a YAML block would make a row of its own
            self.options["header"] = self.options["header"].strip()
        return super().run()


class OwnInclude(Include):
    """A part of a text, in reStructuredText; the renderer checks those in Markdown, which MyST includes itself."""

    def run(self) -> Any:
        """The nodes of the part, or nothing after an error."""
        if problems := list(_problems(self.env, self.arguments, self.options)):
            return report(problems, self.get_location())
        return super().run()


def report(problems: list[str], location: str) -> list[nodes.Node]:
    """Log each of the ``problems``; no nodes."""
    for problem in problems:
        logger.error("%s", problem, location=location)
    return []


def setup(app: Sphinx) -> None:
    """Register the directives with Sphinx in place of its own."""
    app.add_directive("literalinclude", OwnLiteralInclude, override=True)
    app.add_directive("csv-table", OwnCSVTable, override=True)
    app.add_directive("include", OwnInclude, override=True)
