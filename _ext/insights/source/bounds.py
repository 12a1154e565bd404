"""How much a text can have of what takes long to read: more than any real text has. The time grows with the square of it."""

from collections import Counter

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

#: Characters of one paragraph, and marks of one kind in it, such as [ or *.
LONGEST, MARKS = 50_000, 1_000
#: Headings of a text; paragraphs, items of lists and cells of tables.
HEADINGS, BLOCKS = 500, 5_000
#: The key of a token's metadata for what of it is left out, since it would take too long.
TOO_MUCH = "too_much"


def bounded(state: StateCore) -> None:
    """Leave out what would take too long, and say so in the metadata of its token."""
    headings = blocks = 0
    for number, token in enumerate(state.tokens):
        headings += token.type == "heading_open"
        if token.type != "inline":
            continue
        blocks += 1
        if headings > HEADINGS or blocks > BLOCKS:
            what = f"{HEADINGS} headings" if headings > HEADINGS else f"{BLOCKS:,} paragraphs, items of lists and cells of tables"
            _leave_out(token, f"more than {what}; split the text")
            # What is open here ends as before.
            state.tokens[number + 1 :] = _ends(state.tokens[number + 1 :], token.level)
            return
        if len(token.content) <= MARKS:
            continue
        if len(token.content) > LONGEST:
            _leave_out(token, f"a paragraph of {len(token.content):,} characters; allowed are {LONGEST:,}: split it")
            continue
        counts = Counter({mark: token.content.count(mark) for mark in "[]*_~`$<{!&:@^\\"})
        mark, count = counts.most_common(1)[0]
        if count > MARKS:
            _leave_out(token, f"{count:,} times {mark} in a paragraph; allowed are {MARKS:,}: split it, or put it in a fence")


def _leave_out(token: Token, reason: str) -> None:
    token.meta[TOO_MUCH], token.content = reason, ""


def _ends(tokens: list[Token], level: int) -> list[Token]:
    """The tokens that end what is open at a ``level``."""
    ends = []
    for token in tokens:
        if token.nesting < 0 and token.level < level:
            ends.append(token)
            level = token.level
    return ends
