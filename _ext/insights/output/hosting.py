"""How a host should answer for each kind of file: one table, and what it means to nginx and to hosts that read ``_headers``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from insights.catalog import FORMATS
from insights.feeds import ARCHIVE_FOLDER
from insights.pages import LINKED_ASSETS, STATIC

#: How long a reader may keep a feed without asking, in seconds: an hour, of the ten minutes to twelve hours that readers expect.
FEED_AGE = 3600
YEAR = 365 * 24 * 3600
#: What is text, and is sent compressed.
COMPRESSED = (
    "application/javascript", "application/json", "image/svg+xml", "text/css", "text/csv", "text/plain", "text/x-python",
    "text/xml",
    *(form.media_type for form in FORMATS),
)  # fmt: skip


class Rule(NamedTuple):
    """What a host says of files: their addresses, in which ``:name`` stands for one part, a media type, and headers."""

    paths: tuple[str, ...]
    media_type: str | None
    headers: Mapping[str, str]


#: What every answer says. A page asks to be asked for each time; with an ETag the answer is mostly that nothing has changed.
ALWAYS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}
RULES = (
    # Their addresses change with their content.
    Rule(tuple(f"/{STATIC}/{name}" for name in LINKED_ASSETS), None, {"Cache-Control": f"public, max-age={YEAR}, immutable"}),
    *(
        Rule(
            tuple(
                f"{of}{folder}{form.name}"
                for of in ("/", "/essays/category/:category/")
                for folder in ("", ARCHIVE_FOLDER.format(":number"))
            ),
            form.media_type,
            # Readers that run in a browser fetch feeds from pages of their own.
            {"Cache-Control": f"public, max-age={FEED_AGE}", "Access-Control-Allow-Origin": "*"},
        )
        for form in FORMATS
    ),
    Rule(("/essays/:essay/model.py",), "text/x-python", {}),
    Rule(("/essays/:essay/:chart.csv",), "text/csv", {}),
)


def nginx_config(root: Path, listen: str, policy: str, redirects: Mapping[str, str], hsts: str = "") -> str:
    """A server block for the site in ``root`` at the address ``listen``, its pages under the content policy ``policy``."""
    always = _always(policy, hsts)
    return "\n".join(
        [
            "server {",
            f"    listen {listen};",
            f'    root "{root}";',
            "    index index.html;",
            "    server_tokens off;",
            "    charset utf-8;",
            "    charset_types text/css text/csv text/plain text/x-python text/xml application/javascript",
            f"        {' '.join(form.media_type for form in FORMATS)};",
            "    etag on;",
            # The copies that were made at publication; what has none, because it is small, is compressed when asked for.
            "    gzip_static on;",
            "    # brotli_static on;  # with Debian's libnginx-mod-http-brotli-static",
            "    gzip on;",
            "    gzip_vary on;",
            "    gzip_min_length 512;",
            f"    gzip_types {' '.join(COMPRESSED)};",
            # A folder that has no page, which nginx refuses to list, is no address either.
            "    error_page 404 /404.html;",
            "    error_page 403 =404 /404.html;",
            # Behind another server, this one does not know its own name.
            "    absolute_redirect off;",
            *_add_headers(always, "    "),
            "    location / {",
            # A page without its last / is sent on, for its links start there.
            "        try_files $uri $uri/ =404;",
            "    }",
            # Certificates are asked for below this one hidden folder.
            '    location ~ "/\\.(?!well-known/)|\\.(gz|br)$|^/_(headers|redirects)$" {',
            "        return 404;",
            "    }",
            *(
                f"    location = {address} {{ return 301 {new}; }}"
                for old, new in sorted(redirects.items())
                for address in sorted({old, old.rstrip("/")})
            ),
            *(line for rule in RULES for line in _location(rule, always)),
            "}",
            "",
        ]
    )


def _location(rule: Rule, always: Mapping[str, str]) -> list[str]:
    paths = "|".join(re.sub(r":\w+", "[^/]+", re.escape(path)) for path in rule.paths)
    return [
        f'    location ~ "^({paths})$" {{',
        *(["        types { }", f"        default_type {rule.media_type};"] if rule.media_type else []),
        # A header that is said here takes away all that are said above.
        *_add_headers({**always, **rule.headers}, "        "),
        "    }",
    ]


def _add_headers(headers: Mapping[str, str], indent: str) -> list[str]:
    return [f'{indent}add_header {name} "{value}" always;' for name, value in headers.items()]


def headers_file(policy: str, hsts: str = "") -> str:
    """The file ``_headers``, which Cloudflare Pages and Netlify read.

    They choose other types, compress, and have pages asked for each time by themselves. Of two rules that fit they send what both
    say, so that none says what another does.
    """
    always = {name: value for name, value in _always(policy, hsts).items() if name != "Cache-Control"}
    lines = ["/*", *(f"  {name}: {value}" for name, value in always.items())]
    for rule in RULES:
        said = dict(rule.headers) | ({"Content-Type": f"{rule.media_type}; charset=utf-8"} if rule.media_type else {})
        for path in rule.paths:
            if not path.endswith(".csv"):  # a name may be a whole part of an address there, and no less
                lines += [path, *(f"  {name}: {value}" for name, value in said.items())]
    return "\n".join([*lines, ""])


def _always(policy: str, hsts: str) -> dict[str, str]:
    """What every answer says, with the policy of the pages; that nobody may frame them, no page can say of itself."""
    said = {**ALWAYS, "Content-Security-Policy": f"{policy}; frame-ancestors 'none'"}
    return said | {"Strict-Transport-Security": hsts} if hsts else said


#: The file that says to the same hosts what has moved.
REDIRECTS = "_redirects"


def redirects_file(redirects: Mapping[str, str]) -> str:
    """What ``_redirects`` says: what has moved, for ever."""
    return "".join(f"{old} {new} 301\n" for old, new in sorted(redirects.items()))


def read_redirects(site: Path) -> dict[str, str]:
    """What has moved in a built site, by that file of it."""
    file = site / REDIRECTS
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return dict(line.split()[:2] for line in lines)
