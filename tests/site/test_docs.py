"""What README.md, CONTRIBUTING.md and _ext/README.md say is true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT, Site, build, project
from insights.check import tools
from insights.output import permalinks
from insights.reporting import filter, messages
from insights.source.front_matter import FrontMatter
from sink import with_sources

DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "_ext/README.md"]
CONTRIBUTING = DOCS[1].read_text(encoding="utf-8")
SLUG = "how-busy-is-too-busy"
#: What differs from one run to the next, and from one Makefile to the next.
TIMED = re.compile(r"(?<=Makefile:)\d+|(?<=passed in )[\d.]+|\d+(?= added to)")


def fences(language: str) -> list[str]:
    """The fenced blocks of the tutorial in ``language``."""
    return [found[2] for found in re.finditer(rf"^(`{{3,}}){language}\n(.*?)^\1$", CONTRIBUTING, re.MULTILINE | re.DOTALL)]


MACHINERY = DOCS[2].read_text(encoding="utf-8")
(TEXT, *_), (MODEL, TEST, *_) = fences("markdown"), fences("python")


def tutorial(folder: Path, text: str) -> Site:
    """The publication's own machinery and words around the essay of the tutorial, previewed."""
    texts = folder / "texts"
    essay = texts / "essays" / SLUG
    essay.mkdir(parents=True)
    for name in ("index.md", "about.md", "start.md", "subscribe.md", "glossary.md", "404.md", "essays/references.bib"):
        (texts / name).write_bytes((ROOT / name).read_bytes())
    (essay / "index.md").write_text(text, encoding="utf-8")
    (essay / "model.py").write_text(MODEL, encoding="utf-8")
    return build(project(folder / "source", texts), folder / "html", options=("-D", "insights_preview=1"))


def test_the_first_essay_of_the_tutorial_builds_as_it_stands(tmp_path: Path) -> None:
    built = tutorial(tmp_path, TEXT)
    assert built.errors == []
    article = built.page(f"/essays/{SLUG}/").article
    assert "20 ms here. At nine tenths it spends 100 ms" in article.get_text()
    assert article.find(id="figure-waiting")


def test_every_command_of_the_tutorial_says_what_is_shown(tmp_path: Path) -> None:
    """In a publication of one essay, which has addresses in common with ours."""
    texts = tmp_path / "texts"
    (texts / "essays").mkdir(parents=True)
    for name in ("index.md", "about.md", "start.md", "subscribe.md", "glossary.md", "404.md"):
        shutil.copy2(ROOT / name, texts)
    sources = (ROOT / "essays/references.bib").read_text(encoding="utf-8").splitlines()
    (texts / "essays/references.bib").write_text(
        "\n".join(line for line in sources if "kingman1961" in line) + "\n", encoding="utf-8"
    )
    root = project(tmp_path / "source", texts)
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "pyproject.toml"):
        shutil.copy2(ROOT / name, root)  # with its time, by which make knows that .venv is set up
    (root / ".venv").symlink_to(sys.prefix)
    (root / "tests/models").mkdir(parents=True)
    essay = root / "essays" / SLUG
    new, live, mistaken, mended, tested, noted = fences("console")

    shows(root, """$ make new title='What "$HOME" Costs' category=Architecture date=2026-01-01""", 0)
    assert "\n# What “$HOME” Costs\n" in (root / "essays/what-home-costs/index.md").read_text(encoding="utf-8")
    shutil.rmtree(root / "essays/what-home-costs")
    shows(root, new, 0)
    assert (essay / "model.py").exists()
    assert live.startswith("$ make live\n")  # which tests/test_live.py follows
    (essay / "model.py").write_text(MODEL, encoding="utf-8")
    (root / f"tests/models/test_{SLUG.replace('-', '_')}.py").write_text(TEST, encoding="utf-8")
    (essay / "index.md").write_text(TEXT.replace("category:", "catgory:"), encoding="utf-8")
    shows(root, mistaken, 2)
    assert mistaken.splitlines()[1] in shows(root, "$ make html", 2)
    (essay / "index.md").write_text(TEXT, encoding="utf-8")
    shows(root, mended, 0)
    shows(root, tested, 0)

    (essay / "index.md").write_text(TEXT.replace("draft: true\n", ""), encoding="utf-8")
    here, ours = root / "permalinks.lock", ROOT / "permalinks.lock"
    shows(root, noted, 0)
    added = permalinks.read_permalinks(here.read_text()).keys() - permalinks.read_permalinks(ours.read_text()).keys()
    assert noted.splitlines()[1] == f"{len(added)} added to permalinks.lock", "beside the essays that we have"


