"""The lock files match pyproject.toml and have only what the site needs. These tests use no network."""

from __future__ import annotations

import importlib.metadata
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from pathlib import Path

import pytest
from conftest import ROOT
from insights.check import tools
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
RUNTIME = [Requirement(line) for line in PROJECT["project"]["dependencies"]]
DEV = [Requirement(line) for line in PROJECT["dependency-groups"]["dev"]]
#: How many packages a build may need, on any platform: as many as it does. One more is a decision, and is made here.
MOST = 66
#: The only characters of a line of a lock: a name, a version, a condition, and hashes; an address has // in it.
LINE = re.compile(r"[a-z0-9-]+==[\w.]+(?: ; [\w. '<>=()!]+)?(?: --hash=sha256:[0-9a-f]{64})+")


def locked(name: str) -> list[tuple[Requirement, str]]:
    """The entries of a lock, each with its whole line."""
    lines = (ROOT / name).read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    lines = [" ".join(line.split()) for line in lines if line.strip()]
    return [(Requirement(line.partition(" --hash")[0]), line) for line in lines]


def pins(name: str) -> dict[str, str]:
    """The versions that a lock sets for this machine."""
    entries = (entry for entry, _ in locked(name) if entry.marker is None or entry.marker.evaluate())
    return {canonicalize_name(entry.name): next(iter(entry.specifier)).version for entry in entries}


def needed(wanted: Iterable[Requirement]) -> set[str]:
    """The packages that ``wanted`` come to on this machine, by what is installed."""
    found: set[str] = set()
    pending = [(requirement, "") for requirement in wanted]
    while pending:
        requirement, extra = pending.pop()
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        name = canonicalize_name(requirement.name)
        if name not in found or requirement.extras:
            found.add(name)
            for line in importlib.metadata.requires(name) or []:
                pending += [(Requirement(line), extra) for extra in ("", *requirement.extras)]
    return found


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_a_lock_has_versions_and_hashes_and_no_addresses(name: str) -> None:
    entries = locked(name)
    assert len(entries) > 10
    assert [line for _, line in entries if not LINE.fullmatch(line)] == []


@pytest.mark.parametrize(
    ("wanted", "name"), [(RUNTIME, "requirements.txt"), (DEV, "requirements-dev.txt")], ids=["runtime", "dev"]
)
def test_the_lock_is_current(wanted: list[Requirement], name: str) -> None:
    """Everything that is asked for is in it, in a version that is asked for. If not: `make lock`."""
    versions = pins("requirements-dev.txt") | pins(name)
    for requirement in wanted:
        version = versions.get(canonicalize_name(requirement.name))
        assert version, f"{requirement.name} is not in {name}"
        assert requirement.specifier.contains(version), f"{requirement} is asked for, and {version} is locked in {name}"


def test_the_lock_has_what_a_build_needs_and_nothing_else() -> None:
    assert set(pins("requirements.txt")) == needed(RUNTIME)


def test_a_build_needs_few_packages() -> None:
    assert len({canonicalize_name(entry.name) for entry, _ in locked("requirements.txt")}) <= MOST


def test_the_two_locks_agree_and_match_the_installed_packages() -> None:
    runtime, dev = pins("requirements.txt"), pins("requirements-dev.txt")
    assert runtime | dev == dev | runtime
    assert {name: importlib.metadata.version(name) for name in runtime | dev} == runtime | dev


def test_only_locked_packages_are_installed() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    installs = re.findall(r"pip install .*", makefile)
    assert all("--require-hashes" in line for line in installs if "uv" not in line)
    assert len(installs) == 3


@pytest.mark.parametrize("there", [["google-chrome", "nginx"], ["chromium", "nginx"], ["chromium-browser", "nginx"]])
def test_the_tests_run_with_any_of_these_browsers(tmp_path: Path, there: list[str]) -> None:
    for name in there:
        (tmp_path / name).symlink_to("/bin/true")
    assert programs(tmp_path).returncode == 0


def test_a_machine_without_a_browser_is_told_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "nginx").symlink_to("/bin/true")
    done = programs(tmp_path)
    assert done.returncode != 0
    assert "The tests need Chromium and nginx: sudo apt-get install chromium nginx-light" in done.stderr


def programs(path: Path) -> subprocess.CompletedProcess[str]:
    """What `make programs` says where ``path`` has all the programs there are."""
    make = shutil.which("make")
    assert make
    return subprocess.run([make, "programs"], cwd=ROOT, env={"PATH": str(path)}, capture_output=True, text=True, check=False)


def test_an_import_past_a_door_or_up_a_floor_is_reported_at_its_line(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "_ext", tmp_path / "_ext")
    shutil.copy2(ROOT / "pyproject.toml", tmp_path)
    assert import_mistakes(tmp_path) == []
    csp, sitemap = tmp_path / "_ext/insights/csp.py", tmp_path / "_ext/insights/output/sitemap.py"
    csp.write_text(f"from insights.cache import file_names\n{csp.read_text()}")
    sitemap.write_text(f"from insights.cache.files import file_names\n{sitemap.read_text()}")
    mistake = "past a door or up a floor; the contracts are in pyproject.toml"
    assert import_mistakes(tmp_path) == [
        f"_ext/insights/csp.py:1: imports insights.cache, {mistake}",
        f"_ext/insights/output/sitemap.py:1: imports insights.cache.files, {mistake}",
    ]


def import_mistakes(root: Path) -> list[str]:
    """What `make check` says of the imports of the machinery in ``root``."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PYTHONPATH", str(root / "_ext"))
        return sorted({str(problem).removesuffix(" [lint-imports]") for problem in tools._problems(tools.IMPORTS, root, [])})


def test_what_needs_no_set_up_for_development_loads_nothing_of_it() -> None:
    """`make serve`, `make new` and the like set up the runtime packages alone."""
    developing = [name.replace("-", "_") for name in pins("requirements-dev.txt").keys() - pins("requirements.txt").keys()]
    commands = [f"insights.commands.{name}" for name in ("html", "serve", "new", "permalinks", "publish", "nginx", "schema")]
    code = "import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]; print(*sys.modules)"
    environment = {"PYTHONPATH": str(ROOT / "_ext")}
    command = [sys.executable, "-c", code, *commands, "insights.reporting", "insights.output"]
    loaded = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()
    assert "insights.preview.server" in loaded
    assert not {"watchfiles", "playwright", "hypothesis"} & set(loaded)
    assert [name for name in developing if name in loaded] == []
