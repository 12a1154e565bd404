"""What Sphinx and MyST report is printed in our words: what was written, the nearest that is right, how to fix it."""

from __future__ import annotations

import errno
import logging
import os
from pathlib import Path

import pytest
from insights.problems import Problem, counted, crash, guarded
from insights.reporting import build, messages
from insights.reporting.duplicates import duplicates
from insights.reporting.filter import logged_problem
from insights.reporting.suggestions import Targets

FIRST = "essays/first/index.md"
LINK = "link to a file, such as '/essays/SLUG/index.md'"
ORIGINAL = "or say in the front matter where the text appeared first: original: https://…"
KNOWN = Targets(
    documents=["404", "about", "essays/first/index", "essays/in-preparation/index", "essays/second/index", "essays/third/index"],
    hidden=["essays/in-preparation/index"],
    anchors={
        "essays/first/index": ["a-heading"],
        "essays/second/index": ["a-chart", "two-charts", "figure-growth", "figure-rise"],
        "essays/third/index": [],
    },
    terms=["Term"],
    sources=["one"],
)

MESSAGES = {
    "'myst' cross-reference target not found: '/essays/frist/index.md' [myst.xref_missing]":
        f"the link target '/essays/frist/index.md' does not exist; did you mean '/essays/first/index.md'? L{LINK[1:]}",
    "'myst' cross-reference target not found: '../frist/index.md' [myst.xref_missing]":
        f"the link target '../frist/index.md' does not exist; did you mean '/essays/first/index.md'? L{LINK[1:]}",
    "'myst' cross-reference target not found: '/essays/quite-another/index.md' [myst.xref_missing]":
        f"the link target '/essays/quite-another/index.md' does not exist; {LINK}",
    "'myst' cross-reference target not found: '/docs/next' [myst.xref_missing]":
        f"the link target '/docs/next' does not exist; {LINK}, {ORIGINAL}",
    "'myst' cross-reference target not found: '@/posts/next.md' [myst.xref_missing]":
        f"the link target '@/posts/next.md' does not exist; {LINK}",
    "'myst' cross-reference target not found: '/essays/first/' [myst.xref_missing]":
        "the link target '/essays/first/' is not a file; write '/essays/first/index.md', which the build turns into the address",
    "'myst' cross-reference target not found: 'data.csv' [myst.xref_missing]":
        f"no file 'data.csv' to link to; add the file, or write its path relative to this text, {ORIGINAL}",
    "'myst' cross-reference target not found: 'htps://a.example/' [myst.xref_missing]":
        "the link target 'htps://a.example/' is not an address; did you mean 'https'? Links to other sites begin with https://",
    "'myst' cross-reference target not found: 'www.a.example/x' [myst.xref_missing]":
        "the link target 'www.a.example/x' is not an address; write 'https://www.a.example/x'",
    "'myst' cross-reference target not found: '' [myst.xref_missing]":
        "a link without a target; write it in the parentheses: [words](target)",
    "toctree contains reference to nonexisting document 'essays/first/x' [toc.not_readable]":
        "the directive {toctree} is not supported; link in the text, where it speaks of it: [words](/essays/SLUG/index.md)",
    "syntax error in :filter: expression (year >); the option will be ignored [bibtex.filter_syntax_error]":
        "the option :filter: cannot be read: year >; write a condition, such as `author % 'Dean'` or `year > '2010'`",
    "Duplicate footnote definition found for label: 'a' [ref.footnote]":
        "the footnote [^a] is defined twice; rename one of them",
    'Duplicate explicit target name: "aa". [docutils]': "the target (aa)= is defined twice; rename one of them",
    "duplicate label of equation a, other instance in essays/first/index [ref.equation]":
        "the equation a is defined twice; rename one of the labels",
    """'figure': Invalid option value for 'width': wide: "wide" is no valid measure. [myst.directive_option]""":
        "the option width of the directive {figure} cannot be 'wide'; write a value from MyST's documentation, or remove it",
    'Error parsing content block for the "list-table" directive: uniform two-level bullet list expected, but row 2 does not '
    "contain the same number of items as row 1 (1 vs 2). - b [docutils]":
        "row 2 of the {list-table} has 1 of 2 cells; write a line `- ` for each, even for an empty one",
    'Error parsing content block for the "list-table" directive: exactly one bullet list expected. [docutils]':
        "a {list-table} is a list of rows, each a list of cells; begin a row with `* - cell`, its other cells with `  - cell`",
    "Pygments lexer name 'chart' is not known [insights.code-languages]":
        "unknown language 'chart' of a code block; the name of a directive is written in braces, without spaces: ```{math}",
    "unknown document: '/abuot' [ref.doc]": f"the link target '/abuot.md' does not exist; did you mean '/about.md'? L{LINK[1:]}",
    "'myst' cross-reference target not found: 'a-headin' [myst.xref_missing]":
        "no anchor '#a-headin' in essays/first/index.md; did you mean 'a-heading'? Anchors there: a-heading",
    "undefined label: 'nothing' [ref.ref]": "no anchor '#nothing' in essays/first/index.md; anchors there: a-heading",
    "local id not found in doc 'essays/second/index': 'figure-grwoth' [myst.xref_missing]":
        "no anchor '#figure-grwoth' in essays/second/index.md; did you mean 'figure-growth'? "
        "Anchors there: a-chart, two-charts, figure-growth, figure-rise",
    "local id not found in doc 'essays/third/index': 'x' [myst.xref_missing]":
        "no anchor '#x' in essays/third/index.md; that text has no anchors, so link to the text itself",
    "term not in glossary: 'Trem' [ref.term]":
        "no term 'Trem' in glossary.md; did you mean 'Term'? Add an entry for 'Trem' there, or write the words without the role",
    'could not find bibtex key "oen" [bibtex.key_not_found]':
        "no source 'oen' in essays/references.bib; did you mean 'one'? Add an entry for 'oen' there",
    'Unknown interpreted text role "ctie". [myst.role_unknown]':
        "unknown role {ctie}; did you mean 'cite'? Available roles: result, cite, term, math, eq, ref, doc, abbr, sub, sup, kbd",
    "Unknown directive type: 'chrat' [myst.directive_unknown]":
        "unknown directive {chrat}; did you mean 'chart'? Available directives: chart, mermaid, math, figure, image, note, "
        "warning, admonition, code-block, list-table, epigraph, table; write the language of code without braces",
    "Unknown directive type: 'prf:theorem' [myst.directive_unknown]":
        "unknown directive {prf:theorem}; write {admonition} with its name as the title, as {admonition} Theorem 1",
    "Pygments lexer name 'pyhton' is not known [insights.code-languages]":
        "unknown language 'pyhton' of a code block; did you mean 'python'? "
        "It is shown without colours; write a language that Pygments knows, or text",
    "image file not readable: essays/first/no.png [image.not_readable]":
        "no picture 'essays/first/no.png'; add the file, or write its path relative to this text, "
        "or from the top with a leading /",
    'Unknown target name: "one". [docutils]': "the footnote [^one] has no text; write `[^one]: …` on a line of its own",
    "Footnote [#] is not referenced. [ref.footnote]":
        "nothing refers to this footnote; write its mark, [^name], in the text, or remove the footnote",
    "bibliography data error in /x/essays/references.bib: repeated bibliography entry: one [bibtex.bibfile_data_error]":
        "the entry one is defined twice; remove one",
    "missing journal in one [bibtex.missing_field]": "the source one has no journal; write journal = {…}, or make it an @misc",
    "undefined label: 'a-heading' [ref.ref]":
        "the role {ref} needs a heading or figure with a name; write a link: [words](#a-heading)",
    "Unknown source document 'README' [myst.xref_missing]":
        "the link target '/README.md' is not a page; link to a page, or write the name of the file in backticks",
    "Unknown source document 'essays/in-preparation/index' [myst.xref_missing]":
        "the link target '/essays/in-preparation/index.md' is not published yet; remove the link until it is",
    "Document headings start at H2, not H1 [myst.header]": "no title; the first heading of a text is its title, and has one #",
    "emphasize_lines: out of range(1-3) [myst.attribute]": "a line to mark that the code does not have; it has 3 lines",
    "Substitution error:UndefinedError: 'a' is undefined [myst.substitution]":
        "no text for {{ a }}; write it in myst_substitutions in conf.py, or put the braces in backticks",
    "download file not readable: /a/essays/first/no.zip [download.not_readable]":
        "no file 'essays/first/no.zip' to download; add the file, or write its path relative to this text",
    "'figure': Unknown option key: 'widht' (allowed: ['alt', 'width']) [myst.directive_option]":
        "unknown option 'widht' of the directive {figure}; did you mean 'width'? Allowed options: alt, width",
    "'chart': Unknown option key: 'x' (allowed: []) [myst.directive_option]":
        "unknown option 'x' of the directive {chart}; allowed options: none",
    '"raw" directive disabled. [docutils]':
        "HTML in a text; write it in Markdown, or in _templates/ if every page should have it",
    'Directive "include" disabled. [docutils]':
        "the directive {include} reads another file, which texts cannot do; copy the content into the text",
    "File insertion disabled [docutils]":
        "a directive that reads another file, which texts cannot do; copy the content into the text",
    "numfig is disabled. :numref: is ignored.":
        "the role {numref} finds no figure, table or code block with a caption of this name; link to it: [words](#NAME)",
    "Failed to create a cross reference. Any number is not assigned: id7":
        "the role {numref} finds no figure, table or code block with a caption of this name; link to it: [words](#NAME)",
    "Directive 'x' cannot be mocked: MockingError: MockState has not yet implemented attribute 'y' [docutils]":
        "the directive {x} works in reStructuredText only; write its result in Markdown",
    "Unknown directive type: 'result' [myst.directive_unknown]":
        "{result} is a role, not a directive; write it in a line: {result}`…`",
    """Lexing literal_block '{"a": 1,,}' as "json" resulted in an error at token: ','. """
    "Retrying in relaxed mode. [insights.code-languages]":
        "the code block is called json, but is not at ','; it is shown all the same: fix it, or call it text",
    "The parent of a 'tab-item' should be a 'tab-set' [design.tab]": "The parent of a 'tab-item' should be a 'tab-set'",
    "equation not found: nope [ref.eq]": "no equation 'nope'; name one with a line `:label: nope` in its math block",
    "Something that nobody has met yet [misc.new]": "Something that nobody has met yet",
}  # fmt: skip


