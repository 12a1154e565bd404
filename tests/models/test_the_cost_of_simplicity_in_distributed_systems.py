"""What the essay argues from its models holds in the models, and in a simulation that shares no formula with them."""

from __future__ import annotations

import random
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from insights.models import load

model = load(Path(__file__).parents[2] / "essays" / "the-cost-of-simplicity-in-distributed-systems" / "model.py")
DESIGNS = model.DESIGNS


@pytest.mark.parametrize("name", DESIGNS)
def test_every_call_ends_somehow(name: str) -> None:
    assert sum(model.endings(DESIGNS[name]).values()) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(("tries", "endings"), [(1, 4), (3, 16), (6, 49)])
def test_without_a_key_the_endings_multiply_with_the_tries(tries: int, endings: int) -> None:
    assert len(model.endings(model.Design(tries))) == endings


@pytest.mark.parametrize("tries", [1, 2, 3, 6])
def test_with_a_key_nobody_pays_twice_however_often_the_caller_tries(tries: int) -> None:
    ends = model.endings(model.Design(tries, key=True))
    assert max(end.charges for end in ends) == 1
    assert len(ends) == 4


def test_with_an_outbox_no_charge_is_without_its_order() -> None:
    assert all(end.orders == end.charges for end in model.endings(DESIGNS["outbox"]))


def test_nothing_removes_the_caller_who_is_told_that_a_charge_failed() -> None:
    for design in DESIGNS.values():
        assert any(end.charges and not end.told_done for end in model.endings(design))


def test_retries_change_the_kind_of_error_and_hardly_its_rate() -> None:
    one, three = model.wrong(DESIGNS["one"]), model.wrong(DESIGNS["three"])
    assert three == pytest.approx(one, rel=0.002)
    assert model.charged_twice(DESIGNS["one"]) == 0
    assert model.charged_twice(DESIGNS["three"]) == pytest.approx(2 * model.FAULT * model.MILLION, rel=0.002)


@pytest.mark.parametrize("name", DESIGNS)
def test_calls_made_one_by_one_end_as_often_as_the_tree_says(name: str) -> None:
    design, fault, calls = DESIGNS[name], 0.05, 60_000
    rng = random.Random(8)
    ended: Counter[tuple[int, int, bool]] = Counter()
    for _ in range(calls):
        charges = orders = 0
        told = False
        for _ in range(design.tries):
            drawn = rng.random()
            if drawn < fault:  # the request is lost
                continue
            charges = 1 if design.key else charges + 1
            crashed = drawn < 2 * fault
            if not crashed or design.outbox:
                orders = 1 if design.key else orders + 1
            if drawn >= 3 * fault:
                told = True
                break
        ended[charges, orders, told] += 1
    for end, probability in model.endings(design, fault).items():
        assert ended[end] / calls == pytest.approx(probability, abs=4 * (probability / calls) ** 0.5 + 1e-4)


def test_the_law_has_its_peak_where_its_formula_says() -> None:
    nodes = np.linspace(1, 128, 20_000)
    best = nodes[np.argmax([model.speed_up(n, model.SERIAL, model.TALK) for n in nodes])]
    assert best == pytest.approx(model.most_useful(model.SERIAL, model.TALK), rel=0.001)
    assert model.most_useful(model.SERIAL, 0) == float("inf")


def test_without_talk_the_law_is_amdahls() -> None:
    for nodes in (1, 8, 64):
        assert model.speed_up(nodes, 0.05, 0) == pytest.approx(1 / (0.05 + 0.95 / nodes))


def test_dependencies_in_series_are_down_about_as_long_as_their_sum() -> None:
    assert model.hours_down(12) == pytest.approx(12 * model.hours_down(1), rel=0.001)
    assert model.hours_down(1) == pytest.approx(0.876)
