"""Readers can always find what was once published, or the build says how to fix it."""

from __future__ import annotations

from pathlib import Path

import pytest
from insights.commands.permalinks import add_permalinks
from insights.output import permalinks

NOW = {"/", "/essays/new/", "/essays/new/#a-heading", "tag:essays.example.org,2026:essays/new", "tag:mine.net,2026:essays/new"}


def said(ledger: str, redirects: dict[str, str] | None = None) -> list[tuple[int, str]]:
    problems = permalinks.broken_permalinks(permalinks.read_permalinks(ledger), NOW, redirects or {})
    return [(problem.line, problem.message) for problem in problems]


def test_existing_addresses_are_no_problem() -> None:
    assert said("# A note\n/\n/essays/new/\n/essays/new/#a-heading\ntag:mine.net,2026:essays/new\n") == []


def test_a_missing_address_needs_a_redirect() -> None:
    (problem,) = said("/\n/essays/old/\n/essays/old/#its-heading\n")
    assert problem == (
        2,
        "/essays/old/ was published, and is gone; bring it back, or write in conf.py where it is now: "
        'insights_redirects = {"/essays/old/": "/…/"}',
    )
    assert said("/essays/old/\n/essays/old/#a-heading\n", {"/essays/old/": "/essays/new/"}) == []


def test_the_headings_of_a_redirected_page_must_exist_at_its_target() -> None:
    assert said("/essays/old/\n/essays/old/#its-heading\n", {"/essays/old/": "/essays/new/"}) == [
        (2, "/essays/old/#its-heading was published, and is gone; write `(its-heading)=` on a line of its own above the heading "
            "that has its text now, in /essays/new/")
    ]  # fmt: skip
    # A page that is no essay has no headings that anybody keeps; and a heading that an old page leads to is one for all.
    assert said("/essays/old/\n/essays/old/#its-heading\n", {"/essays/old/": "/"}) == []
    assert said("/essays/old/\n/essays/old/#its-heading\n", {"/essays/old/": "/essays/new/#a-heading"}) == []


def test_a_missing_heading_needs_a_target_in_the_text() -> None:
    assert said("/essays/new/#old-heading\n") == [
        (1, "/essays/new/#old-heading was published, and is gone; write `(old-heading)=` on a line of its own above the heading "
            "that has its text now")
    ]  # fmt: skip


def test_a_missing_identity_needs_the_field_id() -> None:
    assert said("tag:mine.net,2026:essays/old\n") == [
        (1, "tag:mine.net,2026:essays/old was published, and is gone; if its essay was renamed, write `id: old` in its front "
            "matter; otherwise bring it back, or redirect its page")
    ]  # fmt: skip
    assert said("tag:mine.net,2026:essays/old\n", {"/essays/old/": "/essays/newer/"}) == [
        (1, "tag:mine.net,2026:essays/old was published, and is gone; its essay is /essays/newer/ now; write `id: old` in the "
            "front matter there")
    ]  # fmt: skip


def test_an_essay_can_be_withdrawn_or_merged_into_another() -> None:
    withdrawn = "/essays/old/\ntag:mine.net,2026:essays/old\ntag:mine.net,2026:essays/new\n"
    assert said(withdrawn, {"/essays/old/": "/"}) == []
    assert said(withdrawn, {"/essays/old/": "/essays/new/"}) == []


CATEGORY = "/essays/category/old/\n/essays/category/old/atom.xml\ntag:mine.net,2026:feed/old\n"


def test_one_redirect_renames_a_category() -> None:
    now = NOW | {"/essays/category/new/", "/essays/category/new/atom.xml", "/atom.xml"}
    mend = {"/essays/category/old/": "/essays/category/new/"}
    ledger = permalinks.read_permalinks(CATEGORY)
    assert [problem.line for problem in permalinks.broken_permalinks(ledger, now, {})] == [1, 2, 3]
    moved = permalinks.with_feeds(mend, ledger, now)
    assert moved == {**mend, "/essays/category/old/atom.xml": "/essays/category/new/atom.xml"}
    assert list(permalinks.broken_permalinks(ledger, now, moved)) == []
    elsewhere = permalinks.with_feeds({"/essays/category/old/": "/essays/new/"}, ledger, now)
    assert elsewhere["/essays/category/old/atom.xml"] == "/atom.xml"


def test_identities_with_an_example_domain_are_not_locked() -> None:
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
def test_a_wrong_redirect_is_reported(old: str, new: str, message: str) -> None:
    assert permalinks.redirect_problems({old: new, "/b/": "/"}, NOW)[old] == message


def test_a_redirect_can_lead_to_a_heading() -> None:
    assert permalinks.redirect_problems({"/a/": "/essays/new/#a-heading"}, NOW) == {}


def test_an_interrupt_leaves_permalinks_lock_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
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


def test_nothing_is_removed_from_permalinks_lock(tmp_path: Path) -> None:
    ledger, found = tmp_path / "permalinks.lock", tmp_path / "found"
    ledger.write_text("/essays/old/\n")
    found.write_text("/essays/new/\n/\n")
    add_permalinks(ledger, found)
    assert list(permalinks.read_permalinks(ledger.read_text())) == ["/", "/essays/new/", "/essays/old/"]
