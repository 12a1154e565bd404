"""Searching, in pure functions: the terms that words become, what each weighs, and the files that they are in."""

from __future__ import annotations

import json
import random

import pytest
from conftest import ROOT
from insights.search.index import HEADING, MOST, TAG, TEXT, TITLE, key, term_files, term_weights, terms

#: No stop words, no accents, one term for all forms of a word, in any script.
CASES = json.loads((ROOT / "tests/fixtures/search-terms.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("text", "expected"), CASES.items())
def test_a_word_is_found_in_any_form(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_title_weighs_more_than_a_tag_and_a_tag_more_than_the_text() -> None:
    found = term_weights("Queues", ["latency"], ["Waiting"], "jitter " * 100 + "queue")
    assert found == {"queue": TITLE + 1, "latenc": TAG, "wait": HEADING, "jitter": TEXT}


def test_terms_are_in_small_files_where_a_browser_looks_for_them() -> None:
    chance = random.Random(1)
    words = ["".join(chance.choices("abcд", k=chance.randint(1, 6))) for _ in range(3000)]
    found = term_files([dict.fromkeys(chance.sample(words, 600), 1) for _ in range(300)])
    assert len(found) > 20
    assert all(sum(map(len, group.values())) <= MOST or len(group) == 1 for name, group in found.items() if len(name) < 6)
    for name, group in found.items():
        for term in group:
            assert max((other for other in found if key(term).startswith(other)), key=len) == name
    assert sorted(term for group in found.values() for term in group) == sorted(set(words))


def test_a_new_essay_changes_only_the_files_with_its_words() -> None:
    essays = [{"alpha": 1, "beta": n + 1} for n in range(5)]
    before, after = term_files(essays), term_files([*essays, {"beta": 9, "gamma": 1}])
    assert after["a"] == before["a"]
    assert after["b"] == {"beta": [*before["b"]["beta"], 5, 9]}
    assert list(after) == ["a", "b", "g"]
