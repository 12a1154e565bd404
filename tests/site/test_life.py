"""The life of an essay, from the first command to a new name, in a copy of the publication: nothing is lost on the way."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, project
from insights.check import runner, tools
from insights.commands.permalinks import add_permalinks
from insights.problems import counted
from insights.source import essays, scaffold

SLUG = "how-often-it-fails"
TEXT = f"essays/{SLUG}/index.md"
BEGIN = ["new", "How Often It Fails: A Start", "--category", "Infrastructure", "--date", "2025-03-04"]

QUOTE = "remove it, write it in backticks, or start its line with % if it is a note to yourself"

#: One mistake of every kind, in one text: what is written, and what its author is told of it, line by line.
MISTAKES = [
    ("---", []),
    ("date: 2025-03-04", []),
    ("category: Architecure", ["unknown category 'Architecure'; did you mean 'Architecture'? Allowed are: System Design, Infrastructure, "
        "Real-Time Systems, Product Systems, Architecture, Engineering Thinking"]),
    ("summary: It's a summary.", ["' in prose; write ’ or ‘"]),
    ("tags: [overlaod]", ["unknown tag 'overlaod'; did you mean 'overload'? Allowed are: blast-radius, coordination, failover, "
        "idempotency, latency, measurement, operations, overload, queueing, redundancy, streaming"]),
    ("related: [frist]", ["unknown essay in `related`: 'frist'; did you mean 'first'? Allowed are: first, in-preparation, "
        "in-the-future, second, third"]),
    ("featured: true", ["`featured` is true here and in second; allowed is one essay, so take it out of the others"]),
    ("revisions: [{date: 2025-01-01, note: Early.}]", ["the revision of 2025-01-01 is older than the essay, of 2025-03-04"]),
    ("---", []),
    ("# A Title", []),
    ("", []),
    ("This is crucial.", ["“crucial” is worn; say what you mean, or leave it out"]),
    ("", []),
    ("A link [there](/essays/frist/index.md).", ["the link target '/essays/frist/index.md' does not exist; did you mean "
        "'/essays/first/index.md'? Link to a file, such as '/essays/SLUG/index.md'"]),
    ("", []),
    ("A link [there](/essays/first/index.md#a-headin).", ["no anchor '#a-headin' in essays/first/index.md; did you mean "
        "'a-heading'? Anchors there: a-heading"]),
    ("", []),
    ("A draft [there](/essays/in-preparation/index.md).", ["a link to in-preparation, which is a draft; remove the link, or publish "
        "that essay no later than this one"]),
    ("", []),
    ("A source {cite}`oen`.", ["no source 'oen' in essays/references.bib; did you mean 'one'? Add an entry for 'oen' there"]),
    ("", []),
    ("A word {term}`Trem`.", ["no term 'Trem' in glossary.md; did you mean 'Term'? Add an entry for 'Trem' there, or write the words "
        "without the role"]),
    ("", []),
    ("A number {result}`hundred`.", ["no result 'hundred' in model.py; there are: chance, hundred_calls"]),
    ("", []),
    ("Typed, it is 63%.", ["63% is the model’s hundred_calls; write {result}`hundred_calls:.0%`, or cite another source for it"]),
    ("", []),
    ("A role {ctie}`one`.", ["unknown role {ctie}; did you mean 'cite'? Available roles: result, cite, term, math, eq, ref, doc, "
        "abbr, sub, sup, kbd"]),
    ("", []),
    ("![](/_static/mark.svg)", ["a picture without alt text; say what it shows: ![what it shows](file), or :alt: in a directive"]),
    ("", []),
    ("A <b>word</b>.", ["HTML: '<b>'; write it in Markdown, or allow it for this essay: insights_html in conf.py",
        "HTML: '</b>'; write it in Markdown, or allow it for this essay: insights_html in conf.py"]),
    ("", []),
    ("It is mispelled.", ["“mispelled” is misspelt; write misspelled"]),
    ("", []),
    ("### Too deep", ["a heading of level 3 below one of level 1; write ##"]),
    ("", []),
    ("## Too *deep*", ["two headings have the anchor #too-deep (the other is on line 36); reword one of them"]),
    ("", []),
    ("##Too near, {result}chance", ["##Too is printed as typed; a heading is written ## Too, with a space",
        "{result}chance is printed as typed; a role is written {result}`chance`"]),
    ("", []),
    ("TODO: ask me@else.org.", [f"a placeholder: TODO; {QUOTE}", "an e-mail address that is not that of conf.py: me@else.org; remove it"]),
    ("", []),
    (" ".join(["word"] * 41) + ".", ["warning: a sentence of 41 words; split it in two"]),
    ("", []),
    ("A word. " * 61, ["warning: a paragraph of 122 words; split it in two"]),
    ("", []),
    ("![A figure](nothing.png)", [f"no picture 'essays/{SLUG}/nothing.png'; add the file, or write its path relative to this text, "
        "or from the top with a leading /"]),
    ("", []),
    ("```{update} 2026-05-03", ["the directive {update} has no place here; write an entry of `revisions` in the front matter"]),
    ("```", []),
    ("", []),
    ("```python", []),
    ("print(1 / 0)", ["this code fails: ZeroDivisionError: division by zero; fix it, or mark the fence: ```python not run: why"]),
    ("```", []),
    ("", []),
    ("```python", []),
    ("print(1)", []),
    ("```", []),
    ("", []),
    ("```output", []),
    ("2", ["the code prints '1', but the text shows '2'; write what it prints"]),
    ("```", []),
    ("", []),
    ("```json", []),
    ("{,}", ["not JSON: Expecting property name enclosed in double quotes; fix it, or call the fence text"]),
    ("```", []),
    ("", []),
    ("```yaml", []),
    ("a: [", []),
    ("```", ["not YAML: expected the node content, but found '<stream end>'; fix it, or call the fence text"]),
    ("", []),
    ("```toml", []),
    ("a = x", ["not TOML: Invalid value; fix it, or call the fence text"]),
    ("```", []),
    ("", []),
    ("```sh", []),
    ('[ "$1" == b ]', ["shellcheck: In POSIX sh, == in place of = is undefined (SC3014); fix it, or call the fence console"]),
    ("```", []),
    ("", []),
    ("[Figure 1](#figure-failing) is by another name below.", []),
    ("", []),
    ("```{chart} faling", ["chart faling has no :alt:; say in a sentence what it shows", "no chart faling in model.py; there are: failing (a chart is "
        "a function of one argument, axes)"]),
    ("The claim.", []),
    ("```", []),
    ("", []),
    (":::{note}", ["the fence {note} is never closed; close it with as many ` or : on a line below its text"]),
    ("Text.", []),
]  # fmt: skip


def insights(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """What a command of the publication in ``root`` says."""
    environment = os.environ | {"PYTHONPATH": str(root / "_ext"), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "insights", *arguments]
    return subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )


def checked(root: Path) -> list[str]:
    """What ``make check`` prints about the texts in ``root``, without the kind at the end of each line."""
    done = insights(root, "check")
    assert done.stderr == ""
    *lines, summary = done.stdout.splitlines()
    warnings = sum(": warning: " in line for line in lines)
    assert summary == counted(len(lines) - warnings, warnings)
    assert done.returncode == (len(lines) > warnings)
    assert [line for line in lines if not re.search(r" \[\w+(\.\w+)?\]$", line)] == []
    return [line.rpartition(" [")[0] for line in lines]


def edit(path: Path, old: str, changed: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, changed), encoding="utf-8")


def test_the_life_of_an_essay(tmp_path: Path) -> None:
    root = project(tmp_path / "publication")
    edit(root / "conf.py", "insights.example,2026", "essays.org,2026")
    site = root / "_build/check/published/html"
    ledger, found = root / "permalinks.lock", root / "_build/check/published/doctrees/permalinks.lock"

    # Begun: a draft that is right as it stands, beside another that is as right.
    begun = insights(root, *BEGIN)
    assert (begun.returncode, begun.stderr) == (0, "")
    assert begun.stdout.splitlines() == [
        f"essays/{SLUG}/ is a draft. See it at /essays/{SLUG}/ while you write, and have it checked:", "  make live", "  make check",
    ]  # fmt: skip
    assert insights(root, *BEGIN).stderr == f"essays/{SLUG}/ exists already; choose another title, or go on writing that essay\n"
    assert insights(root, "new", "Another", "--category", "Architecture").returncode == 0
    assert checked(root) == []
    shutil.rmtree(root / "essays/another")
    add_permalinks(ledger, found)
    text, draft = root / TEXT, (root / TEXT).read_text()

    # Every mistake there is, all told at once, each once and at its line; nothing of them is laid to the ledger.
    text.write_text("\n".join(line for line, _ in MISTAKES) + "\n")
    bibliography, sources = root / "essays/references.bib", (root / "essays/references.bib").read_text()
    bibliography.write_text(sources + "@misc{nobody, title={A}, url={htp//a}}\n")
    said = [f"{TEXT}:{line}: {message}" for line, (_, messages) in enumerate(MISTAKES, 1) for message in messages]
    assert sorted(checked(root)) == sorted(
        [
            *said, f"essays/second/index.md:6: `featured` is true here and in {SLUG}; allowed is one essay, so take it out of the others",
            "essays/references.bib:3: no essay cites nobody; remove the entry",
            "essays/references.bib:3: the url of nobody is 'htp//a'; write an address that begins with https:// or http://",
        ]
    )  # fmt: skip

    # Mistakes that keep a page, or a source, from being there at all: of what is missing for them nothing is said.
    published = draft.replace("draft: true\n", "")
    text.write_text(published.replace("2025-03-04", "2025-33-04"))
    bibliography.write_text(f"{sources}@misc{{one, title={{A}}}}\n")
    (root / "essays/second/model.py").write_text("def results():\n    return {'answer': 1 / 0}\n")
    assert checked(root) == [
        f"{TEXT}:2: `date` is '2025-33-04'; write a day as YYYY-MM-DD, such as 2026-04-28",
        "essays/references.bib:3: the entry one is defined twice; remove one",
        "essays/second/model.py:2: ZeroDivisionError: division by zero; run it by hand: make evidence essay=second",
    ]
    bibliography.write_text(sources)
    shutil.copy2(ROOT / "tests/fixtures/site/essays/second/model.py", root / "essays/second/model.py")

    # Mended, and published: its addresses come into the ledger.
    text.write_text(published)
    assert checked(root) == []
    assert f"/essays/{SLUG}/" in found.read_text()
    add_permalinks(ledger, found)
    assert f"/essays/{SLUG}/#figure-failing" in ledger.read_text().splitlines()

    # A heading that others may have linked to does not go unnoticed, nor does a draft that was public.
    edit(text, "---\n# ", "draft: true\n---\n# ")
    assert [line.partition(" was published")[0].partition(": ")[2] for line in checked(root)] == [
        f"/essays/{SLUG}/", f"tag:essays.org,2026:essays/{SLUG}",
    ]  # fmt: skip
    edit(text, "draft: true\n", "")

    # Revised: the header is the one place from which all take the day.
    edit(text, "---\n# ", "revisions:\n  - {date: 2025-04-05, note: Corrected a figure.}\n---\n# ")
    assert checked(root) == []
    (item,) = [item for item in json.loads((site / "feed.json").read_text())["items"] if item["url"].endswith(f"/{SLUG}/")]
    assert (item["date_published"][:10], item["date_modified"][:10]) == ("2025-03-04", "2025-04-05")
    page = BeautifulSoup((site / f"essays/{SLUG}/index.html").read_text(), "lxml")
    assert "Corrected a figure." in page.get_text()

    # Renamed as the guide says: what is forgotten is named, and the old address leads to the new one.
    (root / f"essays/{SLUG}").rename(root / "essays/renamed")
    mends = {
        f"/essays/{SLUG}/": f'bring it back, or write in conf.py where it is now: insights_redirects = {{"/essays/{SLUG}/": "/…/"}}',
        f"tag:essays.org,2026:essays/{SLUG}":
            f"if its essay was renamed, write `id: {SLUG}` in its front matter; otherwise bring it back, or redirect its page",
    }  # fmt: skip
    lines = ledger.read_text().splitlines()
    assert checked(root) == [
        f"permalinks.lock:{lines.index(entry) + 1}: {entry} was published, and is gone; {mend}" for entry, mend in mends.items()
    ]
    edit(root / "essays/renamed/index.md", "---\n# ", f"id: {SLUG}\n---\n# ")
    edit(
        root / "conf.py",
        "insights_redirects: dict[str, str] = {}",
        f'insights_redirects = {{"/essays/{SLUG}/": "/essays/renamed/"}}',
    )
    assert checked(root) == []
    assert "../../essays/renamed/" in (site / f"essays/{SLUG}/index.html").read_text()
    (again,) = [item for item in json.loads((site / "feed.json").read_text())["items"] if item["url"].endswith("/renamed/")]
    assert again["id"] == item["id"]
    add_permalinks(ledger, found)
    assert {f"/essays/{SLUG}/", "/essays/renamed/"} < set(ledger.read_text().splitlines())


VOCABULARY = essays.Vocabulary({"Architecture": ""}, [])


def begin(root: Path, title: str = "A Title", category: str = "Architecture", *, with_model: bool = True) -> Path:
    return scaffold.create(root, title, category, date(2025, 1, 1), with_model=with_model, vocabulary=VOCABULARY)


@pytest.mark.parametrize(
    ("title", "category", "message"),
    [
        ("", "Architecture", "an essay has a title; write one: make new title="),
        (" \n", "Architecture", "an essay has a title; write one: make new title="),
        ("A Title", "Architecture", "essays/a-title/ exists already; choose another title, or go on writing that essay"),
        ("Tag", "Architecture", "the folder name 'tag' belongs to another page; "),
        ("2026", "Architecture", "the folder name '2026' belongs to another page; "),
        ("漢字", "Architecture", "the folder name '' is not an address; "),
        (
            "Other",
            "Archtecture",
            "unknown category 'Archtecture'; did you mean 'Architecture'? Allowed are: Architecture; a name or a number, as in category=1",
        ),
        ("Other", "", "unknown category ''; allowed are: Architecture; a name or a number, as in category=1"),
    ],
)
def test_an_essay_that_cannot_be_begun_is_refused(tmp_path: Path, title: str, category: str, message: str) -> None:
    begin(tmp_path)
    with pytest.raises(scaffold.RefusedError) as refusal:
        begin(tmp_path, title, category)
    assert str(refusal.value).startswith(message)
    assert [path.name for path in (tmp_path / "essays").iterdir()] == ["a-title"]


def test_an_essay_may_begin_without_a_model(tmp_path: Path) -> None:
    folder = begin(tmp_path, with_model=False)
    assert [path.name for path in folder.iterdir()] == ["index.md"]
    assert "result" not in (folder / "index.md").read_text()


def test_an_interrupt_leaves_no_half_of_an_essay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write = Path.write_text

    def interrupted(path: Path, *given: str, **options: str) -> int:
        if path.name == "model.py":
            raise KeyboardInterrupt
        return write(path, *given, **options)

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        begin(tmp_path)
    assert list(tmp_path.rglob("*.md")) == []
    assert list((tmp_path / "_build").iterdir()) == []


def test_a_title_is_set_with_the_marks_of_print(tmp_path: Path) -> None:
    folder = begin(tmp_path, """It's "Simple" -- or... not""", with_model=False)
    assert folder.name == "its-simple-or-not"
    assert "\n# It’s “Simple” – or… not\n" in (folder / "index.md").read_text()


