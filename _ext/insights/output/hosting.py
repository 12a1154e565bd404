"""How a host serves each kind of file: one table, and its forms for nginx and for hosts that read ``_headers``."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from insights.catalog import FORMATS
from insights.feeds import ARCHIVE_FOLDER
from insights.pages import LINKED_ASSETS, STATIC

#: Seconds for which a reader may keep a feed without asking again. Feed readers expect between ten minutes and twelve hours.
FEED_AGE = 3600
YEAR = 365 * 24 * 3600
#: The media types of feeds, and of all text, which is compressed.
FEED_TYPES = tuple(form.media_type for form in FORMATS)
COMPRESSED = (
    "application/javascript", "application/json", "image/svg+xml", "text/css", "text/csv", "text/plain", "text/x-python",
    "text/xml", *FEED_TYPES,
)  # fmt: skip


class Rule(NamedTuple):
    """Files by their addresses, in which ``:name`` stands for one part, with their media type and headers."""

    paths: tuple[str, ...]
    media_type: str | None
    headers: Mapping[str, str]


#: The headers of every answer. Browsers ask for a page each time; thanks to its ETag, most answers are that it has not changed.
ALWAYS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
#: Feed readers in a browser fetch feeds from pages of their own.
FEED_HEADERS = {"Cache-Control": f"public, max-age={FEED_AGE}", "Access-Control-Allow-Origin": "*"}
FEED_FOLDERS = [
    parent + folder for parent in ("/", "/essays/category/:category/") for folder in ("", ARCHIVE_FOLDER.format(":number"))
]
RULES = (
    # The addresses of these change with their content.
    Rule(tuple(f"/{STATIC}/{name}" for name in LINKED_ASSETS), None, {"Cache-Control": f"public, max-age={YEAR}, immutable"}),
    *(Rule(tuple(folder + form.name for folder in FEED_FOLDERS), form.media_type, FEED_HEADERS) for form in FORMATS),
    Rule(("/essays/:essay/model.py",), "text/x-python", {}),
    Rule(("/essays/:essay/:chart.csv",), "text/csv", {}),
)
NGINX = """\
server {{
    listen {listen};
    root "{root}";
    index index.html;
    server_tokens off;
    charset utf-8;
    charset_types text/css text/csv text/plain text/x-python text/xml application/javascript
        {feed_types};
    etag on;
    gzip_static on;
    # brotli_static on;  # with Debian's libnginx-mod-http-brotli-static
    gzip on;
    gzip_vary on;
    gzip_min_length 512;
    gzip_types {compressed};
    error_page 404 /404.html;
    error_page 403 =404 /404.html;
    absolute_redirect off;
{headers}
    location / {{
        try_files $uri $uri/ =404;
    }}
    location ~ "/\\.(?!well-known/)|\\.(gz|br)$|^/_(headers|redirects)$" {{
        return 404;
    }}
{locations}
}}
"""


def nginx_config(root: Path, listen: str, policy: str, redirects: Mapping[str, str], hsts: str = "") -> str:
    """A server block for the site in ``root`` at the address ``listen``, with the content policy ``policy``.

    Publication compresses large files beforehand, and nginx small ones on demand (``gzip``). A folder without a page is not
    found, rather than forbidden (``error_page 403``). An address without its last / redirects to the one with it, since links in
    pages are relative (``try_files``); without the host, which nginx may not know behind a proxy (``absolute_redirect``). Of
    hidden folders, only the one that certificate authorities ask for is served.
    """
    always = _always(policy, hsts)
    moved = [
        f"    location = {address} {{ return 301 {new}; }}"
        for old, new in sorted(redirects.items())
        for address in sorted({old, old.rstrip("/")})
    ]
    return NGINX.format(
        listen=listen, root=root, feed_types=" ".join(FEED_TYPES), compressed=" ".join(COMPRESSED),
        headers="\n".join(_add_headers(always, "    ")),
        locations="\n".join([*moved, *(line for rule in RULES for line in _location(rule, always))]),
    )  # fmt: skip


def _location(rule: Rule, always: Mapping[str, str]) -> list[str]:
    paths = "|".join(re.sub(r":\w+", "[^/]+", re.escape(path)) for path in rule.paths)
    return [
        f'    location ~ "^({paths})$" {{',
        *(["        types { }", f"        default_type {rule.media_type};"] if rule.media_type else []),
        # A location with a header of its own inherits none.
        *_add_headers({**always, **rule.headers}, "        "),
        "    }",
    ]


def _add_headers(headers: Mapping[str, str], indent: str) -> list[str]:
    return [f'{indent}add_header {name} "{value}" always;' for name, value in headers.items()]


def headers_file(policy: str, hsts: str = "") -> str:
    """The file ``_headers``, which Cloudflare Pages and Netlify read.

    Without being told, these hosts choose other media types, compress, and let browsers ask for pages each time. They send the
    headers of all rules that match, so no rule may repeat a header of another.
    """
    blocks = {"/*": {name: value for name, value in _always(policy, hsts).items() if name != "Cache-Control"}}
    for rule in RULES:
        content_type = {"Content-Type": f"{rule.media_type}; charset=utf-8"} if rule.media_type else {}
        # For these hosts, a :name must be a whole part of an address, which that of a chart is not.
        blocks |= {path: {**rule.headers, **content_type} for path in rule.paths if not path.endswith(".csv")}
    lines: list[str] = []
    for path, headers in blocks.items():
        lines += [path, *(f"  {name}: {value}" for name, value in headers.items())]
    return "\n".join([*lines, ""])


def _always(policy: str, hsts: str) -> dict[str, str]:
    """The headers of every answer. The policy of a page itself cannot forbid frames, so the header does."""
    headers = {**ALWAYS, "Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
    return headers | {"Strict-Transport-Security": hsts} if hsts else headers


#: The file that lists the redirects for the same hosts.
REDIRECTS = "_redirects"


def host_file_names(redirects: Mapping[str, str]) -> set[str]:
    """The names of the files for hosts."""
    return {"_headers", *([REDIRECTS] if redirects else [])}


def host_files(policy: str, redirects: Mapping[str, str], hsts: str) -> dict[str, str]:
    """The files ``_headers`` and, if there are redirects, ``_redirects``, for hosts that read them."""
    moved = "".join(f"{old} {new} 301\n" for old, new in sorted(redirects.items()))
    return {"_headers": headers_file(policy, hsts), **({REDIRECTS: moved} if redirects else {})}


def read_redirects(site: Path) -> dict[str, str]:
    """The redirects of the built ``site``, from its file ``_redirects``."""
    file = site / REDIRECTS
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(line.split()[:2] for line in lines)
