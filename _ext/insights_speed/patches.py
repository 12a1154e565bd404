"""What other packages do slowly, done otherwise; beside each, what it gains of a build of 1,000 essays (`make bench`).

Each gives what the original gives, to which a test holds it. One that does not find what it would replace is left out: the build
is as right without it, and takes longer.
"""

from __future__ import annotations

import gc
import importlib.metadata
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import furo
import myst_parser.mdit_to_docutils.base
import pybtex.plugin
import sphinx.builders
import sphinx.theming
import sphinx.util.docutils
import sphinxcontrib.bibtex.plugin
import yaml
from docutils import nodes
from docutils.frontend import Values
from docutils.utils import DependencyList
from pygments.formatter import Formatter  # type: ignore[import-untyped]
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.highlighting import PygmentsBridge
from sphinx.util.logging import NAMESPACE

#: So many texts are worth a second process: it begins with all that is known of the site, and sends home all that it knows.
WORTH = 50


def nodes_of(self: nodes.Node, cls: type[nodes.Node]) -> Iterator[nodes.Node]:
    """``Node._fast_findall`` with one generator in place of one a node: every text is walked through eighty times. Gains 3%.

    What holds nothing but one string, as most paragraphs do, is not gone into, unless strings are asked for.
    """
    strings = issubclass(nodes.Text, cls)
    pending = [iter((self,))]
    while pending:
        for node in pending[-1]:
            if isinstance(node, cls):
                yield node
            children = node.children
            if children and (strings or len(children) > 1 or type(children[0]) is not nodes.Text):
                pending.append(iter(children))
                break
        else:
            pending.pop()


def findall(original: Callable[..., Iterator[nodes.Node]]) -> Callable[..., Iterator[nodes.Node]]:
    """``Node.findall`` with one generator for a condition that is a function. Gains 2%."""

    def findall(self: nodes.Node, condition: Any = None, *arguments: bool, **options: bool) -> Iterator[nodes.Node]:
        if condition is None or isinstance(condition, type) or arguments or options:
            return original(self, condition, *arguments, **options)
        return filter(condition, nodes_of(self, nodes.Node))  # type: ignore[type-abstract]

    return findall


def settings(original: Callable[..., Values]) -> Callable[..., Values]:
    """A text's settings, which are those of the text before it: docutils makes a parser of command lines for each. Gains 4%."""
    kept: list[tuple[object, Values]] = []

    def settings(*components: Any, defaults: Mapping[str, Any] | None = None, **options: bool) -> Values:
        kinds = [one if isinstance(one, type) else type(one) for one in components]
        asked = (kinds, dict(defaults or {}), options)
        if not kept or kept[0][0] != asked:
            given = {} if defaults is None else {"defaults": defaults}
            kept[:] = [(asked, original(*components, **given, **options))]
        found = kept[0][1].copy()
        found.record_dependencies = DependencyList()  # of each text its own
        return found

    return settings


def formatter(original: Callable[..., Formatter[str]]) -> Callable[..., Formatter[str]]:
    """What writes coloured code, made once for all blocks that are written alike. Gains 1%."""
    kept: dict[object, Formatter[str]] = {}

    def get_formatter(self: PygmentsBridge, **asked: Any) -> Formatter[str]:
        key = self, repr(sorted(asked.items()))
        if key not in kept:
            kept[key] = original(self, **asked)
        return kept[key]

    return get_formatter


def load(original: Callable[[str], Any]) -> Callable[[str], Any]:
    """``yaml.safe_load`` in C, where PyYAML has it: MyST loads each header twice. What is wrong, the original says. Gains 2%."""

    def safe_load(text: str) -> Any:
        try:
            return yaml.load(text, Loader=yaml.CSafeLoader)
        except (AttributeError, yaml.YAMLError):
            return original(text)

    return safe_load


def entry_points(original: Callable[..., Any]) -> Callable[..., Any]:
    """``importlib.metadata.entry_points``, which reads what all packages announce, ten times a build. Gains 2% after an edit."""
    everything = original()

    def entry_points(**asked: str) -> Any:
        return everything.select(**asked) if asked else everything

    return entry_points


