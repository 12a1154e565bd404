"""The fixture site as its readers see it."""

from __future__ import annotations

import csv
import io
import re
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from conftest import ROOT, Site, build, project
from insights.publish.compression import BETTER, small
from PIL import Image

Broken = Callable[[dict[str, str]], Site]


def test_every_page_is_a_page(site: Site) -> None:
    for address, page in site.pages():
        assert len(page.find_all("h1")) == 1, address
        assert page.find("main", id="text"), address
        assert "inheriting from" not in page.get_text(), address
        assert page.title
        assert "documentation" not in str(page.title), address
        assert not page.find(class_="system-message"), address


def test_the_site_has_these_pages_and_no_others(site: Site) -> None:
    assert {address.removesuffix("index.html") for address, _ in site.pages()} == {
        "/", "/404.html", "/about/", "/glossary/", "/search/", "/start/", "/subscribe/", "/essays/", "/essays/2025/",
        "/essays/2026/",
        "/essays/category/infrastructure/", "/essays/category/system-design/", "/essays/tag/latency/", "/essays/tag/redundancy/",
        "/essays/first/", "/essays/second/", "/essays/third/",
    }  # fmt: skip


def test_every_page_is_reached_from_another(site: Site) -> None:
    pages = {address.removesuffix("index.html") for address, _ in site.pages()}
    linked = set()
    for address, page in site.pages():
        linked |= {resolve(address, a["href"]) for a in page.find_all("a", href=True)} - {address.removesuffix("index.html")}
    assert pages - linked == {"/404.html"}  # which servers show


def resolve(address: str, href: str) -> str:
    """The page that a link on the page ``address`` leads to."""
    return urlsplit(urljoin(f"https://insights.example{address}", href)).path


#: What only the draft and the scheduled essay have: words of their texts, their addresses, the category of one, the tags of both.
HIDDEN = (b"quokka", b"wombat", b"in-preparation", b"in-the-future", b"engineering-thinking", b"measurement", b"operations")


def test_no_draft_and_no_scheduled_essay_leaves_a_trace(site: Site) -> None:
    for path, content in site.files().items():
        # The inventory is compressed, but for the four lines of its head.
        text = zlib.decompress(content.split(b"\n", 4)[4]) if path == "objects.inv" else content
        for word in HIDDEN:
            assert word not in text.lower(), path
            assert word.decode() not in path


def test_a_preview_has_the_traces_of_drafts_and_scheduled_essays(preview: Site) -> None:
    everything = b"".join([*preview.files().values(), *(path.encode() for path in preview.files())]).lower()
    assert [word for word in HIDDEN if word not in everything] == []


def test_a_preview_shows_drafts_and_scheduled_essays_and_marks_them(preview: Site) -> None:
    assert "Draft: only a preview shows this essay." in preview.page("/essays/in-preparation/").get_text()
    assert "Scheduled: only a preview shows this essay before 2 June 2026." in preview.page("/essays/in-the-future/").get_text()
    facts = [card.get_text() for card in preview.page("/essays/").find_all(class_="card-facts")]
    assert "Draft · Architecture · May 2026 · 1\N{NO-BREAK SPACE}min read" in facts
    assert "Scheduled · Engineering Thinking · June 2026 · 1\N{NO-BREAK SPACE}min read" in facts


def test_the_404_page_works_at_any_address(site: Site) -> None:
    page = site.page("/404.html")
    addresses = [tag[name] for name in ("href", "src", "action") for tag in page.find_all(attrs={name: True})]
    assert [a for a in addresses if not a.startswith(("/", "#", "https://"))] == []


def titles(page: Any) -> list[str]:
    return [card.get_text() for card in page.find_all(class_="sd-card-title")]


def test_the_landing_page_shows_the_featured_essay_first_and_then_the_others_newest_first(site: Site) -> None:
    assert titles(site.page("/")) == ["The Second Essay: Evidence & More", "The Third Essay", "The First Essay"]


def test_the_featured_card_has_the_first_chart_of_the_essay_beside_it(site: Site) -> None:
    card = site.page("/").find(class_="featured")
    assert card.find(class_="panels")["aria-label"] == "The line doubles with every step; the answer is 42.0."