SETTINGS = {"insights_categories": {"Architecture": "", "Infrastructure": ""}, "insights_tags": []}


def test_whoever_answers_wrongly_is_told_and_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    begin(tmp_path)
    answers = iter(["", "A Title", "Another", "9", "infrastructure", "soon", "2026-01-02"])
    monkeypatch.setattr("builtins.input", lambda question: next(answers))
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    given = dict.fromkeys(("title", "category", "date"))
    assert scaffold.new_essay(tmp_path, SETTINGS, given, with_model=True, today=date(2025, 1, 1)) == 0
    said = capsys.readouterr()
    assert said.out.splitlines()[:4] == [
        'an essay has a title; write one: make new title="How Busy Is Too Busy"',
        "essays/a-title/ exists already; choose another title, or go on writing that essay",
        "unknown category '9'; allowed are: Architecture, Infrastructure; a name or a number, as in category=1",
        "`date` is 'soon'; write a day as YYYY-MM-DD, such as 2026-04-28",
    ]
    assert said.err == ""
    text = (tmp_path / "essays/another/index.md").read_text(encoding="utf-8")
    assert text.startswith("---\ndate: 2026-01-02\ncategory: Infrastructure\n")


def test_whoever_has_no_answer_writes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leave(question: str) -> str:
        raise EOFError

    monkeypatch.setattr("builtins.input", leave)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    given = {"title": "A Title", "category": "1", "date": None}
    assert scaffold.new_essay(tmp_path, SETTINGS, given, with_model=True, today=date(2025, 1, 1)) == 1
    assert capsys.readouterr().err == "\nNothing was written.\n"
    assert list(tmp_path.iterdir()) == []


