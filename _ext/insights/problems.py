"""A mistake of an author: where it is, and in words what to write instead."""

from __future__ import annotations

from typing import NamedTuple


class Problem(NamedTuple):
    """Something wrong with a file: at which line, and in words that tell the author what to write instead."""

    line: int
    message: str
