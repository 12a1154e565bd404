"""The rules for the bibliography: each is a function that takes the text of references.bib, and yields problems.

The first line of its docstring is the rule as CONTRIBUTING.md states it.
"""

import re
from collections.abc import Iterable, Iterator

from pybtex.database import BibliographyDataError, Entry, parse_string
from pybtex.scanner import PybtexSyntaxError
from pybtex.style.formatting.unsrt import Style as UnsrtStyle
from pybtex.style.template import FieldIsMissing

from insights.markup import ReferenceStyle
from insights.problems import Problem, unknown_value
from insights.reporting import NOT_BIBTEX

#: The types of entries that the list of references can print.
TYPES = sorted(name[4:-9] for name in vars(UnsrtStyle) if re.fullmatch(r"get_\w+_template", name))


def every_source_is_cited(bibliography: str, texts: Iterable[str]) -> Iterator[Problem]:
    """Every entry of references.bib is cited by an essay."""
    cited = {key.strip() for text in texts for keys in re.findall(r"\{cite\}`([^`]+)`", text) for key in keys.split(",")}
    for number, line in enumerate(bibliography.splitlines(), 1):
        if (entry := re.match(r"@(\w+)\{([^,]+),", line)) and entry[2] not in cited:
            yield Problem(number, f"no essay cites {entry[2]}; remove the entry")


def bibliography_can_be_read(bibliography: str) -> Iterator[Problem]:
    """references.bib is valid BibTeX: every entry is closed, and every key is used once."""
    try:
        parse_string(bibliography, "bibtex")
    except PybtexSyntaxError as error:
        yield Problem(error.lineno, NOT_BIBTEX.format(error.args[0]))
    except BibliographyDataError as error:
        key = str(error).rpartition(": ")[2]  # repeated bibliography entry: KEY
        yield Problem(_line_of_entry(bibliography, key), f"the entry {key} is defined twice; remove one")


def sources_can_be_printed(bibliography: str) -> Iterator[Problem]:
    """Every source has a type of BibTeX, and its fields; its url begins with https:// or http://, and its doi with 10."""
    try:
        entries = parse_string(bibliography, "bibtex").entries
    except (PybtexSyntaxError, BibliographyDataError):
        return
    for key, entry in entries.items():
        line = _line_of_entry(bibliography, key)
        if entry.type not in TYPES:
            yield Problem(line, unknown_value("kind of source", entry.type, TYPES))
        if not entry.fields.get("title", "").strip():
            yield Problem(line, f"the source {key} has no title; write title = {{…}}")
        elif entry.type in TYPES and (field := _missing_field(entry)):
            yield Problem(line, f"the source {key} has no {field}; write {field} = {{…}}, or make it an @misc")
        if (url := entry.fields.get("url")) and not re.fullmatch(r"https?://[^\s/]+\.\S+", url):
            yield Problem(line, f"the url of {key} is {url!r}; write an address that begins with https:// or http://")
        if (doi := entry.fields.get("doi")) and not re.fullmatch(r"10\.\d+/\S+", doi):
            yield Problem(line, f"the doi of {key} is {doi!r}; write it as 10.1000/182, with nothing before the 10")


def _missing_field(entry: Entry) -> str | None:
    """The first field that the type of an entry requires and that the entry lacks."""
    try:
        ReferenceStyle().format_entry("", entry)
    except FieldIsMissing as error:
        return str(error).split()[1]  # missing FIELD in KEY
    return None


def _line_of_entry(bibliography: str, key: str) -> int:
    """The line of the last entry with this key, or 1."""
    start = re.compile(rf"\s*@\w+\s*\{{\s*{re.escape(key)}\s*,")
    return max((number for number, line in enumerate(bibliography.splitlines(), 1) if start.match(line)), default=1)
