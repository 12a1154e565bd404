"""Feeds are correct in every format, complete with any number of essays, and unchanged until an essay changes."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import fastfeedparser
import feedparser
import pytest
from insights.catalog import FORMATS, Channel, Format, Site
from insights.feeds.entry_body import entry_body
from insights.feeds.formats import write_document
from insights.feeds.records import PAGE, Entry, Feed, Term, feed_documents

ATOM, XML = "{http://www.w3.org/2005/Atom}", "{http://www.w3.org/XML/1998/namespace}"
CONTENT, DC = "{http://purl.org/rss/1.0/modules/content/}", "{http://purl.org/dc/elements/1.1/}"
HISTORY, MEDIA = "{http://purl.org/syndication/history/1.0}", "{http://search.yahoo.com/mrss/}"
BASE = "https://a.example/"
BIRTH = date(2026, 1, 1)
SUMMARY = "Why a List<String> of <script> & vector<int> costs what it costs."
EACH = pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)


def entry(number: int, revised: int = 0) -> Entry:
    day = BIRTH + timedelta(days=number)
    url = f"{BASE}essays/e{number}/"
    return Entry(
        id=f"tag:a.example,2026:essays/e{number}", url=url, image=f"{url}social.png", title=f"Essay <{number}> & “more”",
        summary=SUMMARY, body=f"<p>Body {number} &amp; <em>more</em>\x0b</p>", published=day,
        updated=day + timedelta(days=revised),
        terms=(
            Term("system-design", "System Design", f"{BASE}essays/#categories"),
            Term("latency", "latency", f"{BASE}essays/#tags"),
        ),
    )  # fmt: skip


def feed(count: int, revised: dict[int, int] | None = None) -> Feed:
    """A feed of so many essays, one a day, some of them revised so many days after."""
    entries = tuple(entry(number, (revised or {}).get(number, 0)) for number in reversed(range(count)))
    site = Site("A & B", BASE, "What it is.", "en", "The authors", "© The authors", "", "a.example,2026", "index")
    channel = Channel("tag:a.example,2026:feed", "All essays", "A & B", "index", "", "What it is.", ())
    return Feed(site, channel, home=BASE, about=f"{BASE}about/", entries=entries)


def files(count: int, revised: dict[int, int] | None = None) -> dict[str, bytes]:
    return {document.name: write_document(document) for document in feed_documents(feed(count, revised))}


def items(name: str, content: bytes) -> list[dict[str, Any]]:
    """The entries of a document in any format, with the same keys, as a reader has them: of HTML in RSS, what it shows."""
    if name.endswith(".json"):
        return [
            {"id": i["id"], "url": i["url"], "title": i["title"], "summary": i["summary"], "body": i["content_html"]}
            for i in json.loads(content)["items"]
        ]
    root = ET.fromstring(content)
    if name.endswith("atom.xml"):
        names = {"id": "id", "title": "title", "summary": "summary", "body": "content"}
        return [
            {key: e.findtext(ATOM + name) for key, name in names.items()}
            | {"url": next(link.get("href") for link in e.findall(f"{ATOM}link"))}
            for e in root.findall(f"{ATOM}entry")
        ]
    names = {"id": "guid", "url": "link", "title": "title", "body": f"{CONTENT}encoded"}
    return [
        {key: i.findtext(name) for key, name in names.items()} | {"summary": html.unescape(i.findtext("description") or "")}
        for i in root.findall("channel/item")
    ]


def numbers(name: str, content: bytes) -> list[int]:
    """Which essays a document holds, in its order."""
    return [int(item["id"].rpartition("/e")[2]) for item in items(name, content)]


def links(content: bytes) -> dict[str, tuple[str, str]]:
    """The links of an XML document as a whole: relation to address and type."""
    root = ET.fromstring(content)
    found = (root if root.tag == f"{ATOM}feed" else root[0]).findall(f"{ATOM}link")
    assert len({link.get("rel") for link in found}) == len(found)
    return {link.attrib["rel"]: (link.attrib["href"], link.attrib["type"]) for link in found}


def test_the_three_formats_have_the_same_entries_newest_first() -> None:
    atom, rss, feed_json = (items(form.name, files(7)[form.name]) for form in FORMATS)
    assert atom == rss == feed_json
    assert [item["id"] for item in atom] == [f"tag:a.example,2026:essays/e{n}" for n in reversed(range(7))]
    assert atom[0] == {
        "id": "tag:a.example,2026:essays/e6", "url": "https://a.example/essays/e6/", "title": "Essay <6> & “more”",
        "summary": SUMMARY, "body": "<p>Body 6 &amp; <em>more</em></p>",
    }  # fmt: skip


def test_an_atom_feed_follows_rfc_4287() -> None:
    root = ET.fromstring(files(3, {0: 90})["atom.xml"])
    assert (root.tag, root.get(f"{XML}lang")) == (f"{ATOM}feed", "en")
    for element in [root, *root.findall(f"{ATOM}entry")]:
        for once in ("id", "title", "updated"):
            assert len(element.findall(ATOM + once)) == 1, once
        assert element.findtext(f"{ATOM}author/{ATOM}name") == "The authors"
        assert element.findtext(f"{ATOM}author/{ATOM}uri") == f"{BASE}about/"
    said = {name: root.findtext(ATOM + name) for name in ("id", "title", "subtitle", "icon", "rights", "updated")}
    assert said == {
        "id": "tag:a.example,2026:feed", "title": "A & B", "subtitle": "What it is.", "icon": f"{BASE}_static/mark.svg",
        "rights": "© The authors", "updated": "2026-04-01T00:00:00Z",  # the newest change, wherever it was
    }  # fmt: skip
    assert links(files(3)["atom.xml"]) == {"self": (f"{BASE}atom.xml", "application/atom+xml"), "alternate": (BASE, "text/html")}
    for number, found in zip((2, 1, 0), root.findall(f"{ATOM}entry"), strict=True):
        at = f"{BASE}essays/e{number}/"
        (link,) = found.findall(f"{ATOM}link")
        assert link.attrib == {"rel": "alternate", "type": "text/html", "href": at}
        content = found.find(f"{ATOM}content")
        assert content is not None
        assert content.attrib == {"type": "html", f"{XML}base": at}
        assert [c.attrib for c in found.findall(f"{ATOM}category")] == [
            {"term": "system-design", "label": "System Design", "scheme": f"{BASE}essays/#categories"},
            {"term": "latency", "label": "latency", "scheme": f"{BASE}essays/#tags"},
        ]
        thumbnail = found.find(f"{MEDIA}thumbnail")
        assert thumbnail is not None
        assert thumbnail.attrib == {"url": f"{at}social.png"}
    oldest = root.findall(f"{ATOM}entry")[-1]
    assert oldest.findtext(f"{ATOM}published") == "2026-01-01T00:00:00Z"
    assert oldest.findtext(f"{ATOM}updated") == "2026-04-01T00:00:00Z"


def test_an_rss_feed_follows_the_profile() -> None:
    content = files(2, {0: 90})["rss.xml"]
    root = ET.fromstring(content)
    (channel,) = root
    assert (root.tag, root.get("version"), channel.tag) == ("rss", "2.0", "channel")
    said = [channel.findtext(name) for name in ("title", "link", "description", "language", "copyright")]
    assert said == ["A & B", BASE, "What it is.", "en", "© The authors"]
    assert links(content) == {"self": (f"{BASE}rss.xml", "application/rss+xml")}
    assert parsedate_to_datetime(channel.findtext("lastBuildDate") or "").isoformat() == "2026-04-01T00:00:00+00:00"
    for number, item in zip((1, 0), channel.findall("item"), strict=True):
        guid, picture = item.find("guid"), item.find(f"{MEDIA}content")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert picture is not None
        assert picture.attrib == {"url": f"{BASE}essays/e{number}/social.png", "medium": "image", "type": "image/png"}
        assert item.find("enclosure") is None
        assert item.findtext(f"{DC}creator") == "The authors"
        assert [(c.text, c.attrib) for c in item.findall("category")] == [
            ("System Design", {"domain": f"{BASE}essays/#categories"}),
            ("latency", {"domain": f"{BASE}essays/#tags"}),
        ]
    oldest = channel.findall("item")[-1]
    assert oldest.findtext("pubDate") == "Thu, 01 Jan 2026 00:00:00 +0000"
    assert oldest.findtext(f"{ATOM}updated") == "2026-04-01T00:00:00Z"


def test_a_json_feed_follows_version_1_1() -> None:
    found = json.loads(files(2, {1: 90})["feed.json"])
    author = {"name": "The authors", "url": f"{BASE}about/"}
    assert {name: value for name, value in found.items() if name != "items"} == {
        "version": "https://jsonfeed.org/version/1.1", "title": "A & B", "home_page_url": BASE, "feed_url": f"{BASE}feed.json",
        "description": "What it is.", "language": "en", "icon": f"{BASE}_static/mark.svg", "authors": [author],
    }  # fmt: skip
    assert found["items"][0] == {
        "id": "tag:a.example,2026:essays/e1", "url": f"{BASE}essays/e1/", "title": "Essay <1> & “more”", "summary": SUMMARY,
        "content_html": "<p>Body 1 &amp; <em>more</em></p>", "image": f"{BASE}essays/e1/social.png", "authors": [author],
        "date_published": "2026-01-02T00:00:00Z", "date_modified": "2026-04-02T00:00:00Z", "tags": ["System Design", "latency"],
    }  # fmt: skip


@EACH
def test_characters_that_xml_does_not_allow_are_removed(form: Format) -> None:
    assert b"\x0b" not in files(1)[form.name]
    assert "\\u000b" not in files(1)[form.name].decode()


@pytest.mark.parametrize("count", [1, PAGE])
def test_a_few_essays_are_all_in_the_feed_itself(count: int) -> None:
    found = files(count, {0: 400})
    assert sorted(found) == ["atom.xml", "feed.json", "rss.xml"]
    assert all(numbers(name, content) == list(reversed(range(count))) for name, content in found.items())


def chain(found: dict[str, bytes], name: str) -> list[str]:
    """The documents that a reader comes to from ``name`` by following the links to older entries."""
    names = [name]
    while True:
        if name.endswith(".json"):
            address = json.loads(found[name]).get("next_url")
        else:
            address = links(found[name]).get("prev-archive", (None,))[0]
        if address is None:
            return names
        name = address.removeprefix(BASE)
        names.append(name)


@pytest.mark.parametrize("revised", [{}, dict.fromkeys(range(25), 400)], ids=["none", "many"])
@pytest.mark.parametrize("count", [PAGE + 1, 2 * PAGE, 3 * PAGE - 1, 5 * PAGE + 3])
@EACH
def test_a_reader_who_follows_the_archive_finds_every_essay(form: Format, count: int, revised: dict[int, int]) -> None:
    found = files(count, {number: days for number, days in revised.items() if number < count})
    names = chain(found, form.name)
    assert sorted(names) == sorted(name for name in found if name.endswith(form.name))
    assert PAGE <= len(items(form.name, found[form.name])) < 2 * PAGE
    assert all(len(items(name, found[name])) == PAGE for name in names[1:])
    seen = {number for name in names for number in numbers(name, found[name])}
    assert seen == set(range(count))


@EACH
def test_a_revision_of_an_old_essay_reaches_subscribers(form: Format) -> None:
    """Whose readers have fetched the archive that it is in, and do not fetch that again."""
    before, after = files(45), files(45, {0: 90})
    assert numbers(form.name, before[form.name]) == list(reversed(range(25, 45)))
    assert numbers(form.name, after[form.name]) == [*reversed(range(26, 45)), 0]
    assert before[f"archive/2/{form.name}"] == after[f"archive/2/{form.name}"]


def test_a_feed_is_as_new_as_the_newest_revision() -> None:
    found = files(45, {0: 90})
    assert ET.fromstring(found["atom.xml"]).findtext(f"{ATOM}updated") == "2026-04-01T00:00:00Z"
    built = ET.fromstring(found["rss.xml"]).findtext("channel/lastBuildDate") or ""
    assert parsedate_to_datetime(built).date() == date(2026, 4, 1)


@pytest.mark.parametrize("form", FORMATS[:2], ids=lambda form: form.name)
def test_an_archive_links_to_itself_and_to_the_current_feed(form: Format) -> None:
    found = files(2 * PAGE + 1)
    for number in (1, 2):
        document = found[f"archive/{number}/{form.name}"]
        assert len([*ET.fromstring(document).iter(f"{HISTORY}archive")]) == 1
        assert links(document)["current"] == (f"{BASE}{form.name}", form.media_type)
        assert links(document)["self"] == (f"{BASE}archive/{number}/{form.name}", form.media_type)
    assert links(found[f"archive/2/{form.name}"])["prev-archive"] == (f"{BASE}archive/1/{form.name}", form.media_type)
    assert not [*ET.fromstring(found[form.name]).iter(f"{HISTORY}archive")]
    assert "current" not in links(found[form.name])


def test_every_document_of_a_feed_has_its_identity() -> None:
    found = files(2 * PAGE + 1)
    identities = {name: ET.fromstring(content).findtext(f"{ATOM}id") for name, content in found.items() if "atom" in name}
    assert identities == dict.fromkeys(("atom.xml", "archive/1/atom.xml", "archive/2/atom.xml"), "tag:a.example,2026:feed")
    addresses = {json.loads(content)["feed_url"] for name, content in found.items() if name.endswith(".json")}
    assert addresses == {f"{BASE}feed.json"}


def test_an_archive_stays_as_it_is_when_essays_are_added() -> None:
    before, after = files(2 * PAGE + 3), files(2 * PAGE + 9)
    archives = [name for name in before if name.startswith("archive/")]
    assert len(archives) == 6
    assert all(before[name] == after[name] for name in archives)


PARSERS = [(feedparser.parse, "atom.xml"), (feedparser.parse, "rss.xml")]
PARSERS += [(fastfeedparser.parse, form.name) for form in FORMATS]


@pytest.mark.parametrize(("parse", "name"), PARSERS)
def test_the_parsers_of_feed_readers_read_every_entry(parse: Callable[[Any], Any], name: str) -> None:
    content = files(3, {0: 30})[name]
    found = parse(content if parse is feedparser.parse else content.decode())
    assert not found.get("bozo")
    assert [e["id"] for e in found["entries"]] == [f"tag:a.example,2026:essays/e{n}" for n in (2, 1, 0)]
    first = found["entries"][0]
    assert (first["title"], first["link"]) == ("Essay <2> & “more”", f"{BASE}essays/e2/")
    assert "<em>more</em>" in first["content"][0]["value"]


@pytest.mark.parametrize("name", ["atom.xml", "rss.xml"])
def test_a_summary_with_angle_brackets_is_shown_whole(name: str) -> None:
    """A reader cleans what it takes for HTML, and a <script> with all that follows would go."""
    found = feedparser.parse(files(1)[name]).entries[0]
    shown = found.summary if found.summary_detail.type == "text/plain" else html.unescape(found.summary)
    assert shown == SUMMARY


@pytest.mark.parametrize(
    "of_no_use",
    [
        "<button>Copy</button>", "<input type=radio>", "<script>x()</script>", "<style>a {}</style>", "<nav>Here</nav>",
        "<svg><text>x</text></svg>", "<template><p>x</p></template>", "<!-- x -->", "<p><a class=headerlink href=#a>¶</a></p>",
        '<div class="system-message"><p>/home/somebody/index.md:1: x</p></div>', '<p class="call">Subscribe</p>', "<p> </p>",
    ],
)  # fmt: skip
def test_elements_of_no_use_in_a_reader_app_are_removed(of_no_use: str) -> None:
    page = f"<html><body><main><article><p>Before.</p>\n{of_no_use}\n<p>After.</p></article></main></body></html>"
    assert entry_body(page, BASE) == "<p>Before.</p>\n<p>After.</p>\n"
