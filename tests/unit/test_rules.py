"""The rules report what they name, at its line, and nothing else."""

from __future__ import annotations

import inspect
import pwd
from datetime import date
from pathlib import Path

import pytest
from conftest import ROOT, note
from docutils import nodes
from docutils.utils import new_document
from insights.cache import Store
from insights.check import bibliography_rules, code_blocks, lost_words, prose_rules, slips, tools
from insights.check.words import CITATION, CODE, RESULT, Block, quoted_results
from insights.markup import anchors
from insights.problems import Problem
from insights.publish.rules import OWN_FILES, RULES, scan_rules
from insights.reporting import judged, messages
from insights.settings import read_settings
from insights.source import TASTE, essays
from insights.source.front_matter import parse_front_matter
from insights.source.rule_levels import comment_problems, levels_of_rules, wrong_level

MODEL = """
def results():
    return {"a": 1.5, "b": 2, "half": 3, "hours": 4.36}


def growth(axes):
    axes.plot([1, 2])
    return {"A": [1, 2]}


def a(axes):
    axes.plot([1, 2])
    return {"A": [1, 2]}
"""
HEADER = "---\ndate: 2026-04-28\ncategory: System Design\nsummary: A summary.\n---\n"


def said(rule: prose_rules.Rule, text: str) -> list[tuple[int, str]]:
    """What a rule says of a text, as (line, message)."""
    return [problem[:2] for problem in rule(blocks_of(text))]


def blocks_of(text: str) -> list[Block]:
    """The blocks of a text, as `make check` puts them together."""
    record, _, lines = parse_front_matter(text)
    summary = [Block(lines["summary",], "summary", record.summary)] if record else []
    return [*summary, *note(text, MODEL).blocks]


def test_prose_is_what_readers_see() -> None:
    text = (
        HEADER
        + """# A title

One {result}`a:.1f` two `code` {cite}`key`
and [words](https://a.example/--x) of {term}`a fault <fault>`.

```{chart} growth
:alt: It grows {result}`a`.
The claim.
```

| Head | Number |
|---|---:|
| Cell | 12 |

```python
print("--")
```"""
    )
    assert blocks_of(text) == [
        Block(4, "summary", "A summary."),
        Block(6, "heading", "A title", 1),
        Block(8, "paragraph", f"One {RESULT} two {CODE} {CITATION}\nand words of a fault."),
        Block(12, "alt", f"It grows {RESULT}."),
        Block(13, "paragraph", "Figure 1. The claim."),
        Block(16, "cell", "Head"),
        Block(16, "cell", "Number"),
        Block(18, "cell", "Cell"),
        Block(18, "cell", "12"),
    ]


def test_sentences_end_at_full_stops_and_not_at_decimal_points() -> None:
    block = Block(1, "paragraph", "It took 4.4 hours. “Why?” Nobody\nknew; the clock: wrong!")
    assert [sentence for _, sentence in block.sentences()] == ["It took 4.4 hours.", "“Why?”", "Nobody\nknew; the clock: wrong!"]


