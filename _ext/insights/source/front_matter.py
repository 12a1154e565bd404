"""The front matter of an essay: a typed record, and messages to its author about everything that can be wrong with it.

The fields of the classes below are the whole contract; their descriptions say in messages what an author may write.
"""

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from datetime import date as Day
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from insights.addresses import address_problem
from insights.problems import Problem, unknown_value

from .other_fields import OTHER_FIELDS
from .rule_levels import as_level
from .yaml_lines import FieldPath, YamlError, parse_yaml

FENCE = "---"
#: How many characters front matter may have.
MAX_LENGTH = 20_000
SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
YEAR = re.compile(r"\d{4}")
#: Names under /essays/ that belong to other pages, ABlog's among them.
RESERVED = frozenset({"archive", "author", "category", "drafts", "language", "location", "tag"})
#: Unicode categories that no page can hold, though an escape in YAML can name them: control characters, surrogates, unassigned.
UNWRITABLE = frozenset({"Cc", "Cs", "Cn"})
#: A time of day behind a date.
TIME = r"[T ]\d\d:\d\d(:\d\d(\.\d+)?)?( ?(Z|UTC|[+-]\d\d:?\d\d))?"


def _iso_day(value: object) -> Day:
    """A day, also as other generators write it: with a time, which is passed over, or in words, as Oct 10, 2020."""
    if isinstance(value, str) and re.fullmatch(rf"\d{{4}}-\d\d-\d\d({TIME})?", value):
        return Day.fromisoformat(value[:10])
    if isinstance(value, str) and (match := re.fullmatch(r"([A-Z][a-z]{2})[a-z]*\.? (\d{1,2}), (\d{4})", value)):
        return datetime.strptime(" ".join(match.groups()), "%b %d %Y").date()
    raise ValueError


def _words(value: object) -> object:
    if isinstance(value, str) and (not value.strip() or any(unicodedata.category(c) in UNWRITABLE for c in value if c != "\n")):
        raise ValueError
    return " ".join(value.split()) if isinstance(value, str) else value


def _address(value: object) -> object:
    """The address of a page on another site, for links and to resolve links against."""
    if isinstance(value, str) and not address_problem(value) and "." in urlsplit(value).netloc.strip(".") and "#" not in value:
        return value
    raise ValueError


def _level(value: object) -> str:
    if level := as_level(value):
        return level
    raise ValueError


IsoDay = Annotated[Day, BeforeValidator(_iso_day, json_schema_input_type=str)]
Words = Annotated[str, BeforeValidator(_words)]
Slug = Annotated[str, Field(pattern=f"^{SLUG.pattern}$")]
Address = Annotated[str, BeforeValidator(_address)]
Level = Annotated[str, BeforeValidator(_level, json_schema_input_type=Literal["error", "advice", "off"])]


class Revision(BaseModel):
    """A change to a published essay that readers should know about."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    date: IsoDay = Field(description="a day as YYYY-MM-DD, such as 2026-05-10")
    note: Words = Field(description="a sentence that says what changed")


class FrontMatter(BaseModel):
    """The front matter of an essay."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, defer_build=True)

    date: IsoDay = Field(description="a day as YYYY-MM-DD, such as 2026-04-28")
    title: Words = Field(default="", description="the title, if the text has no line `# Title`")
    category: Words = Field(description="one of the categories in conf.py")
    summary: Words = Field(description="one or two sentences of text")
    tags: list[Words] = Field(default=[], description="a list of tags from conf.py, such as [latency, queueing]")
    featured: bool = Field(default=False, description="true or false")
    related: list[Words] = Field(default=[], description="a list of essays by folder name, such as [designing-for-failure]")
    revisions: list[Revision] = Field(default=[], description="a list of entries such as {date: 2026-05-10, note: What changed.}")
    draft: bool = Field(default=False, description="true or false")
    rules: dict[Words, Level] = Field(
        default={}, description="names of rules of taste, each with error, advice or off, such as {quotes: off}"
    )
    original: Address = Field(
        default="", description="the address where the text appeared first, such as https://old.example/2019/post/"
    )
    id: Slug = Field(default="", description="the folder name that the essay was first published under, such as an-old-name")


class FrontMatterSource(NamedTuple):
    """The front matter of a file: the record, or None if there is none or it is wrong; its problems; the line of each field."""

    record: FrontMatter | None
    problems: list[Problem]
    lines: dict[FieldPath, int]


