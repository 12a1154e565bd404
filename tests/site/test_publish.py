"""Whatever was served before, and whatever happened to it, what is served now is what was built, to the byte."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread

import pytest
from insights.cache import Store
from insights.publish import compression
from insights.publish.exchange import publish_site

State = dict[str, tuple[int, float, bytes]]


def state(site: Path) -> State:
    """Every file of a site: what it is, with its permissions and its time, and what is in it."""
    found = {path.relative_to(site).as_posix(): path for path in site.rglob("*") if path.is_symlink() or not path.is_dir()}
    return {name: (path.lstat().st_mode, path.lstat().st_mtime, path.read_bytes()) for name, path in found.items()}


def publish(work: Path, site: Path) -> None:
    """Publish ``work``, with a store beside it."""
    publish_site(work, site, Store(work.with_name("store")), {})


def afresh(work: Path) -> State:
    """What is served of ``work`` where nothing was served before; its manifest is left beside it."""
    folder = work.parent / "afresh"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    publish(work, folder / "html")
    return state(folder / "html")


@pytest.fixture(autouse=True)
def no_loss_of_power(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is on the disk, no test can see; and on a busy machine it takes a second to wait for it."""
    monkeypatch.setattr(os, "sync", lambda: None)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    (folder / "about").mkdir(parents=True)
    (folder / "index.html").write_text("A page. " * 1000)
    (folder / "about/index.html").write_text("Another. " * 1000)
    (folder / "mark.png").write_bytes(b"\x89PNG" * 1000)
    return folder


@pytest.fixture
def site(work: Path) -> Path:
    """What is served of ``work``, and was before."""
    folder = work.with_name("html")
    for _ in range(2):
        publish(work, folder)
    return folder


def test_unchanged_files_stay_and_changed_files_are_replaced(work: Path, site: Path) -> None:
    """So that a page that is being sent while a site is exchanged is sent to its end."""
    before = {path: path.stat().st_ino for path in site.rglob("*") if path.is_file()}
    with (site / "index.html").open() as open_page:
        (work / "index.html").write_text("A longer page. " * 1000)
        publish(work, site)
        assert open_page.read() == "A page. " * 1000
    changed = {path.name for path, number in before.items() if path.stat().st_ino != number}
    assert changed == {"index.html", "index.html.gz", "index.html.br"}
    assert [path.stat().st_ino for path in before if path.parent.name == "about"] == [
        before[path] for path in before if path.parent.name == "about"
    ]


def keeping_its_time(path: Path, change: Callable[[Path], object]) -> None:
    then = path.stat().st_mtime
    change(path)
    os.utime(path, (then, then), follow_symlinks=False)


def put_a_link(path: Path) -> None:
    shutil.copy2(path, path.parent.parent / "elsewhere")
    path.unlink()
    path.symlink_to(path.parent.parent / "elsewhere")


def put_a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()
    (path / "x").touch()


#: What can happen to a site that is served, and to the list of its files.
MEDDLING: dict[str, Callable[[Path], object]] = {
    "nothing": lambda site: None,
    "a page was edited": lambda site: (site / "index.html").write_text("edited"),
    "a compressed copy was edited": lambda site: (site / "about/index.html.br").write_bytes(b"edited"),
    "a compressed copy was taken away": lambda site: (site / "about/index.html.gz").unlink(),
    "a page was taken away": lambda site: (site / "index.html").unlink(),
    "a folder was taken away": lambda site: shutil.rmtree(site / "about"),
    "a file was added": lambda site: (site / "phpinfo.php").write_text("<?php"),
    "a compressed copy was added": lambda site: (site / "mark.png.gz").write_bytes(b"x"),
    "a hidden folder was added": lambda site: (site / ".git").mkdir(),
    "a link was put in the place of a page": lambda site: keeping_its_time(site / "index.html", put_a_link),
    "a folder was put in the place of a page": lambda site: keeping_its_time(site / "index.html", put_a_folder),
    "nobody else may read a page": lambda site: keeping_its_time(site / "index.html", lambda page: page.chmod(0o600)),
    "a copy may be written by all": lambda site: (site / "index.html.gz").chmod(0o666),
    "the whole site was taken away": shutil.rmtree,
    "the list is gone": lambda site: site.with_name("html.sha256").unlink(),
    "the list is empty": lambda site: site.with_name("html.sha256").write_text(""),
    "the list is cut off": lambda site: os.truncate(site.with_name("html.sha256"), 150),
    "the list is no text": lambda site: site.with_name("html.sha256").write_bytes(bytes(range(256)) * 10),
    "the store is broken": lambda site: next(site.parent.glob("store/*/digests.pickle")).write_bytes(b"\x80"),
    "the list is of another site": lambda site: site.with_name("html.sha256").write_text("0" * 64 + "  html/index.html\n"),
}  # fmt: skip
#: What a build can have changed meanwhile.
BUILT: dict[str, Callable[[Path], object]] = {
    "the same": lambda work: None,
    "a longer page": lambda work: (work / "index.html").write_text("Longer. " * 2000),
    "another page, as long, with the time of the one before": lambda work: keeping_its_time(
        work / "index.html", lambda page: page.write_text("B page. " * 1000)
    ),
    "a page too short to compress": lambda work: (work / "index.html").write_text("Short."),
    "a page less": lambda work: shutil.rmtree(work / "about"),
    "a folder where a file was": lambda work: put_a_folder(work / "mark.png"),
}


