"""The HTML of a text as Markdown, if it is of a short list that does no more than mark words and parts: `<br>`, `<details>`.

A rule of the Markdown parser, so that the build and the rules of `make check` read the same. HTML that is not of the list stays
HTML: `html_block` and `html_inline` tokens, which the build refuses unless conf.py allows it for the essay. Comments vanish.
"""

import html
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.common.html_re import HTML_TAG_RE
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

#: HTML that Markdown has marks for, and the tokens that these marks become.
AS_MARKDOWN = {"a": "link", "b": "strong", "strong": "strong", "i": "em", "em": "em", "del": "s", "s": "s", "strike": "s"}
#: Elements that stand in a line.
INLINE = frozenset({"abbr", "cite", "code", "dfn", "ins", "kbd", "mark", "q", "samp", "small", "span", "sub", "sup", "u", "var"})
#: Elements that hold paragraphs.
BLOCK = frozenset(
    {"article", "aside", "blockquote", "center", "details", "div", "figcaption", "figure", "p", "section", "summary"}
)
#: What stands in a line and what holds paragraphs, whatever it becomes.
INLINE_HTML, BLOCK_HTML = INLINE | AS_MARKDOWN.keys() | {"br", "img"}, BLOCK | {"hr"}
#: Elements without content, and the tokens that they become.
VOID = {"br": "hardbreak", "img": "image", "hr": "hr"}
#: The attributes that are read, of any element and by element.
ANYWHERE = frozenset({"class", "id"})
ATTRIBUTES = {
    "a": {"href", "title", "name"}, "abbr": {"title"}, "details": {"open"}, "div": {"align"}, "figure": {"align"},
    "img": {"src", "alt", "title", "width", "height", "align"}, "p": {"align"},
}  # fmt: skip
#: Attributes that show nothing: for scripts, for programs that read pages, for how a browser loads, and for tables of old.
NO_EFFECT = re.compile(
    r"(?:data|aria)-[\w.:-]+|item(?:prop|scope|type|id|ref)|role|rel|rev|target|loading|decoding|fetchpriority|crossorigin"
    r"|referrerpolicy|tabindex|border|cellpadding|cellspacing|cite|clear|hspace|vspace|valign|markdown|property|typeof|download"
    r"|sizes|style"
)
#: A style that hides words, which would be shown without it.
HIDES = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
#: A block that only has rules for looks: the pages have those of the site.
STYLES = re.compile(r"\s*(?:<style\b[^>]*>(?:(?!</style).)*</style>\s*)+", re.DOTALL | re.IGNORECASE)
#: The key in the meta of a token for the advice about what of it is left out of the page.
LEFT_OUT = "left_out"
TAG = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9-]*)([^>]*?)/?>$", re.DOTALL)
ATTRIBUTE = re.compile(r"""([A-Za-z_:][\w:.-]*)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'=<>`]+))?""")
#: The HTML in a block: comments as HTML5 has them, which may hold blank lines and hyphens, and tags.
PART = re.compile(rf"<!--.*?-->|{HTML_TAG_RE.pattern}", re.DOTALL)


class Tag(NamedTuple):
    """A tag of the list: its element, its attributes, whether it closes, and the attributes that have no effect."""

    name: str
    attributes: dict[str, str]
    closes: bool
    left_out: tuple[str, ...] = ()


def read_tag(written: str) -> Tag | None:
    """The tag that is ``written``, or None if it is not of the list: an unknown element, or an attribute that is not allowed."""
    match = TAG.match(written.strip())
    name = match[2].lower() if match else ""
    if match is None or name not in AS_MARKDOWN.keys() | INLINE | BLOCK | VOID.keys():
        return None
    values = {key.lower(): html.unescape(value.strip("\"'")) for key, value in ATTRIBUTE.findall(match[3])}
    others = values.keys() - ATTRIBUTES.get(name, set()) - ANYWHERE
    left_out = tuple(sorted(key for key in others if has_no_effect(key, values[key])))
    values = {key: value for key, value in values.items() if key not in left_out}
    if values.keys() - ATTRIBUTES.get(name, set()) - ANYWHERE or values.get("align", "center") not in ("left", "center", "right"):
        return None
    return Tag(name, values, bool(match[1]), left_out)


def has_no_effect(attribute: str, value: str) -> bool:
    """Whether an attribute can be left out: what it is on looks like the rest of the page then, and nothing else changes."""
    return bool(NO_EFFECT.fullmatch(attribute)) and not (attribute == "style" and HIDES.search(value))


def left_out(names: Sequence[str], of: str = "") -> str:
    """The advice about things that have no effect."""
    have, are = ("have", "they are") if len(names) > 1 else ("has", "it is")
    return f"{' and '.join(names)}{of} {have} no effect here; {are} left out"


def html_plugin(md: MarkdownIt) -> None:
    """Read HTML of the list as Markdown."""
    md.core.ruler.before("inline", "html_blocks", _blocks)
    md.core.ruler.after("inline", "html_inlines", _inlines)


def _blocks(state: StateCore) -> None:
    """Replace the blocks of HTML by tokens of elements, and by paragraphs of what stands between their tags."""
    tokens = []
    for token in state.tokens:
        tokens += _parts(token) if token.type == "html_block" else [token]
    state.tokens = _paired(tokens, "html_block")


