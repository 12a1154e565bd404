"""The essays as their authors wrote them: all front matter below essays/, checked against conf.py and against each other."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as Day
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from insights.cache import Store, file_names, parallel_map
from insights.problems import Problem, unknown_value

from .files import SourceFileError, is_of_an_editor, matching_files, read_source
from .front_matter import FrontMatter, FrontMatterSource, front_matter_text, parse_front_matter, slug_problems
from .rule_levels import wrong_level
from .yaml_lines import FieldPath

#: The folder of all essays, and the text in the folder of each.
ESSAYS_FOLDER, ESSAY_TEXT = "essays", "index.md"
#: The suffixes of texts elsewhere.
TEXTS = frozenset({".md", ".markdown", ".mdx", ".rst"})
NO_PAGE = f"this file becomes no page; an essay is a folder with a file {ESSAY_TEXT}: move the text to {{}}"


@dataclass(frozen=True)
class EssaySource:
    """An essay as its author wrote it.

    ``record`` is None if the front matter has ``problems`` or the text is not ``readable``; ``lines`` has the line of each field.
    """

    slug: str
    path: Path
    record: FrontMatter | None
    problems: list[Problem]
    lines: Mapping[FieldPath, int]
    readable: bool

    @cached_property
    def text(self) -> str:
        """The text, read on demand, because most builds need only the front matter. Empty if it cannot be read."""
        try:
            return read_source(self.path, self.path.parents[2])
        except SourceFileError:
            return ""

    def public(self, today: Day) -> bool:
        """Whether readers may see it on ``today``. Without a record it counts as public, so that its errors are reported."""
        return self.record is None or (not self.record.draft and self.record.date <= today)


class Vocabulary(NamedTuple):
    """The categories, with their descriptions, and the tags that conf.py allows."""

    categories: Mapping[str, str]
    tags: list[str]


def front_matter_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The JSON Schema of front matter, for editors: the fields of the record, with the values that conf.py allows."""
    schema = FrontMatter.model_json_schema(mode="validation")
    fields, revision = schema["properties"], schema["$defs"]["Revision"]["properties"]
    for day in (fields["date"], revision["date"]):
        day |= {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}
    fields["category"]["enum"] = list(vocabulary.categories)
    fields["tags"]["items"]["enum"] = list(vocabulary.tags)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def build_day(setting: str) -> Day:
    """The day for which a site is built: that of the ``setting`` as YYYY-MM-DD, or today in UTC if empty. Raises ValueError."""
    return Day.fromisoformat(setting) if setting else datetime.now(UTC).date()


def essay_docname(slug: str) -> str:
    """The document that holds the essay ``slug``."""
    return f"{ESSAYS_FOLDER}/{slug}/index"


def essay_slug(docname: str) -> str | None:
    """The slug of the essay that is the document ``docname``, or None if it is not an essay."""
    parts = docname.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == ESSAYS_FOLDER and parts[2] == "index" else None


def read_essays(folder: Path, store: Store) -> list[EssaySource]:
    """Every essay in ``folder``, sorted by slug. Front matter that is in ``store`` is not parsed again."""

    def text_of(path: str) -> str | None:
        try:
            return front_matter_text(read_source(Path(path), folder.parent))
        except SourceFileError:
            return None

    paths = matching_files(folder, f"*/{ESSAY_TEXT}")
    texts = store.by_file("front_matter_text", map(str, paths), text_of)
    parsed: dict[str, FrontMatterSource] = store.read("front_matter", {})
    current = {text for text in texts.values() if text is not None}
    if new := sorted(current - parsed.keys()):
        parsed |= zip(new, parallel_map(parse_front_matter, new), strict=True)
        store.write("front_matter", {text: parsed[text] for text in current})
    essays = []
    for path in paths:
        slug, text = path.parent.name, texts[str(path)]
        try:
            front_matter = parse_front_matter(read_source(path, folder.parent)) if text is None else parsed[text]
            essays.append(EssaySource(slug, path, *front_matter, readable=True))
        except SourceFileError as error:
            essays.append(EssaySource(slug, path, None, [error.problem], {}, readable=False))
    return essays


def essay_problems(
    folder: Path, essays: list[EssaySource], vocabulary: Vocabulary, today: Day, *, hidden: bool
) -> Iterator[tuple[Path, Problem]]:
    """Everything wrong with the ``essays`` in ``folder`` that are public ``today``; if ``hidden``, with the others too."""
    yield from _misplaced_files(folder)
    shown = [essay for essay in essays if hidden or essay.public(today)]
    for essay in essays:
        # Of hidden essays too: Sphinx could take the name for a pattern, and publish them.
        yield from ((essay.path, Problem(1, message)) for message in slug_problems(essay.slug))
    slugs = [essay.slug for essay in essays]
    for essay in shown:
        problems = [*essay.problems, *_record_problems(essay, vocabulary, slugs, today)]
        yield from ((essay.path, problem) for problem in problems)
    yield from _repeated_ids(essays)
    featured = [essay for essay in shown if essay.record and essay.record.featured and not essay.record.draft]
    for essay in featured if len(featured) > 1 else []:
        others = ", ".join(other.slug for other in featured if other is not essay)
        message = f"`featured` is true here and in {others}; allowed is one essay, so take it out of the others"
        yield essay.path, Problem(essay.lines["featured",], message)


