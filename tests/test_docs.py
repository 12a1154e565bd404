"""What README.md and CONTRIBUTING.md tell a newcomer is true."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT, Site, build, project
from insights import check
from insights.front_matter import FrontMatter
from sink import with_sources

DOCS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
CONTRIBUTING = DOCS[1].read_text(encoding="utf-8")
SLUG = "how-busy-is-too-busy"


def fence(language: str) -> str:
    """The first fenced block of the tutorial in ``language``."""
    found = re.search(rf"^(`{{3,}}){language}\n(.*?)^\1$", CONTRIBUTING, re.MULTILINE | re.DOTALL)
    assert found
    return found[2]


def tutorial(folder: Path, text: str) -> Site:
    """The publication's own machinery and words around the essay of the tutorial, previewed."""
    texts = folder / "texts"
    essay = texts / "essays" / SLUG
    essay.mkdir(parents=True)
    for name in ("index.md", "about.md", "start.md", "subscribe.md", "glossary.md", "404.md", "essays/references.bib"):
        (texts / name).write_bytes((ROOT / name).read_bytes())
    (essay / "index.md").write_text(text, encoding="utf-8")
    (essay / "model.py").write_text(fence("python"), encoding="utf-8")
    return build(project(folder / "source", texts), folder / "html", options=("-D", "insights_preview=1"))


def test_the_first_essay_of_the_tutorial_builds_as_it_stands(tmp_path: Path) -> None:
    built = tutorial(tmp_path, fence("markdown"))
    assert built.errors == []
    article = built.page(f"/essays/{SLUG}/").article
    assert "20 ms here. At nine tenths it spends 100 ms" in article.get_text()
    assert article.find(id="figure-waiting")


def test_the_mistake_of_the_tutorial_is_answered_as_it_says(tmp_path: Path) -> None:
    root = project(tmp_path / "source")
    essay = root / "essays" / SLUG
    essay.mkdir()
    (essay / "model.py").write_text(fence("python"), encoding="utf-8")
    (essay / "index.md").write_text(fence("markdown").replace("category:", "catgory:"), encoding="utf-8")
    said = [check.said(finding, root) for finding in check.texts(root, date(2026, 6, 1))]
    assert any(line.startswith(fence("text").strip().removesuffix("…")) for line in said), said
    (essay / "index.md").write_text(fence("markdown"), encoding="utf-8")
    assert [finding for finding in check.texts(root, date(2026, 6, 1)) if "references.bib" not in finding.path.name] == []


def test_the_first_command_of_the_tutorial_says_what_is_shown(tmp_path: Path) -> None:
    root = project(tmp_path / "source")
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt"):
        shutil.copy2(ROOT / name, root)  # with its time, by which make knows that .venv is set up
    (root / ".venv").symlink_to(sys.prefix)
    command, *shown = fence("console").splitlines()
    terminal = {key: value for key, value in os.environ.items() if key not in {"MAKEFLAGS", "MAKELEVEL"}}
    done = subprocess.run(
        command.removeprefix("$ "), shell=True, cwd=root, env=terminal, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout.splitlines()[-3:]) == (0, shown), done.stderr
    assert (root / "essays" / SLUG / "model.py").exists()


def test_the_page_of_everything_shows_each_part_with_its_source(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    shutil.copytree(ROOT / "tests/kitchen-sink", source / "essays/kitchen-sink")
    text = source / "essays/kitchen-sink/index.md"
    text.write_text(with_sources(text.read_text(encoding="utf-8")), encoding="utf-8")
    built = build(source, tmp_path / "html")
    assert built.errors == []
    shown = [block.get_text() for block in built.page("/essays/kitchen-sink/").select(".highlight-markdown pre")]
    assert (
        len(shown)
        == len(re.findall("^## ", (ROOT / "tests/kitchen-sink/index.md").read_text(encoding="utf-8"), re.MULTILINE))
        > 5
    )
    assert any(":::{note}" in source_text for source_text in shown)


def test_every_command_of_the_makefile_is_listed_as_it_says() -> None:
    found = re.findall(r"^([a-z]+):.*##  ?(.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.findall(r"^\| `make (\w+)` \| (.*) \|$", CONTRIBUTING, re.MULTILINE) == [
        (name, said.strip()) for name, said in found
    ]


def test_every_field_of_the_header_is_explained() -> None:
    explained = re.findall(r"^\| `(\w+)` \|", CONTRIBUTING, re.MULTILINE)
    assert explained == list(FrontMatter.model_fields)


@pytest.mark.parametrize("doc", DOCS, ids=lambda doc: doc.name)
def test_every_command_and_every_file_that_is_named_is_there(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)(?=`| +#)", text)) <= targets
    named = re.findall(r"`(\w[\w./-]*\.(?:md|py|toml|bib)|\w[\w./-]*/)`", text)
    there = [ROOT, ROOT / "_ext/insights", ROOT / "essays/designing-for-failure"]
    missing = [name for name in named if "SLUG" not in name and SLUG not in name and not any((p / name).exists() for p in there)]
    assert len(named) > 4
    assert missing == []


def test_every_module_of_the_machinery_says_what_it_does() -> None:
    for module in (ROOT / "_ext/insights").glob("*.py"):
        assert module.read_text(encoding="utf-8").startswith('"""'), module.name
