"""The body of a feed entry: the HTML of an essay's page, rewritten for readers that have neither our styles nor our scripts.

Feed readers keep some forty elements and a dozen attributes, and drop others, some with their content. So we use only those:
admonitions, side notes and cards become quotations, tabs and folds become titled paragraphs, charts become pictures, and every
address is absolute, since an entry is read on another site.
"""

import re
from collections.abc import Callable

import lxml.html
from lxml import etree
from lxml.html import builder

from insights.evidence import FILE_SIZE
from insights.markup import COLUMN

from . import formulas
from .formulas import Element

#: The elements of an entry, with their attributes. MathML stays as it is.
ALLOWED = {
    "a": {"href", "title"}, "abbr": {"title"}, "b": set(), "blockquote": set(), "br": set(), "caption": set(), "cite": set(),
    "code": {"class"}, "dd": set(), "del": set(), "dl": set(), "dt": set(), "em": set(), "figcaption": set(), "figure": set(),
    "h2": set(), "h3": set(), "h4": set(), "h5": set(), "h6": set(), "hr": set(), "i": set(),
    "img": {"src", "alt", "title", "width", "height"}, "ins": set(), "kbd": set(), "li": {"value"}, "mark": set(),
    "ol": {"start", "type"}, "p": set(), "pre": set(), "q": set(), "samp": set(), "strong": set(), "sub": set(), "sup": set(),
    "table": set(), "tbody": set(), "td": {"align", "colspan", "rowspan"}, "th": {"align", "colspan", "rowspan"}, "thead": set(),
    "time": {"datetime"}, "tr": set(), "u": set(), "ul": set(), "var": set(),
}  # fmt: skip
#: One level of a line of verse, in no-break spaces.
INDENT = "\N{NO-BREAK SPACE}" * 4
#: Blank lines, or code, whose blank lines stay.
BLANK_LINES = re.compile(r"(<pre>.*?</pre>)|\n[ \t]*(?=\n)", re.DOTALL)


def entry_body(page: str, url: str) -> str:
    """The essay on ``page``, which is HTML and has the address ``url``, as an HTML fragment without its title and summary."""
    html = page[page.index("<article") : page.rindex("</article>") + len("</article>")]
    article = lxml.html.fromstring(html)
    for classes, find, change in STEPS:
        if not classes or any(name in html for name in classes):
            for element in find(article):
                change(element)
    article.make_links_absolute(url)
    for element in list(article.iterdescendants()):
        _remove_disallowed(element)
    for element in article.xpath(".//p[not(normalize-space()) and not(.//img or .//math)]"):
        element.drop_tree()
    inner = (article.text or "") + "".join(lxml.html.tostring(child, encoding="unicode") for child in article)
    return BLANK_LINES.sub(r"\1", inner).strip() + "\n"


def _classed(name: str, tag: str = "*") -> str:
    """The XPath of the elements ``tag`` with the class ``name``."""
    return f".//{tag}[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]"


def _drop(element: Element) -> None:
    if element.getparent() is not None:
        element.drop_tree()


def _rename(tag: str) -> Callable[[Element], None]:
    def rename(element: Element) -> None:
        element.tag = tag

    return rename


def _replace(element: Element, *new: Element) -> None:
    """Replace ``element`` by the elements ``new``, and move its tail behind them."""
    parent, tail = element.getparent(), element.tail
    at = parent.index(element)
    parent.remove(element)
    parent[at:at] = new
    new[-1].tail = tail


def _title(element: Element) -> None:
    """Turn a title that is not a heading into a bold paragraph."""
    _replace(element, builder.P(builder.STRONG(*_content(element))))


def _content(element: Element) -> list[Element | str]:
    """The text and the children of an element, without leading and trailing space."""
    content = [element.text or ""]
    for child in list(element):
        content += [child, child.tail or ""]
        child.tail = None
    content[0] = content[0].lstrip()
    content[-1] = content[-1].rstrip()
    return content


def _chart(panels: Element) -> None:
    """Turn the charts of a figure into pictures, the first with the alt text of all."""
    width, height = map(str, FILE_SIZE)
    sources = panels.xpath("./*/@data-picture")
    pictures = [builder.IMG(src=source, alt="", width=width, height=height) for source in sources]
    pictures[0].set("alt", panels.get("aria-label", ""))
    _replace(panels, *pictures)


def _diagram(drawings: Element) -> None:
    """Turn a diagram into a picture."""
    drawing = drawings[0]
    size = {side: drawing.get(f"data-{side}") for side in ("width", "height")}
    _replace(drawings, builder.IMG(src=drawing.get("data-picture"), alt=drawings.get("aria-label", ""), **size))


def _numbers(fold: Element) -> None:
    """Keep the links to the numbers of a chart, but not the table."""
    title = fold.find("summary").text_content()
    links = fold.find("p")
    links.text = f"{title}: "
    _replace(fold, links)


def _code(block: Element) -> None:
    """Remove the colours and line numbers of code. Its language stays, for readers that highlight code themselves."""
    language = re.search(r"highlight-([\w+#-]+)", block.get("class", ""))
    parts: list[Element | str] = []
    for part in block.xpath(".//pre[last()]/node()"):
        if isinstance(part, str) or part.get("class") != "hll":
            parts.append(part if isinstance(part, str) else part.text_content())
        else:  # an emphasised line
            parts += [builder.MARK(part.text_content().rstrip("\n")), "\n"]
    code = builder.CODE(*parts[:-1], parts[-1].rstrip("\n") + "\n")
    if language and language[1] not in ("default", "none", "text"):
        code.set("class", f"language-{language[1]}")
    _replace(block, builder.PRE(code))


