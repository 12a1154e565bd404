"""A mistake has the same sentence in every command, with its file, its line and its kind."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import warm
from conftest import append, project
from insights.preview.live import Builder

TEXT = """\
---
date: 2026-05-01
category: Architecure
summary: A summary.
---
# A Title

A link [there](/essays/frist/index.md), [below](#a-prat), and to [a chart](/essays/second/index.md#figure-grwoth).

A {term}`Trem`, a source {cite}`oen`, a role {ctie}`one`, and {result}`nothing`.

![A picture](none.png)

```{tab-sett} x
```

```pyhton
1
```

A mark.[^one]

{math}`\\frac{a`

```{prf:lemma} x
```

## A part

<iframe src="x"></iframe>
"""
PROBLEMS = """\
essays/a/index.md:3: unknown category 'Architecure'; did you mean 'Architecture'? Allowed are: [insights.front_matter]
essays/a/index.md:8: no anchor '#a-prat' in essays/a/index.md; did you mean 'a-part'? [myst.xref_missing]
essays/a/index.md:8: no anchor '#figure-grwoth' in essays/second/index.md; did you mean 'figure-growth'? [myst.xref_missing]
essays/a/index.md:8: the link target '/essays/frist/index.md' does not exist; \
did you mean '/essays/first/index.md'? [myst.xref_missing]
essays/a/index.md:10: no model.py next to this text; [insights.evidence]
essays/a/index.md:10: no source 'oen' in essays/references.bib; did you mean 'one'? [bibtex.key_not_found]
essays/a/index.md:10: no term 'Trem' in glossary.md; did you mean 'Term'? [ref.term]
essays/a/index.md:10: unknown role {ctie}; did you mean 'cite'? [myst.role_unknown]
essays/a/index.md:12: no picture 'essays/a/none.png'; [image.not_readable]
essays/a/index.md:14: unknown directive {tab-sett}; did you mean 'tab-set'? [myst.directive_unknown]
essays/a/index.md:17: warning: unknown language 'pyhton' of a code block; did you mean 'python'? [insights.code-languages]
essays/a/index.md:21: the footnote [^one] has no text; [docutils]
essays/a/index.md:23: unbalanced brace in the formula “\\frac{a”; [insights.markup]
essays/a/index.md:25: unknown directive {prf:lemma}; [myst.directive_unknown]
essays/a/index.md:30: HTML: '<iframe src="x"></iframe>'; [insights.markup]
""".splitlines()


def run(root: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(root / "_ext"), "INSIGHTS_TODAY": "2026-06-01", "NO_COLOR": "1"}
    return warm.run(command, root, environment)


def test_every_command_prints_the_same_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = project(tmp_path / "source")
    (root / "essays/a").mkdir()
    (root / "essays/a/index.md").write_text(TEXT, encoding="utf-8")
    built = run(root, "insights", "html")
    *lines, summary = built.stderr.splitlines()
    assert (built.returncode, summary) == (1, f"{len(PROBLEMS) - 1} errors, 1 warning")
    for line, expected in zip(lines, PROBLEMS, strict=True):
        message, _, kind = expected.rpartition(" ")
        assert line.startswith(message)
        assert line.endswith(f" {kind}")
    assert not (root / "_build/html").exists()

    # The rules find more, and the preview builds drafts as well.
    checked = run(root, "insights", "check").stdout.splitlines()
    assert [line for line in checked if line in lines] == lines
    monkeypatch.setenv("PYTHONPATH", str(root / "_ext"))
    builder = Builder(root)
    assert [str(problem) for problem in builder.build()] == lines
    # What is not fixed is found again by a build that reads only what has changed.
    assert [str(problem) for problem in builder.build()] == lines

    # Sphinx's own command has only what it knows at the time, and prints the level.
    plain = run(root, "sphinx", "-q", "-b", "dirhtml", "-d", "_build/doctrees", ".", "_build/plain").stderr.splitlines()
    said = {line.replace("ERROR: ", "").replace("WARNING: ", "") for line in plain}
    assert said >= {line.replace("warning: ", "") for line in lines}


#: An extension with faults, each met by the text or the part of the site that it names.
FAULTY = """\
from docutils.parsers.rst import Directive
from sphinx.transforms import SphinxTransform

class Faulty(Directive):
    has_content = True
    def run(self):
        return [][1]

class Transform(SphinxTransform):
    default_priority = 500
    def apply(self):
        self.env.docname == "essays/c/index" and {}["transform"]

def show(app, pagename, template, context, doctree):
    pagename == "essays/d/index" and {}["page"]

def setup(app):
    import insights.feeds.writer as feeds
    write = feeds._body
    feeds._body = lambda publication, essay, *rest: write({}["feed"] if essay.slug == "second" else publication, essay, *rest)
    app.add_directive("faulty", Faulty)
    app.add_transform(Transform)
    app.connect("html-page-context", show)
"""
HEAD = "---\ndate: 2026-05-01\ncategory: Architecture\nsummary: A summary.\n---\n"
DETAILS = "; the details are in _build/crash.log [insights.crash]"


def faulty(folder: Path, texts: dict[str, str]) -> Path:
    """A project with faulty machinery and essays of these ``texts``."""
    root = project(folder)
    (root / "_ext/faulty.py").write_text(FAULTY, encoding="utf-8")
    append(root / "conf.py", "extensions = [*extensions, 'faulty']\n")
    for slug, text in texts.items():
        (root / f"essays/{slug}").mkdir()
        (root / f"essays/{slug}/index.md").write_text(f"{HEAD}# A Title\n\n{text}\n", encoding="utf-8")
    return root


def test_a_fault_of_the_machinery_stops_one_text_and_hides_no_mistake(tmp_path: Path) -> None:
    root = faulty(tmp_path / "source", {
        "a": "A link to [what is there](/essays/b/index.md#part), a {nothing}`role`, and [a dead link](/essays/none/).",
        "b": "## Part\n\n```{faulty}\nx\n```\n\nAnd {nothing}`more`.",
        "c": "Text.",
        "d": "Text.",
    })  # fmt: skip
    expected = [
        "essays/a/index.md:8: the link target '/essays/none/' does not exist; "
        "link to a file, such as '/essays/SLUG/index.md' [myst.xref_missing]",
        "essays/a/index.md:8: unknown role {nothing}; ",
        "essays/b/index.md:6: warning: essays/a/index.md has the title 'A Title' too; give this essay another",
        "essays/b/index.md:10: the build failed while it read the directive {faulty}, in _ext/faulty.py:7: "
        f"IndexError: list index out of range{DETAILS}",
        "essays/b/index.md:14: unknown role {nothing}; ",
        f"essays/c/index.md:1: the build failed while it read this text, in _ext/faulty.py:12: KeyError: 'transform'{DETAILS}",
        f"essays/d/index.md:1: the build failed while it wrote this text, in _ext/faulty.py:15: KeyError: 'page'{DETAILS}",
        "essays/d/index.md:6: warning: essays/a/index.md has the title 'A Title' too; give this essay another",
    ]
    built = run(root, "insights", "html").stderr.splitlines()
    checked = run(root, "insights", "check").stdout.splitlines()
    for lines in (built, checked):
        assert len(lines) == len(expected) + 1, "\n".join(lines)
        assert [line[: len(said)] for line, said in zip(lines, expected, strict=False)] == expected
    assert (root / "_build/crash.log").read_text(encoding="utf-8").count("Traceback") >= 3
    assert not (root / "_build/html").exists()


def test_a_fault_in_a_feed_names_the_essay(tmp_path: Path) -> None:
    # A link that is looked up for the list of links, beside a signature: what was kept for the next build once failed at it.
    links = "See {doc}`/essays/e/index`, {doc}`the same </essays/e/index>`."
    root = faulty(tmp_path / "source", {"e": "```{py:function} f(x)\nIt does.\n```", "f": links})
    built = run(root, "insights", "html")
    assert built.stderr.splitlines() == [
        f"_ext/faulty.py:20: the build failed while it wrote the feeds: KeyError: 'feed' (at essays/second/index.md){DETAILS}",
        "essays/f/index.md:6: warning: essays/e/index.md has the title 'A Title' too; "
        "give this essay another, by which readers tell them apart [insights.markup]",
        "1 error, 1 warning",
    ]


def test_a_failure_of_a_template_is_one_problem_at_its_line(tmp_path: Path) -> None:
    root = project(tmp_path / "source")
    page = root / "_templates/page.html"
    append(page, "{% if %}\n")
    line = page.read_text(encoding="utf-8").count("\n")
    built = run(root, "insights", "html")
    assert built.returncode == 1
    assert built.stderr.splitlines() == [
        f"_templates/page.html:{line}: the build failed at /essays/ and 16 others: TemplateSyntaxError: Expected an expression, "
        f"got 'end of statement block'{DETAILS}",
        "1 error, 0 warnings",
    ]


def test_a_failure_in_a_process_of_many_essays_is_found_too(tmp_path: Path) -> None:
    """Sphinx reads them in several processes, from which exceptions come back as text."""
    root = project(tmp_path / "source")
    for number in range(60):
        (root / f"essays/number-{number}").mkdir()
        header = "---\ndate: 2026-05-01\ncategory: Architecture\nsummary: A summary.\n---\n"
        (root / f"essays/number-{number}/index.md").write_text(f"{header}# Number {number}\n\nText.\n", encoding="utf-8")
    append(root / "_ext/insights/markup/anchors.py", "\nHeadingAnchors.apply = lambda self: 1 / 0\n")
    built = run(root, "insights", "html")
    assert built.returncode == 1
    (problem, summary) = built.stderr.splitlines()
    assert problem.startswith("_ext/insights/markup/anchors.py:")
    assert re.search(
        r"failed at 404.md and \d+ others: ZeroDivisionError: division by zero; the details are in _build/crash.log", problem
    )
    assert summary == "1 error, 0 warnings"