def test_a_card_has_the_facts_and_the_summary_of_its_essay_and_one_link(site: Site) -> None:
    card = site.page("/").find_all(class_="essay-card")[1]
    assert [p.get_text() for p in card.find_all("p")] == [
        "Infrastructure · June 2026 · 1\N{NO-BREAK SPACE}min read",
        "The newest essay, published on the day of the build.", "Read article",
    ]  # fmt: skip
    assert [link["href"] for link in card.find_all("a")] == ["essays/third/"]


def test_all_essays_are_listed_by_year(site: Site) -> None:
    page = site.page("/essays/")
    years = [(section.h2.get_text(), titles(section)) for section in page.find_all(class_="year")]
    assert years == [("2026", ["The Third Essay", "The Second Essay: Evidence & More"]), ("2025", ["The First Essay"])]
    assert [dd.get_text() for dd in page.find(class_="filters").find_all("dd")] == [
        "System Design 1", "Infrastructure 2", "latency 2", "redundancy 2",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("address", "expected"),
    {
        "/essays/category/infrastructure/": ["The Third Essay", "The First Essay"],
        "/essays/tag/latency/": ["The Third Essay", "The Second Essay: Evidence & More"],
        "/essays/2025/": ["The First Essay"],
    }.items(),
)
def test_an_archive_page_lists_its_own_essays(site: Site, address: str, expected: list[str]) -> None:
    page = site.page(address)
    assert titles(page) == expected
    links = [resolve(address, card.a["href"]) for card in page.find_all(class_="essay-card")]
    assert [link.split("/")[2] for link in links] == [title.split()[1].lower() for title in expected]


def test_a_category_says_what_it_is_about(site: Site) -> None:
    assert site.page("/essays/category/infrastructure/").find(class_="standfirst").get_text().startswith("What everything else")


def test_the_sidebar_counts_the_essays_of_each_category_and_marks_the_current_page(site: Site) -> None:
    catalogue = site.page("/essays/category/infrastructure/").find(class_="catalogue")
    assert [" ".join(li.get_text().split()) for li in catalogue.find_all("li")] == [
        "All essays 3", "System Design 1", "Infrastructure 2", "Glossary", "Subscribe", "About", "Start a project",
    ]  # fmt: skip
    assert catalogue.find(attrs={"aria-current": "page"}).get_text() == "Infrastructure"


def test_an_essay_opens_with_its_facts_its_title_and_its_summary(site: Site) -> None:
    head = site.page("/essays/second/").find(class_="essay-head")
    assert " ".join(head.find(class_="facts").get_text().split()) == "System Design · 3 February 2026 · 1 min read"
    assert head.time["datetime"] == "2026-02-03"
    assert str(head.h1) == "<h1>The Second Essay: <em>Evidence</em> &amp; More</h1>"
    assert head.find(class_="standfirst").get_text() == "An essay with evidence: numbers & <charts>."


def test_results_are_printed_in_their_format(site: Site) -> None:
    page = site.page("/essays/second/")
    assert "The answer is 42 and its root 6.48, a share of 12.5%, less than −1,234, by a name." in page.get_text()
    assert page.find("th", string="Answer").find_next_sibling("td").get_text() == "42"
    assert page.find(class_="result", string="6.48")["title"] == "root = 6.481"


def test_a_figure_has_a_number_a_claim_a_finding_and_its_data(site: Site) -> None:
    page = site.page("/essays/second/")
    figure = page.find(id="figure-growth")
    assert figure.find(class_="caption-text").get_text() == "Figure\N{NO-BREAK SPACE}1. Growth doubles\N{NO-BREAK SPACE}[2]."
    assert figure.find(class_="inputs").get_text() == "Inputs: assumed."
    assert figure.find(attrs={"role": "img"})["aria-label"] == "The line doubles with every step; the answer is 42.0."
    assert [row.get_text(" ") for row in figure.find_all("tr")] == ["Step Size", "0 1", "1 2", "2 4", "3 8"]
    assert page.find("a", href="#figure-growth", string="Figure\N{NO-BREAK SPACE}1")
    assert len(figure.find_all("svg")) == 2
    assert len(page.find_all("figure")[1].find_all("svg")) == 4  # a narrow and a small one for each of its panels


