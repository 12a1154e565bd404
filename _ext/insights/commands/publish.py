"""``publish``: replace the published site by what a build has written."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from insights.publish import SOURCES_CACHE, LeakError, publish_site, refuse_leaks, rules_digest, scan_rules
from insights.settings import read_settings
from insights.source import HEADERS_CACHE, build_day, read_essays


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder of the build, and the one of the published site."""
    parser.add_argument("work", type=Path)
    parser.add_argument("site", type=Path)


def run(arguments: argparse.Namespace) -> int:
    """Publish as asked."""
    root = Path.cwd()
    return publish(arguments.work, arguments.site, root, read_settings(root))


def publish(work: Path, site: Path, root: Path, settings: Mapping[str, Any]) -> int:
    """Replace ``site`` by what a build of ``root`` with these ``settings`` wrote to ``work``, unless readers must not see it."""
    day = build_day(settings["insights_today"])
    # The build has read the front matter, and has kept it beside what it wrote.
    doctrees = work.with_name("doctrees")
    kept = doctrees.exists()
    essays = read_essays(root / "essays", doctrees / HEADERS_CACHE if kept else None)
    rules = scan_rules(root, settings, essays, day, doctrees / SOURCES_CACHE if kept else None)
    ours = frozenset(path.name for path in (root / "_static").iterdir())
    # What the same rules have let through before is not read again.
    scanned, digest = site.with_name(f"{site.name}.scanned"), rules_digest(rules, ours)
    if not (known := scanned.exists() and scanned.read_text() == digest):
        scanned.unlink(missing_ok=True)  # an interruption leaves a site that other rules have let through
    try:
        publish_site(work, site, lambda new, taken: refuse_leaks(new, rules, ours, taken if known else frozenset()))
        scanned.write_text(digest)
    except LeakError as leak:
        print(*(f"{site}: {place}" for place in leak.args), sep="\n", file=sys.stderr)
        print(f"{len(leak.args)} error{'s' * (len(leak.args) != 1)}; the published site stays as it was", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or site}: {error.strerror or error}; the published site stays as it was", file=sys.stderr)
        return 1
    print(f"The site is in {site}; essays: {sum(source.public(day) for source in essays)}")
    return 0
