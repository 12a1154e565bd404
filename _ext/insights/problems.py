"""A mistake of an author: where it is, what kind it is, and how to fix it. A crash is one, too."""

from __future__ import annotations

import difflib
import errno
import re
import traceback
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import NamedTuple, TextIO

#: Where the details of crashes are kept.
CRASH = "_build/crash.log"
#: After so many bytes, that file begins anew.
LARGEST_LOG = 1_000_000
#: What git writes into a file that two people have changed.
CONFLICT = re.compile(r"^(?:<{7}|>{7}) \S", re.MULTILINE)
#: Where a problem is that no file is to blame for.
SETTINGS = "conf.py"


class Problem(NamedTuple):
    """Something wrong with a file, from where it is found to where it is printed.

    A rule that knows only the text yields ``line`` and ``message``; ``at`` adds the rest. ``kind`` is the type and subtype of a
    warning in Sphinx (``myst.xref_missing``), ``insights.…``, or a program; ``path`` is relative to the source folder.
    """

    line: int
    message: str
    kind: str = ""
    path: str = ""
    warning: bool = False

    def at(self, path: Path, root: Path, kind: str, *, warning: bool = False) -> Problem:
        """This problem in the file ``path`` of the publication in ``root``; of ``kind``, unless it has one."""
        return self._replace(path=relative(path, root), kind=self.kind or kind, warning=warning)

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {'warning: ' if self.warning else ''}{self.message} [{self.kind}]"


def relative(path: Path, root: Path) -> str:
    """A path as problems name it: with slashes, and relative to ``root`` if it is in there."""
    return (path.relative_to(root) if path.is_relative_to(root) else path).as_posix()


def counted(errors: int, warnings: int) -> str:
    """How many errors and warnings there are."""
    return f"{errors} error{'s' * (errors != 1)}, {warnings} warning{'s' * (warnings != 1)}"


def print_problems(problems: Collection[Problem], file: TextIO | None = None) -> int:
    """Print ``problems`` to a ``file``, by default the standard output, and how many there are; 1 if any is an error."""
    warnings = sum(problem.warning for problem in problems)
    print(*problems, counted(len(problems) - warnings, warnings), sep="\n", file=file)
    return 1 if len(problems) > warnings else 0


def suggest(wrong: str, written: str, allowed: Iterable[str], fix: str) -> str:
    """What is ``wrong``, the nearest to what was ``written`` that is ``allowed``, and how to ``fix`` it, as one message."""
    near = difflib.get_close_matches(written, list(allowed), 1, 0.6)
    return f"{wrong}; did you mean {near[0]!r}? {fix[0].upper()}{fix[1:]}" if near else f"{wrong}; {fix}"


def unknown_value(kind: str, value: str, allowed: Iterable[str]) -> str:
    """The message about a ``value`` that is not ``allowed``, with the nearest one that is."""
    allowed = list(allowed)
    fix = f"allowed are: {', '.join(allowed)}" if allowed else "there is none, so remove it"
    return suggest(f"unknown {kind} {value!r}", value, allowed, fix)


def unresolved(line: str) -> str:
    """The message about a ``line`` that git has written."""
    return f"{line.split()[0]} marks a conflict that is not resolved; keep one of the versions"


def causes(error: BaseException) -> list[BaseException]:
    """An exception and those that led to it, from the last to the first."""
    chain = [error]
    while inner := chain[-1].__cause__:
        chain.append(inner)
    return chain


def crash(error: BaseException, root: Path, *, settings: bool = False) -> Problem:
    """An exception as a problem: its cause, at the last line of the project in ``root`` that led to it.

    One that reading the ``settings`` raised is a problem of conf.py.
    """
    if settings:
        line = next((line for path, line in _places(error) if path == root / SETTINGS), 1)
        return Problem(line, f"the settings cannot be read: {_reason(error)}", "insights.settings", SETTINGS)
    if said := _of_file(error, root):
        return Problem(1, f"the build failed: {said[1]}", "insights.file", said[0])
    path, line = _own_place(error, root) or (root / SETTINGS, 1)
    return Problem(line, f"the build failed: {_what(error)}", "insights.crash", relative(path, root))


