"""The publication with many essays: the same site however it is built, lists in parts, and what others do, done otherwise."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench import Commands, builds, publication
from bs4 import BeautifulSoup
from conftest import Site
from docutils import nodes
from docutils.core import publish_doctree
from docutils.frontend import Values
from docutils.parsers.rst import Parser
from docutils.readers.standalone import Reader
from drift import differences, drift
from insights.reporting.build import SWITCHES
from insights_speed import patches
from sphinx.util.docutils import _get_settings

#: More than it takes for two processes to read them.
MANY = patches.MIN_PARALLEL + 10
#: In place of fifty.
PART = 3


def put_in_parts(folder: Path) -> None:
    """Let a list have parts from a few essays on."""
    path = folder / "_ext/insights/catalog/listings.py"
    text = path.read_text()
    assert "PART = 50" in text
    path.write_text(text.replace("PART = 50", f"PART = {PART}"))


def make(folder: Path, commands: Commands) -> Site:
    """The site of a publication, built and published by ``commands``."""
    for command in commands:
        environment = os.environ | {"PYTHONPATH": str(folder / "_ext")}
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    return Site(folder / "_build/html", 0, [])


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of many essays, as the Makefile builds it."""
    folder = tmp_path_factory.mktemp("many")
    publication(folder, MANY)
    put_in_parts(folder)
    return make(folder, builds(folder))


# -- However it is built ------------------------------------------------------------------------------------------------------


def test_one_process_without_insights_speed_builds_the_same_site(many: Site, tmp_path: Path) -> None:
    publication(tmp_path, MANY)
    put_in_parts(tmp_path)
    path = tmp_path / "conf.py"
    text = path.read_text()
    assert '"insights_speed",' in text
    path.write_text(text.replace('"insights_speed",', ""))
    switches = ["-q", *SWITCHES, "-j", "1", "-d", "_build/doctrees"]
    build: list[str | Path] = [sys.executable, "-m", "sphinx", *switches, ".", "_build/work"]
    publish: list[str | Path] = [sys.executable, "-m", "insights", "publish", "_build/work", "_build/html"]
    assert differences(many.folder, make(tmp_path, [build, publish]).folder) == []


def test_a_site_of_many_essays_edited_at_random_is_the_site_built_afresh(tmp_path: Path) -> None:
    """In small; ``make drift`` does it with three hundred essays, and compares after each edit."""
    assert len(list(drift(tmp_path, essays=MANY, edits=15, every=5, seed=7))) == 15


# -- Lists in parts -----------------------------------------------------------------------------------------------------------


def chain(site: Site, address: str) -> Iterator[tuple[str, list[str]]]:
    """A list and its parts, from the newest to the oldest: the heading of each, and where its cards lead."""
    while address:
        page = site.page(address)
        cards = [a["href"] for a in page.select(".sd-card a")]
        yield page.h1.get_text(), [os.path.normpath(f"{address}/{href}") for href in cards]
        older = page.select_one("a.older")
        address = os.path.normpath(f"{address}/{older['href']}") if older else ""


def test_a_long_list_is_read_from_part_to_part_with_every_essay_once(many: Site) -> None:
    parts = list(chain(many, "/essays/category/system-design/"))
    assert [heading for heading, _ in parts] == ["System Design", "System Design, part 2", "System Design, part 1"]
    assert [essay for _, essays in parts for essay in essays] == [f"/essays/essay-{n}" for n in range(0, MANY, 6)][:12]


def test_a_part_leads_back_to_what_is_newer(many: Site) -> None:
    newest, second, first = (many.page(f"/essays/category/system-design/{part}") for part in ("", "part-2/", "part-1/"))
    assert newest.select_one("a.newer") is None
    assert second.select_one("a.newer")["href"] == "../"
    assert first.select_one("a.newer")["href"] == "../part-2/"


def test_a_full_part_shows_the_same_essays_for_ever(many: Site, tmp_path: Path) -> None:
    publication(tmp_path, MANY)
    put_in_parts(tmp_path)
    new = tmp_path / "essays/new"
    new.mkdir()
    header = "date: 2026-03-01\ncategory: System Design\nsummary: New."
    (new / "index.md").write_text(f"---\n{header}\n---\n# New\n\nNew.\n")
    longer = dict(chain(make(tmp_path, builds(tmp_path)), "/essays/category/system-design/"))
    before = dict(chain(many, "/essays/category/system-design/"))
    assert longer["System Design"] == ["/essays/new", *before["System Design"]]
    assert [longer[f"System Design, part {n}"] for n in (1, 2)] == [before[f"System Design, part {n}"] for n in (1, 2)]


