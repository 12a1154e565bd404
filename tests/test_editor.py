"""What editors and pull requests are told agrees with the code."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from conftest import ROOT
from insights import changes, configuration, schema
from insights.front_matter import FrontMatter
from insights.manuscripts import Vocabulary

SETTINGS = configuration.read(ROOT)
PAGES = SETTINGS["include_patterns"]


def test_the_schema_of_a_header_is_that_of_the_record() -> None:
    """`python -m insights schema` writes it anew."""
    kept = json.loads((ROOT / ".vscode/essay-header.schema.json").read_text(encoding="utf-8"))
    assert kept == schema.schema(Vocabulary(SETTINGS["insights_categories"], SETTINGS["insights_tags"]))
    assert list(kept["properties"]) == list(FrontMatter.model_fields)
    assert kept["required"] == ["date", "category", "summary"]


def test_an_address_that_changes_is_named() -> None:
    status = "\n".join(
        [
            "A\tessays/new/index.md", "A\tessays/new/model.py", "M\tessays/old/model.py", "R090\tessays/a/index.md\tessays/b/index.md",
            "D\tessays/gone/index.md", "M\tindex.md", "M\tabout.md", "M\tREADME.md", "M\tSECURITY.md", "M\t_static/insights.css", "M\tessays/references.bib",
        ]
    )  # fmt: skip
    assert changes.summary(status, PAGES).splitlines()[2:] == [
        "| `/` | changed |", "| `/about/` | changed |", "| `/essays/b/` | moved from /essays/a/ |", "| `/essays/gone/` | gone |",
        "| `/essays/new/` | new |", "| `/essays/old/` | changed |",
    ]  # fmt: skip
    assert changes.summary("M\tconf.py", PAGES).startswith("No page is changed")


def test_a_commit_that_is_none_is_refused_in_words() -> None:
    with pytest.raises(SystemExit) as refusal:
        changes.since("no-such-commit", ROOT, PAGES)
    assert str(refusal.value).startswith("'no-such-commit' cannot be compared with; name a commit, such as origin/main (fatal: ")


def test_the_workflow_runs_what_an_author_runs_and_may_write_nothing() -> None:
    text = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", used) for used in re.findall(r"uses: (.+)", text))
    targets = set(re.findall(r"^([\w./]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    used = re.findall(r"\bmake ([\w./]+)", text + " ".join(hook["entry"] for hook in hooks))
    assert set(used) == {"check", "format", "html", "test", "_build/preview/html", ".venv/runtime"}
    assert set(used) <= targets
