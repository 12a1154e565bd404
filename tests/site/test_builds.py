"""A site depends only on its sources, however, whenever and wherever it is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT, TODAY, Site, append, build, edit, make_project, project
from insights.cache import Store
from insights.evidence.models import Evidence
from insights.palette import COLOURS


def differences(one: Site, other: Site) -> list[str]:
    """The files that are not the same in two sites, or only in one."""
    a, b = one.files(), other.files()
    return sorted(path for path in a.keys() | b.keys() if a.get(path) != b.get(path))


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the site built from it; Sphinx keeps paths, so that it is always worked on at the same place."""
    folder = tmp_path_factory.mktemp("builds") / "project"
    add_names(project(folder / "source"), "third", "c0")
    append(folder / "source/essays/second/index.md", "\nLook at {ref}`the bend <bend>`.\n")
    add_included_files(folder / "source/essays/third")
    # Where these lead depends on which essays there are.
    append(folder / "source/essays/first/index.md", "\nRead [the third](../third/) and [the fourth](../fourth/).\n")
    edit(folder / "source/essays/first/index.md", "date:", "original: https://old.example/2019/post/\ndate:")
    assert build(folder / "source", folder / "html", options=TODAY).returncode == 0
    shutil.copytree(folder, folder.with_name("kept"))
    return folder


@pytest.fixture
def folder(built_once: Path) -> Iterator[Path]:
    """The project as it was when first built."""
    yield built_once
    shutil.rmtree(built_once)
    shutil.copytree(built_once.with_name("kept"), built_once)


def edit_in(path: str, old: str, new: str, source: Path) -> None:
    edit(source / path, old, new)


def restore(path: Path, old: str, new: str) -> None:
    """Edit a file as a backup does that brings back an older one: its time goes back too."""
    edit(path, old, new)
    os.utime(path, (1_000_000_000,) * 2)


def restore_older_files(source: Path) -> None:
    restore(source / "essays/third/index.md", "Its first sentence", "Its old sentence")
    restore(source / "essays/second/model.py", '"answer": 42', '"answer": 41')
    restore(source / "essays/references.bib", "Another Source", "An Older Source")
    restore(source / "_templates/essay-foot.html", "Linked from", "Formerly linked from")


def add_names(source: Path, slug: str, colour: str) -> None:
    """Give an essay a target, an equation and a picture, which may have the names of those of another."""
    named = (
        "\n(bend)=\n## Named\n\n```{math}\n:label: bend\na = b\n```\n\nBy {eq}`bend`, {ref}`bend`.\n\n![A square](square.svg)\n"
    )
    append(source / f"essays/{slug}/index.md", named)
    square = f'<path fill="{COLOURS[colour].light}" d="M0 0h9v9H0z"/>'
    picture = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">{square}</svg>'
    (source / f"essays/{slug}/square.svg").write_text(picture)


#: Files that a text shows: what is in each, and the directive that shows it.
INCLUDED = {
    "part.md": ("A part of the text.\n", "include} part.md"),
    "shown.py": ("answer = 42\n", "literalinclude} shown.py"),
    "depths.csv": ("mail,4\n", "csv-table} Depths\n:file: depths.csv"),
}


def add_included_files(folder: Path) -> None:
    for name, (content, directive) in INCLUDED.items():
        (folder / name).write_text(content)
        append(folder / "index.md", f"\n```{{{directive}\n```\n")


def change_included_files(source: Path) -> None:
    for name, (content, _) in INCLUDED.items():
        (source / "essays/third" / name).write_text(content.replace("4", "5").replace("A part", "One part"))


def add_an_essay(source: Path) -> None:
    text = "---\ndate: 2026-01-15\ncategory: Architecture\nsummary: A summary.\n---\n# The Fourth Essay\n\nText with [a link]"
    (source / "essays/fourth").mkdir()
    (source / "essays/fourth/index.md").write_text(f"{text}(/essays/first/index.md).\n")
    add_names(source, "fourth", "c1")
    edit(source / "essays/second/index.md", "{ref}`the bend <bend>`", "[the bend](/essays/third/index.md#bend)")


