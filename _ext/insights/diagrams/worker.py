"""Lay out one diagram several times, in a process of its own, and print the drawings or what is wrong with it as JSON.

The only module that knows the package that draws. It is run by its path, contained; see `engine.py`.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import mmdr

#: What may close the blocks of an incomplete diagram, of any kind.
ENDS = ("", "\nend", "\n}")
#: The deepest nesting of blocks that is tried when a mistake is sought.
DEPTH = 6
#: What the package says in terms of its own code, by how it begins; and the place of a mistake, which it counts in characters.
REWORDED = {
    "resource limit": "it has too many boxes and arrows; split it into several",
    "invalid semantic model": "nothing is in it; write what it shows below its first line",
}
PLACE = re.compile(r" at \d+$")
#: How much is told of what the package says; it may list all that could stand in a place.
LONG = 120
#: The first words of what the package says of every mistake.
PREFIX = re.compile(r"^Diagram parse error \([\w-]+\): |^Render error: ")


def problem(text: str, config: str) -> str:
    """What is wrong with the diagram ``text``, in the words of the package; empty if nothing is."""
    try:
        mmdr.render(config + text).svg()
    except Exception as error:  # the package has no class for its mistakes
        said = PREFIX.sub("", " ".join(str(error).split())) or "it cannot be drawn"
        said = next((words for start, words in REWORDED.items() if said.startswith(start)), PLACE.sub("", said))
        return said if len(said) < LONG else said.partition(";")[0][:LONG]
    return ""


def line_of(text: str, config: str, said: str) -> int:
    """The line of the mistake, from 1: the package does not say it.

    It is the line without which the rest can be read or has another mistake; else the first after which nothing can be.
    """
    lines = text.split("\n")

    def whole(count: int) -> bool:
        """Whether the first lines can be read, once the blocks are closed that they open."""
        part = "\n".join(lines[:count])
        return any(not problem(part + end * depth, config) for end in ENDS for depth in range(DEPTH))

    low, high = 1, len(lines)  # the first lines up to `low` can be read, or are the first line; those up to `high` cannot
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if whole(middle) else (low, middle)
    without = "\n".join(lines[: high - 1] + lines[high:])
    # A block that is not closed, or an earlier line that is read differently, has the same mistake without this line.
    if problem(without, config).partition(";")[0] == said.partition(";")[0]:
        for number in range(len(lines), 0, -1):
            if not problem("\n".join(lines[: number - 1] + lines[number:]), config):
                return number
    return high


def fitting(variants: list[list[str]], most: float) -> str:
    """The first drawing that is at most so wide, or else the narrowest. A variant is a configuration and a text."""
    drawn: list[tuple[float, int, str]] = []
    for config, text in variants:
        svg = mmdr.render(config + text).svg()
        width = float(svg.partition('viewBox="')[2].split()[2])
        drawn.append((width, len(drawn), svg))
        if width <= most:
            return svg
    return min(drawn)[2]


def answers(boards: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The drawing of each board, or the mistake: at first without its line, in case that the search takes too long."""
    first, text = boards[0]["variants"][0]
    if said := problem(text, first):
        yield {"problem": said, "line": 1}
        with suppress(RecursionError):
            yield {"problem": said, "line": line_of(text, first, said)}
    else:
        yield {"drawings": [fitting(**board) for board in boards]}


if __name__ == "__main__":
    for answer in answers(json.load(sys.stdin)):
        print(json.dumps(answer), flush=True)
