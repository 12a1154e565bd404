"""What editors and pull requests are told agrees with the code."""

from __future__ import annotations

import json
import re

import yaml
from conftest import ROOT
from insights import settings
from insights.source import schema
from insights.source.essays import Vocabulary
from insights.source.front_matter import FrontMatter

SETTINGS = settings.read_settings(ROOT)


def test_the_schema_of_a_header_is_that_of_the_record() -> None:
    """`python -m insights schema` writes it anew."""
    kept = json.loads((ROOT / ".vscode/essay-header.schema.json").read_text(encoding="utf-8"))
    assert kept == schema.front_matter_schema(Vocabulary(SETTINGS["insights_categories"], SETTINGS["insights_tags"]))
    assert list(kept["properties"]) == list(FrontMatter.model_fields)
    assert kept["required"] == ["date", "category", "summary"]


def test_the_workflow_runs_what_an_author_runs_and_may_write_nothing() -> None:
    text = (ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8")
    workflow = yaml.safe_load(text)
    assert workflow["permissions"] == {"contents": "read"}
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}  # v[\d.]+", used) for used in re.findall(r"uses: (.+)", text))
    targets = set(re.findall(r"^([\w./]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    used = re.findall(r"\bmake ([\w./]+)", text + " ".join(hook["entry"] for hook in hooks))
    assert set(used) == {"check", "format", "html", "test", "_build/preview/html"}
    assert set(used) <= targets
