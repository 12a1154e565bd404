"""README.md, CONTRIBUTING.md and _ext/README.md agree with the Makefile and the code."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT
from insights.check import tools
from insights.reporting import filter, messages
from insights.source import TASTE, FrontMatter

DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "_ext/README.md"]
README, CONTRIBUTING, MACHINERY = (doc.read_text(encoding="utf-8") for doc in DOCS)
TARGETS = re.findall(r"^([a-z-]+):.*##  ?(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
#: The names of the tutorial are not there until somebody follows it.
MADE_UP = re.compile("SLUG|how[-_]busy")


def test_contributing_lists_every_command_of_the_makefile_with_its_description() -> None:
    assert re.findall(r"^\| `make ([a-z-]+)` \| (.*) \|$", CONTRIBUTING, re.MULTILINE) == TARGETS


def test_contributing_explains_every_field_of_the_front_matter() -> None:
    table = CONTRIBUTING.split("\n## Front matter\n")[1].split("\n## ")[0]
    assert re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE) == list(FrontMatter.model_fields)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_every_named_command_and_file_exists(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    assert set(re.findall(r"\bmake ([a-z-]+)(?=`| +#)", text)) <= {name for name, _ in TARGETS}
    named = re.findall(r"`(\w[\w./-]*\.(?:md|py|toml|bib)|\w[\w./-]*/)`", text)
    folders = [ROOT, ROOT / "_ext/insights", ROOT / "essays/designing-for-failure"]
    assert len(named) > 4
    assert [name for name in named if not MADE_UP.search(name) and not any((f / name).exists() for f in folders)] == []


def test_every_module_has_a_docstring() -> None:
    for module in (ROOT / "_ext").rglob("*.py"):
        assert module.read_text(encoding="utf-8").startswith('"""'), module.name


def test_readme_lists_every_extension_and_every_ring_of_tests() -> None:
    folders = {path.parent for path in (*ROOT.glob("_ext/*/__init__.py"), *ROOT.glob("tests/*/*.py"))}
    listed = re.findall(r"`((?:_ext|tests)/\w+)/`", README.split("\n## The map\n")[1].split("\n## ")[0])
    assert sorted(listed) == sorted(folder.relative_to(ROOT).as_posix() for folder in folders)


def section(heading: str) -> str:
    """The first fenced block below a heading of _ext/README.md."""
    return MACHINERY.split(f"\n## {heading}\n")[1].split("```\n")[1]


def test_the_map_of_the_machinery_has_every_package_and_module() -> None:
    listed = re.findall(r"^  (\S+)  +\S", section("The map"), re.MULTILINE)
    packages = {f"{door.parent.name}/" for door in (ROOT / "_ext/insights").glob("*/__init__.py")}
    assert sorted(listed) == sorted(packages | {module.name for module in (ROOT / "_ext/insights").glob("*.py")})


def test_the_picture_of_the_imports_has_the_layers_that_are_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(contract for contract in project["tool"]["importlinter"]["contracts"] if contract["type"] == "layers")
    assert section("The imports").splitlines() == layers["layers"]


def test_contributing_explains_every_kind_of_message() -> None:
    """The kind of what we log follows from the package that logs it; other kinds stand where a problem is found."""
    modules = {path: path.read_text(encoding="utf-8") for path in (ROOT / "_ext/insights").rglob("*.py")}
    rooms = {path.parent.name for path, code in modules.items() if "logging.getLogger(__name__)" in code}
    ours = {f"insights.{filter.KINDS.get(room, room)}" for room in rooms}
    ours |= {kind for code in modules.values() for kind in re.findall(r'(?:, |=|if | else )"(insights\.(?!js|css)\w+)"', code)}
    ours = ours - {"insights.spelling"} | {f"insights.{name}" for name in TASTE if name != "spelling"}
    programs = {tool.name for tool in (tools.SPELLING, *tools.CODE, tools.TYPES, tools.IMPORTS)}
    kinds = {kind for kind, *_ in messages.MESSAGES} - messages.OF_ENTRIES
    table = CONTRIBUTING.split("\n## Messages\n")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `([\w.-]+)` \|", table, re.MULTILINE)) == sorted(kinds | ours | programs)
