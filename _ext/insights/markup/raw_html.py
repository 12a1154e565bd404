"""HTML that stays HTML: why a text cannot have it, and what the policy of a page blocks of it where conf.py allows it."""

import html
import re
from html.parser import HTMLParser

from lxml.html.defs import tags as HTML_TAGS

from insights.source import ANYWHERE, ATTRIBUTES, BLOCK_HTML, INLINE_HTML, has_no_effect

#: What to write in place of an element.
INSTEAD = {
    "iframe": "link to the page, since a frame would tell its host who reads", "audio": "link to the recording",
    "video": "link to the film, with a picture of it", "table": "write a table of Markdown: |---|---|",
    "script": "show what it computes as a chart or a table, since pages have no scripts of texts",
    "style": "use what the style sheet of the site has", "h1": "write ## and the words", "h2": "write ## and the words",
    "h3": "write ### and the words", "h4": "write #### and the words", "ul": "write a list of Markdown: - words",
    "ol": "write a list of Markdown: 1. words", "li": "write a list of Markdown: - words",
    "pre": "write a code block between lines of ```", "font": "write *words* or **words**",
    "picture": "write two pictures with the classes only-light and only-dark", "svg": "save the drawing as a file, and show that",
    "form": "link to a page that has it", "input": "write - [ ] and the words for a task", "embed": "link to the file",
    "object": "link to the file",
}  # fmt: skip
TAG = re.compile(r"<(/?)([A-Za-z][\w.:-]*)([^>]*)>?")
NAME = re.compile(r"([A-Za-z_:@][\w:.@-]*)\s*(?:=\s*(\"[^\"]*\"|'[^']*'|[^\s>]+))?")
#: Newer than lxml's list.
NEWER = frozenset({"bdi", "data", "dialog", "main", "picture", "rb", "rtc", "search", "slot", "template", "time"})
ELEMENTS = frozenset(HTML_TAGS) | NEWER


def html_problem(written: str) -> str:
    """Why a text cannot have the HTML that is ``written`` in it, and what to write instead."""
    short = _short(written)
    if written.lstrip().startswith("<!--"):
        return f"an HTML comment without an end: {short}; write --> behind it"
    for slash, tag, attributes in TAG.findall(written):
        name = tag.lower()
        if name not in ELEMENTS:
            return f"{short} is read as HTML; put it in backticks if it is a name or code, such as `{_words(written)}`"
        if name in INSTEAD:
            return f"HTML: {short}; {INSTEAD[name]}, or allow it for this essay: insights_html in conf.py"
        if name in INLINE_HTML | BLOCK_HTML:
            allowed = sorted(ATTRIBUTES.get(name, set()) | ANYWHERE)
            pairs = [(key.lower(), value) for key, value in NAME.findall(attributes.rstrip("/"))]
            unknown = [key for key, value in pairs if key not in allowed and not has_no_effect(key, value)]
            if "style" in unknown[:1]:
                return f"HTML: {short}; the attribute style of <{name}> is not allowed to hide words; remove them"
            if unknown and not slash:
                return f"HTML: {short}; the attribute {unknown[0]} of <{name}> is not allowed; allowed are: {', '.join(allowed)}"
    if match := TAG.fullmatch(written.strip()):
        other = f"<{match[2]}>" if match[1] else f"</{match[2]}>"
        return f"HTML: {short}; it has no {other} in the same paragraph, quotation or list; add it, or remove this"
    return f"HTML: {short}; write it in Markdown, or allow it for this essay: insights_html in conf.py"


class AllowedHtml(HTMLParser):
    """HTML that conf.py allows in a text: what a page's content policy blocks of it, the files it shows, and its links."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.problems: list[str] = []
        self.files: list[str] = []
        self.links: list[str] = []
        self.feed(written)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what a tag does."""
        if tag in ("script", "style", "iframe", "object", "embed", "video", "audio", "form", "base", "link"):
            self.problems.append(f"<{tag}>, which the content policy of the page blocks; {INSTEAD.get(tag, 'remove it')}")
        for name, value in attrs:
            if name == "style" or name.startswith("on"):
                self.problems.append(f"{name}= in <{tag}>, which the content policy of the page blocks; remove it")
            elif tag in ("img", "source") and name in ("src", "srcset"):
                for address in filter(None, (part.split()[0] if part.split() else "" for part in (value or "").split(","))):
                    if re.match(r"(?:\w+:)?//|data:", address):
                        self.problems.append(f"a picture on another host: {_short(address)}; put a copy next to the text")
                    else:
                        self.files.append(address)
            elif tag in ("a", "area") and name == "href":
                self.links.append((value or "").strip())
        if tag == "img" and not any(name == "alt" for name, _ in attrs):
            self.problems.append('<img> without alt; write what it shows: alt="…"')


def _words(written: str) -> str:
    return " ".join(html.unescape(written).split())[:40]


def _short(text: str) -> str:
    text = " ".join(text.split())
    return repr(text if len(text) <= 60 else f"{text[:59]}…")
