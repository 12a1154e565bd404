"""What readers see in a real browser: on a phone, a tablet and a desktop, in light and in dark."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from audit import KINDS, visit
from conftest import ROOT, Site, served
from insights.output.permalinks import redirect_page
from playwright.sync_api import Browser

FIRST = KINDS["essay"]
ESSAYS = [f"/essays/{path.parent.name}/" for path in sorted((ROOT / "essays").glob("*/index.md"))]


@pytest.mark.parametrize(("width", "columns"), [(360, 1), (900, 2), (1280, 3)])
def test_cards_fill_as_many_columns_as_fit_the_window(browser: Browser, address: str, width: int, columns: int) -> None:
    with visit(browser, address + "/", width) as (page, _, _):
        template = page.locator(".essay-cards .sd-row").first
        lefts = template.evaluate("row => new Set([...row.children].map(e => Math.round(e.getBoundingClientRect().left))).size")
        assert page.locator(".essay-cards .essay-card").count() >= columns
        assert lefts == columns


def test_the_whole_card_is_one_link(browser: Browser, address: str) -> None:
    with visit(browser, address + "/") as (page, _, _):
        for card in page.locator(".essay-card").all():
            assert card.locator("a").count() == 1
        page.locator(".featured .card-action").click(force=True)  # the link lies over it
        assert page.url == address + FIRST


def test_the_landing_page_has_no_sidebars_and_no_contents(browser: Browser, address: str) -> None:
    with visit(browser, address + "/", 1920) as (page, _, _):
        assert page.locator(".sidebar, .contents").count() == 0
        box = page.locator("main").bounding_box()
        assert box
        assert box["width"] > 1100


def test_the_toggle_cycles_through_three_schemes_and_is_remembered(browser: Browser, address: str) -> None:
    with visit(browser, address + "/") as (page, _, _):
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
    with visit(browser, address + FIRST, scheme=scheme) as (page, _, _):
        ink, paper = page.evaluate("""() => [
            getComputedStyle(document.querySelector('.panel .f-ink')).fill,
            getComputedStyle(document.body).backgroundColor]""")
        dark, bright = (ink, paper) if scheme == "light" else (paper, ink)
        assert brightness(dark) < (60 if scheme == "light" else 40)
        assert brightness(bright) > (240 if scheme == "light" else 220)


def brightness(colour: str) -> float:
    """The mean of the three parts of a CSS colour such as ``rgb(28, 26, 23)``."""
    parts = [float(part) for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    return sum(parts) / 3


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_chart_is_readable_in_grey(browser: Browser, address: str, scheme: str) -> None:
    """Its text stands out from the page by brightness, and where there are several colours each has its name beside it."""
    for path in ESSAYS:
        with visit(browser, address + path, scheme=scheme) as (page, _, _):
            paper = luminance(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            figures = page.evaluate("""() => [...document.querySelectorAll('.panels')].map(panels => ({
                drawn: [...panels.querySelectorAll('svg :not(text, tspan)')].map(e => e.getAttribute('class') ?? ''),
                named: [...panels.querySelectorAll('text')].map(e => (e.closest('[class^=f-]') ?? e).getAttribute('class') ?? ''),
                texts: [...panels.querySelectorAll('text')].map(e => getComputedStyle(e).fill),
            }))""")
            assert figures
            for figure in figures:
                drawn, named = ({*re.findall(r"c\d", " ".join(figure[part]))} for part in ("drawn", "named"))
                assert len(drawn) < 2 or drawn <= named, path
                for colour in figure["texts"]:
                    dark, bright = sorted([luminance(colour), paper])
                    assert (bright + 0.05) / (dark + 0.05) >= 4.5, (path, colour)


def luminance(colour: str) -> float:
    """The relative luminance of a CSS colour such as ``rgb(28, 26, 23)``, as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_an_essay_is_whole_without_javascript(browser: Browser, address: str) -> None:
    with visit(browser, address + FIRST, java_script_enabled=False) as (page, _, _):
        assert page.locator("figure.chart").first.is_visible()
        details = page.locator("figure.chart details").first
        details.locator("summary").click()
        assert details.locator("table").is_visible()
        assert page.locator(".catalogue a", has_text="All essays").is_visible()


def test_lines_are_as_long_as_in_a_book(browser: Browser, address: str) -> None:
    """Full lines have 65 to 72 characters on a desk, and 36 to 42 on a phone, with some leeway for this machine's serif."""
    for width, least, most in ((1280, 63, 74), (360, 34, 44)):
        with visit(browser, address + FIRST, width) as (page, _, _):
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


def test_the_404_page_helps_at_any_address(browser: Browser, address: str) -> None:
    for words, there in (("All essays", "/essays/"), ("The search", "/search/"), ("front page", "/")):
        with visit(browser, f"{address}/no/such/page/", 360) as (page, _, answers):
            assert answers[0].status == 404
            assert page.locator("h1").inner_text().startswith("This page does not exist")
            page.locator("article a", has_text=words).click()
            assert page.url == address + there


@pytest.mark.parametrize("scripts", [True, False])
def test_an_old_address_leads_to_the_new_one(browser: Browser, site: Site, tmp_path: Path, scripts: bool) -> None:
    """With its anchor, where scripts run."""
    page = shutil.copytree(site.folder, tmp_path / "html") / "essays/old/index.html"
    page.parent.mkdir()
    page.write_text(redirect_page("https://insights.example/", "/essays/old/", "/essays/third/"), encoding="utf-8")
    with served(tmp_path / "html") as at, visit(browser, f"{at}/about/", java_script_enabled=scripts) as (opened, said, _):
        opened.goto(f"{at}/essays/old/#its-heading")
        opened.wait_for_url("**/essays/third/*")
        assert opened.url == f"{at}/essays/third/" + ("#its-heading" if scripts else "")
        assert said == []
