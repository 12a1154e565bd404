"""The scan of a site before it is published: everything in it that the rules do not allow, with file, line and column."""

import hashlib
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from insights.cache import Store
from insights.csp import content_policy, inline_scripts

from .exchange import site_files
from .rules import EVERYWHERE, OWN_FILES, OWN_WORDS, ScanRule

#: The files that a site consists of. Any other file is there by mistake.
TEXTS = frozenset({".html", ".xml", ".json", ".js", ".css", ".svg", ".csv", ".py", ".txt", ".map"})
PICTURES = frozenset({".png", ".jpg", ".webp", ".ico"})
FONTS = frozenset({".woff2", ".woff", ".ttf", ".otf"})
OTHERS = frozenset({"objects.inv", "_headers", "_redirects", "CNAME", ".nojekyll"})
#: An empty file that tells GitHub Pages to publish folders whose names begin with _.
EMPTY = ".nojekyll"
#: The metadata of a picture, in text or bytes, that is needed to show it.
COLOURS = frozenset({"icc_profile", "transparency", "background"})
#: The largest file, in bytes: five times the largest so far, a feed with every essay in it.
LARGEST = 1_000_000
#: Code, whose words are not meant; in pages, and escaped in feeds.
QUOTED = re.compile(r"<(code|pre|kbd|samp)\b.*?</\1|&lt;(code|pre|kbd|samp)\b.*?&lt;/\2", re.DOTALL)


def scan_site(
    site: Path, rules: Iterable[ScanRule], own_static: frozenset[str], store: Store, extra: frozenset[str] = frozenset()
) -> list[str]:
    """Everything in the folder ``site`` that is not allowed, as ``file:line:column: what``.

    ``own_static``: the files in _static/ that are not from a library; ``extra``: those of html_extra_path, which may be of any
    kind. A file that has not changed since the last
    scan with these rules is not read again.
    """
    rules = list(rules)
    names = {f"{site}/{name}": name for name in site_files(site)}

    def scan_file(path: str) -> list[str]:
        return [f"{names[path]}{problem}" for problem in _file_problems(site, names[path], rules, own_static, extra)]

    problems = store.by_file("scan", names, scan_file, key=[sorted(own_static), sorted(extra), rules_digest(rules)])
    return [problem for in_file in problems.values() for problem in in_file]


def rules_digest(rules: Iterable[ScanRule]) -> str:
    """A digest that changes with any rule, and with what it allows."""
    parts = [(rule.name, rule.pattern.pattern, rule.scope, rule.cache_key) for rule in rules]
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _file_problems(
    site: Path, name: str, rules: list[ScanRule], own_static: frozenset[str], extra: frozenset[str]
) -> Iterator[str]:
    path = site / name
    if path.is_symlink():
        yield f": a link to {path.readlink()}; a site is made of files"
        return
    from_library = name.startswith("_static/") and name not in own_static
    if path.name not in OTHERS and path.suffix not in TEXTS | PICTURES | FONTS and name not in extra:
        yield f": no file of a site; allowed are {', '.join([*sorted(TEXTS | PICTURES), *sorted(OTHERS)])}"
    smallest = 0 if from_library or name in extra or name == EMPTY else 1
    if not smallest <= (size := path.stat().st_size) <= LARGEST:
        yield f": {size} bytes; allowed are {smallest} to {LARGEST}"
    for rule in rules:
        if rule.scope == EVERYWHERE and (match := rule.pattern.search(name)):
            yield f": {rule.name} in the name: {match[0]}"
    # In the pixels of a picture any short word can occur by chance.
    scopes = {EVERYWHERE} if from_library or path.suffix in PICTURES else {EVERYWHERE, OWN_FILES, OWN_WORDS}
    yield from _content_problems(path, name, [rule for rule in rules if rule.scope in scopes])


def _content_problems(path: Path, name: str, rules: list[ScanRule]) -> Iterator[str]:
    if path.suffix in PICTURES:
        yield from _metadata_problems(path)
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
    rules = [rule for rule in rules if rule.applies_to(content)]
    # The search index has the words of code too, and does not say which they are.
    without_code = any(rule.scope == OWN_WORDS for rule in rules) and not name.startswith("search/")
    words = QUOTED.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text) if without_code else ""
    for rule in rules:
        for match in rule.pattern.finditer(words if rule.scope == OWN_WORDS else text):
            if not rule.allowed(match):
                line = text.count("\n", 0, match.start()) + 1
                column = match.start() - text.rfind("\n", 0, match.start())
                yield f":{line}:{column}: {rule.name}: {_shortened(match[0])}"


def _metadata_problems(picture: Path) -> Iterator[str]:
    """What cameras and programs write into a picture: who made it, when, and where."""
    from PIL import Image  # here, because most builds bring no new picture

    try:
        with Image.open(picture) as image:
            metadata = {str(name) for name, value in image.info.items() if isinstance(value, str | bytes)} - COLOURS
    except OSError:
        yield ": no picture"
        return
    if metadata:
        yield f": notes in the picture ({', '.join(sorted(metadata))}), such as who took it where; save it without"


def _shortened(text: str) -> str:
    """``text`` on one line of at most 80 characters."""
    text = " ".join(text.split())
    return text if len(text) <= 80 else f"{text[:77]}…"
