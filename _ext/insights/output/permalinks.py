"""Permalinks: every address and identity that was ever published, and redirects from addresses that have moved.

``permalinks.lock`` has a line for each: ``/essays/SLUG/``, ``/essays/SLUG/#heading``, ``tag:…``. Nothing here knows Sphinx.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Set
from html import escape
from urllib.parse import urldefrag

from insights.csp import content_policy
from insights.placeholders import is_placeholder
from insights.problems import Problem

#: The address of a page, or of a file of a feed.
ADDRESS = re.compile(r"/([a-z0-9-]+/)*([a-z0-9-]+/|(?P<feed>[a-z]+\.(xml|json)))")
#: The identity of an essay, by its first name, or of the feed of a category.
IDENTITY = re.compile(r"(?P<authority>tag:[^:]+:)(?P<kind>essays|feed)/(?P<name>[a-z0-9-]+)")


def read_permalinks(text: str) -> dict[str, int]:
    """The permalinks in ``text``, each with its line."""
    lines = ((line.strip(), number) for number, line in enumerate(text.splitlines(), 1))
    return {entry: number for entry, number in lines if entry and not entry.startswith("# ")}


def merge_permalinks(text: str, published: Set[str]) -> str:
    """The file of permalinks with those in ``text`` that must be kept, and with all that are ``published`` now."""
    head = "# Every address and identity that was ever published. `make permalinks` adds to it; nothing leaves it.\n"
    return head + "".join(f"{entry}\n" for entry in sorted({*filter(binding, read_permalinks(text)), *published}))


def binding(entry: str) -> bool:
    """Whether a permalink must be kept. An identity in a domain that is reserved for examples was never published."""
    return not (entry.startswith("tag:") and is_placeholder(entry.removeprefix("tag:").partition(",")[0]))


def broken_permalinks(permalinks: Mapping[str, int], published: Set[str], redirects: Mapping[str, str]) -> Iterator[Problem]:
    """The ``permalinks`` that are neither ``published`` now nor redirected, with ways to fix them."""
    for entry, line in permalinks.items():
        if entry in published or entry in redirects or not binding(entry):
            continue
        identity = entry.startswith("tag:")
        if fix := _fix_identity(entry, permalinks, redirects) if identity else _fix_address(entry, published, redirects):
            yield Problem(line, f"{entry} was published, and is gone; {fix}")


def _fix_address(entry: str, published: Set[str], redirects: Mapping[str, str]) -> str | None:
    """How to fix a page or an anchor that is gone; None if it need not be fixed."""
    page, anchor = urldefrag(entry)
    if not anchor:
        there = f"/…/{page.rpartition('/')[2]}"
        return f'bring it back, or write in conf.py where it is now: insights_redirects = {{"{page}": "{there}"}}'
    there = redirects.get(page, page)
    # Browsers keep the anchor when they follow a redirect. The anchors of pages other than essays are not known.
    if f"{there}#{anchor}" in published or there not in published or "#" in there or not _has_anchors(there, published):
        return None
    where = f", in {there}" if there != page else ""
    return f"write `({anchor})=` on a line of its own above the heading that has its text now{where}"


def _has_anchors(page: str, published: Set[str]) -> bool:
    """Whether the anchors of ``page`` are known."""
    return any(known.startswith(f"{page}#") for known in published)


def _fix_identity(entry: str, permalinks: Mapping[str, int], redirects: Mapping[str, str]) -> str | None:
    """How to fix an identity that is gone; None if it need not be fixed."""
    match = IDENTITY.fullmatch(entry)
    if not match:
        return "bring it back: it identifies the feed of all essays, and insights_tag_authority in conf.py is a part of it"
    authority, kind, name = match["authority"], match["kind"], match["name"]
    there = redirects.get(f"/essays/category/{name}/" if kind == "feed" else f"/essays/{name}/")
    if kind == "feed":
        # The feed of a category is redirected with its page.
        return None if there else f'write where the category is now: insights_redirects = {{"/essays/category/{name}/": "/…/"}}'
    if there is None:
        return f"if its essay was renamed, write `id: {name}` in its front matter; otherwise bring it back, or redirect its page"
    # An essay that was withdrawn, or became part of an older one, has no feed entry any more; one that was renamed has.
    other = re.fullmatch(r"/essays/([a-z0-9-]+)/", urldefrag(there).url)
    if other is None or f"{authority}essays/{other[1]}" in permalinks:
        return None
    return f"its essay is {there} now; write `id: {name}` in the front matter there"


def with_feeds(redirects: Mapping[str, str], permalinks: Iterable[str], published: Set[str]) -> dict[str, str]:
    """The ``redirects`` of pages and of the feeds below them, which lead to the feed of the new page or else of all essays."""
    moved = dict(redirects)
    for entry in permalinks:
        name = entry.rpartition("/")[2]
        for old, new in redirects.items() if "." in name and "#" not in name else ():
            if entry.startswith(old) and entry not in redirects:
                feed = new + entry.removeprefix(old)
                moved[entry] = feed if feed in published else f"/{name}"
    return moved


def redirect_problems(redirects: Mapping[str, str], published: Set[str]) -> dict[str, str]:
    """The messages about wrong ``redirects`` of conf.py, by the old addresses."""
    problems = {}
    for old, new in redirects.items():
        page, anchor = urldefrag(new)
        address = ADDRESS.fullmatch(old)
        if not address:
            problems[old] = f"{old!r} is not the address of a page or a feed; write it as '/essays/old-name/'"
        elif address["feed"] and not new.endswith(f"/{address['feed']}"):
            problems[old] = f"{old} leads to {new}; a feed leads to one of the same name"
        elif old in published:
            problems[old] = f"{old} is a page of the site; remove the redirect"
        elif page in redirects:
            problems[old] = f"{old} leads to {new}, which is redirected itself; write the last address instead"
        elif page not in published or (anchor and new not in published and _has_anchors(page, published)):
            problems[old] = f"{old} leads to {new}, which is not an address of the site; write one that is"
    return problems


#: Keeps the anchor, which a refresh does not. It is the same on every page, so that the content policy needs one hash.
ONWARD = "location.replace(document.currentScript.dataset.to+location.hash)"


def redirect_page(base: str, old: str, new: str, icon: str = "_static/mark.svg") -> str:
    """The page at an address that has moved, for hosts without redirects: it sends browsers on, and has a link for readers."""
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
        # Without an icon, browsers would ask for /favicon.ico, even if they leave at once.
        f'<link rel="icon" type="image/svg+xml" sizes="any" href="{root}{icon}">\n{send}\n</head>\n<body>\n'
        f'<h1>This page has moved</h1>\n<p>It is at <a href="{near}">{there}</a> now.</p>\n</body>\n</html>\n'
    )
