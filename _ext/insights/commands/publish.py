"""``publish``: replace the published site by what a build has written."""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from insights.cache import build_store
from insights.check import site_problems
from insights.problems import counted
from insights.publish import publish_site
from insights.settings import read_settings
from insights.source import ESSAYS_FOLDER, build_day, read_essays


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
    doctrees = work.with_name("doctrees")
    store = build_store(doctrees)
    try:
        if problems := site_problems(root, work, doctrees, settings):
            print(*problems, f"{counted(len(problems), 0)}; the published site stays as it was", sep="\n", file=sys.stderr)
            return 1
        publish_site(work, site, store, store.read("feed_changes", {}))
    except OSError as error:
        print(f"{error.filename or site}: {error.strerror or error}; the published site stays as it was", file=sys.stderr)
        return 1
    day = build_day(settings["insights_today"])
    print(f"The site is in {site}; essays: {sum(source.public(day) for source in read_essays(root / ESSAYS_FOLDER, store))}")
    return 0
