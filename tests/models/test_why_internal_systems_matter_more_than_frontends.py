"""What the essay argues from its model holds in the model, and in simulations that share no formula with it."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from insights.evidence.models import load_model

model = load_model(Path(__file__).parents[2] / "essays" / "why-internal-systems-matter-more-than-frontends" / "model.py")


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


def month_by_workloads(seed: int, spread: float) -> float:
    """Today's month once more, without a queue: what each person has left to do when a task comes (Kiefer and Wolfowitz)."""
    rate, minutes, people = model.CASES["today"]
    rng = np.random.default_rng(seed)
    gaps = rng.exponential(60 / rate, model.MONTH_TASKS)
    if spread == 1:
        work = rng.exponential(minutes, model.MONTH_TASKS)
    else:
        sigma = np.sqrt(np.log(1 + spread**2))
        work = rng.lognormal(np.log(minutes) - sigma**2 / 2, sigma, model.MONTH_TASKS)
    left, waits = np.zeros(people), []
    for gap, task in zip(gaps, work, strict=True):
        left = np.maximum(left - gap, 0)
        least = left.argmin()
        waits.append(float(left[least]))
        left[least] += task
    return sum(waits) / len(waits)


@pytest.mark.parametrize(("spread", "name"), [(1, "month"), (model.LESS_SPREAD, "even_month")])
def test_the_months_of_the_essay_come_out_the_same_by_another_recursion(spread: float, name: str) -> None:
    drawn = [month_by_workloads(seed, spread) for seed in model.MONTHS]
    found = model.results()
    assert (found[f"{name}_least"], found[f"{name}_most"]) == pytest.approx((min(drawn), max(drawn)), rel=1e-6)


def test_near_saturation_one_month_says_little_about_the_next() -> None:
    found = model.results()
    assert found["month_least"] < found["today_wait"] < found["month_most"]
    assert found["month_most"] > 2 * found["month_least"]


def test_half_the_variance_takes_about_a_quarter_off_the_wait() -> None:
    # In heavy traffic the wait goes as (1 + c²)/2, c being the coefficient of variation; it is a little more at lower loads.
    drawn = [model.simulated_wait(*model.CASES["seven"], tasks=40_000, seed=seed, spread=0.7) for seed in range(8)]
    usual = [model.simulated_wait(*model.CASES["seven"], tasks=40_000, seed=seed) for seed in range(8)]
    assert abs(model.LESS_SPREAD**2 - 0.5) < 0.02
    assert sum(drawn) / sum(usual) == pytest.approx((1 + model.LESS_SPREAD**2) / 2, abs=0.04)


def test_a_minute_off_a_task_gives_back_the_minute_and_what_the_wait_loses() -> None:
    found = model.results()
    assert found["seven_gives_back"] == pytest.approx(1 + found["today_wait"] - found["seven_wait"])
    assert found["seven_gives_back"] > 4


def test_two_minutes_off_a_task_beat_two_more_people() -> None:
    found = model.results()
    assert found["tool_wait"] < found["two_more_wait"] < found["one_more_wait"] < found["today_wait"]
    assert model.answered(*model.CASES["tool"]) < model.answered(*model.CASES["two_more"])


def test_a_quarter_off_each_task_and_a_quarter_fewer_tasks_give_back_the_same() -> None:
    found = model.results()
    assert found["tool_gives_back"] == pytest.approx(found["fewer_gives_back"])
    # Little's law: minutes lost in an hour are the cases open at a time, and those follow from the load alone.
    open_cases = [rate / 60 * model.answered(rate, minutes, people) for rate, minutes, people in
                  (model.CASES["today"], model.CASES["tool"], model.CASES["fewer"])]  # fmt: skip
    assert open_cases[1] == pytest.approx(open_cases[2])
    assert found["tool_gives_back"] == pytest.approx((open_cases[0] - open_cases[1]) * 60 / model.TASKS_AN_HOUR)


def test_fewer_exceptions_give_most_to_those_who_no_longer_have_one() -> None:
    found = model.results()
    shared = 0.25 * found["today_answered"] + 0.75 * found["fewer_gives_the_rest"]
    assert shared == pytest.approx(found["fewer_gives_back"])
    assert found["fewer_gives_the_rest"] < found["tool_gives_back"] < found["today_answered"]


def test_customers_played_through_lose_what_the_formula_says_with_the_old_tool_and_with_either_change() -> None:
    lost = {}
    for name in ("tool", "fewer"):
        rate, minutes, people = model.CASES[name]
        waits = [model.simulated_wait(rate, minutes, people, tasks=40_000, seed=seed) for seed in range(8)]
        lost[name] = rate / 60 * (sum(waits) / 8 + minutes)
    assert lost["tool"] == pytest.approx(lost["fewer"], rel=0.01)


def test_at_the_utilisation_that_the_essay_names_a_minute_gives_back_several() -> None:
    minutes = model.TOO_BUSY * model.PEOPLE  # one task a minute arrives
    busy, less = ([model.simulated_wait(60, m, 9, tasks=60_000, seed=seed) for seed in range(8)] for m in (minutes, minutes - 1))
    assert 1 + (sum(busy) - sum(less)) / 8 == pytest.approx(model.results()["too_busy_gives_back"], rel=0.1)


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
