"""What is published follows from the sources, and from nothing else; where it does not, the difference is shown."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from conftest import ROOT, append, project, read_in_parallel
from verify import differences, verify


def test_two_machines_build_the_same_publication() -> None:
    assert verify(ROOT) == []


#: Notes each text that is read, and each page that is written, outside the process that began the build; and shows the time zone
#: of the machine on a page.
WITNESS = """
def setup(app):
    first, note = os.getpid(), Path({note!r})
    def event(name):
        return lambda *_: os.getpid() != first and note.with_suffix("." + name).touch()
    def show(app, docname, lines):
        if docname == "about":
            lines[0] += os.environ["TZ"]
    app.connect("source-read", event("read"))
    app.connect("source-read", show)
    app.connect("html-page-context", event("written"))
"""


def test_one_process_and_many_build_the_same_site_but_for_a_dependence_on_the_machine(tmp_path: Path) -> None:
    """Of essays that are read and written by several at once; each leads to others, and is listed with others."""
    source = project(tmp_path / "source")
    read_in_parallel(source)
    for number in range(8):
        text = source / f"essays/e{number}/index.md"
        text.parent.mkdir()
        header = f"---\ndate: 2024-{number + 1:02}-01\ncategory: Infrastructure\nsummary: Essay {number}.\ntags: [latency]\n---\n"
        other = f"[another](/essays/e{(number * 5 + 1) % 8}/index.md)"
        text.write_text(f"{header}# Essay {number}\n\n{other}, {{cite}}`two`, a {{term}}`Term`.[^n]\n\n## Part\n\n[^n]: Note.\n")
    append(source / "conf.py", WITNESS.format(note=str(tmp_path / "elsewhere")))
    page, *others = verify(source)
    assert re.match(r"about/index.html:\d+:\d+: b'UTC.* in the first, b'Pacific/Kiritimati.* in the second", page)
    assert [place for place in others if not place.startswith(("about/index.html", "search/"))] == []
    assert sorted(path.name for path in tmp_path.glob("elsewhere.*")) == ["elsewhere.read", "elsewhere.written"]


@pytest.fixture
def two(tmp_path: Path) -> tuple[Path, Path]:
    sites = tmp_path / "one", tmp_path / "two"
    for site in sites:
        site.mkdir()
        (site / "index.html").write_text("<p>\nSame text.\n")
        os.utime(site / "index.html", (0, 0))
    return sites


def test_a_difference_is_shown_with_its_place(two: tuple[Path, Path]) -> None:
    assert list(differences(*two)) == []
    (two[1] / "index.html").write_text("<p>\nSame word.\n")
    assert list(differences(*two)) == [r"index.html:2:6: b'text.\n' in the first, b'word.\n' in the second"]


def test_an_extra_file_and_another_time_are_differences(two: tuple[Path, Path]) -> None:
    (two[0] / "note.txt").touch()
    os.utime(two[1] / "index.html", (1, 1))
    assert list(differences(*two)) == ["index.html: of another time", "note.txt: only in the first"]
