"""The workflows on GitHub can do what they must, and nothing else."""

from __future__ import annotations

import re
from typing import Any

import yaml
from conftest import ROOT

TEXT = (ROOT / ".github/workflows/pages.yml").read_text(encoding="utf-8")
#: YAML takes the word `on` for true.
WORKFLOW: dict[Any, Any] = yaml.safe_load(TEXT)
STEPS = [step for job in WORKFLOW["jobs"].values() for step in job["steps"]]


def test_it_runs_every_day() -> None:
    minute, hour, *rest = WORKFLOW[True]["schedule"][0]["cron"].split()
    assert rest == ["*", "*", "*"]
    assert (int(hour), 0 < int(minute) < 60) == (0, True)


def test_every_action_is_named_by_its_commit_and_its_release() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (ROOT / ".github/workflows").glob("*.yml")]
    used = [line.strip() for text in texts for line in text.splitlines() if "uses:" in line]
    assert len(used) == 6
    assert all(re.fullmatch(r"(- )?uses: actions/[a-z-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+", line) for line in used), used


def test_it_may_do_what_it_must_and_no_more() -> None:
    assert WORKFLOW["permissions"] == {}
    assert WORKFLOW["jobs"]["build"]["permissions"] == {"contents": "read"}
    assert WORKFLOW["jobs"]["publish"]["permissions"] == {"pages": "write", "id-token": "write"}
    assert STEPS[0]["with"]["persist-credentials"] is False
    assert "pull_request" not in WORKFLOW[True]


def test_the_checks_of_a_pull_request_may_only_read() -> None:
    checks = yaml.safe_load((ROOT / ".github/workflows/site.yml").read_text(encoding="utf-8"))
    assert checks["permissions"] == {"contents": "read"}
    assert all("permissions" not in job for job in checks["jobs"].values())


def test_nothing_that_somebody_else_writes_becomes_a_command() -> None:
    assert not [step for step in STEPS if "${{" in step.get("run", "")]


def test_it_publishes_what_the_makefile_builds() -> None:
    assert [step["with"]["path"] for step in STEPS if "path" in step.get("with", {})] == ["_build/html"]
    assert "make html" in STEPS[1]["run"]
    assert all(name in (ROOT / "conf.py").read_text(encoding="utf-8") for name in STEPS[1]["env"])
