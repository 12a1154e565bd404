"""What a page costs a reader and how it keeps the rules, measured in a browser; `make audit` prints it for every kind of page."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import brotli
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Response

#: One page of each kind.
KINDS = {
    "landing": "/",
    "essay": "/essays/designing-for-failure/",
    "all essays": "/essays/",
    "category": "/essays/category/system-design/",
    "tag": "/essays/tag/latency/",
    "year": "/essays/2026/",
    "glossary": "/glossary/",
    "search": "/search/?q=replica",
    "start": "/start/",
    "about": "/about/",
    "subscribe": "/subscribe/",
    "not found": "/404.html",
}
#: Rules of axe that are off unless asked for, and that we mean to keep: AAA, where a page can.
AAA = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
#: What a browser writes to its console when the policy stopped something.
REFUSED = "Content Security Policy"

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


class Visit(NamedTuple):
    """A page that was opened: the page, what it said on the console, and the answers it got."""

    page: Page
    said: list[str]
    answers: list[Response]


@contextmanager
def visit(browser: Browser, address: str, width: int = 1280, scheme: str = "light", **options: Any) -> Iterator[Visit]:
    """Open the page at ``address`` with an empty cache, ``options`` being those of a Playwright context."""
    context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme, **options)  # type: ignore[arg-type]
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
    """Bytes of what was fetched, as a server sends it that compresses text with brotli."""
    total = 0
    for answer in answers:
        kind = answer.headers.get("content-type", "")
        body = answer.body()
        total += len(body) if kind.startswith("image/png") else len(brotli.compress(body))
    return total


def table(browser: Browser, address: str) -> Iterator[str]:
    """A line for each kind of page, in Markdown."""
    yield "| page | requests | KiB, brotli | CLS, scrolling | refused by the policy | axe, 6 windows |"
    yield "|---|---:|---:|---:|---:|---:|"
    for kind, path in KINDS.items():
        with visit(browser, address + path) as (page, said, answers):
            fetched, size, shift = len(answers), weight(answers) / 1024, page.evaluate(SHIFTS)
            refused = sum(REFUSED in message for message in said)
        wrong = 0
        for width in (320, 768, 1280):
            for scheme in ("light", "dark"):
                with visit(browser, address + path, width, scheme) as (page, _, _):
                    wrong += len(findings(page))
        yield f"| {kind} | {fetched} | {size:.1f} | {shift:.4f} | {refused} | {wrong} |"


def main() -> None:
    """Print the table for the site in the folder that is named."""
    from conftest import chromium, served

    with served(Path(sys.argv[1])) as address, chromium() as browser:
        for line in table(browser, address):
            print(line, flush=True)


if __name__ == "__main__":
    main()
