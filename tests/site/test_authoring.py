"""An essay from `make new` to a new address: every mistake in it is reported, and nothing published is lost."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

from bs4 import BeautifulSoup
from conftest import ROOT, edit, insights, project
from insights.commands.permalinks import add_permalinks
from insights.problems import counted

SLUG = "how-often-it-fails"
TEXT = f"essays/{SLUG}/index.md"
BEGIN = ["new", "How Often It Fails: A Start", "--category", "Infrastructure", "--date", "2025-03-04"]

QUOTE = "remove it, write it in backticks, or start its line with % if it is a note to yourself"

#: One mistake of every kind: blocks of a text, each with its messages, which have an offset if they are not at its first line.
BLOCKS: list[tuple[str, list[str | tuple[int, str]]]] = [
    ("---\ndate: 2025-03-04\ncategory: Architecure\nsummary: It's a summary.\ntags: [overlaod]\nrelated: [frist]\n"
     "featured: true\nrevisions: [{date: 2025-01-01, note: Early.}]\n---\n# A Title", [
        (2, "unknown category 'Architecure'; did you mean 'Architecture'? Allowed are: System Design, Infrastructure, "
            "Real-Time Systems, Product Systems, Architecture, Engineering Thinking"),
        (3, "' in prose; write ’ or ‘"),
        (4, "unknown tag 'overlaod'; did you mean 'overload'? Allowed are: blast-radius, coordination, failover, idempotency, "
            "latency, measurement, operations, overload, queueing, redundancy, streaming"),
        (5, "unknown essay in `related`: 'frist'; did you mean 'first'? Allowed are: first, in-preparation, in-the-future, "
            "second, third"),
        (6, "`featured` is true here and in second; allowed is one essay, so take it out of the others"),
        (7, "the revision of 2025-01-01 is older than the essay, of 2025-03-04")]),
    ("This is crucial.", ["“crucial” is worn; say what you mean, or leave it out"]),
    ("A link [there](/essays/frist/index.md).", [
        "the link target '/essays/frist/index.md' does not exist; did you mean '/essays/first/index.md'? Link to a file, such "
        "as '/essays/SLUG/index.md'"]),
    ("A link [there](/essays/first/index.md#a-headin).", [
        "no anchor '#a-headin' in essays/first/index.md; did you mean 'a-heading'? Anchors there: a-heading"]),
    ("A draft [there](/essays/in-preparation/index.md).", [
        "a link to in-preparation, which is a draft; remove the link, or publish that essay no later than this one"]),
    ("A source {cite}`oen`.", ["no source 'oen' in essays/references.bib; did you mean 'one'? Add an entry for 'oen' there"]),
    ("A word {term}`Trem`.", ["no term 'Trem' in glossary.md; did you mean 'Term'? Add an entry for 'Trem' there, "
        "or write the words without the role"]),
    ("A number {result}`hundred`.", ["no result 'hundred' in model.py; there are: chance, hundred_calls"]),
    ("Typed, it is 63%.", ["63% is the model’s hundred_calls; write {result}`hundred_calls:.0%`, or cite another source for it"]),
    ("A role {ctie}`one`.", ["unknown role {ctie}; did you mean 'cite'? Available roles: result, cite, term, math, eq, ref, "
        "doc, abbr, sub, sup, kbd"]),
    ("![](/_static/mark.svg)", [
        "a picture without alt text; say what it shows: ![what it shows](file), or :alt: in a directive"]),
    ("A <b>word</b>.", []),
    ("It is mispelled.", ["“mispelled” is misspelt; write misspelled"]),
    ("### Too deep", ["warning: a heading of level 3 below one of level 1; write ##"]),
    ("## Too *deep*", [
        "warning: two headings have the anchor #too-deep (the other is on line 36), so this one has #too-deep-1; "
        "reword one of them, or name it: ## Too deep {#a-name}"]),
    ("##Too near, {result}chance", [
        "##Too is printed as typed; a heading is written ## Too, with a space",
        "{result}chance is printed as typed; a role is written {result}`chance`"]),
    ("TODO: ask me@else.org.", [
        f"a placeholder: TODO; {QUOTE}",
        f"an e-mail address that is neither that of conf.py nor a link: me@else.org; {QUOTE}"]),
    (" ".join(["word"] * 41) + ".", ["warning: a sentence of 41 words; split it in two"]),
    ("A word. " * 61, ["warning: a paragraph of 122 words; split it in two"]),
    ("![A figure](nothing.png)", [
        f"no picture 'essays/{SLUG}/nothing.png'; add the file, or write its path relative to this text, or from the top with "
        "a leading /"]),
    ("```{update} 2026-05-03\n```", [
        "the directive {update} has no place here; write an entry of `revisions` in the front matter"]),
    ("```python\nprint(1 / 0)\n```", [
        (1, "this code fails: ZeroDivisionError: division by zero; fix it, or mark the fence: ```python not run: why")]),
    ("```python\nprint(1)\n```", []),
    ("```output\n2\n```", [(1, "the code prints '1', but the text shows '2'; write what it prints")]),
    ("```json\n{,}\n```", [(1, "not JSON: Expecting property name enclosed in double quotes; fix it, or call the fence text")]),
    ("```yaml\na: [\n```", [
        (2, "not YAML: expected the node content, but found '<stream end>'; fix it, or call the fence text")]),
    ("```toml\na = x\n```", [(1, "not TOML: Invalid value; fix it, or call the fence text")]),
    ('```sh\n[ "$1" == b ]\n```', [
        (1, "shellcheck: In POSIX sh, == in place of = is undefined (SC3014); fix it, or call the fence console")]),
    ("[Figure 1](#figure-failing) is by another name below.", []),
    ("```{chart} faling\nThe claim.\n```", [
        "chart faling has no :alt:; say in a sentence what it shows",
        "no chart faling in model.py; there are: failing (a chart is a function of one argument, axes)"]),
]  # fmt: skip


def mistakes() -> tuple[str, list[str]]:
    """The text with every mistake, and its messages with their lines."""
    messages, line = [], 1
    for block, expected in BLOCKS:
        for message in expected:
            offset, words = message if isinstance(message, tuple) else (0, message)
            messages.append(f"{TEXT}:{line + offset}: {words}")
        line += block.count("\n") + 2
    return "\n\n".join(block for block, _ in BLOCKS) + "\n", messages


def checked(root: Path) -> list[str]:
    """What ``make check`` prints about the texts in ``root``, without the kind at the end of each line."""
    done = insights(root, "check")
    assert done.stderr == ""
    *lines, summary = done.stdout.splitlines()
    warnings = sum(": warning: " in line for line in lines)
    assert summary == counted(len(lines) - warnings, warnings)
    assert done.returncode == (len(lines) > warnings)
    assert [line for line in lines if not re.search(r" \[[\w.-]+\]$", line)] == []
    return [line.rpartition(" [")[0] for line in lines]


def test_an_essay_from_draft_to_rename(tmp_path: Path) -> None:
    root = project(tmp_path / "publication")
    edit(root / "conf.py", "insights.example,2026", "essays.org,2026")
    site = root / "_build/check/published/html"
    ledger, found = root / "permalinks.lock", root / "_build/check/published/doctrees/permalinks.lock"

    # Begun: a draft that is right as it stands, beside another that is as right.
    begun = insights(root, *BEGIN)
    assert (begun.returncode, begun.stderr) == (0, "")
    assert begun.stdout.splitlines() == [
        f"essays/{SLUG}/ is a draft. See it at /essays/{SLUG}/ while you write, and have it checked:", "  make live",
        "  make check",
    ]  # fmt: skip
    assert insights(root, *BEGIN).stderr == f"essays/{SLUG}/ exists already; choose another title, or go on writing that essay\n"
    assert insights(root, "new", "Another", "--category", "Architecture").returncode == 0
    assert checked(root) == []
    shutil.rmtree(root / "essays/another")
    add_permalinks(ledger, found)
    text, draft = root / TEXT, (root / TEXT).read_text()

    # Every mistake there is, all told at once, each once and at its line; nothing of them is laid to the ledger.
    mistaken, said = mistakes()
    text.write_text(mistaken)
    bibliography, sources = root / "essays/references.bib", (root / "essays/references.bib").read_text()
    bibliography.write_text(sources + "@misc{nobody, title={A}, url={htp//a}}\n")
    assert sorted(checked(root)) == sorted(
        [
            *said,
            f"essays/second/index.md:6: `featured` is true here and in {SLUG}; allowed is one essay, "
            "so take it out of the others",
            "essays/references.bib:3: no essay cites nobody; remove the entry",
            "essays/references.bib:3: the url of nobody is 'htp//a'; write an address that begins with https:// or http://",
        ]
    )  # fmt: skip

    # Mistakes that keep a page, or a source, from being there at all: of what is missing for them nothing is said.
    published = draft.replace("draft: true\n", "")
    text.write_text(published.replace("2025-03-04", "2025-33-04"))
    bibliography.write_text(f"{sources}@misc{{one, title={{A}}}}\n")
    (root / "essays/second/model.py").write_text("def results():\n    return {'answer': 1 / 0}\n")
    assert checked(root) == [
        f"{TEXT}:2: `date` is '2025-33-04'; write a day as YYYY-MM-DD, such as 2026-04-28",
        "essays/references.bib:3: the entry one is defined twice; remove one",
        "essays/second/model.py:2: ZeroDivisionError: division by zero; run it by hand: make evidence essay=second",
    ]
    bibliography.write_text(sources)
    shutil.copy2(ROOT / "tests/fixtures/site/essays/second/model.py", root / "essays/second/model.py")

    # Mended, and published: its addresses come into the ledger.
    text.write_text(published)
    assert checked(root) == []
    assert f"/essays/{SLUG}/" in found.read_text()
    add_permalinks(ledger, found)
    assert f"/essays/{SLUG}/#figure-failing" in ledger.read_text().splitlines()

    # A heading that others may have linked to does not go unnoticed, nor does a draft that was public.
    edit(text, "---\n# ", "draft: true\n---\n# ")
    assert [line.partition(" was published")[0].partition(": ")[2] for line in checked(root)] == [
        f"/essays/{SLUG}/", f"tag:essays.org,2026:essays/{SLUG}",
    ]  # fmt: skip
    edit(text, "draft: true\n", "")

    # Revised: the header is the one place from which all take the day.
    edit(text, "---\n# ", "revisions:\n  - {date: 2025-04-05, note: Corrected a figure.}\n---\n# ")
    assert checked(root) == []
    (item,) = [item for item in json.loads((site / "feed.json").read_text())["items"] if item["url"].endswith(f"/{SLUG}/")]
    assert (item["date_published"][:10], item["date_modified"][:10]) == ("2025-03-04", "2025-04-05")
    page = BeautifulSoup((site / f"essays/{SLUG}/index.html").read_text(), "lxml")
    assert "Corrected a figure." in page.get_text()

    # Renamed as the guide says: what is forgotten is named, and the old address leads to the new one.
    (root / f"essays/{SLUG}").rename(root / "essays/renamed")
    mends = {
        f"/essays/{SLUG}/":
            f'bring it back, or write in conf.py where it is now: insights_redirects = {{"/essays/{SLUG}/": "/…/"}}',
        f"tag:essays.org,2026:essays/{SLUG}":
            f"if its essay was renamed, write `id: {SLUG}` in its front matter; otherwise bring it back, or redirect its page",
    }  # fmt: skip
    lines = ledger.read_text().splitlines()
    assert checked(root) == [
        f"permalinks.lock:{lines.index(entry) + 1}: {entry} was published, and is gone; {mend}" for entry, mend in mends.items()
    ]
    edit(root / "essays/renamed/index.md", "---\n# ", f"id: {SLUG}\n---\n# ")
    edit(
        root / "conf.py",
        "insights_redirects: dict[str, str] = {}",
        f'insights_redirects = {{"/essays/{SLUG}/": "/essays/renamed/"}}',
    )
    assert checked(root) == []
    assert "../../essays/renamed/" in (site / f"essays/{SLUG}/index.html").read_text()
    (again,) = [item for item in json.loads((site / "feed.json").read_text())["items"] if item["url"].endswith("/renamed/")]
    assert again["id"] == item["id"]
    add_permalinks(ledger, found)
    assert {f"/essays/{SLUG}/", "/essays/renamed/"} < set(ledger.read_text().splitlines())
