"""What readers meet in a real browser: on a phone, a tablet and a desk, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from conftest import ROOT, Site
from playwright.sync_api import Browser, Page

FIRST = "/essays/designing-for-failure/"
PAGES = ["/", FIRST, "/essays/", "/essays/category/system-design/", "/glossary/", "/about/", "/start/", "/search/", "/404.html"]
WIDTHS = [320, 360, 768, 1280, 1920]


@contextmanager
def opened(
    browser: Browser, address: str, width: int = 1280, scheme: str = "light", **options: object
) -> Iterator[tuple[Page, list[str]]]:
    """A page of the publication, and a list that fills with what it complains of or asks other hosts for."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **options)  # type: ignore[arg-type]
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "request",
        lambda request: complaints.append(request.url) if not request.url.startswith(("http://127.0.0.1:", "data:")) else None,
    )
    page.goto(address, wait_until="load")
    yield page, complaints
    context.close()


@pytest.mark.parametrize(("width", "columns"), [(360, 1), (900, 2), (1280, 3)])
def test_the_cards_stand_in_as_many_columns_as_the_window_has_room_for(
    browser: Browser, address: str, width: int, columns: int
) -> None:
    with opened(browser, address + "/", width) as (page, _):
        template = page.locator(".essay-cards .sd-row").first
        lefts = template.evaluate(
            "row => new Set([...row.children].map(card => Math.round(card.getBoundingClientRect().left))).size"
        )
        cards = page.locator(".essay-cards .essay-card").count()
        assert lefts == min(columns, max(cards, 0)) or cards == 0


def test_the_whole_of_a_card_is_its_one_link(browser: Browser, address: str) -> None:
    with opened(browser, address + "/") as (page, _):
        for card in page.locator(".essay-card").all():
            assert card.locator("a").count() == 1
        page.locator(".featured .card-action").click(force=True)  # the link lies over it
        assert page.url == address + FIRST


def test_the_landing_page_has_no_side_bars_and_no_contents(browser: Browser, address: str) -> None:
    with opened(browser, address + "/", 1920) as (page, _):
        assert page.locator(".sidebar, .contents").count() == 0
        box = page.locator("main").bounding_box()
        assert box
        assert box["width"] > 1100


def test_the_toggle_goes_through_three_schemes_and_is_remembered(browser: Browser, address: str) -> None:
    with opened(browser, address + "/") as (page, _):
        background = "getComputedStyle(document.body).backgroundColor"
        light = page.evaluate(background)
        seen = []
        for _ in range(3):
            page.locator(".theme-toggle").first.click()
            seen.append(page.evaluate("document.documentElement.dataset.theme"))
        assert sorted(seen) == ["auto", "dark", "light"]
        while page.evaluate("document.documentElement.dataset.theme") != "dark":
            page.locator(".theme-toggle").first.click()
        page.goto(address + FIRST)
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate(background) != light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chart_takes_the_colours_of_the_scheme(browser: Browser, address: str, scheme: str) -> None:
    with opened(browser, address + FIRST, scheme=scheme) as (page, _):
        ink, paper = page.evaluate("""() => [
            getComputedStyle(document.querySelector('.panel .f-ink')).fill,
            getComputedStyle(document.body).backgroundColor]""")
        assert (
            (brightness(ink) < 60 and brightness(paper) > 240)
            if scheme == "light"
            else (brightness(ink) > 220 and brightness(paper) < 40)
        )


def brightness(colour: str) -> float:
    """The mean of the three parts of a CSS colour such as ``rgb(28, 26, 23)``."""
    parts = [float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(parts) / 3


@pytest.mark.parametrize("width", WIDTHS)
def test_the_text_of_a_chart_can_be_read_at_any_width(browser: Browser, address: str, width: int) -> None:
    """One drawing of each panel is shown, its smallest text no smaller than 10.5 px, and no text leaves it."""
    with opened(browser, address + FIRST, width) as (page, _):
        panels = page.evaluate("""() => [...document.querySelectorAll('.panel')].map(panel => {
            const shown = [...panel.querySelectorAll('svg')].filter(svg => svg.getBoundingClientRect().width > 0);
            const svg = shown[0], box = svg.getBoundingClientRect(), scale = box.width / svg.viewBox.baseVal.width;
            const texts = [...svg.querySelectorAll('text')];
            return {
                drawings: shown.length,
                smallest: Math.min(...texts.map(text => parseFloat(getComputedStyle(text).fontSize) * scale)),
                outside: texts.filter(text => {
                    const t = text.getBoundingClientRect();
                    return t.left < box.left - 2 || t.right > box.right + 2 || t.top < box.top - 2 || t.bottom > box.bottom + 2;
                }).map(text => text.textContent),
            };
        })""")
        assert len(panels) == 3
        for panel in panels:
            assert panel["drawings"] == 1
            assert panel["smallest"] >= 10.5
            assert panel["outside"] == []


def test_an_essay_is_whole_without_javascript(browser: Browser, address: str) -> None:
    with opened(browser, address + FIRST, java_script_enabled=False) as (page, _):
        assert page.locator("figure.chart").first.is_visible()
        details = page.locator("figure.chart details").first
        details.locator("summary").click()
        assert details.locator("table").is_visible()
        assert page.locator(".catalogue a", has_text="All essays").is_visible()


def test_the_measure_is_that_of_a_book(browser: Browser, address: str) -> None:
    """Characters on a full line, on average: 65 to 72 on a desk and 36 to 42 on a phone; a little leeway for the machine's serif."""
    for width, least, most in ((1280, 63, 74), (360, 34, 44)):
        with opened(browser, address + FIRST, width) as (page, _):
            lines = page.evaluate("""() => [...document.querySelectorAll('article :is(div, section) > p')].flatMap(paragraph => {
                const lines = [], range = document.createRange();
                const texts = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT);
                let bottom = -100, length = 0;
                for (let text; (text = texts.nextNode());) {
                    for (let at = 0; at < text.length; at++, length++) {
                        range.setStart(text, at);
                        range.setEnd(text, at + 1);
                        const box = range.getBoundingClientRect();
                        if (box.bottom > bottom + 8) {
                            if (length) lines.push(length);
                            [bottom, length] = [box.bottom, 0];
                        }
                    }
                }
                return lines;
            })""")
            assert least <= sum(lines) / len(lines) <= most, width


def test_a_lost_reader_is_helped_at_any_address(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    response = page.goto(f"{address}/no/such/page/")
    assert response
    assert response.status == 404
    assert page.locator("h1").inner_text().startswith("This page does not exist")
    page.locator("article a", has_text="All essays").click()
    assert page.url == f"{address}/essays/"
    context.close()


def test_the_site_holds_every_essay_that_is_written(publication: Site) -> None:
    slugs = {path.parent.name for path in (ROOT / "essays").glob("*/index.md")}
    assert {path.parent.name for path in (publication.folder / "essays").glob("*/index.html")} >= slugs
