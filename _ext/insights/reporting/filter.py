"""One filter for all that Sphinx, MyST, docutils, other extensions and we ourselves log as a warning or an error."""

import io
import logging
import re
from collections.abc import Mapping
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.util.logging import NAMESPACE, WarningStreamHandler

from insights.problems import SETTINGS, Problem, relative
from insights.source import TASTE, levels_of_rules, parse_front_matter

from .messages import explain
from .suggestions import targets

#: What the names of our own loggers begin with.
OWN = f"{NAMESPACE}.insights."
#: Kinds of warnings of others that are advice: the page is right, but not all that its author may have meant.
ADVICE = frozenset({"myst.attribute", "myst.duplicate_def"})
#: Kinds of warnings of others that are about a rule of taste, and our kind for that.
RULES = {"misc.highlighting_failure": "insights.code-languages"}
#: What authors need not read of Sphinx: that it uses one process for an extension of which it does not know whether several may
#: use it, and that a name belongs to no domain, which MyST reports too, with its line.
NEEDLESS = re.compile(
    r"the .* extension (?:is not safe|does not declare if it is safe) for parallel|doing serial (?:read|write)|"
    r"unknown (?:directive|role) name: "
)
#: The kind of what a room logs without one, if it is not the name of the room.
KINDS = {
    "catalog": "markup", "check": "markup", "configuration": "settings", "feeds": "settings", "output": "permalink",
    "pages": "settings",
}  # fmt: skip


class Collector(io.StringIO):
    """The warning stream of a build that explains its problems at its end, when all targets are known.

    Text is written to it only by what runs before our extension is set up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.logged: list[Problem] = []
        self.app: Sphinx | None = None

    def problems(self, root: Path) -> list[Problem]:
        """All problems of the build in ``root``, explained."""
        known = targets(self.app)
        early = [Problem(1, line, "sphinx", SETTINGS) for line in self.getvalue().splitlines() if line.strip()]
        return early + [explain(problem, known, root) for problem in self.logged]


class ProblemFilter(logging.Filter):
    """Hands each record to the build's Collector; where there is none, as in a plain ``sphinx-build``, puts it in our words."""

    def __init__(self, app: Sphinx) -> None:
        super().__init__()
        self.app = app

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether Sphinx is to print the record."""
        root = Path(self.app.srcdir)
        logged = logged_problem(record, root)
        problem = judged(logged.kind.removeprefix("insights."), logged, root, self.app.config.insights_rules)
        if problem is None or NEEDLESS.match(problem.message):
            self.app._warncount -= 1
            return False
        if isinstance(collector := self.app._warning, Collector):
            collector.logged.append(problem)
            # Sphinx need not count them as well.
            self.app._warncount = 0
            if not problem.warning:
                self.app.statuscode = 1
            return False
        if problem.warning:
            self.app._warncount -= 1  # with -W, what is counted stops a build
        problem = explain(problem, targets(self.app), root)
        record.msg, record.args = f"{problem.message} [{problem.kind}]", ()
        record.location = f"{problem.path}:{problem.line}"
        return True


def logged_problem(record: logging.LogRecord, root: Path) -> Problem:
    """A log record of Sphinx as a problem, in the words of the record; line 0 if it has none.

    What we ourselves log as a warning is advice, which stops nothing.
    """
    kind = ".".join(filter(None, (getattr(record, "type", ""), getattr(record, "subtype", ""))))
    if not kind:
        room = record.name.removeprefix(OWN).partition(".")[0]
        kind = f"insights.{KINDS.get(room, room)}" if record.name.startswith(OWN) else "sphinx"
    # Sphinx's own class of records puts the location into the message; and Sphinx and some extensions end it with the kind.
    message = " ".join(logging.LogRecord.getMessage(record).split())
    while message.endswith(f" [{kind}]"):
        message = message.removesuffix(f" [{kind}]")
    location = (getattr(record, "location", None) or SETTINGS).rstrip(":")
    path, _, line = location.rpartition(":")
    if not line.isdecimal():
        path, line = location, "0"
    if path.endswith(".md.rst"):  # MyST's name for reStructuredText in a text
        path = path.removesuffix(".rst")
    advice = kind in ADVICE or (record.name.startswith(OWN) and record.levelno == logging.WARNING)
    return Problem(int(line), message, RULES.get(kind, kind), relative(Path(path), root), advice)


def judged(rule: str, problem: Problem, root: Path, levels: Mapping[str, object]) -> Problem | None:
    """A problem of a ``rule`` at its level in conf.py, which is in ``levels``, or in its text; None where the rule is off.

    Rules that are not of taste have no level, and texts alone have them.
    """
    path = root / problem.path
    if rule not in TASTE or not path.is_file():
        return problem
    text = path.read_text(encoding="utf-8", errors="replace")
    record = parse_front_matter(text).record
    return next(levels_of_rules(levels, record.rules if record else {}, text).judge(rule, iter([problem])), None)


def setup(app: Sphinx) -> None:
    """Put the filter behind Sphinx's own, which leave out what is suppressed and turn nodes into locations."""
    if isinstance(app._warning, Collector):
        app._warning.app = app
    for handler in logging.getLogger(NAMESPACE).handlers:
        if isinstance(handler, WarningStreamHandler):
            handler.addFilter(ProblemFilter(app))
