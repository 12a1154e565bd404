"""From the folder that a build writes to the one that is served: whole or not at all, with times that follow from content."""

from __future__ import annotations

import ctypes
import fcntl
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from . import packing
from .feeds import FORMATS

DAY_SECONDS = 24 * 60 * 60
#: What Linux calls a path that starts at the current folder, and an exchange of two names (linux/fcntl.h, linux/fs.h).
HERE, SWAP = -100, 2
#: How the names begin of what Sphinx leaves for its next build, and no reader asks for.
NOTES = ".buildinfo"
#: The names of the files of a site, each with the digest of its content.
Digests = dict[str, str]


def publish(work: Path, site: Path, inspect: Callable[[Path, Digests], object] = lambda new, digests: None) -> None:
    """Put a copy of ``work`` in the place of ``site``, and beside it a list of its files with their digests.

    ``inspect`` sees the copy first, and raises to stop it. Whoever interrupts it finds the old site, here or at the next call.
    """
    with _alone(site):
        new, old, listing = (site.with_name(site.name + suffix) for suffix in (".new", ".old", ".sha256"))
        if old.exists() and not site.exists():
            old.rename(site)
        for leftover in (new, old):
            shutil.rmtree(leftover, ignore_errors=True)
        digests = {name: hashlib.sha256((work / name).read_bytes()).hexdigest() for name in _files(work)}
        times = times_of(work, digests)
        fresh, published = _take_over(site, new, digests, times)
        for name in fresh:
            shutil.copyfile(work / name, _ready(new / name))
        inspect(new, digests)
        for name in fresh:
            published |= {name: digests[name], **_pack(new, name)}
            for copy in (name, *_copies(name)):
                if copy in published:
                    os.utime(new / copy, times=(times[name],) * 2)
        part = listing.with_name(f"{listing.name}.new")
        part.write_text(manifest(published, site.name), encoding="utf-8", newline="\n")
        os.sync()  # a machine that loses power would else find files without content under their new names
        if site.exists():
            _exchange(new, site, old)
        else:
            new.rename(site)
        part.replace(listing)
        shutil.rmtree(old, ignore_errors=True)


@contextmanager
def _alone(site: Path) -> Iterator[None]:
    """Wait until nobody else publishes there; a process that has ended, however it did, is in nobody's way."""
    with site.with_name(f"{site.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _files(folder: Path) -> list[str]:
    """The names of all files below a folder that are for readers, in order."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return sorted(path.as_posix() for path in paths if not path.name.startswith(NOTES))


def _copies(name: str) -> list[str]:
    """What the compressed copies of a file are called."""
    return [f"{name}.gz", f"{name}.br"]


def _ready(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _take_over(site: Path, new: Path, digests: Digests, times: Mapping[str, int]) -> tuple[list[str], Digests]:
    """Give ``new`` the files of ``site`` that are to stay as they are, by links: that takes a tenth of the time of a copy.

    Which files it lacks, and the digests of those it has. Nobody writes into a file of a site; one that somebody has written into
    all the same, or put there, has another time. Permissions are those of files that are written now.
    """
    before = listed(site)
    fresh: list[str] = []
    taken: Digests = {}
    new.mkdir()
    mode = stat.S_IFREG | (new.stat().st_mode & 0o666)
    for name, digest in digests.items():
        own = [name, *(copy for copy in _copies(name) if copy in before)]
        if before.get(name) == digest and all(_kind(site / one) == (mode, times[name]) for one in own):
            _ready(new / name)
            for one in own:
                _link(site / one, new / one)
            taken |= {one: before[one] for one in own}
        else:
            fresh.append(name)
    return fresh, taken


def _link(old: Path, new: Path) -> None:
    try:
        new.hardlink_to(old)
    except OSError:  # not every file system has links
        shutil.copy2(old, new)


def _kind(path: Path) -> tuple[int, float] | None:
    """What a path is, with its permissions, and when it was written; None if there is nothing."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_mode, found.st_mtime


def _pack(site: Path, name: str) -> Digests:
    """Write the compressed copies of a file; their names and digests."""
    packed = {}
    for path, content in packing.pack(site / name).items():
        path.write_bytes(content)
        packed[path.relative_to(site).as_posix()] = hashlib.sha256(content).hexdigest()
    return packed


def _exchange(new: Path, site: Path, old: Path) -> None:
    """Put ``new`` in the place of ``site``, and what was there at ``old``; at no moment is nothing there, where Linux helps."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange is None or exchange(HERE, os.fsencode(new), HERE, os.fsencode(site), SWAP) != 0:
        site.rename(old)
        new.rename(site)
    else:
        new.rename(old)


def manifest(digests: Digests, name: str) -> str:
    """The files of a folder called ``name`` with their ``digests``, as ``sha256sum --check`` reads it, under its seal."""
    lines = "".join(f"{digest}  {name}/{path}\n" for path, digest in sorted(digests.items()))
    return f"{_seal(lines)}\n{lines}"


def _seal(lines: str) -> str:
    """A comment that belongs to these lines and no others, and to files packed as they would be now."""
    return "# " + hashlib.sha256((packing.version() + lines).encode()).hexdigest()


def listed(site: Path) -> Digests:
    """The files that the manifest of ``site`` lists; none if it is not whole, or they would be packed otherwise now."""
    listing = site.with_name(f"{site.name}.sha256")
    text = listing.read_text(encoding="utf-8", errors="replace") if listing.exists() else ""
    seal, _, lines = text.partition("\n")
    if seal != _seal(lines):
        return {}
    return {line[66:].removeprefix(f"{site.name}/"): line[:64] for line in lines.splitlines()}


def times_of(site: Path, digests: Digests) -> dict[str, int]:
    """The time of every file, in seconds since 1970: only content decides it, so that ETag and Last-Modified stay with it.

    The day is the one before the newest change of any essay, or, for a document of a feed, of any essay in it; so it is never
    ahead. The second within it comes from the digest of the file, so that a correction that moves no date is still noticed. A
    compressed copy has the time of what it is a copy of: it is the same file to a reader.
    """
    feeds = [name for name in digests if name.rpartition("/")[2] == "feed.json" and not name.startswith("_downloads/")]
    newest = {name.rpartition("/")[0]: _newest_change(site / name) for name in feeds}
    newest_of_all = newest.get("", int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()))
    documents = {form.name for form in FORMATS}
    times = {}
    for name, digest in digests.items():
        folder, _, file = name.rpartition("/")
        day = newest.get(folder, newest_of_all) if file in documents else newest_of_all
        times[name] = day + int(digest[:8], 16) % DAY_SECONDS
    return times


def _newest_change(feed: Path) -> int:
    """The first moment of the day before the newest change in a JSON feed, as seconds since 1970."""
    newest = max(item["date_modified"] for item in json.loads(feed.read_bytes())["items"])
    return int((datetime.fromisoformat(newest) - timedelta(days=1)).timestamp())
