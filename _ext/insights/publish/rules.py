"""What must not be in a published site: rules that hold everywhere, and rules that follow from the sources and conf.py.

What is allowed follows from the sources too: the e-mail address of conf.py, the hosts that templates name, the essays that are
public.
"""

import html
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from insights.cache import Store
from insights.placeholders import is_placeholder
from insights.source import EssaySource, SourceFileError, asset_files, read_source

from .secrets import formats, is_example

#: A host in an address, with or without its protocol.
HOST = r"(?:https?:)?//([^\s/\"'<>()`{}\\&?#:]+)"
#: An address in a path, such as the file name logo@2x.png, and a handle with two @, are not matched.
EMAIL_ADDRESS = re.compile(r"(?<![\w.+/@-])[\w.+-]{1,64}(?:@|&#64;|%40)(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}(?!\w)")
#: What looks like the top-level domain of an address, and ends the name of a file or of a systemd unit.
NOT_A_DOMAIN = re.compile(
    r".*\.(?:avif|bmp|conf|css|csv|gif|html?|ico|jpe?g|json|js|pdf|png|scope|service|slice|socket|svg|target|timer|txt|webp|ya?ml)$",
    re.IGNORECASE,
)
LOCAL = ("localhost", "127.0.0.1", "0.0.0.0", "[::1]")  # noqa: S104 (searched for, not bound to)
#: Where a rule holds: in every file; in pages, feeds and sheets that are made from our sources; in their words outside code; in
#: every file, without the tags that colours put into its code.
EVERYWHERE, OWN_FILES, OWN_WORDS, SECRETS = "everywhere", "own", "words", "secrets"


class ScanRule(NamedTuple):
    """A pattern that must not be in a site.

    ``name``: for messages; ``scope``: where the rule holds; ``suffixes``: of the files in which it holds, if not in all.
    ``prefilter``: a file with a match contains a match of one of these patterns too, which begin with literal characters, since
    that is fifty times as fast. ``allowed``: whether a match is allowed after all; ``cache_key``: what ``allowed`` depends on.
    """

    name: str
    pattern: re.Pattern[str]
    scope: str
    prefilter: tuple[re.Pattern[bytes], ...] = (re.compile(b""),)
    allowed: Callable[[re.Match[str]], bool] = lambda match: False
    cache_key: str = ""
    suffixes: tuple[str, ...] = ()

    def shown(self, match: re.Match[str]) -> str:
        """A match for a message, which others may read: of a secret the beginning only."""
        return f"{match[0][:8]}…" if self.scope == SECRETS else match[0]

    def applies_to(self, content: bytes) -> bool:
        """Whether a file with this content can contain a match."""
        return any(pattern.search(content) for pattern in self.prefilter)


def literals(*texts: str) -> tuple[re.Pattern[bytes], ...]:
    """``texts`` as a prefilter."""
    return tuple(re.compile(re.escape(text.encode())) for text in texts)


