"""The Markdown of our texts: MyST's, and what users of other generators write besides; for the build and for the rules."""

import re
import unicodedata
from collections.abc import Callable

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererProtocol
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from myst_parser.config.main import MdParserConfig
from myst_parser.parsers.mdit import create_md_parser

from .bounds import bounded
from .html_tokens import LEFT_OUT, html_plugin, left_out

InlineRule = Callable[[StateInline, bool], bool]
#: `{#name .class}` at the end of a heading; one that belongs to a link or to code stands right behind it.
HEADING_ID = re.compile(r"(?:(?<=[^\s)\]`])|(?:\s+#+)?\s+|^)\{:?\s*#([^\s{}.#]+)((?:\s+\.[\w-]+)*)\s*\}$")
#: A GitHub alert with words behind its kind, which GitHub’s own rule does not know.
ALERT = re.compile(r"\[!(note|tip|important|warning|caution)\][ \t]*(?=\S)", re.IGNORECASE)
#: What other programs read on a line of its own, and does nothing here: kramdown’s attributes, the place of a list of headings.
FOR_OTHERS = re.compile(r"\{:(?!toc\b)[^{}`]*\}|\[\[?_?TOC_?\]?\]|\{\{<\s*toc\s*>\}\}")
#: `{width=50%}` and its parts.
SIZES = re.compile(r"\{:?\s*(?:(?:width|height|w|h)\s*=\s*[\"']?[\d.]+(?:%|[a-z]+)?[\"']?\s*)+\}")
SIZE, SIDES = re.compile(r"(\w+)\s*=\s*[\"']?([\d.]+(?:%|[a-z]+)?)"), {"w": "width", "h": "height"}
#: The scheme of an address right behind a mark that opens a quotation or a bracket.
QUOTED_ADDRESS = re.compile(r"([\"'“‘„‚«‹\[{])https?$")
#: What stands between dollars and is no formula: two amounts and the words between them, or code.
NOT_MATHS = re.compile(r"\d[\d.,]*\s*[A-Za-z]*\s[^\\^_={}+<>]*[A-Za-z]{2}[^\\^_={}+<>]*|.*`.*", re.DOTALL)

#: Two variables of a shell, of which the second begins where a formula would end.
NAMES = re.compile(r"^[A-Z_]{2}|[/:.,-]$")


def create_parser(config: MdParserConfig, renderer: Callable[[MarkdownIt], RendererProtocol]) -> MarkdownIt:
    """MyST's parser with our rules."""
    md = create_md_parser(config, renderer)
    md.use(html_plugin)
    first = md.block.ruler.__rules__[0].name  # before that for MyST's attributes
    md.block.ruler.before(first, "for_others", _for_others, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    md.core.ruler.before("inline", "bounds", bounded)
    md.core.ruler.before("inline", "heading_ids", _heading_ids)
    md.core.ruler.after("inline", "image_sizes", _image_sizes)
    if "alert" in config.enable_extensions:
        md.core.ruler.before("inline", "alerts", _alerts)
    if "gfm_autolink" in config.enable_extensions:
        md.disable("gfm_autolink_email")  # git@github.com:me/x.git and logo@2x.png are no addresses to write to
    for rule in list(md.inline.ruler.__rules__):
        if change := CHANGED.get(rule.name):
            md.inline.ruler.at(rule.name, change(rule.fn))
    return md


def _maths(rule: InlineRule) -> InlineRule:
    """The rule for formulas between dollars, but not between two prices or the names of two variables."""

    def maths(state: StateInline, silent: bool) -> bool:
        start, pending, count = state.pos, state.pending, len(state.tokens)
        if state.src[start] != "$" or (start and state.src[start - 1].isalnum()) or not rule(state, silent):
            return False
        after, content = state.src[state.pos : state.pos + 1], state.src[start : state.pos].strip("$")
        if after.isdigit() or (after.isalpha() and NAMES.search(content)) or NOT_MATHS.fullmatch(content):
            state.pos, state.pending = start, pending
            del state.tokens[count:], state.tokens_meta[count:]
            return False
        return True

    return maths


def _for_others(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """Leave out a line that is for another program, as a comment is."""
    line = state.src[state.bMarks[start] + state.tShift[start] : state.eMarks[start]].strip()
    if state.is_code_block(start) or not FOR_OTHERS.fullmatch(line):
        return False
    if not silent:
        token = state.push("myst_line_comment", "", 0)
        token.content, token.map = "", [start, start + 1]
        token.meta = {LEFT_OUT: left_out([f"{line} is for another program, and"])}
        state.line = start + 1
    return True


def _heading_ids(state: StateCore) -> None:
    """Take `{#name}` at the end of a heading, as Hugo, kramdown and Pandoc write it, for the name of the heading."""
    for opening, line in zip(state.tokens, state.tokens[1:], strict=False):
        if opening.type == "heading_open" and (match := HEADING_ID.search(line.content)):
            line.content = line.content[: match.start()].rstrip()
            opening.attrs["id"] = match[1]
            if match[2]:
                opening.attrs["class"] = " ".join(match[2].replace(".", " ").split())


def _image_sizes(state: StateCore) -> None:
    """Read `{width=50%}` behind a picture, which MyST reads only as `{width="50%"}`."""
    for token in state.tokens:
        for picture, behind in zip(token.children or [], (token.children or [])[1:], strict=False):
            if picture.type == "image" and behind.type == "text" and (match := SIZES.match(behind.content)):
                picture.attrs |= {SIDES.get(key, key): value for key, value in SIZE.findall(match[0])}
                behind.content = behind.content[match.end() :]
                if not behind.content:
                    token.children = [child for child in token.children or [] if child is not behind]


def _alerts(state: StateCore) -> None:
    """Take a quotation that begins with `[!NOTE]` for an alert, whatever follows on the line."""
    opened: list[Token] = []
    for number, token in enumerate(state.tokens):
        if token.type == "blockquote_open":
            opened.append(token)
            line = state.tokens[number + 2] if state.tokens[number + 1].type == "paragraph_open" else token
            if match := ALERT.match(line.content):
                token.type, token.info, line.content = "alert_open", match[1].upper(), line.content[match.end() :]
        elif token.type == "blockquote_close" and opened.pop().type == "alert_open":
            token.type = "alert_close"


def _bare_address(rule: InlineRule) -> InlineRule:
    """The rule for addresses without marks of their own, also within quotation marks, and without those at their end."""

    def address(state: StateInline, silent: bool) -> bool:
        text, quoted = state.src, QUOTED_ADDRESS.search(state.pending[-6:])
        if quoted:
            before = state.pos - len(quoted[0])
            state.src = f"{text[:before]} {text[before + 1 :]}"
        found, state.src = rule(state, silent), text
        if not found:
            return False
        if not silent:
            opening, shown = state.tokens[-3:-1]
            kept = shown.content
            while kept and not kept[-1].isascii() and unicodedata.category(kept[-1])[0] == "P":
                kept = kept[:-1]
            state.pos -= len(shown.content) - len(kept)
            shown.content = kept
            opening.attrs["href"] = state.md.normalizeLink(kept if "://" in kept else f"http://{kept}")
        return True

    return address


#: The rules of others that are changed.
CHANGED = {"math_inline": _maths, "gfm_autolink_protocol": _bare_address, "gfm_autolink_www": _bare_address}