WORN = "is worn; say what you mean, or leave it out"
ALT = "a picture without alt text; say what it shows: ![what it shows](file), or :alt: in a directive"
TYPED = "is printed as typed;"
UNRESOLVED = "marks a conflict that is not resolved; keep one of the versions"
TABLE = "a table has a head, below it a line |---|---| with as many columns, and a line for each row"
PLAIN = "is shown as typed; summaries and alt texts are plain text"


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        (prose_rules.no_worn_phrases, "It is a plain\nfact, simply put.", [(2, f"“simply” {WORN}")]),
        (prose_rules.no_worn_phrases, "In today’s\nworld, robustness is measured.", [(1, f"“in today’s world” {WORN}")]),
        (prose_rules.no_worn_phrases, "It oversimplifies `simply`.\n\n```text\nsimply\n```", []),
        (prose_rules.typographic_marks, 'He said\n"no".', [(2, '" in prose; write “ or ”')] * 2),
        (prose_rules.typographic_marks, "It's 3--4 -- no...",
            [(1, "' in prose; write ’ or ‘"), *[(1, "-- in prose; write – or —")] * 2, (1, "... in prose; write …")]),
        (prose_rules.typographic_marks, "It’s “3–4” — a well-known `--flag` {math}`f'(x)` [x](https://x.example/a--b).", []),
        (prose_rules.headings_in_order, "# A\n\n### B", [(3, "a heading of level 3 below one of level 1; write ##")]),
        (prose_rules.headings_in_order, "# A\n\n## B\n\n### C\n\n## D", []),
        (prose_rules.headings_in_order, "## Without a title, of which the build says enough", []),
        (prose_rules.headings_cite_nothing, "# A {cite}`x`\n\n## B [^y]\n\nC {cite}`x` [^y]\n\n[^y]: Z.",
            [(1, "a citation in a heading; put it after the sentence below that needs it"),
             (3, "a footnote in a heading; put it after the sentence below that needs it")]),
        (prose_rules.pictures_are_described, "A line\n![](a.png) and ![b](b.png)", [(2, ALT)]),
        (prose_rules.pictures_are_described, ":::{note}\n```{figure} a.png\nCaption.\n```\n:::", [(2, ALT)]),
        (prose_rules.pictures_are_described, "```{figure} a.png\n:alt: What it shows.\nCaption.\n```\n\n`![](a.png)`", []),
        *((prose_rules.nothing_is_printed_as_typed, text, [(line, f"{typed} {TYPED} {mend}")]) for text, line, typed, mend in [
            ("A\n{result}half.", 2, "{result}half", "a role is written {result}`half`"),
            ("A {cite})`b`.", 1, "{cite}", "a role is written {cite}`…`"),
            ("Says {cite}`key and", 1, "{cite}`key", "a role is written {cite}`key`"),
            ("Says [@key].", 1, "[@key]", "a citation is written {cite}`key`"),
            ("A\n##Heading", 2, "##Heading", "a heading is written ## Heading, with a space"),
            ("A\n#\\## Part", 2, "### Part", "a heading is written ### Part, with a space"),
            ("Is **strong so", 1, "**strong so", "bold words are written **words**, without spaces inside"),
            ("[a](b c.md)", 1, "](b c.md)", "a link is written [words](address), without spaces in the address"),
            ("A `code", 1, "`code", "code is written between two backticks"),
            ("As :cite:`one` says.", 1, ":cite:", "a role is written {cite}`…`"),
            ("As cite`one` says.", 1, "cite`…`", "a role is written {cite}`…`"),
            ("Of 32%% it is.", 1, "%%", "write one %"),
            ("As {cite}`` says.", 1, "{cite}``", "a role is written {cite}`…`"),
            ("As \\cite{one} says.", 1, "\\cite{",
                "LaTeX works in formulas only, such as $x^2$; a citation is written {cite}`…`"),
            ("::{note}\nText.\n::", 1, "::{note}", "a box opens with three colons, and ends with as many: :::{note}"),
            (".. note:: Text.", 1, ".. note::", "a box is written :::{note}, and ends with :::"),
            ("> [!INFO]\n> Text.", 1, "[!INFO]",
                "a box is of the kind NOTE, TIP, IMPORTANT, WARNING or CAUTION, or written :::{note}"),
            ("[x] Done.", 1, "[x]", "the box of a task stands in a list: - [ ] words"),
            ("A ~~ b.", 1, "~~", "words are struck out as ~~words~~, without spaces inside"),
            ("| a | b |\n| 1 | 2 |", 1, "| a | b |", TABLE),
            ("| a | b |\n|---|\n| 1 | 2 |", 1, "| a | b |", TABLE),
            ("{.note #a\nText.", 1, "{.note #a", "attributes are written in braces, {#name}, right above their block"),
            ("A^[note].", 1, "^[note]", "a footnote is written [^name], and its text on a line of its own, [^name]: …"),
            ("See [[first]].", 1, "[[first]]", "a link is written [words](/essays/SLUG/index.md)"),
            ("See [a][b].", 1, "][b]", "a link is written [words](address)"),
            ("See [a] (b).", 1, "[a] (b)", "a link is written [words](address), without a space between"),
            ("See `a <b>`_.", 1, "`…`_", "a link is written [words](address)"),
            ("See a+https://a.example/b?c.", 1, "https://a.example/b?c", "a link is written <address>, or [words](address)"),
        ]),
        *((prose_rules.nothing_is_printed_as_typed, text, []) for text in (
            "> [!NOTE] Text.\n\n- [x] Done ~~b~~ {{ name }} https://a.example/b?c. $x$ <kbd>b</kbd>\n\n$$\nx\n$$ (e)",
            "{term}`a` `{b}c` **d** [e](f) {math}`\\frac{a}{b}c` #1 [^f] `[@g]`\n\n```text\n##h\n```\n\n[^f]: {a, b} of it.",
            "<https://a.example/b> [https://a.example](https://a.example/) `[[a]]` a_b [a]: (b) 1:1 | 2",
        )),
        (prose_rules.plain_text_is_plain, HEADER.replace("A summary.", "A *summary* of [x](y) and {cite}`z` in `code`."),
            [(4, f"{typed} {PLAIN}") for typed in ("*summary*", "[x](y)", "{cite}`z`", "`code`")]),
        (prose_rules.plain_text_is_plain, "```{chart} a\n:alt: It is {result}`b` of 2 * 3, {term}`c`.\nThe *claim*.\n```",
            [(2, f"{{term}}`c` {PLAIN}")]),
        (prose_rules.pictures_are_described, "```{figure} a.png\n---\nwidth: 3px\nalt: What it shows.\n---\nCaption.\n```", []),
        (prose_rules.pictures_are_described, "```{figure} a.png\n---\nwidth: 3px\n---\n```", [(1, ALT)]),
        (prose_rules.sentences_fit_a_breath, "Short.\n" + "word " * 41 + "end.",
            [(2, "a sentence of 42 words; split it in two")]),
        (prose_rules.sentences_fit_a_breath, "word " * 39 + "end. And another.", []),
        (prose_rules.paragraphs_hold_one_idea, "A b c. " * 41, [(1, "a paragraph of 123 words; split it in two")]),
        (prose_rules.paragraphs_hold_one_idea, "A b c. " * 40 + "\n\nAnother one.", []),
    ],
)  # fmt: skip
def test_a_rule_reports_what_it_names_and_nothing_else(
    rule: prose_rules.Rule, text: str, expected: list[tuple[int, str]]
) -> None:
    assert said(rule, text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("```python\nx\n", [(1, "python")]),
        (":::{note}\nText.\n\n## All that follows", [(1, "{note}")]),
        ("````{note}\n```sh\nx\n````\n", [(2, "sh")]),
        ("```\nx\n", [(1, "without a name")]),
        ("- Item\n\n  ```sh\n  x\n  ```\n\n> ~~~sh\n> x\n> ~~~\n\n````{note}\n:::{tip}\nText.\n:::\n````", []),
    ],
)
def test_an_unclosed_fence_is_reported(text: str, expected: list[tuple[int, str]]) -> None:
    mend = "is never closed; close it with as many ` or : on a line below its text"
    found = [problem[:2] for problem in prose_rules.fences_are_closed(note(text).contents.fences)]
    assert found == [(line, f"the fence {name} {mend}") for line, name in expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("| a | b |\n|---|---|\n| 1 |\n| 1 | 2 | 3 |", [(4, 3)]),
        ("A\n\n:::{note}\na | b\n--|--\n1 | 2 | 3\n\n| c |\n|---|\n| 1 | 2 |\n:::", [(6, 3), (10, 2)]),
        ("| a | b |\n|---|---|\n| 1 | 2 | |\n| 1 | 2 | | 3 |", [(4, 4)]),
        ("> | a | b |\n> |---|---|\n> | `1 \\| 2` | 2 |\n\n```text\n| 1 | 2 | 3 |\n```", []),
    ],
)
def test_a_surplus_cell_is_reported(text: str, expected: list[tuple[int, int]]) -> None:
    found = [problem[:2] for problem in prose_rules.tables_are_whole(note(text).contents.rows)]
    mend = "; a | within a cell is written \\|"
    heads = {4: 2, 6: 2, 10: 1}
    assert found == [(line, f"a row of {cells} cells in a table of {heads[line]} columns{mend}") for line, cells in expected]


