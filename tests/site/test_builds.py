"""The site is a function of its sources: whatever was built before, and wherever, whenever and however it is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Site, build, project
from insights.cache import Store
from insights.evidence.models import Evidence

TODAY = ("-D", "insights_today=2026-06-01")
HEAD = "---\ndate: {date}\ncategory: {category}\nsummary: A summary.\n---\n# {title}\n\nText with [a link](/essays/first/index.md).\n"


def differences(one: Site, other: Site) -> list[str]:
    """The files that are not the same in two sites, or only in one."""
    a, b = one.files(), other.files()
    return sorted(path for path in a.keys() | b.keys() if a.get(path) != b.get(path))


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the site built from it; Sphinx keeps paths, so that it is always worked on at the same place."""
    folder = tmp_path_factory.mktemp("builds") / "project"
    assert build(project(folder / "source"), folder / "html", options=TODAY).returncode == 0
    shutil.copytree(folder, folder.with_name("kept"))
    return folder


@pytest.fixture
def folder(built_once: Path) -> Iterator[Path]:
    """The project as it was when first built."""
    yield built_once
    shutil.rmtree(built_once)
    shutil.copytree(built_once.with_name("kept"), built_once)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def restore(path: Path, old: str, new: str) -> None:
    """Edit a file as a backup does that brings back an older one: its time goes back too."""
    edit(path, old, new)
    os.utime(path, (1_000_000_000,) * 2)


def restore_older_files(source: Path) -> None:
    restore(source / "essays/third/index.md", "Its first sentence", "Its old sentence")
    restore(source / "essays/second/model.py", '"answer": 42', '"answer": 41')
    restore(source / "essays/references.bib", "Another Source", "An Older Source")
    restore(source / "_templates/essay-foot.html", "Linked from", "Formerly linked from")


def add_an_essay(source: Path) -> None:
    (source / "essays/fourth").mkdir()
    (source / "essays/fourth/index.md").write_text(
        HEAD.format(date="2026-01-15", category="Architecture", title="The Fourth Essay")
    )


def delete_an_essay(source: Path) -> None:
    edit(source / "essays/second/index.md", "related: [first, third]\n", "")
    shutil.rmtree(source / "essays/third")


def rename_an_essay(source: Path) -> None:
    edit(source / "essays/second/index.md", "related: [first, third]", "related: [first, renamed]")
    (source / "essays/third").rename(source / "essays/renamed")


def publish_a_draft(source: Path) -> None:
    edit(source / "essays/in-preparation/index.md", "draft: true\n", "")


def change_every_category(source: Path) -> None:
    edit(source / "conf.py", '"Infrastructure": """', '"Foundations": """')
    for slug in ("first", "third"):
        edit(source / f"essays/{slug}/index.md", "category: Infrastructure", "category: Foundations")


def feature_another_essay(source: Path) -> None:
    edit(source / "essays/second/index.md", "featured: true\n", "")
    edit(source / "essays/third/index.md", "tags:", "featured: true\ntags:")


def add_a_model(source: Path) -> None:
    (source / "essays/third/model.py").write_text("def results():\n    return {'x': 1}\n")
    edit(source / "essays/third/index.md", "Its first sentence", "{result}`x`. Its first sentence")


def renumber_a_figure(source: Path) -> None:
    edit(source / "essays/second/model.py", "def growth(", "def before(axes):\n    return decay(axes)\n\n\ndef growth(")
    edit(source / "essays/second/index.md", "## A chart", "```{chart} before\n:alt: It falls.\nIt falls.\n```\n\n## A chart")


