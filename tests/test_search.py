"""Searching: what becomes of words, and what a reader's browser has to fetch."""

from __future__ import annotations

import json
import random
import re

import brotli
import pytest
from conftest import ROOT, Site
from insights import search
from insights.search import BLOCK, TAG, TEXT, TITLE, Document, files, terms, weighed


@pytest.mark.parametrize(
    ("text", "expected"),
    {
        "Replicas, and the latencies of a cell": ["replica", "latency", "cell"],
        "Café naïve": ["cafe", "naive"],
        "isn’t p99 M/M/1": ["isn", "p99"],
        "status loss analysis": ["status", "loss", "analysis"],
        "": [],
        "β x 1": [],
    }.items(),
)
def test_a_word_is_found_in_whatever_form_it_is_written(text: str, expected: list[str]) -> None:
    assert terms(text) == expected


def test_a_title_tells_more_than_a_tag_and_a_tag_more_than_the_text() -> None:
    found = weighed("Queues", ["latency"], ["Waiting"], "jitter " * 100 + "queue")
    assert found == {"queue": TITLE + 1, "latency": TAG, "waiting": search.HEADING, "jitter": TEXT}


def test_documents_are_numbered_so_that_a_new_essay_changes_the_last_file_only() -> None:
    documents = [Document(f"T{n}", f"essays/{n}/", "", "", {"word": n + 1}) for n in range(BLOCK + 1)]
    before, after = files(documents[:-1]), files(documents)
    assert after["documents/0.json"] == before["documents/0.json"]
    assert after["documents/1.json"] == [("T50", "essays/50/", "", "")]
    assert after["terms/wo.json"]["word"][-2:] == [BLOCK, BLOCK + 1]


def test_the_script_makes_the_same_terms_of_words_as_the_index() -> None:
    script = (ROOT / "_static/search.js").read_text(encoding="utf-8")
    assert int(re.search(r"const BLOCK = (\d+)", script)[1]) == BLOCK  # type: ignore[index]
    assert "[a-z0-9]{2,}" in script


def test_a_first_result_among_a_thousand_essays_costs_less_than_a_picture() -> None:
    """100 KiB is the most that one word may cost; of words as frequent as those of our own essays."""
    texts = [path.read_text(encoding="utf-8").split() for path in (ROOT / "essays").glob("*/index.md")]
    words = [word for text in texts for word in text]
    chance = random.Random(1)
    documents = []
    for number in range(1000):
        text = " ".join(chance.choices(words, k=1200))
        documents.append(
            Document(
                "A title of nine words or so, as they are",
                f"essays/essay-{number}/",
                "System Design · April 2026",
                "A summary. " * 12,
                weighed("", [], [], text),
            )
        )
    index = files(documents)
    size = {
        path: len(brotli.compress(json.dumps(data, separators=(",", ":")).encode(), quality=6)) for path, data in index.items()
    }
    heaviest = max(cost for path, cost in size.items() if path.startswith("terms/"))
    blocks = sum(cost for path, cost in size.items() if path.startswith("documents/"))
    assert heaviest + blocks < 100 * 1024


def test_the_index_holds_what_is_published_and_nothing_else(site: Site) -> None:
    documents = [
        tuple(d) for path, text in site.files().items() if path.startswith("search/documents/") for d in json.loads(text)
    ]
    assert [address for _, address, _, _ in documents] == [
        "about/", "glossary/", "start/", "subscribe/", "essays/first/", "essays/second/", "essays/third/",
    ]  # fmt: skip
    assert (
        "The Third Essay",
        "essays/third/",
        "Infrastructure · June 2026",
        "The newest essay, published on the day of the build.",
    ) in documents


@pytest.mark.parametrize("word", ["evidence", "root", "growth", "redundancy", "system", "number"])
def test_an_essay_is_found_by_its_title_text_headings_tags_category_and_summary(site: Site, word: str) -> None:
    postings = json.loads(site.files()[f"search/terms/{word[:2]}.json"])
    assert any(term.startswith(word) and 5 in numbers[::2] for term, numbers in postings.items())
