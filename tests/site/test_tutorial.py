"""The tutorial in CONTRIBUTING.md works as written, and so does the page with everything a text can contain."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from conftest import ROOT, build, make_project, project
from insights.output import permalinks
from kitchen_sink import kitchen_sink

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
PAGES = ("index.md", "about.md", "start.md", "subscribe.md", "glossary.md", "404.md")
SLUG = "how-busy-is-too-busy"
#: What differs between runs, and between versions of the Makefile.
TIMED = re.compile(r"(?<=Makefile:)\d+|(?<=passed in )[\d.]+|\d+(?= added to)")


def fences(language: str) -> list[str]:
    """The fenced blocks of the tutorial in ``language``."""
    return [found[2] for found in re.finditer(rf"^(`{{3,}}){language}\n(.*?)^\1$", CONTRIBUTING, re.MULTILINE | re.DOTALL)]


(TEXT, *_), (MODEL, TEST, *_) = fences("markdown"), fences("python")


def with_our_pages(texts: Path) -> Path:
    """``texts`` with the pages of the publication, and an empty folder for the essay of the tutorial."""
    (texts / "essays" / SLUG).mkdir(parents=True)
    for name in PAGES:
        shutil.copy2(ROOT / name, texts)
    return texts


def test_the_first_essay_of_the_tutorial_builds_as_written(tmp_path: Path) -> None:
    texts = with_our_pages(tmp_path / "texts")
    shutil.copy2(ROOT / "essays/references.bib", texts / "essays")
    (texts / "essays" / SLUG / "index.md").write_text(TEXT, encoding="utf-8")
    (texts / "essays" / SLUG / "model.py").write_text(MODEL, encoding="utf-8")
    built = build(project(tmp_path / "source", texts), tmp_path / "html", options=("-D", "insights_preview=1"))
    assert built.errors == []
    article = built.page(f"/essays/{SLUG}/").article
    assert "20 ms here. At nine tenths it spends 100 ms" in article.get_text().replace("\N{NO-BREAK SPACE}", " ")
    assert article.find(id="figure-waiting")


def test_every_command_of_the_tutorial_prints_what_is_shown(tmp_path: Path) -> None:
    """In a publication of one essay, with some of our addresses."""
    texts = with_our_pages(tmp_path / "texts")
    sources = (ROOT / "essays/references.bib").read_text(encoding="utf-8").splitlines(keepends=True)
    (texts / "essays/references.bib").write_text("".join(line for line in sources if "kingman1961" in line), encoding="utf-8")
    root = make_project(tmp_path / "source", texts)
    shutil.copy2(ROOT / "pyproject.toml", root)
    (root / "tests/models").mkdir(parents=True)
    (root / "essays" / SLUG).rmdir()
    essay = root / "essays" / SLUG
    new, live, mistaken, mended, tested, noted = fences("console")

    shows(root, """$ make new title='What "$HOME" Costs' category=Architecture date=2026-01-01""", 0)
    assert "\n# What “$HOME” Costs\n" in (root / "essays/what-home-costs/index.md").read_text(encoding="utf-8")
    shutil.rmtree(root / "essays/what-home-costs")
    shows(root, new, 0)
    assert (essay / "model.py").exists()
    assert live.startswith("$ make live\n")  # tests/browser/test_live.py runs it
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
    """Run a command in ``root``, check its exit status and that it prints what is shown below it; return its output."""
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


def test_the_kitchen_sink_shows_each_part_with_its_source(tmp_path: Path) -> None:
    built = build(kitchen_sink(tmp_path / "source"), tmp_path / "html")
    assert built.errors == []
    shown = [block.get_text() for block in built.page("/essays/kitchen-sink/").select(".highlight-markdown pre")]
    source = (ROOT / "tests/fixtures/kitchen-sink/index.md").read_text(encoding="utf-8")
    assert len(shown) == len(re.findall("^## ", source, re.MULTILINE)) > 5
    assert any(":::{note}" in part for part in shown)
