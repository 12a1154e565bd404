"""What the rings of tests share: sites built in a subprocess with the real conf.py, commands, a server, a browser."""

from __future__ import annotations

import atexit
import io
import json
import os
import pickle
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
import warm
from bs4 import BeautifulSoup
from hypothesis import HealthCheck, settings
from insights.cache import exclusive
from insights.check.notes import Note
from insights.evidence import model_evidence
from insights.preview.server import folder_server
from insights.reporting.build import SWITCHES
from sphinx.application import Sphinx

if TYPE_CHECKING:
    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[1]
#: The texts of the small site that most tests build.
FIXTURE = ROOT / "tests/fixtures/site"
#: What a copy of the publication needs besides its texts.
MACHINERY = ("conf.py", "_ext", "_templates", "_static")
#: What `make` needs besides the machinery.
MAKE = ("Makefile", "requirements.txt", "requirements-dev.txt")
#: The day on which most tests build the fixture site.
TODAY = ("-D", "insights_today=2026-06-01")

#: A folder of all processes of this run of tests. The first, which starts the others, makes it and deletes it.
if "SHARED_BY_TESTS" not in os.environ:
    os.environ["SHARED_BY_TESTS"] = tempfile.mkdtemp(prefix="insights-tests-")
    atexit.register(shutil.rmtree, os.environ["SHARED_BY_TESTS"], ignore_errors=True)
SHARED = Path(os.environ["SHARED_BY_TESTS"])

# `make test` runs Hypothesis with the thorough profile.
settings.register_profile("quick", max_examples=30, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=350)
settings.load_profile("quick")


@dataclass(frozen=True)
class Site:
    """A built site: its folder, and what the build printed."""

    folder: Path
    returncode: int
    errors: list[str]

    def page(self, path: str) -> Any:
        """The page at an address such as ``/essays/``. Untyped: what a test finds in it, it asserts."""
        file = self.folder / path.strip("/")
        return BeautifulSoup((file if file.suffix else file / "index.html").read_text(encoding="utf-8"), "lxml")

    def pages(self) -> list[tuple[str, Any]]:
        """Every page with its address."""
        files = sorted(path for path in self.folder.rglob("*.html") if "_static" not in path.parts)
        return [(path := f"/{file.relative_to(self.folder).as_posix()}", self.page(path)) for file in files]

    def search_documents(self) -> list[Any]:
        """What search results show, in the order of their numbers."""
        paths = sorted(self.folder.glob("search/documents/*.json"), key=lambda path: int(path.stem))
        return [json.loads(path.read_bytes()) for path in paths]

    def files(self) -> dict[str, bytes]:
        """Every file by its path."""
        return {p.relative_to(self.folder).as_posix(): p.read_bytes() for p in sorted(self.folder.rglob("*")) if p.is_file()}


def _lend_evidence(folder: Path) -> None:
    """Give a copy of the fixture site what its model computes, so that it runs once for all tests.

    A build takes from it only what it would find itself, because it compares everything that the model looked at.
    """
    site = SHARED / "site"
    with exclusive(SHARED / "lock", waiting=""):
        if not site.exists():
            shutil.copytree(FIXTURE, site)
        model_evidence(site / "essays/second/model.py")
        shutil.copytree(site / "_build/store", folder / "_build/store")


def project(folder: Path, texts: Path = FIXTURE) -> Path:
    """A copy of the publication in ``folder``, its machinery as it is, with other texts."""
    shutil.copytree(texts, folder)
    if texts == FIXTURE:
        _lend_evidence(folder)
    for name in MACHINERY:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, folder / name)
    return folder


def make_project(folder: Path, texts: Path = FIXTURE) -> Path:
    """A copy of the publication as ``project`` makes it, with the Makefile, and the .venv of these tests."""
    project(folder, texts)
    for name in MAKE:
        shutil.copy2(ROOT / name, folder)  # with its time, from which make knows that .venv is complete
    (folder / ".venv").symlink_to(sys.prefix)
    return folder


def read_in_parallel(folder: Path) -> None:
    """Let the builds in ``folder`` use several processes from a few texts on, instead of fifty."""
    append(folder / "conf.py", "\nfrom insights_speed import patches\npatches.MIN_PARALLEL = 6\n")


#: The essay that is made of the text of a test.
NOTED = "essays/noted/index"


@cache
def _application() -> Sphinx:
    """A build of the fixture site in this process, to read single texts with."""
    source = project(Path(tempfile.mkdtemp()) / "source")
    atexit.register(shutil.rmtree, source.parent)
    (source / f"{NOTED}.md").parent.mkdir()
    (source / f"{NOTED}.md").touch()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of other packages
        app = Sphinx(source, source, source / "_build", source / "_doctrees", "dirhtml", status=None, warning=io.StringIO())
    app.env.find_files(app.config, app.builder)
    return app


