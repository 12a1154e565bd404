"""Everything that is wrong with the publication, in one run: by the rules, by building it, by running and reading its code."""

from __future__ import annotations

import hashlib
import os
import pickle
import subprocess
import sys
import traceback
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from datetime import date as Day
from pathlib import Path
from typing import Any, NamedTuple

from insights.cache import code_version, write_atomic
from insights.evidence import ModelError, drawing_version, model_evidence, model_problem, model_sources
from insights.problems import Problem
from insights.publish import EMAIL_ADDRESS, OWN_FILES, ScanRule, rules_digest, scan_rules
from insights.reporting import build_arguments, duplicates, forget_faulty, log_problems
from insights.settings import read_settings
from insights.source import (
    HEADERS_CACHE,
    Block,
    EssaySource,
    SourceFileError,
    Vocabulary,
    essay_problems,
    markdown_fences,
    prose_blocks,
    quoted_results,
    read_essays,
    read_source,
    table_rows,
)

from . import code_blocks, prose_rules, tools

BIBLIOGRAPHY = "essays/references.bib"
#: The file, beside the evidence that is kept, that keeps what was found in each text.
FOUND = "found.pickle"


class Finding(NamedTuple):
    """A problem, where it is, and whether it has to be mended."""

    path: Path
    problem: Problem
    error: bool


def check(root: Path, *, code: bool = False) -> list[Finding]:
    """What is wrong with the publication in ``root``, in the order of files and lines; of its own code too, if asked for."""
    day = datetime.now(UTC).date()
    with ThreadPoolExecutor() as pool:
        tasks = [pool.submit(build, root, preview=preview) for preview in _builds(root, day)]
        tasks.append(pool.submit(tools.spelling, root, [*root.glob("*.md"), *root.glob("essays/*/index.md")]))
        if code:
            tasks.append(pool.submit(tools.code, root))
        found = check_texts(root, day, root / "_build/check/evidence")
        found += [Finding(path, problem, True) for task in tasks for path, problem in task.result()]
    return distinct(found, root)


def distinct(found: Iterable[Finding], root: Path) -> list[Finding]:
    """What is ``found``, in the order of files and lines, each mistake once."""
    ordered = {formatted(finding, root): finding for finding in sorted(set(found))}
    echoes = duplicates(list(ordered))
    return [finding for line, finding in ordered.items() if line not in echoes]


def check_texts(root: Path, today: Day, kept: Path) -> list[Finding]:
    """What can be said of the texts without building them; what their models give is ``kept`` in a folder."""
    try:
        found = read_settings(root)
    except Exception as error:  # conf.py is Python, and may raise anything
        own = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).name == "conf.py"]
        line = error.lineno if isinstance(error, SyntaxError) else own[-1] if own else 1
        return [Finding(root / "conf.py", Problem(line or 1, f"the settings cannot be read: {error}"), True)]
    essays = read_essays(root / "essays", kept / HEADERS_CACHE)
    return sorted({*_essays(root, found, essays, today), *_prose(root, found, essays, today, kept), *_sources(root, essays)})


def build(root: Path, *, preview: bool) -> list[tuple[Path, Problem]]:
    """What a build finds wrong: links, citations, evidence, the ledger of addresses, and all that only a page can show.

    It is kept, so that the next has to read only what has changed.
    """
    folder = root / "_build/check" / ("preview" if preview else "published")
    command = [sys.executable, "-m", "sphinx", *build_arguments(root, folder, preview=preview)]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"NO_COLOR": "1"}, cwd=root, check=False)
    found = log_problems(done.stderr, root)
    if done.returncode and not found:
        found = [(root / "conf.py", Problem(1, "the build failed, and does not say why; run `make preview`"))]
    forget_faulty(found, root, folder / "doctrees")
    return found


def _builds(root: Path, today: Day) -> list[bool]:
    """Which builds tell everything: the one for readers, and, where some essays are hidden from them, the preview."""
    hidden = [manuscript for manuscript in read_essays(root / "essays") if not manuscript.public(today)]
    return [False, True] if hidden else [False]


def pages(root: Path, settings: dict[str, Any]) -> list[Path]:
    """The texts of the publication."""
    return sorted(path for pattern in settings["include_patterns"] for path in root.glob(pattern))


def _essays(root: Path, settings: dict[str, Any], found: list[EssaySource], today: Day) -> Iterator[Finding]:
    """Headers, and what essays may say of each other."""
    vocabulary = Vocabulary(settings["insights_categories"], settings["insights_tags"])
    for path, problem in essay_problems(root / "essays", found, vocabulary, today, hidden=True):
        yield Finding(path, problem, True)
    hidden = [manuscript for manuscript in found if not manuscript.public(today)]
    for manuscript in found:
        for problem in prose_rules.essays_lead_to_what_is_public(manuscript, hidden, today):
            yield Finding(manuscript.path, problem, True)