def test_the_files_of_a_chart_have_its_image_and_its_numbers(site: Site) -> None:
    files = site.files()
    picture = files["essays/second/growth.svg"].decode()
    assert "twice a step" in picture
    assert "class=" not in picture  # no style sheet reaches it
    table = list(csv.DictReader(io.StringIO(files["essays/second/growth.csv"].decode())))
    assert [(row["Step"], row["Size"]) for row in table] == [("0", "1.0"), ("1", "2.0"), ("2", "4.0"), ("3", "8.0")]


def test_the_foot_of_an_essay_links_its_model_and_lists_the_results_that_it_uses(site: Site) -> None:
    evidence = site.page("/essays/second/").find(id="evidence")
    assert "make evidence essay=second" in evidence.get_text()
    assert evidence.find("a")["href"] == "model.py"
    assert b"def growth" in site.files()["essays/second/model.py"]
    rows = [tuple(cell.get_text() for cell in row.find_all("td")) for row in evidence.find_all("tr")[1:]]
    results = {"answer": "42", "debt": "−1,234", "name": "a name", "read": "7", "root": "6.481", "share": "0.125"}
    assert rows == list(results.items())


def test_an_essay_without_a_model_has_no_evidence_section(site: Site) -> None:
    assert not site.page("/essays/first/").find(id="evidence")
    assert "essays/first/model.py" not in site.files()


def test_the_references_of_an_essay_are_listed_at_its_foot_in_the_order_of_citing(site: Site) -> None:
    page = site.page("/essays/second/")
    references = [entry.find("p").get_text() for entry in page.find_all(class_="citation")]
    assert references == [
        "Ada One. The First Source: A Title in Capitals. 2001. one.example.",
        "Ben Two. Another Source. A Journal, 2002. doi:10.1000/two.",
    ]
    links = [entry.find("p").a["href"] for entry in page.find_all(class_="citation")]
    assert links == ["https://www.one.example/paper", "https://doi.org/10.1000/two"]
    assert [a["href"] for a in page.find(class_="citation").find_all(attrs={"role": "doc-backlink"})], "no way back"
    assert not site.page("/essays/first/").find(id="references")


def test_a_quoted_citation_adds_no_list_of_references(broken: Broken) -> None:
    text = (ROOT / "tests/fixtures/site/essays/first/index.md").read_text(encoding="utf-8")
    shown = "Write ``{cite}`one` ``.\n\n```text\n{cite}`one`\n```\n"
    built = broken({"essays/first/index.md": f"{text}\n{shown}"})
    assert built.errors == []
    assert not built.page("/essays/first/").find(id="references")


def test_revisions_are_listed_newest_first(site: Site) -> None:
    revisions = site.page("/essays/second/").find(id="revisions")
    assert [tag.get_text() for tag in revisions.find_all(["dt", "dd"])] == [
        "10 May 2026", "Added a source.", "1 March 2026", "Corrected a figure & a name.",
    ]  # fmt: skip


def test_an_essay_shows_its_related_essays_and_those_that_link_to_it_in_their_words(site: Site) -> None:
    related = site.page("/essays/second/").find(id="related")
    assert [a.get_text() for a in related.ul.find_all("a")] == ["The First Essay", "The Third Essay"]
    linked = site.page("/essays/first/").find(id="linked-from")
    assert [li.get_text() for li in linked.find_all("li")] == [
        "The Third Essay “Its second, by a relative path, leads to the first.”",
        "The Second Essay: Evidence & More “See the first essay for less.”",
    ]
    assert [em.get_text() for em in linked.find_all("em")] == ["by a relative path", "the first essay"]
    assert "second essay" in site.page("/essays/second/").find(id="linked-from").get_text()


def test_newer_and_older_essays_are_one_step_away(site: Site) -> None:
    def neighbours(slug: str) -> list[str]:
        return [" ".join(a.get_text().split()) for a in site.page(f"/essays/{slug}/").find(class_="neighbours").find_all("a")]

    assert neighbours("third") == ["Older The Second Essay: Evidence & More"]
    assert neighbours("second") == ["Newer The Third Essay", "Older The First Essay"]
    assert neighbours("first") == ["Newer The Second Essay: Evidence & More"]


