"""The search index of a site has what is published, as it is read."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from conftest import Site
from insights.search.index import terms


def test_the_index_has_what_is_published_and_nothing_else(site: Site) -> None:
    assert [address for _, address, *_ in site.search_documents()] == [
        "about/", "glossary/", "glossary/#term-Term", "start/", "subscribe/", "essays/first/", "essays/second/", "essays/third/",
    ]  # fmt: skip
    assert site.search_documents()[2] == ["Term", "glossary/#term-Term", "Glossary", [], "What a term means.", []]
    assert site.search_documents()[5] == [
        "The First Essay", "essays/first/", "Infrastructure · December 2025", ["redundancy"],
        "The oldest essay, without evidence.",
        [["", "", ["It says little. The second essay says more. A term is a Term."]],
         ["a-heading", "A heading", ["Nothing is cited here."]]],
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["evidence", "root", "growth", "redundancy", "system", "number", "february", "2026"])
def test_an_essay_is_found_by_its_title_text_headings_tags_category_summary_and_date(site: Site, word: str) -> None:
    [term] = terms(word)
    assert 6 in json.loads(site.files()[f"search/terms/{word[0]}.json"])[term][::2]


HEAD = "---\ndate: 2026-01-01\ncategory: Infrastructure\nsummary: S.\n---\n# A\n\n"


def test_a_heading_directly_above_another_is_found(broken: Callable[[dict[str, str]], Site]) -> None:
    built = broken({"essays/a/index.md": f"{HEAD}## Outermost\n\n### Inside\n\nText.\n"})
    [sections] = [sections for title, *_, sections in built.search_documents() if title == "A"]
    assert sections == [["outermost", "Outermost", [""]], ["inside", "Inside", ["Text."]]]
    assert terms("outermost")[0] in json.loads(built.files()["search/terms/o.json"])


def test_a_result_quotes_the_text_as_readers_see_it(broken: Callable[[dict[str, str]], Site]) -> None:
    text = """\
One *two* `three`, a footnote[^one], {cite}`one`, H{sub}`2`O, a hard\\
break, {math}`E = mc^2`.

[^one]: Below.

- Item

Term of a list
: Its definition.

| Left | Right |
|---|---:|
| a | 1 |

:::{note}
Noted.
:::

% Not for readers.

```text
if a <b>:
    c
```

```{math}
x^2
```
"""
    built = broken({"essays/a/index.md": HEAD + text})
    [sections] = [sections for title, *_, sections in built.search_documents() if title == "A"]
    assert sections[0] == ["", "", [
        "One two three, a footnote, [1], H₂O, a hard break, E = mc².", "Item", "Term of a list", "Its definition.",
        "Left · Right", "a · 1",
        "Note", "Noted.", "if a <b>: c", "x²", "Below.",
    ]]  # fmt: skip
    assert sections[1][:2] == ["references", "References"]
    assert not [path for path, content in built.files().items() if path.startswith("search/") and b"<b>" in content]