def _card(card: Element) -> None:
    """Turn a card into a quotation. Its link moves to its title or, if the title has a link already, to a line of its own."""
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
    """Turn a footnote or a reference into a list item with its number."""
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
    """Remove the paragraph in a table cell, and keep the alignment of numbers."""
    if side := re.search(r"text-(right|center)", cell.get("class", "")):
        cell.set("align", side[1])
    if len(cell) == 1 and cell[0].tag == "p":
        cell[0].drop_tag()


def _task(box: Element) -> None:
    """Turn the box of a task into a character."""
    item = builder.SPAN("☑" if box.get("checked") else "☐")
    _replace(box, item)


def _lines(block: Element) -> None:
    """Turn lines of verse into a paragraph, with spaces for their indents."""
    block.tag = "p"
    lines = block.xpath(_classed("line", "div"))
    for line in lines:
        indents = line.xpath("count(ancestor::div[contains(@class, 'line-block')])")
        line.text = INDENT * int(indents) + (line.text or "")
    for line in lines[:-1]:
        line.append(builder.BR())


def _for_dark(element: Element) -> None:
    """Remove what is for the dark scheme only, with the figure or the link around it. Readers show entries on white."""
    while (parent := element.getparent()) is not None and parent.tag in {"a", "figure"}:
        element = parent
    _drop(element)


def _share(picture: Element) -> None:
    """Give a picture that takes a share of the column its size in pixels."""
    share = re.search(r"\bw-(\d+)", picture.get("class", ""))
    if share and picture.get("width") and picture.get("height"):
        width, height = int(picture.get("width")), int(picture.get("height"))
        wide = round(COLUMN * int(share[1]) / 100)
        picture.set("width", str(wide))
        picture.set("height", str(round(wide * height / width)))


def _signature(term: Element) -> None:
    """Set the signature of a function as code."""
    for end in term.xpath("./br[not(following-sibling::*)]"):
        end.drop_tree()
    code = builder.CODE(*_content(term))
    term.text, term[:] = "", [code]


def _maths(math: Element) -> None:
    """Turn a formula into plain HTML if possible, and add its source to its MathML otherwise."""
    try:
        _replace(math, builder.SPAN(*formulas.plain(math)))
    except formulas.TwoDimensionalError:
        formulas.annotate(math)


def _formula(formula: Element) -> None:
    """Turn a formula on a line of its own into a paragraph, with its number at the end."""
    for number in formula.xpath(_classed("eqno")):
        number.text = f" {number.text}"
    formula.tag = "p"


#: The changes to an article, in this order: class names, an XPath, and the function that changes each element that matches.
#: The XPath matches nothing in an article that has none of the class names.
STEPS = [(re.findall(r"' ([\w-]+) '\)", path), etree.XPath(path), change) for path, change in (
    (_classed("panels"), _chart),
    (_classed("drawings"), _diagram),
    (_classed("task-list-item", "li") + "/p/input", _task),
    (_classed("only-dark"), _for_dark),
    *((path, _drop) for path in (
        _classed("essay-head", "header"), _classed("headerlink", "a"), _classed("linenos"), _classed("call", "p"),
        _classed("sd-summary-state-marker"), ".//*[@id='evidence']/details",
        ".//*[@id='related' or @id='linked-from' or @id='cite']",
        _classed("backrefs"), _classed("enlarge", "a") + "[not(img)]", _classed("system-message"),
        ".//button | .//input | .//script | .//style | .//nav | .//svg | .//template", ".//comment()",
    )),
    (_classed("enlarge", "a"), lambda link: link.drop_tag()),
    (_classed("chart-data", "details"), _numbers),
    (".//div[contains(concat(' ', @class), ' highlight-')]", _code),
    (_classed("code-block-caption", "div"), _title),
    (_classed("sd-card", "div"), _card),
    (_classed("sd-tab-label", "label"), _title),
    (".//summary", _title),
    (" | ".join(map(_classed, ("admonition", "topic", "sidebar"))), _rename("blockquote")),
    (" | ".join(map(_classed, ("admonition-title", "topic-title", "sidebar-title"))), _title),
    (_classed("rubric", "p"), _title),
    (_classed("guilabel", "span") + " | " + _classed("menuselection", "span"), _rename("b")),
    (_classed("versionmodified", "span"), _rename("em")),
    (_classed("toctree-wrapper", "div") + "/p", _title),
    (_classed("toc-backref", "a"), lambda link: link.drop_tag()),
    (_classed("sig", "dt"), _signature),
    (_classed("sized", "img"), _share),
    (_classed("line-block", "div") + "[not(ancestor::div[contains(@class, 'line-block')])]", _lines),
    (_classed("footnote-reference", "a"), _superscript),
    (_classed("footnote", "aside") + " | " + _classed("citation", "div"), _footnote),
    (_classed("footnote-list", "aside") + " | " + _classed("citation-list", "div"), _rename("ol")),
    (_classed("named-rows", "table") + "/tbody//th", _rename("td")),  # readers show the others bold, and in the middle
    (".//td | .//th", _cell),
    (".//math", _maths),
    (_classed("math", "div"), _formula),
)]  # fmt: skip


def _remove_disallowed(element: Element) -> None:
    """Remove the element but not its content, or its attributes, if feed readers do not keep them."""
    if element.tag == "math" or next(element.iterancestors("math"), None) is not None:
        return
    if element.tag not in ALLOWED:
        element.drop_tag()
        return
    for name in set(element.attrib) - ALLOWED[element.tag]:
        del element.attrib[name]
    if element.tag == "code" and not element.get("class", "").startswith("language-"):
        element.attrib.pop("class", None)
