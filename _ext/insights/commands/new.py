"""``new``: begin an essay."""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from insights.settings import read_settings
from insights.source import new_essay


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What the front matter of the essay will say; asked for on a terminal where it is missing."""
    parser.add_argument("title", nargs="?")
    parser.add_argument("--category", help="one of those in conf.py")
    parser.add_argument("--date", help="the day of publication, as YYYY-MM-DD (default: today)")
    parser.add_argument("--with-model", action=argparse.BooleanOptionalAction, default=True, help="with a model.py")


def run(arguments: argparse.Namespace) -> int:
    """Begin the essay in the publication in the current folder."""
    root, today = Path.cwd(), datetime.now(UTC).date()
    return new_essay(root, read_settings(root), vars(arguments), with_model=arguments.with_model, today=today)
