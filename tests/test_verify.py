"""What is published follows from the sources, and from nothing else; where it does not, the difference is shown."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from conftest import ROOT, project
from insights.building import SWITCHES
from insights.verify import differences, verify


def test_two_machines_build_one_publication() -> None:
    assert verify(ROOT) == []


def test_what_follows_from_the_machine_is_found(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    with (source / "conf.py").open("a") as settings:
        settings.write('\ninsights_description = "Built in " + os.environ["TZ"].lower()\n')
    found = verify(source)
    places = [place.split(":")[0] for place in found]
    assert {"atom.xml", "rss.xml"} < set(places)
    assert "feed.json" in places
    assert "b'utc" in found[places.index("feed.json")]
    assert "b'pacific/kiritimati" in found[places.index("feed.json")]


def test_the_makefile_builds_with_the_switches_of_every_other_build() -> None:
    assert f"sphinx-build {' '.join(SWITCHES)}\n" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    sites = tmp_path / "one", tmp_path / "two"
    for site in sites:
        site.mkdir()
        (site / "index.html").write_text("<p>\nSame text.\n")
        os.utime(site / "index.html", (0, 0))
    return sites


def test_a_difference_is_shown_where_it_is(two: tuple[Path, Path]) -> None:
    assert list(differences(*two)) == []
    (two[1] / "index.html").write_text("<p>\nSame word.\n")
    assert list(differences(*two)) == [r"index.html:2:6: b'text.\n' in the first, b'word.\n' in the second"]


def test_a_file_too_many_and_another_time_are_differences(two: tuple[Path, Path]) -> None:
    (two[0] / "note.txt").touch()
    os.utime(two[1] / "index.html", (1, 1))
    assert list(differences(*two)) == ["index.html: of another time", "note.txt: only in the first"]
