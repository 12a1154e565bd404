"""What a build has said in its log is wrong, in the words of the house."""

from __future__ import annotations

import re
from pathlib import Path

from insights.problems import Problem

from . import messages

COLOURS = re.compile(r"\x1b\[[\d;]*m")
MESSAGE = re.compile(r"(?:(?P<path>[^:]+):(?P<line>\d*):* )?(?P<level>WARNING|ERROR|CRITICAL): (?P<text>.*)")
#: What Sphinx's report of a crash begins with, and what helps in it.
REPORT = "Versions"
FRAME = re.compile(r'\s+File "(?P<path>[^"]+)", line (?P<line>\d+)')
RAISED = re.compile(r" +(?:\w+\.)*(\w*(?:Error|Exception|Interrupt)\b.*)")
#: Where Sphinx has put the whole of it, the lines of templates included.
SAVED = re.compile(r"(/\S*sphinx-err-\S+\.log)")
HANDLER = re.compile(r"Handler .* threw an exception \(exception: (.*)\)")
#: Where the fault lies, where no line of ours was running.
PLACES = (
    (re.compile(r"conf\.py, line (\d+)"), "conf.py"),
    (re.compile(r"builder_inited_cite.*line (\d+)"), "essays/references.bib"),
    (re.compile(r"ThemeError"), "_templates"),
)


def log_problems(log: str, root: Path) -> list[tuple[Path, Problem]]:
    """What a build in ``root`` that wrote ``log`` found wrong, in the words of the house."""
    names = messages.Names(root)
    heard: list[tuple[re.Match[str], list[str]]] = []
    crash: list[tuple[Path, Problem]] = []
    lines = COLOURS.sub("", log).splitlines()
    for number, line in enumerate(lines):
        if line == REPORT:
            crash = [_crash(lines[number:], root)]
            break
        if message := MESSAGE.fullmatch(line):
            heard.append((message, [message["text"]]))
        elif heard and line.startswith(" "):
            heard[-1][1].append(line.strip())  # the rest of a message that takes several lines
    found = []
    for message, said in heard:
        path = root / message["path"] if message["path"] else root / "conf.py"
        text = messages.explain(" ".join(said), path, names)
        found.append((path, Problem(int(message["line"] or _line_of(message["text"], path)), text)))
    return list(dict.fromkeys([*found, *crash]))


def _line_of(message: str, path: Path) -> int:
    """The line of a text that a message without one is about: the first that has the file in it which the message names."""
    name = message.rpartition("/")[2].partition(" [")[0]
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    return next((number for number, line in enumerate(lines, 1) if name in line), 1)


def _crash(report: list[str], root: Path) -> tuple[Path, Problem]:
    """What broke a build off: the error, and the last line of our own that was running."""
    raised = max((number for number, line in enumerate(report) if RAISED.fullmatch(line)), default=0)
    rest = [line.strip() for line in report[raised + 1 :] if line.startswith("    ")]
    reason = " ".join([RAISED.sub(r"\1", report[raised]), *rest])
    said = Problem(1, "the build broke off: " + HANDLER.sub(r"\1", reason))
    saved = [Path(found[1]) for line in report if (found := SAVED.fullmatch(line.strip()))]
    whole = [line for path in saved if path.is_file() for line in path.read_text(encoding="utf-8").splitlines()]
    frames = [(Path(frame["path"]), int(frame["line"])) for frame in map(FRAME.match, [*report, *whole]) if frame]
    if "ThemeError" in reason and (templates := [frame for frame in frames if root / "_templates" in frame[0].parents]):
        return templates[-1][0], said._replace(line=templates[-1][1])
    for pattern, name in PLACES:
        if place := pattern.search(reason):
            return root / name, said._replace(line=int(place[1]) if place.groups() else 1)
    own = [(path, line) for path, line in frames if root in path.parents and ".venv" not in path.parts]
    path, line = own[-1] if own else (root / "conf.py", 1)
    return path, said._replace(line=line)
