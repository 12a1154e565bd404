"""``permalinks``: build the site, and add its addresses and identities to permalinks.lock."""

import argparse
from pathlib import Path

from insights.cache import write_atomic
from insights.check import AHEAD
from insights.output import merge_permalinks, read_permalinks
from insights.source import PERMALINKS

from .preview import build_whole

FOLDER = Path("_build/permalinks")


def run(arguments: argparse.Namespace) -> int:
    """Build the publication with its scheduled essays, since nobody merges anything on the day they come out.

    Adds to its file what the build found; without an effect, and 1, if the build has errors.
    """
    if status := build_whole(Path.cwd(), FOLDER, AHEAD):
        return status
    add_permalinks(Path(PERMALINKS), FOLDER / "doctrees" / PERMALINKS)
    return 0


def add_permalinks(permalinks: Path, found: Path) -> None:
    """Add what a build ``found`` to the file ``permalinks``, and print how many there were."""
    before = permalinks.read_text(encoding="utf-8") if permalinks.exists() else ""
    after = merge_permalinks(before, set(read_permalinks(found.read_text(encoding="utf-8"))))
    write_atomic(permalinks, after.encode())
    print(f"{len(read_permalinks(after)) - len(read_permalinks(before))} added to {permalinks}")
