"""The rules of the house for prose: one function each, from the blocks of a text to what is wrong with them.

The first line of a function's docstring is the rule as authors read it in CONTRIBUTING.md.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date as Day
from typing import Any

import pybtex.database
from pybtex.scanner import PybtexSyntaxError
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.template import FieldIsMissing

from insights.markup import ReferenceStyle
from insights.problems import Problem
from insights.publish import OWN_WORDS, ScanRule
from insights.reporting import NOT_BIBTEX
from insights.source import CITATION, CODE, NOTE, Block, EssaySource, Fence, Row, count_words, unknown_value, without_quotes

Rule = Callable[[list[Block]], Iterator[Problem]]

LONGEST_SENTENCE = 40
LONGEST_PARAGRAPH = 120
#: Phrases that every blog has used up, and constructions that argue against what nobody said.
WORN = (
    "at the end of the day", "crucial", "delve", "game-changer", "here’s the thing", "in other words", "in today’s world",
    "it’s not just", "landscape", "let’s dive", "robust", "scalable", "seamless", "simply", "the key insight",
    "this matters because",
)  # fmt: skip
#: Mathematics as TeX writes it, and not two prices.
DOLLARS = re.compile(r"\$\$[^$]*(?:\$\$)?|(?<![\w$])\$(?=\S)[^$]*(?<=\S)\$(?!\w)")
#: What the list of references can print.
KINDS_OF_SOURCES = sorted(name[4:-9] for name in vars(UnsrtStyle) if re.fullmatch(r"get_\w+_template", name))
NUMERAL = re.compile(r"(?<![\w.,/–-])\d[\d,]*(?:\.\d+)?%?(?![\w/])")


def no_worn_phrases(blocks: list[Block]) -> Iterator[Problem]:
    """No worn phrases: a text that needs “simply” or “crucial” needs another sentence."""
    for block in blocks:
        for phrase in WORN:
            pattern = rf"\b{re.escape(phrase)}\b".replace(r"\ ", r"\s+")
            for found in re.finditer(pattern, block.text, re.IGNORECASE):
                yield Problem(block.line_of(found.start()), f"“{phrase}” is worn; say what you mean, or leave it out")


def typographic_marks(blocks: list[Block]) -> Iterator[Problem]:
    """Quotes are ’ “ ”, a range has –, a dash is —; none of them is typed as on a typewriter."""
    meant = {'"': "“ or ”", "'": "’ or ‘", "--": "– or —", "...": "…"}
    for block in blocks:
        # What is left of a table is told by another rule.
        for found in re.finditer(r"\"|'|(?<![|:-])---?(?![|:-])|\.\.\.", block.text):
            mark = found[0][:2] if found[0].startswith("-") else found[0]
            yield Problem(block.line_of(found.start()), f"{found[0]} in prose; write {meant[mark]}")


def formulas_are_maths(blocks: list[Block]) -> Iterator[Problem]:
    """A formula stands in {math}; what stands between dollars is printed as it is typed, dollars and all."""
    for block in blocks:
        for found in DOLLARS.finditer(block.text):
            mend = "a {math} fence" if found[0].startswith("$$") else f"{{math}}`{found[0].strip('$')}`"
            yield Problem(block.line_of(found.start()), f"{found[0].split()[0]} would be printed as typed; write {mend}")


def headings_in_order(blocks: list[Block]) -> Iterator[Problem]:
    """Headings go down one level at a time."""
    last = 0  # what the first of them is, is said where the title is looked for
    for block in (block for block in blocks if block.kind == "heading"):
        if 0 < last < block.level - 1:
            yield Problem(block.line, f"a heading of level {block.level} below one of level {last}; write {'#' * (last + 1)}")
        last = block.level


def headings_cite_nothing(blocks: list[Block]) -> Iterator[Problem]:
    """Headings cite nothing and have no footnotes: they stand in lists too, where neither leads anywhere."""
    for block in blocks:
        if block.kind == "heading" and (CITATION in block.text or NOTE in block.text):
            what = "citation" if CITATION in block.text else "footnote"
            yield Problem(block.line, f"a {what} in a heading; write it behind the sentence below that needs it")


def pictures_are_described(blocks: list[Block]) -> Iterator[Problem]:
    """Every picture has an alt text, which says what is to be seen in it."""
    for block in blocks:
        if block.kind == "alt" and not block.text.strip():
            yield Problem(
                block.line, "a picture without alt text; say what it shows: ![what it shows](file), or :alt: in a directive"
            )


#: What Markdown leaves in a paragraph as it was typed, and what was meant.
LITERAL: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\{([a-z:-]+)\}`?(\w+)"), r"a role is written {\1}`\2`"),
    (re.compile(r"\{(result|cite|term|math|eq|ref)\}`*"), r"a role is written {\1}`…`"),
    (re.compile(rf":([a-z]+):(?={CODE})"), r"a role is written {\1}`…`"),
    (re.compile(r"^:{1,2}\{([\w-]+)\}", re.MULTILINE), r"a box is opened by three colons, and closed by as many: :::{\1}"),
    (re.compile(r"^\.\. ([\w-]+)::", re.MULTILINE), r"a box is written :::{\1}, and closed by :::"),
    (re.compile(r"^\[!(\w+)\]", re.MULTILINE), r"a box is written :::{note}, and closed by :::"),
    (re.compile(r"^\[[ xX]\] ", re.MULTILINE), r"there are no boxes to tick; write a list without them"),
    (
        re.compile(r"^\|.*\|$(?:\n\|.*\|$)*", re.MULTILINE),
        r"a table is a head, a line |---|---| with as many columns, and rows, each on its line",
    ),
    (re.compile(r"\\([a-zA-Z]+)\{"), r"LaTeX stands in {math} only; a citation is written {cite}`…`"),
    (re.compile(r"\{\{[^}\n]*\}\}"), r"there are no substitutions; write the words"),
    (re.compile(r"^\{[.#][^}\n]*\}?", re.MULTILINE), r"attributes stand in braces, {#name}, right above what they are of"),
    (re.compile(r"\^\[[^\]\n]*\]"), r"a footnote is written [^name], and its text on a line of its own, [^name]: …"),
    (re.compile(r"\[\[([^\]\n]*)\]\]"), r"a link is written [words](/essays/SLUG/index.md)"),
    (re.compile(r"\]\[([^\]\n]*)\]"), r"a link is written [words](address)"),
    (re.compile(r"\[[^\]\n]+\] \(([^)\n]*)\)"), r"a link is written [words](address), without a space between"),
    (re.compile(rf"{CODE}_\b"), r"a link is written [words](address)"),
    (
        re.compile(r"(?<![\w/])https?://[^\s)]*[\w/]"),
        r"an address that readers can follow is written <address>, or [words](address)",
    ),
    (re.compile(r"~~"), r"nothing is struck out here; take the words out"),
    (re.compile(r"\[@([\w:.-]+)\]?"), r"a citation is written {cite}`\1`"),
    (re.compile(r"^(#{1,6}) ?([^\W\d]\w*)", re.MULTILINE), r"a heading is written \1 \2, with a space"),
    (re.compile(r"\*\*(\w[^*\n]*)"), r"strong words stand between two **, without spaces inside"),
    (re.compile(r"\]\(([^)\n]*)\)?"), r"a link is written [words](address), without spaces in the address"),
    (re.compile(r"`+(\w*)"), r"code stands between two `"),
)


def nothing_is_printed_as_typed(blocks: list[Block]) -> Iterator[Problem]:
    """No role, link, heading or mark is left over that Markdown does not take for one: it would be printed as it is typed."""
    for block in blocks:
        if block.kind in ("paragraph", "cell", "heading"):
            taken: list[tuple[int, int]] = []
            for pattern, mend in LITERAL:
                for found in pattern.finditer(block.text):
                    if all(found.end() <= start or end <= found.start() for start, end in taken):
                        taken.append(found.span())
                        typed = found[0].partition("\n")[0].strip().replace(CODE, "`…`")
                        message = f"{typed} is printed as it is typed; {found.expand(mend)}"
                        yield Problem(block.line_of(found.start()), message)


#: What Markdown there may be where there is to be none.
MARKS = re.compile(r"\{\w+\}`[^`\n]*`|\[[^\]\n]*\]\([^)\n]*\)|\*+\w[^*\n]*\*+|`[^`\n]*`")


def plain_text_is_plain(blocks: list[Block]) -> Iterator[Problem]:
    """A summary and an alt text are plain text: no marks, no links, no roles, but for results in an alt text."""
    for block in blocks:
        if block.kind in ("summary", "alt"):
            for found in MARKS.finditer(block.text):
                message = f"{found[0]} is shown as it is typed; a summary and an alt text are plain text"
                yield Problem(block.line_of(found.start()), message)


def tables_are_whole(rows: list[Row]) -> Iterator[Problem]:
    """A row of a table has no more cells than its head: those beyond would vanish."""
    for row in rows:
        if row.cells > row.columns:
            message = f"a row of {row.cells} cells in a table of {row.columns} columns; a | within a cell is written \\|"
            yield Problem(row.line, message)


def nothing_leaks(text: str, found: Iterable[ScanRule], *, code: bool = False) -> Iterator[Problem]:
    """No TODO, localhost or path of a machine outside code, no e-mail address but that of conf.py: no site has them.

    A file of ``code`` quotes nothing.
    """
    said = text if code else without_quotes(text)
    for rule in found:
        searched, mend = text, "take it out"
        if rule.scope == OWN_WORDS and not code:
            searched, mend = said, "take it out, write it in backticks, or begin its line with a % if it is a note to yourself"
        for match in rule.pattern.finditer(searched):
            if not rule.meant(match):
                yield Problem(searched.count("\n", 0, match.start()) + 1, f"{rule.name}: {match[0]}; {mend}")


def fences_are_closed(fences: list[Fence]) -> Iterator[Problem]:
    """Every fence that is opened is closed, since all below it would vanish into it."""
    for fence in fences:
        if not fence.closed:
            name = fence.info.partition("\n")[0] or "without a name"
            yield Problem(
                fence.line, f"the fence {name} is never closed; write a line of as many ` or : as opened it below its text"
            )


def essays_lead_to_what_is_public(manuscript: EssaySource, others: Iterable[EssaySource], today: Day) -> Iterator[Problem]:
    """An essay links to no draft, and to none that is scheduled for a day after its own."""
    if manuscript.record is None or manuscript.record.draft:
        return
    seen = max(manuscript.record.date, today)
    for other in others:
        if other.record and not other.public(seen):
            state = "a draft" if other.record.draft else f"scheduled for {other.record.date}"
            link = re.compile(rf"(?:/essays|\.\.)/{re.escape(other.slug)}/")
            for number, line in enumerate(manuscript.text.splitlines(), 1):
                if link.search(line):
                    message = (
                        f"a link to {other.slug}, which is {state}; take the link out, or publish that essay no later than this"
                    )
                    yield Problem(number, message)


def sentences_fit_a_breath(blocks: list[Block]) -> Iterator[Problem]:
    """A sentence of more than forty words is two."""
    for block in blocks:
        for position, sentence in block.sentences():
            if (count := count_words(sentence)) > LONGEST_SENTENCE:
                yield Problem(block.line_of(position), f"a sentence of {count} words; cut it in two")


def paragraphs_hold_one_idea(blocks: list[Block]) -> Iterator[Problem]:
    """A paragraph of more than a hundred and twenty words has two ideas in it."""
    for block in blocks:
        if block.kind == "paragraph" and (count := count_words(block.text)) > LONGEST_PARAGRAPH:
            yield Problem(block.line, f"a paragraph of {count} words; part it")


def no_typed_results(blocks: list[Block], results: Mapping[str, Any], quoted: Mapping[str, set[str]]) -> Iterator[Problem]:
    """A number that the model computes is never typed, unless its sentence cites another source or it is round, as 60 or 0.5."""
    numbers = {name: value for name, value in results.items() if isinstance(value, int | float)}
    for block in blocks:
        for position, sentence in block.sentences() if block.kind != "heading" else ():
            if CITATION in sentence:
                continue
            for found in NUMERAL.finditer(sentence):
                if name := _result(found[0], numbers, quoted):
                    role = f"{{result}}`{name}:{_spec(found[0])}`"
                    message = f"{found[0]} is the model’s {name}; write {role}, or cite another source for it"
                    yield Problem(block.line_of(position + found.start()), message)


def _result(numeral: str, numbers: Mapping[str, float], quoted: Mapping[str, set[str]]) -> str | None:
    """The result that a typed ``numeral`` shows, if any, in a form in which the text quotes it; in any form, if it never does.

    Years, and round numbers below a thousand, coincide too easily to be told.
    """
    bare = numeral.removesuffix("%").replace(",", "")
    digits = bare.replace(".", "").lstrip("0") if "." in bare else bare.strip("0")
    if (len(digits) < 2 and len(bare) < 4) or re.fullmatch(r"(19|20)\d\d", numeral):
        return None
    own = {_spec(numeral).replace(",", "")}
    for name, value in numbers.items():
        if any(format(value, spec).replace(",", "") == numeral.replace(",", "") for spec in quoted.get(name, own)):
            return name
    return None


def _spec(numeral: str) -> str:
    """The format spec that writes a number as it is typed."""
    decimals = len(numeral.removesuffix("%").partition(".")[2])
    return f"{',' if ',' in numeral else ''}.{decimals}{'%' if numeral.endswith('%') else 'f'}"


def every_source_is_cited(bibliography: str, texts: Iterable[str]) -> Iterator[Problem]:
    """Every entry of references.bib is cited by an essay."""
    cited = {key.strip() for text in texts for keys in re.findall(r"\{cite\}`([^`]+)`", text) for key in keys.split(",")}
    for number, line in enumerate(bibliography.splitlines(), 1):
        if (entry := re.match(r"@(\w+)\{([^,]+),", line)) and entry[2] not in cited:
            yield Problem(number, f"no essay cites {entry[2]}; take the entry out")


def bibliography_can_be_read(bibliography: str) -> Iterator[Problem]:
    """references.bib is BibTeX: every entry closed, every key used once."""
    try:
        pybtex.database.parse_string(bibliography, "bibtex")
    except PybtexSyntaxError as error:
        yield Problem(error.lineno, NOT_BIBTEX.format(error.args[0]))
    except pybtex.database.BibliographyDataError as error:
        key = re.search(r": (\S+)$", str(error))
        line = _line_of_entry(bibliography, key[1]) if key else 1
        yield Problem(line, f"the entry {key[1] if key else ''} is defined twice; remove one")


def sources_can_be_printed(bibliography: str) -> Iterator[Problem]:
    """Every source is of a kind that BibTeX has, with its fields; its url begins with https:// or http://, its doi with 10."""
    try:
        entries = pybtex.database.parse_string(bibliography, "bibtex").entries
    except (PybtexSyntaxError, pybtex.database.BibliographyDataError):
        return
    style = ReferenceStyle()
    for key, entry in entries.items():
        line = _line_of_entry(bibliography, key)
        if entry.type not in KINDS_OF_SOURCES:
            yield Problem(line, unknown_value("kind of source", entry.type, KINDS_OF_SOURCES))
        if not entry.fields.get("title", "").strip():
            yield Problem(line, f"the source {key} has no title; write title = {{…}}")
        elif field := _missing(entry, style):
            yield Problem(line, f"the source {key} has no {field}; write {field} = {{…}}, or make it an @misc")
        if (url := entry.fields.get("url")) and not re.fullmatch(r"https?://[^\s/]+\.\S+", url):
            yield Problem(line, f"the url of {key} is {url!r}; write an address that begins with https:// or http://")
        if (doi := entry.fields.get("doi")) and not re.fullmatch(r"10\.\d+/\S+", doi):
            yield Problem(line, f"the doi of {key} is {doi!r}; write one such as 10.1000/182, without what stands before the 10")


def _missing(entry: pybtex.database.Entry, style: ReferenceStyle) -> str | None:
    """The first field without which a source of its kind cannot be printed, if it lacks one."""
    if entry.type not in KINDS_OF_SOURCES:
        return None
    try:
        style.format_entry("", entry)
    except FieldIsMissing as error:
        return str(error).split()[1]  # missing FIELD in KEY
    return None


def _line_of_entry(bibliography: str, key: str) -> int:
    """The line of the last entry with the key."""
    start = re.compile(rf"\s*@\w+\s*\{{\s*{re.escape(key)}\s*,")
    return max((number for number, line in enumerate(bibliography.splitlines(), 1) if start.match(line)), default=1)


#: What is wrong, and what an author is asked to look at again.
ERRORS: tuple[Rule, ...] = (
    no_worn_phrases, typographic_marks, formulas_are_maths, headings_in_order, headings_cite_nothing, pictures_are_described,
    nothing_is_printed_as_typed, plain_text_is_plain,
)  # fmt: skip
WARNINGS: tuple[Rule, ...] = (sentences_fit_a_breath, paragraphs_hold_one_idea)
