"""What must not be in a published site: rules that hold everywhere, and rules that follow from the sources and conf.py.

What is allowed follows from the sources too: the hosts that they name, the e-mail address of conf.py, the essays that are public.
"""

import re
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from datetime import date as Day
from pathlib import Path
from typing import Any, NamedTuple

from insights.cache import Store
from insights.placeholders import is_placeholder
from insights.source import EssaySource, asset_files

#: A host in an address, with or without its protocol. The pattern starts at the slashes, because that is thirty times as fast.
HOST = re.compile(r"/\\?/(?:(?<=[:\"'(=]//)|(?<=:\\/\\/))([^\s/\"'<>()`{}\\&?#:]+)")
EMAIL_ADDRESS = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}(?:@|&#64;|%40)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")
LOCAL = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]"})  # noqa: S104 (searched for, not bound to)
#: Where a rule holds: in every file; in files made from our sources, not in those of libraries; in their words outside code.
EVERYWHERE, OWN_FILES, OWN_WORDS = "everywhere", "own", "words"


class ScanRule(NamedTuple):
    """A pattern that must not be in a site.

    ``name``: for messages; ``scope``: where the rule holds. ``prefilter``: a file with a match contains a match of one of these
    patterns too, each of which begins with literal characters: they are fifty times as fast. ``allowed``: whether a match is
    allowed after all; ``cache_key``: everything that ``allowed`` depends on.
    """

    name: str
    pattern: re.Pattern[str]
    scope: str
    prefilter: tuple[re.Pattern[bytes], ...] = (re.compile(b""),)
    allowed: Callable[[re.Match[str]], bool] = lambda match: False
    cache_key: str = ""

    def applies_to(self, content: bytes) -> bool:
        """Whether a file with this content can contain a match."""
        return any(pattern.search(content) for pattern in self.prefilter)


def literals(*texts: str) -> tuple[re.Pattern[bytes], ...]:
    """``texts`` as a prefilter."""
    return tuple(re.compile(re.escape(text.encode())) for text in texts)


#: The start of an attribute that runs a script, after each character that may precede it.
ON_EVENT = tuple(re.compile(b"%bon[a-z]+=" % space) for space in (b" ", b"\t", b"\n", b"\f", b"\r", b"/"))
STYLE = re.compile(r"<style\b|<[a-zA-Z][^<>]*\sstyle=[\"']")
SCRIPT_ATTRIBUTE = re.compile(r"<[a-zA-Z][^<>]*[ \t\n\f\r/]on[a-z]+=[\"']")
BUILD_MESSAGE = re.compile(r"class=\\?(?:[\"']|&quot;)[^\"'&\\>]*\b(?:system-message|problematic)\b")
TO_DO = re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b|\b[Ll]orem ipsum\b")
LOCAL_HOST = re.compile(r"\b(?:localhost|127\.0\.0\.1|0\.0\.0\.0)\b|\[::1\]")
HOMES = ("home", "Users", "root")
PATH = re.compile(rf"(?<![\w.])/(?:{'|'.join(HOMES)})/[\w.-]+|\b[A-Z]:\\+Users\\|\bfile:///")
RULES = (
    ScanRule("a style in a page, which its policy refuses", STYLE, OWN_FILES, literals("<style", "style=")),
    ScanRule("a script on an element, which the policy refuses", SCRIPT_ATTRIBUTE, OWN_FILES, ON_EVENT),
    ScanRule("a message of the build", BUILD_MESSAGE, OWN_FILES, literals("system-message", "problematic")),
    ScanRule("a placeholder", TO_DO, OWN_WORDS, literals("TODO", "FIXME", "TBD", "XXX", "orem ipsum")),
    ScanRule("this machine as a host", LOCAL_HOST, OWN_WORDS, literals(*LOCAL)),
    ScanRule("a path of a machine", PATH, OWN_WORDS, literals(*(f"/{home}/" for home in HOMES), "Users\\", "file:///")),
)
EMAIL_PREFILTER = tuple(re.compile(b"%b[A-Za-z0-9-]+\\." % at) for at in (b"@", b"&#64;", b"%40"))


