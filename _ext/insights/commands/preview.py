"""``preview``: build the site with drafts and scheduled essays, and scan it as if it were published."""

import argparse
import sys
from pathlib import Path

from insights.check import PREVIEW, find_problems, refused_texts
from insights.problems import print_problems
from insights.reporting import distinct

FOLDER = Path("_build/preview")


def run(arguments: argparse.Namespace) -> int:
    """Build the publication in the current folder; print its problems, and return 1 if any is an error."""
    return build_whole(Path.cwd(), FOLDER, PREVIEW)


def build_whole(root: Path, folder: Path, kind: str) -> int:
    """Build a site of this ``kind`` into ``folder``, print its problems, and return 1 if any is an error."""
    problems = distinct([*find_problems(root, folder, kind), *refused_texts(root, folder / "doctrees")])
    return print_problems(problems, sys.stderr) if problems else 0
