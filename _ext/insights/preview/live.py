"""The site while it is being written, at an address of this machine: each save is built, and shown where it was being read.

Builds run in processes forked from a warm one, which has loaded everything that does not change. A page has a script that listens
for the status of the build (server-sent events): it reloads the page if that has changed, and shows the problems over it.
"""

import contextlib
import hashlib
import json
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from queue import Queue
from threading import Condition, Lock, Thread
from typing import NamedTuple
from urllib.parse import urlsplit

from sphinx.application import builtin_extensions
from watchfiles import watch

from insights.problems import SETTINGS, Problem, guarded
from insights.processes import begin_in_pool
from insights.reporting import distinct
from insights.source import is_of_an_editor

from . import server

#: Modules that are loaded once, which takes longer than a build. Our own are not among them, since an author may change them.
WARM = (
    *builtin_extensions, "PIL.ImageDraw", "PIL.ImageFont", "a11y_pygments", "ablog", "babel.dates", "brotli", "furo",
    "http.server", "lxml.html.builder", "math_core", "matplotlib.figure", "myst_parser.parsers.sphinx_",
    "myst_parser.sphinx_ext.directives", "myst_parser.sphinx_ext.main", "myst_parser.sphinx_ext.mathjax",
    "myst_parser.sphinx_ext.myst_refs", "numpy", "pybtex.backends.plaintext", "pydantic", "rcssmin", "rjsmin",
    "sphinx.builders.dirhtml", "sphinx.cmd.build", "sphinx_basic_ng", "sphinx_design.extension", "sphinxcontrib.bibtex",
    "watchfiles",
)  # fmt: skip
#: What is watched in the folder of the publication besides its pages and the folders that models may read data from.
WATCHED = ("_ext", "_static", "_templates", "conf.py", "permalinks.lock")
#: Milliseconds between two saves that are built as one.
TOGETHER = 40
PATH = "/_live/"
FILES = {"live.js": "text/javascript; charset=utf-8", "live.css": "text/css; charset=utf-8"}
#: The page at an address that no build has written yet.
EMPTY = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Insights</title></head>
<body><p>The first build takes some seconds; then the page comes by itself.</p></body></html>
"""


class Status(NamedTuple):
    """The state of the preview: how many builds there were, whether one runs, and the problems, as printed."""

    number: int
    building: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


class Channel:
    """The latest status, and the threads that wait for it."""

    def __init__(self) -> None:
        self.status = Status(0, True, (), ())
        self.changed = Condition()

    def send(self, status: Status) -> None:
        """Replace the status."""
        with self.changed:
            self.status = status
            self.changed.notify_all()

    def after(self, seen: Status | None, seconds: float) -> Status:
        """The latest status, as soon as it is not the one ``seen``, or when the ``seconds`` have passed."""
        with self.changed:
            self.changed.wait_for(lambda: self.status != seen, seconds)
            return self.status


class Handler(server.Handler):
    """The site with the script of the preview in its pages, and the status of the build."""

    def __init__(self, channel: Channel, *arguments: object, directory: str) -> None:
        self.channel = channel
        super().__init__(*arguments, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:  # noqa: N802 (the library looks for this name)
        """Answer with the status, with our own files, with a page, or with any other file."""
        path = urlsplit(self.path).path
        if path == f"{PATH}status":
            self._send_status()
        elif path.startswith(PATH) and (name := path.removeprefix(PATH)) in FILES:
            self.answer(200, FILES[name], Path(__file__).with_name(name).read_bytes())
        elif (page := self._page()) is not None:
            self.answer(*page)
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Let browsers keep nothing: it may have changed when they ask again."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _page(self) -> tuple[int, str, bytes] | None:
        """Status, type and content of the requested page, with our script, or of the 404 page; None for other files."""
        file = Path(self.translate_path(self.path))
        if file.is_dir() and not urlsplit(self.path).path.endswith("/"):
            return None  # the library sends the browser on
        file = file / "index.html" if file.is_dir() else file
        status = 200 if file.is_file() else 404
        if status == 404:
            file = Path(self.directory) / "404.html"
        elif file.suffix != ".html":
            return None
        html = file.read_text(encoding="utf-8") if file.is_file() else EMPTY
        return status, "text/html; charset=utf-8", with_script(html).encode()

    def _send_status(self) -> None:
        """Send each status until the browser has left."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        seen = None
        with contextlib.suppress(ConnectionError):
            while True:
                status = self.channel.after(seen, 15)
                self.wfile.write(f"data: {json.dumps(status._asdict())}\n\n".encode() if status != seen else b": still here\n\n")
                self.wfile.flush()
                seen = status


def with_script(html: str) -> str:
    """A page with our script and style in its head, and its digest, by which the script sees whether it has changed."""
    digest = hashlib.sha256(html.encode()).hexdigest()[:16]
    ours = f'<script src="{PATH}live.js" data-page="{digest}" defer></script><link rel="stylesheet" href="{PATH}live.css">'
    return html.replace("</head>", f"{ours}</head>", 1)


