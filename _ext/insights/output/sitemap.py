"""The files for crawlers: the sitemap (sitemaps.org, 0.9) and robots.txt (RFC 9309)."""

from collections.abc import Iterable
from datetime import date as Day
from xml.etree import ElementTree as ET

from insights.catalog import SEARCH, Publication

#: The files for crawlers, which html_extra_path may have in place of these.
FILES = {"sitemap.xml", "robots.txt"}
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


def crawler_files(publication: Publication) -> dict[str, str]:
    """The sitemap, and a robots.txt that lets all crawlers in."""
    pages = ((publication.url(page.docname), page.updated) for page in publication.pages if page.docname != SEARCH)
    robots = f"User-agent: *\nAllow: /\n\nSitemap: {publication.site.url}sitemap.xml\n"
    return {"sitemap.xml": sitemap(pages).decode(), "robots.txt": robots}
