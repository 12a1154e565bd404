"""`make audit` counts every broken rule, and fails if there are any."""

from __future__ import annotations

import math
import shutil
from pathlib import Path

import audit
import pytest
from conftest import Site, edit
from playwright.sync_api import Browser


@pytest.fixture(autouse=True)
def one_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """One kind of page, for a browser looks at each six times."""
    monkeypatch.setattr(audit, "KINDS", {"about": "/about/"})


def test_a_clean_site_passes(browser: Browser, publication: Site, capsys: pytest.CaptureFixture[str]) -> None:
    assert audit.audit(browser, publication.folder) == 0
    head, _, about, others = capsys.readouterr().out.splitlines()
    figures = dict(zip(cells(head), cells(about), strict=True))
    assert figures["page"] == "about"
    assert 0 < float(figures["KiB, brotli"]) < 20
    assert cells(others)[0] == f"{len(publication.pages()) - 1} other pages"


def cells(row: str) -> list[str]:
    return [cell.strip() for cell in row.strip("|").split("|")]


def test_every_broken_rule_is_counted(
    browser: Browser, publication: Site, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = shutil.copytree(publication.folder, tmp_path / "html")
    edit(copy / "about/index.html", "</article>", '<div id="text"><img src="x.png"></p><script>no()</script></article>')
    edit(copy / "start/index.html", 'name="twitter:card"', 'name="else"')
    broken = audit.audit(browser, copy)
    head, _, about, others = capsys.readouterr().out.splitlines()
    figures, rest = (dict(zip(cells(head), cells(row), strict=True)) for row in (about, others))
    assert int(figures["refused by the policy"]) == 1
    assert int(figures["console"]) >= 1  # a picture that is not there
    assert int(figures["axe, 6 windows"]) >= 6  # and has no alt text
    assert int(figures["HTML"]) >= 2
    assert (figures["head"], rest["head"]) == ("0", "1")
    counted = ("refused by the policy", "axe, 6 windows", "console", "HTML")
    assert broken == sum(int(figures[name]) for name in counted) + math.ceil(float(figures["CLS, scrolling"])) + 1


def test_a_chart_weighs_what_the_page_would_lose_without_it(publication: Site) -> None:
    html = publication.files()["essays/designing-for-failure/index.html"].decode()
    drawings = audit.weight_of_charts(html)
    assert 500 < drawings < 20_000
    assert audit.weight_of_charts(audit.PANEL.sub("", html)) == 0


def test_problems_of_the_nu_checker_are_counted_by_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = """{"messages": [
        {"url": "file:SITE/a/index.html", "type": "error", "message": "Stray end tag p."},
        {"url": "file:SITE/a/index.html", "type": "info", "subType": "warning", "message": "Empty heading."},
        {"url": "file:SITE/a/index.html", "type": "error", "message": "This script violates Content Security Policy."}]}"""
    java = tmp_path / "java"
    java.write_text(f"#!/bin/sh\ncat <<'END'\n{said.replace('SITE', str(tmp_path))}\nEND\nexit 1\n")
    java.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    assert audit.vnu_errors(tmp_path, Path("vnu.jar")) == {"a/index.html": 2}