def delete_an_essay(source: Path) -> None:
    edit(source / "essays/second/index.md", "related: [first, third]\n", "")
    edit(source / "essays/second/index.md", "{ref}`the bend <bend>`", "it")
    shutil.rmtree(source / "essays/third")


def hide_an_essay(source: Path) -> None:
    edit(source / "essays/second/index.md", "{ref}`the bend <bend>`", "it")
    edit(source / "essays/third/index.md", "tags:", "draft: true\ntags:")


def rename_an_essay(source: Path) -> None:
    edit(source / "essays/second/index.md", "related: [first, third]", "related: [first, renamed]")
    (source / "essays/third").rename(source / "essays/renamed")


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


Change = Callable[[Path], object]
#: Lines for the end of palette.py, and of charts.py.
RED = '\nCOLOURS["c0"] = Colour("#9a3413", "#f2a07b")\nON_WHITE["c0"] = "#9a3413"\n'
THICK = '\nSTYLE["lines.linewidth"] = 2.5\n'
#: Edits of one file: the file, what is in it, and what is written instead.
EDITS = {
    "edit a sentence": ("essays/third/index.md", "Its first sentence", "Its opening sentence"),
    "edit the sentence of a link": ("essays/third/index.md", "leads to the first", "goes there"),
    "lengthen an essay": ("essays/third/index.md", "Its first", "Many words. " * 400 + "Its first"),
    "change a title": ("essays/third/index.md", "# The Third Essay", "# The Latest Essay"),
    "change a summary": ("essays/third/index.md", "The newest essay", "The latest essay"),
    "change a date": ("essays/third/index.md", "2026-06-01", "2025-06-01"),
    "change a category": ("essays/third/index.md", "Infrastructure", "Architecture"),
    "remove a tag": ("essays/third/index.md", "tags: [latency]\n", ""),
    "revise an essay": ("essays/second/index.md", "Added a source", "Added two sources"),
    "publish a draft": ("essays/in-preparation/index.md", "draft: true\n", ""),
    "change a result": ("essays/second/model.py", '"answer": 42', '"answer": 43'),
    "change a chart": ("essays/second/model.py", "2.0**step", "3.0**step"),
    "change a citation's source": ("essays/references.bib", "Another Source", "A Better Source"),
    "change a template": ("_templates/essay-foot.html", "Linked from", "Mentioned in"),
    "change a page": ("about.md", "# About Insights", "# About Us"),
    "change a file that a model reads": ("essays/second/read.txt", "7", "8"),
    "change the title of a linked page": ("start.md", "# Start a project", "# Start a project, today"),
    "change a linked heading": ("essays/first/index.md", "## A heading", "## A Heading!"),
    "change a category's description": ("conf.py", "What everything else stands on", "What all else stands on"),
    "change the base address": ("conf.py", "https://insights.example/", "https://insights.test/"),
}
CHANGES: dict[str, Change] = {
    "nothing": lambda source: None,
    "add an essay": add_an_essay,
    "delete an essay": delete_an_essay,
    "hide an essay": hide_an_essay,
    "rename an essay": rename_an_essay,
    "feature another essay": feature_another_essay,
    "add a model": add_a_model,
    "put a figure before a linked one": renumber_a_figure,
    "restore older files": restore_older_files,
    "change files that a text shows": change_included_files,
    "change the categories": change_every_category,
    "change a section of the style sheet": lambda source: append(source / "_static/insights/text.css", "\n.x { opacity: 0.5 }\n"),
    "change a colour": lambda source: append(source / "_ext/insights/palette.py", RED),
    "change the machinery": lambda source: append(source / "_ext/insights/pages/head.py", "\nLONGEST = 20\n"),
    "change how charts are drawn": lambda source: append(source / "_ext/insights/evidence/charts.py", THICK),
}
CHANGES |= {name: partial(edit_in, *change) for name, change in EDITS.items()}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_an_incremental_build_equals_a_clean_build(folder: Path, tmp_path: Path, change: Change) -> None:
    change(folder / "source")
    updated = build(folder / "source", folder / "html", options=TODAY)
    afresh = build(folder / "source", tmp_path / "html", options=TODAY)
    assert (updated.returncode, afresh.returncode) == (0, 0), updated.errors + afresh.errors
    assert differences(updated, afresh) == []


