"""The header of an essay: a typed record, and everything that can be wrong with one, said to its author.

The fields below are the whole contract; their descriptions are what an author is told when a value does not fit.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date as Day
from typing import Annotated, Any, NamedTuple

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from insights.problems import Problem

FENCE = "---"
#: The longest header, in characters, and how deep it goes: revisions are a list of fields.
LONGEST, DEEPEST = 20_000, 4
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
YEAR = re.compile(r"\d{4}")
#: Names under /essays/ that belong to other pages, ABlog's among them.
RESERVED = frozenset({"archive", "author", "category", "drafts", "language", "location", "tag"})


#: A header as most are: in each line a field, with words or with a list of words in brackets, without any other sign of YAML.
PLAIN = re.compile(r"(?:[a-z]+: (?:[A-Za-z0-9][\w .,;()/+’–—-]*|\[[\w ,-]*\])\n)+", re.ASCII)
#: Fields in which a # would be meant as one.
SENTENCES = frozenset({"summary", "note"})
#: Kinds of characters that no page can hold, and that an escape in YAML can name: control characters, halves of others.
UNWRITABLE = frozenset({"Cc", "Cs", "Cn"})


def _iso_day(value: object) -> Day:
    if isinstance(value, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return Day.fromisoformat(value)
    raise ValueError


def _words(value: object) -> object:
    if isinstance(value, str) and (not value.strip() or any(unicodedata.category(c) in UNWRITABLE for c in value if c != "\n")):
        raise ValueError
    return " ".join(value.split()) if isinstance(value, str) else value


def _name(value: object) -> object:
    if isinstance(value, str) and SLUG.fullmatch(value):
        return value
    raise ValueError


IsoDay = Annotated[Day, BeforeValidator(_iso_day, json_schema_input_type=str)]
Words = Annotated[str, BeforeValidator(_words)]
Slug = Annotated[str, BeforeValidator(_name)]


class Revision(BaseModel):
    """A change to a published essay that its readers should know of."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    date: IsoDay = Field(description="a day as YYYY-MM-DD, such as 2026-05-10")
    note: Words = Field(description="a sentence that says what changed")


class FrontMatter(BaseModel):
    """The header of an essay."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    date: IsoDay = Field(description="a day as YYYY-MM-DD, such as 2026-04-28")
    category: Words = Field(description="one of the categories in conf.py")
    summary: Words = Field(description="one or two sentences of text")
    tags: list[Words] = Field(default=[], description="a list of tags from conf.py, such as [latency, queueing]")
    featured: bool = Field(default=False, description="true or false")
    related: list[Words] = Field(default=[], description="a list of essays by folder name, such as [designing-for-failure]")
    revisions: list[Revision] = Field(default=[], description="a list of entries such as {date: 2026-05-10, note: What changed.}")
    draft: bool = Field(default=False, description="true or false")
    id: Slug = Field(default="", description="the folder name that the essay was first published under, such as an-old-name")


class Header(NamedTuple):
    """What a file's header came to: the record, if it is right, and the problems, if it is not."""

    record: FrontMatter | None
    problems: list[Problem]


def parse_front_matter(text: str) -> Header:
    """The header of an essay's ``text``, checked as far as the file alone allows."""
    block = split_front_matter(text)[0]
    if block is None and _opened(text):
        return Header(None, [Problem(1, f"the header has no end; write a line {FENCE} below its last field")])
    if block is None:
        return Header(None, [Problem(1, f"no header; begin the file with a line {FENCE}, the fields, and a line {FENCE}")])
    if len(block) > LONGEST:
        what = f"the header has {len(block):,} characters; allowed are {LONGEST:,}. End it with a line {FENCE}"
        return Header(None, [Problem(2, what)])
    try:
        node = compose(block)
        value = {} if node is None else _Loader("").construct_document(node)
    except (yaml.YAMLError, ValueError, OverflowError) as error:  # the last two from numbers and escapes that are none
        line, reason = _fault(error, block)
        return Header(None, [Problem(2 + line, f"the header is not YAML: {reason}; quote text that holds : or #")])
    if node is not None and not isinstance(node, yaml.MappingNode):
        return Header(None, [Problem(2, "the header is not a list of fields; write one `name: value` a line")])
    lines = dict(_lines(node)) if node else {}
    problems = [Problem(line, f"`{key}` is given twice; keep one") for key, line in _repeated(node)]
    problems += _cut(node, block)
    try:
        return Header(FrontMatter.model_validate(value), problems)
    except ValidationError as error:
        return Header(None, problems + _explained(error, lines))