def test_a_setting_that_is_missing_is_a_finding(tmp_path: Path) -> None:
    conf = (ROOT / "conf.py").read_text(encoding="utf-8")
    (tmp_path / "conf.py").write_text(conf.replace("insights_tags =", "insights_tgas ="), encoding="utf-8")
    assert [str(problem) for problem in runner.check_texts(tmp_path, date(2025, 1, 1), tmp_path)] == [
        "conf.py:1: the settings cannot be read: there is no insights_tags; look whether its name is spelt so [insights.settings]"
    ]


def test_a_bibliography_that_is_no_text_is_a_finding(tmp_path: Path) -> None:
    root = project(tmp_path / "publication")
    (root / "essays/references.bib").write_bytes(b"\n\xff")
    (problem,) = runner.check_texts(root, date(2026, 6, 1), tmp_path)
    assert str(problem) == (
        "essays/references.bib:2: not UTF-8 text: invalid start byte at byte 1; save the file as UTF-8 [insights.file]"
    )


def test_a_model_is_run_by_one_check_in_two(tmp_path: Path) -> None:
    root = project(tmp_path / "publication")
    model, runs = root / "essays/second/model.py", tmp_path / "runs"
    model.write_text(model.read_text() + f"\n\nwith open({str(runs)!r}, 'a') as runs:\n    runs.write('x')\n")
    for _ in range(2):
        assert runner.check_texts(root, date(2026, 6, 1), tmp_path / "kept") == []
    assert runs.read_text() == "x"


