"""Searching in a browser: what readers find, where it leads them, and what it costs them."""

from __future__ import annotations

import json
import random
import re
import shutil
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from audit import KINDS, visit, weight
from conftest import ROOT, Site, served
from insights.search.documents import Document, Passage
from insights.search.index import term_files, term_weights, terms
from playwright.sync_api import Browser, Page, expect


def test_a_browser_makes_the_same_terms_as_the_index(browser: Browser, address: str, publication: Site) -> None:
    """For the cases of the unit tests, every word of the publication, every character, and ten thousand made-up words."""
    cases = json.loads((ROOT / "tests/fixtures/search-terms.json").read_text(encoding="utf-8"))
    written = {word for _, page in publication.pages() for word in page.get_text(" ").split()}
    characters = [chr(n) for n in range(sys.maxunicode + 1) if unicodedata.category(chr(n)) not in {"Cn", "Cs", "Co"}]
    chance = random.Random(1)
    ends = [
        "s", "es", "ies", "ed", "eed", "ing", "y", "ness", "ational", "ization", "iviti", "fulness", "ement", "ion", "e", "l",
        "’s",
    ]  # fmt: skip
    made = ["".join(chance.choices("aeioulstyrndwx", k=chance.randint(1, 7))) + chance.choice(ends) for _ in range(10_000)]
    mixed = ["".join(chance.choices(characters, k=20)) for _ in range(2000)]
    singly = [f"a{c}b1{c}2" for c in characters[:3000]]
    texts = [*cases, *sorted(written), *map("".join, batches(characters, 100)), *singly, *made, *mixed]
    with visit(browser, f"{address}/search/") as (page, said, _):
        search = "import(document.querySelector('script[src*=\"search.js\"]').src)"
        found = page.evaluate(f"texts => {search}.then(search => texts.map(search.terms))", texts)
        assert said == []
    assert len(found) == len(texts) > 15_000
    assert [(text, terms(text), theirs) for text, theirs in zip(texts, found, strict=True) if terms(text) != theirs] == []


def batches(items: list[str], size: int) -> Iterator[list[str]]:
    return (items[start : start + size] for start in range(0, len(items), size))


@pytest.fixture(scope="module")
def small(site: Site) -> Iterator[str]:
    """The address of the fixture site."""
    with served(site.folder) as at:
        yield at


def hits(page: Page) -> Any:
    return page.locator("#hits li")


@pytest.mark.parametrize(
    "words", ["second evidence", "redundancy system", "Growths", "MIRROR", "3 February 2026", "1234", "anothe"]
)
def test_an_essay_is_found_by_title_tag_text_date_and_number(browser: Browser, small: str, words: str) -> None:
    with visit(browser, f"{small}/search/") as (page, said, _):
        page.keyboard.type(words)  # the box has the focus
        found = hits(page).filter(has=page.locator(".name", has_text="The Second Essay: Evidence & More"))
        expect(found).to_contain_text("System Design · February 2026")
        assert said == []


def test_a_result_names_the_tag_that_matched(browser: Browser, small: str) -> None:
    with visit(browser, f"{small}/search/?q=latencies") as (page, _, _):
        expect(hits(page).first.locator(".facts")).to_have_text("Infrastructure · June 2026 · latency")
        expect(hits(page).first.locator(".facts mark")).to_have_text("latency")
        page.locator("#search input").fill("mirror")
        expect(hits(page)).to_have_count(1)
        expect(hits(page).locator(".facts")).to_have_text("System Design · February 2026")


def test_a_result_shows_the_heading_and_passage_that_matched_and_links_there(browser: Browser, small: str) -> None:
    with visit(browser, f"{small}/search/?q=citing") as (page, said, _):
        essay = hits(page).filter(has=page.locator(".name", has_text="The First Essay"))
        expect(essay.locator(".passage")).to_contain_text("Nothing is cited here.")
        expect(essay.locator("mark")).to_have_text("cited")
        essay.get_by_role("link", name="A heading").click()
        page.wait_for_url("**/essays/first/#a-heading")
        assert page.locator("#a-heading").count() == 1
        assert said == []


def test_a_term_of_the_glossary_is_found_as_itself(browser: Browser, small: str) -> None:
    with visit(browser, f"{small}/search/?q=terms") as (page, _, _):
        first = hits(page).first
        expect(first.locator(".facts")).to_have_text("Glossary")
        expect(first.locator(".passage")).to_have_text("What a term means.")
        first.get_by_role("link", name="Term").click()
        page.wait_for_url("**/glossary/#term-Term")
        assert page.locator("#term-Term").is_visible()


@pytest.mark.parametrize(
    ("words", "said"),
    {
        "zymurgy": "No page has “zymurgy”.",
        "данные Zymurgy": "No page has “данные” or “zymurgy”.",
        "the": "“the” is in nearly every text; add another word.",
        "The of": "“the” and “of” are in nearly every text; add another word.",
        "?!": "Type a word or a number.",
        "mirrored": "1 result has “mirrored”.",
        "the mirrors, growing": "1 result has “mirrors” and words like “growing”.",
        "mirror zymurgy": "No page has all of “mirror” and “zymurgy”; 1 result has one of them.",
        "mirrorball": "1 result has words like “mirrorball”.",
        "<img src=x>": "No page has “img”, “src” or “x”.",
        "term": "2 results have “term”.",
    }.items(),
)
def test_the_summary_of_the_results_is_correct(browser: Browser, small: str, words: str, said: str) -> None:
    with visit(browser, f"{small}/search/") as (page, complaints, _):
        page.keyboard.type(words)
        expect(page.locator("#found")).to_have_text(said)
        assert page.locator("#found *").count() == 0  # what a reader types is text and no markup
        assert complaints == []


