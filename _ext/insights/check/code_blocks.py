"""The code that essays show: Python is run, and prints what the text says it prints; other languages are parsed.

A fence of Python that cannot run here says so where everybody sees it: ```python not run: it needs a cluster
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from insights.problems import Problem
from insights.source import OPTION, Fence

RUNNER = Path(__file__).with_name("code_runner.py")
#: Seconds that the code of one text may run.
PATIENCE = 20
DIRECTIVE = re.compile(r"\{(?:code(?:-block)?|sourcecode)\}\s*")
NOT_RUN = re.compile(r"not run: *\S")
PYTHON, SHELL, OUTPUT = ("python", "py", "python3", "pycon", "doctest"), ("sh", "bash", "shell"), "output"


class Listing(NamedTuple):
    """Code in a text: its language, what else its fence says, the line above its first, and the code."""

    language: str
    remark: str
    line: int
    code: str


def listings(fences: list[Fence]) -> list[Listing]:
    """The code among the ``fences`` of a text."""
    found = []
    for fence in fences:
        info = DIRECTIVE.sub("", fence.info)
        if info.startswith("{") or not info:
            continue
        language, _, remark = info.partition(" ")
        lines, line = fence.content.splitlines(keepends=True), fence.line
        while info != fence.info and lines and OPTION.match(lines[0]):
            lines, line = lines[1:], line + 1
        found.append(Listing(language.lower(), remark.strip(), line, "".join(lines)))
    return found


def problems(found: list[Listing], text: Path) -> Iterator[Problem]:
    """Python runs, and prints what a fence called output below it shows; JSON, TOML, YAML and shell can be read.

    What is wrong with the code ``found`` in the file ``text``.
    """
    for listing in found:
        if parse := PARSERS.get(listing.language):
            yield from parse(listing)
    languages = [listing.language for listing in found]
    for before, listing in zip(["", *languages], found, strict=False):
        if listing.language == OUTPUT and before not in PYTHON:
            yield Problem(listing.line, "output of no code; put it right below the python that prints it, or call the fence text")
    run = [listing for listing in found if listing.language in PYTHON and not NOT_RUN.match(listing.remark)]
    if run:
        yield from _run(run, _shown(found), text)


def _shown(found: list[Listing]) -> dict[int, tuple[int, str]]:
    """What the text says its Python prints: by the line of the code, line and text of the next fence, if that is output."""
    pairs = itertools.pairwise(found)
    return {one.line: (two.line, two.code) for one, two in pairs if one.language in PYTHON and two.language == OUTPUT}


def _run(run: list[Listing], shown: dict[int, tuple[int, str]], text: Path) -> Iterator[Problem]:
    """Run the listings one after the other, as one program, in the folder of the text, so that they can import its model."""
    asked = [{"line": listing.line, "code": listing.code, "shown": shown.get(listing.line)} for listing in run]
    command = [sys.executable, "-P", str(RUNNER), text.name]
    try:
        done = subprocess.run(
            command, input=json.dumps(asked), capture_output=True, text=True, cwd=text.parent, timeout=PATIENCE, check=False
        )
        for line, message in json.loads(done.stdout.splitlines()[-1]):
            yield Problem(line, message)
    except subprocess.TimeoutExpired:
        yield Problem(
            run[0].line, f"the code of this text runs for more than {PATIENCE} seconds; show less, or mark it: not run: …"
        )
    except (IndexError, ValueError):
        yield Problem(run[0].line, f"the code of this text ends its Python with status {done.returncode}; take out what does")


def _python(listing: Listing) -> Iterator[Problem]:
    """Code that is not run is at least Python; what is run says so itself."""
    if listing.remark and not NOT_RUN.match(listing.remark):
        yield Problem(listing.line, f"{listing.remark!r} behind the language; allowed is `not run: ` and the reason, or nothing")
    if NOT_RUN.match(listing.remark) and ">>>" not in listing.code:
        try:
            compile(listing.code, "", "exec")
        except (SyntaxError, ValueError) as error:
            line = getattr(error, "lineno", None) or 1
            yield Problem(listing.line + line, f"not Python: {error.args[0]}; mend it, or call the fence text")


def _json(listing: Listing) -> Iterator[Problem]:
    try:
        json.loads(listing.code)
    except json.JSONDecodeError as error:
        yield Problem(listing.line + error.lineno, f"not JSON: {error.msg}; mend it, or call the fence text")


def _toml(listing: Listing) -> Iterator[Problem]:
    try:
        tomllib.loads(listing.code)
    except tomllib.TOMLDecodeError as error:
        place = re.search(r" \(at line (\d+), column \d+\)", str(error))
        reason = re.sub(r" \(at .*\)$", "", str(error))
        line = int(place[1]) if place else listing.code.count("\n")
        yield Problem(listing.line + line, f"not TOML: {reason}; mend it, or call the fence text")


def _yaml(listing: Listing) -> Iterator[Problem]:
    try:
        for _ in yaml.compose_all(listing.code, Loader=yaml.SafeLoader):
            pass
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        yield Problem(listing.line + 1 + (mark.line if mark else 0), f"not YAML: {reason}; mend it, or call the fence text")


def _shell(listing: Listing) -> Iterator[Problem]:
    """By shellcheck, which is among what `make check` sets up."""
    program = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck")
    if program is None:
        return
    # In a listing, a variable may come from the reader, or go to her.
    dialect = "sh" if listing.language == "sh" else "bash"
    command = [program, "--format=json1", "--severity=warning", f"--shell={dialect}", "--exclude=SC2034,SC2154", "-"]
    done = subprocess.run(command, input=listing.code, capture_output=True, text=True, check=False)
    for comment in json.loads(done.stdout)["comments"]:
        message = comment["message"].rstrip(".").replace("\n", " ")
        yield Problem(
            listing.line + comment["line"], f"shellcheck: {message} (SC{comment['code']}); mend it, or call the fence console"
        )


PARSERS: dict[str, Callable[[Listing], Iterator[Problem]]] = {
    **dict.fromkeys(PYTHON, _python),
    **dict.fromkeys(SHELL, _shell),
    "json": _json,
    "toml": _toml,
    "yaml": _yaml,
    "yml": _yaml,
}
