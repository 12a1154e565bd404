"""The site while it is being written: a server that shows each save, with its problems."""

from __future__ import annotations

from .live import serve_live
from .server import folder_server, serve_folder
