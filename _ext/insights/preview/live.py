"""The site as it is being written, at an address of this machine: whatever is saved is built, and shown where it was being read.

Built anew in a warm process, which has everything loaded that does not change. A page comes with a script that waits for news
(server-sent events): it loads the page again if that has changed, and lays what is wrong over it until that is mended.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
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
from sphinx.cmd.build import build_main
from watchfiles import watch

from insights.check import Finding, check_texts, distinct, formatted
from insights.problems import Problem
from insights.reporting import build_arguments, forget_faulty, log_problems

from . import server

#: What is loaded once: it takes longer than a build, and an author does not change it. Our own modules she may.
WARM = (
    *builtin_extensions, "PIL.ImageDraw", "PIL.ImageFont", "a11y_pygments", "ablog", "babel.dates", "brotli", "furo",
    "http.server", "latex2mathml.converter", "lxml.html.builder", "matplotlib.figure", "myst_parser.parsers.sphinx_",
    "myst_parser.sphinx_ext.directives", "myst_parser.sphinx_ext.main", "myst_parser.sphinx_ext.mathjax",
    "myst_parser.sphinx_ext.myst_refs", "numpy", "pybtex.backends.plaintext", "pydantic", "rcssmin", "rjsmin",
    "sphinx.builders.dirhtml", "sphinx.cmd.build", "sphinx_basic_ng", "sphinx_design.extension", "sphinxcontrib.bibtex",
    "watchfiles",
)  # fmt: skip
#: What is watched: texts, models, templates, style sheet, machinery and settings.
WATCHED = ("essays", "_ext", "_static", "_templates", "conf.py", "permalinks.lock")
#: Milliseconds in which what is saved together is taken together.
TOGETHER = 40
PATH = "/_live/"
FILES = {"live.js": "text/javascript; charset=utf-8", "live.css": "text/css; charset=utf-8"}
#: What is shown at an address that no build has written yet.
EMPTY = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Insights</title></head>
<body><p>The first build takes some seconds; then the page comes by itself.</p></body></html>
"""


class News(NamedTuple):
    """What a browser is told: how many builds there were, whether one runs, and what is wrong, line by line."""

    number: int
    building: bool
    errors: tuple[str, ...]
    warnings: tuple[str, ...]


class Board:
    """Where the newest news hangs, and whoever waits for it."""

    def __init__(self) -> None:
        self.news = News(0, True, (), ())
        self.changed = Condition()

    def post(self, news: News) -> None:
        """Hang up news."""
        with self.changed:
            self.news = news
            self.changed.notify_all()

    def after(self, seen: News | None, patience: float) -> News:
        """The newest news, as soon as they are not those ``seen``, or when ``patience`` seconds have passed."""
        with self.changed:
            self.changed.wait_for(lambda: self.news != seen, patience)
            return self.news


