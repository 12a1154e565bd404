"""The last look at a site before it is served: whatever readers must not find in it, with file, line and column.

What is meant to be there follows from the sources: the hosts they name, the one e-mail address of conf.py, the essays that
are out. Nothing here knows Sphinx.
"""

from __future__ import annotations

import getpass
import hashlib
import re
import socket
import sys
import zlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Set
from datetime import date as Day
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from insights.cache import FileCache, code_version, file_names, load_file_cache, parallel_map, save_file_cache, unless_changed
from insights.csp import content_policy, inline_scripts
from insights.placeholders import is_placeholder
from insights.source import EssaySource

#: What a site consists of. Anything else is there by mistake.
TEXTS = frozenset({".html", ".xml", ".json", ".js", ".css", ".svg", ".csv", ".py", ".txt", ".map"})
PICTURES = frozenset({".png", ".jpg", ".webp", ".ico"})
#: What a picture may say besides what is to be seen, of that in words or bytes: its colours.
COLOURS = frozenset({"icc_profile", "transparency", "background"})
#: Compressed copies of a file, beside it.
COPIES = frozenset({".gz", ".br"})
OTHERS = frozenset({"objects.inv", "_headers", "_redirects"})
#: The largest file, in bytes. The largest so far, a feed with every essay in it, has a fifth of that.
LARGEST = 1_000_000

#: Beside the doctrees of a build: what its sources name.
SOURCES_CACHE = "sources.pickle"
#: Names of accounts and machines that are nobody's.
ANYBODY = frozenset({"root", "runner", "nobody", "user", "admin", "ubuntu", "debian", "build", "builder", "docker"})
#: Where a text quotes: what stands there is shown, and not meant. In pages, and escaped in feeds.
QUOTED = re.compile(r"<(code|pre|kbd|samp)\b.*?</\1|&lt;(code|pre|kbd|samp)\b.*?&lt;/\2", re.DOTALL)
#: A host in an address, with its protocol or without. Looked for by its slashes, it is found thirty times as soon.
HOST = re.compile(r"/\\?/(?:(?<=[:\"'(=]//)|(?<=:\\/\\/))([^\s/\"'<>()`{}\\&?#:]+)")
EMAIL_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?:@|&#64;|%40)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
SIGNS_OF_ADDRESS = tuple(re.compile(rb"%b[A-Za-z0-9-]+\." % at) for at in (b"@", b"&#64;", b"%40"))
LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]"})  # noqa: S104 (looked for, not listened at)


class LeakError(Exception):
    """Something that readers must not find; the arguments say what and where, one by one."""


class ScanRule(NamedTuple):
    """What must not be there: its name for the message, how it looks, where it is looked for, and which finds are meant.

    A file with a find in it has one of the ``signs``, each of which begins with letters that are meant: that it has none is seen
    fifty times as soon. ``takes`` is what ``meant`` goes by, where it goes by anything.
    """

    name: str
    pattern: re.Pattern[str]
    scope: str
    signs: tuple[re.Pattern[bytes], ...] = (re.compile(b""),)
    meant: Callable[[re.Match[str]], bool] = lambda found: False
    takes: str = ""


#: Where a rule holds: in every file; in what our sources made, not in the files of libraries; in its words outside quoted code.
EVERYWHERE, OWN_FILES, OWN_WORDS = "everywhere", "own", "words"


def signs(*texts: str) -> tuple[re.Pattern[bytes], ...]:
    """``texts`` as signs of a rule."""
    return tuple(re.compile(re.escape(text.encode())) for text in texts)


RULES = (
    ScanRule(
        "a style in a page, which its policy refuses",
        re.compile(r"<style\b|<[a-zA-Z][^<>]*\sstyle=[\"']"),
        OWN_FILES,
        signs("<style", "style="),
    ),
    ScanRule(
        "a script on an element, which the policy refuses",
        re.compile(r"<[a-zA-Z][^<>]*[ \t\n\f\r/]on[a-z]+=[\"']"),
        OWN_FILES,
        tuple(re.compile(b"%bon[a-z]+=" % space) for space in (b" ", b"\t", b"\n", b"\f", b"\r", b"/")),
    ),
    ScanRule(
        "a message of the build",
        re.compile(r"class=\\?(?:[\"']|&quot;)[^\"'&\\>]*\b(?:system-message|problematic)\b"),
        OWN_FILES,
        signs("system-message", "problematic"),
    ),
    ScanRule(
        "a placeholder",
        re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b|\b[Ll]orem ipsum\b"),
        OWN_WORDS,
        signs("TODO", "FIXME", "TBD", "XXX", "orem ipsum"),
    ),
    ScanRule(
        "this machine as a host",
        re.compile(r"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b|\[::1\]"),
        OWN_WORDS,
        signs("localhost", "127.0.0.1", "0.0.0.0", "[::1]"),  # noqa: S104 (looked for, not listened at)
    ),
    ScanRule(
        "a path of a machine",
        re.compile(r"(?<![\w.])/(?:home|Users|root)/[\w.-]+|\b[A-Z]:\\+Users\\|\bfile:///"),
        OWN_WORDS,
        signs(*(f"/{folder}/" for folder in ("home", "Users", "root")), "Users\\", "file:///"),
    ),
)


