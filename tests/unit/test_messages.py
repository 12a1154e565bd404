"""What Sphinx and MyST find is said in the words of the house: what is wrong, the nearest that is right, what mends it."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import ROOT
from insights.problems import Problem
from insights.reporting import build, messages
from insights.reporting.log import log_problems

SITE = ROOT / "tests/fixtures/site"
FIRST = SITE / "essays/first/index.md"
NAMES = "a link names a file, as '/essays/SLUG/index.md'"

SAID = {
    "'myst' cross-reference target not found: '/essays/frist/index.md' [myst.xref_missing]":
        f"the link to '/essays/frist/index.md' leads to no text; did you mean '/essays/first/index.md'? A{NAMES[1:]}",
    "'myst' cross-reference target not found: '../frist/index.md' [myst.xref_missing]":
        f"the link to '../frist/index.md' leads to no text; did you mean '/essays/first/index.md'? A{NAMES[1:]}",
    "'myst' cross-reference target not found: '/essays/quite-another/index.md' [myst.xref_missing]":
        f"the link to '/essays/quite-another/index.md' leads to no text; {NAMES}",
    "'myst' cross-reference target not found: '/essays/first/' [myst.xref_missing]":
        "the link to '/essays/first/' leads to no text; write the file, '/essays/first/index.md', and the build makes the address",
    "'myst' cross-reference target not found: 'data.csv' [myst.xref_missing]":
        "no file 'data.csv' to link to; put it there, or write its path from this text’s folder",
    "'myst' cross-reference target not found: 'htps://a.example/' [myst.xref_missing]":
        "the link to 'htps://a.example/' leads nowhere; did you mean 'https'? The address of another site begins with https://",
    "'myst' cross-reference target not found: 'www.a.example/x' [myst.xref_missing]":
        "the link to 'www.a.example/x' leads nowhere; the address of another site begins with https://",
    "'myst' cross-reference target not found: '' [myst.xref_missing]":
        "a link without an address; write it between the brackets: [words](address)",
    "toctree contains reference to nonexisting document 'essays/first/x' [toc.not_readable]":
        "the directive {toctree} leads to no text; link to it where the text speaks of it: [words](/essays/SLUG/index.md)",
    "duplicate citation id reference-one [bibtex.duplicate_id]":
        "the list of references makes itself, and would stand here twice; take the directive {bibliography} out",
    "Duplicate footnote definition found for label: 'a' [ref.footnote]":
        "the footnote [^a] stands here twice; write one of them under another name",
    'Duplicate explicit target name: "aa". [docutils]': "the name (aa)= stands here twice; write one of them otherwise",
    "duplicate label of equation a, other instance in essays/first/index": "the equation a stands here twice; write one of the labels otherwise",
    """'figure': Invalid option value for 'width': wide: "wide" is no valid measure. [myst.directive_option]""":
        "the option width of {figure} cannot be 'wide'; look up what it may be in the documentation of MyST, or take it out",
    'Error parsing content block for the "list-table" directive: uniform two-level bullet list expected, but row 2 does not contain the same '
    "number of items as row 1 (1 vs 2). - b [docutils]": "row 2 of the {list-table} has 1 of 2 cells; write a line `- ` for each, if only an empty one",
    'Error parsing content block for the "list-table" directive: exactly one bullet list expected. [docutils]':
        "a {list-table} is one list of rows, each of them a list of cells; write a row as `* - cell`, and below it `  - cell`",
    "Pygments lexer name 'chart' is not known [misc.highlighting_failure]":
        "no language 'chart' for a fence; a directive stands in braces, without spaces: ```{math}",
    "unknown document: '/abuot' [ref.doc]": f"the link to '/abuot.md' leads to no text; did you mean '/about.md'? A{NAMES[1:]}",
    "'myst' cross-reference target not found: 'a-headin' [myst.xref_missing]":
        "the link to '#a-headin' leads nowhere in essays/first/index.md; did you mean 'a-heading'? There are: a-heading",
    "undefined label: 'nothing' [ref.ref]": "the link to '#nothing' leads nowhere in essays/first/index.md; there are: a-heading",
    "local id not found in doc 'essays/second/index': 'figure-grwoth' [myst.xref_missing]":
        "the link to '#figure-grwoth' leads nowhere in essays/second/index.md; did you mean 'figure-growth'? "
        "There are: a-chart, two-charts, figure-growth, figure-rise",
    "local id not found in doc 'essays/third/index': 'x' [myst.xref_missing]":
        "the link to '#x' leads nowhere in essays/third/index.md; it has no headings; link to the text itself",
    "term not in glossary: 'Trem' [ref.term]":
        "no term 'Trem' in glossary.md; did you mean 'Term'? Write an entry for 'Trem' there, or the words without a role",
    'could not find bibtex key "oen" [bibtex.key_not_found]':
        "no source 'oen' in essays/references.bib; did you mean 'one'? Write an entry for 'oen' there",
    'Unknown interpreted text role "ctie". [myst.role_unknown]':
        "no role {ctie}; did you mean 'cite'? The roles of the house are: result, cite, term, math, eq, ref, doc, abbr, sub, sup, kbd",
    "Unknown directive type: 'chrat' [myst.directive_unknown]":
        "no directive {chrat}; did you mean 'chart'? The directives of the house are: chart, math, figure, image, note, warning, admonition, "
        "code-block, list-table, epigraph, table; code is written without braces",
    "Pygments lexer name 'pyhton' is not known [misc.highlighting_failure]":
        "no language 'pyhton' for a fence; did you mean 'python'? Write one that Pygments knows, or text",
    "image file not readable: essays/first/no.png [image.not_readable]":
        "no picture 'essays/first/no.png'; put the file there, or write its path from this text’s folder, or from the top with a /",
    'Unknown target name: "one". [docutils]': "the footnote [^one] has no text; write `[^one]: …` on a line of its own",
    "Footnote [#] is not referenced. [ref.footnote]": "nothing refers to this footnote; write its mark, [^name], in the text, or take it out",
    'could not find bibtex key "one" [bibtex.key_not_found]': "the source 'one' cannot be read; mend essays/references.bib",
    "undefined label: 'a-heading' [ref.ref]": "{ref} finds no heading or figure; write a link: [words](#a-heading)",
    "Unknown source document 'README' [myst.xref_missing]":
        "the link to '/README.md' leads to a file that is no page; link to a page, or name the file in backticks",
    "Unknown source document 'essays/in-preparation/index' [myst.xref_missing]":
        "the link to '/essays/in-preparation/index.md' leads to a text that readers may not see yet; take it out for now",
    "Document headings start at H2, not H1 [myst.header]": "no title; the first heading of a text is its title, and has one #",
    "Non-consecutive header level increase; H1 to H3 [myst.header]": "a heading of level 3 below one of level 1; write ##",
    f"download file not readable: {SITE}/essays/first/no.zip [download.not_readable]":
        "no file 'essays/first/no.zip' to download; put it there, or write its path from this text’s folder",
    "'figure': Unknown option key: 'widht' (allowed: ['alt', 'width']) [myst.directive_option]":
        "the directive {figure} has no option 'widht'; did you mean 'width'? Allowed are: alt, width",
    "'chart': Unknown option key: 'x' (allowed: []) [myst.directive_option]": "the directive {chart} has no option 'x'; allowed are: none",
    '"raw" directive disabled. [docutils]': "HTML in a text; write it in Markdown, or in _templates/ if every page is to have it",
    'Directive "include" disabled. [docutils]': "the directive {include} brings another file into a text; write here what that file says",
    "File insertion disabled [docutils]": "a directive that reads another file; write here what that file says",
    "numfig is disabled. :numref: is ignored.": "the role {numref} finds no number; link to a figure as [Figure 1](#figure-NAME)",
    "Any number is not assigned: id7": "the role {numref} finds no number; link to a figure as [Figure 1](#figure-NAME)",
    "Directive 'x' cannot be mocked: MockingError: MockState has not yet implemented attribute 'y' [docutils]":
        "the directive {x} works in reStructuredText only; write in Markdown what it is to show",
    "Unknown directive type: 'result' [myst.directive_unknown]": "{result} is a role, and no directive; write it in a line: {result}`…`",
    """Lexing literal_block '{"a": 1,,}' as "json" resulted in an error at token: ','. Retrying in relaxed mode. [misc.highlighting_failure]""":
        "the fence is called json, and is none at ','; mend it, or call the fence text",
    "The parent of a 'tab-item' should be a 'tab-set' [design.tab] [design.tab]": "The parent of a 'tab-item' should be a 'tab-set'",
    "equation not found: nope [ref.eq]": "no equation 'nope'; name one with a line `:label: nope` in its math fence",
    "Something that nobody has met yet [misc.new]": "Something that nobody has met yet",
}  # fmt: skip


@pytest.mark.parametrize(("message", "expected"), SAID.items())
def test_a_message_becomes_one_for_authors(message: str, expected: str) -> None:
    assert messages.explain(message, FIRST, messages.Names(SITE)) == expected


def test_only_what_is_there_is_offered(tmp_path: Path) -> None:
    """A chart that the model does not draw is none, and a comment in code is no heading."""
    text = tmp_path / "essays/a/index.md"
    text.parent.mkdir(parents=True)
    text.write_text(
        "# A\n\n## A part\n\n```python\n# No part\n```\n\n```{chart} waitng\n```\n\n```{chart} drawn\n```\n\n(named)=\n"
    )
    text.with_name("model.py").write_text("def drawn(axes):\n    return 1 / 0\n\n\ndef waiting(axes):\n    pass\n")
    assert messages.Names(tmp_path).anchors(text) == ["a-part", "figure-drawn", "named"]
    text.with_name("model.py").write_text("def drawn(axes:\n")
    assert messages.Names(tmp_path).anchors(text) == ["a-part", "named"]


A = "essays/a/index.md"
#: What is heard of one mistake, the first of each being what its author is told.
HEARD = [
    [f"{A}:3: unknown tag 'overlaod'; did you mean 'overload'?", f"{A}:3: “overlaod” is misspelt; write overload"],
    [f"{A}:3: a link to b, which is a draft; take the link out", f"{A}:3: the hidden essay 'b': essays/b; take it out",
     f"{A}:3: the link to '/essays/b/index.md' leads to a text that readers may not see yet; take it out for now"],
    [f"{A}:6: no title; an essay has one line `# Title`", f"{A}:6: no title; the first heading", f"{A}:9: no title; the first heading",
     f"{A}:9: a second title; an essay has one"],
    [f"{A}:9: the footnote [^a] has no text; write", f"{A}:9: more marks of footnotes than footnotes; write"],
    [f"{A}:9: the equation a stands here twice; write", f"{A}:1: the equation a stands here twice; write"],
    [f"{A}:6: not JSON: x; mend it", f"{A}:5: the fence is called json, and is none at ','; mend it"],
    ["essays/a/model.py:27: ZeroDivisionError: x; run it by hand", f"{A}:4: the link to '#figure-x' leads nowhere in {A}; there are: b",
     f"essays/b/index.md:4: the link to '#figure-x' leads nowhere in {A}; there are: b",
     "permalinks.lock:9: /essays/a/#figure-x was published, and is gone; write"],
    [f"{A}:9: no chart waitng in model.py; there are: waiting", f"{A}:4: the link to '#figure-waiting' leads nowhere in {A}; there are: b"],
    ["essays/references.bib:3: the entry one stands here twice; take one out", f"{A}:4: the source 'one' cannot be read; mend it",
     "conf.py:1: bibliography data error in references.bib: repeated", ],
    ["essays/references.bib:3: not BibTeX: field value expected; look", "essays/references.bib:3: the build broke off: ExtensionError: syntax error"],
    ["essays/references.bib:3: the source b has no journal; write", "conf.py:1: missing journal in b"],
    ["conf.py:9: the settings cannot be read: name 'x'", "conf.py:9: the build broke off: NameError: name 'x'"],
    ["essays/references.bib:3: unknown kind of source 'webpage'; allowed are: misc",
     "conf.py:1: the build broke off: AttributeError: 'ReferenceStyle' object has no attribute 'format_webpage'"],
]  # fmt: skip


@pytest.mark.parametrize("heard", HEARD, ids=lambda heard: heard[0][:40])
def test_of_one_mistake_one_message_is_left(heard: list[str]) -> None:
    first, *others = heard
    assert messages.duplicates([*others, first]) == set(others)


@pytest.mark.parametrize("heard", HEARD, ids=lambda heard: heard[0][:40])
def test_another_mistake_is_no_echo(heard: list[str]) -> None:
    first, *others = heard
    for mine, other in (("essays/a/", "essays/c/"), ("references", "else"), ("settings", "else")):
        first = first.replace(mine, other)
    assert messages.duplicates([first, *others[:1]]) == set()


def test_a_build_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "essays/a").mkdir(parents=True)
    (tmp_path / "essays/a/index.md").write_text("# A\n\n![x](no.png)\n")
    log = f"""\
{tmp_path}/essays/a/index.md:9: WARNING: term not in glossary: 'x' [ref.term]
{tmp_path}/essays/a/index.md:9: WARNING: term not in glossary: 'x' [ref.term]
{tmp_path}/essays/a/index.md:: WARNING: image file not readable: essays/a/no.png [image.not_readable]
\x1b[31mpermalinks.lock:4: ERROR: /essays/b/ was published, and is gone; bring it back\x1b[39;49;00m
"""
    assert [(path.relative_to(tmp_path).as_posix(), problem.line, problem.message.partition(";")[0]) for path, problem in log_problems(log, tmp_path)] == [
        ("essays/a/index.md", 9, "no term 'x' in glossary.md"),
        ("essays/a/index.md", 3, "no picture 'essays/a/no.png'"),
        ("permalinks.lock", 4, "/essays/b/ was published, and is gone"),
    ]  # fmt: skip


REPORT = """
Some error!

Versions
========

* Python version:   3.11.7 (CPython)

Traceback
=========

      File "/elsewhere/.venv/lib/sphinx/registry.py", line 544, in load_extension
        mod = import_module(extname)
{trace}


The full traceback has been saved in:
"""
CRASHES = {
    '      File "{root}/_ext/insights/cards.py", line 123\n        x = (\n            ^\n    SyntaxError: \'(\' was never closed': (
        "_ext/insights/cards.py", 123, "the build broke off: SyntaxError: '(' was never closed"),
    "    sphinx.errors.ConfigError: There is a syntax error in your configuration file: bad (conf.py, line 7)": (
        "conf.py", 7, "the build broke off: ConfigError: There is a syntax error in your configuration file: bad (conf.py, line 7)"),
    '    sphinx.errors.ThemeError: An error happened in rendering the page about.\n    Reason: TemplateSyntaxError("unexpected")': (
        "_templates", 1, 'the build broke off: ThemeError: An error happened in rendering the page about. Reason: TemplateSyntaxError("unexpected")'),
    "    sphinx.errors.ExtensionError: Handler <function builder_inited_cite at 0x7f> for event 'x' threw an exception (exception: syntax error in line 4: end)": (
        "essays/references.bib", 4, "the build broke off: ExtensionError: syntax error in line 4: end"),
}  # fmt: skip


@pytest.mark.parametrize(("trace", "expected"), CRASHES.items())
def test_a_build_that_breaks_off_says_where_and_why(tmp_path: Path, trace: str, expected: tuple[str, int, str]) -> None:
    ((path, problem),) = log_problems(REPORT.format(trace=trace.format(root=tmp_path)), tmp_path)
    assert (path.relative_to(tmp_path).as_posix(), *problem) == expected


def test_what_sphinx_said_before_it_broke_off_is_told_once(tmp_path: Path) -> None:
    """Its report repeats the last messages, indented, as if they belonged to the one above."""
    before = f"{tmp_path}/about.md:9: WARNING: term not in glossary: 'x' [ref.term]\n"
    messages = f"Versions\n========\n\nLast Messages\n=============\n\n    reading sources... about\n    {before}"
    trace = REPORT.partition("Traceback")[2].format(trace="    KeyError: 'One'")
    found = log_problems(f"{before}\nException occurred!\n\n{messages}\n\nTraceback{trace}", tmp_path)
    assert [(path.name, problem.message.partition(";")[0]) for path, problem in found] == [
        ("about.md", "no term 'x' in glossary.md"), ("conf.py", "the build broke off: KeyError: 'One'"),
    ]  # fmt: skip


def test_a_message_of_several_lines_is_one(tmp_path: Path) -> None:
    log = f'{tmp_path}/about.md:9: ERROR: Error parsing content block for the "list-table" directive: exactly one.\n\n  a\n  b [docutils]\n'
    ((_, problem),) = log_problems(log, tmp_path)
    assert problem.message.startswith("a {list-table} is one list of rows")
    assert problem.message.endswith("`  - cell`")


def test_a_template_is_named_with_its_line(tmp_path: Path) -> None:
    """Which only the whole report knows."""
    saved = tmp_path / "sphinx-err-x.log"
    saved.write_text(f'  File "{tmp_path}/_templates/page.html", line 12, in template\n    {{% if %}}\n')
    trace = '    sphinx.errors.ThemeError: An error happened in rendering the page about.\n    Reason: TemplateSyntaxError("x")'
    ((path, problem),) = log_problems(REPORT.format(trace=trace) + f"{saved}\n", tmp_path)
    assert (path, problem.line) == (tmp_path / "_templates/page.html", 12)


def test_what_is_not_mended_is_found_by_the_next_build(tmp_path: Path) -> None:
    doctrees = tmp_path / "doctrees"
    doctrees.joinpath("essays/a").mkdir(parents=True)
    kept = [doctrees / "environment.pickle", doctrees / "essays/a/index.doctree", doctrees / "about.doctree"]
    for path in kept:
        path.touch()
    build.forget_faulty(
        [(tmp_path / "essays/a/index.md", Problem(1, "")), (tmp_path / "permalinks.lock", Problem(1, ""))], tmp_path, doctrees
    )
    assert [path.exists() for path in kept] == [True, False, True]
    build.forget_faulty([(tmp_path / "_templates", Problem(1, ""))], tmp_path, doctrees)
    assert [path.exists() for path in kept] == [False, False, True]