HIDDEN = {
    "draft": "date: 2026-01-01\ndraft: true", "later": "date: 2026-07-01", "soon": "date: 2026-06-10", "now": "date: 2026-05-01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("essay", "links", "expected"),
    [
        ("now", "[a](/essays/draft/index.md), {doc}`/essays/later/index`",
            ["draft, which is a draft", "later, which is scheduled for 2026-07-01"]),
        ("now", "[a](../soon/index.md)", ["soon, which is scheduled for 2026-06-10"]),
        ("later", "[a](/essays/soon/index.md) and [b](/essays/now/index.md)", []),
        ("draft", "[a](/essays/later/index.md)", []),
    ],
)  # fmt: skip
def test_a_published_essay_cannot_link_to_a_hidden_one(tmp_path: Path, essay: str, links: str, expected: list[str]) -> None:
    for slug, fields in HIDDEN.items():
        (tmp_path / slug).mkdir()
        text = f"---\n{fields}\ncategory: C\nsummary: S\n---\n# T\n\n" + (links if slug == essay else "")
        (tmp_path / slug / "index.md").write_text(text)
    found = essays.read_essays(tmp_path, Store(tmp_path / "store"))
    (own,) = [manuscript for manuscript in found if manuscript.slug == essay]
    said = [problem.message for problem in prose_rules.essays_lead_to_what_is_public(own, found, date(2026, 6, 1))]
    mend = "; remove the link, or publish that essay no later than this one"
    assert said == [f"a link to {state}{mend}" for state in expected]


