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
            missing, published = _reuse(site, new, digests, times, qualities)
            for added in parallel_map(add, missing):
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


def _copies(name: str) -> list[str]:
    """The names of the compressed copies of a file."""
    return [f"{name}.gz", f"{name}.br"]


def _reuse(
    site: Path, new: Path, digests: Digests, times: Mapping[str, int], qualities: compression.Qualities
) -> tuple[list[str], Digests]:
    """Fill ``new`` with hard links to the files of ``site`` that stay as they are; most are there, because ``new`` was a site.

    Return the names of the files that are missing, and the digests of the others, compressed copies included. Nobody writes into
    a file of a site; if somebody did, it has another time. Permissions must be those of files that are written now.
    """
    listed_digests = listed(site)
    if compression.qualities(listed_digests) != qualities:
        listed_digests = {}
    groups = {name: [name, *(copy for copy in _copies(name) if copy in listed_digests)] for name in digests}
    folder_mode = _default_folder_mode()
    if new.exists() and stat.S_IMODE(new.stat().st_mode) != folder_mode:
        shutil.rmtree(new)  # written under another umask
    remove_others(new, {name for group in groups.values() for name in group})
    new.mkdir(exist_ok=True)
    inode_by_name = inodes(new)
    folders = {"", *(name.rpartition("/")[0] for name in inode_by_name)}

    def make_room(name: str) -> str:
        """The path of a file in a folder that exists. A file that was there is removed, because ``site`` may share it."""
        if (folder := name.rpartition("/")[0]) not in folders:
            (new / folder).mkdir(parents=True, exist_ok=True)
            folders.add(folder)
        if name in inode_by_name:
            (new / name).unlink()
        return f"{new}/{name}"

    file_mode = stat.S_IFREG | (folder_mode & 0o666)
    missing: list[str] = []
    reused: Digests = {}
    for name, digest in digests.items():
        statuses = {member: _status(f"{site}/{member}") for member in groups[name]}
        same = all(status and (status.st_mode, status.st_mtime) == (file_mode, times[name]) for status in statuses.values())
        if same and listed_digests.get(name) == digest:
            for member, status in statuses.items():
                if status and inode_by_name.get(member) != status.st_ino:
                    _link(f"{site}/{member}", make_room(member))
                reused[member] = listed_digests[member]
        else:
            for member in groups[name]:
                make_room(member)
            missing.append(name)
    return missing, reused


def _default_folder_mode() -> int:
    """The permissions of a folder that is created now."""
    umask = os.umask(0)  # the only way to read it is to set it
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
    newest_day = feed_changes.get("", NO_CHANGE) - DAY_SECONDS
    documents = {form.name for form in FORMATS}
    times = {}
    for name, digest in digests.items():
        folder, _, file = name.rpartition("/")
        day = feed_changes[folder] - DAY_SECONDS if file in documents and folder in feed_changes else newest_day
        times[name] = day + int(digest[:8], 16) % DAY_SECONDS
    return times
