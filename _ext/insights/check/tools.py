"""What other programs report: spelling by codespell, code by ruff, mypy and import-linter."""

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from insights.problems import Problem
from insights.processes import end_with_parent


class Tool(NamedTuple):
    """A program, its arguments, a pattern for a line of its output (path, line, and more), and the message made of it."""

    name: str
    arguments: tuple[str, ...]
    line: re.Pattern[str]
    message: str


PLACE = r"(?P<path>[^:]+):(?P<line>\d+):"
SPELLING = Tool("codespell", (), re.compile(PLACE + r" (?P<wrong>.+) ==> (?P<right>.+)"), "“{wrong}” is misspelt; write {right}")
TYPES = Tool("mypy", ("--no-error-summary", "--no-pretty"), re.compile(PLACE + r" error: (?P<text>.+)"), "{text}")
CODE = (
    Tool("ruff", ("check", "--quiet", "--output-format=concise"), re.compile(PLACE + r"\d+: (?P<text>.+)"), "{text}"),
    Tool("ruff", ("format", "--check", "--quiet", "--output-format=concise"), re.compile(PLACE + r"\d+: unformatted: .+"),
        "not formatted; run `make format`"),
)  # fmt: skip
IMPORTS = Tool("lint-imports", ("--no-logo", "--no-cache"),
    re.compile(r"- +(?P<module>[\w.]+) -> (?P<imported>[\w.]+) \(l\.(?P<line>\d+).*\)"),
    "imports {imported}, past a door or up a floor; the contracts are in pyproject.toml",
)  # fmt: skip


def spelling(root: Path, language: str) -> list[Problem]:
    """No word is misspelt."""
    if not language.startswith("en"):
        return []  # codespell knows the mistakes of English only, and takes words of other languages for them
    return list(_problems(SPELLING, root, [*map(str, root.glob("*.md")), *map(str, root.glob("essays/*/index.md"))]))


def code(root: Path) -> list[Problem]:
    """What is wrong with the code of the publication: machinery, tests and models; spelling, in every file.

    Models are typed one at a time, since all of them are called model.
    """
    problems = [problem for tool in (SPELLING, *CODE) for problem in _problems(tool, root, [])]
    machinery = [name for name in ("_ext", "tests") if (root / name).is_dir()]
    models = sorted(path.relative_to(root).as_posix() for path in root.glob("essays/*/model.py"))
    for files in [machinery, *([model] for model in models)]:
        problems += _problems(TYPES, root, files)
    if (root / "_ext/insights").is_dir():
        problems += _problems(IMPORTS, root, [])
    return list(dict.fromkeys(problems))


def _problems(tool: Tool, root: Path, files: list[str]) -> Iterator[Problem]:
    program = Path(sys.executable).parent / tool.name
    done = subprocess.run(
        [program, *tool.arguments, *files], cwd=root, capture_output=True, text=True, check=False, preexec_fn=end_with_parent
    )
    matches = [match for line in done.stdout.splitlines() if (match := tool.line.fullmatch(line))]
    for match in matches:
        groups = match.groupdict()
        path = root / groups["path"] if "path" in groups else _file(root, groups["module"])
        yield Problem(int(groups.get("line") or 1), tool.message.format(**groups)).at(path, root, tool.name)
    if done.returncode and not matches:
        # The program itself has failed: its own last words are the best there are.
        words = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        yield Problem(1, f"{tool.name} failed: {words[-1] if words else 'it gives no reason'}", tool.name, "pyproject.toml")


def _file(root: Path, module: str) -> Path:
    """The file of a module of ours, from its dotted name."""
    path = root / "_ext" / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