PAGES, ENTRIES, SHEETS = (".html",), (".html", ".xml", ".json"), (".css",)
#: The start of an attribute that runs a script, after each character that may precede it.
ON_EVENT = tuple(re.compile(b"%bon[a-z]+=" % space) for space in (b" ", b"\t", b"\n", b"\f", b"\r", b"/"))
STYLE = re.compile(r"<style\b|<[a-zA-Z][^<>]*\sstyle=[\"']")
SCRIPT_ATTRIBUTE = re.compile(r"<[a-zA-Z][^<>]*[ \t\n\f\r/]on[a-z]+=[\"']")
BUILD_MESSAGE = re.compile(r"<[a-zA-Z][^<>]*\bclass=[\"'][^\"'<>]*\b(?:system-message|problematic)\b")
#: What browsers load when they show an element; links, and the first site of an entry, lead elsewhere only if a reader follows.
LOADED = re.compile(
    r"<(?!a\s|link rel=\"via\")[a-zA-Z][^<>]*?"
    r"(?:\s(?:src|srcset|href|poster|data|action|formaction)=[\"']?|url\((?:[\"']|&quot;|&#39;)?)" + HOST
)
LOADED_BY_SHEET = re.compile(r"(?:url\(\s*|@import\s*)[\"']?" + HOST)
LOCAL_NAMES = "|".join(map(re.escape, LOCAL))
LOCAL_LINK = re.compile(rf"\shref=[\"'](?:https?:)?//(?:{LOCAL_NAMES})[\"'/:?#]")
#: An address that a text makes a link of, and so means to publish.
LINKED_ADDRESS = re.compile(r"(?:mailto:|<)([\w.+-]+@[\w.-]+\w)")
QUOTES = "\"'“”‘’«»„`"
#: Notes to oneself; but a TODO list and a TODO comment are things.
TO_DO = re.compile(r"\b(?:TODO|FIXME|TBD|XXX)\b(?![ -](?:apps?|comments?|items?|lists?)\b)|\b[Ll]orem ipsum\b")
#: This machine in an address, or with a port. The mere word is one of the trade.
LOCAL_HOST = re.compile(rf"(?<=//)(?:{LOCAL_NAMES})(?![\w.-])|(?<![\w.-])(?:{LOCAL_NAMES})(?=:\d)")
HOMES = ("home", "Users", "root")
PATH = re.compile(rf"(?<![\w.])/(?:{'|'.join(HOMES)})/[\w.-]+|\b[A-Z]:\\+Users\\|\bfile:///")


def _quoted(match: re.Match[str]) -> bool:
    """Whether a word stands in quotation marks, so that the text speaks of it; but not as the value of an attribute."""
    before = html.unescape(match.string[max(0, match.start() - 8) : match.start()])
    after = html.unescape(match.string[match.end() : match.end() + 8])
    return bool(before and after) and before[-1] in QUOTES and after[0] in QUOTES and not before.endswith(('="', "='"))


RULES = (
    ScanRule("a style in a page, which its policy refuses", STYLE, OWN_FILES, literals("<style", "style="), suffixes=PAGES),
    ScanRule("a script on an element, which the policy refuses", SCRIPT_ATTRIBUTE, OWN_FILES, ON_EVENT, suffixes=ENTRIES),
    ScanRule("a message of the build", BUILD_MESSAGE, OWN_FILES, literals("system-message", "problematic"), suffixes=ENTRIES),
    ScanRule("this machine as a host", LOCAL_LINK, OWN_FILES, literals(*LOCAL), suffixes=ENTRIES),
    ScanRule("a placeholder", TO_DO, OWN_WORDS, literals("TODO", "FIXME", "TBD", "XXX", "orem ipsum"), _quoted),
    ScanRule("this machine as a host", LOCAL_HOST, OWN_WORDS, literals(*LOCAL)),
    ScanRule("a path of a machine", PATH, OWN_WORDS, literals(*(f"/{home}/" for home in HOMES), "Users\\", "file:///")),
)
EMAIL_PREFILTER = tuple(re.compile(b"%b[A-Za-z0-9-]+\\." % at) for at in (b"@", b"&#64;", b"%40"))


