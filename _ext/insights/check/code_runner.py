"""Run the Python code of one text in a process of its own, and print what is wrong with it as JSON: [[line, message], …].

It needs the standard library only, and is run by its path, so that it starts quickly.
"""

import doctest
import io
import json
import sys
import traceback
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

Problems = list[tuple[int, str]]


class Session(doctest.DocTestRunner):
    """Runs a block that is a session with >>>, and collects the answers that differ from those shown."""

    def __init__(self) -> None:
        super().__init__(optionflags=doctest.ELLIPSIS)
        self.problems: Problems = []

    def report_failure(self, out: Any, test: doctest.DocTest, example: doctest.Example, got: str) -> None:
        self.problems.append(((test.lineno or 0) + example.lineno + 1, difference(got, example.want)))

    def report_unexpected_exception(self, out: Any, test: doctest.DocTest, example: doctest.Example, exc_info: Any) -> None:
        self.problems.append(((test.lineno or 0) + example.lineno + 1, failure(exc_info[1])))


def run(program: list[dict[str, Any]], name: str) -> Problems:
    """Run the blocks of the file ``name`` in one namespace.

    A block has the keys ``code``, ``line`` (that above the code), and ``output`` (line and text of the output that is shown).
    """
    problems: Problems = []
    namespace: dict[str, Any] = {"__name__": "__main__"}
    for block in program:
        line, code, out = block["line"], block["code"], io.StringIO()
        try:
            if code.lstrip().startswith(">>>"):
                test = doctest.DocTestParser().get_doctest(code, {}, name, name, line)
                test.globs = namespace
                session = Session()
                session.run(test, out=lambda text: None, clear_globs=False)
                problems += session.problems
                continue
            with redirect_stdout(out):
                exec(compile("\n" * line + code, name, "exec"), namespace)  # noqa: S102 (running it is the purpose)
        except SyntaxError as error:
            problems.append((error.lineno or line, failure(error)))
        except BaseException as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
            problems.append((lines[-1] if lines and lines[-1] else line + 1, failure(error)))
        else:
            if block["output"] and out.getvalue().rstrip() != block["output"][1].rstrip():
                problems.append((block["output"][0] + 1, difference(out.getvalue(), block["output"][1])))
    return problems


def failure(error: BaseException) -> str:
    """The message about code that raises ``error``."""
    reason = " ".join((error.msg if isinstance(error, SyntaxError) else str(error)).split())
    return f"this code fails: {type(error).__name__}: {reason}; fix it, or mark the fence: ```python not run: why"


def difference(printed: str, shown: str) -> str:
    """The message about code that prints something other than the text shows."""
    return f"the code prints {printed.rstrip()!r}, but the text shows {shown.rstrip()!r}; write what it prints"


def main() -> None:
    """Run the program on the standard input. What it prints is captured, except for this last line of ours."""
    sys.path.insert(0, str(Path.cwd()))
    program = json.load(sys.stdin)
    sys.stdin.close()
    print("\n" + json.dumps(run(program, sys.argv[1])))


if __name__ == "__main__":
    main()
