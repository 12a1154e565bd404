"""All problems of the publication in one run: by the rules, by building it, by running and reading its code."""

import hashlib
import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date as Day
from pathlib import Path
from typing import Any

from insights import source
from insights.cache import Store, build_store
from insights.evidence import Evidence, ModelError, files_beside, library_versions, model_evidence
from insights.problems import SETTINGS, Problem, crash, crash_in, print_problems, relative
from insights.publish import OWN_FILES, ScanRule, rules_digest, scan_rules
from insights.reporting import distinct, in_process, judged
from insights.settings import read_settings
from insights.source import BIBLIOGRAPHY, EssaySource, SourceFileError, read_essays, read_source

from . import bibliography_rules, code_blocks, prose_rules, slips, tools
from .notes import Note, read_note
from .site import hidden_beside
from .words import Block, quoted_results


def check(root: Path, *, code: bool = False) -> list[Problem]:
    """The problems of the publication in ``root``, in the order of files and lines; of its own ``code`` too, if asked for.

    The builds are kept, so that the next check has to read only what has changed.
    """
    folder = root / "_build/check"
    settings = _settings_of(root)
    known = {} if isinstance(settings, Problem) else settings
    day = source.build_day(known.get("insights_today", ""))
    # What only the preview has can be wrong only there.
    hidden = any(not essay.public(day) for essay in read_essays(root / "essays", build_store(folder)))
    names = ("published", "preview") if hidden else ("published",)
    with ThreadPoolExecutor() as pool:
        builds = [pool.submit(in_process, "insights.check:find_problems", root, folder / name, name) for name in names]
        spelling = pool.submit(tools.spelling, root, str(known.get("language") or "en"))
        others = pool.submit(tools.code, root) if code else None
        problems = [problem for build in builds for problem in build.result()]
        # The builds note what they have understood of each text.
        problems += check_texts(root, day, folder, [folder / name / "doctrees" for name in names])
        levels = known.get("insights_rules", {})
        problems += [found for problem in spelling.result() if (found := judged("spelling", problem, root, levels))]
        problems += others.result() if others else []
    return distinct(problems)


def check_texts(root: Path, today: Day, cache: Path, doctrees: Iterable[Path] = ()) -> list[Problem]:
    """The problems of the texts that need no build but its notes, which are in ``doctrees`` or in ``cache``.

    A store in the folder ``cache`` keeps the problems of unchanged texts.
    """
    store, settings = build_store(cache), _settings_of(root)
    if isinstance(settings, Problem):
        return [settings]
    essays = read_essays(root / "essays", store)
    notes = tuple(doctrees) or (cache,)
    problems = [*_levels(root, settings), *_essays(root, settings, essays, today)]
    problems += _texts(root, settings, essays, today, store, notes)
    return distinct([*problems, *_bibliography(root, settings, essays)])


def refused_texts(root: Path, doctrees: Path, *, leaks: bool = False) -> list[Problem]:
    """What breaks a rule of taste that is set to error, or a rule for sources, in what a build in ``doctrees`` has read.

    With ``leaks``, also what must not be published: after a build that has failed, nobody scans the site. Without the rules
    `spelling` and `code`: they need programs that a machine that only builds the site does not have.
    """
    store, settings = build_store(doctrees), _settings_of(root)
    if isinstance(settings, Problem):  # which the build has reported
        return []
    essays = read_essays(root / "essays", store)
    day = source.build_day(settings["insights_today"]) if leaks else None
    texts = _texts(root, settings, essays, day, store, (doctrees,), run=False)
    found = [*texts, *_bibliography(root, settings, essays)]
    kinds = {"insights.bibliography", *(f"insights.{name}" for name in source.TASTE), *(["insights.leak"] if leaks else [])}
    return distinct(problem for problem in found if not problem.warning and problem.kind in kinds)


def _settings_of(root: Path) -> dict[str, Any] | Problem:
    """The settings of conf.py, or why they cannot be read."""
    try:
        return read_settings(root)
    except Exception as error:  # it is Python, and may raise anything
        return crash(error, root, settings=True)


def _levels(root: Path, settings: dict[str, Any]) -> Iterator[Problem]:
    """What is wrong with the levels of rules in conf.py."""
    lines = (root / SETTINGS).read_text(encoding="utf-8").splitlines()
    for name, level in settings.get("insights_rules", {}).items():
        if message := source.wrong_level(name, level):
            line = next((number for number, line in enumerate(lines, 1) if name in line), 1)
            yield Problem(line, message, "insights.settings", SETTINGS)


def _essays(root: Path, settings: dict[str, Any], essays: list[EssaySource], today: Day) -> Iterator[Problem]:
    """Front matter, and what essays may say of each other."""
    vocabulary = source.Vocabulary(settings["insights_categories"], settings["insights_tags"])
    for path, problem in source.essay_problems(root / "essays", essays, vocabulary, today, hidden=True):
        yield problem.at(path, root, "insights.front_matter")
    hidden = [essay for essay in essays if not essay.public(today)]
    for essay in essays:
        for problem in prose_rules.essays_lead_to_what_is_public(essay, hidden, today):
            yield problem.at(essay.path, root, "insights.link")


