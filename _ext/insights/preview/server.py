"""Serve a built site to the machine it was built on."""

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


class Handler(SimpleHTTPRequestHandler):
    """Files as they are, and the site's own 404 page."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".py": "text/plain; charset=utf-8",
        ".csv": "text/csv; charset=utf-8",
    }

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer 404 with the site's 404.html, other errors as the library does."""
        page = Path(self.directory) / "404.html"
        if code == HTTPStatus.NOT_FOUND and page.exists():
            self.answer(code, "text/html; charset=utf-8", page.read_bytes())
        else:
            super().send_error(code, message, explain)

    def answer(self, status: int, kind: str, body: bytes) -> None:
        """Send a whole response; ``kind``: the type of its body."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Print nothing about requests."""


class Server(ThreadingHTTPServer):
    """A server on this machine's own address only; port 0 takes any that is free."""

    def __init__(self, port: int, handler: Callable[..., Handler]) -> None:
        super().__init__(("127.0.0.1", port), handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Print nothing if a browser leaves before a page is complete, as it does when the page reloads."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def open_server(port: int, handler: Callable[..., Handler], command: str) -> Server:
    """A server for the ``command`` of make; ends the program if the port is taken."""
    try:
        return Server(port, handler)
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}); choose another: make {command} PORT=8001")


def folder_server(folder: Path, port: int) -> Server:
    """A server of ``folder``."""
    return Server(port, partial(Handler, directory=str(folder)))


def serve_folder(folder: Path, port: int) -> None:
    """Serve until interrupted."""
    with open_server(port, partial(Handler, directory=str(folder)), "serve") as running, suppress(KeyboardInterrupt):
        print(f"Insights is at http://127.0.0.1:{running.server_port}/ until you press Ctrl-C.", flush=True)
        running.serve_forever()
    print()
