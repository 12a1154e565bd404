"""Build the site twice, as differently as two machines could, and compare every byte: ``python tests/tools/verify.py``.

One build is plain. The other is made on top of a build of other sources, in another folder, time zone and language, by another
user, with another hash seed, number of jobs and umask, and, if Debian's faketime is installed, on another day. What is published
must follow from the sources only.
"""

from __future__ import annotations

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

#: What is not part of the sources: builds, hidden files, tests.
IGNORED = ("_build", "tests", ".*", "__pycache__")
#: The offset of the other machine's clock.
OFFSET = "+1557d"


class Machine(NamedTuple):
    """Where and how a site is built: folder, environment, number of jobs, umask, and the command that sets the clock."""

    folder: str
    environment: dict[str, str]
    jobs: str
    umask: int
    clock: list[str]


def machines() -> tuple[Machine, Machine]:
    """Two machines that differ in everything that can be set here."""
    one = {"TZ": "UTC", "LC_ALL": "C", "LOGNAME": "one", "USER": "one", "PYTHONHASHSEED": "0"}
    other = {"TZ": "Pacific/Kiritimati", "LC_ALL": _language(), "LOGNAME": "zwei", "USER": "zwei", "PYTHONHASHSEED": "4242"}
    other |= {"SOURCE_DATE_EPOCH": "86400"}  # by which some programs date what they write
    clock = [faketime, "-f", OFFSET] if (faketime := shutil.which("faketime")) else []
    return Machine("one", one, "1", 0o022, []), Machine("an other/mächine", other, "2", 0o077, clock)


def _language() -> str:
    """A locale of this machine that is not English, if there is one."""
    names = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=False).stdout.split()
    return next((name for name in names if not name.startswith(("C", "POSIX", "en"))), "C.UTF-8")


def build(root: Path, machine: Machine, folder: Path, *, on_top: bool) -> Path:
    """Build the sources in ``root`` as ``machine`` below ``folder``, ``on_top`` of a build of other sources. Return the site."""
    source = folder / machine.folder
    home = folder / f"home of {machine.environment['USER']}"
    home.mkdir()
    shutil.copytree(root, source, ignore=shutil.ignore_patterns(*IGNORED))
    # Settings of the publication are inherited, because both machines build the same one.
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

    if on_top:
        undo = _change(source)
        run()
        undo()
    run()
    return source / "_build/html"


def _today() -> str:
    return os.environ.get("INSIGHTS_TODAY") or datetime.now(UTC).date().isoformat()


def _change(source: Path) -> Callable[[], None]:
    """Add an essay, and lengthen another; return a function that undoes both."""
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
    """How two sites differ, one file a line: the place of the first difference, and the bytes there."""
    paths = {path.relative_to(site).as_posix() for site in (one, other) for path in site.rglob("*") if path.is_file()}
    for path in sorted(paths):
        a, b = one / path, other / path
        if not (a.exists() and b.exists()):
            yield f"{path}: only in {'the first' if a.exists() else 'the second'}"
        elif (first := a.read_bytes()) != (second := b.read_bytes()):
            at = next(n for n, (x, y) in enumerate(zip_longest(first, second)) if x != y)
            line, column = first.count(b"\n", 0, at) + 1, at - first.rfind(b"\n", 0, at)
            yield f"{path}:{line}:{column}: {first[at : at + 40]!r} in the first, {second[at : at + 40]!r} in the second"
        elif a.stat().st_mtime != b.stat().st_mtime:
            yield f"{path}: of another time"


def verify(root: Path) -> list[str]:
    """The differences between two sites built from the sources in ``root``."""
    first, second = machines()
    with tempfile.TemporaryDirectory(prefix="verify-") as name:
        folder = Path(name)
        return list(differences(build(root, first, folder, on_top=False), build(root, second, folder, on_top=True)))


def main() -> int:
    """Compare two builds of the current folder, and print the differences; 1 if there are any."""
    if lines := verify(Path.cwd()):
        print(*lines, sep="\n")
        return 1
    clock = "" if shutil.which("faketime") else "; the clock was not changed, because faketime is not installed"
    print(f"Two machines, one site, to the byte{clock}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