def test_a_chart_is_light(publication: Site) -> None:
    """With both its drawings, and with those that stand beside it."""
    charts = [panels.encode() for _, page in publication.pages() for panels in page.find_all(class_="panels")]
    assert len(charts) > 7
    assert max(len(small(chart, BETTER)) for chart in charts) <= 4096


def test_no_page_loads_components_that_no_text_uses(publication: Site, kitchen: Site) -> None:
    component_files = {"_static/sphinx-design.min.css", "_static/design-tabs.js"}
    assert component_files & set(publication.files()) == set()
    assert component_files <= set(kitchen.files())


def test_a_page_of_one_section_has_no_contents(publication: Site) -> None:
    assert publication.page("/subscribe/").find(id="contents") is None
    assert publication.page("/subscribe/").find(attrs={"popovertarget": "contents"}) is None
    assert publication.page("/glossary/").find(attrs={"popovertarget": "contents"}) is None
    assert publication.page("/essays/designing-for-failure/").find(id="contents")


def test_an_essay_leads_to_its_tags_and_shows_its_category_in_the_menu(site: Site) -> None:
    page = site.page("/essays/second/")
    tags = [(tag.get_text(), tag["href"]) for tag in page.find(class_="essay-foot").find_all("a", rel="tag")]
    assert tags == [("latency", "../tag/latency/"), ("redundancy", "../tag/redundancy/")]
    assert page.find(class_="catalogue").find(attrs={"aria-current": True}).get_text() == "System Design"


def test_the_chart_on_the_front_page_has_its_caption(site: Site) -> None:
    figures = site.page("/essays/second/").find("figure"), site.page("/").find(class_="featured").figure
    captions = [(figure.find(class_="caption-text").get_text(), figure.find(class_="inputs").get_text()) for figure in figures]
    number = "Figure\N{NO-BREAK SPACE}1. Growth doubles\N{NO-BREAK SPACE}[2]."
    assert captions == [(number, "Inputs: assumed."), ("Growth doubles.", "Inputs: assumed.")]


def test_browsers_without_svg_get_a_png_icon(publication: Site) -> None:
    page = publication.page("/essays/designing-for-failure/")
    for link in page.find_all("link", rel=["icon", "apple-touch-icon"]):
        assert link["href"].removeprefix("../../") in publication.files()
    assert page.find("link", rel="apple-touch-icon")["href"].endswith(".png")
    with Image.open(io.BytesIO(publication.files()["_static/mark.png"])) as mark:
        assert mark.size == (180, 180)


def test_images_load_lazily_and_have_their_size(kitchen: Site) -> None:
    for address, page in kitchen.pages():
        for image in page.find_all("img"):
            assert image.get("alt") is not None, address
            assert int(image["width"]) > 0
            assert int(image["height"]) > 0
            assert image["loading"] == "lazy"


HEAD = "---\ndate: 2026-01-01\ncategory: Infrastructure\nsummary: S.\n---\n"


