"""Entries of a feed as reader apps show them: without our style sheet, in a narrow column, on any background."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import Site, served
from kitchen_sink import FEED_PAGE, write_feed_page
from playwright.sync_api import Browser

TOO_WIDE = """[...document.querySelectorAll('section *')].filter(e => !e.closest('pre, table') &&
  e.getBoundingClientRect().right > e.closest('section').getBoundingClientRect().right + 1).map(e => e.outerHTML)"""


@pytest.mark.parametrize("built", ["publication", "kitchen"])
def test_entries_fit_a_narrow_column_and_show_their_images(
    built: str, request: pytest.FixtureRequest, browser: Browser, tmp_path: Path
) -> None:
    site = shutil.copytree(request.getfixturevalue(built).folder, tmp_path / "html")
    write_feed_page(site)
    with served(site) as at:
        page = browser.new_page()
        page.goto(f"{at}/{FEED_PAGE}")
        assert page.locator("article").count() == len(json.loads((site / "feed.json").read_text())["items"])
        assert page.evaluate(TOO_WIDE) == []
        assert page.locator("img").count() > 0
        assert page.evaluate("[...document.images].filter(image => !image.naturalWidth).map(image => image.src)") == []
        page.close()


def test_the_image_of_a_chart_has_a_white_margin(kitchen: Site, browser: Browser) -> None:
    """A reader app shows it on whatever ground it has."""
    with served(kitchen.folder) as at:
        page = browser.new_page()
        for name in ("growth", "rise", "decay"):
            page.goto(f"{at}/essays/second/{name}.svg")
            ground = page.locator("rect").first
            assert (ground.get_attribute("fill"), ground.get_attribute("width"), ground.get_attribute("height")) == (
                "#ffffff", "100%", "100%",
            )  # fmt: skip
            picture = page.locator("svg").bounding_box()
            assert picture
            boxes = [text.bounding_box() for text in page.locator("text").all()]
            assert boxes
            for box in filter(None, boxes):
                right, bottom = box["x"] + box["width"], box["y"] + box["height"]
                assert min(box["x"], box["y"], picture["width"] - right, picture["height"] - bottom) >= 8, (name, box)
        page.close()
