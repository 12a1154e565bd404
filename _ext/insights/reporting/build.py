"""A build of the site, and all problems that it finds; what the next build must not keep of it."""

import re
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import cpu_count, get_context
from pathlib import Path
from typing import IO

from pybtex.database import InvalidNameString
from pybtex.scanner import PybtexSyntaxError
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError, ExtensionError, SphinxParallelError
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from insights.problems import SETTINGS, Problem, crash, guarded, keep_details
from insights.processes import begin_in_pool
from insights.settings import setting_location
from insights.source import BIBLIOGRAPHY, ESSAY_TEXT, PERMALINKS

from .bibliography import not_bibtex
from .duplicates import distinct
from .filter import Collector

ENVIRONMENT_PICKLE = "environment.pickle"
#: For builds with Sphinx's own command: a page is a folder, missing targets and other warnings are errors, all found in one run.
SWITCHES = ("-b", "dirhtml", "-n", "-W", "--keep-going", "-j", "auto")


def build_site(
    root: Path, html: Path, doctrees: Path, settings: dict[str, object], status: IO[str] | None = None, jobs: int | None = None
) -> tuple[list[Problem], Config | None]:
    """Build the texts in ``root`` into the folder ``html``, with ``settings`` in place of those of conf.py.

    Returns the problems, and the settings, which are None if they cannot be read. Sphinx writes its progress to ``status``, and
    works in ``jobs`` processes; by default, one for each core. A process can build only one site: ABlog keeps state on a class.
    """
    collector, failures = Collector(), []
    if not color_terminal():
        nocolor()
    # The names of directives and roles are gone with the namespace, and messages suggest some.
    with patch_docutils(root), docutils_namespace():
        try:
            processes = jobs or cpu_count()
            Sphinx(root, root, html, doctrees, "dirhtml", settings, status, collector, parallel=processes).build()
        except SphinxParallelError as error:
            # It has the traceback of its process as text only; in one process, the exception itself is at hand.
            failures = in_process("insights.reporting.build:serial_problems", root, html, doctrees, settings)
            failures = failures or [crash(error, root)]
        except ConfigError as error:
            failures = [crash(error, root, settings=True)]
        except SystemExit as end:  # by our check of all files, which has reported each that cannot be read
            failures = [] if collector.logged else [Problem(1, f"the build ended itself: {end}", "insights.crash", SETTINGS)]
        except Exception as error:
            inner = error.with_traceback(error.__traceback__ and error.__traceback__.tb_next)
            failures = [_with_details(_failure(inner, root), inner, root, _read_last(collector.app))]
        problems = distinct([*collector.problems(root), *failures])
    return problems, collector.app.config if collector.app else None


def _failure(error: Exception, root: Path) -> Problem:
    """The exception that stopped a build; one about BibTeX or an extension in words that an author understands."""
    problem = crash(error, root)
    if isinstance(error, ExtensionError) and (missing := re.match(r"Could not import extension (\S+)", error.message)):
        message = (
            f"the extension {missing[1]} cannot be loaded: {error.orig_exc}; install its package, or remove it from extensions"
        )
        line = setting_location(root, "extensions", missing[1]).rpartition(":")[2]
        return Problem(int(line), message, "insights.settings", SETTINGS)
    if isinstance(cause := error.__cause__ or error, PybtexSyntaxError | InvalidNameString):
        text = (root / BIBLIOGRAPHY).read_text(encoding="utf-8", errors="replace")
        return not_bibtex(cause, text).at(root / BIBLIOGRAPHY, root, "insights.bibliography")
    return problem


def _with_details(problem: Problem, error: Exception, root: Path, read: str) -> Problem:
    """A fault of the machinery with the text that was ``read``, if any, and where its details are kept; another as it is."""
    if problem.kind != "insights.crash":
        return problem
    failed = "the build failed"
    where = f"{failed} while it read {read}" if read else failed
    return problem._replace(message=problem.message.replace(failed, where, 1) + keep_details(error, root))


def _read_last(app: Sphinx | None) -> str:
    """The text that was being read when a build stopped; "" if none was."""
    docname = getattr(getattr(getattr(app, "env", None), "current_document", None), "docname", "")
    return f"{docname}.md" if docname else ""


def serial_problems(root: Path, html: Path, doctrees: Path, settings: dict[str, object]) -> list[Problem]:
    """The problems of a build in this process alone."""
    return build_site(root, html, doctrees, settings, jobs=1)[0]


def in_process(function: str, root: Path, *arguments: object) -> list[Problem]:
    """The problems that a ``function`` (``module:name``) finds in ``root``, in a fresh process."""
    try:
        with ProcessPoolExecutor(1, get_context("spawn"), begin_in_pool) as pool:
            return pool.submit(guarded, function, root, *arguments).result()
    except BrokenProcessPool:
        return [Problem(1, "the build was killed; look whether the machine has memory left", "insights.crash", SETTINGS)]


def forget_faulty(problems: Iterable[Problem], doctrees: Path) -> None:
    """Make the next build in ``doctrees`` find these ``problems`` again, unless they are fixed.

    Sphinx reads a text again if it has changed or its doctree is gone, and reports only what it meets in what it reads. A problem
    with anything but a text and its model may have kept it from writing any page, so that everything is read again.
    """
    # Each build gives the advice about conf.py.
    for path in {Path(problem.path) for problem in problems if not (problem.warning and problem.path == SETTINGS)}:
        text = Path(*path.parts[:2], ESSAY_TEXT) if path.parts[:1] == ("essays",) and len(path.parts) > 2 else path
        if not text.name:
            continue  # a fault that no file is to blame for
        doctree = doctrees / text.with_suffix(".doctree")
        if text.suffix == ".md" and not text.is_absolute() and doctree.exists():
            doctree.unlink()
        elif path != Path(PERMALINKS) and text.suffix != ".md":
            (doctrees / ENVIRONMENT_PICKLE).unlink(missing_ok=True)
