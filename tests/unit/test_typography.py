"""`make typography` sets the marks of prose, and nothing else."""

from __future__ import annotations

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st
from insights.check.typography import text_parser, with_typography
from insights.settings import read_settings

PARSER = text_parser(read_settings(ROOT))


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ('It\'s "so" -- or 3--4 ... after 20 ms.', "en", "It’s “so” – or 3–4 … after 20 ms."),
        ('> "A *quote* of\n> it"', "en", "> “A *quote* of\n> it”"),
        ("| a | b |\n|---|:--|\n| it's | -- |", "en", "| a | b |\n|---|:--|\n| it’s | – |"),
        ('Er sagt "so", z. B. heute.', "de", "Er sagt „so“, z.\u202fB. heute."),
        ('Il dit "oui" ; pourquoi ?', "fr", "Il dit «\u00a0oui\u00a0»\u202f; pourquoi\u202f?"),
        (":::{note} It's\n:class: \"x\"\n\nIt's so.\n:::", "en", ':::{note} It\'s\n:class: "x"\n\nIt’s so.\n:::'),
    ],
)
def test_the_marks_of_prose_are_set(text: str, language: str, expected: str) -> None:
    assert with_typography(text, PARSER, language) == expected


@pytest.mark.parametrize(
    "text",
    [
        '---\nsummary: It\'s --- "so"\n---\n',
        "`it's --x` ``a ' b`` {option}`drain --limit` {term}`it's <x>` $f'(x)$ \\'x\\'\n\n$$\nf'(x)\n$$",
        "[words](a--b.md \"x\") <https://a.example/--x> https://a.example/it's <kbd title='x'> [^it's] me@a.example's",
        "```python\nprint('x') # ...\n```\n\n    it's code\n\n```{epigraph}\nWords.\n\n-- A. Writer\n```",
        "% it's a comment\n\n(it's)=\n## Words\n\n{.x title='y'}\nWords {#a--b .c}.\n\n***\n\n- a\n- --flag of it\n",
        "```{csv-table}\n\"a\", 'b'\n```\n\n```{math}\nf'(x)\n```\n\n[it's]: a--b.md",
    ],
)
def test_what_is_no_prose_is_left_alone(text: str) -> None:
    assert with_typography(text, PARSER, "en") == text


PIECES = st.sampled_from(
    ["'", '"', "--", "---", "...", " ", "\n", "\n\n", "word", "it's", "`", "$", "20 ms", "- ", "> ", "```\n", ":::\n",
     ":::{note}\n",
     "|a|b|\n|---|---|\n|c|d|", "\\", "[x](y)", "{x}", "<", "«", "»", "z. B.", "%", "* "]
)  # fmt: skip


@given(st.lists(PIECES | st.text(max_size=4), max_size=20).map("".join), st.sampled_from(["en", "de", "fr", "ja"]))
def test_what_is_set_stays_as_it_is(text: str, language: str) -> None:
    once = with_typography(text, PARSER, language)
    assert with_typography(once, PARSER, language) == once
    assert once.count("\n") == text.count("\n")
