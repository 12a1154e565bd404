"""Which files a text can show to readers: those of its own folder and of ``_static``, but nothing hidden or ignored by git."""

import difflib
import os
import posixpath
import subprocess
from collections.abc import Iterable
from functools import cache
from itertools import chain
from pathlib import Path

from insights.cache import file_names
from insights.pictures import SUFFIXES

#: The folder of files that any text can use.
SHARED = "_static"
#: What a page in the folder of the publication itself can use of what lies there: pictures, but not its settings, for example.
BESIDE_PAGES = frozenset(chain.from_iterable(SUFFIXES.values()))
#: Lists what git ignores; a folder of which it ignores everything is one entry.
IGNORED = ("git", "-c", "core.fsmonitor=false", "ls-files", "-z", "-o", "-i", "--exclude-standard", "--directory")


def refusal(root: Path, text: Path, file: Path) -> str:
    """Why the ``text`` cannot publish a ``file``, to go behind its name; "" if it can. Links count as what they lead to."""
    root, home = Path(os.path.realpath(root)), Path(os.path.realpath(text)).parent
    real = Path(os.path.realpath(file))
    beside_page = home == real.parent == root and real.suffix.lower() in BESIDE_PAGES
    if not beside_page and not any(real.is_relative_to(folder) for folder in (root / SHARED, home) if folder != root):
        return "is not in the folder of this text; copy it there"
    return private(root, (real, Path(os.path.abspath(file))))  # noqa: PTH100 (`resolve` follows links)


def private(root: Path, paths: Iterable[Path], allowed: Iterable[str] = ()) -> str:
    """Why files in ``root`` are not for readers; "" if they are. ``allowed``: names that are hidden and meant for them."""
    for path in paths:
        parts = path.relative_to(root).parts if path.is_relative_to(root) else path.parts[-1:]
        if any(part.startswith(".") and part not in allowed for part in parts):
            return "is hidden, so it may not be meant for readers; rename it"
        ignored = ignored_by_git(root)
        if any("/".join(parts[:length]) in ignored for length in range(1, len(parts) + 1)):
            return "is ignored by git, so it may not be meant for readers; take it out of .gitignore"
    return ""


def near_file(home: Path, written: str) -> str:
    """The file in the folder ``home`` of a text that an author may mean who has ``written`` another name; "" if there is none."""
    names = {name.casefold(): name for name in file_names(home) if not name.startswith(".") and name != "index.md"}
    wanted = posixpath.normpath(written).casefold()
    near = difflib.get_close_matches(wanted, names, 1, 0.75)
    same = [name for name in names if posixpath.basename(name) == posixpath.basename(wanted)]
    return names[(near or same)[0]] if near or same else ""


@cache
def ignored_by_git(root: Path) -> frozenset[str]:
    """The files and folders in ``root`` that git ignores; none where there is no git, or all of ``root`` is ignored."""
    try:
        listed = subprocess.run(IGNORED, cwd=root, capture_output=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return frozenset()
    return frozenset(os.fsdecode(name).rstrip("/") for name in listed.split(b"\0")) - {"", "."}
