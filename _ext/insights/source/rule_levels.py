"""The names of the rules for texts, and at what level each holds: conf.py, the header of an essay and a comment may say."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from insights.problems import Problem, unknown_value

#: The levels of a rule: its problems are errors, or warnings, or are not reported.
ERROR, ADVICE, OFF = LEVELS = ("error", "advice", "off")
#: The rules of taste.
TASTE = (
    "cited-sources", "code", "code-languages", "heading-levels", "headings-alike", "long-paragraphs", "long-sentences",
    "pictures-shown", "quotes", "short-rows", "spelling", "typed-results", "worn-phrases",
)  # fmt: skip
#: The rules that protect readers or the site, which hold everywhere.
ALWAYS = ("alt-texts", "bibliography", "fences", "headings", "leaks", "links", "lost-text", "markup", "plain-text", "tables")
COMMENT = re.compile(r"^[\s>]*(?:%+|<!--)\s*insights:\s*(.*?)\s*(?:-->)?\s*$")
ALLOW = re.compile(r"allow((?:[\s,]+[\w-]+)+)")


class RuleLevels(NamedTuple):
    """The level of each rule for one text, and the lines on which a comment allows what a rule reports."""

    levels: Mapping[str, str]
    allowed: Mapping[str, frozenset[int]]

    def judge(self, name: str, problems: Iterator[Problem]) -> Iterator[Problem]:
        """The ``problems`` that the rule ``name`` has found, at its level; those that are allowed left out."""
        level = self.levels.get(name, ADVICE)
        lines = self.allowed.get(name, frozenset())
        if level != OFF:
            for problem in problems:
                if problem.line not in lines:
                    yield problem._replace(warning=level == ADVICE)


def wrong_level(name: str, level: object) -> str | None:
    """What is wrong with setting the rule ``name`` to ``level``; None if nothing is."""
    if name in ALWAYS:
        return f"the rule {name!r} protects readers or the site, and cannot be switched off; remove it from here"
    if name not in TASTE:
        return unknown_value("rule", name, TASTE)
    if as_level(level) is None:
        return f"the rule {name!r} cannot be {level!r}; write 'error', 'advice' or 'off'"
    return None


def as_level(value: object) -> str | None:
    """The level that ``value`` stands for: YAML reads the words off and on as false and true. None if it is none."""
    word = {False: OFF, True: ERROR}[value] if isinstance(value, bool) else value
    return word if isinstance(word, str) and word in LEVELS else None


def levels_of_rules(settings: Mapping[str, object], essay: Mapping[str, object], text: str) -> RuleLevels:
    """The levels for a ``text``, according to conf.py and to the header of the essay. What is wrong there is reported there."""
    chosen = {**settings, **essay}
    levels = {name: level for name, value in chosen.items() if name in TASTE and (level := as_level(value))}
    allowed: dict[str, set[int]] = {}
    for _, names, lines in _comments(text):
        for name in names:
            if name in TASTE:
                allowed.setdefault(name, set()).update(lines)
    return RuleLevels(levels, {name: frozenset(lines) for name, lines in allowed.items()})


def comment_problems(text: str) -> Iterator[Problem]:
    """What is wrong with the comments of a ``text`` that allow something."""
    for line, names, _ in _comments(text):
        if not names:
            yield Problem(line, "this comment allows nothing; write % insights: allow NAME, with the name of a rule")
        yield from (Problem(line, message) for name in names if (message := wrong_level(name, OFF)))


def _comments(text: str) -> Iterator[tuple[int, list[str], range]]:
    """Each comment that allows something: its line, the rules it names, and the lines of the block below it."""
    lines = text.splitlines()
    for number, line in enumerate(lines, 1):
        if comment := COMMENT.match(line):
            allow = ALLOW.fullmatch(comment[1])
            first = next((n for n in range(number + 1, len(lines) + 1) if lines[n - 1].strip()), number)
            last = next((n for n in range(first, len(lines) + 1) if not lines[n - 1].strip()), len(lines) + 1)
            yield number, re.findall(r"[\w-]+", allow[1]) if allow else [], range(number, last)
