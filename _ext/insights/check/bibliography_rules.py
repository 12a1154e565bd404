"""The rules for the bibliography: each is a function that takes the text of references.bib, and yields problems.

The first line of its docstring is the rule as CONTRIBUTING.md states it.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from pybtex.database import BibliographyDataError, Entry, parse_string
from pybtex.exceptions import PybtexError
from pybtex.style.template import FieldIsMissing
from sphinxcontrib.bibtex import citation_target

from insights.addresses import WEB, scheme_of
from insights.markup import SOURCE_KINDS, ReferenceStyle, addresses, clean_address, complete, unknown_command
from insights.problems import CONFLICT, Problem, unknown_value, unresolved
from insights.reporting import not_bibtex

#: A citation in Markdown, and in reStructuredText; any role of sphinxcontrib-bibtex.
CITATION = re.compile(r"[{:](?:foot)?cite(?::\w+)?[}:]`([^`]+)`")
#: A list of sources, whose lines may be keys; one that may hold any source.
LIST = re.compile(r"(?:\{bibliography\}|\.\. bibliography::).*?(?=^\s*(?:`{3,}|~{3,}|:{3,})|\Z)", re.DOTALL | re.MULTILINE)
CHOSEN = re.compile(r"^\s*:(?:all|filter|notcited):", re.MULTILINE)
#: The line that begins an entry, with its key.
ENTRY = re.compile(r"\s*@\w+\s*\{\s*([^,]*?)\s*,")
#: The fields that name other entries.
PARENTS = ("crossref", "xdata")


def every_source_is_cited(bibliography: str, texts: Iterable[str]) -> Iterator[Problem]:
    """Every entry of references.bib is cited by an essay."""
    entries = _read(bibliography)
    if isinstance(entries, PybtexError):
        return
    cited, lists = set[str](), list[str]()
    for text in texts:
        cited |= {target.key for keys in CITATION.findall(text) for target in _targets(keys)}
        lists += [match[0] for match in LIST.finditer(text)]
    cited |= {line.strip() for listed in lists for line in listed.splitlines()}
    cited |= {
        parent.strip() for entry in entries.values() for name in PARENTS for parent in entry.fields.get(name, "").split(",")
    }
    if any(CHOSEN.search(listed) for listed in lists):
        return
    for key, entry in entries.items():
        if key not in cited and entry.type != "xdata":
            yield Problem(_line_of_entry(bibliography, key), f"no essay cites {key}; remove the entry")


def _targets(keys: str) -> Iterable[citation_target.CitationTarget]:
    """The keys in a citation; none if it cannot be read, which is told where it is."""
    try:
        return list(citation_target.parse_citation_targets(keys))
    except ValueError:
        return []


def bibliography_can_be_read(bibliography: str) -> Iterator[Problem]:
    """references.bib is valid BibTeX: every entry is closed, and every key is used once."""
    for mark in CONFLICT.finditer(bibliography):
        yield Problem(bibliography.count("\n", 0, mark.start()) + 1, unresolved(mark[0]))
    entries = _read(bibliography)
    if isinstance(entries, BibliographyDataError):
        key = str(entries).rpartition(": ")[2]  # repeated bibliography entry: KEY
        yield Problem(_line_of_entry(bibliography, key), f"the entry {key} is defined twice; remove one")
    elif isinstance(entries, PybtexError):
        yield not_bibtex(entries, bibliography)


@lru_cache(maxsize=1)
def _read(bibliography: str) -> Mapping[str, Entry] | PybtexError:
    """The entries by their keys, or why they cannot be read; three rules ask for the same text, and it may have thousands."""
    try:
        return parse_string(bibliography, "bibtex").entries
    except PybtexError as error:
        return error


def sources_can_be_printed(bibliography: str) -> Iterator[Problem]:
    """Every source has a type of BibTeX, and its fields; its links begin with https:// or http://, and its doi with 10."""
    entries = _read(bibliography)
    if isinstance(entries, PybtexError):
        return
    for key, written in entries.items():
        line, entry = _line_of_entry(bibliography, key), complete(written, entries)
        if written.type == "xdata":
            continue
        if entry.type not in SOURCE_KINDS:
            yield Problem(line, unknown_value("kind of source", entry.type, SOURCE_KINDS))
        if not entry.fields.get("title", "").strip():
            yield Problem(line, f"the source {key} has no title; write title = {{…}}")
        elif entry.type in SOURCE_KINDS:
            yield from (Problem(line, wrong) for wrong in _printed(entry))
        if (url := entry.fields.get("url")) and not re.fullmatch(r"https?://[^\s/]+\.\S+", url):
            yield Problem(line, f"the url of {key} is {url!r}; write an address that begins with https:// or http://")
        for address in filter(lambda address: scheme_of(clean_address(address)) not in WEB, addresses(written)):
            yield Problem(line, f"{key} has a link to {address!r}; write an address that begins with https:// or http://")
        if (doi := entry.fields.get("doi")) and not re.fullmatch(r"10\.\d+/\S+", doi):
            yield Problem(line, f"the doi of {key} is {doi!r}; write it as 10.1000/182, with nothing before the 10")
        if (date := entry.fields.get("date")) and "year" not in entry.fields:
            yield Problem(line, f"the date of {key} is {date!r}; write it as 2021-03-04, 2021-03 or 2021")


def _printed(entry: Entry) -> Iterator[str]:
    """What is wrong with an entry as it is printed: a field that its type requires is missing, or LaTeX is left."""
    try:
        text = ReferenceStyle().format_entry("", entry).text
    except FieldIsMissing as error:
        missing = str(error).split()[1]  # missing FIELD in KEY
        yield f"the source {entry.key} has no {missing}; write {missing} = {{…}}, or make it an @misc"
    else:
        if command := unknown_command(text):
            yield f"the source {entry.key} has the LaTeX command {command}, which would be printed; write the characters instead"


def _line_of_entry(bibliography: str, key: str) -> int:
    """The line of the last entry with this key, or 1."""
    return _lines(bibliography).get(key, 1)


@lru_cache(maxsize=1)
def _lines(bibliography: str) -> dict[str, int]:
    """The line of each entry, by its key."""
    found = ((number, ENTRY.match(line)) for number, line in enumerate(bibliography.splitlines(), 1))
    return {entry[1]: number for number, entry in found if entry}
