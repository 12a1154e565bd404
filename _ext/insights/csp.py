"""The content policy of a page (CSP): nothing but what the site itself serves, and no script in a page but by its hash."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable

#: What a page may load, and from where. What a browser runs or applies of the page itself needs a hash; a style has none.
DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
}
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)


def inline_scripts(html: str) -> list[str]:
    """The scripts that stand in a page and that a browser would run: not those with an address, nor blocks of data."""
    return [
        found["text"]
        for found in SCRIPT.finditer(html)
        if " src=" not in found["attributes"] and "application/ld+json" not in found["attributes"]
    ]


def content_policy(scripts: Iterable[str]) -> str:
    """The policy of pages in which ``scripts`` stand, for a header or a ``<meta>``."""
    hashes = sorted({f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts})
    sources = DIRECTIVES | {"script-src": " ".join([DIRECTIVES["script-src"], *hashes])}
    return "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())
