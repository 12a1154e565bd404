"""Faster versions of what other packages do. Each says what it gains in a build of 1,000 essays (`make bench`).

Each returns what the original returns, which a test verifies. If the attribute that a patch replaces does not exist, the patch is
left out, and the build only takes longer.
"""

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import furo
import myst_parser.mdit_to_docutils.base
import sphinx.builders
import sphinx.util.docutils
from docutils import nodes
from docutils.frontend import Values
from docutils.utils import DependencyList
from sphinx.application import Sphinx
from sphinx.builders import Builder

#: The smallest number of texts for which a second process is worth it: it takes a copy of the environment both ways.
MIN_PARALLEL = 50


def find_nodes(self: nodes.Node, cls: type[nodes.Node]) -> Iterator[nodes.Node]:
    """``Node._fast_findall`` with one generator instead of one per node, because each text is searched eighty times. Gains 3%.

    A node whose only child is a string, such as most paragraphs, is not descended into, unless strings are searched for.
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


def reuse_settings(original: Callable[..., Values]) -> Callable[..., Values]:
    """A function that copies the settings of the last text, for which docutils would make a command-line parser. Gains 4%."""
    last: list[tuple[object, Values]] = []

    def settings(*components: Any, defaults: Mapping[str, Any] | None = None, **options: bool) -> Values:
        types = [component if isinstance(component, type) else type(component) for component in components]
        key = (types, dict(defaults or {}), options)
        if not last or last[0][0] != key:
            values = original(*components, **({} if defaults is None else {"defaults": defaults}), **options)
            last[:] = [(key, values)]
        copy = last[0][1].copy()
        copy.record_dependencies = DependencyList()  # each text has its own
        return copy

    return settings


def read_in_one_chunk_per_process(original: Callable[..., None]) -> Callable[..., None]:
    """Parallel reading with one chunk per process. Sphinx makes many, and each sends the environment both ways.

    Together with ``write_on_all_cores`` it gains a third of the time on two cores, and costs 5% of CPU.
    """

    def read_parallel(self: Builder, docnames: Sequence[str], nproc: int) -> None:
        if len(docnames) < MIN_PARALLEL:
            self._read_serial(list(docnames))
            return
        make_chunks = sphinx.builders.make_chunks  # type: ignore[attr-defined]
        try:
            sphinx.builders.make_chunks = even_chunks  # type: ignore[assignment,attr-defined]
            original(self, docnames, nproc)
        finally:
            sphinx.builders.make_chunks = make_chunks  # type: ignore[attr-defined]

    return read_parallel


def even_chunks(texts: Sequence[str], count: int) -> list[Sequence[str]]:
    """``texts`` dealt out to ``count`` chunks one at a time, because some folders have longer texts than others."""
    return [texts[first::count] for first in range(count)]


def write_on_all_cores(original: Callable[..., None]) -> Callable[..., None]:
    """Parallel writing with one more process. Sphinx counts its main process, which has only a quarter of the work."""

    def write_parallel(self: Builder, docnames: Sequence[str], nproc: int) -> None:
        if len(docnames) < MIN_PARALLEL:
            self._write_serial(docnames)
        else:
            original(self, docnames, nproc + 1)

    return write_parallel


def skip_furo_context(app: Sphinx, *_: object) -> None:
    """Do not compute the variables of Furo's own templates, because ours use none of them. Gains 4%."""
    for listener in list(app.events.listeners["html-page-context"]):
        if listener.handler is getattr(furo, "_html_page_context", None):
            app.disconnect(listener.id)


def start_garbage_collection(*_: object) -> None:
    """Start the garbage collector, but exempt the objects that exist.

    To load an environment without the collector gains a seventh of a build after an edit.
    """
    gc.freeze()
    gc.set_threshold(10_000, 4)  # the nodes of some five texts, instead of 700 objects
    gc.enable()


def exempt_from_garbage_collection(*_: object) -> tuple[()]:
    """Exempt all objects that exist: what was read or written stays until the process ends. Gains 5%. Returns no pages."""
    gc.freeze()
    return ()


def replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    """Replace the attribute ``name`` of ``owner`` by what ``make`` makes of it, if it exists."""
    if original := getattr(owner, name, None):
        setattr(owner, name, make(original))


def apply_patches() -> None:
    """Replace what is slow, and stop the garbage collector until the environment has been loaded."""
    gc.disable()
    replace(nodes.Node, "_fast_findall", lambda original: find_nodes)
    replace(sphinx.util.docutils, "_get_settings", reuse_settings)
    replace(myst_parser.mdit_to_docutils.base, "get_default_settings", reuse_settings)
    replace(Builder, "_read_parallel", read_in_one_chunk_per_process)
    replace(Builder, "_write_parallel", write_on_all_cores)
