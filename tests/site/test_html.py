"""Pages are valid HTML, for the publication and for everything an author can write."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from bs4 import BeautifulSoup
from conftest import Site
from tinyhtml5.parser import HTMLParser

#: Attributes that name other elements of the page by their ids.
REFERENCES = ("aria-labelledby", "aria-describedby", "aria-controls", "for", "popovertarget")
#: What may not stand in a link or a button.
INTERACTIVE = ["a", "button", "input", "select", "textarea", "details", "label"]


def soup(html: str) -> Any:
    """The elements of a page. Untyped: what a test finds in it, it asserts."""
    return BeautifulSoup(html, "lxml")


@pytest.fixture(scope="session", params=["publication", "kitchen"])
def pages(request: pytest.FixtureRequest) -> dict[str, str]:
    """Every page of a site by its path."""
    built: Site = request.getfixturevalue(request.param)
    return {path: content.decode() for path, content in built.files().items() if path.endswith(".html")}


def test_every_page_is_valid_html(pages: dict[str, str]) -> None:
    for path, html in pages.items():
        parser = HTMLParser()
        parser.parse(html)
        assert parser.errors == [], path


def test_ids_are_unique_and_every_reference_has_its_target(pages: dict[str, str]) -> None:
    for path, html in pages.items():
        page = soup(html)
        ids = Counter(tag["id"] for tag in page.find_all(id=True))
        assert [name for name, count in ids.items() if count > 1] == [], path
        named = {name for key in REFERENCES for tag in page.find_all(attrs={key: True}) for name in tag[key].split()}
        named |= {
            link["href"][1:] for link in page.find_all("a", href=True) if link["href"].startswith("#") and len(link["href"]) > 1
        }
        assert named - set(ids) == set(), path


def test_headings_descend_one_level_at_a_time_from_one_title(pages: dict[str, str]) -> None:
    for path, html in pages.items():
        levels = [int(heading.name[1]) for heading in soup(html).find_all(["h1", "h2", "h3", "h4", "h5", "h6"])]
        assert levels[0] == 1, path
        assert levels.count(1) == 1, path
        assert all(below <= above + 1 for above, below in pairwise(levels)), (path, levels)


def test_no_link_or_button_contains_another(pages: dict[str, str]) -> None:
    for path, html in pages.items():
        for outer in soup(html).find_all(["a", "button"]):
            assert outer.find(INTERACTIVE) is None, (path, str(outer)[:100])


def test_every_control_has_a_name(pages: dict[str, str]) -> None:
    for path, html in pages.items():
        for control in soup(html).find_all(["a", "button"]):
            pictures = "".join(image.get("alt", "") for image in control.find_all("img"))
            assert control.get("aria-label") or control.get_text(strip=True) or pictures, (path, str(control)[:100])


HEAD = "---\ndate: 2026-01-01\ncategory: Infrastructure\nsummary: S.\n---\n# A\n\n"


def test_an_image_that_no_page_can_show_is_an_error(broken: Callable[[dict[str, str]], Site]) -> None:
    errors = broken({"essays/a/index.md": f"{HEAD}![A](https://a.example/a.png)\n"}).errors
    said = "a picture on another host: https://a.example/a.png; put a copy next to the text"
    assert any(error.startswith("essays/a/index.md:8: ERROR: " + said) for error in errors), errors
