"""What readers can do with a page in a real browser, with any window, colour scheme and keyboard, and what it costs them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

import pytest
from audit import KINDS, REFUSED, SHIFTS, findings, visit, weight
from conftest import TODAY, Site, build, project, served
from insights.publish.compression import BETTER, small
from PIL import Image
from playwright.sync_api import Browser, expect

ESSAY = KINDS["essay"]
WINDOWS = [(width, scheme) for width in (320, 768, 1280) for scheme in ("light", "dark")]


@pytest.fixture(scope="session")
def sink(kitchen: Site) -> Iterator[str]:
    """The address of the site with an essay that holds everything."""
    with served(kitchen.folder) as at:
        yield at


#: What may go wrong between author and reader: formulas wider than a page, notes of several parts, tabs and folds on paper.
HARD = r"""---
date: 2024-10-02
category: Engineering Thinking
summary: What is wide, long or hidden.
---
# Hard Cases

So {math}`E = mc^2` stands in its line, and {math}`a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t`
scrolls in it. A note[^list], a source {cite}`two`, <https://a.example/>, the note again[^list], the source again {cite}`two`.

[^list]: It begins.

    - A first point
    - A second

    It ends.

```{math}
:label: wide
a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p + q + r + s + t + u + v + w + x + y + z
```

## Folded

::::{tab-set}
:::{tab-item} One tab
In one.
:::
:::{tab-item} Other tab
In the other.
:::
::::

:::{dropdown} A fold
In the fold.
:::

```{button-link} https://b.example/
A button
```

{bdg-primary}`badge`

```{card} A card
Its text.
```

```{topic} A topic
Its text.
```

```{sidebar} An aside
Its text, with [a link](https://c.example/).
```

```{figure} /_static/mark.svg
:alt: The mark.
A caption.
```

```python
first = "A line of code that is so long that it goes to the edge of any phone, and on"
```
"""


@pytest.fixture(scope="session")
def hard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of an essay that holds what is hard to set."""
    folder = tmp_path_factory.mktemp("hard")
    essay = project(folder / "source") / "essays/hard-cases/index.md"
    essay.parent.mkdir()
    essay.write_text(HARD, encoding="utf-8")
    built = build(folder / "source", folder / "html", options=TODAY)
    assert built.errors == []
    with served(built.folder) as at:
        yield f"{at}/essays/hard-cases/"


# What a text can contain is looked at in all windows below; the frame of a page changes with the width, or with the scheme.
@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (768, "light"), (1280, "dark")])
@pytest.mark.parametrize("kind", KINDS)
def test_a_page_is_accessible_and_loads_nothing_from_other_hosts(
    browser: Browser, address: str, kind: str, width: int, scheme: str
) -> None:
    """No finding of axe, no complaint on the console (the policy's among them), no sideways scrolling, no other host."""
    with visit(browser, address + KINDS[kind], width, scheme) as (page, said, answers):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert findings(page) == []
        assert said == []
        assert {answer.url for answer in answers if not answer.url.startswith((address, "data:"))} == set()


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_everything_a_text_can_contain_is_accessible(browser: Browser, sink: str, hard: str, width: int, scheme: str) -> None:
    for essay in (f"{sink}/essays/kitchen-sink/", hard):
        with visit(browser, essay, width, scheme) as (page, said, _):
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            assert findings(page) == []
            assert said == []


@pytest.mark.parametrize("kind", ["landing", "essay", "all essays"])
@pytest.mark.parametrize("width", [360, 1920])
def test_a_page_fits_phones_and_large_screens(browser: Browser, address: str, kind: str, width: int) -> None:
    with visit(browser, address + KINDS[kind], width) as (page, _, _):
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_does_not_shift_while_scrolling(browser: Browser, address: str, kind: str) -> None:
    with visit(browser, address + KINDS[kind], 360) as (page, _, _):
        assert page.evaluate(SHIFTS) == 0


