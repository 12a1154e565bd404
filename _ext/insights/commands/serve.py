"""``serve``: serve a built site on this machine."""

import argparse
from pathlib import Path

from insights.preview import serve_folder


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder and the port."""
    parser.add_argument("site", type=Path)
    parser.add_argument("port", type=int, nargs="?", default=8000)


def run(arguments: argparse.Namespace) -> int:
    """Serve the folder until interrupted."""
    serve_folder(arguments.site, arguments.port)
    return 0
