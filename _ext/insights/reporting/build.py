"""A build of the site, and all problems that it finds; what the next build must not keep of it."""

import re
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, cpu_count, get_context
from pathlib import Path
from typing import IO

from pybtex.database import InvalidNameString
from pybtex.scanner import PybtexSyntaxError
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ConfigError, SphinxParallelError
from sphinx.util.console import color_terminal, nocolor
from sphinx.util.docutils import docutils_namespace, patch_docutils

from insights.problems import OF_PAGE, SETTINGS, Problem, causes, crash, guarded, keep_details
from insights.processes import begin_in_pool
from insights.settings import TYPES, load_settings, setting_location, wrong_type
from insights.source import BIBLIOGRAPHY, ESSAY_TEXT, PERMALINKS

from .bibliography import not_bibtex
from .duplicates import distinct
from .filter import Collector

ENVIRONMENT_PICKLE = "environment.pickle"
#: A fault in more pages than this is one of them all.
MANY_PAGES = 3
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
            failures = _failures(inner, root, collector.app)
        finally:
            for process in active_children():  # of a failed build; this one would wait for them for ever
                process.kill()
        problems = distinct(_together([*collector.problems(root), *failures]))
    return problems, collector.app.config if collector.app else None


def _failures(error: Exception, root: Path, app: Sphinx | None) -> list[Problem]:
    """The exception that stopped a build; one about a setting, an extension or BibTeX in words that an author understands."""
    try:
        written = load_settings(root)
    except Exception:  # the error may be that
        written = {}
    options = app.config.values if app else Config.config_values | dict.fromkeys(TYPES)
    wrong = {name: wrong_type(name, written[name], options[name]) for name in sorted(options.keys() & written)}
    reason = " ".join(str(part) for part in causes(error)[-1].args)
    if (missing := re.match(r"Could not import extension (\S+)", getattr(error, "message", ""))) and missing[1]:
        cause = getattr(error, "orig_exc", None)
        message = f"the extension {missing[1]} cannot be loaded: {cause}; install its package, or remove it from extensions"
        return [_of_setting(root, "extensions", message, missing[1])]
    if any(wrong.values()):
        return [_of_setting(root, name, message) for name, message in wrong.items() if message]
    if (named := re.match(r"(\w+) must be ", reason)) and named[1] in written:  # as ABlog says it
        return [_of_setting(root, named[1], f"{reason}; correct the setting")]
    if isinstance(cause := error.__cause__ or error, PybtexSyntaxError | InvalidNameString):
        text = (root / BIBLIOGRAPHY).read_text(encoding="utf-8", errors="replace")
        return [not_bibtex(cause, text).at(root / BIBLIOGRAPHY, root, "insights.bibliography")]
    problem = crash(error, root)
    return [problem._replace(message=problem.message + keep_details(error, root))]


def _of_setting(root: Path, name: str, message: str, entry: str | None = None) -> Problem:
    """A problem of the setting ``name``, or of an ``entry`` of it."""
    line = setting_location(root, name, entry).rpartition(":")[2]
    return Problem(int(line), message, "insights.settings", SETTINGS)


def _together(problems: Iterable[Problem]) -> Iterator[Problem]:
    """The problems; a fault of the machinery in many pages is one, at the line that has it."""
    pages: dict[tuple[str, ...], list[tuple[Problem, str]]] = {}
    for problem in problems:
        if found := OF_PAGE.fullmatch(problem.message):
            pages.setdefault(found.group(3, 4, 5), []).append((problem, found[2] or problem.path))
        else:
            yield problem
    for (path, line, rest), group in pages.items():
        if len(group) <= MANY_PAGES:
            yield from (problem for problem, _ in group)
        else:
            names = sorted({name for _, name in group})
            message = f"the build failed at {names[0]} and {len(names) - 1} others: {rest}"
            yield Problem(int(line), message, "insights.crash", path)


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
