"""The publication with many essays: the same site however it is built, and lists in parts that lead to every essay."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import bench
import fuzz_builds
import pytest
import warm
from bench import publication
from bs4 import BeautifulSoup
from conftest import TODAY, Site, append, build, project, read_in_parallel
from fuzz_builds import differences
from insights.reporting.build import SWITCHES

#: Six essays in each category.
MANY = 36
#: How many essays a part of a list has here, instead of fifty.
PART = 2


def put_in_parts(folder: Path, part: int = PART) -> None:
    """Let a list have parts from a few essays on."""
    append(folder / "conf.py", f"\nfrom insights.catalog import listings\nlistings.PART = {part}\n")


def make(folder: Path, *commands: tuple[str, ...]) -> Site:
    """The site of a publication, built and published by ``commands``, or as the Makefile does."""
    environment = os.environ | {"PYTHONPATH": str(folder / "_ext")}
    for command in commands or [("insights", "html")]:
        done = warm.run(command, folder, environment)
        assert (done.returncode, done.stderr) == (0, "")
    return Site(folder / "_build/html", 0, [])


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Site:
    """The site of many essays, as the Makefile builds it."""
    folder = tmp_path_factory.mktemp("many")
    publication(folder, MANY)
    put_in_parts(folder)
    read_in_parallel(folder)
    return make(folder)


def another(many: Site, folder: Path) -> None:
    """The same essays once more, with what their models compute, to be built anew."""
    publication(folder, MANY)
    put_in_parts(folder)
    shutil.copytree(many.folder.parent / "store", folder / "_build/store")


def test_one_process_without_insights_speed_builds_the_same_site(many: Site, tmp_path: Path) -> None:
    another(many, tmp_path)
    append(tmp_path / "conf.py", 'extensions.remove("insights_speed")\n')
    one_process = ("sphinx", "-q", *SWITCHES, "-j", "1", "-d", "_build/doctrees", ".", "_build/work")
    site = make(tmp_path, one_process, ("insights", "publish", "_build/work", "_build/html"))
    assert differences(many.folder, site.folder) == []


def test_incremental_builds_by_several_processes_equal_a_clean_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``make fuzz-builds`` does it with three hundred essays, and compares after each edit."""

    monkeypatch.setattr(bench, "WORDS", 200)

    def small(folder: Path, count: int) -> None:
        publication(folder, count)
        read_in_parallel(folder)

    monkeypatch.setattr(fuzz_builds, "publication", small)
    assert len(list(fuzz_builds.fuzz(tmp_path, essays=20, edits=15, every=5, seed=7))) == 15


def chain(site: Site, address: str) -> Iterator[tuple[str, list[str]]]:
    """A list and its parts, from the newest to the oldest: the heading of each, and where its cards lead."""
    while address:
        page = site.page(address)
        cards = [a["href"] for a in page.select(".sd-card a")]
        yield page.h1.get_text(), [os.path.normpath(f"{address}/{href}") for href in cards]
        older = page.select_one("a.older")
        address = os.path.normpath(f"{address}/{older['href']}") if older else ""


def test_the_parts_of_a_long_list_have_every_essay_once(many: Site) -> None:
    parts = list(chain(many, "/essays/category/system-design/"))
    assert [heading for heading, _ in parts] == ["System Design", "System Design, part 2", "System Design, part 1"]
    assert [essay for _, essays in parts for essay in essays] == [f"/essays/essay-{n}" for n in range(0, MANY, 6)]


def test_a_part_links_to_the_newer_one(many: Site) -> None:
    newest, second, first = (many.page(f"/essays/category/system-design/{part}") for part in ("", "part-2/", "part-1/"))
    assert newest.select_one("a.newer") is None
    assert second.select_one("a.newer")["href"] == "../"
    assert first.select_one("a.newer")["href"] == "../part-2/"


def test_a_full_part_always_shows_the_same_essays(many: Site, tmp_path: Path) -> None:
    another(many, tmp_path)
    new = tmp_path / "essays/new"
    new.mkdir()
    header = "date: 2026-03-01\ncategory: System Design\nsummary: New."
    (new / "index.md").write_text(f"---\n{header}\n---\n# New\n\nNew.\n")
    longer = dict(chain(make(tmp_path), "/essays/category/system-design/"))
    before = dict(chain(many, "/essays/category/system-design/"))
    assert longer["System Design"] == ["/essays/new", *before["System Design"]]
    assert [longer[f"System Design, part {n}"] for n in (1, 2)] == [before[f"System Design, part {n}"] for n in (1, 2)]


def test_the_list_of_all_essays_shows_the_newest_and_links_to_years(many: Site) -> None:
    page = many.page("/essays/")
    assert len(page.select(".sd-card")) == 2 * PART - 1
    # The one essay of 2026 is there; of 2025 there are more.
    assert [a.get_text() for a in page.select("nav[aria-label='Essays by year'] a")] == ["2025"]
    listed = [essay for year in ("2026", "2025") for _, essays in chain(many, f"/essays/{year}/") for essay in essays]
    assert listed == [f"/essays/essay-{n}" for n in range(MANY)]


def test_the_link_to_older_essays_leads_through_all_parts(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    put_in_parts(source, 1)
    shutil.copytree(source / "essays/first", source / "essays/another")
    site = build(source, tmp_path / "html", options=TODAY)
    assert site.returncode == 0, site.errors

    whole = site.page("/essays/")
    assert len(whole.find_all(class_="essay-card")) == 1
    years = whole.find(id=whole.find(class_="standfirst").a["href"].removeprefix("#")).parent
    assert [year.get_text(" ", strip=True) for year in years.find_all("dd")] == ["2026 2", "2025 2"]

    at, met = "/essays/category/infrastructure/", []
    while at:
        page = site.page(at)
        met += [card.find("a")["href"].split("/")[-2] for card in page.find_all(class_="essay-card")]
        older = page.find("a", rel="prev")
        there = urljoin(at, older["href"]) if older else ""
        assert not there or urljoin(there, site.page(there).find("a", rel="next")["href"]) == at
        at = there
    assert sorted(met) == ["another", "first", "third"]


def test_no_list_is_too_long(many: Site) -> None:
    lists = [path for path in many.folder.glob("essays/**/index.html") if not path.parent.name.startswith("essay-")]
    assert len(lists) > 20
    for path in lists:
        cards = BeautifulSoup(path.read_text(), "lxml").select(".sd-card")
        assert 0 < len(cards) < 2 * PART, path