def _inlines(state: StateCore) -> None:
    """Replace tags in a line by tokens of elements."""
    for token in state.tokens:
        if token.type == "inline" and any(child.type == "html_inline" for child in token.children or ()):
            children = []
            for child in token.children or ():
                if child.type != "html_inline":
                    children.append(child)
                elif not _is_comment(child.content):
                    tag = read_tag(child.content)
                    children.append(_token(tag, child) if tag and tag.name not in BLOCK | {"hr"} else child)
            token.children = _paired(children, "html_inline")


def _is_comment(written: str) -> bool:
    return written.startswith("<!--") and written.rstrip().endswith("-->")


def _parts(block: Token) -> list[Token]:
    """The tokens of a block of HTML; the block itself if it has anything that is not of the list."""
    if STYLES.fullmatch(block.content):
        return [Token("myst_line_comment", "", 0, map=block.map, level=block.level, meta={LEFT_OUT: left_out(["<style>"])})]
    tokens: list[Token] = []
    for start, part in _split(block.content):
        line = (block.map or [0, 0])[0] + block.content.count("\n", 0, start)
        if _is_comment(part):
            continue
        tag = read_tag(part) if part.startswith("<") else None
        if tag and (tag.name in BLOCK or tag.name == "hr"):
            tokens.append(_token(tag, block, line))
        elif tag is None and part.startswith("<"):
            return [block]
        elif tokens and tokens[-1].type == "inline":
            tokens[-1].content += part
        elif part.strip():
            tokens.append(_new(block, "inline", "", 0, line + part.count("\n", 0, len(part) - len(part.lstrip())), content=part))
    return list(_paragraphs(tokens, block))


def _split(content: str) -> Iterator[tuple[int, str]]:
    """The comments and tags of a block, and the text between them, each with its position."""
    end = 0
    for match in PART.finditer(content):
        if match.start() > end:
            yield end, content[end : match.start()]
        yield match.start(), match[0]
        end = match.end()
    if end < len(content):
        rest = content[end:]
        # What begins like HTML and is none, such as a comment without an end, is not text.
        yield end, rest if "<!" not in rest else rest[rest.index("<!") :]


def _paragraphs(tokens: list[Token], block: Token) -> Iterator[Token]:
    """The tokens with each run of text in a paragraph, but not that of a summary, which is a line itself."""
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            yield token
            continue
        token.content = token.content.strip()
        for content in [token.content] if before and before.tag == "summary" else re.split(r"\n\s*\n", token.content):
            line = (token.map or [0, 0])[0]
            yield _new(block, "paragraph_open", "p", 1, line)
            yield _new(block, "inline", "", 0, line, content=content)
            yield _new(block, "paragraph_close", "p", -1, line)


def _new(block: Token, kind: str, tag: str, nesting: int, line: int, *, content: str = "") -> Token:
    """A token at a ``line`` of a block of HTML."""
    token = Token(kind, tag, nesting, content=content, level=block.level, block=True, map=[line, line + 1])  # type: ignore[arg-type]
    token.children = [] if kind == "inline" else None
    return token


def _token(tag: Tag, written: Token, line: int | None = None) -> Token:
    """The token of a ``tag``; its meta names the element and has its HTML, in case that it is not closed."""
    name, attributes = tag.name, dict(tag.attributes)
    if name == "a" and "href" not in attributes and not tag.closes:
        name = "span"
    kind = AS_MARKDOWN.get(name) or VOID.get(name) or ("span" if name == "span" else "html_element")
    if "name" in attributes:
        attributes["id"] = attributes.pop("name")
    place = written.map if line is None else [line, line + 1]
    meta = {"element": tag.name, "html": written.content if line is None else f"<{'/' * tag.closes}{tag.name}>"}
    if tag.left_out:
        meta[LEFT_OUT] = left_out([f"the attribute {tag.left_out[0]}", *tag.left_out[1:]], f" of <{tag.name}>")
    token = Token(kind, tag.name, 0, map=place, level=written.level, block=written.block, meta=meta)
    token.attrs = {key: value for key, value in attributes.items() if key != "alt"}
    if kind == "image":
        token.content = attributes.get("alt", "")
        token.children = [Token("text", "", 0, content=token.content)] if token.content else []
        token.attrs.setdefault("src", "")
    if tag.name not in VOID:
        token.nesting = -1 if tag.closes else 1
        token.type += "_close" if tag.closes else "_open"
    return token


def _paired(tokens: list[Token], as_html: str) -> list[Token]:
    """The tokens, with tags that do not pair, or not inside of what they stand in, as tokens of HTML again."""
    opened: list[Token] = []
    unpaired: set[int] = set()
    for token in tokens:
        element = (token.meta or {}).get("element")
        if token.nesting == 1:
            opened.append(token)
        elif token.nesting == -1:
            if element is None:
                while opened and (opened[-1].meta or {}).get("element"):  # not closed where Markdown closes what it stands in
                    unpaired.add(id(opened.pop()))
                if opened:
                    opened.pop()
            elif opened and (opened[-1].meta or {}).get("element") == element:
                if token.type != (kind := opened.pop().type.replace("_open", "_close")):
                    token.type = kind  # the </a> of an <a id="…">
            else:
                unpaired.add(id(token))
    unpaired |= {id(token) for token in opened if (token.meta or {}).get("element")}
    return [_as_html(token, as_html) if id(token) in unpaired else token for token in tokens]


def _as_html(token: Token, kind: str) -> Token:
    return Token(kind, "", 0, content=token.meta["html"], map=token.map, level=token.level, block=token.block,
                 meta={"unpaired": token.meta["element"]})  # fmt: skip