def _texts(
    root: Path, settings: dict[str, Any], essays: list[EssaySource], today: Day | None, store: Store, doctrees: Sequence[Path],
    *, run: bool = True,
) -> Iterator[Problem]:  # fmt: skip
    """The problems inside the texts; of a text that has not changed, nor what lies beside it, those in the store.

    Without ``today``, only of the texts that a build has noted, and without leaks. ``run``: whether to run the code in them.
    """
    hidden = [essay for essay in essays if today and not essay.public(today)]
    leaks = scan_rules(root, settings, hidden, store) if today else []
    hiding = {f"the hidden essay {essay.slug!r}" for essay in hidden}
    levels = settings.get("insights_rules", {})
    versions = [rules_digest(leaks), library_versions(), levels, bool(today), run]
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
        name = path.relative_to(root).with_suffix("").as_posix()
        note = next((note for folder in doctrees if (note := read_note(folder, name, text))), None)
        if not (note or today):
            continue
        beside = [] if path.parent == root or not today else [(str(file), file.read_bytes()) for file in files_beside(path)]
        evidence = _evidence(path.with_name("model.py"))
        decides = evidence.problem if isinstance(evidence, ModelError) else evidence and evidence.digest
        key = hashlib.sha256(pickle.dumps([versions, path, text, note, beside, decides])).hexdigest()
        if (problems := previous.get(key)) is None:
            beyond = hidden_beside(sources.get(path), essays, today) if today else []
            secrets = {f"the hidden essay {other.slug!r}" for other in beyond}
            own = [rule for rule in leaks if rule.scope != OWN_FILES and (rule.name in secrets or rule.name not in hiding)]
            try:
                problems = list(_text(path, text, sources.get(path), note, root, levels, own, evidence, code=run))
            except Exception as error:
                problems = [crash_in("checked this text", error, root)._replace(line=1, path=relative(path, root))]
        current[key] = problems
        yield from problems
    store.write("texts", current)


def _text(
    path: Path, text: str, essay: EssaySource | None, note: Note | None, root: Path, settings: Mapping[str, str],
    leaks: list[ScanRule], evidence: Evidence | ModelError | None, *, code: bool,
) -> Iterator[Problem]:  # fmt: skip
    """The problems inside one text, and of the model beside it. Without a ``note``, the build has stopped, and said why."""
    record = essay.record if essay else None
    rules = source.levels_of_rules(settings, record.rules if record else {}, text)
    yield from (problem.at(path, root, "insights.markup") for problem in source.comment_problems(text))
    blocks: list[Block] = []
    if note:
        blocks = [*_summary(essay), *note.blocks]
        # What breaks the rules that always hold, the build has reported; but of the summary it sees nothing.
        summary = prose_rules.plain_text_is_plain(_summary(essay))
        yield from (problem.at(path, root, "insights.prose") for problem in summary)
        for name, taste in prose_rules.TASTE.items():
            yield from _at(path, root, f"insights.{name}", rules.judge(name, taste(blocks)))
        contents = note.contents
        leaking = prose_rules.nothing_leaks(text, contents.unquoted, leaks)
        yield from (problem.at(path, root, "insights.leak") for problem in leaking)
        for name, found in (
            ("short-rows", prose_rules.rows_are_full(contents.rows)),
            ("pictures-shown", slips.pictures_are_shown(contents)),
        ):
            yield from _at(path, root, f"insights.{name}", rules.judge(name, found))
        if code and rules.levels.get("code") != source.OFF:
            yield from _at(path, root, "insights.code", rules.judge("code", code_blocks.problems(contents.code, path, root)))
    model = path.with_name("model.py")
    try:
        if evidence:
            for problem in prose_rules.nothing_leaks(read_source(model, root), None, leaks):
                yield problem.at(model, root, "insights.leak")
        if isinstance(evidence, ModelError):
            yield evidence.problem.at(evidence.path, root, "insights.evidence")
        elif evidence:
            typed = prose_rules.no_typed_results(blocks, evidence.results, quoted_results(text))
            yield from _at(path, root, "insights.typed-results", rules.judge("typed-results", typed))
    except SourceFileError as error:
        yield error.problem.at(model, root, "insights.file")


def _evidence(model: Path) -> Evidence | ModelError | None:
    """What a model gives, or what is wrong with it; None if there is none."""
    try:
        return model_evidence(model) if model.exists() else None
    except ModelError as error:
        return error


def _at(path: Path, root: Path, kind: str, problems: Iterator[Problem]) -> Iterator[Problem]:
    """Problems of a rule of taste, each as severe as it is."""
    yield from (problem.at(path, root, kind, warning=problem.warning) for problem in problems)


def _summary(essay: EssaySource | None) -> list[Block]:
    """The summary of an essay, as the block that it is on its page."""
    return [Block(essay.lines["summary",], "summary", essay.record.summary)] if essay and essay.record else []


def _bibliography(root: Path, settings: dict[str, Any], essays: list[EssaySource]) -> Iterator[Problem]:
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
    ):
        yield problem.at(path, root, "insights.bibliography")
    uncited = bibliography_rules.every_source_is_cited(entries, [essay.text for essay in essays])
    levels = source.levels_of_rules(settings.get("insights_rules", {}), {}, entries)
    yield from _at(path, root, "insights.cited-sources", levels.judge("cited-sources", uncited))


def report(root: Path, *, code: bool) -> int:
    """Print the problems of the publication, and how many there are; 1 if any is an error."""
    return print_problems(check(root, code=code))
