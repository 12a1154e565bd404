"""The commands of the publication: ``python -m insights check``, ``permalinks``, ``publish`` and ``nginx``."""

from __future__ import annotations

import argparse
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from . import hosting, intake, leaks, manuscripts, models, permalinks, policy, prose, publish, rules
from .front_matter import Problem


class Finding(NamedTuple):
    """A problem, where it is, and whether it has to be mended."""

    path: Path
    problem: Problem
    error: bool


def check(root: Path) -> list[Finding]:
    """What is wrong with the publication in ``root``, in the order of files and lines."""
    settings = runpy.run_path(str(root / "conf.py"))
    return sorted([*_headers(root, settings), *_prose(root, settings), *_sources(root)])


def _headers(root: Path, settings: dict[str, Any]) -> Iterator[Finding]:
    vocabulary = manuscripts.Vocabulary(settings["insights_categories"], settings["insights_tags"])
    folder = root / "essays"
    for path, problem in manuscripts.problems(folder, manuscripts.read(folder), vocabulary, None):
        yield Finding(path, problem, True)


def _prose(root: Path, settings: dict[str, Any]) -> Iterator[Finding]:
    for path in sorted(path for pattern in settings["include_patterns"] for path in root.glob(pattern)):
        try:
            text = intake.read(path, root)
        except intake.IntakeError as error:
            if path.parent == root:  # of an essay, its header has said so
                yield Finding(path, error.problem, True)
            continue
        blocks = prose.blocks(text)
        for rule in rules.ERRORS:
            yield from (Finding(path, problem, True) for problem in rule(blocks))
        for rule in rules.WARNINGS:
            yield from (Finding(path, problem, False) for problem in rule(blocks))
        if (model := path.with_name("model.py")).exists():
            yield from (Finding(path, problem, True) for problem in _numbers(model, blocks, prose.quoted(text)))


def _numbers(model: Path, blocks: list[prose.Block], quoted: dict[str, set[str]]) -> Iterator[Problem]:
    try:
        results = models.load(model).results()
    except Exception as error:  # a model is an author's code, and may raise anything
        yield Problem(1, f"{error}; run it by hand: python {model.parent.name}/{model.name}")
        return
    yield from rules.no_typed_results(blocks, results, quoted)


def _sources(root: Path) -> Iterator[Finding]:
    bibliography = root / "essays/references.bib"
    texts = [manuscript.text for manuscript in manuscripts.read(root / "essays")]
    for problem in rules.every_source_is_cited(bibliography.read_text(encoding="utf-8"), texts):
        yield Finding(bibliography, problem, True)


def report(root: Path) -> int:
    """Print what is wrong with the publication; 1 if anything has to be mended."""
    found = check(root)
    for path, problem, error in found:
        print(f"{path.relative_to(root)}:{problem.line}: {'' if error else 'warning: '}{problem.message}")
    errors = sum(finding.error for finding in found)
    print(f"{errors} to mend, {len(found) - errors} to look at again")
    return 1 if errors else 0


def accept(ledger: Path, found: Path) -> None:
    """Add the addresses and identities that a build ``found`` to the ledger."""
    before = ledger.read_text(encoding="utf-8") if ledger.exists() else ""
    after = permalinks.merged(before, set(permalinks.read(found.read_text(encoding="utf-8"))))
    ledger.write_text(after, encoding="utf-8", newline="\n")
    print(f"{len(permalinks.read(after)) - len(permalinks.read(before))} added to {ledger}")


def put(work: Path, site: Path, root: Path) -> int:
    """Put what a build of ``root`` has written in the place of ``site``, unless readers must not find something of it."""
    settings = runpy.run_path(str(root / "conf.py"))
    rules = leaks.rules(root, settings, manuscripts.day(settings["insights_today"]))
    ours = frozenset(path.name for path in (root / "_static").iterdir())
    try:
        publish.publish(work, site, lambda new: leaks.refuse(new, rules, ours))
    except leaks.LeakError as found:
        print(*(f"{site}: {leak}" for leak in found.args), sep="\n", file=sys.stderr)
        print(f"{len(found.args)} to mend; the site stays as it was", file=sys.stderr)
        return 1
    return 0


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m insights", description="The commands of the publication.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="say everything that is wrong with the texts, without building the site")
    command = commands.add_parser("permalinks", help=f"add what a build found to {permalinks.LEDGER}")
    command.add_argument("found", type=Path)
    command = commands.add_parser("publish", help="put what a build has written in the place of the site that is served")
    command.add_argument("work", type=Path)
    command.add_argument("site", type=Path)
    command = commands.add_parser("nginx", help="print a server block for nginx")
    command.add_argument("site", type=Path)
    command.add_argument("--listen", default="80", help="port, or address and port (default: 80)")
    given = parser.parse_args()
    if given.command == "check":
        return report(Path.cwd())
    if given.command == "publish":
        return put(given.work, given.site, Path.cwd())
    if given.command == "permalinks":
        accept(Path(permalinks.LEDGER), given.found)
    else:
        print(hosting.nginx(given.site.resolve(), given.listen, policy.policy(policy.scripts_of(given.site))), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
