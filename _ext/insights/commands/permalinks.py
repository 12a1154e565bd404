"""``permalinks``: add the addresses and identities that a build found to permalinks.lock."""

import argparse
from pathlib import Path

from insights.cache import write_atomic
from insights.output import merge_permalinks, read_permalinks
from insights.source import PERMALINKS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The file in which the build left what it found."""
    parser.add_argument("found", type=Path)


def run(arguments: argparse.Namespace) -> int:
    """Add to the file of the publication in the current folder."""
    add_permalinks(Path(PERMALINKS), arguments.found)
    return 0


def add_permalinks(permalinks: Path, found: Path) -> None:
    """Add what a build ``found`` to the file ``permalinks``, and print how many there were."""
    before = permalinks.read_text(encoding="utf-8") if permalinks.exists() else ""
    after = merge_permalinks(before, set(read_permalinks(found.read_text(encoding="utf-8"))))
    write_atomic(permalinks, after.encode())
    print(f"{len(read_permalinks(after)) - len(read_permalinks(before))} added to {permalinks}")