@pytest.mark.parametrize(("logged", "expected"), MESSAGES.items())
def test_a_message_becomes_one_for_authors(tmp_path: Path, logged: str, expected: str) -> None:
    message, _, kind = logged.removesuffix("]").rpartition(" [") if logged.endswith("]") else (logged, "", "sphinx")
    problem = Problem(3, message, kind, FIRST)
    explained = "insights.bibliography" if kind in messages.OF_ENTRIES else kind
    assert messages.explain(problem, KNOWN, tmp_path) == problem._replace(message=expected, kind=explained)


A = "essays/a/index.md"
#: Several reports of one mistake; the first of each is the one that is printed.
REPORTS = [
    [f"{A}:3: unknown tag 'overlaod'; did you mean 'overload'? [insights.front_matter]",
        f"{A}:3: “overlaod” is misspelt; write overload [codespell]"],
    [f"{A}:3: a link to b, which is a draft; remove the link [insights.link]",
        f"{A}:3: the hidden essay 'b': essays/b; remove it [insights.leak]",
     f"{A}:3: the link target '/essays/b/index.md' is not published yet; remove the link until it is [myst.xref_missing]"],
    [f"{A}:6: no title; an essay has one line `# Title` [insights.markup]", f"{A}:6: no title; the first heading [myst.header]",
     f"{A}:9: no title; the first heading [myst.header]", f"{A}:9: a second title; an essay has one [insights.markup]"],
    [f"{A}:9: the footnote [^a] has no text; write [docutils]", f"{A}:9: more footnote marks than footnotes; write [docutils]"],
    [f"{A}:9: the equation a is defined twice; rename [docutils]",
        f"{A}:1: the equation a is defined twice; rename [ref.equation]"],
    [f"{A}:6: {{{{< ref \"x\" >}}}} is a command of another program, which does not run here [insights.markup]",
        f"{A}:6: {{{{ … }}}} is replaced by a text of myst_substitutions in conf.py; put [myst.substitution]"],
    [f"{A}:6: not JSON: x; fix it [insights.code]",
        f"{A}:5: the code block is called json, but is not at ','; fix it [insights.code-languages]"],
    ["essays/a/model.py:27: ZeroDivisionError: x; run it by hand [insights.evidence]",
        f"{A}:4: no anchor '#figure-x' in {A}; anchors there: b [myst.xref_missing]",
     f"essays/b/index.md:4: no anchor '#figure-x' in {A}; anchors there: b [myst.xref_missing]",
     "permalinks.lock:9: /essays/a/#figure-x was published, and is gone; write [insights.permalink]",
     f"{A}:5: warning: “What the figure shows” is not on the page; look for a mark [insights.markup]"],
    [f"{A}:9: no chart waitng in model.py; there are: waiting [insights.evidence]",
        f"{A}:4: no anchor '#figure-waiting' in {A}; anchors there: b [myst.xref_missing]"],
    ["essays/references.bib:3: the entry one is defined twice; remove one [insights.bibliography]",
        f"{A}:4: no source 'one' in essays/references.bib; add [bibtex.key_not_found]",
     "essays/references.bib:1: the entry one is defined twice; remove one [bibtex.bibfile_data_error]"],
    ["essays/references.bib:3: the source b has no journal; write [insights.bibliography]",
        "essays/references.bib:1: the source b has no journal; write [bibtex.missing_field]"],
    ["essays/references.bib:3: unknown kind of source 'webpage'; allowed are: misc [insights.bibliography]",
     "_ext/a.py:1: the build failed: AttributeError: 'ReferenceStyle' object has no attribute 'format_webpage' [insights.crash]"],
]  # fmt: skip