def test_a_scheduled_essay_is_published_on_its_day(folder: Path, tmp_path: Path) -> None:
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
    store = Store(folder / "source/_build/store")
    evidence: Evidence | None = store.read("evidence/second", None)
    assert evidence
    store.write("evidence/second", evidence._replace(results=evidence.results | {"answer": 44}))
    again = touched(folder / "doctrees", "*.doctree", lambda: build(folder / "source", folder / "html", options=TODAY))
    assert again == ["essays/second/index.doctree"]
    assert 'title="answer = 44">44<' in (folder / "html/essays/second/index.html").read_text(encoding="utf-8")


def test_a_changed_model_rebuilds_only_its_own_essay(folder: Path) -> None:
    edit(folder / "source/essays/second/model.py", '"answer": 42', '"answer": 43')
    again = touched(folder / "doctrees", "*.doctree", lambda: build(folder / "source", folder / "html", options=TODAY))
    assert again == ["essays/second/index.doctree"]


def test_a_change_that_shows_nowhere_else_writes_one_page(folder: Path) -> None:
    edit(folder / "source/essays/third/index.md", "Its first sentence", "Its opening sentence")
    written = touched(folder / "html", "*.html", lambda: build(folder / "source", folder / "html", options=TODAY))
    texts = [path for path in written if "/" in path and path.split("/")[1] in {"first", "second", "third"}]
    assert texts == ["essays/third/index.html"]


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A publication with its Makefile."""
    return make_project(tmp_path / "source")


def begin(source: Path) -> subprocess.Popen[str]:
    """An author's own make, which knows nothing of the make that runs the tests."""
    terminal = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL"}}
    pipe = subprocess.PIPE
    return subprocess.Popen(["make", "html"], cwd=source, env=terminal, stdout=pipe, stderr=pipe, text=True)


def test_two_builds_at_once_run_one_after_the_other(source: Path, tmp_path: Path) -> None:
    both = [begin(source) for _ in range(2)]
    said = [one.communicate()[0] for one in both]
    assert [one.returncode for one in both] == [0, 0]
    assert sorted(text.count("Waiting until another build has ended …\n") for text in said) == [0, 1]
    work = Site(source / "_build/work", 0, [])
    assert set(differences(work, build(source, tmp_path / "afresh"))) <= {".buildinfo"}  # Sphinx's own, which nobody serves


def test_a_failed_build_leaves_the_last_good_site_and_fails_again(source: Path) -> None:
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


def test_other_builders_work_too(tmp_path: Path) -> None:
    """As the one does that follows the links to other sites."""
    built = build(project(tmp_path / "source"), tmp_path / "out", options=(*TODAY, "-b", "dummy"))
    assert (built.returncode, built.errors) == (0, [])


def test_a_chart_is_the_same_to_the_byte_in_any_process(tmp_path: Path) -> None:
    draw = "import sys; from pathlib import Path\n"
    draw += "from insights.evidence.models import model_evidence\n"
    draw += "sys.stdout.write(str(model_evidence(Path(sys.argv[1])).charts))"
    drawn = []
    for settings in (
        {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "LC_ALL": "C"},
        {"PYTHONHASHSEED": "2", "MPLBACKEND": "pdf", "LC_ALL": "C.UTF-8"},
    ):
        copy = shutil.copytree(ROOT / "tests/fixtures/site", tmp_path / settings["PYTHONHASHSEED"])
        command: list[str | Path] = [sys.executable, "-c", draw, copy / "essays/second/model.py"]
        env = os.environ | {"PYTHONPATH": str(ROOT / "_ext")} | settings
        drawn.append(subprocess.run(command, capture_output=True, check=True, env=env).stdout)
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) > 1000