@pytest.mark.parametrize(("kind", "most_kib"), [("landing", 22), ("essay", 20), ("all essays", 20), ("about", 20)])
def test_a_page_is_light(browser: Browser, address: str, kind: str, most_kib: int) -> None:
    """As sent with brotli to somebody who has never been here, charts apart."""
    with visit(browser, address + KINDS[kind]) as (_, _, answers):
        assert len(answers) <= 5
        text = re.sub(r"<svg viewBox.*?</svg>", "", answers[0].text(), flags=re.DOTALL)
        assert weight(answers[1:]) + len(small(text.encode(), BETTER)) <= most_kib * 1024


#: What has the focus: its tag, its text, its outline, and whether it is seen.
FOCUS = """() => (e => [e.tagName, e.textContent.trim().slice(0, 30), getComputedStyle(e).outlineStyle,
    e.getBoundingClientRect().width > 0])(document.activeElement)"""


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
            seen.append(page.evaluate(FOCUS))
        assert seen[0][1] == "Skip to content"
        assert [stop for stop in seen if stop[2] == "none" or not stop[3]] == []
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement === document.body || document.activeElement.className === 'skip'")


def test_the_skip_link_skips_the_menu(browser: Browser, address: str) -> None:
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


def test_leaving_the_menu_by_keyboard_closes_it(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 360) as (page, _, _):
        page.get_by_role("button", name="Menu").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#menu")).to_be_visible()
        for _ in range(page.locator("#menu :is(a, button, input)").count() + 1):
            page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('main') !== null")
        expect(page.locator("#menu")).to_be_hidden()


def test_a_widened_window_shows_the_menu_as_a_column(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 768) as (page, _, _):
        page.get_by_role("button", name="Menu").click()
        page.set_viewport_size({"width": 1280, "height": 800})
        expect(page.locator("#menu:popover-open")).to_have_count(0)
        box = page.locator("#menu").bounding_box()
        assert box
        assert box["x"] < 200


def test_a_phone_links_to_the_essays_without_opening_the_menu(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 320, java_script_enabled=False) as (page, _, _):
        page.get_by_role("link", name="Essays", exact=True).click()
        assert page.url == f"{address}/essays/"


def test_entries_of_menu_and_contents_are_large_enough_for_a_finger(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 360, has_touch=True) as (page, _, _):
        for name, sheet in (("Menu", "#menu"), ("Contents", "#contents")):
            page.get_by_role("button", name=name).tap()
            boxes = [link.bounding_box() for link in page.locator(f"{sheet} nav a").all() if link.is_visible()]
            assert len(boxes) > 8
            assert all(box and box["height"] >= 36 for box in boxes), name
            page.keyboard.press("Escape")


def test_choosing_a_section_closes_the_contents(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 360) as (page, _, _):
        page.get_by_role("button", name="Contents").click()
        page.locator("#contents").get_by_role("link", name="References").click()
        expect(page.locator("#contents")).to_be_hidden()
        top = page.locator("#references").bounding_box()
        assert top
        assert 40 < top["y"] < 120  # below the bar that stays