@pytest.mark.parametrize("reports", REPORTS, ids=lambda reports: reports[0][:40])
def test_one_mistake_is_printed_once(reports: list[str]) -> None:
    first, *others = reports
    assert duplicates([*others, first]) == set(others)


@pytest.mark.parametrize("reports", REPORTS, ids=lambda reports: reports[0][:40])
def test_another_mistake_is_no_duplicate(reports: list[str]) -> None:
    first, *others = reports
    for mine, other in (("essays/a/", "essays/c/"), ("references", "else")):
        first = first.replace(mine, other)
    assert duplicates([first, *others[:1]]) == set()


def record(message: str, *arguments: object, name: str = "sphinx.sphinx.domains.std", **fields: object) -> logging.LogRecord:
    """A record as Sphinx's own filters leave it."""
    made = logging.LogRecord(name, logging.WARNING, "", 0, message, arguments, None)
    vars(made).update(fields)
    return made


def test_a_record_becomes_a_problem_with_file_line_and_kind_and_our_own_warnings_are_advice() -> None:
    root = Path("/a")
    typed = {"type": "ref", "subtype": "term"}
    logged = [
        record("term not in glossary: %r [ref.term]", "x", location="/a/essays/a/index.md:9", **typed),
        record("term not in glossary: 'x'\n\n  y", location="essays/a/index.md", **typed),
        record("a [design.tab] [design.tab]", location="/a/about.md:", type="design", subtype="tab"),
        record("no address", name="sphinx.insights.pages.contact", location=None),
        record("elsewhere"),
    ]
    assert [str(logged_problem(each, root)) for each in logged] == [
        "essays/a/index.md:9: term not in glossary: 'x' [ref.term]",
        "essays/a/index.md:0: term not in glossary: 'x' y [ref.term]",
        "about.md:0: a [design.tab]",
        "conf.py:0: warning: no address [insights.settings]",
        "conf.py:0: elsewhere [sphinx]",
    ]


