"""Authors get a message about any text that is wrong, and never a traceback."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest
from conftest import note
from fuzz_inputs import PIECES, VALUES
from hypothesis import example, given
from hypothesis import strategies as st
from insights.cache import Store
from insights.check import bibliography_rules, code_blocks, prose_rules, slips
from insights.check.words import quoted_results
from insights.problems import Problem
from insights.reporting import messages
from insights.reporting.suggestions import Targets
from insights.source import scaffold
from insights.source.essays import Vocabulary, essay_problems, read_essays
from insights.source.front_matter import FrontMatter, parse_front_matter, slug_of, slug_problems, split_front_matter

WORDS = Vocabulary({"System Design": "", "Infrastructure": ""}, ["latency"])

NAMES = [*FrontMatter.model_fields, "title", "", "?", "date "]
FIELDS = st.tuples(st.sampled_from(NAMES), st.sampled_from(VALUES) | st.text(max_size=12))
LINES = st.lists(FIELDS, max_size=7).map(lambda fields: "".join(f"{name}: {value}\n" for name, value in fields))
HEADERS = LINES | st.text(max_size=60)
BODIES = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=25).map("".join)


@given(HEADERS)
def test_front_matter_is_valid_or_has_problems_on_its_own_lines(header: str) -> None:
    text = f"---\n{header}\n---\n# Title\n"
    record, problems, lines = parse_front_matter(text)
    assert record or problems
    length = len(text.splitlines())
    assert all(1 <= problem.line <= length and problem.message and "\n" not in problem.message for problem in problems)
    if record:
        assert lines["date",] > 1
        assert split_front_matter(text)[1] > 2


@given(HEADERS, BODIES)
@example("", "$$\n\x1b$$\n")
def test_every_rule_reads_any_text(header: str, body: str) -> None:
    text = f"---\n{header}\n---\n{body}"
    length = len(re.split(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]", text)) + 1
    taken = note(text)
    blocks, contents = taken.blocks, taken.contents
    problems = [problem for rule in (*prose_rules.ALWAYS, *prose_rules.TASTE.values()) for problem in rule(blocks)]
    problems += [*prose_rules.fences_are_closed(contents.fences), *prose_rules.tables_are_whole(contents.rows)]
    problems += [*prose_rules.rows_are_full(contents.rows), *slips.slips(text, contents), *slips.pictures_are_shown(contents)]
    problems += prose_rules.no_typed_results(blocks, {"x": 4.36, "y": 0.125}, quoted_results(text))
    code = [block for block in contents.code if block.language in ("json", "yaml", "toml")]
    problems += code_blocks.problems(code, Path("index.md"), Path())
    assert all(1 <= problem.line <= length for problem in problems)


@given(st.dictionaries(st.sampled_from(["a", "b", "C", "tag", "2026"]), st.tuples(HEADERS, BODIES), max_size=3))
def test_any_essays_are_checked_against_each_other(
    tmp_path_factory: pytest.TempPathFactory, essays: dict[str, tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("essays")
    for slug, (header, body) in essays.items():
        (folder / slug).mkdir()
        (folder / slug / "index.md").write_bytes(f"---\n{header}\n---\n{body}".encode(errors="surrogatepass"))
    found = read_essays(folder, Store(folder / "store"))
    assert all(problem.message for _, problem in essay_problems(folder, found, WORDS, date(2026, 6, 1), hidden=True))
    for manuscript in found:
        list(prose_rules.essays_lead_to_what_is_public(manuscript, found, date(2026, 6, 1)))


@given(st.text(max_size=40))
def test_any_title_starts_an_essay_or_is_refused(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    folder = tmp_path_factory.mktemp("new")
    try:
        made = scaffold.create(folder, title, "Infrastructure", date(2026, 1, 1), with_model=False, vocabulary=WORDS)
    except scaffold.RefusedError:
        assert list(folder.glob("essays/*")) == []
        return
    assert list(slug_problems(made.name)) == []
    assert made.name == slug_of(" ".join(title.replace("'", "’").split()))
    assert parse_front_matter((made / "index.md").read_text(encoding="utf-8")).problems == []


@given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
def test_any_bibliography_and_any_message_can_be_read(bibliography: str, message: str, name: str) -> None:
    list(bibliography_rules.bibliography_can_be_read(f"@misc{{a, title={{x}}}}\n{bibliography}\n"))
    list(bibliography_rules.every_source_is_cited(bibliography, [message]))
    known = Targets(documents=["essays/a/index", name], anchors={"essays/a/index": [name]})
    for kind, logged in (
        ("sphinx", message),
        ("myst.xref_missing", f"'myst' cross-reference target not found: '{name}'"),
        ("ref.doc", f"unknown document: '{name}'"),
        ("ref.ref", f"undefined label: '{name}'"),
    ):
        messages.explain(Problem(0, logged, kind, "essays/a/index.md"), known, Path("/nowhere"))
