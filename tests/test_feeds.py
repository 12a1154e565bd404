"""Feeds are right in every format, whole however many essays there are, and the same until an essay changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from xml.etree import ElementTree as ET

import fastfeedparser
import feedparser
import pytest
from insights.feeds import FORMATS, PAGE, Entry, Feed, Term, documents, file

ATOM, CONTENT, DC, HISTORY = (
    "{http://www.w3.org/2005/Atom}",
    "{http://purl.org/rss/1.0/modules/content/}",
    "{http://purl.org/dc/elements/1.1/}",
    "{http://purl.org/syndication/history/1.0}",
)
BASE = "https://a.example/"


def entry(number: int, revised: int = 0) -> Entry:
    day = date(2026, 1, 1) + timedelta(days=number)
    return Entry(
        id=f"tag:a.example,2026:essays/e{number}",
        url=f"{BASE}essays/e{number}/",
        image=f"{BASE}essays/e{number}/social.png",
        title=f"Essay <{number}> & “more”",
        summary=f"Summary {number}.",
        body=f"<p>Body {number} &amp; <em>more</em>\x0b</p>",
        published=day,
        updated=day + timedelta(days=revised),
        category=Term("system-design", "System Design", f"{BASE}essays/category/system-design/"),
        tags=(Term("latency", "latency", f"{BASE}essays/tag/latency/"),),
    )


def feed(count: int, revised: int = 0) -> Feed:
    """A feed of so many essays, the oldest of them revised so many days after."""
    entries = tuple(entry(number, revised if number == 0 else 0) for number in reversed(range(count)))
    return Feed(
        "tag:a.example,2026:feed",
        BASE,
        BASE,
        "A & B",
        "What it is.",
        "The authors",
        f"{BASE}about/",
        "en",
        f"{BASE}i.svg",
        entries,
    )


def files(count: int, revised: int = 0) -> dict[str, bytes]:
    return {document.name: file(form, document) for form, document in documents(feed(count, revised))}


def items(name: str, content: bytes) -> list[dict[str, Any]]:
    """The entries of a document in any format, with the same keys."""
    if name.endswith(".json"):
        return [
            {"id": i["id"], "url": i["url"], "title": i["title"], "summary": i["summary"], "body": i["content_html"]}
            for i in json.loads(content)["items"]
        ]
    root = ET.fromstring(content)
    if name.startswith("atom"):
        return [
            {
                "id": e.findtext(f"{ATOM}id"),
                "url": next(link.get("href") for link in e.findall(f"{ATOM}link")),
                "title": e.findtext(f"{ATOM}title"),
                "summary": e.findtext(f"{ATOM}summary"),
                "body": e.findtext(f"{ATOM}content"),
            }
            for e in root.findall(f"{ATOM}entry")
        ]
    return [
        {
            "id": i.findtext("guid"),
            "url": i.findtext("link"),
            "title": i.findtext("title"),
            "summary": i.findtext("description"),
            "body": i.findtext(f"{CONTENT}encoded"),
        }
        for i in root.findall("channel/item")
    ]


def test_the_three_formats_hold_the_same_entries_newest_first() -> None:
    atom, rss, feed_json = (items(form.name, files(7)[form.name]) for form in FORMATS)
    assert atom == rss == feed_json
    assert [item["id"] for item in atom] == [f"tag:a.example,2026:essays/e{n}" for n in reversed(range(7))]
    assert atom[0] == {
        "id": "tag:a.example,2026:essays/e6",
        "url": "https://a.example/essays/e6/",
        "title": "Essay <6> & “more”",
        "summary": "Summary 6.",
        "body": "<p>Body 6 &amp; <em>more</em></p>",
    }


def test_an_atom_feed_says_all_that_rfc_4287_asks_for() -> None:
    root = ET.fromstring(files(3, revised=90)["atom.xml"])
    assert root.tag == f"{ATOM}feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en"
    for element in [root, *root.findall(f"{ATOM}entry")]:
        for once in ("id", "title", "updated"):
            assert len(element.findall(ATOM + once)) == 1, once
        assert element.findtext(f"{ATOM}author/{ATOM}name") == "The authors"
        assert element.findtext(f"{ATOM}author/{ATOM}uri") == f"{BASE}about/"
    links = {link.get("rel"): (link.get("href"), link.get("type")) for link in root.findall(f"{ATOM}link")}
    assert links == {"self": (f"{BASE}atom.xml", "application/atom+xml"), "alternate": (BASE, "text/html")}
    for found in root.findall(f"{ATOM}entry"):
        content = found.find(f"{ATOM}content")
        assert content is not None
        assert content.get("type") == "html"
        assert [c.get("term") for c in found.findall(f"{ATOM}category")] == ["system-design", "latency"]
        assert [c.get("label") for c in found.findall(f"{ATOM}category")] == ["System Design", "latency"]
    oldest = root.findall(f"{ATOM}entry")[-1]
    assert oldest.findtext(f"{ATOM}published") == "2026-01-01T12:00:00Z"
    assert oldest.findtext(f"{ATOM}updated") == "2026-04-01T12:00:00Z"
    assert root.findtext(f"{ATOM}updated") == "2026-04-01T12:00:00Z"  # the newest change, wherever it was


def test_an_rss_feed_follows_the_profile() -> None:
    root = ET.fromstring(files(2)["rss.xml"])
    channel = root.find("channel")
    assert channel is not None
    assert root.get("version") == "2.0"
    assert [channel.findtext(name) for name in ("title", "link", "description", "language")] == [
        "A & B",
        BASE,
        "What it is.",
        "en",
    ]
    me = channel.find(f"{ATOM}link")
    assert me is not None
    assert me.attrib == {"rel": "self", "type": "application/rss+xml", "href": f"{BASE}rss.xml"}
    assert parsedate_to_datetime(channel.findtext("lastBuildDate") or "").isoformat() == "2026-01-02T12:00:00+00:00"
    for item in channel.findall("item"):
        guid = item.find("guid")
        assert guid is not None
        assert guid.get("isPermaLink") == "false"
        assert parsedate_to_datetime(item.findtext("pubDate") or "").tzinfo
        assert item.findtext(f"{DC}creator") == "The authors"


def test_a_json_feed_says_all_that_version_1_1_asks_for() -> None:
    found = json.loads(files(2)["feed.json"])
    assert found["version"] == "https://jsonfeed.org/version/1.1"
    assert (found["feed_url"], found["home_page_url"], found["language"]) == (f"{BASE}feed.json", BASE, "en")
    assert found["items"][0]["date_published"] == "2026-01-02T12:00:00Z"
    assert found["items"][0]["tags"] == ["System Design", "latency"]


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_characters_that_xml_cannot_carry_are_left_out(form: Any) -> None:
    assert b"\x0b" not in files(1)[form.name]
    assert "\\u000b" not in files(1)[form.name].decode()


@pytest.mark.parametrize("count", [1, PAGE])
def test_few_essays_are_all_in_the_feed_itself(count: int) -> None:
    found = files(count)
    assert sorted(found) == ["atom.xml", "feed.json", "rss.xml"]
    assert all(len(items(name, content)) == count for name, content in found.items())


def chain(found: dict[str, bytes], name: str) -> list[str]:
    """The documents that a reader comes to from ``name`` by following the links to older entries."""
    names = [name]
    while True:
        if name.endswith(".json"):
            address = json.loads(found[name]).get("next_url")
        else:
            links = [*ET.fromstring(found[name]).iter(f"{ATOM}link")]
            address = next((link.get("href") for link in links if link.get("rel") == "prev-archive"), None)
        if address is None:
            return names
        name = address.removeprefix(BASE)
        names.append(name)


@pytest.mark.parametrize("count", [PAGE + 1, 2 * PAGE, 3 * PAGE - 1, 5 * PAGE + 3])
@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_of_many_essays_none_is_lost_to_a_reader_who_follows_the_archive(count: int, form: Any) -> None:
    found = files(count)
    names = chain(found, form.name)
    assert sorted(names) == sorted(name for name in found if name.startswith((f"{form.stem}.", f"{form.stem}-")))
    assert len(items(form.name, found[form.name])) == PAGE
    seen = {item["id"] for name in names for item in items(name, found[name])}
    assert seen == {f"tag:a.example,2026:essays/e{n}" for n in range(count)}


def test_an_archive_says_that_it_is_one_and_where_the_feed_is() -> None:
    found = files(PAGE + 1)
    for name in ("atom-1.xml", "rss-1.xml"):
        root = ET.fromstring(found[name])
        assert len([*root.iter(f"{HISTORY}archive")]) == 1
        current = [link.get("href") for link in root.iter(f"{ATOM}link") if link.get("rel") == "current"]
        assert current == [f"{BASE}{name.replace('-1', '')}"]
    assert not [*ET.fromstring(found["atom.xml"]).iter(f"{HISTORY}archive")]


def test_an_archive_stays_as_it_is_when_essays_are_added() -> None:
    before, after = files(2 * PAGE + 3), files(2 * PAGE + 9)
    archives = [name for name in before if "-" in name]
    assert len(archives) == 6
    assert all(before[name] == after[name] for name in archives)


@pytest.mark.parametrize(
    ("parse", "name"),
    [
        (feedparser.parse, "atom.xml"),
        (feedparser.parse, "rss.xml"),
        (fastfeedparser.parse, "atom.xml"),
        (fastfeedparser.parse, "rss.xml"),
        (fastfeedparser.parse, "feed.json"),
    ],
)
def test_readers_parsers_find_what_was_written(parse: Callable[[Any], Any], name: str) -> None:
    content = files(3, revised=30)[name]
    found = parse(content if parse is feedparser.parse else content.decode())
    assert not found.get("bozo")
    assert [e["id"] for e in found["entries"]] == [f"tag:a.example,2026:essays/e{n}" for n in (2, 1, 0)]
    first = found["entries"][0]
    assert (first["title"], first["link"]) == ("Essay <2> & “more”", f"{BASE}essays/e2/")
    assert "<em>more</em>" in first["content"][0]["value"]