def test_a_message_without_a_line_gets_that_of_what_it_names(tmp_path: Path) -> None:
    (tmp_path / "essays").mkdir()
    (tmp_path / "essays/references.bib").write_text("@misc{one, title={one}}\n\n@misc{one, title={one}}\n")
    (tmp_path / "about.md").write_text("# A\n\n![x](no.png)\n")
    logged = [
        Problem(0, "image file not readable: no.png", "image.not_readable", "about.md"),
        Problem(0, "missing journal in one", "bibtex.missing_field", "conf.py"),
        Problem(0, "something else", "sphinx", "conf.py"),
    ]
    explained = [messages.explain(problem, KNOWN, tmp_path) for problem in logged]
    assert [(problem.path, problem.line) for problem in explained] == [
        ("about.md", 3),
        ("essays/references.bib", 3),
        ("conf.py", 1),
    ]


def test_a_crash_is_reported_at_its_cause_in_the_project(tmp_path: Path) -> None:
    """Other packages have wrapped it, and their lines are nobody's business."""
    module = tmp_path / "_ext/broken.py"
    module.parent.mkdir()
    module.write_text("import json\n\ndef fail(text):\n    json.loads(text)\n")
    names: dict[str, object] = {}
    exec(compile(module.read_text(), module, "exec"), names)
    with pytest.raises(ValueError, match="Expecting") as raised:
        names["fail"]("{")  # type: ignore[operator]
    wrapper = RuntimeError("a handler failed")
    wrapper.__cause__ = raised.value
    problem = crash(wrapper, tmp_path)
    assert str(problem).startswith("_ext/broken.py:4: the build failed: JSONDecodeError: Expecting property name")
    assert str(crash(KeyError("One"), tmp_path)) == "conf.py:1: the build failed: KeyError: 'One' [insights.crash]"


