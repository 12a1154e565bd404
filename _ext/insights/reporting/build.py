"""A build of the site, with the switches of the Makefile: its arguments, and what the next one must not keep of it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from insights.problems import Problem
from insights.source import ESSAY_TEXT, PERMALINKS

ENVIRONMENT_PICKLE = "environment.pickle"
#: For every build: a page is a folder, what leads nowhere is a mistake, a warning is one too, all are found in one run.
SWITCHES = ("-b", "dirhtml", "-n", "-W", "--keep-going", "-j", "auto")


def build_arguments(root: Path, folder: Path, *, preview: bool) -> list[str]:
    """What sphinx-build is told to build the texts in ``root`` into ``folder``/html; with drafts, for a ``preview``."""
    shown = ["-D", "insights_preview=1"] if preview else []
    return ["-q", *SWITCHES, *shown, "-d", str(folder / "doctrees"), str(root), str(folder / "html")]


def forget_faulty(found: Iterable[tuple[Path, Problem]], root: Path, doctrees: Path) -> None:
    """Have the next build in ``doctrees`` find again what is not mended by then.

    Sphinx reads a text anew when it has changed or its doctree is gone, and says only what it meets in what it reads. What is
    wrong with anything but a text and its model may have kept it from writing any page, so that all is read again.
    """
    for path, _ in found:
        text = path.with_name(ESSAY_TEXT) if path.match("essays/*/*.py") else path
        doctree = doctrees / text.relative_to(root).with_suffix(".doctree") if root in text.parents else Path()
        if text.suffix == ".md" and doctree.exists():
            doctree.unlink()
        elif path != root / PERMALINKS and text.suffix != ".md":
            (doctrees / ENVIRONMENT_PICKLE).unlink(missing_ok=True)