def read_in_parts(original: Callable[..., None]) -> Callable[..., None]:
    """Sphinx's parallel reading in as many parts as there are processes; it makes many, and each costs the environment twice.

    With the next, it gains a third of the time on two cores, and costs 5% of CPU.
    """

    def read_parallel(self: Builder, docnames: Sequence[str], nproc: int) -> None:
        if len(docnames) < WORTH:
            self._read_serial(list(docnames))
            return
        make_chunks = sphinx.builders.make_chunks  # type: ignore[attr-defined]
        try:
            sphinx.builders.make_chunks = parts  # type: ignore[assignment,attr-defined]
            original(self, docnames, nproc)
        finally:
            sphinx.builders.make_chunks = make_chunks  # type: ignore[attr-defined]

    return read_parallel


def write_on_all_cores(original: Callable[..., None]) -> Callable[..., None]:
    """Sphinx's parallel writing with a process more: it counts the one that hands pages out, which has a quarter of the work."""

    def write_parallel(self: Builder, docnames: Sequence[str], nproc: int) -> None:
        if len(docnames) < WORTH:
            self._write_serial(docnames)
        else:
            original(self, docnames, nproc + 1)

    return write_parallel


def parts(texts: Sequence[str], count: int) -> list[Sequence[str]]:
    """``texts`` in so many parts of nearly the same size, one text in turn to each: some folders hold longer ones."""
    return [texts[first::count] for first in range(count)]


def quiet(app: Sphinx) -> None:
    """Leave out what Furo works out for its own templates, which fill none of our blocks. Gains 4%."""
    for listener in list(app.events.listeners["html-page-context"]):
        if listener.handler is getattr(furo, "_html_page_context", None):
            app.disconnect(listener.id)


def hush(app: Sphinx) -> None:
    """Make no messages that nobody is shown: of every event, for who looks for a fault in Sphinx. Gains 1%."""
    if app.verbosity <= 0:
        logging.getLogger(NAMESPACE).setLevel(logging.INFO)


def plain(app: Sphinx) -> None:
    """Look for no style sheets of docutils: a page is written in five parts, and for each it did, in vain. Gains 1%."""
    app.env.settings["stylesheet_path"] = ""


def collect(app: Sphinx) -> None:
    """Collect garbage, but not among all that has been loaded: the collector would look through it again and again.

    It stays, so that to load it without the collector gains a seventh of a build after an edit.
    """
    gc.freeze()
    gc.set_threshold(10_000, 4)  # as many nodes as some five texts have, in place of 700 objects of any kind
    gc.enable()


def keep() -> list[tuple[str, dict[str, Any], str]]:
    """Look no more for garbage in what has been read, or has been written: it goes with the process. No pages. Gains 5%."""
    gc.freeze()
    return []


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Put what ``make`` makes of ``owner``'s ``name`` in its place, where there is one."""
    if original := getattr(owner, name, None):
        setattr(owner, name, make(original))


def setup(app: Sphinx) -> None:
    """Patch what is there to be patched."""
    gc.disable()
    replace(nodes.Node, "_fast_findall", lambda original: nodes_of)
    replace(nodes.Node, "findall", findall)
    replace(sphinx.util.docutils, "_get_settings", settings)
    replace(myst_parser.mdit_to_docutils.base, "get_default_settings", settings)
    replace(yaml, "safe_load", load)
    announced = entry_points(importlib.metadata.entry_points)
    for owner in (importlib.metadata, sphinx.theming, pybtex.plugin, sphinxcontrib.bibtex.plugin):
        replace(owner, "entry_points", lambda original: announced)
    replace(Builder, "_read_parallel", read_in_parts)
    replace(Builder, "_write_parallel", write_on_all_cores)
    replace(PygmentsBridge, "get_formatter", formatter)
    hush(app)
    app.connect("builder-inited", plain)
    app.connect("env-before-read-docs", lambda app, env, docnames: quiet(app))
    app.connect("env-before-read-docs", lambda app, env, docnames: collect(app))
    app.connect("env-check-consistency", lambda app, env: keep())
    app.connect("html-collect-pages", lambda app: keep())
