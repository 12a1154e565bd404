"""Serve a built site to the machine it was built on."""

import sys
from collections.abc import Callable
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
        if code != HTTPStatus.NOT_FOUND or not page.exists():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
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


def folder_server(folder: Path, port: int) -> Server:
    """A server of ``folder``."""
    return Server(port, partial(Handler, directory=str(folder)))


def serve_folder(folder: Path, port: int) -> None:
    """Serve until interrupted."""
    try:
        with folder_server(folder, port) as running:
            print(f"Insights is at http://127.0.0.1:{running.server_port}/ until you press Ctrl-C.", flush=True)
            running.serve_forever()
    except OSError as error:
        sys.exit(f"Port {port} cannot be used ({error.strerror}); choose another: make serve PORT=8001")
    except KeyboardInterrupt:
        print()
