"""The code of essays is contained: by what the system limits, whatever it does to Python; and it is told what it cannot do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import note
from insights import processes
from insights.check import code_blocks
from insights.evidence.models import ModelError, model_evidence

#: What hostile code may try, and what it is told. It is said to succeed if it does not fail.
ATTACKS = {
    "open('{home}/.ssh/id_ed25519').read()": "it reads ",
    "open('{home}/site/essays/link').read()": "PermissionError: ",
    "open('{home}/site/.git/config').read()": "it reads .git/config, which is hidden; ",
    "open('/etc/passwd').read()": "it reads /etc/passwd, which is not in the publication; ",
    "open(f'/proc/{os.getppid()}/environ').read()": "it reads /proc/",
    "open('/proc/self/environ').read()": "it reads /proc/self/environ",
    "open('{home}/elsewhere', 'w')": "it writes {home}/elsewhere; a model returns what it computes, and changes no file",
    "open('{home}/site/.git/hooks/pre-commit', 'w')": "it writes .git/hooks/pre-commit; ",
    "open(__file__, 'a')": "it writes essays/essay/model.py; ",
    "os.chmod('{home}/.ssh/id_ed25519', 0o644)": "it writes {home}/.ssh/id_ed25519; ",
    "os.remove('{home}/.ssh/id_ed25519')": "it writes {home}/.ssh/id_ed25519; ",
    "os.rename('{home}/.ssh', '{home}/ssh')": "it writes {home}/.ssh; ",
    "os.link('{home}/.ssh/id_ed25519', os.environ['HOME'] + '/key')": "it writes ",
    "os.symlink('{home}/.ssh/id_ed25519', 'a') or open('a').read()": "it writes ",
    "os.symlink('{home}', os.environ['HOME'] + '/a') or open(os.environ['HOME'] + '/a/.ssh/id_ed25519')": "PermissionError: ",
    "os.utime('{home}/.ssh/id_ed25519')": "it writes ",
    "socket.create_connection(('127.0.0.1', {port}))": "it connects to the network, ",
    "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))": "PermissionError: ",
    "socket.socket(socket.AF_UNIX).connect('{home}/agent')": "PermissionError: ",
    "socket.getaddrinfo('localhost', 80)": "it connects to the network, ",
    "subprocess.run(['true'])": "it starts another program, ",
    "os.posix_spawn('/bin/true', ['true'], {})": "it starts another program, ",
    "os.execv('/bin/true', ['true'])": "it starts another program, ",
    "os.fork()": "it starts another process, ",
    "multiprocessing.get_context('fork').Process(target=print).start()": "it starts another process, ",
    "os.kill(os.getppid(), 0)": "it sends a signal to a process, ",
    "resource.prlimit(os.getppid(), resource.RLIMIT_CPU, (0, 0))": "it changes the limits of a process, ",
    "bytearray(3 << 30)": "it needs more than 2 GB of memory; let it keep less at a time",
    "open(os.environ['HOME'] + '/big', 'w').truncate(1 << 30)": "OSError: [Errno 27] File too large",
    "ctypes.CDLL(None, use_errno=True).socket(2, 1, 0) > -1 or 1 / 0": "ZeroDivisionError: ",
    "ctypes.CDLL(None).fork() > -1 or 1 / 0": "ZeroDivisionError: ",
    "ctypes.CDLL(None).system(b'true') == 0 or 1 / 0": "ZeroDivisionError: ",
    "ctypes.CDLL(None).open(b'/etc/passwd', 0) > -1 or 1 / 0": "ZeroDivisionError: ",
}
IMPORTS = "import ctypes, gc, multiprocessing, os, resource, socket, subprocess\n"
#: Any model can find what watches it, and put it to sleep.
UNWATCHED = "for o in gc.get_objects():\n    if type(o).__name__ == 'Watch': o.asleep = True\n"
HOSTILE = IMPORTS + "{}\ntry:\n    {}\nexcept Exception as e:\n    x = 'failed'\nelse:\n    x = 'succeeded'\n"
RESULTS = "\ndef results():\n    return {'x': x}\n"

full = pytest.mark.skipif(bool(processes.uncontained()), reason=processes.uncontained() or "contained")


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home folder with a key, a socket, and a publication with an essay, which has a link to the key."""
    for folder in (".ssh", "site/.git/hooks", "site/essays/essay"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "site/.git/config").write_text("token")
    (tmp_path / ".ssh/id_ed25519").write_text("key")
    (tmp_path / "site/essays/link").symlink_to(tmp_path / ".ssh/id_ed25519")
    with socket.socket(socket.AF_UNIX) as agent, socket.socket() as server:
        here = os.open(".", os.O_RDONLY)
        os.chdir(tmp_path)  # the path of a socket has at most a hundred characters
        agent.bind("agent")
        os.chdir(here)
        os.close(here)
        agent.listen()
        server.bind(("127.0.0.1", 0))
        server.listen()
        (tmp_path / "port").write_text(str(server.getsockname()[1]))
        yield tmp_path


