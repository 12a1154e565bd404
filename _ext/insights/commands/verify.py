"""``verify``: build the site twice, as differently as two machines can be, and compares every byte.

Once plainly; and once on top of a build of other sources, at another place, in another zone and language, by another user,
with other hash seeds, jobs and permissions, and, where Debian's faketime is installed, on another day. What is published is to
follow from the sources, and from nothing else.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from insights.reporting import SWITCHES

#: What is no source: what was built, what is hidden, what only tests.
APART = ("_build", "tests", ".*", "__pycache__")
ELSEWHEN = "+1557d"


class Machine(NamedTuple):
    """Where and how a site is built: folder, environment, number of jobs, permissions withheld from new files, the clock."""

    folder: str
    environment: dict[str, str]
    jobs: str
    umask: int
    clock: list[str]


def machines() -> tuple[Machine, Machine]:
    """Two that have as little in common as can be had here."""
    one = {"TZ": "UTC", "LC_ALL": "C", "LOGNAME": "one", "USER": "one", "PYTHONHASHSEED": "0"}
    other = {"TZ": "Pacific/Kiritimati", "LC_ALL": _language(), "LOGNAME": "zwei", "USER": "zwei", "PYTHONHASHSEED": "4242"}
    other |= {"SOURCE_DATE_EPOCH": "86400"}  # by which some programs date what they write
    clock = [faketime, "-f", ELSEWHEN] if (faketime := shutil.which("faketime")) else []
    return Machine("one", one, "1", 0o022, []), Machine("an other/mächine", other, "2", 0o077, clock)


def _language() -> str:
    """A language of this machine that sorts and writes unlike English, if there is one."""
    listed = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()  # noqa: S607
    return next((name for name in listed if not name.startswith(("C", "POSIX", "en"))), "C.UTF-8")


def build(root: Path, machine: Machine, folder: Path, *, detour: bool) -> Path:
    """The folder of the site that ``machine`` makes of the sources in ``root``, in ``folder``; by a ``detour`` over others."""
    source = folder / machine.folder
    home = folder / f"home of {machine.environment['USER']}"
    home.mkdir()
    shutil.copytree(root, source, ignore=shutil.ignore_patterns(*APART))
    # Inherited settings of the publication stay: both machines are to build the same.
    environment = os.environ | {"INSIGHTS_TODAY": _today()} | machine.environment | {"HOME": str(home), "PYTHONPATH": "_ext"}
    steps = [
        ["sphinx", "-q", *SWITCHES, "-j", machine.jobs, "-d", "_build/doctrees", ".", "_build/work"],
        ["insights", "publish", "_build/work", "_build/html"],
    ]

    def run() -> None:
        for step in steps:
            command = [*machine.clock, sys.executable, "-m", *step]
            done = subprocess.run(
                command, cwd=source, env=environment, umask=machine.umask, capture_output=True, text=True, check=False
            )
            if done.returncode:
                raise SystemExit(done.stderr)

    if detour:
        undo = _change(source)
        run()
        undo()
    run()
    return source / "_build/html"


def _today() -> str:
    return os.environ.get("INSIGHTS_TODAY") or datetime.now(UTC).date().isoformat()


def _change(source: Path) -> Callable[[], None]:
    """Add an essay, and lengthen another; the answer takes both back."""
    text = min(source.glob("essays/*/index.md"))
    written = text.read_bytes()
    passing = source / "essays/in-passing"
    header, _, _ = written.partition(b"\n# ")
    passing.mkdir()
    (passing / "index.md").write_bytes(header.replace(b"\nfeatured: true", b"") + b"\n# An Essay in Passing\n\nText.\n")
    text.write_bytes(written + b"\n## A heading in passing\n\nMore text.\n")

    def undo() -> None:
        shutil.rmtree(passing)
        text.write_bytes(written)

    return undo


def differences(one: Path, other: Path) -> Iterator[str]:
    """What is not the same in two sites: which file, where in it, and what stands there."""
    paths = {path.relative_to(site).as_posix() for site in (one, other) for path in site.rglob("*") if path.is_file()}
    for path in sorted(paths):
        a, b = one / path, other / path
        if not (a.exists() and b.exists()):
            yield f"{path}: only in {'the first' if a.exists() else 'the second'}"
        elif (before := a.read_bytes()) != (after := b.read_bytes()):
            at = next(n for n, (x, y) in enumerate(zip_longest(before, after)) if x != y)
            line, column = before.count(b"\n", 0, at) + 1, at - before.rfind(b"\n", 0, at)
            yield f"{path}:{line}:{column}: {before[at : at + 40]!r} in the first, {after[at : at + 40]!r} in the second"
        elif a.stat().st_mtime != b.stat().st_mtime:
            yield f"{path}: of another time"


def verify(root: Path) -> list[str]:
    """What differs in two sites built from the sources in ``root``."""
    one, other = machines()
    with tempfile.TemporaryDirectory(prefix="verify-") as folder:
        sites = (
            build(root, one, Path(folder), detour=False),
            build(root, other, Path(folder), detour=True),
        )
        return list(differences(*sites))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(given: argparse.Namespace) -> int:
    """Compare, and say what differs; 1 if anything does."""
    if found := verify(Path.cwd()):
        print(*found, sep="\n")
        return 1
    clock = "" if shutil.which("faketime") else "; the clock was left alone, for want of faketime"
    print(f"Two machines, one site, to the byte{clock}")
    return 0