def scan_rules(
    root: Path, settings: Mapping[str, Any], essays: Collection[EssaySource], today: Day, store: Store
) -> list[ScanRule]:
    """The rules for a site built from ``root`` on ``today``, with the ``settings`` of its conf.py, and its ``essays``."""
    hidden = [essay for essay in essays if not essay.public(today)]
    hosts_by_file = store.by_file("hosts", _source_files(root, settings, essays, hidden), _hosts_in_file)
    hosts = _hosts(settings["html_baseurl"]).union(*hosts_by_file.values()) - LOCAL
    email = settings["insights_email"].lower()

    def address_allowed(match: re.Match[str]) -> bool:
        address = match[0].lower().replace("&#64;", "@").replace("%40", "@")
        return address == email or is_placeholder(address.partition("@")[2])

    def host_allowed(match: re.Match[str]) -> bool:
        return match[1].lower() in hosts

    name = "an e-mail address that is not that of conf.py"
    return [
        *RULES,
        *(rule for essay in hidden for rule in _essay_rules(essay)),
        *_path_rules(root),
        ScanRule(name, EMAIL_ADDRESS, OWN_FILES, EMAIL_PREFILTER, address_allowed, email),
        ScanRule("a host that no source names", HOST, OWN_FILES, allowed=host_allowed, cache_key=" ".join(sorted(hosts))),
    ]


def _source_files(
    root: Path, settings: Mapping[str, Any], essays: Iterable[EssaySource], hidden: Iterable[EssaySource]
) -> list[str]:
    """Every file that may name a host for a page: texts, models, bibliographies, assets and our code, without hidden essays."""
    patterns = [*settings["include_patterns"], "essays/*/index.md", "essays/*/*.py", "essays/*.bib", "conf.py"]
    patterns += ["_ext/**/*.py", "_static/**/*", "_templates/**/*.html"]
    assets = [*settings.get("html_static_path", ()), *settings.get("html_extra_path", ())]
    paths = set(asset_files(root, [path for path in assets if not Path(path).is_absolute()]).values())
    paths |= {path for pattern in patterns for path in root.glob(pattern)} - {
        essay.path for essay in essays if not essay.readable
    }
    hidden_folders = {essay.path.parent for essay in hidden}
    return sorted(str(path) for path in paths if path.parent not in hidden_folders and path.is_file())


def _hosts_in_file(path: str) -> set[str]:
    return _hosts(Path(path).read_text(encoding="utf-8-sig", errors="replace"))


def _hosts(text: str) -> set[str]:
    return {match[1].lower() for match in HOST.finditer(text)}


def _essay_rules(essay: EssaySource) -> Iterator[ScanRule]:
    """The rules for an essay that is not public yet: its address, its title and its summary."""
    name = f"the hidden essay {essay.slug!r}"
    address = re.compile(rf"\bessays(?:/|%2[Ff]|\\/){re.escape(essay.slug)}(?![\w-])")
    yield ScanRule(name, address, EVERYWHERE, literals(essay.slug))
    title = re.search(r"^# +(.+?)\s*#*$", essay.text, re.MULTILINE)
    for text in (title[1] if title else "", essay.record.summary if essay.record else "", essay.slug):
        words = re.findall(r"[^\W_]+", text)
        # One or two words may be in any sentence; three in a row are a title.
        if len(words) > 2:
            gap = r"(?:[\W_]|&[#\w]{1,8};|\\u[0-9a-f]{4}|</?\w[^<>]{0,80}>){1,12}?"
            yield ScanRule(name, re.compile(rf"(?<!\w){gap.join(map(re.escape, words))}(?!\w)", re.IGNORECASE), EVERYWHERE)


def _path_rules(root: Path) -> Iterator[ScanRule]:
    """The rules for the folders of the machine that builds."""
    for path in sorted({str(path) for path in (root.absolute(), root.resolve(), Path.home(), Path(sys.prefix))} - {"/"}):
        # A folder with one name could be part of any address; together with what is in it, it is a path of this machine.
        inside = "" if path.count("/") > 1 else r"/(?:_\w|essays/|conf\.py|\.\w)"
        pattern = re.compile(rf"(?<![\w.]){re.escape(path)}{inside}(?![\w-])")
        yield ScanRule("a path of this machine", pattern, EVERYWHERE, literals(path))
