"""``publish``: put what a build has written in the place of the site that is served."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from insights.publish import SOURCES_CACHE, LeakError, publish_site, refuse_leaks, rules_digest, scan_rules
from insights.settings import read_settings
from insights.source import HEADERS_CACHE, build_day, read_essays


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The folder that was built, and the one that is served."""
    parser.add_argument("work", type=Path)
    parser.add_argument("site", type=Path)


def run(given: argparse.Namespace) -> int:
    """Publish as asked."""
    return publish(given.work, given.site, Path.cwd())


def publish(work: Path, site: Path, root: Path) -> int:
    """Put what a build of ``root`` has written in the place of ``site``, unless readers must not find something of it."""
    settings = read_settings(root)
    day = build_day(settings["insights_today"])
    # The build has read the front matter, and kept what it says beside what it wrote.
    doctrees = work.with_name("doctrees")
    kept = doctrees.exists()
    found = read_essays(root / "essays", doctrees / HEADERS_CACHE if kept else None)
    rules = scan_rules(root, settings, found, day, doctrees / SOURCES_CACHE if kept else None)
    ours = frozenset(path.name for path in (root / "_static").iterdir())
    # What the same rules have let through before is not read again.
    scanned, digest = site.with_name(f"{site.name}.scanned"), rules_digest(rules, ours)
    if not (known := scanned.exists() and scanned.read_text() == digest):
        scanned.unlink(missing_ok=True)  # whoever interrupts this leaves a site that other rules have let through
    try:
        publish_site(work, site, lambda new, taken: refuse_leaks(new, rules, ours, taken if known else frozenset()))
        scanned.write_text(digest)
    except LeakError as leak:
        print(*(f"{site}: {place}" for place in leak.args), sep="\n", file=sys.stderr)
        print(f"{len(leak.args)} to mend; the site stays as it was", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename or site}: {error.strerror or error}; what is served stays whole", file=sys.stderr)
        return 1
    print(f"The site is in {site}; essays: {sum(source.public(day) for source in found)}")
    return 0
