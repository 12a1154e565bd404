"""A file that is as it was is not read again, and one that is not, is: whatever times it has been given."""

from __future__ import annotations

import os
import pickle
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from docutils import nodes
from insights.cache import Store, files
from insights.source import essays
from insights_speed.memory import Contents

TEXT = "---\ndate: 2026-05-01\ncategory: Architecture\nsummary: {}\n---\n# A title\n\nA sentence.\n"


def rest(path: Path) -> None:
    """Wait until a file has not changed for a moment."""
    while files.file_signature(path) is None:
        time.sleep(0.01)


def give_back_its_times(path: Path, change: Callable[[Path], object]) -> None:
    then = path.stat()
    change(path)
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))


def restore(path: Path) -> None:
    """Put another file, of the same length and time, in its place."""
    other = path.with_name("other")
    other.write_text("two")
    os.utime(other, ns=(path.stat().st_atime_ns, path.stat().st_mtime_ns))
    other.replace(path)


def put_a_link(path: Path) -> None:
    path.unlink()
    path.symlink_to("elsewhere")


CHANGES: dict[str, Callable[[Path], object]] = {
    "written": lambda path: path.write_text("other"),
    "written, as long as before, its time put back": lambda path: give_back_its_times(path, lambda path: path.write_text("two")),
    "restored from a backup": restore,
    "taken away": lambda path: path.unlink(),
    "a link put in its place": put_a_link,
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "elsewhere").write_text("two")
    path = tmp_path / "file"
    path.write_text("one")
    rest(path)
    return path


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_file_that_was_changed_has_another_signature(path: Path, change: Callable[[Path], object]) -> None:
    before = files.file_signature(path)
    assert before == files.file_signature(path)
    change(path)
    assert files.file_signature(path) != before


def test_a_clock_behind_the_file_system_is_not_trusted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: path.stat().st_ctime_ns - 10**12)
    assert files.file_signature(path) is None


def test_front_matter_is_parsed_once_and_again_when_it_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, kept = tmp_path / "essays/first/index.md", Store(tmp_path / "store")
    text.parent.mkdir(parents=True)
    text.write_text(TEXT.format("The first."))
    rest(text)
    found = essays.read_essays(tmp_path / "essays", kept)
    with monkeypatch.context() as patched:
        patched.setattr(essays, "parse_front_matter", lambda text: pytest.fail("it was read again"))
        assert essays.read_essays(tmp_path / "essays", kept) == found
    give_back_its_times(text, lambda path: path.write_text(TEXT.format("The other.")))
    (again,) = essays.read_essays(tmp_path / "essays", kept)
    assert again.record is not None
    assert again.record.summary == "The other."
    assert "The other." in again.text


def test_tables_of_contents_are_restored_as_they_were_saved() -> None:
    table = nodes.bullet_list("", nodes.list_item("", nodes.paragraph("", "A heading")))
    kept = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(Contents({"a": table, "b": table.deepcopy()})))))
    assert list(kept) == ["a", "b"]
    assert kept["a"].pformat() == table.pformat()
    assert kept["a"] is kept["a"]  # whoever changes it finds it changed
    assert kept.pop("b") is not None
    with pytest.raises(KeyError):
        kept["b"]


def test_a_signature_is_of_the_file_that_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("one")
    (tmp_path / "link").symlink_to("file")
    rest(tmp_path / "file")
    signature = files.file_signature(tmp_path / "link")
    assert signature == files.file_signature(tmp_path / "file")
    assert signature is not None


def test_an_edit_of_the_text_does_not_parse_front_matter_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text, kept = tmp_path / "essays/first/index.md", Store(tmp_path / "store")
    text.parent.mkdir(parents=True)
    text.write_text(TEXT.format("The first."))
    essays.read_essays(tmp_path / "essays", kept)
    text.write_text(TEXT.format("The first.") + "More.\n")
    with monkeypatch.context() as patched:
        patched.setattr(essays, "parse_front_matter", lambda text: pytest.fail("it was read again"))
        (again,) = essays.read_essays(tmp_path / "essays", kept)
    assert again.record is not None
    assert again.text.endswith("More.\n")
    text.write_bytes(b"\xff")
    (unreadable,) = essays.read_essays(tmp_path / "essays", kept)
    assert (unreadable.readable, unreadable.record) == (False, None)