CHANGES: dict[str, Callable[[Path], object]] = {
    "nothing": lambda source: None,
    "add an essay": add_an_essay,
    "delete an essay": delete_an_essay,
    "rename an essay": rename_an_essay,
    "edit a sentence": lambda source: edit(source / "essays/third/index.md", "Its first sentence", "Its opening sentence"),
    "edit the sentence of a link": lambda source: edit(source / "essays/third/index.md", "leads to the first", "goes there"),
    "lengthen an essay": lambda source: edit(source / "essays/third/index.md", "Its first", "Many words. " * 400 + "Its first"),
    "change a title": lambda source: edit(source / "essays/third/index.md", "# The Third Essay", "# The Latest Essay"),
    "change a summary": lambda source: edit(source / "essays/third/index.md", "The newest essay", "The latest essay"),
    "change a date": lambda source: edit(source / "essays/third/index.md", "2026-06-01", "2025-06-01"),
    "change a category": lambda source: edit(source / "essays/third/index.md", "Infrastructure", "Architecture"),
    "take a tag away": lambda source: edit(source / "essays/third/index.md", "tags: [latency]\n", ""),
    "feature another essay": feature_another_essay,
    "revise an essay": lambda source: edit(source / "essays/second/index.md", "Added a source", "Added two sources"),
    "publish a draft": publish_a_draft,
    "hide an essay": lambda source: edit(source / "essays/third/index.md", "tags:", "draft: true\ntags:"),
    "change a result": lambda source: edit(source / "essays/second/model.py", '"answer": 42', '"answer": 43'),
    "change a chart": lambda source: edit(source / "essays/second/model.py", "2.0**step", "3.0**step"),
    "add a model": add_a_model,
    "change a citation's source": lambda source: edit(source / "essays/references.bib", "Another Source", "A Better Source"),
    "change a template": lambda source: edit(source / "_templates/essay-foot.html", "Linked from", "Mentioned in"),
    "change a page": lambda source: edit(source / "about.md", "# About Insights", "# About Us"),
    "change a section of the style sheet": lambda source: edit(source / "_static/insights/text.css", "line-height: 1.6;", "line-height: 1.7;"),
    "change a colour": lambda source: edit(source / "_ext/insights/palette.py", '"#9a3412"', '"#9a3413"'),
    "change the machinery": lambda source: edit(source / "_ext/insights/cards.py", "min read", "minutes"),
    "change how charts are drawn": lambda source: edit(source / "_ext/insights/evidence/charts.py", "2.25", "2.5"),
    "change a file that a model reads": lambda source: edit(source / "essays/second/read.txt", "7", "8"),
    "call a linked page otherwise": lambda source: edit(source / "start.md", "# Start a project", "# Start a project, today"),
    "call a linked heading otherwise": lambda source: edit(source / "essays/first/index.md", "## A heading", "## A Heading!"),
    "put a figure before a linked one": renumber_a_figure,
    "restore older files": restore_older_files,
    "change the categories": change_every_category,
    "change a category's description": lambda source: edit(source / "conf.py", "What everything else stands on", "What all else stands on"),
    "change the base address": lambda source: edit(source / "conf.py", "https://insights.example/", "https://insights.test/"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_site_built_on_an_older_one_is_the_site_built_afresh(
    folder: Path, tmp_path: Path, change: Callable[[Path], object]
) -> None:
    change(folder / "source")
    updated = build(folder / "source", folder / "html", options=TODAY)
    afresh = build(folder / "source", tmp_path / "html", options=TODAY)
    assert (updated.returncode, afresh.returncode) == (0, 0), updated.errors + afresh.errors
    assert differences(updated, afresh) == []


def test_a_scheduled_essay_comes_out_on_its_day(folder: Path, tmp_path: Path) -> None:
    day = ("-D", "insights_today=2026-06-02")
    updated = build(folder / "source", folder / "html", options=day)
    assert "essays/in-the-future/index.html" in updated.files()
    assert differences(updated, build(folder / "source", tmp_path / "html", options=day)) == []


def touched(folder: Path, pattern: str, work: Callable[[], Site]) -> list[str]:
    """The files below ``folder`` that ``work``, a build that goes well, writes again."""
    before = {path: path.stat().st_mtime_ns for path in folder.rglob(pattern)}
    built = work()
    assert built.returncode == 0, built.errors
    assert before
    return [path.relative_to(folder).as_posix() for path in before if path.exists() and path.stat().st_mtime_ns != before[path]]


def test_a_prose_edit_reads_one_essay_and_runs_no_model(folder: Path) -> None:
    edit(folder / "source/essays/second/index.md", "They mirror each other", "They are mirrors")
    # What is kept of the model says something else than the model would, if it was run.
    store = Store(folder / "doctrees/store")
    evidence: Evidence | None = store.read("evidence/second", None)
    assert evidence
    store.write("evidence/second", evidence._replace(results=evidence.results | {"answer": 44}))
    again = touched(folder / "doctrees", "*.doctree", lambda: build(folder / "source", folder / "html", options=TODAY))
    assert again == ["essays/second/index.doctree"]
    assert 'title="answer = 44">44<' in (folder / "html/essays/second/index.html").read_text(encoding="utf-8")


def test_a_model_is_read_again_with_its_own_essay_and_with_no_other(folder: Path) -> None:
    edit(folder / "source/essays/second/model.py", '"answer": 42', '"answer": 43')
    again = touched(folder / "doctrees", "*.doctree", lambda: build(folder / "source", folder / "html", options=TODAY))
    assert again == ["essays/second/index.doctree"]


def test_a_change_that_shows_nowhere_else_writes_one_essay_again(folder: Path) -> None:
    edit(folder / "source/essays/third/index.md", "Its first sentence", "Its opening sentence")
    written = touched(folder / "html", "*.html", lambda: build(folder / "source", folder / "html", options=TODAY))
    texts = [path for path in written if "/" in path and path.split("/")[1] in {"first", "second", "third"}]
    assert texts == ["essays/third/index.html"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A publication with its Makefile."""
    source = project(tmp_path / "source")
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy2(ROOT / name, source)
    (source / ".venv").symlink_to(sys.prefix)
    return source


def begin(source: Path) -> subprocess.Popen[str]:
    """An author's own make, which knows nothing of the make that runs the tests."""
    terminal = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL"}}
    pipe = subprocess.PIPE
    return subprocess.Popen(["make", "html"], cwd=source, env=terminal, stdout=pipe, stderr=pipe, text=True)


def test_two_builds_at_once_are_one_after_the_other(source: Path, tmp_path: Path) -> None:
    both = [begin(source) for _ in range(2)]
    said = [one.communicate()[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(text.count("Waiting until another build has ended …\n") for text in said) == [0, 1]
    work = Site(source / "_build/work", 0, [])
    assert set(differences(work, build(source, tmp_path / "afresh"))) <= {".buildinfo"}  # Sphinx's own, which nobody serves


def test_a_build_that_fails_leaves_the_last_good_site_and_fails_again(source: Path) -> None:
    def make() -> subprocess.CompletedProcess[str]:
        process = begin(source)
        stdout, stderr = process.communicate()
        return subprocess.CompletedProcess([], process.returncode, stdout, stderr)

    first = make()
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines()[-1] == "The site is in _build/html; essays: 4"
    edit(source / "essays/third/index.md", "Its first sentence", "{result}`nothing`")
    for _ in range(2):
        failed = make()
        assert failed.returncode != 0
        assert "essays/third/index.md:9: no model.py next to this text" in failed.stderr
        assert "Its first sentence" in (source / "_build/html/essays/third/index.html").read_text()
    edit(source / "essays/third/index.md", "{result}`nothing`", "Its new sentence")
    assert make().returncode == 0
    assert "Its new sentence" in (source / "_build/html/essays/third/index.html").read_text()


def test_other_builders_read_the_texts_too(tmp_path: Path) -> None:
    """As the one does that follows the links to other sites."""
    built = build(project(tmp_path / "source"), tmp_path / "out", options=(*TODAY, "-b", "dummy"))
    assert (built.returncode, built.errors) == (0, [])
