"""What a pull request changes for readers: the addresses of the essays and pages it touches, as Markdown."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

#: What git says of a file, and what that is to a reader.
KINDS = {"A": "new", "M": "changed", "D": "gone", "R": "moved", "T": "changed"}
ESSAY = re.compile(r"essays/([^/]+)/[^/]+$")


def summary(status: str, pages: list[str]) -> str:
    """The changed addresses, from what ``git diff --name-status`` says; ``pages`` are the patterns of what is a page."""
    changed: dict[str, str] = {}
    for line in status.splitlines():
        kind, *paths = line.split("\t")
        what = KINDS.get(kind[:1])
        old, new = _address(paths[0], pages), _address(paths[-1], pages)
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


def _address(path: str, pages: list[str]) -> str | None:
    """The address that a file is shown at, if it is part of a page."""
    if essay := ESSAY.fullmatch(path):
        return f"/essays/{essay[1]}/"
    if path in pages:
        return {"index.md": "/", "404.md": "/404.html"}.get(path, f"/{path.removesuffix('.md')}/")
    return None


def since(base: str, root: Path, pages: list[str]) -> str:
    """The addresses that changed between the commit ``base`` and the one checked out; SystemExit if there is no ``base``."""
    command = ["git", "diff", "--name-status", "--find-renames", f"{base}...HEAD"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{base!r} cannot be compared with; name a commit, such as origin/main ({done.stderr.splitlines()[0]})")
    return summary(done.stdout, pages)
