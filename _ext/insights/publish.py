"""From the folder that a build writes to the one that is served: whole or not at all, with times that follow from content."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from datetime import datetime, timedelta
from pathlib import Path

DAY_SECONDS = 24 * 60 * 60


def publish(work: Path, site: Path) -> None:
    """Put a copy of ``work`` in the place of ``site``. Whoever interrupts it finds the old site, here or at the next call."""
    new, old = site.with_name(f"{site.name}.new"), site.with_name(f"{site.name}.old")
    if old.exists() and not site.exists():
        old.rename(site)
    for leftover in (new, old):
        shutil.rmtree(leftover, ignore_errors=True)
    shutil.copytree(work, new, copy_function=shutil.copyfile)
    set_times(new)
    if site.exists():
        site.rename(old)
    new.rename(site)
    shutil.rmtree(old, ignore_errors=True)


def set_times(site: Path) -> None:
    """Give every file a time that only its content decides, so that an unchanged file keeps its ETag and Last-Modified.

    The day is the one before the newest change of any essay, so that it is never ahead; the second within it comes from a
    digest of the file, so that a correction that moves no date is still noticed.
    """
    newest = _newest_change(site)
    for path in sorted(site.rglob("*")):
        if path.is_file():
            second = int.from_bytes(hashlib.sha256(path.read_bytes()).digest()[:4], "big") % DAY_SECONDS
            os.utime(path, times=(newest + second,) * 2)


def _newest_change(site: Path) -> float:
    """Midnight (UTC) of the day before the newest change, from the feed of the site, as seconds since 1970."""
    feed = site / "feed.json"
    dates = (
        [item["date_modified"] for item in json.loads(feed.read_bytes())["items"]] if feed.exists() else ["2026-01-01T12:00:00Z"]
    )
    newest = datetime.fromisoformat(max(dates)).replace(hour=0, minute=0, second=0)
    return (newest - timedelta(days=1)).timestamp()