@pytest.mark.parametrize("built", BUILT.values(), ids=BUILT.keys())
@pytest.mark.parametrize("meddle", MEDDLING.values(), ids=MEDDLING.keys())
@pytest.mark.parametrize("with_it", ["html", "html.next"])
def test_a_site_is_what_was_built_whatever_happened_to_the_old_one(
    work: Path, site: Path, with_it: str, meddle: Callable[[Path], object], built: Callable[[Path], object]
) -> None:
    meddle(site.with_name(with_it))
    built(work)
    publish(work, site)
    assert state(site) == afresh(work)
    assert site.with_name("html.sha256").read_bytes() == (work.parent / "afresh/html.sha256").read_bytes()
    assert {path.name for path in work.parent.iterdir()} <= {
        "work",
        "store",
        "html",
        "html.next",
        "html.lock",
        "html.sha256",
        "afresh",
        "elsewhere",
    }


def test_two_publications_at_once_run_one_after_the_other(work: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun, on = Event(), Event()

    def wait() -> None:
        begun.set()
        assert on.wait(60)

    monkeypatch.setattr(os, "sync", wait)
    first, second = (Thread(target=publish, args=(work, site)) for _ in range(2))
    first.start()
    assert begun.wait(60)
    second.start()
    second.join(0.1)
    assert second.is_alive()
    assert (site.with_name("html.next") / "mark.png").exists()
    on.set()
    first.join()
    second.join()
    assert state(site) == afresh(work)


def test_a_published_file_has_the_permissions_of_a_new_file(work: Path, site: Path) -> None:
    """Somebody who published under a strict umask once is not bound to it for ever."""
    before = os.umask(0o077)
    try:
        (work / "index.html").write_text("One. " * 1000)
        publish(work, site)
        assert {mode & 0o777 for mode, _, _ in state(site).values()} == {0o600}
        os.umask(0o022)
        publish(work, site)
        assert {mode & 0o777 for mode, _, _ in state(site).values()} == {0o644}
    finally:
        os.umask(before)


def test_a_file_system_without_links_works_too(work: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(old: str, new: str) -> None:
        raise OSError(95, "Operation not supported", new)

    monkeypatch.setattr(os, "link", refuse)
    (work / "index.html").write_text("Longer. " * 2000)
    publish(work, site)
    monkeypatch.undo()
    assert state(site) == afresh(work)


def test_files_are_compressed_again_when_compression_changes(work: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As after an update of what compresses: two machines publish the same, whatever they published before."""
    before = state(site)
    monkeypatch.setattr(compression, "SMALLEST", 10_000)
    monkeypatch.setattr(compression, "version", lambda: "another")
    publish(work, site)
    copies = {f"{page}.{kind}" for page in ("index.html", "about/index.html") for kind in ("gz", "br")}
    assert before.keys() - state(site).keys() == copies


def test_a_site_that_has_grown_is_compressed_like_a_large_one(work: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = state(site)
    monkeypatch.setattr(compression, "FEW", len(list(work.rglob("*.html"))))
    (work / "one").mkdir()
    (work / "one/index.html").write_text("One more. " * 1000)
    publish(work, site)
    assert state(site) == afresh(work)
    assert {name for name in before if state(site)[name] != before[name]} == {"index.html.br", "about/index.html.br"}