def _prose(root: Path, settings: dict[str, Any], essays: list[EssaySource], today: Day, kept: Path) -> Iterator[Finding]:
    """What is wrong inside the texts; of one that is as it was, with all that lies beside it, what was found before."""
    telling = scan_rules(root, settings, essays, today)
    rules_now = [rules_digest(telling, frozenset()), drawing_version(), code_version()]
    store = kept / FOUND
    before = _before(store)
    now: dict[str, list[Finding]] = {}
    for path in pages(root, settings):
        try:
            text = read_source(path, root)
        except SourceFileError as error:
            if path.parent == root:  # of an essay's text it is said with its header
                yield Finding(path, error.problem, True)
            continue
        beside = [] if path.parent == root else [(file.name, file.read_bytes()) for file in model_sources(path)]
        key = hashlib.sha256(pickle.dumps([rules_now, path, text, beside])).hexdigest()
        now[key] = before[key] if key in before else list(_text(path, text, root, telling, kept))
        yield from now[key]
    write_atomic(store, pickle.dumps(now))


def _before(store: Path) -> dict[str, list[Finding]]:
    try:
        found: dict[str, list[Finding]] = pickle.loads(store.read_bytes())  # noqa: S301 (written by an earlier check)
    except Exception:  # there is none, or one of a class that is no more
        return {}
    return found


def _text(path: Path, text: str, root: Path, telling: list[ScanRule], kept: Path) -> Iterator[Finding]:
    """What is wrong inside one text, and in the model beside it."""
    blocks = prose_blocks(text)
    for problem in _errors(path, text, blocks):
        yield Finding(path, problem, True)
    yield from _leaks(path, text, telling)
    if (model := path.with_name("model.py")).exists():
        try:
            yield from _leaks(model, read_source(model, root), telling)
        except SourceFileError as error:
            yield Finding(model, error.problem, True)
        else:
            yield from _numbers(path, blocks, quoted_results(text), kept)
    for rule in prose_rules.WARNINGS:
        yield from (Finding(path, problem, False) for problem in rule(blocks))


def _errors(path: Path, text: str, blocks: list[Block]) -> Iterable[Problem]:
    """What has to be mended in one text."""
    fences = markdown_fences(text)
    for rule in prose_rules.ERRORS:
        yield from rule(blocks)
    yield from prose_rules.fences_are_closed(fences)
    yield from prose_rules.tables_are_whole(table_rows(text))
    yield from code_blocks.problems(code_blocks.listings(fences), path)


def _leaks(path: Path, text: str, telling: list[ScanRule]) -> Iterator[Finding]:
    """What is not published when a text or a model has it. To an essay that is hidden itself no other is a secret."""
    hidden = {rule.name for rule in telling if rule.name.startswith("the hidden essay ")}
    open_to = hidden if f"the hidden essay {path.parent.name!r}" in hidden else set()
    asked = [rule for rule in telling if rule.name not in open_to and (rule.scope != OWN_FILES or rule.pattern is EMAIL_ADDRESS)]
    for problem in prose_rules.nothing_leaks(text, asked, code=path.suffix == ".py"):
        yield Finding(path, problem, True)


def _numbers(path: Path, blocks: list[Block], quoted: dict[str, set[str]], kept: Path) -> Iterator[Finding]:
    model = path.with_name("model.py")
    try:
        results = model_evidence(model, kept).results
    except ModelError as error:
        place, problem = model_problem(model, error)
        yield Finding(place, problem, True)
        return
    yield from (Finding(path, problem, True) for problem in prose_rules.no_typed_results(blocks, results, quoted))


def _sources(root: Path, essays: list[EssaySource]) -> Iterator[Finding]:
    bibliography = root / BIBLIOGRAPHY
    if not bibliography.exists():
        yield Finding(bibliography, Problem(1, "no such file; write it, empty if no essay cites anything"), True)
        return
    try:
        entries = read_source(bibliography, root)
    except SourceFileError as error:
        yield Finding(bibliography, error.problem, True)
        return
    cited = [manuscript.text for manuscript in essays]
    for problem in [
        *prose_rules.bibliography_can_be_read(entries),
        *prose_rules.sources_can_be_printed(entries),
        *prose_rules.every_source_is_cited(entries, cited),
    ]:
        yield Finding(bibliography, problem, True)


def formatted(finding: Finding, root: Path) -> str:
    """A finding as one line: file, line, message."""
    path, problem, error = finding
    place = path.relative_to(root) if root in path.parents else path
    return f"{place}:{problem.line}: {'' if error else 'warning: '}{problem.message}"


def report(root: Path, *, code: bool) -> int:
    """Print what is wrong with the publication; 1 if anything has to be mended."""
    found = check(root, code=code)
    for finding in found:
        print(formatted(finding, root))
    errors = sum(finding.error for finding in found)
    print(f"{errors} to mend, {len(found) - errors} to look at again")
    return 1 if errors else 0
