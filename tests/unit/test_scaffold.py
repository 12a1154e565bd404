"""`make new` starts a valid essay, or says why not, and leaves nothing unfinished."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT
from insights.source import essays, scaffold

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
        ("Other", "Archtecture", "unknown category 'Archtecture'; did you mean 'Architecture'? Allowed are: Architecture; "
            "a name or a number, as in category=1"),
        ("Other", "", "unknown category ''; allowed are: Architecture; a name or a number, as in category=1"),
    ],
)  # fmt: skip
def test_an_essay_that_cannot_be_started_is_refused(tmp_path: Path, title: str, category: str, message: str) -> None:
    begin(tmp_path)
    with pytest.raises(scaffold.RefusedError) as refusal:
        begin(tmp_path, title, category)
    assert str(refusal.value).startswith(message)
    assert [path.name for path in (tmp_path / "essays").iterdir()] == ["a-title"]


def test_an_essay_can_start_without_a_model(tmp_path: Path) -> None:
    folder = begin(tmp_path, with_model=False)
    assert [path.name for path in folder.iterdir()] == ["index.md"]
    assert "result" not in (folder / "index.md").read_text()


def test_an_interrupt_leaves_no_unfinished_essay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_a_title_gets_typographic_punctuation(tmp_path: Path) -> None:
    folder = begin(tmp_path, """It's "Simple" -- or... not""", with_model=False)
    assert folder.name == "its-simple-or-not"
    assert "\n# It’s “Simple” – or… not\n" in (folder / "index.md").read_text()


SETTINGS = {"insights_categories": {"Architecture": "", "Infrastructure": ""}, "insights_tags": []}


def test_a_wrong_answer_is_explained_and_asked_again(
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


def test_without_an_answer_nothing_is_written(
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


def test_the_model_of_a_new_essay_is_formatted() -> None:
    """As its author would be told of her own."""
    done = subprocess.run(
        [Path(sys.executable).parent / "ruff", "format", "--check", "--stdin-filename", ROOT / "essays/x/model.py", "-"],
        input=scaffold.MODEL, capture_output=True, text=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
