"""``html``: build the site and publish it."""

from __future__ import annotations

import argparse
import atexit
import contextlib
import gc
import os
import sys
from pathlib import Path
from typing import NoReturn

from .publish import publish


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """It takes none."""


def run(given: argparse.Namespace) -> NoReturn:
    """Build what is in the current folder, publish it, and leave at once.

    Python would first take a million objects apart: half a second after 1,000 essays.
    """
    status = build_and_publish(Path.cwd())
    atexit._run_exitfuncs()
    with contextlib.suppress(OSError):  # whoever read the output may have left
        sys.stdout.flush()
    os._exit(status)


def build_and_publish(root: Path) -> int:
    """Build ``root`` and publish the site. A build that fails leaves the last good site, and no record of what it has read."""
    # Until the build has loaded everything, there is nothing to collect: the collector would look through it again and again.
    gc.disable()
    from sphinx.cmd.build import main as build

    from insights.cache import exclusive
    from insights.reporting import ENVIRONMENT_PICKLE, SWITCHES

    folder = Path("_build")
    with exclusive(folder / "work.lock"):
        failed = 1
        try:
            failed = build([*SWITCHES, "-d", str(folder / "doctrees"), ".", str(folder / "work")])
        finally:
            if failed:
                (folder / "doctrees" / ENVIRONMENT_PICKLE).unlink(missing_ok=True)  # so that its errors are found again
        return failed or publish(folder / "work", folder / "html", root)
