"""The rules for prose: each is a function that takes the blocks of a text, and yields problems.

The first line of its docstring is the rule as CONTRIBUTING.md states it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date as Day
from typing import Any

from insights.problems import Problem
from insights.publish import OWN_WORDS, SECRETS, ScanRule
from insights.source import EssaySource

from .fences import Fence, Row
from .words import CITATION, CODE, NOTE, RESULT, Block, count_words

Rule = Callable[[list[Block]], Iterator[Problem]]

LONGEST_SENTENCE = 40
LONGEST_PARAGRAPH = 120
#: Phrases that every blog has worn out, and constructions that refute what nobody said.
WORN = (
    "at the end of the day", "crucial", "delve", "game-changer", "here’s the thing", "in other words", "in today’s world",
    "it’s not just", "landscape", "let’s dive", "robust", "scalable", "seamless", "simply", "the key insight",
    "this matters because",
)  # fmt: skip
WORN_PHRASE = re.compile(rf"\b(?:{'|'.join(map(re.escape, WORN))})\b".replace(r"\ ", r"\s+"), re.IGNORECASE)
#: What typewriters print for other marks; but not the |---| of a table, which another rule reports.
TYPEWRITER = re.compile(r"\"|'|(?<![|:-])---?(?![|:-])|\.\.\.")
TYPOGRAPHIC = {'"': "“ or ”", "'": "’ or ‘", "--": "– or —", "---": "– or —", "...": "…"}
#: A number, but not part of a name, a version, a date or an address.
NUMERAL = re.compile(r"(?<![\w.,/–-])\d[\d,]*(?:\.\d+)?%?(?![\w/])")


def _matches(pattern: re.Pattern[str], blocks: Iterable[Block]) -> list[tuple[int, re.Match[str]]]:
    """The matches of ``pattern`` in the blocks, each with its line."""
    return [(block.line_of(match.start()), match) for block in blocks for match in pattern.finditer(block.text)]


def no_worn_phrases(blocks: list[Block]) -> Iterator[Problem]:
    """No worn phrases: a text that needs “simply” or “crucial” needs another sentence."""
    for line, match in _matches(WORN_PHRASE, blocks):
        yield Problem(line, f"“{' '.join(match[0].casefold().split())}” is worn; say what you mean, or leave it out")


def typographic_marks(blocks: list[Block]) -> Iterator[Problem]:
    """Quotes are ’ “ ”, ranges have –, and dashes are —, rather than their typewriter forms."""
    for line, match in _matches(TYPEWRITER, blocks):
        yield Problem(line, f"{match[0]} in prose; write {TYPOGRAPHIC[match[0]]}")


def headings_in_order(blocks: list[Block]) -> Iterator[Problem]:
    """Headings go down one level at a time."""
    last = 0  # another rule is about the level of the first heading, the title
    for block in (block for block in blocks if block.kind == "heading"):
        if 0 < last < block.level - 1:
            yield Problem(block.line, f"a heading of level {block.level} below one of level {last}; write {'#' * (last + 1)}")
        last = block.level


def headings_cite_nothing(blocks: list[Block]) -> Iterator[Problem]:
    """Headings have no citations and no footnotes, since neither works in the lists that repeat a heading."""
    for block in blocks:
        if block.kind == "heading" and (CITATION in block.text or NOTE in block.text):
            what = "citation" if CITATION in block.text else "footnote"
            yield Problem(block.line, f"a {what} in a heading; put it after the sentence below that needs it")


def pictures_are_described(blocks: list[Block]) -> Iterator[Problem]:
    """Every picture has an alt text that says what it shows."""
    for block in blocks:
        if block.kind == "alt" and not block.text.strip():
            message = "a picture without alt text; say what it shows: ![what it shows](file), or :alt: in a directive"
            yield Problem(block.line, message)


#: Mistakes that make Markdown print markup as typed, and how to write it. The first pattern that matches a stretch of text wins.
LITERAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\{([a-z:-]+)\}`?(\w+)"), r"a role is written {\1}`\2`"),
    (re.compile(r"\{(result|cite|term|math|eq|ref)\}`*"), r"a role is written {\1}`…`"),
    (re.compile(rf":([a-z]+):(?={CODE})"), r"a role is written {\1}`…`"),
    (re.compile(rf"\b(cite|footcite|result|term|math|eq|ref|numref|doc|download|abbr|sub|sup|kbd){CODE}"),
        r"a role is written {\1}`…`"),
    (re.compile(rf"(?<=[\d{RESULT}])%%(?!\w)"), r"write one %"),
    (re.compile(r"^:{1,2}\{([\w-]+)\}", re.MULTILINE), r"a box opens with three colons, and ends with as many: :::{\1}"),
    (re.compile(r"^\.\. ([\w-]+)::", re.MULTILINE), r"a box is written :::{\1}, and ends with :::"),
    (re.compile(r"^\[!(\w+)\]", re.MULTILINE),
        r"a box is of the kind NOTE, TIP, IMPORTANT, WARNING or CAUTION, or written :::{note}"),
    (re.compile(r"^(?:!!!|\?\?\?\+?) ?(\w+)", re.MULTILINE), r"a box is written :::{\1}, and ends with :::"),
    (re.compile(r"^===\+? [\"“]([^\"”\n]*).*", re.MULTILINE), r"a tab is written :::{tab-item} \1, in a ::::{tab-set}"),
    (re.compile(r"^\[[ xX]\] ", re.MULTILINE), r"the box of a task stands in a list: - [ ] words"),
    (re.compile(r"^\|.*\|$(?:\n\|.*\|$)*", re.MULTILINE),
        r"a table has a head, below it a line |---|---| with as many columns, and a line for each row"),
    (re.compile(r"\\([a-zA-Z]+)\{"), r"LaTeX works in formulas only, such as $x^2$; a citation is written {cite}`…`"),
    (re.compile(r"\{\{[<%].*?[%>]\}\}|\{%.*?%\}"), r"it is a command of another program; write what it would print"),
    (re.compile(r"^\{[.#:][^}\n]*\}?", re.MULTILINE), r"attributes are written in braces, {#name}, right above their block"),
    (re.compile(r"\^\[[^\]\n]*\]"), r"a footnote is written [^name], and its text on a line of its own, [^name]: …"),
    (re.compile(r"^\*\[([^\]\n]+)\]:.*", re.MULTILINE), r"an abbreviation is written {abbr}`\1 (its words)`"),
    (re.compile(r"\[\[([^\]\n]*)\]\]"), r"a link is written [words](/essays/SLUG/index.md)"),
    (re.compile(r"\]\[([^\]\n]*)\]"), r"a link is written [words](address)"),
    (re.compile(r"\[[^\]\n]+\] \((\w+://[^)\n]*|[^)\s]*[/#][^)\s]*|[^)\s]+\.\w+|\w)\)"),
        r"a link is written [words](address), without a space between"),
    (re.compile(rf"{CODE}_\b"), r"a link is written [words](address)"),
    (re.compile(r"(?<![\w/])https?://[^\s)]*[\w/]"), r"a link is written <address>, or [words](address)"),
    (re.compile(r"~~"), r"words are struck out as ~~words~~, without spaces inside"),
    (re.compile(r"==(?=[^\s=])[^=\n]*[^\s=]=="), r"nothing is highlighted here; write **words**"),
    (re.compile(r"\b[A-Za-z0-9]+~(\w+)~"), r"a subscript is written {sub}`\1`"),
    (re.compile(r"(?<=\w)\^(\w{1,3})\^"), r"a superscript is written {sup}`\1`"),
    (re.compile(r"(?:(?<=\s)|^):([a-z][a-z_]+|\+1|-1):(?=[\s.,;!?)]|$)"), r"paste the character itself"),
    (re.compile(r"\[@([\w:.-]+)\]?"), r"a citation is written {cite}`\1`"),
    (re.compile(r"^(#{2,6}) ?([^\W\d]\w*)", re.MULTILINE), r"a heading is written \1 \2, with a space"),
    (re.compile(r"\*\*\s+([^\s*\d][^*\n]*?)\s*\*\*|\*\*(?=\w)[^*\n]*"),
        r"bold words are written **words**, without spaces inside"),
    (re.compile(r"\]\(([^)\n]*)\)?"), r"a link is written [words](address), without spaces in the address"),
    (re.compile(r"`+(\w*)"), r"code is written between two backticks"),
    (re.compile(r"\\$"), r"remove it, or write the next line right below"),
)  # fmt: skip


def nothing_is_printed_as_typed(blocks: list[Block]) -> Iterator[Problem]:
    """No role, link, heading or other markup is written so that Markdown would print it as typed."""
    for block in blocks:
        if block.kind in ("paragraph", "cell", "heading"):
            taken: list[tuple[int, int]] = []
            for pattern, fix in LITERAL:
                for match in pattern.finditer(block.text):
                    if all(match.end() <= start or end <= match.start() for start, end in taken):
                        taken.append(match.span())
                        typed = match[0].partition("\n")[0].strip().replace(CODE, "`…`")
                        yield Problem(block.line_of(match.start()), f"{typed} is printed as typed; {match.expand(fix)}")


#: Roles, links, emphasis and code.
MARKUP = re.compile(r"\{\w+\}`[^`\n]*`|\[[^\]\n]*\]\([^)\n]*\)|\*+\w[^*\n]*\*+|`[^`\n]*`")


def plain_text_is_plain(blocks: list[Block]) -> Iterator[Problem]:
    """Summaries and alt texts are plain text, without markup, links or roles, except for results in alt texts."""
    for line, match in _matches(MARKUP, (block for block in blocks if block.kind in ("summary", "alt"))):
        yield Problem(line, f"{match[0]} is shown as typed; summaries and alt texts are plain text")


def tables_are_whole(rows: list[Row]) -> Iterator[Problem]:
    """No row of a table has more cells than its head, since the others would not be shown."""
    for row in rows:
        if row.cells > row.columns:
            size = f"{row.cells} cells in a table of {row.columns} columns"
            yield Problem(row.line, f"a row of {size}; a | within a cell is written \\|")


def rows_are_full(rows: list[Row]) -> Iterator[Problem]:
    """A row of a table has as many cells as its head."""
    for row in rows:
        if row.cells < row.columns:
            yield Problem(row.line, f"a row of {row.cells} of {row.columns} cells; write the others, even if they are empty")


def nothing_leaks(text: str, unquoted: str | None, rules: Iterable[ScanRule]) -> Iterator[Problem]:
    """Outside code there is no TODO, address or path of a machine, or e-mail address that is neither in conf.py nor a link.

    ``unquoted``: the text without its code; None for Python, where backticks do not quote.
    """
    for rule in rules:
        searched, fix = text, "remove it"
        if rule.scope == OWN_WORDS and unquoted is not None:
            searched, fix = unquoted, "remove it, write it in backticks, or start its line with % if it is a note to yourself"
        elif rule.scope == SECRETS:
            fix = "remove it, and have it replaced where it was issued; in an example, write … for its middle"
        for match in rule.pattern.finditer(searched):
            if not rule.allowed(match):
                yield Problem(searched.count("\n", 0, match.start()) + 1, f"{rule.name}: {rule.shown(match)}; {fix}")


def fences_are_closed(fences: list[Fence]) -> Iterator[Problem]:
    """Every fence is closed, since it would otherwise contain the rest of the text."""
    for fence in fences:
        if not fence.closed:
            name = fence.info.partition("\n")[0] or "without a name"
            yield Problem(fence.line, f"the fence {name} is never closed; close it with as many ` or : on a line below its text")


def essays_lead_to_what_is_public(essay: EssaySource, others: Iterable[EssaySource], today: Day) -> Iterator[Problem]:
    """An essay links to no draft, and to no essay that is scheduled for a later day than its own."""
    if essay.record is None or essay.record.draft:
        return
    day = max(essay.record.date, today)
    for other in others:
        if other.record and not other.public(day):
            state = "a draft" if other.record.draft else f"scheduled for {other.record.date}"
            fix = "remove the link, or publish that essay no later than this one"
            link = re.compile(rf"(?:/essays|\.\.)/{re.escape(other.slug)}/")
            for number, line in enumerate(essay.text.splitlines(), 1):
                if link.search(line):
                    yield Problem(number, f"a link to {other.slug}, which is {state}; {fix}")


def sentences_fit_a_breath(blocks: list[Block]) -> Iterator[Problem]:
    """A sentence has at most forty words."""
    for block in blocks:
        for position, sentence in block.sentences():
            if (count := count_words(sentence)) > LONGEST_SENTENCE:
                yield Problem(block.line_of(position), f"a sentence of {count} words; split it in two")


def paragraphs_hold_one_idea(blocks: list[Block]) -> Iterator[Problem]:
    """A paragraph has at most a hundred and twenty words, since a longer one has two ideas in it."""
    for block in blocks:
        if block.kind == "paragraph" and (count := count_words(block.text)) > LONGEST_PARAGRAPH:
            yield Problem(block.line, f"a paragraph of {count} words; split it in two")


def no_typed_results(blocks: list[Block], results: Mapping[str, Any], quoted: Mapping[str, set[str]]) -> Iterator[Problem]:
    """A number that the model computes is never typed, unless its sentence cites another source or it is round, as 60 or 0.5.

    ``quoted``: the formats in which the text quotes each result.
    """
    numbers = {name: value for name, value in results.items() if isinstance(value, int | float)}
    for block in blocks:
        for position, sentence in block.sentences() if block.kind != "heading" else ():
            for match in NUMERAL.finditer(sentence) if CITATION not in sentence else ():
                if name := _result(match[0], numbers, quoted):
                    role = f"{{result}}`{name}:{_spec(match[0])}`"
                    message = f"{match[0]} is the model’s {name}; write {role}, or cite another source for it"
                    yield Problem(block.line_of(position + match.start()), message)


def _result(numeral: str, numbers: Mapping[str, float], quoted: Mapping[str, set[str]]) -> str | None:
    """The result that ``numeral`` shows, in a format in which the text quotes that result, or in any format if it never does.

    None for years and for round numbers below a thousand, which often equal a result by chance.
    """
    bare = numeral.removesuffix("%").replace(",", "")
    digits = bare.replace(".", "").lstrip("0") if "." in bare else bare.strip("0")
    if (len(digits) < 2 and len(bare) < 4) or re.fullmatch(r"(19|20)\d\d", numeral):
        return None
    own = {_spec(numeral).replace(",", "")}
    for name, value in numbers.items():
        if any(_formatted(value, spec).replace(",", "") == numeral.replace(",", "") for spec in quoted.get(name, own)):
            return name
    return None


def _formatted(value: float, spec: str) -> str:
    """A result in the format ``spec``; empty if the spec is none for it, which the build reports."""
    try:
        return format(value, spec)
    except (ValueError, OverflowError):
        return ""


def _spec(numeral: str) -> str:
    """The format spec that prints a number like ``numeral``."""
    decimals = len(numeral.removesuffix("%").partition(".")[2])
    return f"{',' if ',' in numeral else ''}.{decimals}{'%' if numeral.endswith('%') else 'f'}"


#: The rules that take nothing but the blocks of a text: those that always hold, and those of taste by name.
ALWAYS: tuple[Rule, ...] = (
    headings_cite_nothing, pictures_are_described, nothing_is_printed_as_typed, plain_text_is_plain,
)  # fmt: skip
TASTE: dict[str, Rule] = {
    "worn-phrases": no_worn_phrases,
    "quotes": typographic_marks,
    "heading-levels": headings_in_order,
    "long-sentences": sentences_fit_a_breath,
    "long-paragraphs": paragraphs_hold_one_idea,
}
