"""Reading source files safely: only files of this publication, of a limited size, that are text."""

import errno
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from insights.problems import Problem

#: The file with every address and identity that was ever published.
PERMALINKS = "permalinks.lock"
#: The file with all sources that essays cite.
BIBLIOGRAPHY = "essays/references.bib"
#: The largest page and the largest other file, in bytes: an evening's reading, and twenty years of bibliography. The time that a
#: page takes may grow with the square of its size.
LARGEST = {".md": 250_000}
LARGEST_OTHER = 1_000_000
#: Characters that no page or feed can hold, or that show a line in another order than it has.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufffe\uffff]")
#: Characters that come with pasted text and show nothing, and two that end a line in some programs only.
PASTED = re.compile("[\u200b\u2028\u2029\u2060\ufeff]")

#: Files that editors keep beside the one that is open: locks, backups, and what they write before they rename it.
EDITORS = re.compile(r"\.#.*|#.*#|.*~|\..*\.sw[a-p]|.*\.(?:swp|tmp|part|bak|orig|rej)|\.goutputstream-.*|4913|\._.*|\.DS_Store")


class SourceFileError(Exception):
    """A file that cannot be read; ``problem`` has the line, and says how to fix it."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.problem = Problem(line, message, "insights.file")


def read_source(path: Path, root: Path) -> str:
    """The text of ``path``, without a byte order mark and with line feeds; it must be inside ``root``. Raises SourceFileError."""
    try:
        if not Path(os.path.realpath(path, strict=True)).is_relative_to(os.path.realpath(root)):
            raise SourceFileError("leads out of the publication; put a copy of the file in the place of the link")
        size = path.stat().st_size
        if not path.is_file():
            raise SourceFileError(f"no file, but a {'folder' if path.is_dir() else 'device'}; rename it, or take it away")
        if size > (limit := LARGEST.get(path.suffix, LARGEST_OTHER)):
            raise SourceFileError(f"{size:,} bytes; allowed are {limit:,}: split the file, or take out what is pasted in")
        content = path.read_bytes()
    except OSError as error:
        reason = "a link to itself" if error.errno == errno.ELOOP else error.strerror
        raise SourceFileError(f"cannot be read: {reason}; fix the file or its permissions") from None
    return _text(content, code=path.suffix != ".md")


def _text(content: bytes, *, code: bool) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"not UTF-8 text: {error.reason} at byte {error.start}; save the file as UTF-8"
        raise SourceFileError(message, content.count(b"\n", 0, error.start) + 1) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if match := UNSEEN.search(text) or (PASTED.search(text) if code else None):
        column = match.start() - text.rfind("\n", 0, match.start())
        message = f"an invisible character, U+{ord(match[0]):04X}, in column {column}; take it out, or put a space in its place"
        raise SourceFileError(message, text.count("\n", 0, match.start()) + 1)
    return text if code else without_pasted(text)


def without_pasted(text: str) -> str:
    """A text without invisible characters that were pasted with it; a separator of lines or paragraphs becomes a space."""
    return PASTED.sub(lambda match: " " if match[0] in "\u2028\u2029" else "", text)


def pasted_characters(text: str) -> Iterator[Problem]:
    """The invisible characters that ``without_pasted`` takes out of a text, one for each line."""
    for line, words in enumerate(text.split("\n"), 1):
        if match := PASTED.search(words):
            message = f"an invisible character, U+{ord(match[0]):04X}, in column {match.start() + 1}, which the page is without"
            yield Problem(line, message, "insights.file", warning=True)


def unreadable_files(root: Path, patterns: list[str]) -> Iterator[tuple[Path, Problem]]:
    """The files in ``root`` that match ``patterns`` and cannot be read, each with its problem."""
    for path in sorted({path for pattern in patterns for path in matching_files(root, pattern)}):
        try:
            read_source(path, root)
        except SourceFileError as error:
            yield path, error.problem


def is_of_an_editor(name: str) -> bool:
    """Whether an editor and not an author wrote the file of this ``name``."""
    return EDITORS.fullmatch(name.rpartition("/")[2]) is not None


def matching_files(root: Path, pattern: str) -> list[Path]:
    """The files in ``root`` that match ``pattern``, including broken links, which a glob leaves out, but not those of editors."""
    folder, _, name = pattern.rpartition("/")
    if "*" in name:
        return sorted(path for path in root.glob(pattern) if not is_of_an_editor(path.name))
    folders = root.glob(folder) if folder else [root]
    return sorted(parent / name for parent in folders if os.path.lexists(parent / name))


def asset_files(root: Path, paths: Iterable[str]) -> dict[str, Path]:
    """The files that Sphinx publishes of ``paths``, files and folders of conf.py in ``root``, by their names in the site.

    A template, such as ``theme.css.jinja``, is published without its suffix.
    """
    files = {}
    for entry in (root / path for path in paths):
        below = [Path(folder, name) for folder, _, names in os.walk(entry, followlinks=True) for name in names]
        for path in below or [entry] * entry.is_file():
            name = path.relative_to(entry).as_posix() if below else path.name
            files[name.removesuffix("_t").removesuffix(".jinja")] = path
    return files