BRACE = "look for a missing brace or comma in the entry above"
COMMAS = r"""'B, C, {\\o}, E' has too many commas; write and between people, as in Ada Lovelace and Alan Turing"""


@pytest.mark.parametrize(
    ("bibliography", "expected"),
    [
        ("@misc{one, title={One}}\n", []),
        (
            "<<<<<<< HEAD\n@misc{one, title={One}}\n=======\n>>>>>>> other\n",
            [(1, f"<<<<<<< {UNRESOLVED}"), (4, f">>>>>>> {UNRESOLVED}")],
        ),
        ("@misc{one,\n  title={One\n", [(2, f"not BibTeX: premature end of file; {BRACE}")]),
        ("@misc{one, author={A and\n B, C, {\\o},\n E}}\n", [(2, f"not BibTeX: the name {COMMAS}")]),
        ("@misc{one, title={A}}\n@misc{one, title={B}}\n", [(2, "the entry one is defined twice; remove one")]),
    ],
)
def test_an_unreadable_bibliography_is_reported(bibliography: str, expected: list[tuple[int, str]]) -> None:
    assert [problem[:2] for problem in bibliography_rules.bibliography_can_be_read(bibliography)] == expected


KINDS = (
    "article, book, booklet, dataset, inbook, incollection, inproceedings, manual, mastersthesis, misc, online, patent, "
    "phdthesis, proceedings, software, techreport, unpublished"
)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("@misc{a, title={A}, url={https://a.example/x}, doi={10.1000/182}}", []),
        ("@misc{a,\n  title={A", []),  # said by another rule
        ("\n@misc{a, year={2000}}", [(2, "the source a has no title; write title = {…}")]),
        ("@article{a, title={A}, author={B, C}}", [(1, "the source a has no journal; write journal = {…}, or make it an @misc")]),
        ("@webpage{a, title={A}}", [(1, f"unknown kind of source 'webpage'; allowed are: {KINDS}")]),
        ("@misc{a, title={A}, url={htp//foo}}",
            [(1, "the url of a is 'htp//foo'; write an address that begins with https:// or http://")]),
        ("@misc{a, title={A}, doi={https://doi.org/10.1/2}}",
            [(1, "the doi of a is 'https://doi.org/10.1/2'; write it as 10.1000/182, with nothing before the 10")]),
    ],
)  # fmt: skip
def test_an_incomplete_source_is_reported(entry: str, expected: list[tuple[int, str]]) -> None:
    assert [problem[:2] for problem in bibliography_rules.sources_can_be_printed(entry)] == expected


