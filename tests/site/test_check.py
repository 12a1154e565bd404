"""`make check` checks a text again after a change to it, or to a file beside it, and runs each model once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from conftest import project
from insights.check import code_blocks, runner


def test_a_text_is_checked_again_after_a_change_to_it_or_to_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = project(tmp_path / "source")
    essay = source / "essays/third/index.md"
    code = "from pathlib import Path\n\nprint(Path('number.txt').read_text())"
    essay.write_text(f"{essay.read_text()}\n```python\n{code}\n```\n\n```output\n1\n```\n")
    essay.with_name("number.txt").write_text("1")

    def said() -> list[str]:
        problems = runner.check_texts(source, date(2026, 6, 1), tmp_path / "kept")
        return [problem.message for problem in problems if problem.path == "essays/third/index.md"]

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
    assert said() == []
