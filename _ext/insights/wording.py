"""What Sphinx and MyST say, in the words of the house: what is wrong, what is allowed, and how to mend it.

They are the judges of links, citations, roles and directives, since they make the page; but they were not written for authors.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable
from pathlib import Path

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
        """What can be linked to in one text: headings, figures and named targets."""
        text = _text(path)
        headings = [
            re.sub(r"[^\w\- ]", "", re.sub(r"\{\w+\}", "", words).lower()).replace(" ", "-") for words in HEADING.findall(text)
        ]
        charts = [f"figure-{name.replace('_', '-')}" for name in CHART.findall(text)]
        return [*headings[1:], *charts, *(one or other for one, other in TARGET.findall(text))]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return ""


def mended(text: str, path: Path, names: Names) -> str:
    """A message about the text in ``path`` as its author should read it; one that nobody has met yet, as it is."""
    bare = re.sub(r" \[[\w.]+\]$", "", text)
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
    return _anchor(found[1], path, names)


def _anchor_elsewhere(found: re.Match[str], path: Path, names: Names) -> str:
    return _anchor(found[2], names.root / f"{found[1]}.md", names)


def _anchor(anchor: str, path: Path, names: Names) -> str:
    where = path.relative_to(names.root).as_posix() if names.root in path.parents else path.name
    allowed = names.anchors(path)
    there = f"there are: {', '.join(allowed)}" if allowed else "it has no headings; link to the text itself"
    return _said(f"the link to '#{anchor}' leads nowhere in {where}", anchor, allowed, there)


def _term(found: re.Match[str], path: Path, names: Names) -> str:
    return _said(
        f"no term {found[1]!r} in glossary.md", found[1], names.terms(), "write its entry there, or the words without a role"
    )


def _source(found: re.Match[str], path: Path, names: Names) -> str:
    return _said(f"no source {found[1]!r} in essays/references.bib", found[1], names.sources(), "write its entry there")


def _role(found: re.Match[str], path: Path, names: Names) -> str:
    return _said(f"no role {{{found[1]}}}", found[1], ROLES, f"the roles of the house are: {', '.join(ROLES)}")


def _directive(found: re.Match[str], path: Path, names: Names) -> str:
    mend = f"the directives of the house are: {', '.join(DIRECTIVES)}; code is written without braces"
    return _said(f"no directive {{{found[1]}}}", found[1], DIRECTIVES, mend)


def _language(found: re.Match[str], path: Path, names: Names) -> str:
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
#: What they say, and how the house says it.
ANSWERS: tuple[tuple[str, Callable[[re.Match[str], Path, Names], str] | str], ...] = (
    (r"'myst' cross-reference target not found: '(.*)'", _link),
    (r"local id not found in doc '(.*)': '(.*)'", _anchor_elsewhere),
    (r"unknown document: '(.*)'", _document),
    (
        r"Unknown source document '(.*)'",
        r"the link to '/\1.md' leads to a text that readers may not see yet; take it out for now",
    ),
    (r"undefined label: '(.*)'", _label),
    (r"term not in glossary: '(.*)'", _term),
    (r'could not find bibtex key "(.*)"', _source),
    (r'Unknown interpreted text role "(.*)"\.', _role),
    (r"Unknown directive type: '(.*)'", _directive),
    (r"Pygments lexer name '(.*)' is not known", _language),
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
