"""From the folder that a build writes to the one that is served: whole or not at all, with times that follow from content."""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from .feeds import FORMATS
from .packing import pack

DAY_SECONDS = 24 * 60 * 60


#: What Linux calls a path that starts at the current folder, and an exchange of two names (linux/fcntl.h, linux/fs.h).
HERE, SWAP = -100, 2
#: What Sphinx leaves for its next build, and no reader asks for.
NOTES = shutil.ignore_patterns(".buildinfo*")


def publish(work: Path, site: Path, inspect: Callable[[Path], object] = lambda new: None) -> None:
    """Put a copy of ``work`` in the place of ``site``, and beside it a list of its files with their digests.

    ``inspect`` sees the copy first, and raises to stop it. Whoever interrupts it finds the old site, here or at the next call.
    """
    new, old, digests = (site.with_name(site.name + suffix) for suffix in (".new", ".old", ".sha256"))
    if old.exists() and not site.exists():
        old.rename(site)
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(work, new, copy_function=shutil.copyfile, ignore=NOTES)
    inspect(new)
    pack(new, site)
    set_times(new)
    part = digests.with_name(f"{digests.name}.new")
    part.write_text(manifest(new, site.name), encoding="utf-8", newline="\n")
    if site.exists():
        _exchange(new, site, old)
    else:
        new.rename(site)
    part.replace(digests)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(new: Path, site: Path, old: Path) -> None:
    """Put ``new`` in the place of ``site``, and what was there at ``old``; at no moment is nothing there, where Linux helps."""
    exchange = getattr(ctypes.CDLL(None), "renameat2", None)
    if exchange is None or exchange(HERE, os.fsencode(new), HERE, os.fsencode(site), SWAP) != 0:
        site.rename(old)
        new.rename(site)
    else:
        new.rename(old)


def manifest(folder: Path, name: str) -> str:
    """Every file of ``folder``, which is to be called ``name``, with its digest, as ``sha256sum --check`` reads it."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return "".join(f"{hashlib.sha256((folder / path).read_bytes()).hexdigest()}  {name}/{path}\n" for path in paths)


def listed(site: Path) -> frozenset[tuple[str, str]]:
    """The digest and the name of each file that the manifest of ``site`` lists."""
    digests = site.with_name(f"{site.name}.sha256")
    lines = digests.read_text(encoding="utf-8").splitlines() if digests.exists() else []
    return frozenset((line[:64], line[66:].removeprefix(f"{site.name}/")) for line in lines)


def set_times(site: Path) -> None:
    """Give every file a time that only its content decides, so that an unchanged file keeps its ETag and Last-Modified.

    The day is the one before the newest change of any essay, or, for a document of a feed, of any essay in it; so it is never
    ahead. The second within it comes from a digest of the file, so that a correction that moves no date is still noticed.
    """
    newest = {path.parent: _newest_change(path) for path in site.rglob("feed.json") if "_downloads" not in path.parts}
    newest_of_all = newest.get(site, datetime(2026, 1, 1, tzinfo=UTC).timestamp())
    documents = {form.name for form in FORMATS}
    for path in sorted(site.rglob("*")):
        if path.is_file():
            # A server that sends a compressed copy sends the time of the copy; it is the same file to a reader.
            content = path.with_suffix("") if path.suffix in (".gz", ".br") else path
            second = int.from_bytes(hashlib.sha256(content.read_bytes()).digest()[:4], "big") % DAY_SECONDS
            day = newest.get(path.parent, newest_of_all) if content.name in documents else newest_of_all
            os.utime(path, times=(day + second,) * 2)


def _newest_change(feed: Path) -> float:
    """The first moment of the day before the newest change in a JSON feed, as seconds since 1970."""
    newest = max(item["date_modified"] for item in json.loads(feed.read_bytes())["items"])
    return (datetime.fromisoformat(newest) - timedelta(days=1)).timestamp()
