"""From the folder that a build writes to the one that is served: whole or not at all, with times that follow from content."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Callable, Iterable, Mapping, Set
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from insights.cache import (
    FileCache,
    exclusive,
    file_names,
    inodes,
    load_file_cache,
    parallel_map,
    remove_others,
    save_file_cache,
    unless_changed,
)
from insights.catalog import FORMATS

from . import compression

DAY_SECONDS = 24 * 60 * 60
#: What Linux calls a path that starts at the current folder, and an exchange of two names (linux/fcntl.h, linux/fs.h).
HERE, SWAP = -100, 2
#: How the names begin of what Sphinx leaves for its next build, and no reader asks for.
NOTES = ".buildinfo"
#: The names of the files of a site, each with the digest of its content.
Digests = dict[str, str]


def publish_site(work: Path, site: Path, inspect: Callable[[Path, Set[str]], object] = lambda new, taken: None) -> None:
    """Put a copy of ``work`` in the place of ``site``, and beside it a list of its files with their digests.

    ``inspect`` sees the copy first, with the names of what it has taken over from the old site as it was, and raises to stop it.
    Whoever interrupts it finds the old site, here or at the next call. What was served before stays beside it: the next site is
    made of it.
    """
    with exclusive(site.with_name(f"{site.name}.lock")):
        new, old, listing = (site.with_name(site.name + suffix) for suffix in (".next", ".old", ".sha256"))
        if old.exists() and not site.exists():
            old.rename(site)
        shutil.rmtree(old, ignore_errors=True)
        names = [name for name in file_names(work) if not name.rpartition("/")[2].startswith(NOTES)]
        content = _content(work, names, work.with_name(f"{work.name}.content"))
        digests = {name: digest for name, (digest, _) in content.items()}
        newest = {name: change for name, (_, change) in content.items() if change is not None}
        times, qualities = times_of(digests, newest), compression.qualities(digests)
        try:
            fresh, published = _take_over(site, new, digests, times, qualities)
            parallel_map(lambda name: shutil.copyfile(work / name, new / name), fresh)
            inspect(new, published.keys())
            for name, copies in zip(
                fresh, parallel_map(lambda name: _complete(new, name, qualities, times[name]), fresh), strict=True
            ):
                published |= {name: digests[name], **copies}
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        part = listing.with_name(f"{listing.name}.new")
        part.write_text(manifest(published, site.name), encoding="utf-8", newline="\n")
        os.sync()  # a machine that loses power would else find files without content under their new names
        if site.exists():
            _exchange(new, site, old)
        else:
            new.rename(site)
        part.replace(listing)


def _content(folder: Path, names: Iterable[str], kept: Path) -> dict[str, tuple[str, int | None]]:
    """The digest of each file in ``folder``, and of a JSON feed the newest change.

    The file ``kept`` spares reading one that has not changed since it was written.
    """
    before: FileCache[tuple[str, int | None]] = load_file_cache(kept)
    paths = {name: f"{folder}/{name}" for name in names}
    now = {path: unless_changed(path, before, partial(_look, folder, name)) for name, path in paths.items()}
    if now != before:
        save_file_cache(kept, now)
    return {name: now[path][1] for name, path in paths.items()}


def _look(folder: Path, name: str) -> tuple[str, int | None]:
    content = (folder / name).read_bytes()
    is_feed = name.rpartition("/")[2] == "feed.json" and not name.startswith("_downloads/")
    return hashlib.sha256(content).hexdigest(), _newest_change(content) if is_feed else None


def _copies(name: str) -> list[str]:
    """What the compressed copies of a file are called."""
    return [f"{name}.gz", f"{name}.br"]


def _take_over(
    site: Path, new: Path, digests: Digests, times: Mapping[str, int], qualities: compression.Qualities
) -> tuple[list[str], Digests]:
    """Make ``new`` all that is to stay of ``site`` as it is, and nothing else, by links: a site has many files, and few change.

    Which files it lacks, and the digests of those it has. Most it has already, for it is the site before ``site``. Nobody writes
    into a file of a site; one that somebody has written into all the same, or put there, has another time. Permissions are those
    of files that are written now.
    """
    before = listed(site)
    if compression.qualities(before) != qualities:
        before = {}
    own = {name: [name, *(copy for copy in _copies(name) if copy in before)] for name in digests}
    mode = _mode_of_folders()
    if new.exists() and stat.S_IMODE(new.stat().st_mode) != mode:
        shutil.rmtree(new)  # made by somebody with another umask
    remove_others(new, {one for names in own.values() for one in names})
    new.mkdir(exist_ok=True)
    mine = inodes(new)
    folders = {"", *(name.rpartition("/")[0] for name in mine)}

    def free(name: str) -> str:
        """The path of a file, at which nothing is, in a folder that is there: what was there may be a file of ``site``, too."""
        if (folder := name.rpartition("/")[0]) not in folders:
            (new / folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        if name in mine:
            (new / name).unlink()
        return f"{new}/{name}"

    as_now = stat.S_IFREG | (mode & 0o666)
    fresh: list[str] = []
    taken: Digests = {}
    for name, digest in digests.items():
        there = {one: _status(f"{site}/{one}") for one in own[name]}
        if before.get(name) == digest and all(s and (s.st_mode, s.st_mtime) == (as_now, times[name]) for s in there.values()):
            for one, status in there.items():
                if status and mine.get(one) != status.st_ino:
                    _link(f"{site}/{one}", free(one))
                taken[one] = before[one]
        else:
            for one in own[name]:
                free(one)
            fresh.append(name)
    return fresh, taken


def _mode_of_folders() -> int:
    """The permissions of a folder that is made now."""
    umask = os.umask(0)  # to ask for it is to set it
    os.umask(umask)
    return 0o777 & ~umask


def _status(path: str) -> os.stat_result | None:
    try:
        return os.lstat(path)
    except OSError:
        return None


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:  # not every file system has links
        shutil.copy2(old, new)


def _complete(site: Path, name: str, qualities: compression.Qualities, time: int) -> Digests:
    """Write the compressed copies of a file, and give all of them its ``time``; the names and digests of the copies."""
    packed = compression.pack(site / name, qualities)
    for path, content in packed.items():
        path.write_bytes(content)
    for path in (site / name, *packed):
        os.utime(path, times=(time, time))
    return {path.relative_to(site).as_posix(): hashlib.sha256(content).hexdigest() for path, content in packed.items()}


def _exchange(new: Path, site: Path, old: Path) -> None:
    """Let ``new`` and ``site`` change places, by way of ``old``; at no moment is nothing served, where Linux helps."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange is None or exchange(HERE, os.fsencode(new), HERE, os.fsencode(site), SWAP) != 0:
        site.rename(old)
        new.rename(site)
        old.rename(new)