QUOTE = "remove it, write it in backticks, or start its line with % if it is a note to yourself"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Of “TODO”, 'XXX' and \"TBD\" on localhost.", []),
        ("A TODO app has TODO comments.", []),
        ("Of “TODO more”.", [(1, f"a placeholder: TODO; {QUOTE}")]),
        ("At localhost:80.", [(1, f"this machine as a host: localhost; {QUOTE}")]),
        ("A\nTODO: more", [(2, f"a placeholder: TODO; {QUOTE}")]),
        ("At [x](http://localhost:8000/).", [(1, f"this machine as a host: localhost; {QUOTE}")]),
        ("In /home/me/x.", [(1, f"a path of a machine: /home/me; {QUOTE}")]),
        ("To `me@else.org`, `git@else.org:x` and git@else.org.", []),
        ("To me@else.org.", [(1, f"an e-mail address that is neither that of conf.py nor a link: me@else.org; {QUOTE}")]),
        (f"In `{ROOT}/essays`.", [(1, f"a path of this machine: {ROOT}; remove it")]),
        ("% TODO: cite\n`TODO` at ``localhost`` to me@insights.example", []),
        ("```sh\ncd /home/me # TODO\n```\n\n> ```python\n> x = 1  # TODO\n> ```", []),
        ("```{note}\nTODO\n```", [(2, f"a placeholder: TODO; {QUOTE}")]),
    ],
)  # fmt: skip
def test_text_that_the_scan_would_refuse_is_reported(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    settings = {"include_patterns": [], "html_baseurl": "", "insights_email": "hello@insights.example"}
    rules = scan_rules(ROOT, settings, [], Store(tmp_path))
    found = [rule for rule in rules if rule.scope != OWN_FILES]
    assert [problem[:2] for problem in prose_rules.nothing_leaks(text, note(text).contents.unquoted, found)] == expected


def test_backticks_quote_nothing_in_a_model() -> None:
    code = "x = 1\n# TODO: `x`\n"
    assert list(prose_rules.nothing_leaks(code, None, RULES)) == [Problem(2, "a placeholder: TODO; remove it")]


CITE = ", or cite another source for it"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("First.\nThen 4.4 hours.", [(2, f"4.4 is the model’s hours; write {{result}}`hours:.1f`{CITE}")]),
        ("It is 34,220 hands.", [(1, f"34,220 is the model’s hands; write {{result}}`hands:,.0f`{CITE}")]),
        ("It is 12.5% of them.", [(1, f"12.5% is the model’s share; write {{result}}`share:.1%`{CITE}")]),
        ("It is 10,000 of them, or 10000.", [(1, f"10,000 is the model’s many; write {{result}}`many:,.0f`{CITE}"),
            (1, f"10000 is the model’s many; write {{result}}`many:.0f`{CITE}")]),
        ("It is {result}`hours:.2f`, or 4.36, or 4.4.", [(1, f"4.36 is the model’s hours; write {{result}}`hours:.2f`{CITE}")]),
        ("| a |\n|---|\n| 4.4 |", [(3, f"4.4 is the model’s hours; write {{result}}`hours:.1f`{CITE}")]),
        ("It is {result}`hours:.1f` hours.", []),
        ("They counted 4.4 hours {cite}`somebody`.", []),
        ("Another 4.38, version 2.4.4, 4.4x or 60 of 2026.", []),
        ("# The 4.4 hours", []),
        ("It is {result}`hours:d` or {result}`hours:.2f2`, or 4.4.", []),
    ],
)  # fmt: skip
def test_a_typed_result_is_reported_unless_a_source_is_cited(text: str, expected: list[tuple[int, str]]) -> None:
    results = {"hours": 4.36, "hands": 34220, "share": 0.125, "round": 60, "many": 10_000, "year": 2026, "name": "4.4"}
    found = prose_rules.no_typed_results(note(text, MODEL).blocks, results, quoted_results(text))
    assert [problem[:2] for problem in found] == expected


def test_an_uncited_source_is_reported() -> None:
    bibliography = "@misc{one, title={One}}\n@misc{two, title={Two}}\n@misc{three, title={Three}}\n"
    found = list(bibliography_rules.every_source_is_cited(bibliography, ["Text {cite}`one, three`."]))
    assert [(problem.line, problem.message) for problem in found] == [(2, "no essay cites two; remove the entry")]


