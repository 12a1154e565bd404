"""What was published once can be found for ever, or the build says what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Site, build, project
from insights import permalinks
from insights.__main__ import accept

NOW = {"/", "/essays/new/", "/essays/new/#a-heading", "tag:essays.example.org,2026:essays/new", "tag:mine.net,2026:essays/new"}
OPTIONS = ("-D", "insights_today=2026-06-01", "-D", "insights_tag_authority=essays.org,2026")


def said(ledger: str, redirects: dict[str, str] | None = None) -> list[tuple[int, str]]:
    return [tuple(problem) for problem in permalinks.broken(permalinks.read(ledger), NOW, redirects or {})]  # type: ignore[misc]


def test_what_is_still_there_is_no_problem() -> None:
    assert said("# A note\n/\n/essays/new/\n/essays/new/#a-heading\ntag:mine.net,2026:essays/new\n") == []


def test_an_address_that_is_gone_is_answered_with_the_redirect_that_mends_it() -> None:
    (problem,) = said("/\n/essays/old/\n/essays/old/#its-heading\n")
    assert problem == (
        2,
        "/essays/old/ was published, and is gone; bring it back, or say in conf.py where it is now: "
        'insights_redirects = {"/essays/old/": "/…/"}',
    )
    assert said("/essays/old/\n/essays/old/#its-heading\n", {"/essays/old/": "/essays/new/"}) == []


def test_a_heading_that_is_gone_is_answered_with_the_line_that_keeps_its_address() -> None:
    assert said("/essays/new/#old-heading\n") == [
        (1, "/essays/new/#old-heading was published, and is gone; write `(old-heading)=` on a line of its own above the heading "
            "that has its text now")
    ]  # fmt: skip


def test_an_identity_that_is_gone_is_answered_with_the_field_that_keeps_it() -> None:
    ((line, message),) = said("tag:mine.net,2026:essays/old\n")
    assert (line, "write `id: old` in its header" in message) == (1, True)


def test_an_identity_in_a_name_for_examples_binds_nobody() -> None:
    assert said("tag:insights.example,2026:essays/old\n") == []
    assert "insights.example" not in permalinks.merged("tag:insights.example,2026:essays/old\n", NOW)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("/essays/old", "/", "'/essays/old' is not the address of a page; write it as '/essays/old-name/'"),
        ("/essays/new/", "/", "/essays/new/ is a page of the site; take the redirect out"),
        ("/a/", "/b/", "/a/ leads to /b/, which is redirected itself; write where that leads"),
        ("/a/", "/nowhere/", "/a/ leads to /nowhere/, which is no address of the site"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_mistake(old: str, new: str, message: str) -> None:
    assert next(permalinks.wrong({old: new, "/b/": "/"}, NOW)) == message


def test_a_redirect_to_a_heading_of_a_page_is_fine() -> None:
    assert list(permalinks.wrong({"/a/": "/essays/new/#a-heading"}, NOW)) == []


def test_nothing_leaves_the_ledger(tmp_path: Path) -> None:
    ledger, found = tmp_path / "permalinks.lock", tmp_path / "found"
    ledger.write_text("/essays/old/\n")
    found.write_text("/essays/new/\n/\n")
    accept(ledger, found)
    assert list(permalinks.read(ledger.read_text())) == ["/", "/essays/new/", "/essays/old/"]


def test_every_address_of_the_publication_is_in_its_ledger(publication: Site) -> None:
    found = permalinks.read((publication.folder.parent / "doctrees/permalinks.lock").read_text())
    kept = permalinks.read((ROOT / "permalinks.lock").read_text())
    assert set(found) - set(kept) == set(), "make permalinks"


def test_an_essay_is_renamed_without_breaking_a_link_or_a_subscription(tmp_path: Path) -> None:
    """As CONTRIBUTING.md says: rename, see what would break, and mend it line by line."""
    source, out = project(tmp_path / "source"), tmp_path / "html"
    assert build(source, out, options=OPTIONS).errors == []
    accept(source / "permalinks.lock", tmp_path / "doctrees/permalinks.lock")

    (source / "essays/third").rename(source / "essays/renamed")
    second = source / "essays/second/index.md"
    second.write_text(
        second.read_text().replace("related: [first, third]", "related: [first, renamed]").replace("third", "renamed")
    )
    broken = build(source, out, options=OPTIONS)
    assert broken.returncode != 0
    assert [error.partition(";")[0].partition("ERROR: ")[2] for error in broken.errors] == [
        "/essays/third/ was published, and is gone",
        "tag:essays.org,2026:essays/third was published, and is gone",
    ]

    text = source / "essays/renamed/index.md"
    text.write_text(text.read_text().replace("---\n", "---\nid: third\n", 1))
    settings = source / "conf.py"
    settings.write_text(
        settings.read_text().replace(
            "insights_redirects: dict[str, str] = {}", 'insights_redirects = {"/essays/third/": "/essays/renamed/"}'
        )
    )
    mended = build(source, out, options=OPTIONS)
    assert mended.errors == []
    page = BeautifulSoup((out / "essays/third/index.html").read_text(), "lxml")
    assert page.find("meta", attrs={"http-equiv": "refresh"})["content"] == "0; url=../../essays/renamed/"  # type: ignore[index]
    assert page.find("link", rel="canonical")["href"] == "https://insights.example/essays/renamed/"  # type: ignore[index]
    assert page.find("a")["href"] == "../../essays/renamed/"  # type: ignore[index]
