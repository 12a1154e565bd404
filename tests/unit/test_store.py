"""A build uses what the last one kept, and nothing that other code wrote, that is half written, or that is of another file."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from insights.cache import Store, files, store


def table(folder: Path, name: str) -> Path:
    """The file in which a store keeps the value ``name``."""
    (path,) = folder.glob(f"*/{name}.pickle")
    return path


def test_what_one_build_wrote_the_next_one_reads(tmp_path: Path) -> None:
    Store(tmp_path / "store").write("numbers", {"a": 1})
    assert Store(tmp_path / "store").read("numbers", {}) == {"a": 1}
    assert Store(tmp_path / "store").read("others", "none") == "none"


def test_a_store_that_nobody_wrote_into_leaves_no_folder(tmp_path: Path) -> None:
    Store(tmp_path / "store").read("numbers", {})
    assert not (tmp_path / "store").exists()


def test_a_store_of_other_code_is_deleted_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = Store(tmp_path)
    old.write("numbers", {"a": 1})
    (old.folder("drawings") / "a.png").write_bytes(b"old")
    monkeypatch.setattr(store, "code_version", lambda: "another" * 10)
    new = Store(tmp_path)
    assert new.read("numbers", {}) == {}
    assert list(new.folder("drawings").iterdir()) == []
    assert [path.name for path in tmp_path.iterdir()] == [new.folder("drawings").parent.name]


@pytest.mark.parametrize(
    "content",
    [b"", b"\x80", pickle.dumps({"a": 1})[:-3], b"cinsights.cache\nNoSuchClass\n."],
    ids=["empty", "cut", "short", "gone"],
)
def test_a_table_that_cannot_be_read_counts_as_none(tmp_path: Path, content: bytes) -> None:
    kept = Store(tmp_path)
    kept.write("numbers", {"a": 1})
    table(tmp_path, "numbers").write_bytes(content)
    assert kept.read("numbers", {}) == {}
    (tmp_path / "file").write_text("one")
    assert kept.by_file("numbers", [f"{tmp_path}/file"], lambda path: "one") == {f"{tmp_path}/file": "one"}


def test_a_writer_that_is_killed_leaves_the_last_whole_table(tmp_path: Path) -> None:
    """At each system call that writes, in turn."""
    writer = """
import os, signal, sys
from pathlib import Path
from insights.cache import Store
count, at = 0, int(sys.argv[2])
store = Store(Path(sys.argv[1]))

def strike(event, arguments):
    global count
    if event in {"open", "os.rename", "os.mkdir"} and any(sys.argv[1] in str(argument) for argument in arguments):
        count += 1
        if count == at:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(strike)
store.write("numbers", list(range(100_000)))
"""
    old, new = [1], list(range(100_000))
    Store(tmp_path).write("numbers", old)
    for at in range(1, 10):
        command = [sys.executable, "-c", writer, str(tmp_path), str(at)]
        done = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(ROOT / "_ext")}, check=False)
        assert Store(tmp_path).read("numbers", []) == (new if done.returncode == 0 else old)
        if done.returncode == 0:
            break
    assert at > 2


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_text("one")
    return path


@pytest.fixture
def believed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures of files that have just changed are believed, as they are a moment later."""
    monkeypatch.setattr(files, "TICK", 0)


@pytest.mark.usefixtures("believed")
def test_a_file_is_looked_into_once_and_again_when_it_changes(tmp_path: Path, path: Path) -> None:
    kept, paths = Store(tmp_path / "store"), [str(path)]
    assert kept.by_file("texts", paths, lambda path: Path(path).read_text()) == {str(path): "one"}
    assert kept.by_file("texts", paths, lambda path: pytest.fail("it was read again")) == {str(path): "one"}
    path.write_text("three")
    assert kept.by_file("texts", paths, lambda path: Path(path).read_text()) == {str(path): "three"}


@pytest.mark.usefixtures("believed")
def test_a_file_is_looked_into_again_by_another_key(tmp_path: Path, path: Path) -> None:
    kept, paths = Store(tmp_path / "store"), [str(path)]
    assert kept.by_file("texts", paths, lambda path: "by the first", key=["first"]) == {str(path): "by the first"}
    assert kept.by_file("texts", paths, lambda path: "by the second", key=["second"]) == {str(path): "by the second"}


@pytest.mark.usefixtures("believed")
def test_nothing_is_written_where_nothing_changed(tmp_path: Path, path: Path) -> None:
    kept = Store(tmp_path / "store")
    for _ in range(2):
        kept.by_file("texts", [str(path)], str)
    written = table(tmp_path / "store", "texts").stat().st_ino
    kept.by_file("texts", [str(path)], str)
    assert table(tmp_path / "store", "texts").stat().st_ino == written


@pytest.mark.usefixtures("believed")
def test_a_file_that_is_gone_is_forgotten(tmp_path: Path, path: Path) -> None:
    kept = Store(tmp_path / "store")
    kept.by_file("texts", [str(path)], str)
    assert kept.by_file("texts", [], str) == {}
    assert b"file" not in table(tmp_path / "store", "texts").read_bytes()


def test_a_file_that_has_just_been_written_is_not_believed(tmp_path: Path, path: Path) -> None:
    """It could be written a second time before the clock of the file system moves."""
    kept = Store(tmp_path / "store")
    reads: list[str] = []

    def read(path: str) -> str:
        reads.append(path)
        return Path(path).read_text()

    kept.by_file("texts", [str(path)], read)
    path.write_text("six")
    assert kept.by_file("texts", [str(path)], read) == {str(path): "six"}
    assert len(reads) == 2


def test_many_files_are_looked_into_in_order(tmp_path: Path) -> None:
    paths = [tmp_path / f"{number}.txt" for number in range(300)]
    for path in paths:
        path.write_text(path.stem)
    found = Store(tmp_path / "store").by_file("texts", map(str, paths), lambda path: Path(path).read_text())
    assert found == {str(path): path.stem for path in paths}
