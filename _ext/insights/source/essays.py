"""The essays as their authors left them: every header under essays/, checked against conf.py and against each other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from datetime import date as Day
from functools import cache, cached_property, partial
from pathlib import Path
from typing import NamedTuple

from insights.cache import FileCache, code_version, file_names, load_file_cache, save_file_cache, unless_changed
from insights.problems import Problem

from . import files
from .front_matter import FrontMatter, Header, field_lines, parse_front_matter, slug_problems, split_front_matter, unknown_value

#: The folder of all essays, and the text in the folder of each.
ESSAYS_FOLDER, ESSAY_TEXT = "essays", "index.md"
#: Beside the doctrees of a build: what the headers say that it read.
HEADERS_CACHE = "headers.pickle"
#: By the paths of files: their headers as they are written, and what these say.
Headers = FileCache[tuple[str | None, Header]]


@dataclass(frozen=True)
class EssaySource:
    """An essay as its author left it; ``record`` is None where the header has ``problems``, or the text is not ``readable``."""

    slug: str
    path: Path
    record: FrontMatter | None
    problems: list[Problem]
    readable: bool

    @cached_property
    def text(self) -> str:
        """The text, read when it is asked for: most builds need the headers alone. Empty if it cannot be read."""
        try:
            return files.read_source(self.path, self.path.parents[2])
        except files.SourceFileError:
            return ""

    def public(self, today: Day) -> bool:
        """Whether readers may see it on ``today``. What cannot be read is not hidden, so that its errors are seen."""
        return self.record is None or (not self.record.draft and self.record.date <= today)


class Vocabulary(NamedTuple):
    """What conf.py allows an essay to be filed under: categories with their descriptions, and tags."""

    categories: Mapping[str, str]
    tags: list[str]


def build_day(written: str) -> Day:
    """The day for which a site is built: the one ``written`` in the settings, else today in UTC. Raises ValueError."""
    return Day.fromisoformat(written) if written else datetime.now(UTC).date()


def essay_docname(slug: str) -> str:
    """The document that holds the essay ``slug``."""
    return f"{ESSAYS_FOLDER}/{slug}/index"


def essay_slug(docname: str) -> str | None:
    """The slug of the essay that is the document ``docname``, if it is one."""
    parts = docname.split("/")
    return parts[1] if len(parts) == 3 and parts[0] == ESSAYS_FOLDER and parts[2] == "index" else None


def read_essays(folder: Path, kept: Path | None = None) -> list[EssaySource]:
    """Every essay in ``folder``, by name. The file ``kept`` spares reading one that has not changed since it was written."""
    before: Headers = load_file_cache(kept, _reader())
    now: Headers = {}
    found = []
    for path in files.matching_files(folder, f"*/{ESSAY_TEXT}"):
        try:
            now[str(path)] = _, (_, header) = unless_changed(path, before, partial(_header, path, folder.parent, before))
        except files.SourceFileError as error:
            found.append(EssaySource(path.parent.name, path, None, [error.problem], readable=False))
        else:
            found.append(EssaySource(path.parent.name, path, *header, readable=True))
    if now != before:
        save_file_cache(kept, now, _reader())
    return found


def _header(path: Path, root: Path, before: Headers) -> tuple[str | None, Header]:
    """The header of a file; that ``before``, if it is written as it was, for most edits change only what stands below it."""
    text = files.read_source(path, root)
    written, _ = split_front_matter(text)
    if written is not None and (kept := before.get(str(path))) and kept[1][0] == written:
        return kept[1]
    return written, parse_front_matter(text)


@cache
def _reader() -> str:
    return code_version()


def essay_problems(
    folder: Path, found: list[EssaySource], vocabulary: Vocabulary, today: Day, *, hidden: bool
) -> Iterator[tuple[Path, Problem]]:
    """Everything wrong with the essays ``found`` in ``folder`` that are public today, or with the ``hidden`` too."""
    yield from _misplaced(folder)
    slugs = [manuscript.slug for manuscript in found]
    shown = [manuscript for manuscript in found if hidden or manuscript.public(today)]
    for manuscript in found:
        # Of those that are hidden too: Sphinx could take the name for a pattern, and show them.
        for message in slug_problems(manuscript.slug):
            yield manuscript.path, Problem(1, message)
    for manuscript in shown:
        for problem in [*manuscript.problems, *_against(manuscript, vocabulary, slugs, today)]:
            yield manuscript.path, problem
    yield from _ids(found)
    featured = [m for m in shown if m.record and m.record.featured and not m.record.draft]
    if len(featured) > 1:
        for manuscript in featured:
            others = ", ".join(m.slug for m in featured if m is not manuscript)
            line = field_lines(manuscript.text)["featured",]
            yield (
                manuscript.path,
                Problem(line, f"`featured` is true here and in {others}; allowed is one essay, so take it out of the others"),
            )


def _against(manuscript: EssaySource, vocabulary: Vocabulary, slugs: list[str], today: Day) -> Iterator[Problem]:
    """What is wrong with one header in the light of conf.py, of the other essays, and of the day."""
    if (record := manuscript.record) is None:
        return

    def line(*path: str | int) -> int:
        return field_lines(manuscript.text)[path]

    if record.category not in vocabulary.categories:
        yield Problem(line("category"), unknown_value("category", record.category, vocabulary.categories))
    for number, tag in enumerate(record.tags):
        if tag not in vocabulary.tags:
            yield Problem(line("tags", number), unknown_value("tag", tag, vocabulary.tags))
    for number, slug in enumerate(record.related):
        others = [other for other in slugs if other != manuscript.slug]
        if slug == manuscript.slug:
            yield Problem(line("related", number), "`related` names this essay itself; take it out")
        elif slug not in others:
            yield Problem(line("related", number), unknown_value("essay in `related`:", slug, others))
    for field, values in (("tags", record.tags), ("related", record.related)):
        for number, value in enumerate(values):
            if value in values[:number]:
                yield Problem(line(field, number), f"`{field}` names {value!r} twice; keep one")
    for number, revision in enumerate(record.revisions):
        if revision.date < record.date:
            yield Problem(line("revisions", number), f"the revision of {revision.date} is older than the essay, of {record.date}")
        elif revision.date > today:
            what = f"the revision of {revision.date} lies ahead; write a day that has come, such as today’s (UTC), {today}"
            yield Problem(line("revisions", number), what)


def _ids(found: list[EssaySource]) -> Iterator[tuple[Path, Problem]]:
    """Two essays with one id, of which a feed reader would show only one."""
    named = {manuscript.slug: manuscript.slug for manuscript in found if not (manuscript.record and manuscript.record.id)}
    for manuscript in found:
        if manuscript.record and (name := manuscript.record.id):
            if name in named:
                line = field_lines(manuscript.text)["id",]
                yield (
                    manuscript.path,
                    Problem(line, f"`id` is {name!r}, which is that of {named[name]}; take it out of one of them"),
                )
            named[name] = manuscript.slug


def _misplaced(folder: Path) -> Iterator[tuple[Path, Problem]]:
    """Texts that look like essays and would silently be none."""
    inside: dict[str, set[str]] = defaultdict(set)
    for name in file_names(folder):
        home, below, rest = name.partition("/")
        if name.endswith(".md") and rest != ESSAY_TEXT:
            page = f"{folder.name}/{home if below else Path(name).stem}/{ESSAY_TEXT}"
            yield (
                folder / name,
                Problem(1, f"this file is no page; an essay is a folder with a file {ESSAY_TEXT}: move the text to {page}"),
            )
        if not name.startswith(("_", ".")) and (below or (folder / name).is_dir()):
            inside[home] |= {rest} if below else set(file_names(folder / name))
    named = defaultdict(list)
    for home, names in inside.items():
        named[home.casefold()].append(home)
        if ESSAY_TEXT not in names and any(name.endswith(".py") and "/" not in name for name in names):
            yield folder / home, Problem(1, f"a model without an essay; write {folder.name}/{home}/{ESSAY_TEXT}")
    for homes in named.values():
        if len(homes) > 1:
            yield folder / homes[1], Problem(1, f"the folders {' and '.join(homes)} differ only in case; rename one")
