"""From the folder that a build writes to the folder that is served: replaced whole, with file times that follow from content."""

import ctypes
import hashlib
import os
import shutil
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from insights.cache import Store, exclusive, file_names, inodes, parallel_map, remove_others
from insights.catalog import FORMATS

from . import compression

DAY_SECONDS = 24 * 60 * 60
#: Stands for the newest change if there is no essay, in seconds since 1970.
NO_CHANGE = int(datetime(2026, 1, 2, tzinfo=UTC).timestamp())
#: Linux's AT_FDCWD, a path relative to the current folder, and RENAME_EXCHANGE (linux/fcntl.h, linux/fs.h).
AT_FDCWD, RENAME_EXCHANGE = -100, 2
#: How the names begin of files that Sphinx writes for its next build only.
BUILD_INFO = ".buildinfo"
#: The digest of each file of a site, by name.
Digests = dict[str, str]


def publish_site(work: Path, site: Path, store: Store, feed_changes: Mapping[str, int]) -> None:
    """Replace ``site`` by a copy of ``work`` with compressed files, and write a list of its files with their digests beside it.

    ``feed_changes``: the newest change of an essay in a feed, in seconds since 1970, by the folder of the feed in the site. If
    the process is killed, the old site is still there, or is restored by the next call. The site before stays beside it, so that
    the next one can be made from it.
    """
    with exclusive(site.with_name(f"{site.name}.lock")):
        new, old, listing = (site.with_name(site.name + suffix) for suffix in (".next", ".old", ".sha256"))
        if old.exists() and not site.exists():
            old.rename(site)
        shutil.rmtree(old, ignore_errors=True)
        names = site_files(work)
        digest_by_path = store.by_file("digests", (f"{work}/{name}" for name in names), _digest)
        digests = dict(zip(names, digest_by_path.values(), strict=True))
        times, qualities = file_times(digests, feed_changes), compression.qualities(digests)

        def add(name: str) -> Digests:
            shutil.copyfile(work / name, new / name)
            return {name: digests[name], **_compress(new, name, qualities, times[name])}

        try:
            published = _reuse(site, new, digests, times, qualities)
            for added in parallel_map(add, [name for name in digests if name not in published]):
                published |= added
        except BaseException:
            shutil.rmtree(new, ignore_errors=True)
            raise
        part = listing.with_name(f"{listing.name}.new")
        part.write_text(manifest(published, site.name), encoding="utf-8", newline="\n")
        os.sync()  # otherwise a power loss could leave empty files under the new names
        if site.exists():
            _exchange(new, site, old)
        else:
            new.rename(site)
        part.replace(listing)


def site_files(folder: Path) -> list[str]:
    """The names of the files in a built ``folder`` that are published."""
    return [name for name in file_names(folder) if not name.rpartition("/")[2].startswith(BUILD_INFO)]


def _digest(path: str) -> str:
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def _reuse(site: Path, new: Path, digests: Digests, times: Mapping[str, int], qualities: compression.Qualities) -> Digests:
    """Fill ``new`` with hard links to the files of ``site`` that stay as they are; most are there, because ``new`` was a site.

    Return their digests, compressed copies included. Nobody writes into a file of a site; if somebody did, it has another time.
    Permissions must be those of files that are written now.
    """
    umask = os.umask(0)  # the only way to read it is to set it
    os.umask(umask)
    if new.exists() and stat.S_IMODE(new.stat().st_mode) != 0o777 & ~umask:
        shutil.rmtree(new)  # written under another umask
    new.mkdir(exist_ok=True)
    listed_digests = listed(site)
    if compression.qualities(listed_digests) != qualities:
        listed_digests = {}
    unchanged: dict[str, int | None] = {}
    for name, digest in digests.items():
        if listed_digests.get(name) == digest:
            group = [member for member in (name, f"{name}.gz", f"{name}.br") if member in listed_digests]
            numbers = [_inode(f"{site}/{member}", 0o666 & ~umask, times[name]) for member in group]
            if None not in numbers:
                unchanged |= zip(group, numbers, strict=True)
    inode_by_name = inodes(new)
    there = {name for name, inode in unchanged.items() if inode_by_name.get(name) == inode}
    remove_others(new, there)
    for folder in {name.rpartition("/")[0] for name in digests.keys() - there}:
        (new / folder).mkdir(parents=True, exist_ok=True)
    for name in unchanged.keys() - there:
        _link(f"{site}/{name}", f"{new}/{name}")
    return {name: listed_digests[name] for name in unchanged}


def _inode(path: str, permissions: int, time: int) -> int | None:
    """The inode of a file, unless it is none, or has other permissions or another time."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return status.st_ino if (status.st_mode, status.st_mtime) == (stat.S_IFREG | permissions, time) else None


def _link(old: str, new: str) -> None:
    try:
        os.link(old, new)
    except OSError:  # not every file system has links
        shutil.copy2(old, new)


def _compress(site: Path, name: str, qualities: compression.Qualities, time: int) -> Digests:
    """Write the compressed copies of a file, and set the ``time`` of all of them; the digests of the copies by name."""
    copies = compression.pack(site / name, qualities)
    for path, content in copies.items():
        path.write_bytes(content)
    for path in (site / name, *copies):
        os.utime(path, times=(time, time))
    return {path.relative_to(site).as_posix(): hashlib.sha256(content).hexdigest() for path, content in copies.items()}


def _exchange(new: Path, site: Path, old: Path) -> None:
    """Exchange the names of ``new`` and ``site``: on Linux in one step, elsewhere by way of ``old``."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange is None or exchange(AT_FDCWD, os.fsencode(new), AT_FDCWD, os.fsencode(site), RENAME_EXCHANGE) != 0:
        site.rename(old)
        new.rename(site)
        old.rename(new)


def manifest(digests: Digests, name: str) -> str:
    """The ``digests`` of the files in a folder called ``name``, in the format of ``sha256sum --check``, with a seal on top."""
    lines = "".join(f"{digest}  {name}/{path}\n" for path, digest in sorted(digests.items()))
    return f"{_seal(lines)}\n{lines}"


def _seal(lines: str) -> str:
    """A comment that fits only these lines, and files compressed as they would be now.

    The list is not in the store, because readers of it are outside; so it has to show by itself that it is whole.
    """
    return "# " + hashlib.sha256((compression.version() + lines).encode()).hexdigest()


def listed(site: Path) -> Digests:
    """The files in the manifest of ``site``; none if its seal does not fit."""
    listing = site.with_name(f"{site.name}.sha256")
    text = listing.read_text(encoding="utf-8", errors="replace") if listing.exists() else ""
    seal, _, lines = text.partition("\n")
    if seal != _seal(lines):
        return {}
    return {line[66:].removeprefix(f"{site.name}/"): line[:64] for line in lines.splitlines()}


def file_times(digests: Digests, feed_changes: Mapping[str, int]) -> dict[str, int]:
    """The time of every file, in seconds since 1970. It follows from content only, so that ETag and Last-Modified do too.

    The day is the one before the newest change of any essay, or, for a document of a feed, of any essay in it; so it is never in
    the future. The second within it comes from the digest of the file, so that a correction without a date changes it too. A
    compressed copy has the time of its original.
    """
    newest = feed_changes.get("", NO_CHANGE)
    documents = {form.name for form in FORMATS}
    times = {}
    for name, digest in digests.items():
        folder, _, file = name.rpartition("/")
        change = feed_changes.get(folder, newest) if file in documents else newest
        times[name] = change - DAY_SECONDS + int(digest[:8], 16) % DAY_SECONDS
    return times