class Handler(server.Handler):
    """The site with the script of the preview in its pages, and the news."""

    def __init__(self, board: Board, *given: object, directory: str) -> None:
        self.board = board
        super().__init__(*given, directory=directory)  # type: ignore[arg-type]

    def do_GET(self) -> None:  # noqa: N802 (the library looks for this name)
        """Answer with news, with our own files, with a page, or with any other file."""
        path = urlsplit(self.path).path
        if path == f"{PATH}news":
            self._tell()
        elif path.startswith(PATH) and (name := path.removeprefix(PATH)) in FILES:
            self._answer(200, FILES[name], Path(__file__).with_name(name).read_bytes())
        elif (page := self._page()) is not None:
            self._answer(*page)
        else:
            super().do_GET()

    def end_headers(self) -> None:
        """Nothing of what is being written is to be kept."""
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def _page(self) -> tuple[int, str, bytes] | None:
        """The page that is asked for, with our script; that of the site where there is none; None for what is no page."""
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

    def _answer(self, status: int, kind: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _tell(self) -> None:
        """Tell the news until the browser has left."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        seen = None
        with contextlib.suppress(ConnectionError):
            while True:
                news = self.board.after(seen, 15)
                self.wfile.write(f"data: {json.dumps(news._asdict())}\n\n".encode() if news != seen else b": still here\n\n")
                self.wfile.flush()
                seen = news


def with_script(html: str) -> str:
    """A page with our script and style in its head; the script knows the page by its digest."""
    digest = hashlib.sha256(html.encode()).hexdigest()[:16]
    ours = f'<script src="{PATH}live.js" data-page="{digest}" defer></script><link rel="stylesheet" href="{PATH}live.css">'
    return html.replace("</head>", f"{ours}</head>", 1)


class Workshop:
    """Builds the site in processes that are forked from a warm one; each is fresh, since Sphinx and ABlog keep state."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "_build/live"
        self.context = get_context("forkserver")
        self.context.set_forkserver_preload(list(WARM))
        self.pool, self.readers = self._pool(), self._pool()
        self.loads = True  # whether our own modules do

    def build(self) -> list[Finding]:
        """Build what has changed; what is wrong."""
        arguments = build_arguments(self.root, self.folder, preview=True)
        try:
            said = self.pool.submit(run, arguments).result()
            self.loads = True
        except BrokenProcessPool:  # they do not; a process that has none of them can say why
            self.pool, self.loads = self._pool(), False
            command = [sys.executable, "-m", "sphinx", *arguments]
            said = subprocess.run(command, capture_output=True, text=True, check=False).stderr
        found = log_problems(said, self.root)
        forget_faulty(found, self.root, self.folder / "doctrees")
        return [Finding(path, problem, True) for path, problem in found]

    def texts(self) -> list[Finding]:
        """What the rules find; nothing where they do not load, of which the build has said why."""
        kept = self.folder / "doctrees/evidence"
        return self.readers.submit(check_texts, self.root, datetime.now(UTC).date(), kept).result() if self.loads else []

    def _pool(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(1, mp_context=self.context, max_tasks_per_child=1)


def run(arguments: list[str]) -> str:
    """What a build says."""
    log = io.StringIO()
    with contextlib.redirect_stderr(log):
        build_main(arguments)
    return log.getvalue()


def news(root: Path, number: int, found: Iterable[Finding], *, building: bool) -> News:
    """What is ``found`` in ``root``, as browsers are told it."""
    lines = [(finding.error, formatted(finding, root)) for finding in distinct(found, root)]
    return News(
        number, building, tuple(line for error, line in lines if error), tuple(line for error, line in lines if not error)
    )


def attempt(look: Callable[[], list[Finding]], root: Path) -> list[Finding]:
    """What ``look`` finds; that it broke off, where it did: the machinery may be at fault, and whoever writes goes on."""
    try:
        return look()
    except Exception as error:  # of code that she may be changing
        return [Finding(root / "_ext/insights", Problem(1, f"it broke off: {type(error).__name__}: {error}"), True)]


def work(root: Path, board: Board) -> None:
    """Build at once, and then whenever something is saved; say in the terminal what is wrong, and when nothing is any more.

    The rules are asked meanwhile: to run the code of a thousand essays for the first time takes longer than anybody waits.
    """
    workshop = Workshop(root)
    told: tuple[str, ...] = ()
    asking = Lock()

    def ask(number: int, found: list[Finding]) -> None:
        nonlocal told
        with asking:
            if number == newest:
                asked = news(root, number, [*found, *attempt(workshop.texts, root)], building=False)
            if number < newest:
                return  # of what has been saved meanwhile more will be known
            board.post(asked)
            lines = (*asked.errors, *asked.warnings)
            if lines != told:
                print("\n".join(lines) if lines else "All is mended.", flush=True)
            told = lines

    for newest, changed in enumerate(_changes(root), 1):
        started = time.monotonic()
        board.post(board.news._replace(building=True))
        found = attempt(workshop.build, root)
        board.post(news(root, newest, found, building=False))
        print(f"{datetime.now():%H:%M:%S}  {changed}: built in {time.monotonic() - started:.1f} s", flush=True)
        Thread(target=ask, args=(newest, found), daemon=True).start()


def _changes(root: Path) -> Iterator[str]:
    """What has been saved, time after time; at first, everything.

    The folder itself is watched besides, but nothing below it: .venv and _build are there, and hold many files.
    """
    saved: Queue[set[str]] = Queue()
    folders = [root / name for name in WATCHED if (root / name).is_dir()]
    for watched, recursive in ((folders, True), ([root], False)):
        Thread(target=_watch, args=(root, watched, recursive, saved.put), daemon=True).start()
    yield "all"
    while True:
        paths = saved.get()
        while not saved.empty():
            paths |= saved.get()
        yield ", ".join(sorted(str(Path(path).relative_to(root)) for path in paths))


def _watch(root: Path, watched: list[Path], recursive: bool, tell: Callable[[set[str]], None]) -> None:
    found = watch(*watched, recursive=recursive, debounce=4 * TOGETHER, step=TOGETHER, watch_filter=partial(_concerns, root))
    for changes in found:
        tell({path for _, path in changes})


def _concerns(root: Path, _change: object, path: str) -> bool:
    """Whether the site depends on the file at ``path``."""
    parts = Path(path).relative_to(root).parts
    name = parts[-1]
    if "__pycache__" in parts or name.startswith(".") or name.endswith(("~", ".swp", ".tmp", ".part")) or name.isdecimal():
        return False
    return parts[0] in WATCHED or (len(parts) == 1 and name.endswith(".md"))


def serve_live(root: Path, port: int) -> int:
    """Serve the preview until interrupted; what the command ends with."""
    board = Board()
    folder = root / "_build/live/html"
    folder.mkdir(parents=True, exist_ok=True)
    try:
        running = server.Server(port, partial(Handler, board, directory=str(folder)))
    except OSError as error:
        print(f"Port {port} cannot be used ({error.strerror}); choose another: make live PORT=8001", file=sys.stderr)
        return 1
    running.daemon_threads = True
    Thread(target=running.serve_forever, daemon=True).start()
    print(f"Insights is at http://127.0.0.1:{running.server_port}/, drafts and all, until you press Ctrl-C.", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        work(root, board)
    print()
    return 0
