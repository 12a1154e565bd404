"""All problems of the publication in one run: by the rules, by building it, by running and reading its code."""

import hashlib
import pickle
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from datetime import date as Day
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from insights import source
from insights.cache import Store, build_store
from insights.evidence import ModelError, library_versions, model_evidence, model_sources
from insights.problems import Problem, counted, crash
from insights.publish import EMAIL_ADDRESS, OWN_FILES, ScanRule, rules_digest, scan_rules
from insights.reporting import distinct, in_process
from insights.settings import read_settings
from insights.source import BIBLIOGRAPHY, EssaySource, SourceFileError, read_essays, read_source

from . import bibliography_rules, code_blocks, prose_rules, tools


def check(root: Path, *, code: bool = False) -> list[Problem]:
    """The problems of the publication in ``root``, in the order of files and lines; of its own ``code`` too, if asked for.

    The builds are kept, so that the next check has to read only what has changed.
    """
    day, folder = datetime.now(UTC).date(), root / "_build/check"
    # What only the preview has can be wrong only there.
    hidden = any(not essay.public(day) for essay in read_essays(root / "essays", build_store(folder)))
    with ThreadPoolExecutor() as pool:
        tasks = [
            pool.submit(in_process, "insights.reporting:find_problems", root, folder / name, name == "preview")
            for name in (("published", "preview") if hidden else ("published",))
        ]
        tasks.append(pool.submit(tools.spelling, root, [*root.glob("*.md"), *root.glob("essays/*/index.md")]))
        if code:
            tasks.append(pool.submit(tools.code, root))
        problems = check_texts(root, day, folder)
        problems += [problem for task in tasks for problem in task.result()]
    return distinct(problems)


def check_texts(root: Path, today: Day, cache: Path) -> list[Problem]:
    """The problems of the texts that need no build; a store in the folder ``cache`` keeps those of unchanged texts."""
    store = build_store(cache)
    try:
        settings = read_settings(root)
    except Exception as error:  # conf.py is Python, and may raise anything
        return [crash(error, root, settings=True)]
    essays = read_essays(root / "essays", store)
    problems = [*_essays(root, settings, essays, today), *_texts(root, settings, essays, today, store)]
    return distinct([*problems, *_bibliography(root, essays)])


def _essays(root: Path, settings: dict[str, Any], essays: list[EssaySource], today: Day) -> Iterator[Problem]:
    """Front matter, and what essays may say of each other."""
    vocabulary = source.Vocabulary(settings["insights_categories"], settings["insights_tags"])
    for path, problem in source.essay_problems(root / "essays", essays, vocabulary, today, hidden=True):
        yield problem.at(path, root, "insights.front_matter")
    hidden = [essay for essay in essays if not essay.public(today)]
    for essay in essays:
        for problem in prose_rules.essays_lead_to_what_is_public(essay, hidden, today):
            yield problem.at(essay.path, root, "insights.link")


def _texts(root: Path, settings: dict[str, Any], essays: list[EssaySource], today: Day, store: Store) -> Iterator[Problem]:
    """The problems inside the texts; of a text that has not changed, nor what lies beside it, those in the store."""
    leaks = scan_rules(root, settings, essays, today, store)
    parser = source.markdown_parser(settings)
    markdown = sorted((name, repr(value)) for name, value in settings.items() if name.startswith("myst_"))
    versions = [rules_digest(leaks), library_versions(), markdown]
    previous: dict[str, list[Problem]] = store.read("texts", {})
    sources = {essay.path: essay for essay in essays}
    current: dict[str, list[Problem]] = {}
    for path in sorted(path for pattern in settings["include_patterns"] for path in root.glob(pattern)):
        try:
            text = read_source(path, root)
        except SourceFileError as error:
            if path.parent == root:  # that of an essay is reported with its front matter
                yield error.problem.at(path, root, "insights.file")
            continue
        beside = [] if path.parent == root else [(file.name, file.read_bytes()) for file in model_sources(path)]
        key = hashlib.sha256(pickle.dumps([versions, path, text, beside])).hexdigest()
        if (problems := previous.get(key)) is None:
            problems = list(_text(path, text, sources.get(path), parser, root, leaks, store))
        current[key] = problems
        yield from problems
    store.write("texts", current)


def _text(
    path: Path, text: str, essay: EssaySource | None, parser: MarkdownIt, root: Path, leaks: list[ScanRule], store: Store
) -> Iterator[Problem]:
    """The problems inside one text, and of the model beside it."""
    blocks, fences = source.prose_blocks(parser, text, essay), source.markdown_fences(parser, text)
    leaks = _leaks_of(path, leaks)
    for problems, kind in (
        ((problem for rule in prose_rules.ERRORS for problem in rule(blocks)), "insights.prose"),
        (prose_rules.fences_are_closed(fences), "insights.markup"),
        (prose_rules.tables_are_whole(source.table_rows(parser, text)), "insights.markup"),
        (code_blocks.problems(code_blocks.find_blocks(fences), path), "insights.code"),
        (prose_rules.nothing_leaks(text, source.without_quotes(parser, text), leaks), "insights.leak"),
    ):
        yield from (problem.at(path, root, kind) for problem in problems)
    model = path.with_name("model.py")
    try:
        if model.exists():
            for problem in prose_rules.nothing_leaks(read_source(model, root), None, leaks):
                yield problem.at(model, root, "insights.leak")
            results = model_evidence(model, store).results
            for problem in prose_rules.no_typed_results(blocks, results, source.quoted_results(text)):
                yield problem.at(path, root, "insights.evidence")
    except SourceFileError as error:
        yield error.problem.at(model, root, "insights.file")
    except ModelError as error:
        yield error.problem.at(error.path, root, "insights.evidence")
    for rule in prose_rules.WARNINGS:
        yield from (problem.at(path, root, "insights.prose", warning=True) for problem in rule(blocks))


def _leaks_of(path: Path, rules: list[ScanRule]) -> list[ScanRule]:
    """The rules for what keeps the text at ``path`` from being published. To an essay that is hidden no other is a secret."""
    hidden = {rule.name for rule in rules if rule.name.startswith("the hidden essay ")}
    open_to = hidden if f"the hidden essay {path.parent.name!r}" in hidden else set()
    return [rule for rule in rules if rule.name not in open_to and (rule.scope != OWN_FILES or rule.pattern is EMAIL_ADDRESS)]


def _bibliography(root: Path, essays: list[EssaySource]) -> Iterator[Problem]:
    path = root / BIBLIOGRAPHY
    if not path.exists():
        yield Problem(1, "no such file; write it, empty if no essay cites anything", "insights.bibliography", BIBLIOGRAPHY)
        return
    try:
        entries = read_source(path, root)
    except SourceFileError as error:
        yield error.problem.at(path, root, "insights.file")
        return
    for problem in (
        *bibliography_rules.bibliography_can_be_read(entries),
        *bibliography_rules.sources_can_be_printed(entries),
        *bibliography_rules.every_source_is_cited(entries, [essay.text for essay in essays]),
    ):
        yield problem.at(path, root, "insights.bibliography")


def report(root: Path, *, code: bool) -> int:
    """Print the problems of the publication, and how many there are; 1 if any is an error."""
    problems = check(root, code=code)
    print(*problems, sep="\n", end="\n" if problems else "")
    warnings = sum(problem.warning for problem in problems)
    print(counted(len(problems) - warnings, warnings))
    return 1 if len(problems) > warnings else 0
