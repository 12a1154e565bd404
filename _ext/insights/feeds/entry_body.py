"""The body of a feed's entry: an essay's page as it was written, made fit for readers that have neither our styles nor scripts.

Feed readers keep some forty elements and a dozen attributes, and drop the rest with or without what is in it. So everything is
said in those: admonitions, side notes and cards become quotations, tabs and folds become titled paragraphs, charts become
pictures, and every address is absolute, since an entry is read on another site.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import lxml.html
from lxml import etree
from lxml.html import builder

from insights.evidence import ARTBOARDS

from . import formulas

Element = Any  # lxml comes without types

#: The elements that an entry may have, with their attributes; MathML is kept as it is.
KEPT = {
    "a": {"href", "title"}, "abbr": {"title"}, "b": set(), "blockquote": set(), "br": set(), "caption": set(), "cite": set(),
    "code": {"class"}, "dd": set(), "del": set(), "dl": set(), "dt": set(), "em": set(), "figcaption": set(), "figure": set(),
    "h2": set(), "h3": set(), "h4": set(), "h5": set(), "h6": set(), "hr": set(), "i": set(),
    "img": {"src", "alt", "width", "height"}, "ins": set(), "kbd": set(), "li": {"value"}, "mark": set(), "ol": {"start"},
    "p": set(), "pre": set(), "q": set(), "samp": set(), "strong": set(), "sub": set(), "sup": set(), "table": set(),
    "tbody": set(), "td": {"align", "colspan", "rowspan"}, "th": {"align", "colspan", "rowspan"}, "thead": set(),
    "time": {"datetime"}, "tr": set(), "u": set(), "ul": set(), "var": set(),
}  # fmt: skip
#: Lines that were left blank, and code, which may mean its own.
BLANK_LINES = re.compile(r"(<pre>.*?</pre>)|\n[ \t]*(?=\n)", re.DOTALL)
EMPTY = "not(normalize-space()) and not(.//img or .//math)"


def entry_body(page: str, url: str) -> str:
    """The essay of the HTML ``page`` at the address ``url`` as an HTML fragment for a feed, without its title and summary."""
    html = page[page.index("<article") : page.rindex("</article>") + len("</article>")]
    article = lxml.html.fromstring(html)
    for classes, find, change in STEPS:
        if not classes or any(name in html for name in classes):
            for element in find(article):
                change(element)
    article.make_links_absolute(url)
    for element in list(article.iterdescendants()):
        _reduce(element)
    for element in article.xpath(f".//p[{EMPTY}]"):
        element.drop_tree()
    inner = (article.text or "") + "".join(lxml.html.tostring(child, encoding="unicode") for child in article)
    return BLANK_LINES.sub(r"\1", inner).strip() + "\n"


def _classed(name: str, tag: str = "*") -> str:
    """The XPath of elements with the class ``name``."""
    return f".//{tag}[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"


def _drop(element: Element) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _rename(tag: str) -> Callable[[Element], None]:
    def rename(element: Element) -> None:
        element.tag = tag

    return rename


def _replace(element: Element, *new: Element) -> None:
    """Put ``new`` where ``element`` is, and its tail behind them."""
    parent, tail = element.getparent(), element.tail
    at = parent.index(element)
    parent.remove(element)
    for number, one in enumerate(new):
        parent.insert(at + number, one)
    new[-1].tail = tail


def _title(element: Element) -> None:
    """A title without a heading of its own, as a paragraph in bold."""
    _replace(element, builder.P(builder.STRONG(*_content(element))))


def _content(element: Element) -> list[Element | str]:
    """What is in an element, without the space around it."""
    content = [element.text or ""]
    for child in list(element):
        content += [child, child.tail or ""]
        child.tail = None
    content[0] = content[0].lstrip()
    content[-1] = content[-1].rstrip()
    return content


def _chart(panels: Element) -> None:
    """A figure's charts as pictures. What they show together is said once, with the first."""
    width, height = (str(size) for size in ARTBOARDS["file"])
    alts = [panels.get("aria-label", "")]
    pictures = []
    for panel in panels.xpath("./*[@data-picture]"):
        source, alt = panel.get("data-picture"), alts.pop() if alts else ""
        pictures.append(builder.IMG(src=source, alt=alt, width=width, height=height))
    _replace(panels, *pictures)


def _numbers(fold: Element) -> None:
    """The links to a chart's numbers; the table of them stays on the page."""
    title = fold.find("summary").text_content()
    links = fold.find("p")
    links.text = f"{title}: "
    _replace(fold, links)


def _code(block: Element) -> None:
    """Code without its colours and line numbers; the language stays, for readers that colour code themselves."""
    language = re.search(r"highlight-([\w+#-]+)", block.get("class", ""))
    code = builder.CODE(block.text_content().rstrip("\n") + "\n")
    if language and language[1] not in ("default", "none", "text"):
        code.set("class", f"language-{language[1]}")
    _replace(block, builder.PRE(code))


