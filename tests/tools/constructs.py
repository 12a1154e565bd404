"""Write every construct that the packages document in an essay of its own, and compare what comes of it with what is expected.

The inputs are in ``tests/fixtures/constructs/*.txt``, one after the other::

    @@@ name | what it is
    %%HEAD field: value        a line of the front matter (it replaces one of the same field)
    %%PAGE css selector        matches in the text of the page
    %%FEED css selector        matches in the entry of the feed
    %%NOT css selector         matches neither in the page nor in the entry
    %%TOLD part of a message   an error says so, and the essay is not published; or at least a warning
    %%ADVICE part of a message a warning says so
    %%GONE words               are not shown, on purpose
    The text of the essay.

The files in ``tests/fixtures/constructs/files/`` lie beside each essay that names them. Everything is built at once, by
`insights check` and by `insights html`; then the essays that are refused are taken out, and the site is published.

    python tests/tools/constructs.py [--keep FOLDER] [--all] [NAME …]

prints a verdict for each construct that is not as expected, and how many there are of each. With NAMEs, only those constructs.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from bs4 import BeautifulSoup
from conftest import MACHINERY, ROOT, append

FIXTURES = ROOT / "tests/fixtures/constructs"
PREFIX = "t-"
#: The front matter of every construct, unless it has its own. The categories take turns, so that each feed holds its entries.
HEAD = {"date": "2024-10-01", "category": "", "summary": "A construct of the documentation."}
MESSAGE = re.compile(r"(?P<path>[^:\s][^:]*):(?P<line>\d+): (?P<warning>warning: )?(?P<text>.*) \[(?P<kind>[\w.-]+)\]$")
#: Lines of a text that are not shown: fences, options, targets, attributes, comments, definitions of links.
UNSHOWN = re.compile(
    r"^[\s>:-]*(?:`{3,}.*|~{3,}.*|:{3,}.*|:[\w-]+:(?: .*)?|---+|\+\+\+.*|\(.+\)=|\{[^`]*\}|%.*|\.\. .*|\[[^\]]+\]: .*|/\S+"
    r"|\$\$.*|\\(?:begin|end).*)$",
    re.MULTILINE,
)
#: Parts of lines that are not shown: roles, targets of links, pictures, maths, attributes, HTML.
MARKS = re.compile(
    r"\{[^}`]*\}(?:`[^`]*`)?|\](?:\(<[^>]*>\)|\([^)]*\)|\[[^\]]*\])|<[^>]*>|\$[^$]*\$|&\w+;|https?://\S+|\[\^[\w-]+\]|\\[a-zA-Z]+"
)


@dataclass
class Construct:
    """A construct, and what is expected of it."""

    name: str
    about: str
    group: str
    text: str
    head: dict[str, str] = field(default_factory=dict)
    page: list[str] = field(default_factory=list)
    feed: list[str] = field(default_factory=list)
    nowhere: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)

    @property
    def slug(self) -> str:
        return f"{PREFIX}{self.name}"

    def essay(self, category: str) -> str:
        """The essay with this construct; its title names it, so that no two titles are alike, unless its head has one."""
        head = HEAD | {"category": category} | self.head
        fields = "".join(f"{key}: {value}\n" for key, value in head.items())
        title = "" if "title" in head else f"# Construct {self.name}\n\n"
        return f"---\n{fields}---\n{title}{self.text}\n"

    def words(self) -> Counter[str]:
        """The words of the text that a reader should find."""
        prose = MARKS.sub(" ", UNSHOWN.sub(" ", self.text))
        return _words(prose) - _words(" ".join(self.gone))


@dataclass
class Message:
    path: str
    line: int
    text: str
    kind: str
    warning: bool

    def __str__(self) -> str:
        return f"{self.line}: {'warning: ' if self.warning else ''}{self.text} [{self.kind}]"


@dataclass
class Verdict:
    """What came of a construct: ``works``, ``told`` by a warning, ``refused``, or what is wrong."""

    construct: Construct
    name: str
    why: str = ""


def read(folder: Path = FIXTURES) -> list[Construct]:
    """The constructs of all files in ``folder``."""
    lists = {"PAGE": "page", "FEED": "feed", "NOT": "nowhere", "TOLD": "told", "ADVICE": "advice", "GONE": "gone"}
    constructs = []
    for file in sorted(folder.glob("*.txt")):
        for part in re.split(r"^@@@ ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            first, _, rest = part.partition("\n")
            name, _, about = (piece.strip() for piece in first.partition("|"))
            construct = Construct(name, about, file.stem, "")
            lines = rest.splitlines()
            while lines and lines[0].startswith("%%"):
                key, _, value = lines.pop(0).removeprefix("%%").partition(" ")
                if key == "HEAD":
                    key, _, value = value.partition(":")
                    construct.head[key] = value.strip()
                else:
                    getattr(construct, lists[key]).append(value)
            construct.text = "\n".join(lines).strip("\n")
            constructs.append(construct)
    if twice := [name for name, count in Counter(construct.name for construct in constructs).items() if count > 1]:
        raise SystemExit(f"constructs of the same name: {', '.join(twice)}")
    return constructs


def project(folder: Path, constructs: Iterable[Construct]) -> Path:
    """The publication in ``folder``, with an essay for each construct and no permalinks to keep."""
    folder.mkdir(parents=True)
    for name in (*MACHINERY, "essays", *(page.name for page in ROOT.glob("*.md")), "pyproject.toml"):
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        elif name not in ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"):
            shutil.copy2(source, folder)
    append(folder / "conf.py", "\ninsights_rules = {}\n")  # other people's taste is not ours
    settings: dict[str, Any] = {}
    exec((folder / "conf.py").read_text(encoding="utf-8").replace("__file__", repr(str(folder / "conf.py"))), settings)
    categories = list(settings["insights_categories"])
    for number, construct in enumerate(constructs):
        essay = folder / "essays" / construct.slug
        essay.mkdir()
        (essay / "index.md").write_text(construct.essay(categories[number % len(categories)]), encoding="utf-8")
        for path in (FIXTURES / "files").iterdir():
            if path.name in construct.text or f"{path.stem}.*" in construct.text:
                shutil.copy2(path, essay)
        if "large.png" in construct.text:
            (essay / "large.png").write_bytes(noise())
    return folder


def noise() -> bytes:
    """A picture of 1.6 MB that cannot be compressed: a PNG of 736 × 736 random pixels."""
    side, random = 736, Random(15)
    rows = b"".join(b"\0" + random.randbytes(3 * side) for _ in range(side))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows, 1)), (b"IEND", b""))
    parts = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in chunks)
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def run(root: Path, *command: str, timeout: float | None = None) -> tuple[int, str]:
    """The exit code and the output of a command of the publication in ``root``. Raises TimeoutExpired."""
    settings = {key: value for key, value in os.environ.items() if not key.startswith("INSIGHTS_")}
    settings |= {"PYTHONPATH": str(root / "_ext"), "NO_COLOR": "1", "INSIGHTS_TODAY": "2026-11-28"}
    done = subprocess.run(
        [sys.executable, "-m", "insights", *command],
        cwd=root,
        env=settings,
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
    )
    return done.returncode, f"{done.stdout}\n{done.stderr}"  # the last line of progress has no end


def messages(output: str) -> Iterator[Message]:
    """The messages among the lines of ``output``."""
    for line in output.splitlines():
        if match := MESSAGE.match(line):
            yield Message(match["path"], int(match["line"]), match["text"], match["kind"], bool(match["warning"]))


def of_essays(found: Iterable[Message]) -> dict[str, list[Message]]:
    """Messages by the folder name of their essay."""
    by_slug: dict[str, list[Message]] = {}
    for message in found:
        parts = message.path.split("/")
        slug = parts[1] if parts[0] == "essays" and len(parts) > 2 else ""
        by_slug.setdefault(slug, []).append(message)
    return by_slug


def judge(constructs: list[Construct], folder: Path) -> tuple[list[Verdict], str]:
    """The verdict on each construct, and what is wrong with the run as a whole; the built sites stay in ``folder``."""
    root = project(folder / "all", constructs)
    _, checked = run(root, "check")
    _, built = run(root, "html")
    trouble = "".join(
        f"{name} shows a traceback:\n{output}\n"
        for name, output in (("check", checked), ("html", built))
        if "Traceback" in output
    )
    by_check, by_html = of_essays(messages(checked)), of_essays(messages(built))
    refused = {c.slug for c in constructs if any(not m.warning for m in (*by_check.get(c.slug, []), *by_html.get(c.slug, [])))}
    published = project(folder / "published", [c for c in constructs if c.slug not in refused])
    code, output = run(published, "html")
    late = of_essays(message for message in messages(output) if not message.warning)
    if code and not any(slug.startswith(PREFIX) for slug in late):
        trouble += f"the site is not published:\n{output[-4000:]}\n"
    site = published / ("_build/html" if code == 0 else "_build/work")
    entries = feed_entries(site)
    return [
        _verdict(c, by_check.get(c.slug, []), by_html.get(c.slug, []), late.get(c.slug, []), site, entries) for c in constructs
    ], trouble


def feed_entries(site: Path) -> dict[str, str]:
    """The HTML of every entry in the feeds of ``site``, by the folder name of its essay."""
    entries = {}
    for feed in site.rglob("feed.json"):
        for item in json.loads(feed.read_text(encoding="utf-8"))["items"]:
            entries[item["url"].rstrip("/").rpartition("/")[2]] = item["content_html"]
    return entries


def _verdict(
    construct: Construct,
    checked: list[Message],
    built: list[Message],
    late: list[Message],
    site: Path,
    entries: dict[str, str],
) -> Verdict:
    errors = [message for message in checked if not message.warning]
    if {str(m) for m in errors} != {str(m) for m in built if not m.warning}:
        only = [f"check: {m}" for m in errors if str(m) not in map(str, built)]
        only += [f"html: {m}" for m in built if str(m) not in map(str, errors)]
        return Verdict(construct, "contradiction", " / ".join(only))
    if late:
        return Verdict(construct, "contradiction", f"html, late: {' / '.join(map(str, late))}")
    if errors:
        said = " / ".join(map(str, errors))
        if not construct.told:
            return Verdict(construct, "refused, unexpected", said)
        missing = [part for part in construct.told if part not in said]
        return Verdict(construct, f"told otherwise than {missing}" if missing else "refused", said)
    advice = " / ".join(str(message) for message in checked)
    if construct.told:
        missing = [part for part in construct.told if part not in advice]
        return Verdict(construct, f"not told {missing}", advice) if missing else Verdict(construct, "told", advice)
    if missing := [part for part in construct.advice if part not in advice]:
        return Verdict(construct, f"no advice {missing}", advice)
    page = site / "essays" / construct.slug / "index.html"
    if not page.exists() or construct.slug not in entries:
        return Verdict(construct, "not published", str(page))
    (text,) = BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").select("article")
    entry = BeautifulSoup(f"<div>{entries[construct.slug]}</div>", "lxml")
    for where, tree, selectors in (("page", text, construct.page), ("feed", entry, construct.feed)):
        if wrong := [selector for selector in selectors if not tree.select(selector)]:
            return Verdict(construct, f"silently wrong on the {where}", f"no {' and no '.join(wrong)}")
        if wrong := [selector for selector in construct.nowhere if tree.select(selector)]:
            return Verdict(construct, f"silently wrong on the {where}", f"there is {' and '.join(wrong)}")
        if lost := construct.words() - _words(_shown(tree)):
            return Verdict(construct, f"words lost on the {where}", " ".join(sorted(lost)))
    return Verdict(construct, "works", advice)


def _shown(tree: Any) -> str:
    """What a reader finds in ``tree``: its text, and the texts of pictures and of titles."""
    texts = [tree.get_text(" ")]
    texts += [str(value) for tag in tree.find_all(True) for key in ("alt", "title", "alttext") if (value := tag.get(key))]
    return html.unescape(" ".join(texts))


def _words(text: str) -> Counter[str]:
    """The words in ``text`` of three letters or more, once each."""
    text = unicodedata.normalize("NFKC", text).replace("\u00ad", "").casefold()
    return Counter(set(re.findall(r"[^\W_]{3,}", text)))


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare what comes of documented constructs with what is expected.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only the constructs with these names, or of these files")
    parser.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the built sites there")
    parser.add_argument("--all", action="store_true", help="print the constructs that are as expected, too")
    arguments = parser.parse_args()
    constructs = read()
    if arguments.names:
        constructs = [c for c in constructs if c.name in arguments.names or c.group in arguments.names]
    with tempfile.TemporaryDirectory(prefix="constructs-") as temporary:
        if arguments.keep:
            shutil.rmtree(arguments.keep, ignore_errors=True)
        verdicts, trouble = judge(constructs, arguments.keep or Path(temporary))
    good = ("works", "told", "refused")
    for verdict in verdicts:
        if arguments.all or verdict.name not in good:
            print(f"{verdict.construct.group}/{verdict.construct.name}: {verdict.name}: {verdict.why}")
    print(trouble, end="")
    counts = Counter(verdict.name.partition("[")[0].strip() for verdict in verdicts)
    print(", ".join(f"{count} {name}" for name, count in counts.most_common()))
    return 0 if not trouble and all(verdict.name in good for verdict in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