@pytest.mark.parametrize(
    ("number", "name", "told"),
    [
        (errno.EROFS, "_build/work.lock", "_build/work.lock:1: the build failed: Read-only file system; look at the permissions"),
        (errno.ENOSPC, "_build/html/index.html", "_build/html/index.html:1: the build failed: No space left on device; look"),
        (errno.ENOENT, "essays/a/x.png", "essays/a/x.png:1: the build failed: this file went away while the site was built; "),
        (errno.ENOENT, "_build/html/index.html", "conf.py:1: the build failed: FileNotFoundError: [Errno 2] No such"),
    ],
)
def test_what_the_system_does_not_allow_is_told_at_the_file(number: int, name: str, told: str, tmp_path: Path) -> None:
    assert str(crash(OSError(number, os.strerror(number), str(tmp_path / name)), tmp_path)).startswith(told)


def test_a_module_that_does_not_load_is_a_problem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "half_written.py").write_text("x = 1\ny = (\n")
    monkeypatch.syspath_prepend(tmp_path)
    (problem,) = guarded("half_written:find", tmp_path)
    message = "half_written.py:2: the build failed: SyntaxError: '(' was never closed"
    assert str(problem) == f"{message}; the details are in _build/crash.log [insights.crash]"


@pytest.mark.parametrize(
    ("numbers", "expected"),
    {(0, 0): "0 errors, 0 warnings", (1, 1): "1 error, 1 warning", (2, 3): "2 errors, 3 warnings"}.items(),
)
def test_problems_are_counted_in_words(numbers: tuple[int, int], expected: str) -> None:
    assert counted(*numbers) == expected


def test_what_is_not_fixed_is_found_by_the_next_build(tmp_path: Path) -> None:
    doctrees = tmp_path / "doctrees"
    doctrees.joinpath("essays/a").mkdir(parents=True)
    kept = [doctrees / "environment.pickle", doctrees / "essays/a/index.doctree", doctrees / "about.doctree"]
    for path in kept:
        path.touch()
    build.forget_faulty([Problem(1, "", path="essays/a/model.py"), Problem(1, "", path="permalinks.lock")], doctrees)
    assert [path.exists() for path in kept] == [True, False, True]
    build.forget_faulty([Problem(1, "", path="_templates/page.html")], doctrees)
    assert [path.exists() for path in kept] == [False, False, True]


@pytest.mark.parametrize(
    ("written", "near"),
    [("Chain.png", "chain.png"), ("chian.png", "chain.png"), ("chain.jpg", "chain.png"), ("imgs/data.csv", "images/data.csv"),
     ("data.csv", "images/data.csv"), ("else.png", ""), ("secrets", ""), ("index.txt", "")],
)  # fmt: skip
def test_a_missing_file_has_the_name_beside_the_text_that_may_be_meant(tmp_path: Path, written: str, near: str) -> None:
    home = tmp_path / "essays/first"
    (home / "images").mkdir(parents=True)
    for name in ("chain.png", "images/data.csv", ".secrets", "index.md"):
        (home / name).touch()
    for message, kind in (
        (f"image file not readable: essays/first/{written}", "image.not_readable"),
        (f"download file not readable: {home}/{written}", "download.not_readable"),
        (f"'myst' cross-reference target not found: '{written}'", "myst.xref_missing"),
    ):
        told = messages.explain(Problem(1, message, kind, "essays/first/index.md"), KNOWN._replace(root=tmp_path), tmp_path)
        assert (f"did you mean {near!r}?" in told.message) if near else "did you mean" not in told.message, told
