"""The rules of the house catch what they name, leave alone what they should, and say where."""

from __future__ import annotations

import inspect
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT
from insights import manuscripts, prose, rules
from insights.prose import CITATION, CODE, RESULT, Block

HEADER = "---\ndate: 2026-04-28\ncategory: System Design\nsummary: A summary.\n---\n"


def said(rule: rules.Rule, text: str) -> list[tuple[int, str]]:
    """What a rule says of a text, as (line, the message’s beginning up to its semicolon)."""
    return [(problem.line, problem.message.partition(";")[0]) for problem in rule(prose.blocks(text))]


def test_prose_is_what_a_reader_reads() -> None:
    text = "\n".join(
        [
            *HEADER.splitlines(),
            "# A title",
            "",
            "One {result}`a:.1f` two `code` {cite}`key`",
            "and [words](https://a.example/--x) of {term}`a fault <fault>`.",
            "",
            "```{chart} growth",
            ":alt: It grows {result}`a`.",
            "The claim.",
            "```",
            "",
            "| Head | Number |",
            "|---|---:|",
            "| Cell | 12 |",
            "",
            "```python",
            'print("--")',
            "```",
        ]
    )
    assert prose.blocks(text) == [
        Block(4, "summary", "A summary."),
        Block(6, "heading", "A title", 1),
        Block(8, "paragraph", f"One {RESULT} two {CODE} {CITATION}\nand words of a fault."),
        Block(12, "alt", f"It grows {RESULT}."),
        Block(13, "paragraph", "The claim."),
        Block(16, "cell", "Head"),
        Block(16, "cell", "Number"),
        Block(18, "cell", "Cell"),
        Block(18, "cell", "12"),
    ]


def test_sentences_end_at_stops_and_not_at_points() -> None:
    block = Block(1, "paragraph", "It took 4.4 hours. “Why?” Nobody\nknew; the clock: wrong!")
    assert [sentence for _, sentence in block.sentences()] == ["It took 4.4 hours.", "“Why?”", "Nobody\nknew; the clock: wrong!"]


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (rules.no_worn_phrases, "It is a plain\nfact, simply put.", [(2, "“simply” is worn")]),
        (rules.no_worn_phrases, "In today’s\nworld, robustness is measured.", [(1, "“in today’s world” is worn")]),
        (rules.no_worn_phrases, "It oversimplifies `simply`.\n\n```text\nsimply\n```", []),
        (rules.typographic_marks, 'He said\n"no".', [(2, '" in prose'), (2, '" in prose')]),
        (rules.typographic_marks, "It's 3--4 -- no...", [(1, x) for x in ("' in prose", "-- in prose", "-- in prose", "... in prose")]),
        (rules.typographic_marks, "It’s “3–4” — a well-known `--flag` [x](https://x.example/a--b).", []),
        (rules.headings_in_order, "# A\n\n### B", [(3, "a heading of level 3 below one of level 1")]),
        (rules.headings_in_order, "# A\n\n## B\n\n## B", [(5, "the heading “B” stands on line 3 too")]),
        (rules.headings_in_order, "# A\n\n## B\n\n### C\n\n## D", []),
        (rules.pictures_are_described, "A line\n![](a.png) and ![b](b.png)", [(2, "a picture without alt text")]),
        (rules.pictures_are_described, ":::{note}\n```{figure} a.png\nCaption.\n```\n:::", [(2, "a picture without alt text")]),
        (rules.pictures_are_described, "```{figure} a.png\n:alt: What it shows.\nCaption.\n```\n\n`![](a.png)`", []),
        (rules.sentences_fit_a_breath, "Short.\n" + "word " * 41 + "end.", [(2, "a sentence of 42 words")]),
        (rules.sentences_fit_a_breath, "word " * 39 + "end. And another.", []),
        (rules.paragraphs_hold_one_idea, "A b c. " * 41, [(1, "a paragraph of 123 words")]),
        (rules.paragraphs_hold_one_idea, "A b c. " * 40 + "\n\nAnother one.", []),
    ],
)  # fmt: skip
def test_a_rule_catches_what_it_names_and_leaves_the_rest(rule: rules.Rule, text: str, expected: list[tuple[int, str]]) -> None:
    assert said(rule, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```python\nx\n", [1]),
        (":::{note}\nText.\n\n## All that follows", [1]),
        ("````{note}\n```sh\nx\n````\n", [2]),
        ("- Item\n\n  ```sh\n  x\n  ```\n\n> ~~~sh\n> x\n> ~~~\n\n````{note}\n:::{tip}\nText.\n:::\n````", []),
    ],
)
def test_a_fence_that_is_not_closed_is_found(text: str, expected: list[int]) -> None:
    assert [problem.line for problem in rules.fences_are_closed(prose.fences(text))] == expected