#: The message of ``crash_in`` about a page: the work, the address of a page that is no text, the place, and the rest.
OF_PAGE = re.compile(r"the build failed while it (\w+) (?:this text|the page (\S+)), in (\S+):(\d+): (.*)")


def crash_in(work: str, error: BaseException, root: Path) -> Problem:
    """An exception that came in this ``work`` of a build in ``root``, as a problem; its details are kept."""
    if said := _of_file(error, root):
        return Problem(1, f"the build failed while it {work}: {said[1]}", "insights.file", said[0])
    own = _own_place(error, root)
    path, line = (relative(own[0], root), own[1]) if own else (SETTINGS, 1)
    where = f", in {path}:{line}" if own and work.startswith(("read ", "checked ", "wrote this ", "wrote the page ")) else ""
    message = f"the build failed while it {work}{where}: {_what(error)}{keep_details(error, root)}"
    return Problem(line, message, "insights.crash", path)


@contextmanager
def about(name: str) -> Iterator[None]:
    """Let an exception say what the work was about."""
    try:
        yield
    except Exception as error:
        error.add_note(name)
        raise


def keep_details(error: BaseException, root: Path) -> str:
    """Add where an ``error`` came from to ``_build/crash.log``, for those who mend it; words that say so, or nothing."""
    path = root / CRASH
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("w" if path.exists() and path.stat().st_size > LARGEST_LOG else "a", errors="backslashreplace") as log:
            log.write("".join(traceback.format_exception(error)) + "\n")
    except OSError:  # the disk may be full, or the folder read-only, which is why we are here
        return ""
    return f"; the details are in {CRASH}"


def _reason(error: BaseException) -> str:
    first = causes(error)[-1]
    return " ".join(str(getattr(first, "msg", first)).split())


def _what(error: BaseException) -> str:
    names = dict.fromkeys(name for cause in causes(error) for name in getattr(cause, "__notes__", ()))
    return f"{type(causes(error)[-1]).__name__}: {_reason(error)}" + (f" (at {', '.join(names)})" if names else "")


def _of_file(error: BaseException, root: Path) -> tuple[str, str] | None:
    """The file that the system did not let be read or written, and what to do; None if the ``error`` is about something else."""
    first = causes(error)[-1]
    if not isinstance(first, OSError) or not isinstance(first.filename, str):
        return None
    name = relative(Path(first.filename).absolute(), root)
    if first.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOSPC, errno.EDQUOT):
        return name, f"{first.strerror}; look at the permissions of this folder, and at the space on its disk"
    if first.errno == errno.ENOENT and not name.startswith(("/", "_build/", "_ext/")):
        return name, "this file went away while the site was built; build again"
    return None


def _own_place(error: BaseException, root: Path) -> tuple[Path, int] | None:
    """The last line of the project in ``root`` that led to an exception."""
    own = ((path, line) for path, line in _places(error) if path.is_relative_to(root) and ".venv" not in path.parts)
    return next(own, None)


def _places(error: BaseException) -> Iterator[tuple[Path, int]]:
    """The file and line that an exception or its causes name, if any, and those that were running, from the last."""
    for part in reversed(causes(error)):
        if (name := getattr(part, "filename", None)) and (line := getattr(part, "lineno", None)):
            yield Path(str(name)).absolute(), line
        for frame in reversed(traceback.extract_tb(part.__traceback__)):
            yield Path(frame.filename).absolute(), frame.lineno or 1


def guarded(function: str, root: Path, *arguments: object) -> list[Problem]:
    """The problems that a ``function`` (``module:name``) finds in ``root``; its own crash if it raises or cannot be loaded.

    For processes of their own: exceptions lose their traceback on the way home.
    """
    module, _, name = function.partition(":")
    try:
        problems: list[Problem] = getattr(import_module(module), name)(root, *arguments)
    except Exception as error:
        problem = crash(error.with_traceback(error.__traceback__ and error.__traceback__.tb_next), root)
        return [problem._replace(message=problem.message + keep_details(error, root))]
    return problems