def test_an_interrupt_of_a_check_is_no_traceback() -> None:
    """In the place of a check stands one that is interrupted."""
    code = """
import runpy, sys
from insights import check

def report(root, *, code):
    raise KeyboardInterrupt

check.report, sys.argv = report, ["insights", "check"]
runpy.run_module("insights", run_name="__main__")
"""
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "_ext"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "\nInterrupted.\n")


def test_settings_that_cannot_be_read_are_a_finding(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("x = 1\ny = (\n")
    (problem,) = runner.check_texts(tmp_path, date(2025, 1, 1), tmp_path)
    assert str(problem) == "conf.py:2: the settings cannot be read: '(' was never closed [insights.settings]"
    (tmp_path / "conf.py").write_text("x = 1\ny = z\n")
    (problem,) = runner.check_texts(tmp_path, date(2025, 1, 1), tmp_path)
    assert str(problem) == "conf.py:2: the settings cannot be read: name 'z' is not defined [insights.settings]"


def test_code_that_is_not_formatted_is_found_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("X = 1\nY = {'a':1}\n")
    (problem,) = tools._problems(tools.CODE[1], tmp_path, [])
    assert str(problem) == "model.py:2: not formatted; run `make format` [ruff]"


def test_the_model_of_a_new_essay_is_formatted_and_typed() -> None:
    """As its author would be told of her own."""
    done = subprocess.run(
        [Path(sys.executable).parent / "ruff", "format", "--check", "--stdin-filename", ROOT / "essays/x/model.py", "-"],
        input=scaffold.MODEL, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