def scan_rules(
    root: Path, settings: Mapping[str, Any], found: Collection[EssaySource], today: Day, kept: Path | None = None
) -> list[ScanRule]:
    """What must not be in a site that is built from ``root``, by the ``settings`` of its conf.py and its essays, on ``today``.

    The file ``kept`` spares reading a source that has not changed since it was written.
    """
    hidden = [manuscript for manuscript in found if not manuscript.public(today)]
    own = sorted({_user(), socket.gethostname()} - ANYBODY - LOCAL - {""})
    sources = _sources(_paths(root, settings, found, hidden), own, kept)
    hosts = {*_hosts(settings["html_baseurl"]), *(host for source in sources for host in source.hosts)} - LOCAL
    # Whoever is called Mark, or like what the essays are about, is not betrayed by the word.
    names = set(own) - {name for source in sources for name in source.names}
    email = settings["insights_email"].lower()

    def written_to(match: re.Match[str]) -> bool:
        address = match[0].lower().replace("&#64;", "@").replace("%40", "@")
        return address == email or is_placeholder(address.partition("@")[2])

    return [
        *RULES,
        *(rule for manuscript in hidden for rule in _hidden(manuscript)),
        *_machine(root, names),
        ScanRule("an e-mail address that is not that of conf.py", EMAIL_ADDRESS, OWN_FILES, SIGNS_OF_ADDRESS, written_to, email),
        ScanRule(
            "a host that no source names",
            HOST,
            OWN_FILES,
            meant=lambda match: _host(match) in hosts,
            takes=" ".join(sorted(hosts)),
        ),
    ]


def _paths(
    root: Path, settings: Mapping[str, Any], found: Iterable[EssaySource], hidden: Collection[EssaySource]
) -> Iterator[Path]:
    """Every text that a page may take a host from."""
    apart = {manuscript.path.parent for manuscript in hidden}
    yield from (manuscript.path for manuscript in found if manuscript.readable and manuscript.path.parent not in apart)
    read = {manuscript.path for manuscript in found}
    patterns = [*settings["include_patterns"], "essays/*/*.py", "essays/*.bib", "conf.py", "_ext/**/*.py", "_static/**/*"]
    for pattern in [*patterns, "_templates/**/*.html"]:
        for path in sorted(root.glob(pattern)):
            if path not in read and path.parent not in apart and path.is_file():
                yield path


class Source(NamedTuple):
    """What a text names: hosts, and names of this machine that are words in it."""

    hosts: list[str]
    names: list[str]


def _sources(paths: Iterable[Path], own: list[str], kept: Path | None) -> list[Source]:
    """What the texts in ``paths`` name of all hosts and of this machine's ``own`` names."""
    reader = [code_version(), own]
    before: FileCache[Source] = load_file_cache(kept, reader)
    now = {str(path): unless_changed(path, before, partial(_source, path, own)) for path in paths}
    if now != before:
        save_file_cache(kept, now, reader)
    return [source for _, source in now.values()]


def _source(path: Path, own: list[str]) -> Source:
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    names = [name for name in own if name in text and _word(name).search(text)]
    return Source(sorted(set(_hosts(text))), names)


def _hosts(text: str) -> Iterator[str]:
    return (_host(match) for match in HOST.finditer(text))


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")


def _host(match: re.Match[str]) -> str:
    return match[1].lower()


def _hidden(manuscript: EssaySource) -> Iterator[ScanRule]:
    """An essay that readers may not see yet: its address, its title and its summary."""
    name = f"the hidden essay {manuscript.slug!r}"
    address = re.compile(rf"\bessays(?:/|%2[Ff]|\\/){re.escape(manuscript.slug)}(?![\w-])")
    yield ScanRule(name, address, EVERYWHERE, signs(manuscript.slug))
    title = re.search(r"^# +(.+?)\s*#*$", manuscript.text, re.MULTILINE)
    for text in (title[1] if title else "", manuscript.record.summary if manuscript.record else "", manuscript.slug):
        words = re.findall(r"[^\W_]+", text)
        # One or two words may stand in any sentence; three in a row are a title.
        if len(words) > 2:
            gap = r"(?:[\W_]|&[#\w]{1,8};|\\u[0-9a-f]{4}|</?\w[^<>]{0,80}>){1,12}?"
            yield ScanRule(name, re.compile(rf"(?<!\w){gap.join(map(re.escape, words))}(?!\w)", re.IGNORECASE), EVERYWHERE)