def split_front_matter(text: str) -> tuple[str | None, int]:
    """The YAML between the fences that open ``text``, or None, and the number of lines that header and fences take."""
    lines = text.removeprefix("\ufeff").splitlines()
    if not _opened(text):
        return None, 0
    for number, line in enumerate(lines[1:], start=1):
        if line.rstrip() == FENCE:
            return "\n".join(lines[1:number]) + "\n", number + 1
    return None, 0


def _opened(text: str) -> bool:
    """Whether a header begins the text."""
    return text.removeprefix("\ufeff").partition("\n")[0].rstrip() == FENCE


def slug_problems(slug: str) -> Iterator[str]:
    """What is wrong with the name of an essay's folder, which is its address for good."""
    if not SLUG.fullmatch(slug):
        example = slug_of(slug) or "my-essay"
        yield f"the folder name {slug!r} is not an address; use a-z, 0-9 and single hyphens, such as {example!r}"
    elif slug in RESERVED or YEAR.fullmatch(slug):
        yield f"the folder name {slug!r} belongs to another page; allowed is any but {', '.join(sorted(RESERVED))} and years"


def slug_of(title: str) -> str:
    """The address that a title suggests: its words before a colon, without accents; empty if it has none."""
    plain = unicodedata.normalize("NFKD", re.sub("['’]", "", title.partition(":")[0]).casefold())
    # A letter of another script is left out; a dash or a quote parts two words, as a space does.
    parted = (c for c in plain if c.isascii() or not (c.isalnum() or unicodedata.combining(c)))
    return "-".join(re.findall(r"[a-z0-9]+", "".join(parted)))


def field_lines(text: str) -> dict[tuple[str | int, ...], int]:
    """The line in ``text`` of each field of its header, by path: ``("revisions", 0, "date")``."""
    block = split_front_matter(text)[0]
    node = compose(block) if block else None
    return dict(_lines(node)) if node else {}


def unknown_value(kind: str, value: str, allowed: Iterable[str]) -> str:
    """The message for a ``value`` that is none of those ``allowed``, with the nearest that is."""
    allowed = list(allowed)
    near = difflib.get_close_matches(value, allowed, 1, 0.6)
    meant = f"did you mean {near[0]!r}? Allowed" if near else "allowed"
    return f"unknown {kind} {value!r}; {meant} are: {', '.join(allowed)}"


class _Loader(yaml.SafeLoader):
    """The part of YAML that a header needs: no anchors, aliases or tags, few levels, every key a word, and days as written."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if name := getattr(event, "anchor", None):
            sign = "an alias *" if isinstance(event, yaml.AliasEvent) else "an anchor &"
            raise _refusal(f"{sign}{name}", event)
        if tag := getattr(event, "tag", None):
            raise _refusal(f"a tag {tag}", event)
        if self.depth > DEEPEST:
            raise _refusal("lists in lists", event)
        self.depth += 1
        node = super().compose_node(parent, index)
        self.depth -= 1
        if isinstance(node, yaml.MappingNode):
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise _refusal("a list in the place of a name", key)
                key.tag = "tag:yaml.org,2002:str"
        return node


#: What YAML would make more of than what is written: days, of which an impossible one is to be shown, and two signs.
_MAGIC = {f"tag:yaml.org,2002:{kind}" for kind in ("timestamp", "merge", "value")}
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _MAGIC]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


class _Quick(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """The same of a header that is ``PLAIN``, in C where PyYAML has it."""

    yaml_implicit_resolvers = _Loader.yaml_implicit_resolvers


def compose(block: str) -> yaml.Node | None:
    """The YAML of a header as nodes, which know their lines. Raises YAMLError, ValueError."""
    if not PLAIN.fullmatch(block):
        return yaml.compose(block, Loader=_Loader)
    try:
        node = yaml.compose(block, Loader=_Quick)
    except yaml.YAMLError:  # which is said better by the other
        return yaml.compose(block, Loader=_Loader)
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else []:
        key.tag = "tag:yaml.org,2002:str"
    return node


def _refusal(what: str, where: Any) -> yaml.MarkedYAMLError:
    return yaml.composer.ComposerError(None, None, f"{what}, which headers do not have", where.start_mark)


def _lines(node: yaml.Node, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], int]]:
    """The line of every value below ``node``; the header's first line is the second of its file."""
    yield path, node.start_mark.line + 2
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield (*path, key.value), key.start_mark.line + 2
            for below, line in _lines(value, (*path, key.value)):
                if below != (*path, key.value):
                    yield below, line
    elif isinstance(node, yaml.SequenceNode):
        for number, value in enumerate(node.value):
            yield from _lines(value, (*path, number))


