"""Essays and categories can be renamed without breaking a link or a subscription, as CONTRIBUTING.md describes."""

from __future__ import annotations

from pathlib import Path

from conftest import ROOT, TODAY, Site, append, build, edit, project
from insights.commands.permalinks import add_permalinks
from insights.csp import content_policy
from insights.output import permalinks, scripts_of

AUTHORITY = ("-D", "insights_tag_authority=essays.org,2026")
OPTIONS = (*TODAY, *AUTHORITY)


def test_permalinks_lock_has_every_address_of_the_publication(publication: Site) -> None:
    found = permalinks.read_permalinks((publication.folder.parent / "doctrees/permalinks.lock").read_text())
    kept = permalinks.read_permalinks((ROOT / "permalinks.lock").read_text())
    assert set(found) - set(kept) == set(), "make permalinks"


def redirect(source: Path, old: str, new: str) -> None:
    append(source / "conf.py", f'\ninsights_redirects = {{"{old}": "{new}"}}\n')


def test_an_essay_is_renamed_without_breaking_a_link_or_a_subscription(tmp_path: Path) -> None:
    """Rename it, build to see what would break, and fix that line by line."""
    source, out = project(tmp_path / "source"), tmp_path / "html"
    assert build(source, out, options=OPTIONS).errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "doctrees/permalinks.lock")

    (source / "essays/third").rename(source / "essays/renamed")
    second = source / "essays/second/index.md"
    edit(second, "third", "renamed")
    broken = build(source, out, options=OPTIONS)
    assert broken.returncode != 0
    assert [error.partition(";")[0].partition("ERROR: ")[2] for error in broken.errors] == [
        "/essays/third/ was published, and is gone",
        "tag:essays.org,2026:essays/third was published, and is gone",
    ]

    edit(source / "essays/renamed/index.md", "---\ndate", "---\nid: third\ndate")
    redirect(source, "/essays/third/", "/essays/renamed/")
    mended = build(source, out, options=OPTIONS)
    assert mended.errors == []
    page = mended.page("/essays/third/")
    assert page.find("meta", attrs={"http-equiv": "refresh"})["content"] == "0; url=../../essays/renamed/"
    assert page.find("link", rel="canonical")["href"] == "https://insights.example/essays/renamed/"
    assert page.find("a")["href"] == "../../essays/renamed/"
    headers = (out / "_headers").read_text()
    assert f"{content_policy(scripts_of(out))}; frame-ancestors" in headers, "the script of that page may run"


def test_renaming_a_category_redirects_its_page_and_its_feeds(tmp_path: Path) -> None:
    source, out = project(tmp_path / "source"), tmp_path / "html"
    assert build(source, out, options=OPTIONS).errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "doctrees/permalinks.lock")
    edit(source / "conf.py", '"System Design"', '"Design of Systems"')
    edit(source / "essays/second/index.md", "category: System Design\n", "category: Design of Systems\n")
    broken = build(source, out, options=OPTIONS)
    assert len(broken.errors) == 5, broken.errors  # the page, its three feeds, and their identity
    redirect(source, "/essays/category/system-design/", "/essays/category/design-of-systems/")
    assert build(source, out, options=OPTIONS).errors == []
    old, new = (out / f"essays/category/{name}/atom.xml" for name in ("system-design", "design-of-systems"))
    assert old.read_bytes() == new.read_bytes()
    moved = "/essays/category/system-design/atom.xml /essays/category/design-of-systems/atom.xml 301\n"
    assert moved in (out / "_redirects").read_text()


def test_the_addresses_of_a_scheduled_essay_are_locked_before_its_day(tmp_path: Path) -> None:
    source, out = project(tmp_path / "source"), tmp_path / "html"
    ahead = build(source, tmp_path / "ahead/html", options=("-D", "insights_today=2099-01-01", *AUTHORITY))
    assert ahead.errors == []
    add_permalinks(source / "permalinks.lock", tmp_path / "ahead/doctrees/permalinks.lock")
    ledger = permalinks.read_permalinks((source / "permalinks.lock").read_text())
    feed = "/essays/category/engineering-thinking/atom.xml"
    assert {"/essays/in-the-future/", feed, "/essays/tag/operations/"} <= ledger.keys()
    assert build(source, out, options=OPTIONS).errors == []
    # Renamed on the day after it came out, it would break what is in the ledger.
    (source / "essays/in-the-future").rename(source / "essays/renamed")
    later = build(source, out, options=("-D", "insights_today=2026-06-03", *AUTHORITY))
    assert any("/essays/in-the-future/ was published, and is gone" in error for error in later.errors)


def test_a_wrong_redirect_writes_nothing(tmp_path: Path) -> None:
    source, out = project(tmp_path / "source"), tmp_path / "html"
    redirect(source, "/search/", "/about/")
    refused = build(source, out, options=OPTIONS)
    lines = (source / "conf.py").read_text().splitlines()
    (line,) = [number for number, text in enumerate(lines, 1) if '"/search/"' in text]
    assert refused.errors == [f"conf.py:{line}: ERROR: insights_redirects: /search/ is a page of the site; remove the redirect"]
    assert b"This page has moved" not in refused.files()["search/index.html"]
    assert "_redirects" not in refused.files()
