"""The commands of the publication, ``python -m insights …``: `--help` lists them."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import gc
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

# What only one command needs, it loads itself: each build is published, and is not to wait for what checks texts.
from . import configuration, leaks, manuscripts, permalinks, publish


def accept(ledger: Path, found: Path) -> None:
    """Add the addresses and identities that a build ``found`` to the ledger."""
    before = ledger.read_text(encoding="utf-8") if ledger.exists() else ""
    after = permalinks.merged(before, set(permalinks.read(found.read_text(encoding="utf-8"))))
    part = ledger.with_name(f"{ledger.name}.new")
    part.write_text(after, encoding="utf-8", newline="\n")
    part.replace(ledger)
    print(f"{len(permalinks.read(after)) - len(permalinks.read(before))} added to {ledger}")


def html() -> int:
    """Build the site and publish it. A build that fails leaves the last good site, and no record of what it has read."""
    # Until the build has loaded everything, there is nothing to collect: the collector would look through it again and again.
    gc.disable()
    from sphinx.cmd.build import main as build

    from .building import PICKLE, SWITCHES
    from .locks import alone

    folder = Path("_build")
    with alone(folder / "work.lock"):
        failed = 1
        try:
            failed = build([*SWITCHES, "-d", str(folder / "doctrees"), ".", str(folder / "work")])
        finally:
            if failed:
                (folder / "doctrees" / PICKLE).unlink(missing_ok=True)  # so that its errors are found again
        return failed or put(folder / "work", folder / "html", Path.cwd())


def leave(status: int) -> NoReturn:
    """End with a ``status``, at once: Python would first take a million objects apart, half a second after 1,000 essays."""
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):  # whoever read what was said may have left
        sys.stdout.flush()
    os._exit(status)


def put(work: Path, site: Path, root: Path) -> int:
    """Put what a build of ``root`` has written in the place of ``site``, unless readers must not find something of it."""
    settings = configuration.read(root)
    day = manuscripts.day(settings["insights_today"])
    # The build has read the headers, and kept what they say beside what it wrote.
    doctrees = work.with_name("doctrees")
    kept = doctrees.exists()
    found = manuscripts.read(root / "essays", doctrees / manuscripts.KEPT if kept else None)
    rules = leaks.rules(root, settings, found, day, doctrees / leaks.KEPT if kept else None)
    ours = frozenset(path.name for path in (root / "_static").iterdir())
    # What the same rules have let through before is not read again.
    scanned, digest = site.with_name(f"{site.name}.scanned"), leaks.digest(rules, ours)
    if not (known := scanned.exists() and scanned.read_text() == digest):
        scanned.unlink(missing_ok=True)  # whoever interrupts this leaves a site that other rules have let through
    try:
        publish.publish(work, site, lambda new, taken: leaks.refuse(new, rules, ours, taken if known else frozenset()))
        scanned.write_text(digest)
    except leaks.LeakError as leak:
        print(*(f"{site}: {place}" for place in leak.args), sep="\n", file=sys.stderr)
        print(f"{len(leak.args)} to mend; the site stays as it was", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or site}: {error.strerror or error}; what is served stays whole", file=sys.stderr)
        return 1
    print(f"The site is in {site}; essays: {sum(manuscript.public(day) for manuscript in found)}")
    return 0


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m insights", description="The commands of the publication.")
    commands = parser.add_subparsers(dest="command", required=True)
    command = commands.add_parser("new", help="begin an essay: a draft, with a small model")
    command.add_argument("title", nargs="?")
    command.add_argument("--category", help="one of those in conf.py")
    command.add_argument("--date", help="the day of publication, as YYYY-MM-DD (default: today)")
    command.add_argument("--with-model", action=argparse.BooleanOptionalAction, default=True, help="with a model.py")
    command = commands.add_parser("check", help="say everything that is wrong with the publication")
    command.add_argument("--code", action="store_true", help="with its own code: machinery, tests and models")
    command = commands.add_parser("live", help="show the site as it is being written")
    command.add_argument("--port", type=int, default=8000)
    commands.add_parser("schema", help="print the header of an essay as a JSON Schema, for editors")
    command = commands.add_parser("changes", help="list the addresses that changed since a commit")
    command.add_argument("base", help="such as origin/main")
    command = commands.add_parser("permalinks", help=f"add what a build found to {permalinks.LEDGER}")
    command.add_argument("found", type=Path)
    commands.add_parser("html", help="build the site, and put it in the place of the one that is served")
    command = commands.add_parser("publish", help="put what a build has written in the place of the site that is served")
    command.add_argument("work", type=Path)
    command.add_argument("site", type=Path)
    command = commands.add_parser("nginx", help="print a server block for nginx")
    command.add_argument("site", type=Path)
    command.add_argument("--listen", default="80", help="port, or address and port (default: 80)")
    given = parser.parse_args()
    if given.command == "new":
        from . import new

        settings = configuration.read(Path.cwd())
        return new.new(Path.cwd(), settings, vars(given), with_model=given.with_model, today=datetime.now(UTC).date())
    if given.command == "check":
        from . import check

        return check.report(Path.cwd(), code=given.code)
    if given.command == "live":
        from . import live

        return live.live(Path.cwd(), given.port)
    if given.command == "schema":
        from . import schema

        settings = configuration.read(Path.cwd())
        vocabulary = manuscripts.Vocabulary(settings["insights_categories"], settings["insights_tags"])
        print(json.dumps(schema.schema(vocabulary), indent=2, ensure_ascii=False))
        return 0
    if given.command == "changes":
        from . import changes

        root = Path.cwd()
        print(changes.since(given.base, root, configuration.read(root)["include_patterns"]), end="")
        return 0
    if given.command == "html":
        leave(html())
    if given.command == "publish":
        return put(given.work, given.site, Path.cwd())
    if given.command == "permalinks":
        accept(Path(permalinks.LEDGER), given.found)
    else:
        from . import hosting, policy

        site = given.site.resolve()
        allowed = policy.policy(policy.scripts_of(site))
        hsts = configuration.read(Path.cwd())["insights_hsts"]
        print(hosting.nginx(site, given.listen, allowed, hosting.redirects_of(site), hsts), end="")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nInterrupted.")
