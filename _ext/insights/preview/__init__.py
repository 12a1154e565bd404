"""The site while it is being written: a server that shows each save, with its problems."""

from pathlib import Path

from .server import folder_server, serve_folder


def serve_live(root: Path, port: int) -> None:
    """Serve the preview of the publication in ``root`` until interrupted."""
    from . import live  # needs packages that only a set-up for development has

    live.serve_live(root, port)
