"""Work on many things is done on all cores, and gives what it gives on one."""

from __future__ import annotations

import os

import pytest
from insights.cores import MANY, each


@pytest.mark.parametrize("count", [0, 1, MANY - 1, MANY, 3 * MANY])
def test_what_is_done_comes_in_the_order_of_the_tasks(count: int) -> None:
    factor = 3  # which no other process could know, unless it were a copy of this one
    assert list(each(lambda number: number * factor, range(count))) == [number * 3 for number in range(count)]


@pytest.mark.parametrize(("count", "here"), [(MANY - 1, True), (MANY, False)])
def test_only_many_tasks_are_worth_another_process(count: int, here: bool) -> None:
    assert (set(each(lambda _: os.getpid(), range(count))) == {os.getpid()}) is here


@pytest.mark.parametrize("count", [1, MANY])
def test_what_goes_wrong_is_told_whole(count: int) -> None:
    def work(number: int) -> int:
        if number == count - 1:
            raise FileNotFoundError(2, "No such file or directory", f"page-{number}")
        return number

    with pytest.raises(FileNotFoundError, match=f"page-{count - 1}") as raised:
        list(each(work, range(count)))
    assert raised.value.filename == f"page-{count - 1}"
