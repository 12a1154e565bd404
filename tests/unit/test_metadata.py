"""What machines are told of a page: records, a citation, a content policy, a sitemap, the image of a link preview."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from insights import csp
from insights.catalog import Essay, Site
from insights.output import sitemap, social_images
from insights.output.social_images import Words
from insights.pages import structured_data
from insights.pages.head import LONGEST, shortened
from insights.source import Revision
from matplotlib import get_data_path
from PIL import Image, ImageFont
from pybtex.database import parse_string

SITE = Site(
    name="Insights", url="https://a.example/", description="Writing.", language="en", author="Insights", rights="", repository="",
    authority="a.example,2026", root_doc="index",
)  # fmt: skip
ESSAY = Essay(
    docname="essays/x/index", slug="x", id="x", title="50% & more: <b>", summary="S.", category="System Design",
    tags=("latency",), published=date(2026, 4, 28), revisions=(Revision.model_validate({"date": "2026-05-01", "note": "More."}),),
    related=(), featured=False, status="published", minutes=6, words=1200, links=(), results=(), charts=(), anchors=(),
    sources=("https://doi.org/10.1/x",), evidence="",
)  # fmt: skip
URL = "https://a.example/essays/x/"


def test_nothing_in_a_record_can_end_its_script_element() -> None:
    essay = replace(ESSAY, summary="</script><script>alert(1)</script>")
    text = structured_data.script(structured_data.blog_posting(SITE, essay, URL, f"{URL}social.png"))
    assert "<" not in text
    assert json.loads(text)["description"] == "</script><script>alert(1)</script>"


def test_a_reference_manager_reads_the_entry_of_an_essay() -> None:
    entry = parse_string(structured_data.bibtex(SITE, ESSAY, URL, "insights-x"), "bibtex").entries["insights-x"]
    assert entry.fields["title"] == r"{50\% \& more: <b>}"
    assert (entry.fields["year"], entry.fields["month"], entry.fields["url"]) == ("2026", "April", URL)
    assert entry.fields["note"] == "Revised 2026-05-01"
    assert str(entry.persons["author"][0]) == "{Insights}"


def test_a_content_policy_allows_the_scripts_of_the_page_and_no_others() -> None:
    html = '<script>a()</script><script src="b.js"></script><script type="application/ld+json">{}</script>'
    assert csp.inline_scripts(html) == ["a()"]
    found = csp.content_policy(csp.inline_scripts(html))
    assert "script-src 'self' 'sha256-qVpDBgj7bpq5hMAcGp3AOc79J3Y1Z4HvySTwKrWDoy4='; " in found
    assert "unsafe" not in found
    assert found.startswith("default-src 'none'; ")


def test_a_sitemap_has_the_known_dates_of_change() -> None:
    found = ET.fromstring(sitemap.sitemap([("https://a.example/b/", None), ("https://a.example/a/", date(2026, 1, 2))]))
    name = f"{{{sitemap.NAMESPACE}}}"
    assert [[(child.tag.removeprefix(name), child.text) for child in url] for url in found] == [
        [("loc", "https://a.example/a/"), ("lastmod", "2026-01-02")],
        [("loc", "https://a.example/b/")],
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Short.", "Short."), ("One sentence. " + "word " * 60, "One sentence."), ("word " * 60, "word " * 31 + "word…")],
)
def test_a_description_ends_at_a_sentence_or_a_word(text: str, expected: str) -> None:
    assert shortened(text) == expected
    assert len(shortened(text)) <= LONGEST + 1


@pytest.mark.parametrize("title", ["Short", "A Title of a Middling Length, With a Turn", "W" * 60, "Many words " * 20])
def test_a_social_image_has_the_size_of_link_previews(title: str) -> None:
    words = Words(title, "System Design", "Insights")
    drawn = social_images.draw(words)
    assert Image.open(io.BytesIO(drawn)).size == (1200, 630)
    assert len(drawn) < 40_000
    assert drawn == social_images.draw(words)


def test_a_social_image_is_drawn_once(tmp_path: Path) -> None:
    words = Words("Title", "Label", "Insights")
    (first,) = social_images.draw_social_images([words], tmp_path).values()
    first.write_bytes(b"kept")
    others = [words, Words("Another", "Label", "Insights"), Words("Title", "", "Insights"), Words("Title", "Label", "Name")]
    found = social_images.draw_social_images(others, tmp_path)
    assert found[words] == first
    assert first.read_bytes() == b"kept"
    assert len(set(found.values())) == 4


def test_a_title_fits_its_social_image() -> None:
    font = ImageFont.truetype(f"{get_data_path()}/fonts/ttf/{social_images.SERIF}", 78)
    title = f"What Most Developers Miss About Streaming Architecture and {'W' * 40}"
    lines = social_images.wrapped(title, font.getlength, 1032)
    assert "".join(lines).replace(" ", "") == title.replace(" ", "")
    assert all(font.getlength(line) <= 1032 for line in lines)
    assert social_images.shortened(lines, len(lines), font.getlength, 1032) == lines
    cut = social_images.shortened(lines, 2, font.getlength, 1032)
    assert (len(cut), cut[1][-1]) == (2, "…")
    assert font.getlength(cut[1]) <= 1032


@pytest.mark.parametrize(
    ("title", "drawn"),
    [
        ("Your App Isn’t Slow — Your Architecture Is", "Your App Isn’t Slow — Your Architecture Is"),
        ("Ship it 🚀 日本語", "Ship it"),
        ("👩‍💻 1️⃣ Łódź, Việt Nam: Ωμέγα → Привет ✓", "1 Łódź, Việt Nam: Ωμέγα → Привет ✓"),
        ("システムが静かに壊れるとき", ""),
        ("שלום", ""),
    ],
)
def test_a_social_image_leaves_out_what_its_fonts_lack(title: str, drawn: str) -> None:
    assert social_images.drawable(title) == drawn
    assert Image.open(io.BytesIO(social_images.draw(Words(title, "Label", "Insights")))).size == (1200, 630)
