"""The files for crawlers, as pure functions: the sitemap (sitemaps.org, 0.9) and robots.txt."""

from collections.abc import Iterable
from datetime import date as Day
from xml.etree import ElementTree as ET

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def sitemap(pages: Iterable[tuple[str, Day | None]]) -> bytes:
    """The sitemap of ``pages``: the absolute address of each, and the day of its last change, if known."""
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
    """A robots.txt that lets all crawlers in (RFC 9309)."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {sitemap_address}\n"