def note(text: str, model: str = "") -> Note:
    """What the build notes about a text, with the extensions and settings of the publication; ``model``: that of the essay."""
    app, name = _application(), NOTED
    path = Path(app.srcdir) / f"{name}.md"
    path.write_text(text, encoding="utf-8", errors="surrogatepass")
    path.with_name("model.py").write_text(model, encoding="utf-8")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        app.env.clear_doc(name)
        app.env.prepare_settings(name)
        app.builder.read_doc(name)
    taken: Note = pickle.loads((Path(app.doctreedir) / f"{name}.note").read_bytes())
    return taken


def edit(path: Path, old: str, new: str) -> None:
    """Replace ``old``, which must be there, in a file."""
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(path: Path, text: str) -> None:
    """Add ``text`` to a file.

    This is how tests change code and settings: with lines at the end of a module or of conf.py that set a name again, whatever
    the rest of the file looks like.
    """
    with path.open("a", encoding="utf-8") as file:
        file.write(text)


def insights(root: Path, *arguments: str | Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the publication in ``root``, with environment variables for ``settings``."""
    return warm.run(("insights", *arguments), root, os.environ | {"PYTHONPATH": str(root / "_ext"), "NO_COLOR": "1"} | settings)


def build(source: Path, out: Path, *, options: tuple[str, ...] = (), env: dict[str, str] | None = None) -> Site:
    """Build ``source`` into ``out`` as the Makefile does, in a process of its own: ABlog keeps its state on a class."""
    command: tuple[str | Path, ...] = ("sphinx", *SWITCHES, "-d", out.parent / "doctrees", *options, source, out)
    settings = {key: value for key, value in os.environ.items() if not key.startswith("INSIGHTS_")} | (env or {})
    settings["NO_COLOR"] = "1"  # whatever the terminal of the tests is: they compare what is said, letter by letter
    done = warm.run(command, ROOT, settings)
    # Without the kind at the end of each, which tests/site/test_one_voice.py looks at.
    errors = [re.sub(r" \[\w+(\.\w+)?\]$", "", line) for line in done.stderr.splitlines() if line.strip()]
    return Site(out, done.returncode, [line.replace(f"{source}/", "") for line in errors])


def _built(name: str, make: Callable[[Path], Site]) -> Site:
    """A site that tests only look at, built once for all processes of this run in a folder of its own."""
    folder = SHARED / name
    with exclusive(SHARED / f"{name}.lock", waiting=""):
        if not (folder / "built").exists():
            shutil.rmtree(folder, ignore_errors=True)  # what a failure has left
            folder.mkdir()
            (folder / "built").write_bytes(pickle.dumps(_good(make(folder))))
        built: Site = pickle.loads((folder / "built").read_bytes())
    return built


@pytest.fixture(scope="session")
def site() -> Site:
    """The fixture site as readers would see it on 1 June 2026."""
    return _built("readers", lambda folder: build(project(folder / "source"), folder / "html", options=TODAY))


@pytest.fixture(scope="session")
def preview() -> Site:
    """The fixture site as its authors preview it, drafts and all."""
    options = (*TODAY, "-D", "insights_preview=1")
    return _built("preview", lambda folder: build(project(folder / "source"), folder / "html", options=options))


@pytest.fixture(scope="session")
def publication() -> Site:
    """The publication itself."""
    return _built("publication", lambda folder: build(ROOT, folder / "html"))


@pytest.fixture(scope="session")
def kitchen() -> Site:
    """The fixture site with an essay in it that holds everything an essay can."""

    def make(folder: Path) -> Site:
        source = project(folder / "source")
        shutil.copytree(ROOT / "tests/fixtures/kitchen-sink", source / "essays/kitchen-sink")
        return build(source, folder / "html", options=TODAY)

    built = _built("kitchen", make)
    assert built.errors == []
    return built


def _good(built: Site) -> Site:
    assert built.returncode == 0, "\n".join(built.errors)
    return built


@pytest.fixture
def broken(tmp_path: Path) -> Callable[[dict[str, str]], Site]:
    """Builds the fixture site with other files in it: their paths, with their text."""

    def write_and_build(files: dict[str, str]) -> Site:
        source = project(tmp_path / "source")
        for path, text in files.items():
            (source / path).parent.mkdir(parents=True, exist_ok=True)
            (source / path).write_text(text, encoding="utf-8")
        return build(source, tmp_path / "html", options=TODAY)

    return write_and_build


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which ``folder`` is served for a while."""
    with folder_server(folder, 0) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{running.server_port}"
        finally:
            running.shutdown()  # even after a failure: a thread whose socket is closed would keep a core busy


@pytest.fixture(scope="session")
def address(publication: Site) -> Iterator[str]:
    """The address of the publication."""
    with served(publication.folder) as at:
        yield at


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser for all tests."""
    from audit import chromium  # only the tests in a browser need Playwright

    with chromium() as running:
        yield running
