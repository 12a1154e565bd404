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

from .front_matter import Problem
from .manuscripts import Manuscript
from .prose import CITATION, Block, Fence, words

Rule = Callable[[list[Block]], Iterator[Problem]]

LONGEST_SENTENCE = 40
LONGEST_PARAGRAPH = 120
#: Phrases that every blog has used up, and constructions that argue against what nobody said.
WORN = (
    "at the end of the day", "crucial", "delve", "game-changer", "here’s the thing", "in other words", "in today’s world",
    "it’s not just", "landscape", "let’s dive", "robust", "scalable", "seamless", "simply", "the key insight",
    "this matters because",
)  # fmt: skip
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
        for found in re.finditer(r"\"|'|---?|\.\.\.", block.text):
            mark = found[0][:2] if found[0].startswith("-") else found[0]
            yield Problem(block.line_of(found.start()), f"{found[0]} in prose; write {meant[mark]}")


def headings_in_order(blocks: list[Block]) -> Iterator[Problem]:
    """Headings go down one level at a time, and no two of a text are equal."""
    last, seen = 0, dict[str, int]()
    for block in (block for block in blocks if block.kind == "heading"):
        if block.level > last + 1:
            yield Problem(block.line, f"a heading of level {block.level} below one of level {last}; write {'#' * (last + 1)}")
        if first := seen.get(block.text):
            yield Problem(block.line, f"the heading “{block.text}” stands on line {first} too; the address of one would shift")
        last = block.level
        seen.setdefault(block.text, block.line)


def pictures_are_described(blocks: list[Block]) -> Iterator[Problem]:
    """Every picture has an alt text, which says what is to be seen in it."""
    for block in blocks:
        if block.kind == "alt" and not block.text.strip():
            yield Problem(
                block.line, "a picture without alt text; say what it shows: ![what it shows](file), or :alt: in a directive"
            )


def fences_are_closed(fences: list[Fence]) -> Iterator[Problem]:
    """Every fence that is opened is closed, since all below it would vanish into it."""
    for fence in fences:
        if not fence.closed:
            name = fence.info.partition("\n")[0] or "without a name"
            yield Problem(
                fence.line, f"the fence {name} is never closed; write a line of as many ` or : as opened it below its text"
            )


def essays_lead_to_what_is_public(manuscript: Manuscript, others: Iterable[Manuscript], today: Day) -> Iterator[Problem]:
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
            if (count := words(sentence)) > LONGEST_SENTENCE:
                yield Problem(block.line_of(position), f"a sentence of {count} words; cut it in two")


def paragraphs_hold_one_idea(blocks: list[Block]) -> Iterator[Problem]:
    """A paragraph of more than a hundred and twenty words has two ideas in it."""
    for block in blocks:
        if block.kind == "paragraph" and (count := words(block.text)) > LONGEST_PARAGRAPH:
            yield Problem(block.line, f"a paragraph of {count} words; part it")


def no_typed_results(blocks: list[Block], results: Mapping[str, Any], quoted: Mapping[str, set[str]]) -> Iterator[Problem]:
    """A number that the model computes is never typed, unless the sentence cites another source for it."""
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

    Round numbers and years coincide too easily to be told.
    """
    bare = numeral.removesuffix("%").replace(",", "")
    digits = bare.replace(".", "").lstrip("0") if "." in bare else bare.strip("0")
    if len(digits) < 2 or re.fullmatch(r"(19|20)\d\d", numeral):
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
        yield Problem(
            error.lineno, f"not BibTeX: {error.args[0]}; look for a brace or a comma that is missing in the entry above"
        )
    except pybtex.database.BibliographyDataError as error:
        key = re.search(r": (\S+)$", str(error))
        lines = [
            n for n, line in enumerate(bibliography.splitlines(), 1) if key and re.match(rf"@\w+\{{{re.escape(key[1])},", line)
        ]
        yield Problem(lines[-1] if lines else 1, f"the entry {key[1] if key else ''} stands here twice; take one out")


#: What is wrong, and what an author is asked to look at again.
ERRORS: tuple[Rule, ...] = (no_worn_phrases, typographic_marks, headings_in_order, pictures_are_described)
WARNINGS: tuple[Rule, ...] = (sentences_fit_a_breath, paragraphs_hold_one_idea)
