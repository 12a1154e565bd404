"""The code in essays runs and prints what the text shows; code in other languages parses."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import note
from insights.check import code_blocks, code_runner

MARK = "fix it, or mark the fence: ```python not run: why"
TEXT = "fix it, or call the fence text"


def said(tmp_path: Path, text: str) -> list[tuple[int, str]]:
    """What is wrong with the code of a text."""
    return [problem[:2] for problem in code_blocks.problems(note(text).contents.code, tmp_path / "index.md", tmp_path)]


GOOD = {
    "two fences of one program": "```python\na = 1\n```\n\nText.\n\n```python\nprint(a)\n```\n\n```output\n1\n```",
    "a session": "```python\n>>> 1 + 1\n2\n>>> print('a long line')\na ... line\n```",
    "a model": "```python\nfrom model import N\nprint(N)\n```\n```output\n7\n```",
    "code that cannot run": "```python not run: it needs a cluster\nimport cluster\n```",
    "a directive": "````{note}\n```{code-block} python\n:caption: One\nprint(1)\n```\n````",
    "a class that asks for its types": "```python\nfrom dataclasses import dataclass\nimport typing\n```\n\n"
    "```python\n@dataclass\nclass Job:\n"
    "    next: 'Job | None' = None\n\nprint(len(typing.get_type_hints(Job)))\n```\n```output\n1\n```",
    "annotations of the future": "```python\nfrom __future__ import annotations\n```\n\n```python\nclass Node:\n"
    "    def next(self) -> Node: ...\n```",
    "options between lines": "```{code-block} python\n---\ncaption: One **of** them\nlineno-start: 3\n---\nprint(1)\n```",
    "what need not be right": "```{code-block} python\n:force:\n\nx = (\n```",
    "what is indented": "```{code-block} python\n:dedent: 4\n\n    x = 1\n```",
    "JSON as people write it": '```json\n{"a": 1, // one\n "b": [1, ...]}\n```\n```json\n"a": 1,\n```\n```jsonc\n{}\n```',
    "other languages": '```json\n{"a": 1}\n```\n```toml\na = 1\n```\n```yaml\na: [1]\n```\n',
    "yet other languages": '```sh\nmake check >"$file"\n```\n```sql\nselect (\n```',
}
BAD = {
    "an error": ("# T\n\n```python\nimport os\n\ndef f():\n    return 1 / 0\n\nf()\n```",
        [(7, f"this code fails: ZeroDivisionError: division by zero; {MARK}")]),
    "an annotation that is not yet there": ("```python\nclass Node:\n    def next(self) -> Node: ...\n```",
        [(3, f"this code fails: NameError: name 'Node' is not defined; {MARK}")]),
    "no Python": ("```python\nx = (\n```", [(2, f"this code fails: SyntaxError: '(' was never closed; {MARK}")]),
    "an end": ("```python\n1\n\nraise SystemExit(3)\n```", [(4, f"this code fails: SystemExit: 3; {MARK}")]),
    "another output":
        ("```python\nprint(1)\n```\n\n```output\n2\n```",
            [(6, "the code prints '1', but the text shows '2'; write what it prints")]),
    "another answer": ("\n```python\n>>> 1 + 1\n3\n>>> x\n```",
        [(3, "the code prints '2', but the text shows '3'; write what it prints"),
         (5, f"this code fails: NameError: name 'x' is not defined; {MARK}")]),
    "what is not run and not Python": ("```python not run: slow\nx = (\n```", [(2, f"not Python: '(' was never closed; {TEXT}")]),
    "a hard exit":
        ("```python\nimport os\nos._exit(4)\n```",
            [(1, "the code of this text ends Python with status 4; remove the call that does")]),
    "a directive of Sphinx":
        ("```{sourcecode} python\n:caption: One\n\n1 / 0\n```",
            [(4, f"this code fails: ZeroDivisionError: division by zero; {MARK}")]),
    "output of nothing": ("```sh\nls\n```\n\n```output\n1\n```",
        [(5, "output without code; put it right below the Python that prints it, or call the fence text")]),
    "YAML by its other name": ("```yml\na: [1\nb: 2\n```", [(3, f"not YAML: expected ',' or ']', but got ':'; {TEXT}")]),
    "JSON": ('```json\n{"a": 1,\n}\n```', [(3, f"not JSON: Expecting property name enclosed in double quotes; {TEXT}")]),
    "TOML": ("```toml\na = 1\nb = x\n```", [(3, f"not TOML: Invalid value; {TEXT}")]),
    "YAML": ("```yaml\na: [1\nb: 2\n```", [(3, f"not YAML: expected ',' or ']', but got ':'; {TEXT}")]),
    "JSON that is nested deep": ("```json\n" + "[\n" * 40_000 + "```",
        [(1, "json nested too deep to check; shorten it, or call the fence text")]),
    "YAML that is nested deep": ("```yaml\n" + "[\n" * 4_000 + "```",
        [(1, "yaml nested too deep to check; shorten it, or call the fence text")]),
    "shell": ('```sh\n[ "$a" == b ]\n```',
        [(2, "shellcheck: In POSIX sh, == in place of = is undefined (SC3014); fix it, or call the fence console")]),
}  # fmt: skip


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD.keys())
def test_code_that_runs_is_not_a_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "model.py").write_text("N = 7\n")
    assert said(tmp_path, text) == []


@pytest.mark.parametrize(("text", "expected"), BAD.values(), ids=BAD.keys())
def test_code_that_does_not_run_is_reported_at_its_line(tmp_path: Path, text: str, expected: list[tuple[int, str]]) -> None:
    assert said(tmp_path, text) == expected


def test_code_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_blocks, "PATIENCE", 1)
    ((line, message),) = said(tmp_path, "Text.\n\n```python\nwhile True:\n    pass\n```")
    assert (line, message) == (3, "the code of this text runs for more than 1 seconds; shorten it, or mark it: not run: …")


def test_shell_code_that_shellcheck_cannot_check_in_time_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_blocks, "PATIENCE", 1)
    deep = "```bash\n" + "a $(\n" * 4_000 + ")\n" * 4_000 + "```"
    assert said(tmp_path, deep) == [(1, "bash nested too deep to check; shorten it, or call the fence text")]


def test_annotations_are_evaluated_whatever_python_runs_the_code() -> None:
    tree = code_runner.Eager().visit(ast.parse("class Node:\n    async def next(self, *, by: int) -> Node: ..."))
    assert ast.unparse(tree) == "class Node:\n    int\n    Node\n\n    async def next(self, *, by: int) -> Node:\n        ..."
