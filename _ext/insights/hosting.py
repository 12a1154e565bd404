"""How a server should answer for each kind of file: one table, and what it means to nginx."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from .feeds import FORMATS

#: How long a reader may keep a feed without asking, in seconds: an hour, of the ten minutes to twelve hours that readers expect.
FEED_AGE = 3600
#: What is text, and is sent compressed.
COMPRESSED = (
    "application/javascript", "application/json", "image/svg+xml", "text/css", "text/csv", "text/plain", "text/x-python",
    "text/xml",
    *(form.media_type for form in FORMATS),
)  # fmt: skip

#: Names that RFC 2606 keeps for examples: no mail arrives there, and no reader.
EXAMPLES = (".example", "example.com", "example.net", "example.org", ".test", ".invalid", "localhost", "127.0.0.1")


def is_placeholder(host: str) -> bool:
    """Whether nothing real answers at ``host``."""
    return host == "" or host.endswith(EXAMPLES)


class Rule(NamedTuple):
    """What a server says of the files whose path matches a regular expression: a media type, and headers."""

    path: str
    media_type: str
    headers: dict[str, str]


RULES = (
    *(
        Rule(
            rf"/{form.stem}(-\d+)?\.{form.suffix}$",
            form.media_type,
            # Readers that run in a browser fetch feeds from pages of their own.
            {"Cache-Control": f"public, max-age={FEED_AGE}", "Access-Control-Allow-Origin": "*"},
        )
        for form in FORMATS
    ),
    Rule(r"/model\.py$", "text/x-python", {}),
    Rule(r"\.csv$", "text/csv", {}),
)


def nginx(root: Path, listen: str) -> str:
    """A server block that serves the site in ``root`` at the address ``listen``, to be included in nginx's configuration."""
    return "\n".join(
        [
            "server {",
            f"    listen {listen};",
            f"    root {root};",
            "    index index.html;",
            "    charset utf-8;",
            "    charset_types text/html text/css text/csv text/plain text/x-python text/xml application/javascript",
            f"        {' '.join(form.media_type for form in FORMATS)};",
            "    etag on;",
            "    gzip on;",
            "    gzip_vary on;",
            "    gzip_min_length 512;",
            f"    gzip_types {' '.join(COMPRESSED)};",
            "    error_page 404 /404.html;",
            "    location / {",
            "        try_files $uri $uri/index.html =404;",
            "    }",
            *(line for rule in RULES for line in _location(rule)),
            "}",
            "",
        ]
    )


def _location(rule: Rule) -> list[str]:
    return [
        f"    location ~ {rule.path} {{",
        "        types { }",
        f"        default_type {rule.media_type};",
        *(f'        add_header {name} "{value}";' for name, value in rule.headers.items()),
        "    }",
    ]
