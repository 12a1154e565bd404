"""Runs the Python of one text, in a process of its own, and prints what is wrong with it: [[line, message], …] as JSON.

The standard library is all it knows, and it is run by its path, so that it starts at once.
"""

from __future__ import annotations

import doctest
import io
import json
import sys
import traceback
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

MARK = "mend it, or mark the fence: ```python not run: why"


class Session(doctest.DocTestRunner):
    """Runs a listing that is written as a session, with >>>, and keeps what did not come out as shown."""

    def __init__(self) -> None:
        super().__init__(optionflags=doctest.ELLIPSIS)
        self.found: list[tuple[int, str]] = []

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        """Keep what was printed instead."""
        self.found.append(((test.lineno or 0) + example.lineno + 1, differs(got, example.want)))

    def report_unexpected_exception(self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any) -> None:
        """Keep what was raised."""
        line = (test.lineno or 0) + example.lineno + 1
        self.found.append((line, f"this code fails: {said(exc_info[1])}; {MARK}"))


def run(listings: list[dict[str, Any]], name: str) -> list[tuple[int, str]]:
    """Run ``listings`` of the file ``name`` in one namespace; what is wrong with them, as (line, message)."""
    found: list[tuple[int, str]] = []
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for listing in listings:
        line, code = listing["line"], listing["code"]
        out = io.StringIO()
        try:
            if code.lstrip().startswith(">>>"):
                test = doctest.DocTestParser().get_doctest(code, {}, name, name, line)
                test.globs = namespace
                session = Session()
                session.run(test, out=lambda text: None, clear_globs=False)
                found += session.found
                continue
            with redirect_stdout(out):
                exec(compile("\n" * line + code, name, "exec"), namespace)  # noqa: S102 (it is what this is for)
        except SyntaxError as error:
            found.append((error.lineno or line, f"this code fails: {said(error)}; {MARK}"))
            continue
        except BaseException as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
            found.append((lines[-1] if lines and lines[-1] else line + 1, f"this code fails: {said(error)}; {MARK}"))
            continue
        if listing["shown"] and out.getvalue().rstrip() != listing["shown"][1].rstrip():
            found.append((listing["shown"][0] + 1, differs(out.getvalue(), listing["shown"][1])))
    return found


def said(error: BaseException) -> str:
    """An error in one line."""
    reason = error.msg if isinstance(error, SyntaxError) else str(error)
    return f"{type(error).__name__}: {' '.join(reason.split())}"


def differs(got: str, shown: str) -> str:
    """That a listing prints something else than the text shows."""
    return f"the code prints {got.rstrip()!r}, and the text shows {shown.rstrip()!r}; write what it prints"


def main() -> None:
    """Run what is asked for on the standard input; all that the code prints by the way goes nowhere."""
    sys.path.insert(0, str(Path.cwd()))
    asked = json.load(sys.stdin)
    sys.stdin.close()
    print("\n" + json.dumps(run(asked, sys.argv[1])))


if __name__ == "__main__":
    main()
