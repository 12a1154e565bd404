"""The content security policy (CSP) of pages: they load only what the site serves, and run only inline scripts that it hashes."""

import hashlib
import re
from base64 import b64encode
from collections.abc import Iterable

#: What a page may load, and from where. An inline script needs its hash here; an inline style is never allowed.
DIRECTIVES = {
    "default-src": "'none'", "script-src": "'self'", "style-src": "'self'", "img-src": "'self' data:", "font-src": "'self'",
    "connect-src": "'self'", "form-action": "'self'", "base-uri": "'none'",
}  # fmt: skip
SCRIPT = re.compile(r"<script(?P<attributes>[^>]*)>(?P<text>.*?)</script>", re.DOTALL | re.IGNORECASE)


def inline_scripts(html: str) -> list[str]:
    """The inline scripts of a page that a browser would run: no scripts with an address, no blocks of data."""
    return [
        script["text"]
        for script in SCRIPT.finditer(html)
        if " src=" not in script["attributes"] and "application/ld+json" not in script["attributes"]
    ]


def content_policy(scripts: Iterable[str]) -> str:
    """The policy of pages with these inline ``scripts``, for a header or a ``<meta>``."""
    hashes = sorted({f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in scripts})
    sources = DIRECTIVES | {"script-src": " ".join([DIRECTIVES["script-src"], *hashes])}
    return "; ".join(f"{directive} {allowed}" for directive, allowed in sources.items())
