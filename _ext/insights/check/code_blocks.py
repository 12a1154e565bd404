"""The code in texts: Python is run, and must print what the text says it prints; other languages are parsed.

A fence of Python that cannot run here says so to its readers: ```python not run: it needs a cluster
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import yaml

from insights import processes
from insights.problems import Problem
from insights.source import NOT_RUN

from .fences import CodeBlock

RUNNER = Path(__file__).with_name("code_runner.py")
#: How many seconds the code of one text may run, and how many bytes of what it prints at the end are read.
PATIENCE, END = 20, 1 << 20
#: A string of JSON, which may hold what looks like a comment, or a comment.
JSON_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*.*?\*/', re.DOTALL)
PYTHON, SHELL, OUTPUT = ("python", "py", "python3", "pycon", "doctest"), ("sh", "bash", "shell"), "output"


NO_BLOCK = CodeBlock("", "", 0, "")


def problems(blocks: list[CodeBlock], text: Path, root: Path) -> Iterator[Problem]:
    """Python code runs, and prints what a fence called output below it shows; JSON, TOML, YAML and shell code is valid.

    ``blocks``: the code in the file ``text`` of the publication in ``root``.
    """
    for block in blocks:
        if not block.forced and (parse := PARSERS.get(block.language)):
            try:
                yield from parse(block)
            except (RecursionError, MemoryError, subprocess.TimeoutExpired):
                yield Problem(block.line, f"{block.language} nested too deep to check; shorten it, or call the fence text")
    for above, block in pairwise([NO_BLOCK, *blocks]):
        if block.language == OUTPUT and above.language not in PYTHON:
            yield Problem(block.line, "output without code; put it right below the Python that prints it, or call the fence text")
    program = [
        {"line": block.line, "code": block.code, "output": (below.line, below.code) if below.language == OUTPUT else None}
        for block, below in pairwise([*blocks, NO_BLOCK])
        if block.language in PYTHON and not block.forced and not NOT_RUN.match(block.remark)
    ]
    if program:
        yield from _run(program, text, root)


def _run(program: list[dict[str, Any]], text: Path, root: Path) -> Iterator[Problem]:
    """Run the blocks of one text as one program, in the folder of the text, so that they can import its model; contained."""
    first = program[0]["line"]
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, tempfile.TemporaryFile() as output:
        try:
            status = subprocess.run(
                [sys.executable, "-P", processes.__file__, root, scratch, str(PATIENCE), RUNNER, text.name],
                input=json.dumps(program).encode(), stdout=output, stderr=subprocess.DEVNULL, cwd=text.parent,
                env=processes.environment(Path(scratch)), timeout=PATIENCE, check=False,
            ).returncode  # fmt: skip
        except subprocess.TimeoutExpired:
            yield Problem(
                first, f"the code of this text runs for more than {PATIENCE} seconds; shorten it, or mark it: not run: …"
            )
            return
        output.seek(max(0, output.seek(0, os.SEEK_END) - END))
        last = (output.read().splitlines() or [b""])[-1]
    try:
        yield from (Problem(int(line), str(message)) for line, message in json.loads(last))
    except (ValueError, TypeError, RecursionError):
        yield Problem(first, f"the code of this text ends Python with status {status}; remove the call that does")


def _invalid(block: CodeBlock, language: str, line: int, reason: str) -> Problem:
    return Problem(block.line + line, f"not {language}: {reason}; fix it, or call the fence text")


def _python(block: CodeBlock) -> Iterator[Problem]:
    """Check the syntax of code that is not run."""
    if NOT_RUN.match(block.remark) and ">>>" not in block.code:
        try:
            compile(block.code, "", "exec")
        except (SyntaxError, ValueError) as error:
            yield _invalid(block, "Python", getattr(error, "lineno", None) or 1, error.args[0])


def _json(block: CodeBlock) -> Iterator[Problem]:
    """Check JSON, also several documents, a part of one, and one with comments; not what leaves something out with ...."""
    bare = JSON_COMMENT.sub(lambda match: match[1] or "", block.code)
    if "…" in bare or re.search(r"\.\.\.(?=[^\"\n]*$)", bare, re.MULTILINE):
        return
    for code in (bare, f"{{{bare.strip().removesuffix(',')}}}", f"[{bare.strip().removesuffix(',')}]"):
        try:
            while code := code.lstrip():
                code = code[json.JSONDecoder().raw_decode(code)[1] :]
        except json.JSONDecodeError:
            continue
        return
    try:
        json.loads(block.code)
    except json.JSONDecodeError as error:
        yield _invalid(block, "JSON", error.lineno, error.msg)


def _toml(block: CodeBlock) -> Iterator[Problem]:
    try:
        tomllib.loads(block.code)
    except tomllib.TOMLDecodeError as error:
        reason, _, place = str(error).rpartition(" (at ")  # a line and a column, or the end of the document
        line = re.match(r"line (\d+)", place)
        yield _invalid(block, "TOML", int(line[1]) if line else block.code.count("\n"), reason)


def _yaml(block: CodeBlock) -> Iterator[Problem]:
    try:
        list(yaml.compose_all(block.code, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        yield _invalid(block, "YAML", 1 + (mark.line if mark else 0), reason)


def _shell(block: CodeBlock) -> Iterator[Problem]:
    """Run shellcheck, if it is installed, as it is for `make check`."""
    program = shutil.which("shellcheck", path=str(Path(sys.executable).parent)) or shutil.which("shellcheck")
    if program is None:
        return
    dialect = "sh" if block.language == "sh" else "bash"
    # The excluded rules are about variables that are set or used elsewhere, perhaps by the reader.
    command = [program, "--format=json1", "--severity=warning", f"--shell={dialect}", "--exclude=SC2034,SC2154", "-"]
    done = subprocess.run(
        command, input=block.code, capture_output=True, text=True, check=False, timeout=PATIENCE,
        preexec_fn=processes.end_with_parent,
    )  # fmt: skip
    if not done.stdout:
        raise RecursionError
    for comment in json.loads(done.stdout)["comments"]:
        reason = f"{comment['message'].rstrip('.')} (SC{comment['code']})".replace("\n", " ")
        yield Problem(block.line + comment["line"], f"shellcheck: {reason}; fix it, or call the fence console")


PARSERS: dict[str, Callable[[CodeBlock], Iterator[Problem]]] = {
    **dict.fromkeys(PYTHON, _python),
    **dict.fromkeys(SHELL, _shell),
    "json": _json, "toml": _toml, "yaml": _yaml, "yml": _yaml,
}  # fmt: skip
