"""The anchor of a heading depends only on its words, so that links to it keep working."""

from __future__ import annotations

import re
from pathlib import Path

from conftest import ROOT, TODAY, Site, build, project

FIRST = (ROOT / "tests/fixtures/site/essays/first/index.md").read_text(encoding="utf-8")
HEADINGS = """
## What’s next?

### In `code`, and *more*

## 日本語

(an-old-name)=
## A new name

### Deeper, still a heading

## Part 1

## Part
"""
ADDRESSES = ["whats-next", "in-code-and-more", "日本語", "a-new-name", "deeper-still-a-heading", "part-1", "part"]


def addresses(site: Site) -> list[str]:
    """What the headings of the first essay are linked by, the one apart that it always has."""
    page = site.page("/essays/first/")
    return [
        heading.find(class_="headerlink")["href"][1:]
        for heading in page.find("article").find_all(re.compile("h[2-6]"))
        if heading.find(class_="headerlink")
    ][1:]


def with_text(folder: Path, text: str) -> Site:
    source = project(folder / "source")
    (source / "essays/first/index.md").write_text(FIRST + text, encoding="utf-8")
    return build(source, folder / "html", options=TODAY)


def test_the_anchor_of_a_heading_is_its_words_in_any_script(tmp_path: Path) -> None:
    built = with_text(tmp_path, HEADINGS)
    assert built.errors == []
    assert addresses(built) == ADDRESSES
    assert built.page("/essays/first/").find(id="an-old-name"), "what was linked before is there still"


def test_the_anchor_of_a_heading_stays_when_a_note_is_added_above(tmp_path: Path) -> None:
    note = "\nWords with a note[^one], and another[^two].\n\n[^one]: A note.\n[^two]: A note.\n"
    built = with_text(tmp_path, note + HEADINGS)
    assert built.errors == []
    assert addresses(built) == [*ADDRESSES, "notes"]


def test_headings_alike_or_without_words_get_numbers_and_their_author_gets_advice(
    tmp_path: Path,
) -> None:
    text = "\n## Same\n\n## Same\n\n## Same {#own}\n\n## ???\n\n## Cite\n\n[a](#cite), [b](#own), [c](#same-1)\n"
    text += "\n% insights: allow headings-alike\n## Same\n"
    line = FIRST.count("\n") + 2
    built = with_text(tmp_path, text)
    assert built.returncode == 0
    assert built.errors == [
        f"essays/first/index.md:{line + 2}: WARNING: two headings have the anchor #same (the other is on line {line}), "
        "so this one has #same-1; reword one of them, or name it: ## Same {#a-name} [insights.headings-alike]",
    ]
    assert addresses(built) == ["same", "same-1", "own", "section-1", "cite-1", "same-3"]
    assert [link["href"] for link in built.page("/essays/first/").select("p a.internal")][-3:] == ["#cite-1", "#own", "#same-1"]
