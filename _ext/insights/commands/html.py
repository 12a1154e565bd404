"""``html``: build the site and publish it."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import gc
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from insights.problems import Problem


def run(arguments: argparse.Namespace) -> NoReturn:
    """Build what is in the current folder, publish it, and leave at once.

    Python would first take a million objects apart: half a second after 1,000 essays.
    """
    status = build_and_publish(Path.cwd())
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):  # the reader of the output may be gone
        sys.stdout.flush()
    os._exit(status)


def build_and_publish(root: Path) -> int:
    """Build ``root`` and publish the site. A build that fails leaves the last good site, and no record of what it has read."""
    # Until the build has loaded everything, there is nothing to collect: the collector would look through it again and again.
    gc.disable()
    from insights.cache import exclusive
    from insights.check import refused_texts, site_problems
    from insights.problems import print_problems
    from insights.reporting import ENVIRONMENT_PICKLE, build_site, distinct, forget_faulty

    from .publish import publish

    folder = Path("_build")
    with exclusive(folder / "work.lock"):
        finished, status = False, 0
        try:
            problems, config = build_site(root, folder / "work", folder / "doctrees", {}, status=sys.stdout)
            finished = config is not None and all(problem.warning for problem in problems)
        finally:
            if not finished:
                (folder / "doctrees" / ENVIRONMENT_PICKLE).unlink(missing_ok=True)  # so that its errors are found again
        settings = {value.name: value.value for value in config} if config else {}
        if finished:
            with contextlib.suppress(OSError):  # `publish` looks at every file again, and says so
                problems += site_problems(root, folder / "work", folder / "doctrees", settings)
            problems = distinct([*problems, *refused_texts(root, folder / "doctrees"), *_ahead(root, folder)])
        else:
            with contextlib.suppress(OSError):  # the disk may be full, which is why the build has failed
                problems = distinct([*problems, *refused_texts(root, folder / "doctrees", leaks=True)])
        if problems:
            sys.stdout.flush()
            status = print_problems(problems, sys.stderr)
            forget_faulty(problems, folder / "doctrees")  # so that its advice is given again
        if status or config is None:
            return 1
        return publish(folder / "work", folder / "html", root, settings)


def _ahead(root: Path, folder: Path) -> list[Problem]:
    """What would keep the essays that are scheduled from being published on their day: it is told now, while somebody looks."""
    from insights.cache import build_store
    from insights.check import AHEAD, refused_texts, scheduled
    from insights.reporting import in_process
    from insights.settings import read_settings
    from insights.source import ESSAYS_FOLDER, build_day, read_essays

    day = build_day(read_settings(root)["insights_today"])
    if not scheduled(read_essays(root / ESSAYS_FOLDER, build_store(folder / "doctrees")), day):
        return []
    problems = in_process("insights.check:find_problems", root, folder / AHEAD, AHEAD)
    return [*problems, *refused_texts(root, folder / AHEAD / "doctrees")]
