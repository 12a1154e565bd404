"""Run the Python code of one text in a process of its own, and print what is wrong with it as JSON: [[line, message], …].

It needs the standard library only, and is run by its path, so that it starts quickly.
"""

import __future__

import ast
import doctest
import io
import json
import sys
import traceback
import types
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

#: The flags of `from __future__ import …`, which hold for a whole file.
FLAGS = {name: getattr(__future__, name).compiler_flag for name in __future__.all_feature_names}
FUTURE = sum(FLAGS.values())

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
    # The module that typing, dataclasses and pickle find for what the code defines.
    sys.modules["__main__"] = module = types.ModuleType("__main__")
    namespace, flags = module.__dict__, 0
    namespace["__file__"], sys.argv = name, [name]
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
                compiled = compile(eager("\n" * line + code, flags), name, "exec", flags, dont_inherit=True)
                flags |= compiled.co_flags & FUTURE
                exec(compiled, namespace)  # noqa: S102 (running it is the purpose)
        except SyntaxError as error:
            problems.append((error.lineno or line, failure(error)))
        except BaseException as error:
            lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name]
            problems.append((lines[-1] if lines and lines[-1] else line + 1, failure(error)))
        else:
            if block["output"] and out.getvalue().rstrip() != block["output"][1].rstrip():
                problems.append((block["output"][0] + 1, difference(out.getvalue(), block["output"][1])))
    return problems


def eager(code: str, flags: int) -> ast.Module:
    """``code`` with its annotations evaluated where they are written, as Python does before 3.14, which readers may have."""
    tree = ast.parse(code)
    imports = [node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "__future__"]
    postponed = any(name.name == "annotations" for node in imports for name in node.names) or flags & FLAGS["annotations"]
    if sys.version_info >= (3, 14) and not postponed:
        tree = ast.fix_missing_locations(Eager().visit(tree))
    return tree


class Eager(ast.NodeTransformer):
    """Puts the annotations of a function above it, as expressions of their own."""

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[ast.stmt]:
        """The annotations of a function, and the function."""
        self.generic_visit(node)
        parts = node.args
        arguments = [*parts.posonlyargs, *parts.args, *parts.kwonlyargs, *filter(None, [parts.vararg, parts.kwarg])]
        found = [annotation for annotation in (*(argument.annotation for argument in arguments), node.returns) if annotation]
        return [*(ast.copy_location(ast.Expr(annotation), annotation) for annotation in found), node]

    visit_AsyncFunctionDef = visit_FunctionDef  # noqa: N815 (of the library)


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