def _fault(error: Exception, block: str) -> tuple[int, str]:
    """Where in ``block`` YAML met an error, counted from 0, and what it is, in one line."""
    if isinstance(error, yaml.reader.ReaderError):
        return block.count("\n", 0, error.position), f"the character {chr(error.character)!r} cannot be in it"
    mark = getattr(error, "problem_mark", None)
    return mark.line if mark else 0, " ".join((getattr(error, "problem", None) or str(error)).split())


def _repeated(node: yaml.Node | None) -> Iterator[tuple[str, int]]:
    seen = set()
    for key, _ in node.value if isinstance(node, yaml.MappingNode) else []:
        if key.value in seen:
            yield key.value, key.start_mark.line + 2
        seen.add(key.value)


def _cut(node: yaml.Node | None, block: str) -> Iterator[Problem]:
    """Sentences of which YAML takes the end, from a # on, for a remark."""
    pending = [("", node)]
    while pending:
        name, value = pending.pop()
        if isinstance(value, yaml.MappingNode):
            pending += [(key.value, below) for key, below in value.value]
        elif isinstance(value, yaml.SequenceNode):
            pending += [(name, below) for below in value.value]
        elif isinstance(value, yaml.ScalarNode) and name in SENTENCES and not value.style:
            end = value.end_mark
            if (rest := block.splitlines()[end.line][end.column :].strip()).startswith("#"):
                yield Problem(end.line + 2, f"`{name}` ends before {rest!r}, which is a remark to YAML; put quotes around it all")


def _explained(error: ValidationError, lines: Mapping[tuple[str | int, ...], int]) -> list[Problem]:
    """Pydantic's errors as an author reads them: the field, what was written, what is allowed.

    A field that is missing because its name is misspelt is told once, where it stands.
    """
    problems = []
    misspelt = {
        near
        for detail in error.errors()
        if detail["type"] == "extra_forbidden"
        for near in difflib.get_close_matches(str(detail["loc"][-1]), list(FrontMatter.model_fields), 1, 0.6)
    }
    for detail in error.errors():
        path = detail["loc"]
        line = next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), 2)
        name = ".".join(str(part) for part in path if isinstance(part, str))
        fields = Revision.model_fields if path[0] == "revisions" and len(path) > 2 else FrontMatter.model_fields
        key = str(path[2] if fields is Revision.model_fields else path[0])
        if detail["type"] == "missing" and name in misspelt:
            continue
        if detail["type"] == "missing":
            problems.append(Problem(line, f"`{name}` is missing; write {fields[key].description}"))
        elif name == "title":
            problems.append(Problem(line, "unknown field 'title'; the title is the line `# Title` below the header"))
        elif detail["type"] in ("extra_forbidden", "invalid_key"):
            problems.append(Problem(line, unknown_value("field", key, list(fields))))
        else:
            problems.append(Problem(line, f"`{name}` is {_written(detail['input'])}; write {fields[key].description}"))
    return problems


def _written(value: Any) -> str:
    if value is None:
        return "empty"
    try:
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    except ValueError:  # Python does not write numbers of thousands of digits
        return "a number without end"
    return text if len(text) <= 100 else f"{text[:99]}…"