def scan_rules(root: Path, settings: Mapping[str, Any], hidden: Collection[EssaySource], store: Store) -> list[ScanRule]:
    """The rules for a site built from ``root`` with the ``settings`` of its conf.py, without the essays that are ``hidden``."""
    hosts_by_file = store.by_file("hosts", _source_files(root, settings), _hosts_in_file)
    hosts = _hosts(settings["html_baseurl"]).union(*hosts_by_file.values()) - {*LOCAL}
    mails_by_file = store.by_file("mails", sorted(map(str, root.glob("essays/*/index.md"))), partial(_linked_addresses, root))
    emails = {settings["insights_email"].lower()}.union(*mails_by_file.values())

    def address_allowed(match: re.Match[str]) -> bool:
        address = match[0].lower().replace("&#64;", "@").replace("%40", "@")
        account, _, host = address.partition("@")
        return address in emails or account == "git" or is_placeholder(host) or NOT_A_DOMAIN.match(host) is not None

    def host_allowed(match: re.Match[str]) -> bool:
        return match[1].lower() in hosts

    not_ours = "an e-mail address that is neither that of conf.py nor a link"
    other_host, key = "a file from another host, which the policy refuses", " ".join(sorted(hosts))
    return [
        *RULES,
        *(rule for essay in hidden for rule in _essay_rules(essay)),
        *_path_rules(root),
        ScanRule(not_ours, EMAIL_ADDRESS, OWN_WORDS, EMAIL_PREFILTER, address_allowed, " ".join(sorted(emails))),
        *(
            ScanRule(f"a secret ({name})", re.compile(pattern), SECRETS, literals(*parts), is_example)
            for name, pattern, parts in formats(store)
        ),
        ScanRule(other_host, LOADED, OWN_FILES, literals("//"), host_allowed, key, suffixes=ENTRIES),
        ScanRule(other_host, LOADED_BY_SHEET, OWN_FILES, literals("//"), host_allowed, key, suffixes=SHEETS),
    ]


def _source_files(root: Path, settings: Mapping[str, Any]) -> list[str]:
    """The files that decide what pages load."""
    assets = [*settings.get("html_static_path", ()), *settings.get("html_extra_path", ())]
    paths = {root / "conf.py", *root.glob("_static/**/*"), *root.glob("_templates/**/*.html")}
    paths |= set(asset_files(root, [path for path in assets if not Path(path).is_absolute()]).values())
    return sorted(str(path) for path in paths if path.is_file())


def _hosts_in_file(path: str) -> set[str]:
    return _hosts(Path(path).read_text(encoding="utf-8-sig", errors="replace"))


def _linked_addresses(root: Path, path: str) -> set[str]:
    try:
        text = read_source(Path(path), root)
    except SourceFileError:  # reported when it was read
        return set()
    return {match[1].lower() for match in LINKED_ADDRESS.finditer(text)}


def _hosts(text: str) -> set[str]:
    return {match[1].lower() for match in re.finditer(HOST, text)}


def _essay_rules(essay: EssaySource) -> Iterator[ScanRule]:
    """The rules for an essay that is not public yet: its address, its title and its summary."""
    name = f"the hidden essay {essay.slug!r}"
    address = re.compile(rf"\bessays(?:/|%2[Ff]|\\/){re.escape(essay.slug)}(?![\w-])")
    yield ScanRule(name, address, EVERYWHERE, literals(essay.slug))
    title, record = re.search(r"^# +(.+?)\s*#*$", essay.text, re.MULTILINE), essay.record
    titles = [record.title if record else "", title[1] if title else ""]
    for text in (*titles, record.summary if record else "", essay.slug):
        words = re.findall(r"[^\W_]+", text)
        # One or two words may be in any sentence; three in a row are a title.
        if len(words) > 2:
            gap = r"(?:[\W_]|&[#\w]{1,8};|\\u[0-9a-f]{4}|</?\w[^<>]{0,80}>){1,12}?"
            yield ScanRule(name, re.compile(rf"(?<!\w){gap.join(map(re.escape, words))}(?!\w)", re.IGNORECASE), EVERYWHERE)


def _path_rules(root: Path) -> Iterator[ScanRule]:
    """The rules for the folders of the machine that builds."""
    # A user without an entry in the password file has no home.
    home = os.path.expanduser("~")  # noqa: PTH111 (Path.home() raises in that case)
    folders = {str(root.absolute()), str(root.resolve()), home, sys.prefix} - {"/", "~"}
    for path in sorted(folders):
        # A folder with one name could be part of any address; together with what is in it, it is a path of this machine.
        inside = "" if path.count("/") > 1 else r"/(?:_\w|essays/|conf\.py|\.\w)"
        pattern = re.compile(rf"(?<![\w.]){re.escape(path)}{inside}(?![\w-])")
        yield ScanRule("a path of this machine", pattern, EVERYWHERE, literals(path))
