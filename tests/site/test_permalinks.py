"""What was published once can be found for ever, or the build says what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, Site, build, project, served
from insights.commands.permalinks import add_permalinks
from insights.output import permalinks
from playwright.sync_api import Browser

NOW = {"/", "/essays/new/", "/essays/new/#a-heading", "tag:essays.example.org,2026:essays/new", "tag:mine.net,2026:essays/new"}
OPTIONS = ("-D", "insights_today=2026-06-01", "-D", "insights_tag_authority=essays.org,2026")


def said(ledger: str, redirects: dict[str, str] | None = None) -> list[tuple[int, str]]:
    return [problem[:2] for problem in permalinks.broken_permalinks(permalinks.read_permalinks(ledger), NOW, redirects or {})]


def test_what_is_still_there_is_no_problem() -> None:
    assert said("# A note\n/\n/essays/new/\n/essays/new/#a-heading\ntag:mine.net,2026:essays/new\n") == []


def test_an_address_that_is_gone_is_answered_with_the_redirect_that_mends_it() -> None:
    (problem,) = said("/\n/essays/old/\n/essays/old/#its-heading\n")
    assert problem == (
        2,
        "/essays/old/ was published, and is gone; bring it back, or write in conf.py where it is now: "
        'insights_redirects = {"/essays/old/": "/…/"}',
    )
    assert said("/essays/old/\n/essays/old/#a-heading\n", {"/essays/old/": "/essays/new/"}) == []


def test_the_headings_of_a_page_that_moved_are_found_where_it_moved_to() -> None:
    assert said("/essays/old/\n/essays/old/#its-heading\n", {"/essays/old/": "/essays/new/"}) == [
        (2, "/essays/old/#its-heading was published, and is gone; write `(its-heading)=` on a line of its own above the heading "
            "that has its text now, in /essays/new/")
    ]  # fmt: skip
    # A page that is no essay has no headings that anybody keeps; and a heading that an old page leads to is one for all.
    assert said("/essays/old/\n/essays/old/#its-heading\n", {"/essays/old/": "/"}) == []
    assert said("/essays/old/\n/essays/old/#its-heading\n", {"/essays/old/": "/essays/new/#a-heading"}) == []


def test_a_heading_that_is_gone_is_answered_with_the_line_that_keeps_its_address() -> None:
    assert said("/essays/new/#old-heading\n") == [
        (1, "/essays/new/#old-heading was published, and is gone; write `(old-heading)=` on a line of its own above the heading "
            "that has its text now")
    ]  # fmt: skip


def test_an_identity_that_is_gone_is_answered_with_the_field_that_keeps_it() -> None:
    assert said("tag:mine.net,2026:essays/old\n") == [
        (1, "tag:mine.net,2026:essays/old was published, and is gone; if its essay was renamed, write `id: old` in its front "
            "matter; otherwise bring it back, or redirect its page")
    ]  # fmt: skip
    assert said("tag:mine.net,2026:essays/old\n", {"/essays/old/": "/essays/newer/"}) == [
        (1, "tag:mine.net,2026:essays/old was published, and is gone; its essay is /essays/newer/ now; write `id: old` in the "
            "front matter there")
    ]  # fmt: skip


def test_an_essay_can_be_withdrawn_or_become_part_of_another() -> None:
    withdrawn = "/essays/old/\ntag:mine.net,2026:essays/old\ntag:mine.net,2026:essays/new\n"
    assert said(withdrawn, {"/essays/old/": "/"}) == []
    assert said(withdrawn, {"/essays/old/": "/essays/new/"}) == []


CATEGORY = "/essays/category/old/\n/essays/category/old/atom.xml\ntag:mine.net,2026:feed/old\n"


def test_a_category_is_renamed_with_one_redirect() -> None:
    now = NOW | {"/essays/category/new/", "/essays/category/new/atom.xml", "/atom.xml"}
    mend = {"/essays/category/old/": "/essays/category/new/"}
    ledger = permalinks.read_permalinks(CATEGORY)
    assert [problem.line for problem in permalinks.broken_permalinks(ledger, now, {})] == [1, 2, 3]
    moved = permalinks.with_feeds(mend, ledger, now)
    assert moved == {**mend, "/essays/category/old/atom.xml": "/essays/category/new/atom.xml"}
    assert list(permalinks.broken_permalinks(ledger, now, moved)) == []
    elsewhere = permalinks.with_feeds({"/essays/category/old/": "/essays/new/"}, ledger, now)
    assert elsewhere["/essays/category/old/atom.xml"] == "/atom.xml"


def test_an_identity_in_a_name_for_examples_binds_nobody() -> None:
    assert said("tag:insights.example,2026:essays/old\n") == []
    assert "insights.example" not in permalinks.merge_permalinks("tag:insights.example,2026:essays/old\n", NOW)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("/essays/old", "/", "'/essays/old' is not the address of a page or a feed; write it as '/essays/old-name/'"),
        ("/essays/new/", "/", "/essays/new/ is a page of the site; remove the redirect"),
        ("/a/", "/b/", "/a/ leads to /b/, which is redirected itself; write the last address instead"),
        ("/a/", "/nowhere/", "/a/ leads to /nowhere/, which is not an address of the site; write one that is"),
        (
            "/a/",
            "/essays/new/#nothing",
            "/a/ leads to /essays/new/#nothing, which is not an address of the site; write one that is",
        ),
        ("/a/atom.xml", "/", "/a/atom.xml leads to /; a feed leads to one of the same name"),
        ("/a/", "/a/", "/a/ leads to /a/, which is redirected itself; write the last address instead"),
        ("/../out/", "/", "'/../out/' is not the address of a page or a feed; write it as '/essays/old-name/'"),
        ("/x y/", "/", "'/x y/' is not the address of a page or a feed; write it as '/essays/old-name/'"),
        ("/:x/*/", "/", "'/:x/*/' is not the address of a page or a feed; write it as '/essays/old-name/'"),
    ],
)
def test_a_redirect_that_leads_nowhere_is_a_mistake(old: str, new: str, message: str) -> None:
    assert permalinks.redirect_problems({old: new, "/b/": "/"}, NOW)[old] == message


def test_a_redirect_to_a_heading_of_a_page_is_fine() -> None:
    assert permalinks.redirect_problems({"/a/": "/essays/new/#a-heading"}, NOW) == {}


def test_an_interrupt_leaves_the_ledger_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger, found = tmp_path / "permalinks.lock", tmp_path / "found"
    ledger.write_text("/essays/old/\n")
    found.write_text("/essays/new/\n")
    write = Path.write_bytes

    def interrupted(path: Path, content: bytes) -> int:
        write(path, content[:5])
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", interrupted)
    with pytest.raises(KeyboardInterrupt):
        add_permalinks(ledger, found)
    assert ledger.read_text() == "/essays/old/\n"


def test_nothing_leaves_the_ledger(tmp_path: Path) -> None:
    ledger, found = tmp_path / "permalinks.lock", tmp_path / "found"
    ledger.write_text("/essays/old/\n")
    found.write_text("/essays/new/\n/\n")
    add_permalinks(ledger, found)
    assert list(permalinks.read_permalinks(ledger.read_text())) == ["/", "/essays/new/", "/essays/old/"]


def test_every_address_of_the_publication_is_in_its_ledger(publication: Site) -> None:
    found = permalinks.read_permalinks((publication.folder.parent / "doctrees/permalinks.lock").read_text())
    kept = permalinks.read_permalinks((ROOT / "permalinks.lock").read_text())
    assert set(found) - set(kept) == set(), "make permalinks"


def redirect(source: Path, old: str, new: str) -> None:
    settings = source / "conf.py"
    said = settings.read_text()
    assert "insights_redirects: dict[str, str] = {}" in said
    settings.write_text(said.replace("insights_redirects: dict[str, str] = {}", f'insights_redirects = {{"{old}": "{new}"}}'))


def test_an_essay_is_renamed_without_breaking_a_link_or_a_subscription(tmp_path: Path, browser: Browser) -> None:
    """As CONTRIBUTING.md says: rename, see what would break, and mend it line by line."""
    source, out = project(tmp_path / "source"), tmp_path / "html"
    assert build(source, out, options=OPTIONS).errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "doctrees/permalinks.lock")

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
    redirect(source, "/essays/third/", "/essays/renamed/")
    mended = build(source, out, options=OPTIONS)
    assert mended.errors == []
    page = BeautifulSoup((out / "essays/third/index.html").read_text(), "lxml")
    assert page.find("meta", attrs={"http-equiv": "refresh"})["content"] == "0; url=../../essays/renamed/"  # type: ignore[index]
    assert page.find("link", rel="canonical")["href"] == "https://insights.example/essays/renamed/"  # type: ignore[index]
    assert page.find("a")["href"] == "../../essays/renamed/"  # type: ignore[index]

    with served(out) as at:
        for scripts in (True, False):
            page_ = browser.new_page(java_script_enabled=scripts)
            complaints: list[str] = []
            page_.on("console", lambda message: complaints.append(message.text))  # noqa: B023 (it is read below)
            page_.goto(f"{at}/essays/third/#its-heading")
            page_.wait_for_url("**/essays/renamed/*")
            # A script takes the anchor along; without scripts the page is found all the same.
            assert page_.url == f"{at}/essays/renamed/" + ("#its-heading" if scripts else "")
            assert complaints == []
            page_.close()


def test_a_category_is_renamed_with_its_page_its_feeds_and_its_readers(tmp_path: Path) -> None:
    source, out = project(tmp_path / "source"), tmp_path / "html"
    assert build(source, out, options=OPTIONS).errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "doctrees/permalinks.lock")
    for path in (source / "conf.py", source / "essays/second/index.md"):
        text = path.read_text()
        path.write_text(
            text.replace('"System Design"', '"Design of Systems"').replace(" System Design\n", " Design of Systems\n")
        )
    broken = build(source, out, options=OPTIONS)
    assert len(broken.errors) == 5, broken.errors  # the page, its three feeds, and their identity
    redirect(source, "/essays/category/system-design/", "/essays/category/design-of-systems/")
    assert build(source, out, options=OPTIONS).errors == []
    old, new = (out / f"essays/category/{name}/atom.xml" for name in ("system-design", "design-of-systems"))
    assert old.read_bytes() == new.read_bytes()
    assert (
        "/essays/category/system-design/atom.xml /essays/category/design-of-systems/atom.xml 301\n"
        in (out / "_redirects").read_text()
    )


def test_what_a_scheduled_essay_will_bring_is_in_the_ledger_before_its_day(tmp_path: Path) -> None:
    source, out = project(tmp_path / "source"), tmp_path / "html"
    ahead = build(source, tmp_path / "ahead/html", options=("-D", "insights_today=9999-01-01", *OPTIONS[2:]))
    assert ahead.errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "ahead/doctrees/permalinks.lock")
    ledger = permalinks.read_permalinks((source / "permalinks.lock").read_text())
    assert {
        "/essays/in-the-future/",
        "/essays/category/engineering-thinking/atom.xml",
        "/essays/tag/operations/",
    } <= ledger.keys()
    assert build(source, out, options=OPTIONS).errors == []
    # Renamed on the day after it came out, it would break what is in the ledger.
    (source / "essays/in-the-future").rename(source / "essays/renamed")
    later = build(source, out, options=("-D", "insights_today=2026-06-03", *OPTIONS[2:]))
    assert any("/essays/in-the-future/ was published, and is gone" in error for error in later.errors)


def test_a_redirect_that_is_refused_leaves_nothing_in_the_site(tmp_path: Path) -> None:
    source, out = project(tmp_path / "source"), tmp_path / "html"
    redirect(source, "/search/", "/about/")
    refused = build(source, out, options=OPTIONS)
    lines = (source / "conf.py").read_text().splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if '"/search/"' in text]
    assert refused.errors == [f"conf.py:{line}: ERROR: insights_redirects: /search/ is a page of the site; remove the redirect"]
    assert b"This page has moved" not in refused.files()["search/index.html"]
    assert "_redirects" not in refused.files()
