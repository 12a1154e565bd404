"""`make check` reads only what has changed, and reports settings and sources that it cannot read."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT, append, project
from insights.check import code_blocks, runner, tools
from insights.evidence import models
from insights.reporting import in_process


def test_a_text_is_checked_again_after_a_change_to_it_or_to_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = project(tmp_path / "source")
    essay = source / "essays/third/index.md"
    code = "from pathlib import Path\n\nprint(Path('number.txt').read_text())"
    essay.write_text(f"{essay.read_text()}\n```python\n{code}\n```\n\n```output\n1\n```\n")
    essay.with_name("number.txt").write_text("1")

    def said() -> list[str]:
        problems = runner.check_texts(source, date(2026, 6, 1), tmp_path / "kept", [tmp_path / "kept/doctrees"])
        return [problem.message for problem in problems if problem.path == "essays/third/index.md"]

    built = "insights.check:find_problems", source, tmp_path / "kept", "published"
    assert in_process(*built) == []
    assert said() == []
    with monkeypatch.context() as nothing_to_do:
        nothing_to_do.delattr(code_blocks, "problems")
        assert said() == []
    (table,) = tmp_path.glob("kept/store/*/texts.pickle")
    table.write_bytes(b"half a table")
    assert said() == []
    essay.with_name("number.txt").write_text("2")
    (message,) = said()
    assert "2" in message
    essay.write_text(essay.read_text().replace("output\n1", "output\n2"))
    assert in_process(*built) == []
    assert said() == []


def test_a_missing_setting_is_reported(tmp_path: Path) -> None:
    shutil.copy2(ROOT / "conf.py", tmp_path)
    append(tmp_path / "conf.py", "\ndel insights_tags\n")
    assert [str(problem) for problem in runner.check_texts(tmp_path, date(2025, 1, 1), tmp_path)] == [
        "conf.py:1: the settings cannot be read: there is no insights_tags; look whether its name is spelt so [insights.settings]"
    ]


def test_a_bibliography_that_is_not_text_is_reported(tmp_path: Path) -> None:
    root = project(tmp_path / "publication")
    (root / "essays/references.bib").write_bytes(b"\n\xff")
    (problem,) = runner.check_texts(root, date(2026, 6, 1), tmp_path)
    assert str(problem) == (
        "essays/references.bib:2: not UTF-8 text: invalid start byte at byte 1; save the file as UTF-8 [insights.file]"
    )


def test_a_second_check_does_not_run_an_unchanged_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path / "publication")
    assert runner.check_texts(root, date(2026, 6, 1), tmp_path / "kept") == []
    monkeypatch.delattr(models, "_run")
    assert runner.check_texts(root, date(2026, 6, 1), tmp_path / "kept") == []


def test_an_interrupted_check_shows_no_traceback() -> None:
    """In the place of a check stands one that is interrupted."""
    code = """
import runpy, sys
from insights import check

def report(root, *, code):
    raise KeyboardInterrupt

check.report, sys.argv = report, ["insights", "check"]
runpy.run_module("insights", run_name="__main__")
"""
    environment = os.environ | {"PYTHONPATH": "_ext"}
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, "", "\nInterrupted.\n")


def test_unreadable_settings_are_reported(tmp_path: Path) -> None:
    (tmp_path / "conf.py").write_text("x = 1\ny = (\n")
    (problem,) = runner.check_texts(tmp_path, date(2025, 1, 1), tmp_path)
    assert str(problem) == "conf.py:2: the settings cannot be read: '(' was never closed [insights.settings]"
    (tmp_path / "conf.py").write_text("x = 1\ny = z\n")
    (problem,) = runner.check_texts(tmp_path, date(2025, 1, 1), tmp_path)
    assert str(problem) == "conf.py:2: the settings cannot be read: name 'z' is not defined [insights.settings]"


def test_unformatted_code_is_reported_at_its_line(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("X = 1\nY = {'a':1}\n")
    (problem,) = tools._problems(tools.CODE[1], tmp_path, [])
    assert str(problem) == "model.py:2: not formatted; run `make format` [ruff]"
