"""Figures use the page: letters can be read at any width, figures are wide where there is room, and readers can enlarge them."""

from __future__ import annotations

import pytest
from audit import KINDS, findings, visit
from conftest import ROOT
from playwright.sync_api import Browser, Page, expect

ESSAYS = [f"/essays/{path.parent.name}/" for path in sorted((ROOT / "essays").glob("*/index.md"))]
ESSAY = KINDS["essay"]
PANELS = "/essays/building-systems-that-hold-under-real-conditions/"
WIDTHS = [240, 320, 360, 430, 600, 640, 768, 1000, 1216, 1280, 1680, 1920]
SHOWN = """() => [...document.querySelectorAll('.panel')].map(panel => {
    const shown = [...panel.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0);
    const svg = shown[0], box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
    const texts = [...svg.querySelectorAll('text')];
    return {
        drawings: shown.length,
        smallest: Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize) * scale)),
        outside: texts.filter(text => {
            const t = text.getBoundingClientRect();
            return t.left < box.left - 2 || t.right > box.right + 6 || t.top < box.top - 2 || t.bottom > box.bottom + 2;
        }).map(text => text.textContent),
    };
})"""


@pytest.mark.parametrize("width", WIDTHS)
def test_the_text_of_a_chart_has_12_pixels_at_any_width_and_nothing_scrolls(browser: Browser, address: str, width: int) -> None:
    for path in ["/", PANELS, ESSAY]:
        with visit(browser, address + path, width) as (page, _, _):
            panels = page.evaluate(SHOWN)
            assert panels
            for panel in panels:
                assert panel["drawings"] == 1
                assert panel["smallest"] >= 12 or width < 300
                assert panel["outside"] == [] or width < 300
            assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize(("width", "least"), [(768, 640), (1280, 860), (1920, 860)])
def test_a_wide_figure_begins_where_the_text_does_and_covers_no_contents(
    browser: Browser, address: str, width: int, least: int
) -> None:
    with visit(browser, address + PANELS, width) as (page, _, _):
        figure = page.locator("figure.wide").first
        figure.scroll_into_view_if_needed()
        box, text = figure.bounding_box(), page.locator("article p").last.bounding_box()
        assert box
        assert text
        assert box["x"] == pytest.approx(text["x"], abs=1)
        assert box["width"] >= least
        contents = page.locator(".contents").bounding_box()
        covered = contents and contents["width"] and contents["x"] < box["x"] + box["width"]
        assert not covered or not page.locator(".contents").is_visible()
        page.evaluate("scrollTo(0, 0)")
        assert page.locator(".contents").is_visible() == (width >= 1280)


def test_small_multiples_are_two_columns_of_one_size_on_a_phone(browser: Browser, address: str) -> None:
    with visit(browser, address + PANELS, 360) as (page, _, _):
        boxes = [panel.bounding_box() for panel in page.locator("#figure-retries .panel").all()]
        corners = {(round(box["x"]), round(box["y"])) for box in boxes if box}
        assert [len({place[side] for place in corners}) for side in (0, 1)] == [2, 2]
        assert len({(box["width"], box["height"]) for box in boxes if box}) == 1
        assert page.locator("#figure-retries .panels").evaluate("e => e.offsetHeight") < 520


def _escape(page: Page) -> None:
    page.keyboard.press("Escape")


def _back(page: Page) -> None:
    page.go_back()


def _click(page: Page) -> None:
    page.locator(".enlarged .frame").click()


def _button(page: Page) -> None:
    page.keyboard.press("Enter")


@pytest.mark.parametrize("close", [_escape, _back, _click, _button])
@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (1280, "dark")])
def test_a_figure_can_be_enlarged_and_closed_in_every_way(
    browser: Browser, address: str, width: int, scheme: str, close: object
) -> None:
    with visit(browser, address + ESSAY, width, scheme) as (page, said, _):
        link = page.locator("figure.chart .enlarge").first
        before = page.locator("figure.chart .panels").first.bounding_box()
        link.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Enlarge Figure 1")
        expect(dialog).to_be_visible()
        drawing = dialog.locator("svg").first.bounding_box()
        assert drawing
        assert before
        assert drawing["width"] > before["width"]
        page.keyboard.press("Tab")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || !!document.activeElement.closest('dialog')")
        assert findings(page) == []
        dialog.locator("button").focus()
        assert callable(close)
        close(page)
        expect(dialog).to_have_count(0)
        expect(link).to_be_focused()
        assert page.locator("figure.chart").first.locator(".panels svg").count() == 2
        assert page.url == address + ESSAY
        assert said == []


def test_without_javascript_the_link_leads_to_the_drawing(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, java_script_enabled=False) as (page, _, _):
        link = page.locator("figure.chart .enlarge").first
        assert link.get_attribute("href") == "replicas.svg"
        assert page.request.get(f"{address}{ESSAY}replicas.svg").ok


def test_a_number_stays_on_the_line_of_its_unit(browser: Browser, address: str) -> None:
    """Nor does any line end within "Figure 1". What was computed is in an element of its own."""
    for path in ESSAYS:
        with visit(browser, address + path, 320) as (page, _, _):
            parted = page.evaluate(r"""() => [...document.querySelectorAll('section :is(p, li, td, h2, figcaption)')]
                .map(e => e.innerText)
                .flatMap(text => text.match(/\d (?:ms|s|min|GB|%|seconds?|minutes?|hours?|days?|years?)\b|Figure \d/g) ?? [])""")
            assert parted == []