def test_contributing_lists_every_rule_as_in_the_code() -> None:
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    taste = {
        **prose_rules.TASTE, "cited-sources": bibliography_rules.every_source_is_cited, "code": code_blocks.problems,
        "code-languages": messages._language, "headings-alike": anchors._headings_differ,
        "pictures-shown": slips.pictures_are_shown,
        "short-rows": prose_rules.rows_are_full, "spelling": tools.spelling, "typed-results": prose_rules.no_typed_results,
    }  # fmt: skip
    modules = (prose_rules, slips, bibliography_rules, lost_words)
    functions = [rule for module in modules for rule in vars(module).values() if inspect.isgeneratorfunction(rule)]
    rules = [rule for rule in functions if not rule.__name__.startswith("_") and rule not in taste.values()]

    def sentence(rule: object) -> str:
        return (inspect.getdoc(rule) or "").splitlines()[0]

    stated = [f"- {sentence(rule)}" for rule in rules]
    assert [line for line in guide.splitlines() if line in stated] == stated
    levels = read_settings(ROOT)["insights_rules"]
    rows = [f"| `{name}` | {sentence(taste[name])} | {levels.get(name, 'advice')} |" for name in TASTE]
    assert [line for line in guide.splitlines() if line in rows] == rows


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("More than half, or 55\n% of them, waited.", [(2, "“% of them, waited.” is a comment")]),
        ("The format\n%d prints it.", [(2, "“%d prints it.” is a comment")]),
        ("One line.\n% a note to myself\nAnother\n% and one more\nline.", []),
        ("It takes \\(O(n)\\), or\n\n\\[ x^2 \\]", [(1, "\\( begins no formula"), (3, "\\[ begins no formula")]),
        ("He said so \\[sic\\], and [x]\\(y\\).", []),
        ("{% include x.html %}\n\n{{< figure src=a >}}\n\nWords.\n{: .center}", [
            (1, "{% include x.html %} is a command"), (3, "{{< figure src=a >}} is a command"),
            (6, "{: .center} is for another program")]),
        ("<!-- {% include x %} -->\n\n[TOC]", [(3, "[TOC] is for another program")]),
        ("`{% raw %}`\n\n```text\n{% raw %}\n<<<<<<< HEAD\n```", []),
        ("<<<<<<< HEAD\nOne.\n>>>>>>> other", [(1, "<<<<<<< marks a conflict"), (3, ">>>>>>> marks a conflict")]),
        (":::note\nText.\n:::\n\n:::warning Mind this\nText.\n:::", [(5, "the title “Mind this” is not shown")]),
        ("```python\nx = 1\n\nText.\n\n```sh\nls\n```", [(1, "the fence ```python is not closed when another opens on line 6")]),
        ("````markdown\n```sh\nls\n```\n````", []),
        ("```{code-block} go\n\n:linenos:\nx\n```", [(3, "the option :linenos: is shown as text of {code-block}")]),
        ("```{image} a.png\n:alt: It is long\n  and goes on.\n```", [(3, "“and goes on.” is no part of the option")]),
        ("```{image} a.png\n:alt: >\n:  It is long\n:  and goes on.\n```", []),
        ("One thing and another.\n---\nText.", [(2, "--- right below text makes a heading")]),
        ("A heading\n---\nText.", []),
        ("    This is a sentence that somebody has indented.", [(1, "indented by four spaces")]),
        ("    $ cat /Users/me/x\n    http://localhost:3000", []),
        ("[Note]: important\n\nText.", [(1, "[Note]: defines the address of a link")]),
        ("[note]: https://a.example/\n\nSee the [note].", []),
        ("+++ Words\n\nText.", [(1, "“Words” behind +++ is not shown")]),
    ],
)  # fmt: skip
def test_what_markdown_swallows_is_reported(text: str, expected: list[tuple[int, str]]) -> None:
    found = sorted(slips.slips(text, note(text).contents))
    assert [
        (problem.line, problem.message[: len(words)]) for problem, (_, words) in zip(found, expected, strict=True)
    ] == expected


