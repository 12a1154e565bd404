"""What a file has to be before anything reads it: a file of this publication, of a size that is read in no time, and text."""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from insights.problems import Problem

#: Every address and identity that was ever published.
PERMALINKS = "permalinks.lock"
#: The largest page and the largest other file, in bytes: seven times the longest essay, and room for twenty years of sources.
LARGEST = {".md": 100_000}
LARGEST_OTHER = 1_000_000
#: Characters that no text needs: they end lines in some programs only, or show a line in another order than it is read in.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u2028-\u202e\u2060\u2066-\u2069\ufeff]")


class SourceFileError(Exception):
    """A file that cannot be taken in, as a Problem: the line, and what to do about it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem._replace(kind="insights.file")


def read_source(path: Path, root: Path) -> str:
    """The text of ``path``, without a byte order mark and with line feeds. Raises IntakeError."""
    try:
        if not Path(os.path.realpath(path, strict=True)).is_relative_to(_real(root)):
            raise SourceFileError(Problem(1, "leads out of the publication; put a copy of the file in the place of the link"))
        size = path.stat().st_size
        if not path.is_file():
            raise SourceFileError(
                Problem(1, f"no file, but a {'folder' if path.is_dir() else 'device'}; rename it, or take it away")
            )
        if size > (most := LARGEST.get(path.suffix, LARGEST_OTHER)):
            raise SourceFileError(
                Problem(1, f"{size:,} bytes; allowed are {most:,}: make two of it, or take out what is pasted in")
            )
        content = path.read_bytes()
    except OSError as error:
        reason = "a link to itself" if error.errno == errno.ELOOP else error.strerror
        raise SourceFileError(Problem(1, f"cannot be read: {reason}; mend the file or its permissions")) from None
    return _text(content)


@cache
def _real(root: Path) -> str:
    return os.path.realpath(root)


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        what = f"not UTF-8 text: {error.reason} at byte {error.start}; save the file as UTF-8"
        raise SourceFileError(Problem(line, what)) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if found := UNSEEN.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise SourceFileError(
            Problem(line, f"an invisible character, U+{ord(found[0]):04X}; take it out, or put a space in its place")
        )
    return text


def unreadable_files(root: Path, patterns: list[str]) -> Iterator[tuple[Path, Problem]]:
    """What cannot be taken in of the files in ``root`` that match ``patterns``, as (file, problem)."""
    for path in sorted({path for pattern in patterns for path in matching_files(root, pattern)}):
        try:
            read_source(path, root)
        except SourceFileError as error:
            yield path, error.problem


def matching_files(root: Path, pattern: str) -> list[Path]:
    """The files in ``root`` that match ``pattern``, with links that lead nowhere, which a glob leaves out."""
    folder, _, name = pattern.rpartition("/")
    if "*" in name:
        return sorted(root.glob(pattern))
    folders = root.glob(folder) if folder else [root]
    return sorted(parent / name for parent in folders if os.path.lexists(parent / name))
