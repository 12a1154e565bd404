"""The workflows on GitHub run the commands of the Makefile, with few permissions; hooks and editors agree with the code."""

from __future__ import annotations

import json
import re
from typing import Any

import yaml
from conftest import ROOT
from insights import settings
from insights.source.essays import Vocabulary, front_matter_schema
from insights.source.front_matter import FrontMatter

SETTINGS = settings.read_settings(ROOT)
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")}
#: YAML reads the key `on` as true.
PAGES, CHECKS = (dict[Any, Any](yaml.safe_load(TEXTS[name])) for name in ("pages.yml", "site.yml"))


def test_the_schema_for_editors_is_that_of_the_front_matter() -> None:
    """`python -m insights schema` writes it."""
    written = json.loads((ROOT / ".vscode/essay-header.schema.json").read_text(encoding="utf-8"))
    assert written == front_matter_schema(Vocabulary(SETTINGS["insights_categories"], SETTINGS["insights_tags"]))
    assert list(written["properties"]) == list(FrontMatter.model_fields)
    assert written["required"] == ["date", "category", "summary"]


def test_pull_requests_and_commits_are_checked_by_the_commands_of_the_makefile() -> None:
    targets = set(re.findall(r"^([\w./-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    hooks = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))["repos"][0]["hooks"]
    used = re.findall(r"\bmake ([\w./-]+)", TEXTS["site.yml"] + " ".join(hook["entry"] for hook in hooks))
    assert set(used) == {"check", "format", "html", "test", "_build/preview/html"}
    assert set(used) <= targets


def test_the_site_is_published_every_day() -> None:
    minute, hour, *rest = PAGES[True]["schedule"][0]["cron"].split()
    assert rest == ["*", "*", "*"]
    assert (int(hour), 0 < int(minute) < 60) == (0, True)


def test_every_action_is_pinned_to_a_commit_and_names_its_release() -> None:
    used = [line.strip() for text in TEXTS.values() for line in text.splitlines() if "uses:" in line]
    assert len(used) == 6
    assert all(re.fullmatch(r"(- )?uses: actions/[a-z-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line) for line in used), used


def test_no_workflow_has_more_permissions_than_it_needs() -> None:
    assert CHECKS["permissions"] == {"contents": "read"}
    assert PAGES["permissions"] == {}
    assert PAGES["jobs"]["build"]["permissions"] == {"contents": "read"}
    assert PAGES["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert PAGES["jobs"]["build"]["steps"][0]["with"]["persist-credentials"] is False
    assert "pull_request" not in PAGES[True]