def _record_problems(essay: EssaySource, vocabulary: Vocabulary, slugs: list[str], today: Day) -> Iterator[Problem]:
    """What is wrong with one record according to conf.py, the other essays, and the day."""
    if (record := essay.record) is None:
        return
    lines = essay.lines
    if record.date.year > today.year + 10:
        yield Problem(
            lines["date",], f"`date` is {record.date}, more than ten years from now; write the day on which it comes out"
        )
    if record.category not in vocabulary.categories:
        yield Problem(lines["category",], unknown_value("category", record.category, vocabulary.categories))
    for number, tag in enumerate(record.tags):
        if tag not in vocabulary.tags:
            yield Problem(lines["tags", number], unknown_value("tag", tag, vocabulary.tags))
    for name, level in record.rules.items():
        if message := wrong_level(name, level):
            yield Problem(lines["rules", name], message)
    for number, slug in enumerate(record.related):
        if slug == essay.slug:
            yield Problem(lines["related", number], "`related` names this essay itself; take it out")
        elif slug not in slugs:
            others = (other for other in slugs if other != essay.slug)
            yield Problem(lines["related", number], unknown_value("essay in `related`:", slug, others))
    for field, values in (("tags", record.tags), ("related", record.related)):
        for number, value in enumerate(values):
            if value in values[:number]:
                yield Problem(lines[field, number], f"`{field}` names {value!r} twice; keep one")
    for number, revision in enumerate(record.revisions):
        line = lines["revisions", number]
        if revision.date < record.date:
            yield Problem(line, f"the revision of {revision.date} is older than the essay, of {record.date}")
        elif revision.date > today:
            fix = f"write today’s date (UTC), {today}, or an earlier one"
            yield Problem(line, f"the revision of {revision.date} is in the future; {fix}")


def _repeated_ids(essays: list[EssaySource]) -> Iterator[tuple[Path, Problem]]:
    """Essays with the same id, of which a feed reader would show only one."""
    slugs_by_id = {essay.slug: essay.slug for essay in essays if not (essay.record and essay.record.id)}
    for essay in essays:
        if essay.record and (name := essay.record.id):
            if name in slugs_by_id:
                message = f"`id` is {name!r}, which is also that of {slugs_by_id[name]}; take it out of one of them"
                yield essay.path, Problem(essay.lines["id",], message)
            slugs_by_id[name] = essay.slug


def _misplaced_files(folder: Path) -> Iterator[tuple[Path, Problem]]:
    """Files that look like essays, and would be ignored without a message. Beside an essay, other texts are files like any."""
    names_by_home: dict[str, set[str]] = defaultdict(set)
    for name in file_names(folder):
        home, below, rest = name.partition("/")
        if not home.startswith(("_", ".")) and not is_of_an_editor(name) and (below or (folder / name).is_dir()):
            names_by_home[home] |= {rest} if below else set(file_names(folder / name))
        elif not below and Path(name).suffix in TEXTS and not is_of_an_editor(name):
            yield folder / name, Problem(1, NO_PAGE.format(f"{folder.name}/{Path(name).stem}/{ESSAY_TEXT}"))
    similar = defaultdict(list)
    for home, names in names_by_home.items():
        similar[home.casefold()].append(home)
        if ESSAY_TEXT in names:
            continue
        for name in sorted(names):
            if Path(name).suffix in TEXTS:
                nested = Path(name).parent.name if Path(name).stem == "index" else ""
                yield folder / home / name, Problem(1, NO_PAGE.format(f"{folder.name}/{nested or home}/{ESSAY_TEXT}"))
        if other := next((name for name in sorted(names) if name.casefold() == ESSAY_TEXT), ""):
            yield folder / home / other, Problem(1, f"the text of an essay is named {ESSAY_TEXT}; rename {other}")
        elif any(name.endswith(".py") and "/" not in name for name in names):
            yield folder / home, Problem(1, f"a model without an essay; write {folder.name}/{home}/{ESSAY_TEXT}")
    for homes in similar.values():
        if len(homes) > 1:
            yield folder / homes[1], Problem(1, f"the folders {' and '.join(homes)} differ only in case; rename one")
