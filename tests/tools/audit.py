"""What a page costs a reader and how it keeps the rules, measured; `make audit` prints it for every kind of page."""

from __future__ import annotations

import argparse
import json
import math
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from bs4 import BeautifulSoup
from conftest import served
from insights.publish.compression import BETTER, GOOD, qualities, small
from PIL import Image
from playwright.sync_api import Browser, Page, Response, sync_playwright
from tinyhtml5.parser import HTMLParser

#: One page of each kind.
KINDS = {
    "landing": "/", "essay": "/essays/designing-for-failure/", "all essays": "/essays/", "glossary": "/glossary/",
    "category": "/essays/category/system-design/", "tag": "/essays/tag/latency/", "year": "/essays/2026/",
    "search": "/search/?q=replica", "start": "/start/", "about": "/about/", "subscribe": "/subscribe/", "not found": "/404.html",
}  # fmt: skip
CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: Rules of axe that are off unless asked for, and that we mean to keep: AAA, where a page can.
AAA = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
#: What a browser writes to its console when the policy stopped something.
REFUSED = "Content Security Policy"
#: The drawings of a chart in a page.
PANEL = re.compile(r'<div class="panel".*?</div>', re.DOTALL)

SHIFTS = """() => new Promise(done => {
    let sum = 0;
    new PerformanceObserver(list => { for (const e of list.getEntries()) sum += e.value; })
        .observe({ type: "layout-shift", buffered: true });
    let y = 0;
    const step = () => {
        scrollTo(0, y += 400);
        y < document.documentElement.scrollHeight ? requestAnimationFrame(step) : setTimeout(() => done(sum), 150);
    };
    requestAnimationFrame(step);
})"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, without its own requests to the network."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    assert program, "The browser tests need Chromium: sudo apt-get install chromium"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=program, args=quiet)
        yield running
        running.close()


class Visit(NamedTuple):
    """A page that was opened: the page, what it said on the console, and the answers it got."""

    page: Page
    said: list[str]
    answers: list[Response]


@contextmanager
def visit(browser: Browser, address: str, width: int = 1280, scheme: str = "light", **options: Any) -> Iterator[Visit]:
    """Open the page at ``address`` with an empty cache, ``options`` being those of a Playwright context."""
    options |= {"viewport": {"width": width, "height": 800}, "color_scheme": scheme}
    context = browser.new_context(**options)
    page = context.new_page()
    opened = Visit(page, [], [])
    page.on("console", lambda message: opened.said.append(message.text) if message.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: opened.said.append(str(error)))
    page.on("response", lambda answer: opened.answers.append(answer))
    page.goto(address, wait_until="networkidle")
    yield opened
    context.close()


def findings(page: Page) -> list[str]:
    """What axe finds wrong: rule and element."""
    found = Axe().run(page, options={"rules": AAA, "resultTypes": ["violations"]}).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def weight(answers: list[Response]) -> int:
    """Bytes of what was fetched, as a server sends them that has the files which are compressed at publication."""
    total = 0
    for answer in answers:
        suffix, body = Path(urlsplit(answer.url).path).suffix, answer.body()
        total += len(body) if suffix == ".png" else len(small(body, qualities([]).get(suffix, GOOD)))
    return total


def weight_of_charts(html: str) -> int:
    """How many bytes less a page would be on the wire without the drawings in it."""
    without = PANEL.sub("", html)
    return len(small(html.encode(), BETTER)) - len(small(without.encode(), BETTER))


def html_errors(html: str) -> list[str]:
    """What a browser has to mend in a page, and ids that are there twice."""
    parser = HTMLParser()
    parser.parse(html)
    ids = Counter(tag["id"] for tag in BeautifulSoup(html, "lxml").find_all(id=True))
    return [*map(str, parser.errors), *(f"two elements have the id {name}" for name, count in ids.items() if count > 1)]


def head_problems(site: Path, file: Path) -> list[str]:
    """What the head of the page in ``file`` does not tell search engines, link previews and feed readers, or tells wrongly."""
    page, front = (BeautifulSoup(path.read_text(encoding="utf-8"), "lxml") for path in (file, site / "index.html"))
    if page.find("meta", attrs={"http-equiv": "refresh"}):  # which only leads to where a page has moved
        return []
    path = file.relative_to(site).as_posix()
    base = _link(front, "canonical")[0]
    url = base + path.removesuffix("index.html")
    essay = re.fullmatch(r"essays/(?!\d+/)[^/]+/index\.html", path) is not None
    said = {str(tag.get("name") or tag.get("property")): str(tag.get("content", "")) for tag in page.find_all("meta")}
    title = page.title.get_text() if page.title else ""
    rules = {
        "lang": page.html is not None and page.html.get("lang") == "en",
        "one title, without “documentation”": len(page.find_all("title")) == 1 and "documentation" not in title,
        "one h1": len(page.find_all("h1")) == 1,
        "description": 20 < len(said.get("description", "")) <= 200,
        "og:title": said.get("og:title", "?") in title,
        "og:description": said.get("og:description") == said.get("description"),
        "og:type": said.get("og:type") == ("article" if essay else "website"),
        "og:image of 1200 × 630": _size(site / said.get("og:image", "").removeprefix(base)) == (1200, 630),
        "og:image:alt": bool(said.get("og:image:alt")),
        "twitter:card": said.get("twitter:card") == "summary_large_image",
        "feeds": {link.rpartition("/")[2] for link in _link(page, "alternate")} == {"atom.xml", "rss.xml", "feed.json"},
    }
    if path == "404.html":  # which is shown at any address, and has none
        rules |= {"canonical, or noindex": not _link(page, "canonical") and said.get("robots") == "noindex"}
    else:
        kinds = {"WebSite", "Blog"} if path == "index.html" else {"BreadcrumbList", *(["BlogPosting"] if essay else [])}
        linked = [*_link(page, "icon"), *_link(page, "alternate")]
        rules |= {
            "canonical, or noindex": _link(page, "canonical") == [said.get("og:url")] == [url],
            "og:image of its own": said.get("og:image") == f"{url}social.png",
            "records": {record["@type"] for record in _records(page)} == kinds,
            "files that it links": all((file.parent / link).is_file() for link in linked) and len(linked) > 1,
        }
    return [name for name, kept in rules.items() if not kept]


def _link(page: BeautifulSoup, rel: str) -> list[str]:
    return [str(link["href"]) for link in page.find_all("link", rel=rel)]


def _records(page: BeautifulSoup) -> Iterator[dict[str, Any]]:
    for script in page.find_all("script", type="application/ld+json"):
        data = json.loads(script.get_text())
        yield from data.get("@graph", [data])


def _size(picture: Path) -> tuple[int, int] | None:
    if not picture.is_file():
        return None
    with Image.open(picture) as opened:
        return opened.size


def vnu_errors(site: Path, jar: Path) -> Counter[str]:
    """How many errors and warnings the Nu HTML checker finds in each page."""
    command = ["java", "-jar", str(jar), "--skip-non-html", "--stdout", "--format", "json", str(site)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    # It takes the records for scripts that the policy of the page would refuse. They are data, and a browser refuses none.
    found = [message for message in json.loads(done.stdout)["messages"] if "Content Security Policy" not in message["message"]]
    return Counter(Path(message["url"].removeprefix("file:")).relative_to(site.resolve()).as_posix() for message in found)


def lighthouse(address: str, cli: Path) -> list[int]:
    """The scores of Lighthouse for a phone: performance, accessibility, best practices, search engines."""
    chrome = next(filter(None, map(shutil.which, CHROMIUM)), "")
    command = [str(cli), address, "--quiet", "--output=json", "--chrome-flags=--headless=new --no-sandbox"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ | {"CHROME_PATH": chrome})
    return [round(100 * category["score"]) for category in json.loads(done.stdout)["categories"].values()]


#: What a page costs. All other figures say how often it breaks a rule.
COSTS = ("requests", "KiB, brotli", "of it charts")


def measured(browser: Browser, address: str) -> dict[str, float]:
    """The figures of the page at ``address`` that it takes a browser to see."""
    with visit(browser, address) as (page, said, answers):
        costs = (len(answers), weight(answers) / 1024, weight_of_charts(answers[0].text()) / 1024)
        shift, refused = page.evaluate(SHIFTS), sum(REFUSED in message for message in said)
    wrong = 0
    for width in (320, 768, 1280):
        for scheme in ("light", "dark"):
            with visit(browser, address, width, scheme) as (page, _, _):
                wrong += len(findings(page))
    broken = {"refused by the policy": refused, "axe, 6 windows": wrong, "console": len(said) - refused, "CLS, scrolling": shift}
    return dict(zip(COSTS, costs, strict=True)) | broken


def audit(browser: Browser, site: Path, vnu: Path | None = None, cli: Path | None = None) -> int:
    """Print the figures of ``site`` as a table in Markdown; how many rules are broken in it, each as often as it is."""
    pages = {page.relative_to(site).as_posix(): page for page in sorted(site.rglob("*.html"))}
    written = {
        "HTML": Counter({name: len(html_errors(page.read_text(encoding="utf-8"))) for name, page in pages.items()}),
        "head": Counter({name: len(head_problems(site, page)) for name, page in pages.items()}),
    } | ({"vnu": vnu_errors(site, vnu)} if vnu else {})
    rows: list[dict[str, float]] = []
    names = set(pages)
    with served(site) as address:
        for kind, path in KINDS.items():
            name = file_of(path)
            names.discard(name)
            figures = measured(browser, address + path) | {rule: found[name] for rule, found in written.items()}
            scores = {"Lighthouse": " ".join(map(str, lighthouse(address + path, cli)))} if cli else {}
            if not rows:
                head = ["page", *figures, *scores]
                print(row(head), row(["---", *["---:"] * (len(head) - 1)]), sep="\n")
            rows.append(figures)
            print(row([kind, *(f"{figure:.3g}" for figure in figures.values()), *scores.values()]), flush=True)
    rest: dict[str, float] = {rule: sum(found[name] for name in names) for rule, found in written.items()}
    unseen = len(rows[0]) - len(rest)
    print(row([f"{len(names)} other pages", *[""] * unseen, *map(str, rest.values()), *([""] if cli else [])]))
    return sum(math.ceil(figure) for figures in [*rows, rest] for rule, figure in figures.items() if rule not in COSTS)


def row(cells: Iterable[str]) -> str:
    """A row of a table in Markdown."""
    return f"| {' | '.join(cells)} |"


def file_of(path: str) -> str:
    """The name of the file that is served at ``path``."""
    name = path.partition("?")[0].strip("/")
    return name if name.endswith(".html") else f"{name}/index.html".lstrip("/")


def main() -> int:
    """Print the table for the site in the folder that is named, and fail if any rule is broken."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("site", type=Path)
    parser.add_argument("--vnu", type=Path, help="the jar of the Nu HTML checker, which needs Java")
    parser.add_argument("--lighthouse", type=Path, help="the command line of Lighthouse, which needs Node")
    given = parser.parse_args()
    with chromium() as browser:
        broken = audit(browser, given.site.resolve(), given.vnu, given.lighthouse)
    print(f"\n{broken} to mend")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
