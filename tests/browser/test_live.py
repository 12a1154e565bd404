"""An author sees what she has saved, where she was reading, and its problems."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from conftest import ROOT, append, edit, project
from playwright.sync_api import Browser, expect

PANEL = "#insights-live:not([hidden])"


@contextmanager
def running(source: Path) -> Iterator[str]:
    """The address of the preview of ``source``."""
    command = [sys.executable, "-m", "insights", "live", "--port", "0"]
    environment = os.environ | {"PYTHONPATH": str(source / "_ext"), "NO_COLOR": "1"}
    # A shell starts what runs in the background with this signal ignored, and a process inherits that.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, cwd=source, env=environment, stdout=subprocess.PIPE, text=True, preexec_fn=heard)
    assert process.stdout
    try:
        said = process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", said)
        assert found
        assert f"$ make live\n{said.replace(found[0], 'http://127.0.0.1:8000')}" in (ROOT / "CONTRIBUTING.md").read_text()
        yield found[0]
    finally:
        process.send_signal(signal.SIGINT)
        ended = process.wait(180)  # once the build that runs has ended
        process.stdout.close()
        assert ended == 0


def test_a_saved_change_is_shown_with_its_mistakes(tmp_path: Path, browser: Browser) -> None:
    source = project(tmp_path / "source")
    first, third = source / "essays/first/index.md", source / "essays/third/index.md"
    third.write_text(third.read_text() + "\n## Far down\n\n" + "A paragraph of its own.\n\n" * 60)
    page = browser.new_page(viewport={"width": 800, "height": 600})
    with running(source) as address:
        # Before anything is built there is a page all the same; it becomes the page that was asked for.
        page.goto(f"{address}/essays/third/")
        page.wait_for_selector("h1:has-text('The Third Essay')", timeout=60_000)
        page.goto(f"{address}/essays/in-preparation/")
        assert "quokkabody" in page.inner_text("article")

        page.goto(f"{address}/essays/third/")
        page.evaluate("document.getElementById('far-down').scrollIntoView({behavior: 'instant'})")
        edit(third, "Its first sentence", "A paragraph above what is being read.\n\n" * 9 + "Its opening sentence")
        expect(page.locator("article")).to_contain_text("Its opening sentence", timeout=30_000)
        page.wait_for_timeout(500)
        assert abs(page.evaluate("document.getElementById('far-down').getBoundingClientRect().top")) < 100

        edit(third, "Its opening", "{result}`nothing` [lost](/essays/frist/index.md) Simply its opening")
        page.wait_for_selector(f"{PANEL} li:nth-child(3)", timeout=30_000)
        assert page.locator(f"{PANEL} details details summary").all_inner_texts() == ["essays/third/index.md (3)"]
        assert [line.partition(";")[0] for line in page.locator(f"{PANEL} li").all_inner_texts()] == [
            "27 no model.py next to this text",
            "27 the link target '/essays/frist/index.md' does not exist",
            "27 “simply” is worn",
        ]
        # Whoever folds the list away keeps the number of mistakes, and the fold.
        page.locator(f"{PANEL} > details > summary").click()
        assert page.locator(f"{PANEL} > details > summary").inner_text() == "3 errors, 0 warnings"
        assert not page.locator(f"{PANEL} li").first.is_visible()
        # What is wrong stays while something else is edited, and goes when it is mended.
        page.goto(f"{address}/essays/first/")
        edit(first, "Nothing is cited here", "Nothing at all is cited")
        expect(page.locator("article")).to_contain_text("Nothing at all is cited", timeout=30_000)
        # The page has loaded again, and is told what is wrong a moment later.
        page.wait_for_selector(f"{PANEL} li:nth-child(2)", state="attached", timeout=30_000)
        assert not page.locator(f"{PANEL} li").first.is_visible()
        page.locator(f"{PANEL} > details > summary").click()
        edit(third, "{result}`nothing` [lost](/essays/frist/index.md) Simply its opening", "Its opening")
        page.wait_for_selector("#insights-live", state="hidden", timeout=30_000)

        # An error in the machinery is shown too.
        append(source / "_ext/insights/pages/cards.py", "\nx = (\n")
        page.wait_for_selector(f"{PANEL} li", timeout=60_000)
        assert "the build failed: SyntaxError" in page.inner_text(PANEL)
    page.close()
