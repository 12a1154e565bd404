"""What a pull request changes for readers: the addresses of the essays and pages it touches, as Markdown."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

#: What git says of a file, and what that is to a reader.
KINDS = {"A": "new", "M": "changed", "D": "gone", "R": "moved", "T": "changed"}
ESSAY = re.compile(r"essays/([^/]+)/[^/]+$")
PAGE = re.compile(r"(\w+)\.md$")
NO_PAGES = frozenset({"README", "CONTRIBUTING"})


def summary(status: str) -> str:
    """The changed addresses, from what ``git diff --name-status`` says."""
    changed: dict[str, str] = {}
    for line in status.splitlines():
        kind, *paths = line.split("\t")
        what = KINDS.get(kind[:1])
        old, new = _address(paths[0]), _address(paths[-1])
        if what is None or new is None:
            continue
        if what == "moved" and old != new:
            changed[new] = f"moved from {old}"
        elif not paths[-1].endswith(".md"):
            changed.setdefault(new, "changed")  # the essay's model, its bibliography
        else:
            changed[new] = "changed" if what == "moved" else what
    return "".join(_lines(changed))


def _lines(changed: dict[str, str]) -> Iterator[str]:
    if not changed:
        yield "No page is changed by its text; what templates and machinery change is in the preview.\n"
        return
    yield "| Address | |\n|---|---|\n"
    for address in sorted(changed):
        yield f"| `{address}` | {changed[address]} |\n"


def _address(path: str) -> str | None:
    """The address that a file is shown at, if it is part of a page."""
    if essay := ESSAY.fullmatch(path):
        return f"/essays/{essay[1]}/"
    if (page := PAGE.fullmatch(path)) and page[1] not in NO_PAGES:
        return {"index": "/", "404": "/404.html"}.get(page[1], f"/{page[1]}/")
    return None


def since(base: str, root: Path) -> str:
    """The addresses that changed between the commit ``base`` and the one that is checked out."""
    command = ["git", "diff", "--name-status", "--find-renames", f"{base}...HEAD"]
    return summary(subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout)