@pytest.mark.parametrize(
    "text",
    [
        "```{epigraph}\nWords.\n\n-- A. Writer\n```",
        "{menuselection}`File --> Export`, {guilabel}`a \"b\"`, {option}`drain --limit`, {kbd}`Ctrl` {file}`/a/'b'`.",
        '```{csv-table}\n:header: a, b\n"one, two", "3"\n```',
        "```{eval-rst}\n.. note:: A 'quote' -- none.\n\n   ``--flag``\n```".replace("'quote' -- none", "word"),
        "```{eval-rst}\n+---+---+\n| a | b |\n+---+---+\n```",
        '```{productionlist}\nquery: `term` -- "x"\n```',
        "{cite:p}`{see}one{p. 7}` and {bdg-link-primary}`https://a.example/`.",
        "```{image} a.png\n   :alt: What it shows.\n```\n\n```{code-block} sh\n---\ncaption: A 1\n---\nls\n```",
        "See #sig-contribex\n#sig-contribex is a channel.\n\n[x](y.md) (in part) and [ ] nothing.",
    ],
)
def test_a_construct_is_never_refused_for_the_marks_it_is_made_of(text: str) -> None:
    taken = note(text)
    rules = (*prose_rules.ALWAYS, prose_rules.typographic_marks)
    assert [problem for rule in rules for problem in rule(taken.blocks)] == []
    assert list(slips.slips(text, taken.contents)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Some *words that\nend nowhere, and *more.", [1, 2]),
        ("*A remark, some \\*args, 2 * x *y*, `*z`, **b** and 2*n.", []),
    ],
)
def test_emphasis_that_is_not_closed_is_reported(text: str, expected: list[int]) -> None:
    assert [problem.line for problem in slips.emphasis_is_closed(text, note(text).blocks)] == expected


def test_a_rule_of_taste_can_be_off_advice_or_an_error() -> None:
    text = "It's one.\n\n% insights: allow quotes, worn-phrases\nIt's two\nand it's three.\n\nIt's four.\n"
    found = [Problem(line, "quotes") for line in (1, 4, 5, 7)]

    def said(settings: dict[str, object], essay: dict[str, object]) -> list[tuple[int, bool]]:
        judged = levels_of_rules(settings, essay, text).judge("quotes", iter(found))
        return [(problem.line, problem.warning) for problem in judged]

    assert said({}, {}) == [(1, True), (7, True)]
    assert said({"quotes": "error"}, {}) == [(1, False), (7, False)]
    assert said({"quotes": "error"}, {"quotes": False}) == []
    assert wrong_level("qoutes", "off") == (f"unknown rule 'qoutes'; did you mean 'quotes'? Allowed are: {', '.join(TASTE)}")
    assert wrong_level("leaks", "off") == (
        "the rule 'leaks' protects readers or the site, and cannot be switched off; remove it from here"
    )
    assert wrong_level("quotes", "never") == "the rule 'quotes' cannot be 'never'; write 'error', 'advice' or 'off'"
    comments = "% insights: allow alt-texts\n% insights: allows quotes\n"
    assert [problem.line for problem in comment_problems(comments)] == [1, 2]


def test_words_that_are_nowhere_on_the_page_are_noticed() -> None:
    text = '# A title\n\nWords {.cls #id} of it.\n\nAnd missing words.\n\n<img alt="A title\nof it"\n     data-only="yes" />\n'
    taken = note(text)
    shown = new_document("index.md")
    shown += nodes.paragraph("", "A title. Words {.cls #id} of it.")
    lost = list(lost_words.lost_words(text, 0, taken.contents, shown))
    assert [problem[:2] for problem in lost] == [
        (5, "“And missing” is not on the page; look for a mark here or above that takes the words")
    ]


def test_a_user_whom_the_machine_does_not_know_can_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that runs with any number of a user, without a home."""

    def unknown(number: int) -> None:
        raise KeyError(number)

    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", unknown)
    settings = {"html_baseurl": "", "insights_email": "hello@insights.example"}
    assert scan_rules(ROOT, settings, [], Store(tmp_path))


def test_a_problem_that_the_build_finds_has_the_level_of_its_rule(tmp_path: Path) -> None:
    text = tmp_path / "essays/a/index.md"
    text.parent.mkdir(parents=True)
    problem = Problem(9, "unknown language", "insights.code-languages", "essays/a/index.md", warning=True)
    text.write_text("---\ndate: 2026-01-01\ncategory: X\nsummary: A summary.\n---\n")
    assert judged("code-languages", problem, tmp_path, {}) == problem
    assert judged("code-languages", problem, tmp_path, {"code-languages": "error"}) == problem._replace(warning=False)
    text.write_text(text.read_text().replace("category:", "rules: {code-languages: off}\ncategory:"))
    assert judged("code-languages", problem, tmp_path, {"code-languages": "error"}) is None
    assert judged("markup", problem, tmp_path, {}) == problem