def test_a_build_reports_all_mistakes_at_once_each_at_its_line(broken: Broken) -> None:
    built = broken({
        "essays/a/index.md": HEAD.replace("Infrastructure", "Infrastucture") + "# A\n",
        "essays/b/index.md": HEAD + "No title.\n",
        "essays/c/index.md": HEAD + "# C\n\n# D\n",
        "essays/d/index.md": HEAD + "# D\n\nOne {result}`x`.\n",
        "essays/e/index.md": HEAD + "# E\n\n{result}`y` {result}`x:q` {result}`x` {result}`z`\n\n```{chart} line\n- C.\n```\n\n"
            "```{chart} curve\n:alt: A.\nC.\n```\n",
        "essays/e/model.py": "def results():\n    return {'x': 1.5, 'z': 1 / 3}\n\n\n"
            "def line(axes):\n    axes.plot([1])\n    return {'n': [1]}\n",
        "essays/f/index.md": HEAD + "# F\n\n\n{result}`x` {result}`y`\n",
        "essays/f/model.py": "def results():\n    return {'x': 1 / 0}\n",
        "essays/g/index.md": HEAD + "# G\n\n```{chart} line\n:alt: A.\nC.\n```\n",
        "essays/g/model.py": "def results():\n    return {}\n\n\n"
            "def line(axes):\n    axes.plot([1], color='pink')\n    return {'n': [1]}\n",
        "essays/h/index.md": HEAD + "# H\n\nOne says {cite}`nobody`.\n\n[A link](/essays/nowhere/index.md)\n",
        "essays/loose.md": "Text.\n",
    })  # fmt: skip
    assert built.returncode != 0
    expected = [
        "essays/a/index.md:3: ERROR: unknown category 'Infrastucture'; did you mean 'Infrastructure'? Allowed are: "
        "System Design, ",
        "essays/loose.md:1: ERROR: this file becomes no page; an essay is a folder with a file index.md: move the text to "
        "essays/loose/index.md",
        "essays/b/index.md:6: ERROR: no title; an essay has one line `# Title`, right below its front matter",
        "essays/c/index.md:8: ERROR: a second title; an essay has one line `# Title`, right below its front matter",
        "essays/d/index.md:8: ERROR: no model.py next to this text; write one, or remove the role or directive",
        "essays/e/index.md:8: ERROR: no result 'y' in model.py; there are: x, z",
        "essays/e/index.md:8: ERROR: z is 0.3333333333333333; write how many digits to print, as in {result}`z:.2f`",
        "essays/e/index.md:8: ERROR: x cannot be formatted as 'q': Unknown format code 'q' for object of type 'float'; "
        "allowed is a format spec of Python, such as :.1f, :,.0f or :.1%",
        "essays/e/index.md:10: ERROR: chart line has no :alt:; say in a sentence what it shows",
        "essays/e/index.md:10: ERROR: the caption of chart line holds more than paragraphs; move the rest below the chart",
        "essays/e/index.md:14: ERROR: no chart curve in model.py; there are: line (a chart is a function of one argument, axes)",
        "essays/f/model.py:2: ERROR: ZeroDivisionError: division by zero; run it by hand: make evidence essay=f",
        "essays/g/model.py:6: ERROR: the chart line: the colour pink (#ffc0cb); allowed are C0 to C4, black, grey, "
        "lightgrey and white; run it by hand: make evidence essay=g",
        "essays/h/index.md:8: WARNING: no source 'nobody' in essays/references.bib; ",
        "essays/h/index.md:10: WARNING: ",
    ]
    for message in expected:
        assert [error for error in built.errors if error.startswith(message)], f"{message}\nnot in\n" + "\n".join(built.errors)
    assert len([error for error in built.errors if "essays/f/" in error]) == 1, "a fault of a model is told once"
    assert not [error for error in built.errors if "Traceback" in error]


def test_a_site_with_a_real_address_is_not_built_with_placeholders(tmp_path: Path) -> None:
    source, out = project(tmp_path / "source"), tmp_path / "html"
    built = build(source, out, env={"INSIGHTS_BASE_URL": "https://insights.systems"})
    assert built.returncode != 0
    assert any(e.startswith("start.md:") and "is the placeholder" in e for e in built.errors)
    authority = r"conf\.py:\d\d: ERROR: insights_tag_authority is the placeholder 'insights.example,2026', "
    assert any(re.match(authority, error) for error in built.errors)
    settings = {"INSIGHTS_BASE_URL": "https://insights.systems/sub", "INSIGHTS_EMAIL": "hello@insights.systems"}
    built = build(source, out, env=settings, options=("-D", "insights_tag_authority=insights.systems,2026"))
    assert built.returncode == 0, built.errors
    button = built.page("/start/").find("a", class_="sd-btn")
    assert button["href"].startswith("mailto:hello@insights.systems?subject=A%20project&body=What%20the%20system%20does")
    assert not built.page("/start/").find(class_="note")
    assert built.page("/essays/").find("link", rel="canonical")["href"] == "https://insights.systems/sub/essays/"
    assert re.search(r'href="/sub/_static/', str(built.page("/404.html")))


def test_a_site_without_an_email_address_says_so(site: Site) -> None:
    assert "set insights_email in conf.py" in site.page("/start/").find(class_="note").get_text()
