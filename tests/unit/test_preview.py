"""The server of `make live` watches only files of the site, and reports only errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from insights.preview import live, server


@pytest.mark.parametrize(
    ("path", "concerned"),
    [
        ("essays/a/index.md", True), ("essays/a/model.py", True), ("essays/references.bib", True), ("about.md", True),
        ("conf.py", True), ("_static/insights/text.css", True), ("essays/a/.index.md.swp", False), ("essays/a/index.md~", False),
        ("essays/a/4913", False), ("essays/a/__pycache__/model.cpython-311.pyc", False), ("_build/live/html/index.html", False),
        ("pyproject.toml", False), ("data/loads.csv", True), ("tests/unit/test_preview.py", False),
    ],
)  # fmt: skip
def test_only_files_of_the_site_are_watched(path: str, concerned: bool) -> None:
    assert live._concerns(Path("/here"), None, f"/here/{path}") is concerned


def test_a_closed_connection_is_not_reported(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Browsers close it whenever a page loads again before it is complete. Any other error is reported."""
    with server.folder_server(tmp_path, 0) as running:
        for error in (BrokenPipeError(), ValueError("something else")):
            try:
                raise error
            except Exception:
                running.handle_error(None, ("127.0.0.1", 1))
    said = capfd.readouterr().err
    assert "ValueError: something else" in said
    assert "BrokenPipeError" not in said


def test_a_page_has_its_digest_for_its_script() -> None:
    pages = [live.with_script(f"<html><head></head><body>{text}</body></html>") for text in "aab"]
    assert pages[0] == pages[1]
    assert len({re.findall(r'data-page="(\w+)"', page)[0] for page in pages}) == 2
