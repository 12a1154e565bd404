"""What crawlers ask for: the sitemap (sitemaps.org, 0.9) and robots.txt, as pure functions."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date as Day
from xml.etree import ElementTree as ET

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(pages: Iterable[tuple[str, Day | None]]) -> bytes:
    """The sitemap of ``pages``: absolute address, and the day on which the content last changed where that is known."""
    root = ET.Element("urlset", xmlns=NAMESPACE)
    for address, changed in sorted(pages):
        url = ET.SubElement(root, "url")
        ET.SubElement(url, "loc").text = address
        if changed:
            ET.SubElement(url, "lastmod").text = changed.isoformat()
    ET.indent(root, " ")
    out: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return out + b"\n"


def robots(sitemap_address: str) -> str:
    """A robots.txt that asks nobody to stay away (RFC 9309)."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap_address}\n"
