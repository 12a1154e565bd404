"""Addresses, wherever they come from: a text, a bibliography, a setting, the environment, a picture. What they may be."""

import re
from collections.abc import Collection
from urllib.parse import SplitResult, urlsplit

#: Schemes that can run or read something on the reader's machine; no setting allows them.
DANGEROUS = frozenset({"about", "blob", "data", "file", "filesystem", "javascript", "vbscript", "view-source"})
#: The schemes of links in what is not a text: sources, settings, drawings.
WEB = ("https", "http")
HOST = re.compile(r"(?:[^\W_](?:[\w-]*[^\W_])?\.)*[^\W_](?:[\w-]*[^\W_])?\.?|[\da-f.]*:[\da-f:.]*", re.IGNORECASE)


def scheme_of(address: str) -> str:
    """The scheme of an address as browsers read it, who pass over line ends, tabs and blanks; "" if it has none."""
    match = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\t\n\r]", "", address).lstrip(BLANKS), re.IGNORECASE)
    return match[1].lower() if match else ""


#: What browsers pass over before an address (WHATWG URL, section 4.4): control characters and the space.
BLANKS = "".join(map(chr, range(33)))


def parts_of(address: str) -> SplitResult:
    """The parts of an address; of one whose host is none, all of it as the path."""
    try:
        return urlsplit(address)
    except ValueError:
        return SplitResult("", "", address, "", "")


def refused_scheme(address: str, schemes: Collection[str] = WEB) -> str:
    """The scheme of an ``address`` that leads where no link may, with ``schemes`` besides none; "" if it may."""
    scheme = scheme_of(address)
    return scheme if scheme and (scheme in DANGEROUS or scheme not in schemes) else ""


def address_problem(address: str, schemes: Collection[str] = WEB, *, plain: bool = False) -> str:
    """What is wrong with the ``address`` of a site; "" if nothing is. A ``plain`` one has nothing behind its path."""
    expected = f"an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if re.search(r"[\s\0-\x20\x7f\"'<>\\^`{|}]", address):
        return f"it has a space, a quote, or another sign that no address has; write {expected}"
    try:
        parts, _ = (split := urlsplit(address)), split.port
    except ValueError:
        return f"its host is no host; write {expected}"
    if parts.scheme not in schemes or not parts.netloc:
        return f"it is no address of a site; write {expected}"
    if "@" in parts.netloc:
        return "it has the name of a user, which every reader would see; remove what stands before @"
    if not HOST.fullmatch(parts.hostname or ""):
        return f"its host is no host; write {expected}"
    if plain and (parts.query or parts.fragment or address.endswith(("?", "#"))):
        return "it has a query or an anchor; remove ? or #, and what follows"
    return ""
