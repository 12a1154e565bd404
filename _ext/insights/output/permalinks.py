"""The ledger of every address and identity ever published, and the redirects for addresses that moved.

``permalinks.lock`` has one a line: ``/essays/SLUG/``, ``/essays/SLUG/#heading``, ``tag:…``. Nothing here knows Sphinx.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from html import escape
from urllib.parse import urldefrag

from insights.csp import content_policy
from insights.placeholders import is_placeholder
from insights.problems import Problem

#: The address of a page, or of a document of a feed.
ADDRESS = re.compile(r"/([a-z0-9-]+/)*([a-z0-9-]+/|(?P<feed>[a-z]+\.(xml|json)))")
#: What an identity is of, behind the authority: an essay by its first name, or the feed of a category.
IDENTITY = re.compile(r"(?P<authority>tag:[^:]+:)(?P<kind>essays|feed)/(?P<name>[a-z0-9-]+)")


def read_permalinks(text: str) -> dict[str, int]:
    """The entries of a ledger, each with its line."""
    lines = ((line.strip(), number) for number, line in enumerate(text.splitlines(), 1))
    return {entry: number for entry, number in lines if entry and not entry.startswith("# ")}


def merge_permalinks(ledger: str, now: Set[str]) -> str:
    """The ledger with all that is published now; nothing that binds ever leaves it."""
    head = "# Every address and identity that was ever published. `make permalinks` adds to it; nothing leaves it.\n"
    return head + "".join(f"{entry}\n" for entry in sorted({entry for entry in read_permalinks(ledger) if binds(entry)} | now))


def binds(entry: str) -> bool:
    """Whether an entry has to be kept. An identity in a name that is reserved for examples was never published."""
    return not (entry.startswith("tag:") and is_placeholder(entry.removeprefix("tag:").partition(",")[0]))


def broken(ledger: Mapping[str, int], now: Set[str], redirects: Mapping[str, str]) -> Iterator[Problem]:
    """What was published and can no longer be found, each with what mends it."""
    for entry, line in ledger.items():
        if entry in now or entry in redirects or not binds(entry):
            continue
        mend = _identity(entry, ledger, redirects) if entry.startswith("tag:") else _address(entry, now, redirects)
        if mend:
            yield Problem(line, f"{entry} was published, and is gone; {mend}")


def _address(entry: str, now: Set[str], redirects: Mapping[str, str]) -> str | None:
    page, anchor = urldefrag(entry)
    if not anchor:
        there = f"/…/{page.rpartition('/')[2]}"
        return f'bring it back, or say in conf.py where it is now: insights_redirects = {{"{page}": "{there}"}}'
    there = redirects.get(page, page)
    # Browsers take an anchor along to where a page has moved. Of pages that are no essays no anchors are known.
    if f"{there}#{anchor}" in now or there not in now or "#" in there or not any(known.startswith(f"{there}#") for known in now):
        return None
    where = f", in {there}" if there != page else ""
    return f"write `({anchor})=` on a line of its own above the heading that has its text now{where}"


def _identity(entry: str, ledger: Mapping[str, int], redirects: Mapping[str, str]) -> str | None:
    found = IDENTITY.fullmatch(entry)
    if not found:
        return "bring it back: it identifies the feed of everything, and insights_tag_authority in conf.py is a part of it"
    authority, kind, name = found["authority"], found["kind"], found["name"]
    there = redirects.get(f"/essays/category/{name}/" if kind == "feed" else f"/essays/{name}/")
    if kind == "feed":
        # Whoever follows the feed of a category is sent on with its page.
        return None if there else f'say where the category is now: insights_redirects = {{"/essays/category/{name}/": "/…/"}}'
    if there is None:
        return f"if its essay was renamed, write `id: {name}` in its header, else bring it back, or redirect its page"
    # An essay that became part of an older one, or was withdrawn, has no entry any more; one that was only renamed has.
    other = re.fullmatch(r"/essays/([a-z0-9-]+)/", urldefrag(there).url)
    if other is None or f"{authority}essays/{other[1]}" in ledger:
        return None
    return f"its essay is {there} now: write `id: {name}` in the header there"


def with_feeds(redirects: Mapping[str, str], ledger: Iterable[str], now: Set[str]) -> dict[str, str]:
    """The ``redirects`` of pages, and with them those of the feeds that the ``ledger`` has below: to that of the other page.

    Where it has none, to the feed of everything.
    """
    moved = dict(redirects)
    for entry in ledger:
        name = entry.rpartition("/")[2]
        for old, new in redirects.items() if "." in name and "#" not in name else ():
            if entry.startswith(old) and entry not in redirects:
                feed = new + entry.removeprefix(old)
                moved[entry] = feed if feed in now else f"/{name}"
    return moved


def wrong(redirects: Mapping[str, str], now: Set[str]) -> dict[str, str]:
    """What is wrong with the redirects of conf.py, by the address that each is for."""
    found = {}
    for old, new in redirects.items():
        page, anchor = urldefrag(new)
        address = ADDRESS.fullmatch(old)
        if not address:
            found[old] = f"{old!r} is not the address of a page or a feed; write it as '/essays/old-name/'"
        elif address["feed"] and not new.endswith(f"/{address['feed']}"):
            found[old] = f"{old} leads to {new}; a feed leads to one of the same name"
        elif old in now:
            found[old] = f"{old} is a page of the site; take the redirect out"
        elif page in redirects:
            found[old] = f"{old} leads to {new}, which is redirected itself; write where that leads"
        elif page not in now or (anchor and new not in now and any(known.startswith(f"{page}#") for known in now)):
            found[old] = f"{old} leads to {new}, which is no address of the site"
    return found


#: Takes the anchor along, which a refresh does not. The same for every page, so that it has one hash.
ONWARD = "location.replace(document.currentScript.dataset.to+location.hash)"


def redirect_page(base: str, old: str, new: str) -> str:
    """The page at an address that has moved, for servers that know no redirects: it sends browsers on, and says where."""
    there = escape(base + new.removeprefix("/"))
    root = "../" * (old.count("/") - 1)
    near = escape(root + new.removeprefix("/"))
    send = f'<meta http-equiv="refresh" content="0; url={near}">'
    if "#" not in new:
        send = f'<script data-to="{near}">{ONWARD}</script>\n<noscript>{send}</noscript>'
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{content_policy([ONWARD])}">\n<title>This page has moved</title>\n'
        f'<meta name="robots" content="noindex">\n<link rel="canonical" href="{there}">\n'
        # Browsers ask a page that names no icon for /favicon.ico, even one they leave at once.
        f'<link rel="icon" type="image/svg+xml" sizes="any" href="{root}_static/mark.svg">\n{send}\n</head>\n<body>\n'
        f'<h1>This page has moved</h1>\n<p>It is at <a href="{near}">{there}</a> now.</p>\n</body>\n</html>\n'
    )
