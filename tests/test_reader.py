"""What a reader can do with a page in a real browser, whatever her window, her scheme and her keyboard; and what it costs her."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from audit import KINDS, REFUSED, SHIFTS, findings, visit, weight
from conftest import Site, served
from playwright.sync_api import Browser, expect

ESSAY = KINDS["essay"]
WINDOWS = [(width, scheme) for width in (320, 768, 1280) for scheme in ("light", "dark")]


@pytest.fixture(scope="session")
def sink(kitchen: Site) -> Iterator[str]:
    """The address of the site with an essay that holds everything."""
    with served(kitchen.folder) as at:
        yield at


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_shuts_nobody_out_and_asks_nobody_else_for_anything(
    browser: Browser, address: str, kind: str, width: int, scheme: str
) -> None:
    """No finding of axe, no complaint on the console (the policy's among them), no sideways scrolling, no other host."""
    with visit(browser, address + KINDS[kind], width, scheme) as (page, said, answers):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert findings(page) == []
        assert said == []
        assert {answer.url for answer in answers if not answer.url.startswith((address, "data:"))} == set()


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_nothing_that_an_author_may_write_breaks_that(browser: Browser, sink: str, width: int, scheme: str) -> None:
    with visit(browser, f"{sink}/essays/kitchen-sink/", width, scheme) as (page, said, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert findings(page) == []
        assert said == []


@pytest.mark.parametrize("kind", ["landing", "essay", "all essays"])
@pytest.mark.parametrize("width", [360, 1920])
def test_a_page_fits_windows_of_phones_and_of_large_desks(browser: Browser, address: str, kind: str, width: int) -> None:
    with visit(browser, address + KINDS[kind], width) as (page, _, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_does_not_move_while_it_is_read(browser: Browser, address: str, kind: str) -> None:
    with visit(browser, address + KINDS[kind], 360) as (page, _, _):
        assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize(("kind", "most_kib"), [("landing", 22), ("essay", 20), ("all essays", 20), ("about", 20)])
def test_a_page_is_light(browser: Browser, address: str, kind: str, most_kib: int) -> None:
    """As sent with brotli to somebody who has never been here, charts apart."""
    with visit(browser, address + KINDS[kind]) as (page, _, answers):
        assert len(answers) <= 5
        charts = page.evaluate("[...document.querySelectorAll('.panels')].map(panels => panels.innerHTML)")
        assert weight(answers) - sum(len(chart) for chart in charts) / 8 <= most_kib * 1024


# -- By keyboard ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["landing", "essay"])
def test_a_keyboard_reaches_everything_and_shows_where_it_is(browser: Browser, address: str, kind: str) -> None:
    with visit(browser, address + KINDS[kind]) as (page, _, _):
        reachable = page.evaluate(
            "[...document.querySelectorAll('a[href], button, input, summary, [tabindex=\"0\"]')]"
            ".filter(e => e.checkVisibility() && e.tabIndex >= 0 && !e.closest('[hidden]')).length"
        )
        seen = []
        for _ in range(reachable):
            page.keyboard.press("Tab")
            seen.append(
                page.evaluate(
                    "(e => [e.tagName, e.textContent.trim().slice(0, 30), getComputedStyle(e).outlineStyle, e.getBoundingClientRect().width > 0])(document.activeElement)"
                )
            )
        assert seen[0][1] == "Skip to content"
        assert [stop for stop in seen if stop[2] == "none" or not stop[3]] == []
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || document.activeElement.className === 'skip'")


def test_the_skip_link_leads_past_the_menu(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")


@pytest.mark.parametrize(("button", "sheet", "link"), [("Menu", "#menu", "Glossary"), ("Contents", "#contents", "References")])
def test_menu_and_contents_open_and_close_by_keyboard_without_javascript(
    browser: Browser, address: str, button: str, sheet: str, link: str
) -> None:
    with visit(browser, address + ESSAY, 360, java_script_enabled=False) as (page, _, _):
        expect(page.locator(sheet)).to_be_hidden()
        page.get_by_role("button", name=button).focus()
        page.keyboard.press("Enter")
        expect(page.locator(sheet).get_by_role("link", name=link)).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.locator(sheet)).to_be_hidden()


def test_the_essays_are_one_step_away_on_a_phone_without_opening_anything(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 320, java_script_enabled=False) as (page, _, _):
        page.get_by_role("link", name="Essays", exact=True).click()
        assert page.url == f"{address}/essays/"


def test_a_chosen_section_closes_the_contents(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 360) as (page, _, _):
        page.get_by_role("button", name="Contents").click()
        page.locator("#contents").get_by_role("link", name="References").click()
        expect(page.locator("#contents")).to_be_hidden()
        top = page.locator("#references").bounding_box()
        assert top
        assert 40 < top["y"] < 120  # below the bar that stays


def test_the_contents_follow_the_reading(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        assert page.locator(".contents [aria-current]").count() == 0
        page.locator("#what-copies-share").scroll_into_view_if_needed()
        page.evaluate("document.getElementById('what-copies-share').scrollIntoView()")
        expect(page.locator(".contents [aria-current]")).to_have_text("What copies share")


# -- Notes ----------------------------------------------------------------------------------------------------------------------


def test_a_source_is_read_in_its_place_by_mouse_and_by_keyboard(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        number, card = page.locator(".bibtex-citation a").first, page.locator("#note-card")
        number.hover()
        expect(card).to_contain_text("Simple Testing Can Prevent")
        page.mouse.move(0, 0)
        expect(card).to_be_hidden()
        page.get_by_role("link", name="System Design").nth(1).focus()
        while not number.evaluate("link => link === document.activeElement"):
            page.keyboard.press("Tab")
        expect(card).to_be_visible()
        assert number.get_attribute("aria-describedby") == "note-card"
        page.keyboard.press("Escape")
        expect(card).to_be_hidden()


def test_a_first_touch_shows_a_source_and_a_second_goes_there(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 360, has_touch=True) as (page, _, _):
        number, card = page.locator(".bibtex-citation a").first, page.locator("#note-card")
        number.tap()
        expect(card).to_be_visible()
        assert page.url == address + ESSAY
        box = card.bounding_box()
        assert box
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        number.tap()
        assert page.url.endswith("#reference-yuan2014simple")


def test_a_source_is_a_plain_link_without_javascript(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, java_script_enabled=False) as (page, _, _):
        page.locator(".bibtex-citation a").first.click()
        assert page.url.endswith("#reference-yuan2014simple")


def test_code_is_copied_without_its_prompts_and_line_numbers(browser: Browser, sink: str) -> None:
    permissions = ["clipboard-read", "clipboard-write"]
    with visit(browser, f"{sink}/essays/kitchen-sink/", permissions=permissions) as (page, _, _):
        block = page.locator(".highlight", has_text="echo one")
        block.hover()
        block.get_by_role("button", name="Copy").click()
        expect(block.get_by_role("button")).to_have_text("Copied")
        assert page.evaluate("navigator.clipboard.readText()") == "echo one\necho two\n"


# -- Search ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["prevent failure", "blast-radius", "Replicas", "copysets", "SHARDING"])
def test_an_essay_is_found_by_title_tag_term_and_text(browser: Browser, address: str, words: str) -> None:
    with visit(browser, f"{address}/search/") as (page, said, _):
        page.keyboard.type(words)  # the box has the focus
        hit = page.locator("#hits li", has_text="Designing for Failure")
        expect(hit).to_contain_text("System Design · April 2026")
        assert said == []
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url("**/essays/**")


def test_words_that_are_nowhere_are_said_to_be(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/search/?q=zymurgy") as (page, _, _):
        expect(page.locator("#found")).to_have_text("No page has “zymurgy”.")


def test_what_a_reader_types_is_text_and_no_markup(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/search/?q=%3Cimg+src%3Dx%3E") as (page, said, _):
        expect(page.locator("#found")).to_contain_text("<img src=x>")
        assert page.locator("#found img").count() == 0
        assert said == []


@pytest.mark.parametrize(("kind", "width"), [("essay", 1280), ("essay", 360), ("landing", 1280)])
def test_a_slash_leads_to_the_search_from_anywhere(browser: Browser, address: str, kind: str, width: int) -> None:
    with visit(browser, address + KINDS[kind], width) as (page, _, _):
        page.keyboard.press("/")
        page.wait_for_function("document.activeElement.type === 'search'")
        page.keyboard.type("copysets")
        page.keyboard.press("Enter")
        expect(page.locator("#hits li").first).to_be_visible()


def test_without_javascript_the_search_says_where_else_to_look(browser: Browser, address: str) -> None:
    with visit(browser, f"{address}/search/", java_script_enabled=False) as (page, _, _):
        expect(page.get_by_text("Searching needs JavaScript")).to_be_visible()


# -- Comfort --------------------------------------------------------------------------------------------------------------------


def test_the_page_can_be_enlarged_fourfold_on_a_small_desk(browser: Browser, address: str) -> None:
    """1280 pixels at 400 per cent are 320: nothing is lost but what may scroll by itself (WCAG 1.4.10)."""
    with visit(browser, address + ESSAY, 320) as (page, _, _):
        cut = page.evaluate("""() => [...document.querySelectorAll('article :is(p, h1, h2, h3, li, dt, dd, figcaption)')]
            .filter(e => e.checkVisibility() && !e.closest('.table-wrapper, pre, .math'))
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent.slice(0, 40))""")
        assert cut == []


def test_nothing_moves_for_those_who_asked_for_that(browser: Browser, address: str) -> None:
    with visit(browser, address + "/", reduced_motion="reduce") as (page, _, _):
        moving = page.evaluate(
            "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s').map(e => e.className)"
        )
        assert moving == []


def test_the_scheme_is_there_before_anything_is_drawn(browser: Browser, address: str) -> None:
    with visit(
        browser,
        address + ESSAY,
        storage_state={"cookies": [], "origins": [{"origin": address, "localStorage": [{"name": "theme", "value": "dark"}]}]},
    ) as (page, _, _):
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 23, 26)"


def test_paper_gets_the_essay_and_nothing_around_it(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 1280, "dark") as (page, _, _):
        page.emulate_media(media="print", color_scheme="dark")
        for chrome in (".bar", ".sidebar", ".contents", ".neighbours", ".site-footer", ".skip", ".headerlink"):
            assert not any(element.is_visible() for element in page.locator(chrome).all()), chrome
        assert page.get_by_text("insights.example/essays/designing-for-failure/").first.is_visible()
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
        wide = page.evaluate(
            "[...document.querySelectorAll('pre, .table-wrapper, .math')].filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).length"
        )
        assert wide == 0
        after = page.evaluate("getComputedStyle(document.querySelector('.citation a[href*=\"usenix\"]'), '::after').content")
        assert "https://www.usenix.org" in after


def test_a_formula_is_mathml_and_no_wider_than_the_page(browser: Browser, sink: str) -> None:
    with visit(browser, f"{sink}/essays/kitchen-sink/", 320) as (page, _, _):
        assert page.locator("math").count() == 2
        assert all(box["width"] <= 320 for formula in page.locator(".math").all() if (box := formula.bounding_box()))


def test_pictures_come_when_they_are_about_to_be_seen_and_have_their_place_kept(kitchen: Site) -> None:
    for address, page in kitchen.pages():
        for image in page.find_all("img"):
            assert image.get("alt") is not None, address
            assert int(image["width"]) > 0
            assert int(image["height"]) > 0
            assert image["loading"] == "lazy"


def test_the_policy_of_the_page_is_in_force(browser: Browser, address: str) -> None:
    """A script that somebody slips into a page does not run."""
    with visit(browser, address + ESSAY) as (page, said, _):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 1\">')")
        page.wait_for_timeout(100)
        assert page.evaluate("window.pwned") is None
        assert any(REFUSED in message for message in said)