def _machine(root: Path, names: Iterable[str]) -> Iterator[ScanRule]:
    """The machine that builds: its folders; those of its ``names`` that are no words of ours."""
    for path in sorted({str(path) for path in (root.absolute(), root.resolve(), Path.home(), Path(sys.prefix))}):
        # A folder with one name could be part of any address; with what is in it, it is this machine's.
        inside = "" if path.count("/") > 1 else r"/(?:_\w|essays/|conf\.py|\.\w)"
        if path != "/":
            pattern = re.compile(rf"(?<![\w.]){re.escape(path)}{inside}(?![\w-])")
            yield ScanRule("a path of this machine", pattern, EVERYWHERE, signs(path))
    for name in sorted(names):
        yield ScanRule("the name of this machine or its user", _word(name), OWN_FILES, signs(name))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a number without a name, as in some containers
        return ""


def refuse_leaks(site: Path, rules: Iterable[ScanRule], ours: frozenset[str], passed: Set[str] = frozenset()) -> None:
    """Raise LeakError if ``scan`` finds anything."""
    if found := list(scan(site, rules, ours, passed)):
        raise LeakError(*found)


def rules_digest(rules: Iterable[ScanRule], ours: frozenset[str]) -> str:
    """What changes when a rule does, or what it takes for meant, or for ours."""
    said = [sorted(ours), *((rule.name, rule.pattern.pattern, rule.scope, rule.takes) for rule in rules)]
    return hashlib.sha256(repr(said).encode() + code_version().encode()).hexdigest()


def scan(site: Path, rules: Iterable[ScanRule], ours: frozenset[str], passed: Set[str] = frozenset()) -> Iterator[str]:
    """All in ``site`` that must not be there, as ``file:line:column: what``.

    ``ours`` are the names in _static that we wrote; ``passed`` those of files that these rules have let through as they are.
    """
    rules = list(rules)

    def look(name: str) -> list[str]:
        path = site / name
        if path.is_symlink():
            return [f"{name}: a link to {path.readlink()}; a site is made of files"]
        library = name.startswith("_static/") and path.name not in ours
        # In the pixels of a picture any short word can be found.
        scopes = {EVERYWHERE} if library or path.suffix in PICTURES else {EVERYWHERE, OWN_FILES, OWN_WORDS}
        found = [*_file(path, name, rules, 0 if library else 1)]
        found += _content(path, name, [rule for rule in rules if rule.scope in scopes])
        return [f"{name}{where}" for where in found]

    for found in parallel_map(look, [name for name in file_names(site) if name not in passed]):
        yield from found


def _file(path: Path, name: str, rules: list[ScanRule], smallest: int) -> Iterator[str]:
    """What is wrong with a file before it is opened."""
    if path.suffix in COPIES:
        if not path.with_suffix("").is_file():
            yield ": a compressed copy of nothing"
    elif path.name not in OTHERS and path.suffix not in TEXTS | PICTURES:
        yield f": no file of a site; allowed are {', '.join(sorted(TEXTS | PICTURES | COPIES))}, {', '.join(sorted(OTHERS))}"
    if not smallest <= (size := path.stat().st_size) <= LARGEST:
        yield f": {size} bytes; allowed are {smallest} to {LARGEST}"
    for rule in rules:
        if rule.scope == EVERYWHERE and (match := rule.pattern.search(name)):
            yield f": {rule.name} in the name: {match[0]}"


def _content(path: Path, name: str, rules: list[ScanRule]) -> Iterator[str]:
    """What is wrong inside a file."""
    if path.suffix in COPIES:
        return
    if path.suffix in PICTURES:
        yield from _notes(path)
    content = path.read_bytes()
    if path.name == "objects.inv":
        *head, packed = content.split(b"\n", 4)
        try:
            content = b"\n".join([*head, zlib.decompress(packed)])
        except zlib.error:
            yield ": not as Sphinx writes it"
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        if path.suffix in TEXTS:
            yield f": byte {error.start}: no UTF-8"
        text = content.decode("latin-1")
    if path.suffix == ".html" and (scripts := inline_scripts(text)) and content_policy(scripts) not in text:
        yield ": a script in the page whose hash its policy does not name"
    rules = [rule for rule in rules if any(sign.search(content) for sign in rule.signs)]
    # The search index holds the words of quotations too, without saying where they stood.
    unquoted = any(rule.scope == OWN_WORDS for rule in rules) and not name.startswith("search/")
    words = QUOTED.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text) if unquoted else ""
    for rule in rules:
        for match in rule.pattern.finditer(words if rule.scope == OWN_WORDS else text):
            if not rule.meant(match):
                line = text.count("\n", 0, match.start()) + 1
                column = match.start() - (text.rfind("\n", 0, match.start()) + 1) + 1
                yield f":{line}:{column}: {rule.name}: {_shown(match[0])}"


def _notes(picture: Path) -> Iterator[str]:
    """What cameras and programs leave in a picture: who made it, when, and where."""
    from PIL import Image  # here, for few builds bring a new picture, and each is published

    try:
        with Image.open(picture) as image:
            notes = {str(name) for name, value in image.info.items() if isinstance(value, str | bytes)} - COLOURS
    except OSError:
        yield ": no picture"
        return
    if notes:
        yield f": notes in the picture ({', '.join(sorted(notes))}), such as who took it where; save it without"


def _shown(text: str) -> str:
    """A find, on one line and short."""
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}…"