def _card(card: Element) -> None:
    """A card as a quotation; the link that lies over it goes to its title, or, if that has one of its own, becomes a line."""
    card.tag = "blockquote"
    titles = card.xpath(_classed("sd-card-title", "div"))
    for link in card.xpath(_classed("sd-stretched-link", "a")):
        if titles and titles[0].find(".//a") is None:
            words = builder.A(*_content(titles[0]), href=link.get("href"))
            titles[0].text, titles[0][:] = "", [words]
            link.drop_tree()
        else:
            _replace(link, builder.P(builder.A(link.text_content().strip(), href=link.get("href"))))
    for title in titles:
        _title(title)


def _footnote(note: Element) -> None:
    """A footnote or a reference as an item of a list, with its number."""
    note.tag = "li"
    for label in note.xpath("./span[@class='label']"):
        number = label.text_content().strip("[] \n")
        if number.isdigit():
            note.set("value", number)
            label.drop_tree()


def _superscript(reference: Element) -> None:
    number = reference.text_content().strip("[]")
    _replace(reference, builder.SUP(builder.A(number, href=reference.get("href"))))


def _cell(cell: Element) -> None:
    """A cell without the paragraph around its text; numbers stay at the right."""
    if side := re.search(r"text-(right|center)", cell.get("class", "")):
        cell.set("align", side[1])
    if len(cell) == 1 and cell[0].tag == "p":
        cell[0].drop_tag()


def _image(image: Element) -> None:
    """The size of a picture as attributes, where it was given as a style."""
    for side, pixels in re.findall(r"(width|height):\s*(\d+)px", image.get("style", "")):
        image.set(side, pixels)


def _lines(block: Element) -> None:
    """Lines of verse as one paragraph."""
    block.tag = "p"
    for line in block.xpath(_classed("line", "div"))[:-1]:
        line.append(builder.BR())


def _maths(math: Element) -> None:
    """A formula as plain HTML where it can be, else as MathML with its source."""
    pieces = formulas.plain(math)
    if pieces is None:
        formulas.annotate(math)
    else:
        _replace(math, builder.SPAN(*pieces))


def _formula(formula: Element) -> None:
    """A formula of its own as a paragraph, its number behind it."""
    for number in formula.xpath(_classed("eqno")):
        number.text = f" {number.text}"
    formula.tag = "p"


#: What is done to the article, in this order: an XPath, and what becomes of each element that it finds.
CHANGES: list[tuple[str, Callable[[Element], None]]] = [
    (_classed("panels"), _chart),
    *((path, _drop) for path in (
        _classed("essay-head", "header"), _classed("headerlink", "a"), _classed("linenos"), _classed("call", "p"),
        _classed("sd-summary-state-marker"), ".//*[@id='evidence']/details",
        ".//*[@id='related' or @id='linked-from' or @id='cite']",
        _classed("backrefs"), _classed("system-message"),
        ".//button | .//input | .//script | .//style | .//nav | .//svg | .//template", ".//comment()",
    )),
    (_classed("chart-data", "details"), _numbers),
    (".//div[starts-with(@class, 'highlight-')]", _code),
    (_classed("code-block-caption", "div"), _title),
    (_classed("sd-card", "div"), _card),
    (_classed("sd-tab-label", "label"), _title),
    (_classed("sd-dropdown", "details") + "/summary", _title),
    (" | ".join(map(_classed, ("admonition", "topic", "sidebar"))), _rename("blockquote")),
    (" | ".join(map(_classed, ("admonition-title", "topic-title", "sidebar-title", "rubric"))), _title),
    (_classed("line-block", "div") + "[not(ancestor::div[contains(@class, 'line-block')])]", _lines),
    (_classed("footnote-reference", "a"), _superscript),
    (_classed("footnote", "aside") + " | " + _classed("citation", "div"), _footnote),
    (_classed("footnote-list", "aside") + " | " + _classed("citation-list", "div"), _rename("ol")),
    (".//td | .//th", _cell),
    (".//img", _image),
    (".//math", _maths),
    (_classed("math", "div"), _formula),
]  # fmt: skip


#: The same, ready to be used: with the classes of which one has to be in an article for the XPath to find anything.
STEPS = [(re.findall(r"' ([\w-]+) '\)", path), etree.XPath(path), change) for path, change in CHANGES]


def _reduce(element: Element) -> None:
    """Leave of an element what readers keep: itself, or what is in it; and of its attributes those that say something."""
    if element.tag == "math" or next(element.iterancestors("math"), None) is not None:
        return
    if element.tag not in KEPT:
        element.drop_tag()
        return
    for name in set(element.attrib) - KEPT[element.tag]:
        del element.attrib[name]
    if element.tag == "code" and not element.get("class", "").startswith("language-"):
        element.attrib.pop("class", None)
