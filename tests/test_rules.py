"""The rules of the house catch what they name, leave alone what they should, and say where."""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from insights import prose, rules
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
    every = [*rules.ERRORS, rules.no_typed_results, rules.every_source_is_cited, *rules.WARNINGS]
    stated = [f"- {(inspect.getdoc(rule) or '').splitlines()[0]}" for rule in every]
    assert [line for line in guide.splitlines() if line in stated] == stated


def test_the_command_names_file_and_line_and_fails(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "tests/site", tmp_path, dirs_exist_ok=True)
    shutil.copy(ROOT / "conf.py", tmp_path)
    (tmp_path / "essays/odd").mkdir()
    (tmp_path / "essays/odd/index.md").write_text(HEADER.replace("System", "Sytem") + '# Odd\n\nA "quote".\n', encoding="utf-8")
    command = [sys.executable, "-m", "insights", "check"]
    environment = os.environ | {"PYTHONPATH": str(ROOT / "_ext")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "essays/odd/index.md:3: unknown category 'Sytem Design'; did you mean 'System Design'?" in done.stdout
    assert 'essays/odd/index.md:8: " in prose; write “ or ”' in done.stdout
    assert done.stdout.splitlines()[-1].endswith("to look at again")
