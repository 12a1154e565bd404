"""What stands behind the opening of a code block: its language, a title, lines to mark and to number, and why it is not run.

The forms are those of GitHub, Hugo, Zola, Docusaurus, VitePress, Material for MkDocs, Expressive Code, Pandoc and rustdoc.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

#: ```python not run: it needs a cluster
NOT_RUN = re.compile(r"not run: *\S")
LANGUAGE = re.compile(r"\s*([^\s{},:]*)(?::(line-numbers|[\w./-]+\.\w+))?,?")
PANDOC = re.compile(r"\s*\{\s*\.([\w+#-]+)(.*)\}\s*$", re.DOTALL)
#: A name, and its value in quotes, braces, brackets or bare; or lines in braces.
WORD = re.compile(
    r"""([\w.#:-]+)(?:\s*=\s*("[^"]*"|'[^']*'|\{[^}]*\}|\[[^\]]*\]|/[^/]*/|[^\s,{}]+)|(\{\d+\}))?|\{([\d\s,-]*)\}|,|\S+"""
)
TITLES, NUMBERS = ("title", "filename", "file", "caption", "name"), ("linenos", "linenums", "shownumbers", "showlinenumbers",
    "linenumbers", "numberlines", "number-lines", "line-numbers", "lineno")  # fmt: skip
MARKS = ("hl_lines", "hl-lines", "highlight", "mark", "ins", "del", "add", "remove", "lines", "emphasize-lines")
STARTS = ("linenostart", "linenumberstart", "startline", "startfrom", "start", "lineno-start")
#: What means nothing on a page, or what every code block has here.
NEUTRAL = frozenset({
    "annotate", "copy", "compile_fail", "edition2015", "edition2018", "edition2021", "edition2024", "editable", "frame", "ignore",
    "no_run", "nocopy", "nohighlight", "nolinenos", "no-copy", "noplayground", "runnable", "should_panic", "wrap",
})  # fmt: skip


class FenceInfo(NamedTuple):
    """What a fence says of its code. ``marked``: lines such as `1,3-5`; ``start``: the number of the first line, 0 for none.

    ``reason``: why it is not run; ``unknown``: the words that mean nothing here.
    """

    language: str
    title: str = ""
    marked: str = ""
    start: int = 0
    reason: str = ""
    name: str = ""
    unknown: tuple[str, ...] = ()


def read_info(info: str) -> FenceInfo:
    """What is written behind the opening of a fence."""
    if pandoc := PANDOC.match(info):
        language, rest = pandoc.groups()
        rest = re.sub(r"(?<!\S)\.(?=[\w-])", "", rest)
    else:
        match = LANGUAGE.match(info)
        assert match is not None, "it matches the empty text"
        language, rest = match[1], info[match.end() :].strip()
        if match[2]:
            rest += " linenos" if match[2] == "line-numbers" else f" title={match[2]}"
    if NOT_RUN.match(rest):
        return FenceInfo(language, reason=rest)
    values = {"title": "", "name": ""}
    marked, start, unknown = [], 0, []
    for word, key, value in _words(rest):
        if key in TITLES and value:
            values["title"] = value
        elif key == "#":
            values["name"] = value
        elif key in MARKS and (lines := _lines(value)):
            marked.append(lines)
        elif key in NUMBERS or key in STARTS:
            if value.lower() not in ("false", "0", "no"):
                start = int(value) if value.isdecimal() else start or 1
        elif key not in NEUTRAL:
            unknown.append(word)
    return FenceInfo(language, values["title"], ",".join(marked), start, "", values["name"], tuple(unknown))


def _words(rest: str) -> Iterator[tuple[str, str, str]]:
    """Each word as written, its name in lower case, and its value; lines in braces have the name `hl_lines`."""
    if (options := re.fullmatch(r"\{(.*=.*|\s*#.*)\}", rest, re.DOTALL)) is not None:
        rest = options[1]  # as in Hugo
    for match in WORD.finditer(rest):
        if match[4] is not None:
            yield match[0], "hl_lines", match[4]
        elif match[1] is None:
            if match[0] != ",":
                yield match[0], match[0], ""
        elif match[1].startswith("#"):
            yield match[0], "#", match[1][1:]
        else:
            yield match[0], match[1].lower(), (match[2] or match[3] or "").strip("\"'{}[]").strip()


def _lines(written: str) -> str:
    """Lines as Sphinx writes them, such as `1,3-5`; empty if none are written."""
    ranges = re.findall(r"\d+(?:-\d+)?", written)
    return ",".join(ranges) if ranges and not re.sub(r"[\d\s,\"'-]", "", written) else ""