HIDDEN = {
    "draft": "date: 2026-01-01\ndraft: true",
    "later": "date: 2026-07-01",
    "soon": "date: 2026-06-10",
    "now": "date: 2026-05-01",
}


@pytest.mark.parametrize(
    ("essay", "links", "expected"),
    [
        ("now", "[a](/essays/draft/index.md), {doc}`/essays/later/index`", ["draft, which is a draft", "later, which is scheduled for 2026-07-01"]),
        ("now", "[a](../soon/index.md)", ["soon, which is scheduled for 2026-06-10"]),
        ("later", "[a](/essays/soon/index.md) and [b](/essays/now/index.md)", []),
        ("draft", "[a](/essays/later/index.md)", []),
    ],
)  # fmt: skip
def test_an_essay_that_is_read_leads_to_none_that_is_not(tmp_path: Path, essay: str, links: str, expected: list[str]) -> None:
    for slug, fields in HIDDEN.items():
        (tmp_path / slug).mkdir()
        text = f"---\n{fields}\ncategory: C\nsummary: S\n---\n# T\n\n" + (links if slug == essay else "")
        (tmp_path / slug / "index.md").write_text(text)
    found = manuscripts.read(tmp_path)
    (own,) = [manuscript for manuscript in found if manuscript.slug == essay]
    said = [problem.message for problem in rules.essays_lead_to_what_is_public(own, found, date(2026, 6, 1))]
    assert [message.removeprefix("a link to ").partition(";")[0] for message in said] == expected


@pytest.mark.parametrize(
    ("bibliography", "expected"),
    [
        ("@misc{one, title={One}}\n", []),
        ("@misc{one,\n  title={One\n", [(2, "not BibTeX: premature end of file")]),
        ("@misc{one, title={A}}\n@misc{one, title={B}}\n", [(2, "the entry one stands here twice")]),
        ("\n@misc{one, title = two words}\n", [(2, "not BibTeX: two")]),
    ],
)
def test_a_bibliography_that_cannot_be_read_is_found(bibliography: str, expected: list[tuple[int, str]]) -> None:
    found = rules.bibliography_can_be_read(bibliography)
    assert [(problem.line, problem.message.partition(";")[0]) for problem in found] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("First.\nThen 4.4 hours.", [(2, "4.4 is the model’s hours")]),
        ("It is 34,220 hands.", [(1, "34,220 is the model’s hands")]),
        ("It is 12.5% of them.", [(1, "12.5% is the model’s share")]),
        ("It is {result}`hours:.2f`, or 4.36, or 4.4.", [(1, "4.36 is the model’s hours")]),
        ("| a |\n|---|\n| 4.4 |", [(3, "4.4 is the model’s hours")]),
        ("It is {result}`hours:.1f` hours.", []),
        ("They counted 4.4 hours {cite}`somebody`.", []),
        ("Another 4.38, version 2.4.4, 4.4x or 60 of 2026.", []),
        ("# The 4.4 hours", []),
    ],
)
def test_a_typed_result_is_found_unless_another_source_is_cited(text: str, expected: list[tuple[int, str]]) -> None:
    results = {"hours": 4.36, "hands": 34220, "share": 0.125, "round": 60, "year": 2026, "name": "4.4"}
    found = rules.no_typed_results(prose.blocks(text), results, prose.quoted(text))
    assert [(problem.line, problem.message.partition(";")[0]) for problem in found] == expected


def test_a_typed_result_is_answered_with_the_role_to_write() -> None:
    (problem,) = rules.no_typed_results(prose.blocks("It is 34,220 hands."), {"hands": 34220.2}, {})
    assert "write {result}`hands:,.0f`" in problem.message


def test_a_source_that_nobody_cites_is_found() -> None:
    bibliography = "@misc{one, title={One}}\n@misc{two, title={Two}}\n@misc{three, title={Three}}\n"
    found = list(rules.every_source_is_cited(bibliography, ["Text {cite}`one, three`."]))
    assert [(problem.line, problem.message) for problem in found] == [(2, "no essay cites two; take the entry out")]


def test_every_rule_stands_in_the_guide_as_in_the_code() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    functions = [rule for rule in vars(rules).values() if inspect.isgeneratorfunction(rule)]
    every = [*(rule for rule in functions if rule not in rules.WARNINGS), *rules.WARNINGS]
    stated = [f"- {(inspect.getdoc(rule) or '').splitlines()[0]}" for rule in every]
    assert [line for line in guide.splitlines() if line in stated] == stated
