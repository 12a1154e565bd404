"""The ledger of every address and identity ever published, and the redirects for addresses that moved.

``permalinks.lock`` has one a line: ``/essays/SLUG/``, ``/essays/SLUG/#heading``, ``tag:…``. Nothing here knows Sphinx.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from urllib.parse import urldefrag

from .front_matter import Problem
from .hosting import is_placeholder

LEDGER = "permalinks.lock"


def read(text: str) -> dict[str, int]:
    """The entries of a ledger, each with its line."""
    lines = ((line.strip(), number) for number, line in enumerate(text.splitlines(), 1))
    return {entry: number for entry, number in lines if entry and not entry.startswith("# ")}


def merged(ledger: str, now: set[str]) -> str:
    """The ledger with all that is published now; nothing that binds ever leaves it."""
    head = "# Every address and identity that was ever published. `make permalinks` adds to it; nothing leaves it.\n"
    return head + "".join(f"{entry}\n" for entry in sorted({entry for entry in read(ledger) if binds(entry)} | now))


def binds(entry: str) -> bool:
    """Whether an entry has to be kept. An identity in a name that is reserved for examples was never published."""
    return not (entry.startswith("tag:") and is_placeholder(entry.removeprefix("tag:").partition(",")[0]))


def broken(ledger: Mapping[str, int], now: set[str], redirects: Mapping[str, str]) -> Iterator[Problem]:
    """What was published and can no longer be found, each with what mends it."""
    for entry, line in ledger.items():
        page, anchor = urldefrag(entry) if entry.startswith("/") else (entry, "")
        if entry in now or page in redirects or (anchor and page not in now) or not binds(entry):
            continue
        if not entry.startswith("/"):
            name = entry.rpartition("/")[2]
            mend = f"if its essay was renamed, write `id: {name}` in its header, else bring it back"
        elif anchor:
            mend = f"write `({anchor})=` on a line of its own above the heading that has its text now"
        else:
            mend = f'bring it back, or say in conf.py where it is now: insights_redirects = {{"{page}": "/…/"}}'
        yield Problem(line, f"{entry} was published, and is gone; {mend}")


def wrong(redirects: Mapping[str, str], now: set[str]) -> Iterator[str]:
    """What is wrong with the redirects of conf.py."""
    for old, new in redirects.items():
        if not (old.startswith("/") and old.endswith("/")):
            yield f"{old!r} is not the address of a page; write it as '/essays/old-name/'"
        elif old in now:
            yield f"{old} is a page of the site; take the redirect out"
        elif urldefrag(new).url in redirects:
            yield f"{old} leads to {new}, which is redirected itself; write where that leads"
        elif new not in now and urldefrag(new).url not in now:
            yield f"{old} leads to {new}, which is no address of the site"


def page(base: str, old: str, new: str) -> str:
    """The page at an address that has moved, for servers that know no redirects: it sends browsers on, and says where."""
    there = escape(base + new.removeprefix("/"))
    near = escape("../" * (old.count("/") - 1) + new.removeprefix("/"))
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>This page has moved</title>\n'
        f'<meta name="robots" content="noindex">\n<link rel="canonical" href="{there}">\n'
        f'<meta http-equiv="refresh" content="0; url={near}">\n</head>\n<body>\n<h1>This page has moved</h1>\n'
        f'<p>It is at <a href="{near}">{there}</a> now.</p>\n</body>\n</html>\n'
    )