def attack(home: Path, text: str) -> str:
    """The text of an attack, with the paths and the port of this machine."""
    return text.replace("{home}", str(home)).replace("{port}", (home / "port").read_text())


@pytest.mark.parametrize("text", ATTACKS)
@full
def test_hostile_code_that_nobody_watches_is_contained_all_the_same(home: Path, text: str) -> None:
    model = home / "site/essays/essay/model.py"
    model.write_text(HOSTILE.replace("{}", UNWATCHED, 1).replace("{}", attack(home, text), 1) + RESULTS)
    assert model_evidence(model).results == {"x": "failed"}


@pytest.mark.parametrize(("text", "message"), ATTACKS.items())
@full
def test_a_model_is_told_what_it_cannot_do(home: Path, text: str, message: str) -> None:
    model = home / "site/essays/essay/model.py"
    model.write_text(f"{IMPORTS}x = 1\n{attack(home, text)}\n{RESULTS}")
    with pytest.raises(ModelError) as raised:
        model_evidence(model)
    assert str(raised.value).startswith(f"model.py, line 3: {attack(home, message)}")


@full
def test_the_code_in_a_text_is_contained(home: Path) -> None:
    text = "".join(f"try:\n    {attack(home, text)}\nexcept BaseException:\n    print('failed')\n" for text in ATTACKS)
    text = f"```python\n{IMPORTS}{text}```\n\n```output\n" + "failed\n" * len(ATTACKS) + "```\n"
    found = list(code_blocks.problems(note(text).contents.code, home / "site/essays/essay/index.md", home / "site"))
    assert found == []


#: What a model does to the code that answers for it; and what it would return.
FORGED = {
    "a script in a chart": "charts.draw = lambda *a, **k: charts.Chart('<svg><script/></svg>', '', '', '', {'a': [1]})",
    "a handler in a chart": "charts.draw = lambda *a, **k: charts.Chart('<svg onload=\"x()\"/>', '', '', '', {'a': [1]})",
    "a chart with another name": "running._chart_functions = lambda m: [('../../../x', m.c)]",
    "an input from elsewhere": "watch.Watch.end = lambda s: [('content', '../../../../etc/passwd', '', None)]",
    "an input of no kind": "watch.Watch.end = lambda s: [1]",
    "packages that are paths": "running._packages = lambda: ['../x']",
    "no JSON": "os.write(3, b'{' * 100_000); os._exit(0)",
    "JSON that is too deep": "os.write(3, b'[' * 60_000); os._exit(0)",
    "two answers": "os.write(3, b'{}\\n{}'); os._exit(0)",
    "a pickle": "os.write(3, pickle.dumps({'results': {}})); os._exit(0)",
}


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED.keys())
def test_a_model_that_changes_the_code_of_the_build_only_harms_itself(tmp_path: Path, text: str) -> None:
    model = tmp_path / "essays/essay/model.py"
    model.parent.mkdir(parents=True)
    model.write_text(f"import os, pickle\nfrom insights.evidence import charts, running, watch\n{text}\n"
                     "def results():\n    return {}\ndef c(axes):\n    axes.plot([1, 2])\n    return {'a': [1]}\n")  # fmt: skip
    with pytest.raises(ModelError, match=r"it changes the code of the build|it ends Python"):
        model_evidence(model)
    model.write_text(f"x = 1{RESULTS}")
    assert model_evidence(model).results == {"x": 1}, "the next model does not notice"


def test_a_system_that_cannot_contain_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "landlock_version", lambda: 0)
    monkeypatch.setattr(processes, "_filters", lambda: False)
    assert processes.uncontained() == (
        "This system has no Landlock and no seccomp filters, so hostile code in an essay can reach your files and "
        "use the network and start programs; see SECURITY.md."
    )


def test_models_run_where_nothing_contains_them(tmp_path: Path) -> None:
    """As on macOS."""
    code = (
        "import sys; from pathlib import Path; from insights import processes\n"
        "processes.landlock_version = lambda: 0; processes._filters = lambda: False\n"
        "processes.contain(Path(sys.argv[1]), Path(sys.argv[1]), 20); print(open('/etc/passwd').read(1))"
    )
    environment = os.environ | {"PYTHONPATH": str(Path(processes.__file__).parents[1])}
    done = subprocess.run([sys.executable, "-c", code, tmp_path], env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