def test_the_contents_mark_the_current_section(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        assert page.locator(".contents [aria-current]").count() == 0
        page.locator("#radius-is-decided-beforehand").scroll_into_view_if_needed()
        page.evaluate("document.getElementById('radius-is-decided-beforehand').scrollIntoView()")
        expect(page.locator(".contents [aria-current]")).to_have_text("Radius is decided beforehand")
        line, edge = page.evaluate("""() => {
            const current = document.querySelector('.contents [aria-current]');
            const style = getComputedStyle(current, '::before'), left = e => e.getBoundingClientRect().left;
            const edge = left(document.getElementById('contents'));
            return [style.borderLeft.startsWith('2px solid'), left(current) + parseFloat(style.left) - edge];
        }""")
        assert line  # a colour alone is not seen by all
        assert edge >= 0


def test_the_contents_link_to_the_foot_and_mark_its_sections(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        assert page.locator(".contents ul + ul a").all_inner_texts() == page.locator(".essay-foot h2").all_inner_texts()
        for section in ("Evidence", "Related", "Cite this essay", "Linked from"):
            page.locator(".contents").get_by_role("link", name=section).click()
            expect(page.locator(".contents [aria-current]")).to_have_text(section)


def test_the_contents_of_a_low_window_scroll_to_the_current_section(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        page.set_viewport_size({"width": 1280, "height": 160})
        page.evaluate("document.getElementById('references').scrollIntoView()")
        expect(page.locator(".contents [aria-current]")).to_have_text("References")
        expect(page.locator(".contents [aria-current]")).to_be_in_viewport()
        assert page.evaluate("Math.abs(document.getElementById('references').getBoundingClientRect().top)") < 40


def test_the_menu_is_in_the_same_place_on_the_search_page(browser: Browser, address: str) -> None:
    tops = []
    for kind in ("about", "search"):
        with visit(browser, address + KINDS[kind]) as (page, _, _):
            tops.append(page.locator(".catalogue").bounding_box())
    assert tops[0]
    assert tops[0] == tops[1]


def test_the_front_page_shows_the_featured_essay_without_scrolling(browser: Browser, address: str) -> None:
    with visit(browser, address + "/") as (page, _, _):
        for part in ("h1", "h1 + p + p", ".featured a"):
            expect(page.locator(part).first).to_be_in_viewport(ratio=1)
        said, drawn = (page.locator(part).bounding_box() for part in ("h1 + p + p", ".featured figure"))
        assert said
        assert drawn
        assert abs(said["x"] - drawn["x"]) < 1


def test_a_source_is_shown_in_place_by_mouse_and_by_keyboard(browser: Browser, address: str) -> None:
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


def test_the_first_touch_shows_a_source_and_the_second_goes_to_it(browser: Browser, address: str) -> None:
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


def test_a_touch_is_recognised_when_a_click_has_no_pointer_type(browser: Browser, address: str) -> None:
    """Safari before 18.2 says nothing of the pointer with a click, only when it is pressed."""
    with visit(browser, address + ESSAY, 360, has_touch=True) as (page, _, _):
        page.locator(".bibtex-citation a").first.evaluate("""link => {
            link.dispatchEvent(new PointerEvent('pointerdown', { pointerType: 'touch', bubbles: true }));
            link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
        }""")
        expect(page.locator("#note-card")).to_be_visible()
        assert page.url == address + ESSAY


def test_a_source_is_announced_once_and_large_enough_to_touch(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 360) as (page, _, _):
        assert page.locator(".bibtex-citation [title]").count() == 0
        boxes = [link.bounding_box() for link in page.locator(".bibtex-citation a").all()]
        assert all(box and box["height"] >= 24 and box["width"] >= 16 for box in boxes)


def test_no_line_begins_with_the_number_of_a_source(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 360) as (page, _, _):
        for width in range(320, 480, 8):
            page.set_viewport_size({"width": width, "height": 800})
            torn = page.evaluate("""() => [...document.querySelectorAll('.bibtex-citation')].filter(number => {
                const range = document.createRange(), before = number.previousSibling;
                const end = before.data.trimEnd().length;
                range.setStart(before, end - 1);
                range.setEnd(before, end);
                return Math.abs(range.getBoundingClientRect().bottom - number.getBoundingClientRect().bottom) > 16;
            }).map(number => number.previousSibling.data.slice(-20))""")
            assert torn == [], width


def test_a_note_of_several_parts_is_one_column_below_a_heading(browser: Browser, hard: str) -> None:
    with visit(browser, hard) as (page, _, _):
        note = page.locator(".footnote").first
        lefts = note.evaluate("note => [...note.children].slice(1).map(part => Math.round(part.getBoundingClientRect().left))")
        assert len(set(lefts)) == 1
        assert lefts[0] > note.evaluate("note => note.firstElementChild.getBoundingClientRect().right")
        order = page.evaluate("[...document.querySelectorAll('article :is(h2, .footnote)')].map(e => e.id || e.firstChild.data)")
        assert order[-4:-1] == ["References", "Notes", "list"]
        assert page.locator("#contents").get_by_role("link", name="Notes").count() == 1


def test_a_note_mentioned_twice_links_back_to_both_mentions(browser: Browser, hard: str) -> None:
    with visit(browser, hard) as (page, _, _):
        for note in (".footnote", ".citation"):
            expect(page.locator(f"{note} .backrefs")).to_have_text("Back to mention 1, mention 2")
        page.get_by_role("link", name="mention 2").last.click()
        assert page.evaluate("document.querySelector(':target').matches('.footnote-reference')")


def test_a_source_is_a_plain_link_without_javascript(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, java_script_enabled=False) as (page, _, _):
        assert "Simple Testing" in (page.locator(".bibtex-citation a").first.get_attribute("title") or "")
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


def test_the_command_of_the_evidence_is_copied(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, permissions=["clipboard-read", "clipboard-write"]) as (page, _, _):
        page.locator("#evidence .highlight").hover()
        page.locator("#evidence").get_by_role("button", name="Copy").click()
        assert page.evaluate("navigator.clipboard.readText()") == "make evidence essay=designing-for-failure"


def test_there_is_no_copy_button_without_a_clipboard(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, said, _):
        assert page.locator(".copy").count() > 0
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
        page.reload(wait_until="networkidle")
        assert page.locator(".copy").count() == 0
        assert said == []


def test_touch_shows_links_to_headings_and_no_button_covers_code(browser: Browser, hard: str) -> None:
    with visit(browser, hard, 360, has_touch=True, is_mobile=True) as (page, _, _):
        assert page.evaluate("getComputedStyle(document.querySelector('h2 .headerlink')).opacity") == "1"
        covered = page.evaluate("""() => [...document.querySelectorAll('.copy')].filter(button => {
            const range = document.createRange();
            range.selectNodeContents(button.parentElement.querySelector('pre'));
            return button.getBoundingClientRect().bottom > range.getClientRects()[0].top + 2;
        }).length""")
        assert page.locator(".copy").count() == 2
        assert covered == 0
        assert findings(page) == []


def test_a_page_can_be_zoomed_to_400_per_cent(browser: Browser, address: str) -> None:
    """1280 pixels at 400 per cent are 320: nothing is lost but what may scroll by itself (WCAG 1.4.10)."""
    with visit(browser, address + ESSAY, 320) as (page, _, _):
        cut = page.evaluate("""() => [...document.querySelectorAll('article :is(p, h1, h2, h3, li, dt, dd, figcaption)')]
            .filter(e => e.checkVisibility() && !e.closest('.table-wrapper, pre, .math'))
            .filter(e => e.getBoundingClientRect().right > innerWidth + 1).map(e => e.textContent.slice(0, 40))""")
        assert cut == []


def test_nothing_moves_with_reduced_motion(browser: Browser, address: str) -> None:
    with visit(browser, address + "/", reduced_motion="reduce") as (page, _, _):
        moving = "[...document.querySelectorAll('*')].filter(e => getComputedStyle(e).transitionDuration !== '0s')"
        assert page.evaluate(f"{moving}.map(e => e.className)") == []


def test_the_scheme_is_set_before_the_first_paint(browser: Browser, address: str) -> None:
    with visit(
        browser,
        address + ESSAY,
        storage_state={"cookies": [], "origins": [{"origin": address, "localStorage": [{"name": "theme", "value": "dark"}]}]},
    ) as (page, _, _):
        assert page.evaluate("document.documentElement.dataset.theme") == "dark"
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(23, 23, 26)"


def test_the_theme_colour_of_the_browser_follows_the_scheme(browser: Browser, address: str) -> None:
    shown = "[...document.querySelectorAll('meta[name=theme-color]')].find(meta => matchMedia(meta.media).matches).content"
    with visit(browser, address + ESSAY, scheme="light") as (page, said, _):
        assert page.evaluate(shown) == "#fdfcfa"
        page.locator(".sidebar .theme-toggle").click()
        assert page.evaluate(shown) == "#17171a"
        page.reload()
        assert page.evaluate(shown) == "#17171a"
        page.locator(".sidebar .theme-toggle").click()
        assert page.evaluate(shown) == "#fdfcfa"
        page.locator(".sidebar .theme-toggle").click()  # back to the scheme of the machine
        page.emulate_media(color_scheme="dark")
        assert page.evaluate(shown) == "#17171a"
        assert said == []


def test_forced_colours_apply_to_charts(browser: Browser, address: str) -> None:
    """Whatever was chosen here before."""
    dark = {"cookies": [], "origins": [{"origin": address, "localStorage": [{"name": "theme", "value": "dark"}]}]}
    with visit(browser, address + ESSAY, scheme="light", forced_colors="active", storage_state=dark) as (page, _, _):
        paper, *inks = page.evaluate("""() => [
            getComputedStyle(document.body).backgroundColor,
            ...[...document.querySelectorAll('.panel text')].map(text => getComputedStyle(text).fill)]""")
        assert paper == "rgb(255, 255, 255)"
        assert inks
        assert all(sum(map(int, re.findall(r"\d+", ink)[:3])) < 3 * 130 for ink in inks), inks
        assert not page.locator(".sidebar .theme-toggle").is_visible()


def test_more_contrast_is_given_on_request(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        colours = "['.standfirst', 'body'].map(name => getComputedStyle(document.querySelector(name)).color)"
        assert len(set(page.evaluate(colours))) == 2
        page.emulate_media(contrast="more")
        assert len(set(page.evaluate(colours))) == 1


@pytest.mark.parametrize("kind", ["landing", "essay"])
def test_no_line_of_facts_starts_or_ends_with_a_dot(browser: Browser, address: str, kind: str) -> None:
    """A line breaks before a dot, which then hangs in the margin, where nothing is to be seen."""
    with visit(browser, address + KINDS[kind]) as (page, _, _):
        broken = 0
        for width in (240, 280, 320, 360):
            page.set_viewport_size({"width": width, "height": 800})
            picture = Image.open(io.BytesIO(page.screenshot(full_page=True))).convert("L")
            for facts in page.locator(":is(.essay-head .facts, .card-facts)").all():
                top, bottom, first, *rest = facts.evaluate("""facts => {
                    const box = facts.getBoundingClientRect();
                    const lefts = [...facts.children].map(fact => fact.getBoundingClientRect().left);
                    return [box.top + scrollY, box.bottom + scrollY, ...lefts];
                }""")
                broken += sum(left < first for left in rest)
                assert not any(first - 4 < left < first + 20 for left in rest), width
                darkest, brightest = picture.crop((int(first) - 12, int(top), int(first) - 1, int(bottom))).getextrema()
                assert darkest == brightest, width
        assert broken > 0


def test_dates_do_not_break_across_lines(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 320) as (page, _, _):
        assert page.locator("time").all_inner_texts() == ["28 April 2026", "28 April 2026"]
        for width in range(320, 720, 20):
            page.set_viewport_size({"width": width, "height": 800})
            lines = page.evaluate("[...document.querySelectorAll('article time')].map(time => time.getClientRects().length)")
            assert set(lines) == {1}, width


def test_the_navigation_of_the_front_page_is_one_line_on_a_phone(browser: Browser, address: str) -> None:
    with visit(browser, address + "/", 320) as (page, _, _):
        tops = page.evaluate("[...document.querySelectorAll('.landing-bar li')].map(li => li.getBoundingClientRect().top)")
        assert len(tops) == 4
        assert len(set(tops)) == 1


def test_computed_and_typed_numbers_have_the_same_figures(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY) as (page, _, _):
        kinds = "['.result', 'article > div > p'].map(name => getComputedStyle(document.querySelector(name)).fontVariantNumeric)"
        assert page.evaluate(kinds) == ["lining-nums", "lining-nums"]


def test_an_aside_is_set_off_from_the_text_and_not_styled_as_a_menu(browser: Browser, hard: str) -> None:
    with visit(browser, hard) as (page, _, _):
        style = "name => getComputedStyle(document.querySelector(name))"
        assert page.evaluate(f"({style})('article .sidebar').backgroundColor") == "rgb(245, 242, 237)"
        assert page.evaluate(f"({style})('article .sidebar a').textDecorationLine") == "underline"


def test_a_fold_is_as_wide_as_its_box_and_labels_use_the_interface_font(browser: Browser, hard: str) -> None:
    with visit(browser, hard) as (page, _, _):
        widths = page.evaluate("['.sd-dropdown', '.sd-dropdown summary'].map(s => document.querySelector(s).offsetWidth)")
        assert widths[1] >= widths[0] - 2
        for label in (".sd-tab-label", ".sd-summary-title", ".sd-badge", ".copy"):
            font = page.evaluate("name => getComputedStyle(document.querySelector(name)).fontFamily", label)
            assert font.startswith("system-ui"), label
        for moving in (".sd-btn", ".sd-tab-label"):
            assert page.evaluate("name => getComputedStyle(document.querySelector(name)).transitionDuration", moving) == "0s"


def test_print_has_the_essay_and_nothing_around_it(browser: Browser, address: str) -> None:
    with visit(browser, address + ESSAY, 1280, "dark") as (page, _, _):
        page.emulate_media(media="print", color_scheme="dark")
        for chrome in (".bar", ".sidebar", ".contents", ".neighbours", ".site-footer", ".skip", ".headerlink"):
            assert not any(element.is_visible() for element in page.locator(chrome).all()), chrome
        assert page.get_by_text("insights.example/essays/designing-for-failure/").first.is_visible()
        assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
        wide = page.evaluate("""[...document.querySelectorAll('pre, .table-wrapper, .math')]
            .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1).length""")
        assert wide == 0
        after = page.evaluate("getComputedStyle(document.querySelector('.citation a[href*=\"usenix\"]'), '::after').content")
        assert "https://www.usenix.org" in after
        sizes = page.evaluate("""['article > div p', 'figcaption', '.essay-foot p']
            .map(name => parseFloat(getComputedStyle(document.querySelector(name)).fontSize))""")
        assert sizes[0] > max(sizes[1:])


def test_print_shows_what_a_screen_hides_and_cuts_nothing(browser: Browser, hard: str) -> None:
    with visit(browser, hard) as (page, _, _):
        expect(page.get_by_text("In the other.")).to_be_hidden()
        page.emulate_media(media="print")
        for text in ("In one.", "In the other.", "In the fold."):
            box = page.get_by_text(text).bounding_box()
            assert box, text
            assert box["height"] > 10, text
        for name in (".math", ".formula"):
            assert page.evaluate("name => getComputedStyle(document.querySelector(name)).overflowX", name) == "visible"
        assert page.evaluate("getComputedStyle(document.querySelector('.sd-card:not(.sd-dropdown)')).breakInside") == "avoid"
        expect(page.locator(".backrefs").first).to_be_hidden()
        assert page.evaluate("getComputedStyle(document.querySelector('a[href*=\"a.example\"]'), '::after').content") == "none"
        for name in (".sd-btn", ".sd-badge"):
            colour = page.evaluate("name => getComputedStyle(document.querySelector(name)).color", name)
            assert colour == "rgb(28, 26, 23)", name


def test_print_keeps_cards_whole(browser: Browser, address: str) -> None:
    with visit(browser, address + "/") as (page, _, _):
        page.emulate_media(media="print")
        cards = "[...document.querySelectorAll('.essay-card')].map(card => getComputedStyle(card).breakInside)"
        assert set(page.evaluate(cards)) == {"avoid"}


def test_a_formula_is_mathml_and_no_wider_than_the_page(browser: Browser, sink: str) -> None:
    with visit(browser, f"{sink}/essays/kitchen-sink/", 320) as (page, _, _):
        assert page.locator("math").count() == 6
        assert all(box["width"] <= 320 for formula in page.locator(".math").all() if (box := formula.bounding_box()))


@pytest.mark.parametrize("width", [320, 1280])
def test_a_wide_inline_formula_scrolls_and_stays_on_the_baseline(browser: Browser, hard: str, width: int) -> None:
    with visit(browser, hard, width) as (page, _, _):
        short, long = page.locator(".formula").all()
        assert short.evaluate("e => e.tabIndex") == -1
        assert long.evaluate("e => [e.tabIndex, e.scrollWidth > e.clientWidth]") == [0, True]
        shifted = short.evaluate("""formula => {
            const math = formula.firstChild, top = math.getBoundingClientRect().top;
            formula.style.display = 'inline';
            return math.getBoundingClientRect().top - top;
        }""")
        assert abs(shifted) < 1


def test_the_content_policy_of_a_page_is_enforced(browser: Browser, address: str) -> None:
    """A script that somebody slips into a page does not run."""
    with visit(browser, address + ESSAY) as (page, said, _):
        page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.pwned = 1\">')")
        page.wait_for_timeout(100)
        assert page.evaluate("window.pwned") is None
        assert any(REFUSED in message for message in said)
