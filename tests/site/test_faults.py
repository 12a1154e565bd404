"""Whatever ends a build too early, the site that is served stays whole, and the next build goes on as if nothing had been."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, TODAY, append, build, make_project, project
from insights.cache import Store
from insights.publish.exchange import publish_site

#: Ends a process, or fills the disk, at the nth time that it opens a file to write or moves one in a folder.
FAULT = """
import errno, os, signal, sys

def strike(kind, at, folder):
    count = 0

    def hook(event, arguments):
        nonlocal count
        writes = event.startswith(("os.", "shutil.", "ctypes.")) or (event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR))
        paths = [os.fsdecode(a) for a in arguments if isinstance(a, str | bytes | os.PathLike)]
        if not writes or not (event.startswith("ctypes.") or any(folder in path for path in paths)):
            return
        count += 1
        if count >= at and kind == "full" and event in {"open", "os.mkdir"}:
            raise OSError(errno.ENOSPC, "No space left on device")
        if count == at and kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
"""
PUBLISH = (
    FAULT
    + """
import json
from hashlib import sha256
from pathlib import Path
from insights.cache import Store
from insights.publish.compression import pack, qualities
from insights.publish.exchange import listed, publish_site

work, site = Path("work"), Path("html")

def publish(work, site):
    publish_site(work, site, Store(Path("store")), {})

os.sync = lambda: None  # the machine does not lose power

def publish_until(kind, at):
    child = os.fork()
    if child == 0:
        sys.stderr = open(os.devnull, "w")
        strike(kind, at, "html")
        publish(work, site)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def served():
    return {path.name: path.read_bytes() for path in site.iterdir()}

LEFT = ["html", "html.lock", "html.next", "html.sha256", "store", "work"]

# One page changes, and the other is taken over from the old site.
def write(text):
    (work / "index.html").write_text(text * 300)
    copies = {path.name: data for path, data in pack(work / "index.html", qualities([])).items()}
    return {"index.html": (work / "index.html").read_bytes()} | copies

(work / "about.html").write_text("Always the same. " * 100)
write("The first. ")
publish(work, site)
ends = []
for kind in ("kill", "full"):
    for at in range(1, 100):
        before = served()
        after = before | write(f"{kind} {at:02}. ")
        end = publish_until(kind, at)
        assert served() in (before, after), (kind, at)
        publish(work, site)
        assert served() == after, (kind, at)
        assert {name: sha256(data).hexdigest() for name, data in after.items()} == listed(site), (kind, at)
        assert sorted(p.name for p in Path().iterdir()) == LEFT, (kind, at)
        if end == 0:
            break
    ends.append(at)
print(json.dumps(ends))
"""
)


def test_publishing_can_be_killed_at_any_step(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    environment = os.environ | {"PYTHONPATH": str(ROOT / "_ext")}
    command = [sys.executable, "-c", PUBLISH]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    killed, filled = (int(number) for number in done.stdout.strip("[]\n").split(","))
    assert killed > 15
    assert filled > 10


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A publication with its Makefile, whose builds end when and how the environment says."""
    folder = make_project(tmp_path_factory.mktemp("faults") / "source")
    append(folder / "conf.py", f"{FAULT}\nif fault := os.environ.get('FAULT'):\n    strike(*eval(fault))\n")
    assert make(folder) == 0
    return folder


def make(source: Path, fault: str = "") -> int:
    """Run ``make html`` as an author does, who knows nothing of the make that runs the tests."""
    environment = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL"}}
    environment |= {"INSIGHTS_TODAY": "2026-06-01", "FAULT": fault}
    return subprocess.run(["make", "html"], cwd=source, env=environment, capture_output=True, check=False).returncode


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def raise_in_the_model(source: Path) -> Callable[[], object]:
    model = source / "essays/second/model.py"
    written = model.read_text()
    model.write_text(written.replace("def results()", "raise RuntimeError('no')\n\n\ndef results()"))
    return lambda: model.write_text(written)


def make_unreadable(source: Path) -> Callable[[], object]:
    text = source / "essays/first/index.md"
    text.rename(text.with_name("away"))
    text.symlink_to("nowhere")
    return lambda: text.with_name("away").replace(text)


def nothing(source: Path) -> Callable[[], object]:
    return lambda: None


FAULTS = {
    "killed while it writes what it read": ("('kill', 3, '_build/doctrees')", nothing),
    "killed while it writes pages": ("('kill', 30, '_build/work')", nothing),
    "no space for pages": ("('full', 30, '_build/work')", nothing),
    "no space for the site": ("('full', 40, '_build/html')", nothing),
    "a model that raises": ("", raise_in_the_model),
    "a file that cannot be read": ("", make_unreadable),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_build_that_ends_early_changes_nothing(source: Path, name: str) -> None:
    fault, prepare = FAULTS[name]
    before = files(source / "_build/html")
    text = source / "essays/third/index.md"
    text.write_text(text.read_text() + f"\nNow {name}.\n")
    mend = prepare(source)
    assert make(source, fault) != 0
    assert files(source / "_build/html") == before
    mend()
    assert make(source) == 0
    assert f"Now {name}." in (source / "_build/html/essays/third/index.html").read_text()


def test_after_all_faults_the_site_equals_a_clean_build(source: Path, tmp_path: Path) -> None:
    afresh = build(source, tmp_path / "html", options=TODAY)
    publish_site(afresh.folder, tmp_path / "published", Store(tmp_path / "store"), {})
    assert files(source / "_build/html") == files(tmp_path / "published")


def processes(first: int) -> set[int]:
    """The processes that were started by the ``first``, itself included, and run."""
    parents = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                parents[int(status.parent.name)] = int(parent)
    found = {first}
    while more := {process for process, parent in parents.items() if parent in found} - found:
        found |= more
    return found & parents.keys()


@pytest.mark.skipif(sys.platform != "linux", reason="/proc is of Linux")
@pytest.mark.parametrize(("command", "end"), [
    ("html", signal.SIGTERM), ("check", signal.SIGHUP), ("live --port=0", signal.SIGKILL)
])  # fmt: skip
def test_every_process_ends_with_the_command_that_started_it(tmp_path: Path, command: str, end: signal.Signals) -> None:
    """Even with a model that sleeps."""
    source = project(tmp_path / "source")
    append(source / "essays/second/model.py", "\nimport time\ntime.sleep(99)\n")
    environment = os.environ | {"PYTHONPATH": str(source / "_ext"), "INSIGHTS_TODAY": "2026-06-01"}
    running = subprocess.Popen(
        [sys.executable, "-m", "insights", *command.split()], cwd=source, env=environment,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    until = time.monotonic() + 60
    while len(started := processes(running.pid)) < 5:  # itself, those that run models, and two models
        assert time.monotonic() < until, "no model is run"
        time.sleep(0.1)
    running.send_signal(end)
    running.wait()
    until = time.monotonic() + 10
    while left := {process for process in started if process in processes(process)}:
        assert time.monotonic() < until, left
        time.sleep(0.05)


def test_a_report_whose_reader_has_gone_is_no_crash(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    append(source / "essays/third/index.md", "\n{ctie}`one`\n")
    command = [sys.executable, "-m", "insights", "check"]
    environment = os.environ | {"PYTHONPATH": str(source / "_ext")}
    process = subprocess.Popen(
        command, cwd=source, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )  # fmt: skip
    assert process.stdout
    assert process.stderr
    process.stdout.close()  # as `head` does
    said = process.stderr.read()
    process.stderr.close()
    assert (process.wait(), said) == (1, "")
    assert not (source / "_build/crash.log").exists()
