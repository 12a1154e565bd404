"""The site while it is being written: a server that shows each save, with its problems."""

from .live import serve_live
from .server import folder_server, serve_folder