def test_the_list_of_all_shows_the_newest_and_leads_to_whole_years(many: Site) -> None:
    page = many.page("/essays/")
    assert len(page.select(".sd-card")) == 2 * PART - 1
    # The one essay of 2026 is there; of 2025 there are more.
    assert [a.get_text() for a in page.select("nav[aria-label='Essays by year'] a")] == ["2025"]
    listed = [essay for year in ("2026", "2025") for _, essays in chain(many, f"/essays/{year}/") for essay in essays]
    assert listed == [f"/essays/essay-{n}" for n in range(MANY)]


def test_no_list_is_too_long_to_load(many: Site) -> None:
    lists = [path for path in many.folder.glob("essays/**/index.html") if not path.parent.name.startswith("essay-")]
    assert len(lists) > 20
    for path in lists:
        cards = BeautifulSoup(path.read_text(), "lxml").select(".sd-card")
        assert 0 < len(cards) < 2 * PART, path


# -- What others do, done otherwise -------------------------------------------------------------------------------------------

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
    """A text with all kinds of things in it."""
    return publish_doctree(TEXT)


@pytest.mark.parametrize("kind", [nodes.Node, nodes.Text, nodes.emphasis, nodes.Element, nodes.list_item, nodes.raw])
def test_a_text_is_walked_through_in_the_same_order(doctree: nodes.document, kind: type[nodes.Node]) -> None:
    assert list(patches.find_nodes(doctree, kind)) == list(doctree._fast_findall(kind))  # type: ignore[attr-defined]


def test_a_text_may_change_while_it_is_walked_through(doctree: nodes.document) -> None:
    other = doctree.deepcopy()

    def swap(found: Iterator[Any]) -> None:
        for node in found:
            node.replace_self([nodes.strong("", "in its place"), nodes.Text(" and more")])

    swap(patches.find_nodes(doctree, nodes.emphasis))
    swap(other._fast_findall(nodes.emphasis))  # type: ignore[attr-defined]
    assert doctree.pformat() == other.pformat()
    assert "in its place" in doctree.pformat()


def plain(settings: Values) -> dict[str, object]:
    """What settings say, without the streams and lists that each has of its own."""
    return {
        name: value
        for name, value in vars(settings).items()
        if not isinstance(value, io.IOBase) and name not in ("record_dependencies", "warning_stream", "_destination")
    }


def test_the_settings_of_a_text_are_those_that_docutils_works_out() -> None:
    kept = patches.reuse_settings(_get_settings)
    for asked in (
        {"defaults": {"traceback": True}, "read_config_files": True},
        {"defaults": {"traceback": True}, "read_config_files": True},
        {"defaults": {"traceback": False}},
    ):
        assert plain(kept(Reader, Parser(), **asked)) == plain(_get_settings(Reader, Parser(), **asked))


def test_a_text_does_not_depend_on_what_the_text_before_it_depends_on() -> None:
    kept = patches.reuse_settings(_get_settings)
    one = kept(Reader, defaults={})
    one.record_dependencies.add("numbers.csv")
    one.report_level = 5
    other = kept(Reader, defaults={})
    assert other.record_dependencies.list == []
    assert other.report_level == _get_settings(Reader, defaults={}).report_level


@pytest.mark.parametrize(("count", "processes"), [(60, 2), (61, 2), (7, 3), (2, 4)])
def test_every_text_is_in_one_part(count: int, processes: int) -> None:
    texts = [str(number) for number in range(count)]
    parts = patches.even_chunks(texts, processes)
    assert sorted(text for part in parts for text in part) == sorted(texts)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1


def test_what_is_not_there_is_not_replaced() -> None:
    class Owner:
        there = 1

    patches.replace(Owner, "there", lambda original: original + 1)
    patches.replace(Owner, "gone", lambda original: original + 1)
    assert (Owner.there, hasattr(Owner, "gone")) == (2, False)
