"""Whatever an author writes, she is told what is wrong with it; she never meets a traceback."""

from __future__ import annotations

import os
import random
import re
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import project
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from insights.cache import Store
from insights.check import bibliography_rules, code_blocks, prose_rules
from insights.problems import Problem
from insights.reporting import messages
from insights.reporting.suggestions import Targets
from insights.source import markdown, scaffold
from insights.source.essays import Vocabulary, essay_problems, read_essays
from insights.source.front_matter import FrontMatter, parse_front_matter, slug_of, slug_problems, split_front_matter

CASES = settings(max_examples=350, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
WORDS = Vocabulary({"System Design": "", "Infrastructure": ""}, ["latency"])

#: Pieces of headers and texts, right and wrong, in any order, with anything between them.
VALUES = st.sampled_from(
    ["2026-04-28", "System Design", "true", "[]", "[latency]", "{a: b}", "*a", "&a b", "!!python/none x", "'", '"', ": ", "- ", "|", ">", "\t",
     "null", "1e999", "0x1", "~", "# c", "[{date: 2026-05-10, note: N}]", "\ufeff", "\x00", "\u2028", "? x", "<<: *a", "%YAML 9.9", "...", "---"]
)  # fmt: skip
FIELDS = st.tuples(st.sampled_from([*FrontMatter.model_fields, "title", "", "?", "date "]), VALUES | st.text(max_size=12))
HEADERS = st.lists(FIELDS, max_size=7).map(lambda fields: "".join(f"{name}: {value}\n" for name, value in fields)) | st.text(
    max_size=60
)
PIECES = st.sampled_from(
    ["# Title\n\n", "## Heading\n", "### Deep {term}`x`\n", "```python\n", "```\n", "````{note}\n", "````\n", ":::{tip} T\n", ":::\n", "```{chart} a b\n",
     ":alt: {result}`x`\n", ":alt:\n", "```{figure} x.png\n", "![](x.png)", "![a](", "[l](/essays/", ")", "[^1]", "[^1]: x\n", "{cite}`a,b`", "{result}`a:.1f`",
     "{result}`", "| a | b |\n|---|---|\n| 4.36 | \n", "- x\n  - y\n\n      z\n", "> q\n> ```sh\n> x\n", "<b>", "<!-- c", "$$\n", "\r\n", "\r", "\x0c", "\u2028", "\x00",
     "---\n", "(t)=\n", "{#id .c}\n", "%% c\n", "4.36 of 12.5%.", "a -- b 'c' \"d\" ...", "Simply.", "```json\n{\n```\n", "```yaml\na: [\n```\n", "```toml\nx\n```\n",
     "```{code-block} python\n:caption: x\n", "\\", "&#0;", "`", "*", "_", "{", "}", "~~~ py x\n"]
)  # fmt: skip
BODIES = st.lists(PIECES | st.text(max_size=8), max_size=25).map("".join)


@CASES
@given(HEADERS)
def test_any_header_is_a_record_or_has_problems_on_its_own_lines(header: str) -> None:
    text = f"---\n{header}\n---\n# Title\n"
    record, problems, lines = parse_front_matter(text)
    assert record or problems
    length = len(text.splitlines())
    assert all(1 <= problem.line <= length and problem.message and "\n" not in problem.message for problem in problems)
    if record:
        assert lines["date",] > 1
        assert split_front_matter(text)[1] > 2


@CASES
@given(HEADERS, BODIES)
def test_any_text_is_read_by_every_rule(header: str, body: str) -> None:
    text = f"---\n{header}\n---\n{body}"
    length = len(text.split("\n")) + text.count("\r") + text.count("\x0c") + text.count("\u2028") + 1
    blocks, fences = markdown.prose_blocks(text, parse_front_matter(text)), markdown.markdown_fences(text)
    problems = [problem for rule in (*prose_rules.ERRORS, *prose_rules.WARNINGS) for problem in rule(blocks)]
    problems += [*prose_rules.fences_are_closed(fences), *prose_rules.tables_are_whole(markdown.table_rows(text))]
    problems += prose_rules.no_typed_results(blocks, {"x": 4.36, "y": 0.125}, markdown.quoted_results(text))
    code = [block for block in code_blocks.find_blocks(fences) if block.language in ("json", "yaml", "toml")]
    problems += code_blocks.problems(code, Path("index.md"))
    assert all(1 <= problem.line <= length for problem in problems)


@CASES
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


@CASES
@given(st.text(max_size=40))
def test_any_title_begins_an_essay_or_is_refused(tmp_path_factory: pytest.TempPathFactory, title: str) -> None:
    folder = tmp_path_factory.mktemp("new")
    try:
        made = scaffold.create(folder, title, "Infrastructure", date(2026, 1, 1), with_model=False, vocabulary=WORDS)
    except scaffold.RefusedError:
        assert list(folder.glob("essays/*")) == []
        return
    assert list(slug_problems(made.name)) == []
    assert made.name == slug_of(" ".join(title.replace("'", "’").split()))
    assert parse_front_matter((made / "index.md").read_text(encoding="utf-8")).problems == []


@CASES
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


#: A text with everything in it that a slip of the hand may break.
BODY = """\
# A Title

A *first* paragraph with `code`, a source {cite}`one`, a {term}`Term`, and [a link](/essays/first/index.md#a-heading).

## A part

- One of **two**
- Two of {math}`a^2 \\lt b`

> Somebody said “so”.[^note]

| Case | Value |
|---|---:|
| One | 12 |

### A smaller part

```python
print(1)
```

```output
1
```

:::{note}
A box, with ![a mark](/_static/mark.svg).
:::

See [above](#a-part).

[^note]: In a note.
"""
#: What a page shows where Markdown was not understood.
LITERAL = re.compile(r"\{(?:cite|term|math|result)\}|\]\(|:::|\[\^|^#+ ?\w|\*\*", re.MULTILINE)


def slip(text: str, chance: random.Random) -> str:
    """The text, with a slip or two of the hand in it."""
    for _ in range(chance.choice([1, 1, 2])):
        at, lines = chance.randrange(len(text)), text.splitlines(keepends=True)
        line = chance.randrange(len(lines))
        text = chance.choice(
            [
                text[:at] + text[at + chance.randrange(1, 5) :],
                text[:at] + chance.choice(list("`*[](){}#:|<>_\\\n\"'$@&~^!-=")) + text[at:],
                "".join(lines[:line] + lines[line + 1 :]),
                "".join([*lines[: line + 1], *lines[line:]]),
                "".join([*lines[:line], "\n", *lines[line:]]),
            ]
        )
    return text


@pytest.mark.parametrize("seed", range(2))
def test_any_slip_is_told_or_leaves_a_whole_page(tmp_path: Path, seed: int) -> None:
    root, chance = project(tmp_path / "source"), random.Random(seed)
    header = "---\ndate: 2026-05-01\ncategory: Architecture\nsummary: A summary.\n---\n"
    for number in range(60):
        text = slip(header + BODY if number % 4 == 0 else BODY, chance)
        folder = root / f"essays/slip-{number}"
        folder.mkdir()
        (folder / "index.md").write_text(text if number % 4 == 0 else header + text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "insights", "check"], cwd=root, env=os.environ | {"PYTHONPATH": "_ext"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    *found, _ = done.stdout.splitlines()
    told = {match[1] for line in found if (match := re.match(r"essays/(slip-\d+)/index\.md:\d+: \S", line))}
    assert [line for line in found if not re.match(r"essays/[\w-]+/index\.md:\d+: \S|essays/references\.bib:\d+: ", line)] == []
    for number in {*range(60)} - {int(name.rpartition("-")[2]) for name in told}:
        html = (root / f"_build/check/published/html/essays/slip-{number}/index.html").read_text(encoding="utf-8")
        page = BeautifulSoup(html, "lxml").article
        text = (root / f"essays/slip-{number}/index.md").read_text(encoding="utf-8")
        assert page, text
        for code in page.select("pre, code"):
            code.decompose()
        assert [bool(heading.get_text(strip=True)) for heading in page.select("h1")] == [True], text
        assert all(heading.get_text(strip=True) for heading in page.select("h2, h3, h4, h5, h6")), text
        assert page.select(".system-message, .problematic, img:not([alt]), img[alt='']") == [], text
        assert LITERAL.findall(page.get_text()) == [], text
        ids = {element["id"] for element in page.select("[id]")}
        assert {link["href"][1:] for link in page.select("a[href^='#']")} - ids == set(), text
