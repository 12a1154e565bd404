"""What Sphinx and MyST say, in the words of the house: what is wrong, what is allowed, and how to mend it.

They are the judges of links, citations, roles and directives, since they make the page; but they were not written for authors.
Several judges may see one mistake: its echoes are left out.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from insights.source import without_fences

ENTRY = re.compile(r"^@\w+\{\s*([^,\s]+)\s*,", re.MULTILINE)
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)
TARGET = re.compile(r"^\(([\w-]+)\)= *$|^:name: *(\S+) *$", re.MULTILINE)
CHART = re.compile(r"^`{3,}\{chart\} *(\w+)", re.MULTILINE)
GLOSSARY = re.compile(r"^(`{3,})\{glossary\}.*?\n(.*?)^\1", re.MULTILINE | re.DOTALL)


class Names:
    """What a text of the publication in ``root`` may refer to, by kind."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def sources(self) -> list[str]:
        """The entries of the bibliography."""
        return ENTRY.findall(_text(self.root / "essays/references.bib"))

    def terms(self) -> list[str]:
        """The terms of the glossary: its lines that are not indented."""
        found = GLOSSARY.search(_text(self.root / "glossary.md"))
        return [line.strip() for line in found[2].splitlines() if line[:1].strip() and line[0] != ":"] if found else []

    def files(self) -> list[str]:
        """Every text, as links write it."""
        found = [*self.root.glob("*.md"), *self.root.glob("essays/*/index.md")]
        return sorted(f"/{path.relative_to(self.root).as_posix()}" for path in found)

    def anchors(self, path: Path) -> list[str]:
        """What can be linked to in one text: headings, figures that the model draws, and named targets."""
        text = without_fences(_text(path))
        headings = [
            re.sub(r"[^\w\- ]", "", re.sub(r"\{\w+\}", "", words).lower()).replace(" ", "-") for words in HEADING.findall(text)
        ]
        drawn = _drawn(path.with_name("model.py"))
        charts = [f"figure-{name.replace('_', '-')}" for name in CHART.findall(text) if name in drawn]
        return [*headings[1:], *charts, *(one or other for one, other in TARGET.findall(text))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def _drawn(model: Path) -> set[str]:
    """The charts of a model, by its code, since a model that cannot be run has them too; none where it is no Python."""
    try:
        body = ast.parse(_text(model)).body
    except (SyntaxError, ValueError, RecursionError):
        return set()
    functions = (node for node in body if isinstance(node, ast.FunctionDef))
    return {function.name for function in functions if [argument.arg for argument in function.args.args] == ["axes"]}


def duplicates(said: Sequence[str]) -> set[str]:
    """Those of the findings ``said``, as ``file:line: message``, that only repeat or follow from another of them."""
    found = set()
    for line in said:
        for echo, cause in ECHOES:
            if heard := echo.match(line):
                first = re.compile(cause.format(*map(re.escape, heard.groups())))
                if any(first.match(other) for other in said if other != line):
                    found.add(line)
    return found


def explain(text: str, path: Path, names: Names) -> str:
    """A message about the text in ``path`` as its author should read it; one that nobody has met yet, as it is."""
    bare = re.sub(r"( \[[\w.]+\])+$", "", text)
    for pattern, answer in ANSWERS:
        if found := re.fullmatch(pattern, bare):
            return found.expand(answer) if isinstance(answer, str) else answer(found, path, names)
    return bare


def _said(wrong: str, asked: str, known: Iterable[str], mend: str) -> str:
    """What is wrong, the nearest that would be right, and what mends it, as one message."""
    near = difflib.get_close_matches(asked, list(known), 1, 0.6)
    return f"{wrong}; did you mean {near[0]!r}? {mend[0].upper()}{mend[1:]}" if near else f"{wrong}; {mend}"


def _link(found: re.Match[str], path: Path, names: Names) -> str:
    target, _, anchor = found[1].partition("#")
    if found[1] in ("", "#"):
        return "a link without an address; write it between the brackets: [words](address)"
    if scheme := re.match(r"(\w+)://|www\.", target):
        wrong = f"the link to {target!r} leads nowhere"
        return _said(wrong, scheme[1] or "", ("https", "http"), "the address of another site begins with https://")
    if re.search(r"\.(?!md$)\w+$", target):
        return f"no file {target!r} to link to; put it there, or write its path from this text’s folder"
    if "/" not in target and not target.endswith(".md"):
        return _anchor(target or anchor, path, names)
    slugs = {re.sub(r"^/essays/|/index\.md$", "", file): file for file in names.files()}
    asked = re.sub(r"^(\.\./)+|^/essays/|^/|/?(index\.md)?$", "", target)
    wrong = f"the link to {found[1]!r} leads to no text"
    if asked in slugs:
        return f"{wrong}; write the file, {slugs[asked]!r}, and the build makes the address"
    near = difflib.get_close_matches(asked, list(slugs), 1, 0.6)
    return _said(wrong, slugs[near[0]] if near else "", slugs.values(), "a link names a file, as '/essays/SLUG/index.md'")


def _document(found: re.Match[str], path: Path, names: Names) -> str:
    return _link(re.fullmatch("(.*)", f"{found[1]}.md") or found, path, names)


def _label(found: re.Match[str], path: Path, names: Names) -> str:
    if found[1] in names.anchors(path):
        return f"{{ref}} finds no heading or figure; write a link: [words](#{found[1]})"
    return _anchor(found[1], path, names)


def _unseen(found: re.Match[str], path: Path, names: Names) -> str:
    if f"/{found[1]}.md" in names.files() and "/" in found[1]:
        return f"the link to '/{found[1]}.md' leads to a text that readers may not see yet; take it out for now"
    return f"the link to '/{found[1]}.md' leads to a file that is no page; link to a page, or name the file in backticks"


def _download(found: re.Match[str], path: Path, names: Names) -> str:
    name = found[1].removeprefix(f"{names.root}/")
    return f"no file {name!r} to download; put it there, or write its path from this text’s folder"


def _option(found: re.Match[str], path: Path, names: Names) -> str:
    allowed = re.findall(r"'([\w-]+)'", found[3])
    wrong = f"the directive {{{found[1]}}} has no option {found[2]!r}"
    return _said(wrong, found[2], allowed, f"allowed are: {', '.join(allowed) or 'none'}")


def _no_title(found: re.Match[str], path: Path, names: Names) -> str:
    return "no title; the first heading of a text is its title, and has one #"


def _anchor_elsewhere(found: re.Match[str], path: Path, names: Names) -> str:
    return _anchor(found[2], names.root / f"{found[1]}.md", names)


def _anchor(anchor: str, path: Path, names: Names) -> str:
    where = path.relative_to(names.root).as_posix() if names.root in path.parents else path.name
    allowed = names.anchors(path)
    there = f"there are: {', '.join(allowed)}" if allowed else "it has no headings; link to the text itself"
    return _said(f"the link to '#{anchor}' leads nowhere in {where}", anchor, allowed, there)


def _skip(found: re.Match[str], path: Path, names: Names) -> str:
    """In the words of the rule of the house, which says the same."""
    return f"a heading of level {found[2]} below one of level {found[1]}; write {'#' * (int(found[1]) + 1)}"


def _term(found: re.Match[str], path: Path, names: Names) -> str:
    mend = f"write an entry for {found[1]!r} there, or the words without a role"
    return _said(f"no term {found[1]!r} in glossary.md", found[1], names.terms(), mend)


def _source(found: re.Match[str], path: Path, names: Names) -> str:
    if found[1] in names.sources():
        return f"the source {found[1]!r} cannot be read; mend essays/references.bib"
    mend = f"write an entry for {found[1]!r} there"
    return _said(f"no source {found[1]!r} in essays/references.bib", found[1], names.sources(), mend)


def _role(found: re.Match[str], path: Path, names: Names) -> str:
    return _said(f"no role {{{found[1]}}}", found[1], ROLES, f"the roles of the house are: {', '.join(ROLES)}")


def _directive(found: re.Match[str], path: Path, names: Names) -> str:
    if found[1] in ROLES and found[1] not in DIRECTIVES:
        return f"{{{found[1]}}} is a role, and no directive; write it in a line: {{{found[1]}}}`…`"
    mend = f"the directives of the house are: {', '.join(DIRECTIVES)}; code is written without braces"
    return _said(f"no directive {{{found[1]}}}", found[1], DIRECTIVES, mend)


def _language(found: re.Match[str], path: Path, names: Names) -> str:
    if found[1].startswith("{") or found[1] in DIRECTIVES:
        return f"no language {found[1]!r} for a fence; a directive stands in braces, without spaces: ```{{math}}"
    return _said(f"no language {found[1]!r} for a fence", found[1], LANGUAGES, "write one that Pygments knows, or text")


ROLES = ("result", "cite", "term", "math", "eq", "ref", "doc", "abbr", "sub", "sup", "kbd")
DIRECTIVES = (
    "chart",
    "math",
    "figure",
    "image",
    "note",
    "warning",
    "admonition",
    "code-block",
    "list-table",
    "epigraph",
    "table",
)
LANGUAGES = (
    "python",
    "sh",
    "console",
    "json",
    "yaml",
    "toml",
    "text",
    "output",
    "sql",
    "go",
    "rust",
    "java",
    "c",
    "cpp",
    "javascript",
)
#: How it is said that a model does not draw a figure, and that a bibliography cannot be read.
FIGURES = r"essays/{0}/(?:[\w-]+\.py:\d+: |index\.md:\d+: (?:no chart |no model\.py ))"
SOURCES = r"essays/references\.bib:\d+: (?:not BibTeX|the entry|unknown kind of source)"
#: What they say, and how the house says it.
ANSWERS: tuple[tuple[str, Callable[[re.Match[str], Path, Names], str] | str], ...] = (
    (r"'myst' cross-reference target not found: '(.*)'", _link),
    (r"local id not found in doc '(.*)': '(.*)'", _anchor_elsewhere),
    (r"unknown document: '(.*)'", _document),
    (r"Unknown source document '(.*)'", _unseen),
    (
        r"toctree contains reference to .*",
        "the directive {toctree} leads to no text; link to it where the text speaks of it: [words](/essays/SLUG/index.md)",
    ),
    (
        r"duplicate citation id .*|duplicate local citation for key .*",
        "the list of references makes itself, and would stand here twice; take the directive {bibliography} out",
    ),
    (r"undefined label: '(.*)'", _label),
    (r"term not in glossary: '(.*)'", _term),
    (r'could not find bibtex key "(.*)"', _source),
    (r'Unknown interpreted text role "(.*)"\.', _role),
    (r"Unknown directive type:? ['\"](.*)['\"]\.?", _directive),
    (r"Pygments lexer name '(.*)' is not known", _language),
    (r"Document headings start at H\d, not H1", _no_title),
    (r"Non-consecutive header level increase; H(\d) to H(\d)", _skip),
    (r"download file not readable: (.*)", _download),
    (r"'(.*)': Unknown option key: '(.*)' \(allowed: (.*)\)", _option),
    (
        r'"raw" directive disabled\.|raw \(and derived\) roles disabled.*',
        "HTML in a text; write it in Markdown, or in _templates/ if every page is to have it",
    ),
    (
        r'Directive "(.*)" disabled\.',
        r"the directive {\1} brings another file into a text; write here what that file says",
    ),
    (
        r"File insertion disabled|File and URL access deactivated.*",
        "a directive that reads another file; write here what that file says",
    ),
    (
        r"numfig is disabled\. :numref: is ignored\.|Any number is not assigned: .*",
        "the role {numref} finds no number; link to a figure as [Figure 1](#figure-NAME)",
    ),
    (
        r"Lexing literal_block (?s:.*) as \"(.*)\" resulted in an error at token: (.*)\. Retrying in relaxed mode\.",
        r"the fence is called \1, and is none at \2; mend it, or call the fence text",
    ),
    (
        r"Directive '(.*)' cannot be mocked: .*",
        r"the directive {\1} works in reStructuredText only; write in Markdown what it is to show",
    ),
    (
        r"image file not readable: (.*)",
        r"no picture '\1'; put the file there, or write its path from this text’s folder, or from the top with a /",
    ),
    (r'Unknown target name: "(.*)"\.', r"the footnote [^\1] has no text; write `[^\1]: …` on a line of its own"),
    (
        r"Too many autonumbered footnote references.*",
        r"more marks of footnotes than footnotes; write `[^name]: …` on a line of its own for each",
    ),
    (
        r"Footnote \[.*\] is not referenced\.",
        r"nothing refers to this footnote; write its mark, [^name], in the text, or take it out",
    ),
    (
        r"Duplicate footnote definition found for label: '(.*)'",
        r"the footnote [^\1] stands here twice; write one of them under another name",
    ),
    (
        r'Duplicate explicit target name: "(.*)"\.',
        r"the name (\1)= stands here twice; write one of them otherwise",
    ),
    (
        r'Duplicate ID: "equation-(.*?)" used by .*|duplicate label of equation (.*), other instance in .*',
        r"the equation \1\2 stands here twice; write one of the labels otherwise",
    ),
    (
        r"'(.*?)': Invalid option value for '(.*?)': (.*?): .*",
        r"the option \2 of {\1} cannot be '\3'; look up what it may be in the documentation of MyST, or take it out",
    ),
    (
        r'Error parsing content block for the "list-table" directive: uniform .* row (\d+) .* row 1 \((\d+) vs (\d+)\)\..*',
        r"row \1 of the {list-table} has \2 of \3 cells; write a line `- ` for each, if only an empty one",
    ),
    (
        r'Error parsing content block for the "list-table" directive: .*',
        "a {list-table} is one list of rows, each of them a list of cells; write a row as `* - cell`, and below it `  - cell`",
    ),
    (r"equation not found: (.*)", r"no equation '\1'; name one with a line `:label: \1` in its math fence"),
    (
        r"the formula (.*) cannot be set: \w+",
        r"the formula \1 cannot be read; look for a brace without its fellow, or a command that is not LaTeX",
    ),
    (
        r"Directive '(.*)': 1 argument\(s\) required, 0 supplied",
        r"the directive {\1} lacks what it is about; write it behind the braces, as in ```{chart} replicas",
    ),
    (
        r'Content block expected for the "(.*)" directive; none found\.',
        r"the directive {\1} has no text in it; write it on the lines below, or take the directive out",
    ),
)
#: A finding that is an echo, and the one of which it is: what is in the braces is what the echo says in the same place.
ECHOES: tuple[tuple[re.Pattern[str], str], ...] = (
    # A word that is nothing may also be misspelt, and a link to a draft meets three judges.
    (re.compile(r"(.+:\d+): “(.+)” is misspelt"), r"{0}: [^“].*{1}"),
    (re.compile(r"(.+:\d+): the hidden essay '(.+)'"), r"{0}: a link to {1}, which is"),
    (re.compile(r"(.+:\d+): the link to '/essays/(.+)/index\.md' leads to a text that"), r"{0}: a link to {1}, which is"),
    # A mark without a footnote is also one too many; two labels meet two judges.
    (re.compile(r"(.+):\d+: more marks of footnotes than"), r"{0}:\d+: the footnote "),
    (re.compile(r"(.+):1: the equation (.+) stands here twice"), r"{0}:\d+: the equation {1} stands here twice"),
    # It is not to be read from elsewhere, wherever it is looked for.
    (re.compile(r'(.+:\d+): ":file:" option for csv-table directive now'), r"{0}: a directive that reads another file"),
    # Without its title a text has none of the right order.
    (re.compile(r"(.+):\d+: (?:no title; the first|a second title|text before the title)"), r"{0}:\d+: no title; an essay"),
    # Code that cannot be read cannot be coloured.
    (re.compile(r"(.+):\d+: the fence is called \w+, and is none"), r"{0}:\d+: (?:not \w+: |this code fails: |shellcheck: )"),
    # Without its model, or by another name, a figure is not there.
    (re.compile(r".+: the link to '#figure-.+' leads nowhere in essays/([\w-]+)/index\.md"), FIGURES),
    (re.compile(r"permalinks\.lock:\d+: /essays/([\w-]+)/#figure-\S+ was published"), FIGURES),
    # Nothing is found in a bibliography that cannot be read.
    (re.compile(r".+: (?:the source '.+' cannot be read|bibliography data error|the build broke off: .*(?:Style|bib))"), SOURCES),
    (re.compile(r"essays/references\.bib:\d+: the build broke off"), SOURCES),
    (re.compile(r"conf\.py:\d+: missing (\w+) in (\S+)"), r"essays/references\.bib:\d+: the source {1} has no {0};"),
    # Settings that cannot be read cannot be built with.
    (re.compile(r"conf\.py:\d+: the build broke off"), r"conf\.py:\d+: the settings cannot be read"),
)
