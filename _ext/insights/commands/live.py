"""``live``: serve the site while it is being written."""

import argparse
from pathlib import Path

from insights.preview import serve_live


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The port."""
    parser.add_argument("--port", type=int, default=8000)


def run(arguments: argparse.Namespace) -> int:
    """Serve the publication in the current folder until interrupted."""
    serve_live(Path.cwd(), arguments.port)
    return 0