class Builder:
    """Builds the site in processes that are forked from a warm one; each is fresh, since Sphinx and ABlog keep state."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "_build/live"
        self.context = get_context("forkserver")
        self.context.set_forkserver_preload(list(WARM))
        self.pools = {"build": self._pool(), "rules": self._pool()}

    def build(self) -> list[Problem]:
        """Build what has changed; the problems."""
        return self._run("build", "insights.check:preview_problems", self.folder)

    def check(self, built: list[Problem]) -> list[Problem]:
        """The problems that the rules find and, if the build has ``built`` the site without errors, those in the site."""
        problems = self._run("rules", "insights.check:check_texts", datetime.now(UTC).date(), self.folder / "doctrees")
        if all(problem.warning for problem in built):
            problems += self._run("rules", "insights.check:scan_preview", self.folder)
        return problems

    def _run(self, pool: str, function: str, *arguments: object) -> list[Problem]:
        try:
            return self.pools[pool].submit(guarded, function, self.root, *arguments).result()
        except BrokenProcessPool:  # out of memory, or problems.py itself does not load
            self.pools[pool] = self._pool()
            return [Problem(1, "the process of the preview ended; run `make html` to see why", "insights.crash", SETTINGS)]

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, self.context, begin_in_pool, max_tasks_per_child=1)


def status_of(number: int, problems: Iterable[Problem], *, building: bool) -> Status:
    """The status after so many builds with these ``problems``."""
    ordered = distinct(problems)
    errors, warnings = (tuple(str(problem) for problem in ordered if problem.warning is warning) for warning in (False, True))
    return Status(number, building, errors, warnings)


def work(root: Path, channel: Channel) -> None:
    """Build at once, and then after each save. Print the problems in the terminal, and when there are none any more.

    The rules run in the background: to run the code of a thousand essays for the first time takes longer than anybody waits.
    """
    builder = Builder(root)
    printed: tuple[str, ...] = ()
    lock = Lock()

    def check_texts(number: int, problems: list[Problem]) -> None:
        nonlocal printed
        with lock:
            if number == newest:
                status = status_of(number, [*problems, *builder.check(problems)], building=False)
            if number < newest:
                return  # the check of a later save follows
            channel.send(status)
            lines = (*status.errors, *status.warnings)
            if lines != printed:
                print("\n".join(lines) if lines else "No errors.", flush=True)
            printed = lines

    for newest, changed in enumerate(_changes(root), 1):
        started = time.monotonic()
        channel.send(channel.status._replace(building=True))
        problems = builder.build()
        channel.send(status_of(newest, problems, building=False))
        print(f"{datetime.now():%H:%M:%S}  {changed}: built in {time.monotonic() - started:.1f} s", flush=True)
        Thread(target=check_texts, args=(newest, problems), daemon=True).start()


def _changes(root: Path) -> Iterator[str]:
    """The names of the files of each save, the first time "all".

    In the folder itself only its own files are watched: .venv and _build have many.
    """
    saved: Queue[set[str]] = Queue()
    folders = [path for path in root.iterdir() if path.is_dir() and _is_watched(path.name)]

    def report_saves(watched: list[Path], recursive: bool) -> None:
        concerns = partial(_concerns, root)
        for changes in watch(*watched, recursive=recursive, debounce=4 * TOGETHER, step=TOGETHER, watch_filter=concerns):
            saved.put({path for _, path in changes})

    for arguments in ((folders, True), ([root], False)):
        Thread(target=report_saves, args=arguments, daemon=True).start()
    yield "all"
    while True:
        paths = saved.get()
        while not saved.empty():
            paths |= saved.get()
        yield ", ".join(sorted(str(Path(path).relative_to(root)) for path in paths))


def _concerns(root: Path, _change: object, path: str) -> bool:
    """Whether the site depends on the file at ``path``."""
    parts = Path(path).relative_to(root).parts
    name = parts[-1]
    if "__pycache__" in parts or name.startswith(".") or is_of_an_editor(name) or name.isdecimal():
        return False
    return _is_watched(parts[0]) and (len(parts) > 1 or name in WATCHED or name.endswith(".md"))


def _is_watched(name: str) -> bool:
    """Whether a file or folder of the publication is watched: not what is hidden, nor what was built, nor the tests."""
    return name in WATCHED or not name.startswith((".", "_", "tests"))


def serve_live(root: Path, port: int) -> None:
    """Serve the preview until interrupted."""
    channel = Channel()
    folder = root / "_build/live/html"
    folder.mkdir(parents=True, exist_ok=True)
    running = server.open_server(port, partial(Handler, channel, directory=str(folder)), "live")
    running.daemon_threads = True
    Thread(target=running.serve_forever, daemon=True).start()
    print(f"Insights is at http://127.0.0.1:{running.server_port}/, drafts and all, until you press Ctrl-C.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        work(root, channel)
    print()
