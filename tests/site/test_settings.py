"""A setting of conf.py does what its documentation says, or the build says why not; and no file that it asks for is deleted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import append
from insights.configuration.contract import IDLE, LIMITS, OPTIONS, WORKING
from settings_table import ADVICE, CASES, REFUSED, WORKS, build, copy, groups, names, verdict

GROUPS = groups(CASES)


@pytest.mark.parametrize("kind", [WORKS, REFUSED, ADVICE])
def test_settings_work_or_are_refused_at_their_line(kind: str, tmp_path: Path) -> None:
    cases = max((group for group in GROUPS if group[0].verdict == kind), key=len)
    source = copy(cases, tmp_path / "source")
    messages = build(source)
    assert [(case.conf, found) for case in cases if (found := verdict(case, source, messages)) != kind] == [], messages


def test_files_that_settings_and_extensions_ask_for_stay_and_stale_ones_go(tmp_path: Path) -> None:
    conf = """
html_static_path = ["_static", "more"]
html_css_files = ["other.css"]
html_extra_path = ["extra"]


def setup(app):
    def draw(app, docname, source):
        (app.outdir / f"{docname.replace('/', '-')}.json").write_text("1")
    app.connect("source-read", draw)
"""
    source = copy([], tmp_path / "source")
    append(source / "conf.py", conf)
    append(source / "about.md", "\nMore.\n")
    site = source / "_build/html"
    assert build(source) == ""
    first = {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}
    assert {"_static/other.css", "CNAME", ".well-known/security.txt", "about.json"} <= first
    (source / "more/other.css").write_text(".other { color: blue }")
    (source / "extra/humans.txt").unlink()
    assert build(source) == ""
    updated = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    shutil.rmtree(source / "_build")
    assert build(source) == ""
    afresh = {path.relative_to(site).as_posix(): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    assert [name for name in sorted(updated.keys() | afresh.keys()) if updated.get(name) != afresh.get(name)] == []
    assert "humans.txt" not in updated


def test_the_table_has_every_option_of_the_theme_and_no_setting_is_in_two_tables() -> None:
    tried = set[str]().union(*map(names, CASES))
    assert OPTIONS.keys() <= tried
    assert not WORKING & LIMITS.keys()
    assert not IDLE.keys() & (WORKING | LIMITS.keys())