def shows(root: Path, session: str, status: int) -> str:
    """What a command says, run in ``root``; it ends so, and says what is shown below it, if anything, whatever time it takes."""
    command, *shown = session.splitlines()
    terminal = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}}
    done = subprocess.run(
        command.removeprefix("$ "), shell=True, cwd=root, env=terminal | {"NO_COLOR": "1"}, text=True, check=False,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    said = done.stdout.splitlines()
    assert done.returncode == status, done.stdout
    if shown:
        assert [re.sub(TIMED, "N", line) for line in said] == [re.sub(TIMED, "N", line) for line in shown]
    return done.stdout


def test_the_page_of_everything_shows_each_part_with_its_source(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    shutil.copytree(ROOT / "tests/fixtures/kitchen-sink", source / "essays/kitchen-sink")
    text = source / "essays/kitchen-sink/index.md"
    text.write_text(with_sources(text.read_text(encoding="utf-8")), encoding="utf-8")
    built = build(source, tmp_path / "html")
    assert built.errors == []
    shown = [block.get_text() for block in built.page("/essays/kitchen-sink/").select(".highlight-markdown pre")]
    assert (
        len(shown)
        == len(re.findall("^## ", (ROOT / "tests/fixtures/kitchen-sink/index.md").read_text(encoding="utf-8"), re.MULTILINE))
        > 5
    )
    assert any(":::{note}" in source_text for source_text in shown)


def test_every_command_of_the_makefile_is_listed_as_it_says() -> None:
    found = re.findall(r"^([a-z]+):.*##  ?(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.findall(r"^\| `make (\w+)` \| (.*) \|$", CONTRIBUTING, re.MULTILINE) == [
        (name, said.strip()) for name, said in found
    ]


def test_every_field_of_the_header_is_explained() -> None:
    table = CONTRIBUTING.split("\n## Front matter\n")[1].split("\n## ")[0]
    explained = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert explained == list(FrontMatter.model_fields)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: str(doc.relative_to(ROOT)))
def test_every_command_and_every_file_that_is_named_is_there(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)(?=`| +#)", text)) <= targets
    named = re.findall(r"`(\w[\w./-]*\.(?:md|py|toml|bib)|\w[\w./-]*/)`", text)
    there = [ROOT, ROOT / "_ext/insights", ROOT / "essays/designing-for-failure"]
    missing = [
        name
        for name in named
        if "SLUG" not in name and SLUG not in name.replace("_", "-") and not any((p / name).exists() for p in there)
    ]
    assert len(named) > 4
    assert missing == []


def test_every_module_of_the_machinery_says_what_it_does() -> None:
    for module in (ROOT / "_ext/insights").glob("*.py"):
        assert module.read_text(encoding="utf-8").startswith('"""'), module.name


def section(heading: str) -> str:
    """The first fenced block below a heading of _ext/README.md."""
    return MACHINERY.split(f"\n## {heading}\n")[1].split("```\n")[1]


def test_the_map_of_the_machinery_has_every_package_and_module() -> None:
    listed = re.findall(r"^  (\S+)  +\S", section("The map"), re.MULTILINE)
    packages = {f"{door.parent.name}/" for door in (ROOT / "_ext/insights").glob("*/__init__.py")}
    assert sorted(listed) == sorted(packages | {module.name for module in (ROOT / "_ext/insights").glob("*.py")})


def test_the_picture_of_the_imports_has_the_floors_that_are_checked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = next(contract for contract in project["tool"]["importlinter"]["contracts"] if contract["type"] == "layers")
    assert section("The imports").splitlines() == layers["layers"]


def test_every_kind_of_message_is_explained() -> None:
    """The kind of what we log follows from the package that logs it; other kinds are written where a problem is found."""
    modules = {path: path.read_text(encoding="utf-8") for path in (ROOT / "_ext/insights").rglob("*.py")}
    rooms = {path.parent.name for path, code in modules.items() if "logging.getLogger(__name__)" in code}
    ours = {f"insights.{filter.KINDS.get(room, room)}" for room in rooms}
    ours |= {kind for code in modules.values() for kind in re.findall(r'(?:, |=|if | else )"(insights\.(?!js|css)\w+)"', code)}
    programs = {tool.name for tool in (tools.SPELLING, *tools.CODE, tools.TYPES, tools.IMPORTS)}
    table = CONTRIBUTING.split("\n## Messages\n")[1].split("\n## ")[0]
    assert sorted(re.findall(r"^\| `([\w.-]+)` \|", table, re.MULTILINE)) == sorted({*messages.MESSAGES, *ours, *programs})