def parse_front_matter(text: str) -> FrontMatterSource:
    """Parse the front matter of an essay's ``text``, and check what can be checked without other files."""
    block = split_front_matter(text)[0]
    if block is None and _has_fence(text):
        return _refused(1, f"the front matter has no end; write a line {FENCE} below its last field")
    if block is None:
        return _refused(1, f"no front matter; begin the file with a line {FENCE}, the fields, and a line {FENCE}")
    if len(block) > MAX_LENGTH:
        return _refused(
            2, f"the front matter has {len(block):,} characters; allowed are {MAX_LENGTH:,}. End it with a line {FENCE}"
        )
    try:
        value, lines, problems = parse_yaml(block)
    except YamlError as error:
        return _refused(*error.args)
    if not isinstance(value, dict):
        return _refused(2, "the front matter is not a list of fields; write one `name: value` per line")
    if isinstance(tags := value.get("tags"), str) and "," in tags:
        value["tags"] = [tag.strip() for tag in tags.split(",") if tag.strip()]
        lines |= {("tags", number): lines["tags",] for number in range(len(value["tags"]))}
    try:
        return FrontMatterSource(FrontMatter.model_validate(value), problems, lines)
    except ValidationError as error:
        return FrontMatterSource(None, problems + _explain(error, lines), lines)


def _refused(line: int, message: str) -> FrontMatterSource:
    return FrontMatterSource(None, [Problem(line, message)], {})


def split_front_matter(text: str) -> tuple[str | None, int]:
    """The YAML between the fences at the top of ``text``, or None, and the number of lines from the first fence to the second."""
    if _has_fence(text):
        lines = text.removeprefix("\ufeff").splitlines()
        for number, line in enumerate(lines[1:], start=1):
            if line.rstrip() == FENCE:
                return "\n".join(lines[1:number]) + "\n", number + 1
    return None, 0


def front_matter_text(text: str) -> str:
    """The part of ``text`` that decides what ``parse_front_matter`` returns."""
    block, _ = split_front_matter(text)
    return f"{FENCE}\n{block}{FENCE}\n" if block is not None else FENCE if _has_fence(text) else ""


def _has_fence(text: str) -> bool:
    return text.removeprefix("\ufeff").partition("\n")[0].rstrip() == FENCE


def slug_problems(slug: str) -> Iterator[str]:
    """What is wrong with the name of an essay's folder, which is its address for good."""
    if not SLUG.fullmatch(slug):
        example = slug_of(slug) or "my-essay"
        yield f"the folder name {slug!r} is not an address; use a-z, 0-9 and single hyphens, such as {example!r}"
    elif slug in RESERVED or YEAR.fullmatch(slug):
        yield f"the folder name {slug!r} belongs to another page; allowed is any but {', '.join(sorted(RESERVED))} and years"


def slug_of(title: str) -> str:
    """The slug for a title: its words before a colon, without accents; empty if there is no letter of a to z and no digit."""
    decomposed = unicodedata.normalize("NFKD", re.sub("['’]", "", title.partition(":")[0]).casefold())
    # Letters of other scripts are left out; a dash or a quotation mark separates words, as a space does.
    kept = (c for c in decomposed if c.isascii() or not (c.isalnum() or unicodedata.combining(c)))
    return "-".join(re.findall(r"[a-z0-9]+", "".join(kept)))


def _explain(error: ValidationError, lines: Mapping[FieldPath, int]) -> list[Problem]:
    """Pydantic's errors in our words: the field, what was written, what is allowed.

    A field that is missing because its name is misspelt is reported once, where the misspelt name is.
    """
    problems = []
    unknown = [str(detail["loc"][-1]) for detail in error.errors() if detail["type"] == "extra_forbidden"]
    misspelt = {near for name in unknown for near in difflib.get_close_matches(name, list(FrontMatter.model_fields), 1, 0.6)}
    for detail in error.errors():
        path, kind = detail["loc"], detail["type"]
        line = next((lines[path[:n]] for n in range(len(path), -1, -1) if path[:n] in lines), 2)
        name = ".".join(str(part) for part in path if isinstance(part, str))
        fields = Revision.model_fields if path[0] == "revisions" and len(path) > 2 else FrontMatter.model_fields
        key = str(path[2] if fields is Revision.model_fields else path[0])
        if kind == "missing" and name in misspelt:
            continue
        if key in OTHER_FIELDS and fields is FrontMatter.model_fields:
            message = f"the field `{key}` has no effect here: {OTHER_FIELDS[key]}"
        elif kind in ("extra_forbidden", "invalid_key"):
            message = unknown_value("field", key, fields)
        else:
            wrong = "missing" if kind == "missing" else _as_written(detail["input"])
            message = f"`{name}` is {wrong}; write {fields[key].description}"
        problems.append(Problem(line, message))
    return problems


def _as_written(value: Any) -> str:
    if value is None:
        return "empty"
    try:
        text = {True: "true", False: "false"}[value] if isinstance(value, bool) else repr(value)
    except ValueError:  # Python refuses to convert numbers of thousands of digits to text
        return "a number that is too long"
    return text if len(text) <= 100 else f"{text[:99]}…"
