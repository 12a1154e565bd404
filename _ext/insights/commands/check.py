"""``check``: report everything that is wrong with the publication."""

import argparse
from pathlib import Path

from insights.check import report


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Whether to check our own code as well."""
    parser.add_argument("--code", action="store_true", help="with its own code: machinery, tests and models")


def run(arguments: argparse.Namespace) -> int:
    """Check the publication in the current folder."""
    return report(Path.cwd(), code=arguments.code)
