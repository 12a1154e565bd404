"""The scan of a site before it is published: everything in it that the rules do not allow, with file, line and column."""

import hashlib
import html
import re
import zlib
from collections.abc import Iterable, Iterator, Set
from pathlib import Path
from typing import NamedTuple

from insights.cache import Store
from insights.csp import content_policy, inline_scripts
from insights.pictures import NotAPictureError, without_notes

from .exchange import site_files
from .rules import EVERYWHERE, OWN_FILES, OWN_WORDS, SECRETS, ScanRule

#: The files that a build makes. Any other that no text offers to readers is there by mistake.
TEXTS = frozenset({".html", ".xml", ".json", ".js", ".css", ".svg", ".csv", ".py", ".txt", ".map"})
PICTURES = frozenset({".png", ".jpg", ".webp", ".ico"})
FONTS = frozenset({".woff2", ".woff", ".ttf", ".otf"})
OTHERS = frozenset({"objects.inv", "_headers", "_redirects", "CNAME", ".nojekyll"})
#: An empty file that tells GitHub Pages to publish folders whose names begin with _.
EMPTY = ".nojekyll"
#: The largest file that hosts take, in bytes.
LARGEST = 25_000_000
#: Code, whose words are not meant, and pictures in addresses, which have no words.
QUOTED = re.compile(r"<(code|pre|kbd|samp)\b.*?</\1|\bdata:[\w/+.-]+;base64,[\w/+=]+", re.DOTALL)
#: The tags of a drawing, which has words only between them.
TAGS = re.compile(r"<style\b.*?</style>|<[^<>]*>", re.DOTALL)


class Finding(NamedTuple):
    """Something in a file of a site that is not allowed: a match of a ``rule``, or the file itself; ``text``: what it is."""

    file: str
    line: int
    column: int
    rule: str
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.rule}: {self.text}" if self.rule else f"{self.file}: {self.text}"


def scan_site(
    site: Path, rules: Iterable[ScanRule], own_static: Set[str], store: Store,
    offered: Set[str] = frozenset(), extra: Set[str] = frozenset(),
) -> list[Finding]:  # fmt: skip
    """Everything in the folder ``site`` that is not allowed.

    ``own_static``: the files in _static/ that are not from a library; ``offered``: the pictures and downloads of texts;
    ``extra``: the files of html_extra_path; both may be of any kind. A file that has not changed since the last scan with these
    rules is not read again.
    """
    rules = list(rules)
    names = {f"{site}/{name}": name for name in site_files(site)}

    def scan_file(path: str) -> list[Finding]:
        name = names[path]
        from_library = name.startswith("_static/") and name not in own_static
        return list(_findings(site / name, name, rules, from_library, name in offered, name in extra))

    key = [sorted(own_static), sorted(offered), sorted(extra), rules_digest(rules)]
    return [finding for found in store.by_file("scan", names, scan_file, key=key).values() for finding in found]


def rules_digest(rules: Iterable[ScanRule]) -> str:
    """A digest that changes with any rule, and with what it allows."""
    parts = [(rule.name, rule.pattern.pattern, rule.scope, rule.suffixes, rule.cache_key) for rule in rules]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _findings(path: Path, name: str, rules: list[ScanRule], from_library: bool, offered: bool, extra: bool) -> Iterator[Finding]:
    def wrong(text: str) -> Finding:
        return Finding(name, 1, 1, "", text)

    if path.is_symlink():
        yield wrong(f"a link to {path.readlink()}; a site is made of files")
        return
    if not (offered or extra) and path.name not in OTHERS and path.suffix not in TEXTS | PICTURES | FONTS:
        yield wrong(f"no file of a site; allowed are {', '.join([*sorted(TEXTS | PICTURES), *sorted(OTHERS)])}")
    smallest = 0 if from_library or extra or name == EMPTY else 1
    if not smallest <= (size := path.stat().st_size) <= LARGEST:
        yield wrong(f"{size} bytes; allowed are {smallest} to {LARGEST}")
        return
    for rule in rules:
        if rule.scope == EVERYWHERE and (match := rule.pattern.search(name)):
            yield wrong(f"{rule.name} in the name: {match[0]}")
    content = path.read_bytes()
    if path.suffix.lower() in PICTURES - {".ico"}:
        try:
            if without_notes(content)[0] != content:
                yield wrong("notes in the picture, such as who took it where; save it without")
        except NotAPictureError as error:
            yield wrong(str(error))
    if path.name == "objects.inv":
        *head, packed = content.split(b"\n", 4)
        try:
            content = b"\n".join([*head, zlib.decompress(packed)])
        except zlib.error:
            yield wrong("not as Sphinx writes it")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if path.suffix in TEXTS and not offered:
            yield wrong(f"byte {error.start}: no UTF-8")
        text = content.decode("latin-1")
    if path.suffix == ".html" and (scripts := inline_scripts(text)) and content_policy(scripts) not in text:
        yield wrong("a script in the page whose hash its policy does not name")
    # In the pixels of a picture any short word can occur by chance, and in a file that an author offers any word is meant.
    # The search index has the words of code too, without saying which they are; and a script shows it as text.
    whole = from_library or offered or path.suffix in PICTURES or name.startswith("search/")
    scopes = {EVERYWHERE, SECRETS} if whole else {EVERYWHERE, OWN_FILES, OWN_WORDS, SECRETS}
    held = [rule for rule in rules if rule.scope in scopes and path.suffix in (rule.suffixes or (path.suffix,))]
    yield from _matches(name, text, [rule for rule in held if rule.applies_to(content)])


def _matches(name: str, text: str, rules: list[ScanRule]) -> Iterator[Finding]:
    """Where the ``text`` of a file matches the ``rules``."""
    if not rules:
        return
    # Feeds hold HTML, escaped as their formats ask for.
    markup = html.unescape(text) if name.endswith(".xml") else text
    markup = markup.replace('\\"', '"').replace("\\/", "/") if name.endswith(".json") else markup
    words = (TAGS if name.endswith(".svg") else QUOTED).sub(lambda match: re.sub(r"[^\n]", " ", match[0]), markup)
    plain = re.sub(r"<[^<>]*>", lambda tag: "\n" * tag[0].count("\n"), html.unescape(markup)) if "<" in markup else text
    searched = {EVERYWHERE: text, OWN_FILES: markup, OWN_WORDS: words, SECRETS: plain}
    for rule in rules:
        for match in rule.pattern.finditer(searched[rule.scope]):
            if not rule.allowed(match):
                before = searched[rule.scope][: match.start()]
                yield Finding(
                    name, before.count("\n") + 1, match.start() - before.rfind("\n"), rule.name, _shortened(rule.shown(match))
                )


def _shortened(text: str) -> str:
    """``text`` on one line of at most 80 characters."""
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}…"
