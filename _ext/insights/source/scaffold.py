"""A new essay: a draft that builds at once, with a small model, in a folder named after its address."""

import json
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from datetime import date as Day
from functools import partial
from pathlib import Path
from typing import TypeVar

from insights.problems import unknown_value

from . import essays
from .front_matter import parse_front_matter, slug_of, slug_problems

SUMMARY = "One or two sentences that say what a reader will know afterwards."

TEXT = """\
---
date: {date}
category: {category}
summary: {summary}
draft: true
---
# {title}

Open on an event or a number, and say by the fifth line what a good engineer would argue with.
"""

#: The end of a text that has a model.
EVIDENCE = """
A request that makes a hundred calls, each of which fails {result}`chance:.0%` of the time, fails {result}`hundred_calls:.0%` of
the time. This number is computed by `model.py`, and [Figure 1](#figure-failing) shows where it comes from.

```{chart} failing
:alt: The share of requests that fail, against the calls that each makes. At a hundred it is {result}`hundred_calls:.0%`.
A small chance, taken often, is a large one. Inputs: {result}`chance:.0%` a call, assumed; calls fail independently.
```
"""

MODEL = '''\
"""How often a request fails that makes many calls. The chance that one call fails is assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CHANCE = 0.01


def failing_share(calls: int) -> float:
    """The share of requests in which at least one of so many independent calls fails: 1 − (1 − p)ⁿ."""
    return 1 - (1 - CHANCE) ** calls


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    return {"chance": CHANCE, "hundred_calls": failing_share(100)}


def failing(axes: Axes) -> dict[str, list[float]]:
    """The more calls, the more requests fail."""
    calls = list(range(0, 301, 10))
    shares = [100 * failing_share(count) for count in calls]
    axes.plot(calls, shares)
    axes.set_title("Requests that fail, per cent")
    axes.set_xlabel("Calls a request")
    return {"Calls a request": [float(count) for count in calls], "Requests that fail, per cent": shares}


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:16} {value}")
'''

Answer = TypeVar("Answer")


class RefusedError(Exception):
    """An essay that cannot be begun; the message says why, and what to do instead."""


def create(root: Path, title: str, category: str, date: Day, *, with_model: bool, vocabulary: essays.Vocabulary) -> Path:
    """Write the draft of an essay below ``root``, whole or not at all, and return its folder. Raises RefusedError."""
    title = _typeset(title)
    folder = _folder(root, title)
    # JSON is YAML, and quotes what has to be quoted.
    text = TEXT.format(date=date, category=_yaml(_category(category, vocabulary)), summary=_yaml(SUMMARY), title=title)
    assert not parse_front_matter(text).problems
    files = {essays.ESSAY_TEXT: text + EVIDENCE, "model.py": MODEL} if with_model else {essays.ESSAY_TEXT: text}
    (root / "_build").mkdir(exist_ok=True)
    part = Path(tempfile.mkdtemp(dir=root / "_build", prefix="new-"))
    try:
        for name, content in files.items():
            (part / name).write_text(content, encoding="utf-8", newline="\n")
        part.chmod(0o755)
        folder.parent.mkdir(exist_ok=True)
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def _typeset(title: str) -> str:
    """A title with typographic quotation marks, dashes and ellipses."""
    curly = re.sub(r'"([^"]*)"', r"“\1”", " ".join(title.split()))
    for typed, mark in (("'", "’"), ('"', "”"), ("...", "…"), ("---", "—"), ("--", "–")):
        curly = curly.replace(typed, mark)
    return curly


def _folder(root: Path, title: str) -> Path:
    """The folder of a new essay with this title. Raises RefusedError."""
    if not title:
        raise RefusedError('an essay has a title; write one: make new title="How Busy Is Too Busy"')
    slug = slug_of(title)
    if problem := next(slug_problems(slug), None):
        raise RefusedError(f"{problem}; choose another title: it may change later, but the folder is named after the first")
    if any(path.name.casefold() == slug for path in root.glob("essays/*")):
        raise RefusedError(f"essays/{slug}/ exists already; choose another title, or go on writing that essay")
    return root / "essays" / slug


def _category(value: str, vocabulary: essays.Vocabulary) -> str:
    """The category with the number ``value``, or with that name in any case. Raises RefusedError."""
    categories = list(vocabulary.categories)
    if value.isdecimal() and 0 < int(value) <= len(categories):
        return categories[int(value) - 1]
    for name in categories:
        if name.casefold() == value.casefold():
            return name
    raise RefusedError(f"{unknown_value('category', value, categories)}; a name or a number, as in category=1")


def _yaml(value: str) -> str:
    return value if value.replace(" ", "").replace("-", "").rstrip(".").isalpha() else json.dumps(value, ensure_ascii=False)


def _answer(value: str | None, question: str, read: Callable[[str], Answer]) -> Answer:
    """What ``read`` returns for ``value``; without one, for an answer on the terminal, asked for until ``read`` accepts it."""
    if value or not sys.stdin.isatty():
        return read(value or "")
    while True:
        try:
            return read(input(question).strip())
        except RefusedError as refusal:
            print(refusal)


def new_essay(
    root: Path, settings: Mapping[str, object], values: Mapping[str, str | None], *, with_model: bool, today: Day
) -> int:
    """Begin an essay, ask on a terminal for the ``values`` that are missing, and print what to do next; 1 if it fails."""
    vocabulary = essays.Vocabulary(settings["insights_categories"], settings["insights_tags"])  # type: ignore[arg-type]
    listed = "".join(f"  {number} {name}\n" for number, name in enumerate(vocabulary.categories, 1))

    def read_title(title: str) -> str:
        _folder(root, _typeset(title))
        return title

    try:
        title = _answer(values["title"], "Title: ", read_title)
        read_category = partial(_category, vocabulary=vocabulary)
        category = _answer(values["category"], f"{listed}Category (its number or name): ", read_category)
        day = _answer(values["date"], f"Day of publication ({today}): ", lambda value: _day(value or str(today)))
        folder = create(root, title, category, day, with_model=with_model, vocabulary=vocabulary)
    except RefusedError as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except (EOFError, KeyboardInterrupt):
        print("\nNothing was written.", file=sys.stderr)
        return 1
    print(f"{folder.relative_to(root)}/ is a draft. See it at /{folder.relative_to(root)}/ while you write, and have it checked:")
    print("  make live\n  make check")
    return 0


def _day(value: str) -> Day:
    record, problems, _ = parse_front_matter(TEXT.format(date=json.dumps(value), category="C", summary="S", title="T"))
    if record is None:
        raise RefusedError(problems[0].message)
    return record.date