def manifest(digests: Digests, name: str) -> str:
    """The files of a folder called ``name`` with their ``digests``, as ``sha256sum --check`` reads it, under its seal."""
    lines = "".join(f"{digest}  {name}/{path}\n" for path, digest in sorted(digests.items()))
    return f"{_seal(lines)}\n{lines}"


def _seal(lines: str) -> str:
    """A comment that belongs to these lines and no others, and to files packed as they would be now."""
    return "# " + hashlib.sha256((compression.version() + lines).encode()).hexdigest()


def listed(site: Path) -> Digests:
    """The files that the manifest of ``site`` lists; none if it is not whole, or they would be packed otherwise now."""
    listing = site.with_name(f"{site.name}.sha256")
    text = listing.read_text(encoding="utf-8", errors="replace") if listing.exists() else ""
    seal, _, lines = text.partition("\n")
    if seal != _seal(lines):
        return {}
    return {line[66:].removeprefix(f"{site.name}/"): line[:64] for line in lines.splitlines()}


def times_of(digests: Digests, changed: Mapping[str, int]) -> dict[str, int]:
    """The time of every file, in seconds since 1970: only content decides it, so that ETag and Last-Modified stay with it.

    The day is the one before the newest change of any essay, or, for a document of a feed, of any essay in it, which the JSON
    feeds say that have ``changed``; so it is never ahead. The second within it comes from the digest of the file, so that a
    correction that moves no date is still noticed. A compressed copy has the time of what it is a copy of: it is the same file
    to a reader.
    """
    newest = {name.rpartition("/")[0]: day for name, day in changed.items()}
    newest_of_all = newest.get("", int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()))
    documents = {form.name for form in FORMATS}
    times = {}
    for name, digest in digests.items():
        folder, _, file = name.rpartition("/")
        day = newest.get(folder, newest_of_all) if file in documents else newest_of_all
        times[name] = day + int(digest[:8], 16) % DAY_SECONDS
    return times


def _newest_change(feed: bytes) -> int:
    """The first moment of the day before the newest change in a JSON feed, as seconds since 1970."""
    newest = max(item["date_modified"] for item in json.loads(feed)["items"])
    return int((datetime.fromisoformat(newest) - timedelta(days=1)).timestamp())
