"""What the essay argues from its model holds in the model, and in simulations that share no formula with it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from insights.models import load

model = load(Path(__file__).parents[2] / "essays" / "why-internal-systems-matter-more-than-frontends" / "model.py")


@pytest.mark.parametrize("load_", [0.1, 0.5, 0.9])
def test_one_person_makes_a_task_wait_as_often_as_she_is_busy(load_: float) -> None:
    assert model.has_to_wait(1, load_) == pytest.approx(load_)


def test_two_people_with_work_for_one_make_a_third_of_the_tasks_wait() -> None:
    assert model.has_to_wait(2, 1.0) == pytest.approx(1 / 3)


def test_one_person_is_the_simplest_queue() -> None:
    rho, minutes = 0.8, 5.0
    assert model.mean_wait(rho * 60 / minutes, minutes, 1) == pytest.approx(rho / (1 - rho) * minutes)


def test_erlangs_formula_agrees_with_the_sum_over_states() -> None:
    from math import factorial

    people, load_ = 9, 8.0
    full = load_**people / factorial(people) * people / (people - load_)
    assert model.has_to_wait(people, load_) == pytest.approx(full / (sum(load_**k / factorial(k) for k in range(people)) + full))


def test_a_day_played_through_task_by_task_waits_as_long_as_the_formula_says() -> None:
    drawn = [model.simulated_wait(*model.CASES["seven"], tasks=40_000, seed=seed) for seed in range(8)]
    assert sum(drawn) / 8 == pytest.approx(model.mean_wait(*model.CASES["seven"]), rel=0.1)


def test_tasks_of_more_even_length_wait_about_a_quarter_less() -> None:
    uneven = sum(model.simulated_wait(*model.CASES["tool"], tasks=40_000, seed=seed) for seed in range(8))
    even = sum(model.simulated_wait(*model.CASES["tool"], tasks=40_000, seed=seed, spread=0.7) for seed in range(8))
    assert 1 - even / uneven == pytest.approx(0.25, abs=0.04)


def test_near_saturation_one_month_says_little_about_the_next() -> None:
    month = [model.simulated_wait(*model.CASES["today"], tasks=60 * 8 * 21, seed=seed) for seed in range(8)]
    assert max(month) > 1.5 * min(month)


def test_a_minute_off_a_task_gives_back_the_minute_and_what_the_wait_loses() -> None:
    found = model.results()
    assert found["seven_gives_back"] == pytest.approx(1 + found["today_wait"] - found["seven_wait"])
    assert found["seven_gives_back"] > 4


def test_two_minutes_off_a_task_beat_two_more_people() -> None:
    found = model.results()
    assert found["tool_wait"] < found["two_more_wait"] < found["one_more_wait"] < found["today_wait"]


def test_shorter_tasks_beat_fewer_tasks_at_the_same_utilisation() -> None:
    found = model.results()
    assert found["tool_busy"] == pytest.approx(found["fewer_busy"])
    assert found["tool_wait"] < found["fewer_wait"]


def test_the_wait_grows_faster_than_the_work_and_ends_in_a_line_without_end() -> None:
    waits = [model.mean_wait(60, minutes, 9) for minutes in (5, 6, 7, 8, 8.5, 8.9)]
    assert all(later > earlier * 1.3 for earlier, later in pairwise(waits))
    assert model.mean_wait(60, 9.0, 9) == float("inf")


def test_the_share_that_waits_long_is_part_of_the_share_that_waits() -> None:
    for case in model.CASES.values():
        load_ = model.offered(*case[:2])
        assert model.waits_longer(0, *case) == pytest.approx(model.has_to_wait(case[2], load_))
        assert model.waits_longer(15, *case) < model.waits_longer(1, *case)