def test_a_reader_is_told_when_the_index_cannot_be_loaded(browser: Browser, small: str) -> None:
    with visit(browser, f"{small}/search/") as (page, _, _):
        page.context.set_offline(True)
        page.keyboard.type("essay")
        expect(page.locator("#found")).to_have_text("The index could not be loaded. Is there a connection? Type to try again.")
        page.context.set_offline(False)
        page.keyboard.type("s")
        expect(hits(page).first).to_be_visible()


@pytest.mark.parametrize(("kind", "width"), [("essay", 1280), ("essay", 360), ("landing", 1280)])
def test_a_slash_opens_the_search_from_anywhere(browser: Browser, address: str, kind: str, width: int) -> None:
    with visit(browser, address + KINDS[kind], width) as (page, _, _):
        page.keyboard.press("/")
        expect(page.locator("input[type=search]:focus")).to_have_count(1)
        page.keyboard.type("copysets")
        page.keyboard.press("Enter")
        expect(hits(page).first).to_be_visible()


def test_results_open_by_keyboard_and_are_restored_on_the_way_back(browser: Browser, small: str) -> None:
    with visit(browser, f"{small}/search/") as (page, _, _):
        page.keyboard.type("mirror")
        expect(hits(page)).to_have_count(1)
        page.keyboard.press("ArrowDown")  # its title
        page.keyboard.press("ArrowDown")  # the heading that the word stands under
        page.keyboard.press("Enter")
        page.wait_for_url("**/essays/second/#two-charts")
        page.go_back()
        expect(page.locator("#search input")).to_have_value("mirror")
        expect(hits(page)).to_have_count(1)
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowUp")
        assert page.evaluate("document.activeElement.type") == "search"


def test_without_javascript_the_search_page_says_where_else_to_look(browser: Browser, small: str) -> None:
    with visit(browser, f"{small}/search/?q=mirror", java_script_enabled=False) as (page, _, _):
        expect(page.get_by_text("Searching needs JavaScript")).to_be_visible()
        expect(page.locator("#search")).to_be_hidden()
        page.locator("article").get_by_role("link", name="glossary").click()
        assert page.url == f"{small}/glossary/"


@pytest.fixture(scope="module")
def thousand(publication: Site, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site with a thousand essays in its index, of words as frequent as in our own."""
    folder = tmp_path_factory.mktemp("thousand") / "html"
    shutil.copytree(publication.folder, folder)
    texts = [text for *_, sections in publication.search_documents() for _, _, found in sections for text in found]
    words = " ".join(texts).split()
    chance = random.Random(1)

    def made(number: int) -> Document:
        said = [" ".join(chance.choices(words, k=75)) for _ in range(16)]
        headings = [" ".join(chance.choices(words, k=4)) for _ in range(6)]
        passages = [Passage(f"part-{n // 3}", headings[n // 3], text) for n, text in enumerate(said)]
        title, summary = (" ".join(chance.choices(words, k=k)) for k in (7, 18))
        found = term_weights(title, ["System Design", "latency"], [*headings, summary], " ".join(said))
        return Document(title, f"essays/essay-{number}/", "System Design · April 2026", ("latency",), summary, passages, found)

    write(folder / "search", [made(number) for number in range(1000)])
    with served(folder) as at:
        yield at


def write(folder: Path, documents: list[Document]) -> None:
    """Write an index as a build does, and name its files in the page that reads them."""
    for name in ("terms", "documents"):
        shutil.rmtree(folder / name)
        (folder / name).mkdir()
    index = term_files(document.terms for document in documents)
    for name, group in index.items():
        (folder / f"terms/{name}.json").write_text(json.dumps(group, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
    for number, document in enumerate(documents):
        (folder / f"documents/{number}.json").write_text(json.dumps(document.shown(), ensure_ascii=False), encoding="utf-8")
    page = (folder / "index.html").read_text(encoding="utf-8")
    page = re.sub(r'data-keys="[^"]*"', f'data-keys="{" ".join(index)}"', page)
    (folder / "index.html").write_text(page, encoding="utf-8")


@pytest.mark.parametrize("words", ["failure", "s", "retry budget", "a system under load", "99.9", "replicax", "zymurgy"])
def test_first_results_among_a_thousand_essays_weigh_less_than_an_image(browser: Browser, thousand: str, words: str) -> None:
    """100 KiB with the page itself, cold, compressed."""
    with visit(browser, f"{thousand}/search/?q={words}") as (page, said, answers):
        expect(page.locator("#found")).not_to_be_empty()
        page.wait_for_load_state("networkidle")
        assert weight(answers) < 100 * 1024
        assert said == []


def test_a_long_list_of_results_is_shown_in_steps(browser: Browser, thousand: str) -> None:
    with visit(browser, f"{thousand}/search/?q=failure") as (page, _, _):
        expect(hits(page)).to_have_count(10)
        page.get_by_role("button", name=re.compile(r"Show 10 more of \d\d\d$")).click()
        expect(hits(page)).to_have_count(20)
        assert page.evaluate("document.activeElement === document.querySelector('#hits li:nth-child(11) a')")
        page.locator("#search input").fill("zymurgy")
        expect(hits(page)).to_have_count(0)
        expect(page.locator("#more")).to_be_hidden()
