"""What insights_speed does faster has the same results as the original."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from docutils import nodes
from docutils.core import publish_doctree
from docutils.frontend import Values
from docutils.parsers.rst import Parser
from docutils.readers.standalone import Reader
from insights_speed import patches
from sphinx.util.docutils import _get_settings

TEXT = """\
Title
=====

A *word* and a `link <https://example.org>`_.

- one
- two

  - three

.. note:: Noted, with *another word*.
"""


@pytest.fixture
def doctree() -> nodes.document:
    """A text with several kinds of nodes."""
    return publish_doctree(TEXT)


@pytest.mark.parametrize("kind", [nodes.Node, nodes.Text, nodes.emphasis, nodes.Element, nodes.list_item, nodes.raw])
def test_nodes_are_found_in_the_same_order(doctree: nodes.document, kind: type[nodes.Node]) -> None:
    assert list(patches.find_nodes(doctree, kind)) == list(doctree._fast_findall(kind))  # type: ignore[attr-defined]


def test_a_doctree_can_change_while_nodes_are_found(doctree: nodes.document) -> None:
    other = doctree.deepcopy()

    def swap(found: Iterator[Any]) -> None:
        for node in found:
            node.replace_self([nodes.strong("", "in its place"), nodes.Text(" and more")])

    swap(patches.find_nodes(doctree, nodes.emphasis))
    swap(other._fast_findall(nodes.emphasis))  # type: ignore[attr-defined]
    assert doctree.pformat() == other.pformat()
    assert "in its place" in doctree.pformat()


def plain(settings: Values) -> dict[str, object]:
    """The values of settings, without the streams and lists of their own."""
    return {
        name: value
        for name, value in vars(settings).items()
        if not isinstance(value, io.IOBase) and name not in ("record_dependencies", "warning_stream", "_destination")
    }


def test_settings_are_those_that_docutils_computes() -> None:
    kept = patches.reuse_settings(_get_settings)
    for asked in (
        {"defaults": {"traceback": True}, "read_config_files": True},
        {"defaults": {"traceback": True}, "read_config_files": True},
        {"defaults": {"traceback": False}},
    ):
        assert plain(kept(Reader, Parser(), **asked)) == plain(_get_settings(Reader, Parser(), **asked))


def test_a_text_does_not_depend_on_the_files_of_the_text_before() -> None:
    kept = patches.reuse_settings(_get_settings)
    one = kept(Reader, defaults={})
    one.record_dependencies.add("numbers.csv")
    one.report_level = 5
    other = kept(Reader, defaults={})
    assert other.record_dependencies.list == []
    assert other.report_level == _get_settings(Reader, defaults={}).report_level


@pytest.mark.parametrize(("count", "processes"), [(60, 2), (61, 2), (7, 3), (2, 4)])
def test_every_text_is_in_one_chunk(count: int, processes: int) -> None:
    texts = [str(number) for number in range(count)]
    parts = patches.even_chunks(texts, processes)
    assert sorted(text for part in parts for text in part) == sorted(texts)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


def test_a_missing_function_is_not_replaced() -> None:
    class Owner:
        there = 1

    patches.replace(Owner, "there", lambda original: original + 1)
    patches.replace(Owner, "gone", lambda original: original + 1)
    assert (Owner.there, hasattr(Owner, "gone")) == (2, False)
