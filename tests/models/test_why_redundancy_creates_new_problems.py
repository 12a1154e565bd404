"""What the essay argues from its models holds in the models, and in simulations that share no formula with them."""

from __future__ import annotations

from itertools import pairwise, product
from math import log
from pathlib import Path
from random import Random

import numpy as np
import pytest
from insights.evidence.models import load_model

model = load_model(Path(__file__).parents[2] / "essays" / "why-redundancy-creates-new-problems" / "model.py")


@pytest.mark.parametrize("nodes", [1, 2, 3, 4, 5])
def test_a_majority_counted_state_by_state_is_down_as_long_as_the_formula_says(nodes: int) -> None:
    down = 0.0
    for state in product((True, False), repeat=nodes):
        if 2 * sum(state) <= nodes:
            down += float(np.prod([0.99 if up else 0.01 for up in state]))
    assert down * model.MINUTES_A_YEAR == pytest.approx(model.majority_minutes(nodes))


def test_two_that_must_agree_are_worse_than_one_and_four_worse_than_three() -> None:
    assert model.majority_minutes(2) > model.majority_minutes(1)
    assert model.majority_minutes(4) > model.majority_minutes(3)


@pytest.mark.parametrize(("replicas", "coverage"), list(product((1, 2, 3, 5, 7), (0.9, 0.99, 0.999, 1.0))))
def test_the_chain_agrees_with_the_formula_for_rare_events(replicas: int, coverage: float) -> None:
    rate, repair = model.FAILURE_RATE, 1 / model.REPAIR_MINUTES
    down = (rate / (rate + repair)) ** replicas
    if replicas > 1:
        down += replicas * rate * (1 - coverage) * model.UNCOVERED_MINUTES + rate * coverage * model.FAILOVER_MINUTES
    assert model.downtime(replicas, coverage) == pytest.approx(down * model.MINUTES_A_YEAR, rel=0.03)


def test_a_cluster_lived_through_failure_by_failure_is_down_as_long_as_the_chain_says() -> None:
    rng = np.random.default_rng(4)
    replicas, coverage, years = 3, 0.9, 20_000
    end, now, down, up = years * model.MINUTES_A_YEAR, 0.0, 0.0, replicas
    while now < end:
        failing, repairing = up * model.FAILURE_RATE, (replicas - up) / model.REPAIR_MINUTES
        step = rng.exponential(1 / (failing + repairing))
        now += step
        down += step if up == 0 else 0
        if rng.random() * (failing + repairing) < repairing:
            up += 1
            continue
        up -= 1
        if up and rng.random() > coverage:
            lost = rng.exponential(model.UNCOVERED_MINUTES)
            now, down = now + lost, down + lost
        elif up and rng.random() < 1 / (up + 1):
            down += model.FAILOVER_MINUTES
    assert down / years == pytest.approx(model.downtime(replicas, coverage), rel=0.03)


def test_with_perfect_failover_further_replicas_never_hurt() -> None:
    down = [model.downtime(replicas, 1.0) for replicas in model.REPLICAS]
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(down))


@pytest.mark.parametrize(("coverage", "best"), [(0.9, 2), (0.99, 3), (0.999, 3)])
def test_the_best_number_of_replicas_is_small(coverage: float, best: int) -> None:
    assert model.best_replicas(coverage) == best


def test_at_the_coverage_where_a_third_replica_pays_it_makes_no_difference() -> None:
    found = model.third_pays()
    assert model.downtime(3, found) == pytest.approx(model.downtime(2, found), rel=1e-3)
    assert model.downtime(3, found - 0.01) > model.downtime(2, found - 0.01)
    assert model.downtime(3, found + 0.01) < model.downtime(2, found + 0.01)


def test_drills_that_all_work_rule_out_a_lower_coverage_and_one_fewer_do_not() -> None:
    coverage, drills = model.third_pays(), model.drills_to_show(model.third_pays())
    assert coverage**drills <= 0.05 < coverage ** (drills - 1)


def test_with_more_than_two_false_failovers_for_each_real_one_twice_the_timeout_is_better() -> None:
    for timeout in (0.5, 1, 2, 5, 10, 15):
        assert model.false_failovers(timeout) > 2 * model.CRASHES_A_YEAR
        assert model.timeout_minutes(2 * timeout) < model.timeout_minutes(timeout)


def lived(timeout: float, years: int, seed: int) -> tuple[float, float]:
    """Minutes down and false failovers, both a year, of a pair that lives from one silence of its primary to the next."""
    chance = Random(seed)
    second = 1 / (365 * 24 * 3600)  # of a year
    now, down, false = 0.0, 0.0, 0
    while now < years / second:
        until_pause, until_crash = chance.expovariate(365 * 5 * second), chance.expovariate(4 * second)
        now += min(until_pause, until_crash)
        dead = until_crash < until_pause
        pause = chance.lognormvariate(log(0.5), 1.3)
        dead |= chance.expovariate(4 * second) < pause  # one may crash while it pauses
        if not dead and pause <= timeout:
            now += pause
            continue
        served_again = now + timeout + 20
        # A primary that is only slow would have served again by itself; what its failover takes begins with the decision.
        down += served_again - (now if dead else now + timeout)
        false += not dead
        now = served_again
    return down / 60 / years, false / years


@pytest.mark.parametrize(("timeout", "years"), [(1.0, 200), (5.0, 400), (26.0, 1000)])
def test_a_pair_that_lives_through_its_silences_is_down_as_long_as_the_formulas_say(timeout: float, years: int) -> None:
    down, false = lived(timeout, years, seed=5)
    assert down == pytest.approx(model.timeout_minutes(timeout), rel=0.03)
    assert false == pytest.approx(model.false_failovers(timeout), rel=0.03)


def test_with_pauses_counted_the_best_timeout_is_where_the_essay_says() -> None:
    rng, years = np.random.default_rng(5), 4000
    pauses = rng.lognormal(np.log(0.5), 1.3, 365 * 5 * years)
    found = model.results()
    assert pauses.sum() / 60 / years == pytest.approx(found["pauses_minutes"], rel=0.01)
    waits = np.arange(15.0, 33.0)
    long = pauses[pauses > waits[0]]
    lost = [4 * (wait + 20) + (np.minimum(long, wait).sum() + 20 * (long > wait).sum()) / years for wait in waits]
    assert waits[np.argmin(lost)] == pytest.approx(found["best_with_pauses"], abs=2)


def test_the_timeout_has_one_lowest_point() -> None:
    down = np.array([model.timeout_minutes(t) for t in np.geomspace(0.5, 300, 400)])
    falling = np.diff(down) < 0
    assert falling[0]
    assert not falling[-1]
    assert int(np.abs(np.diff(falling.astype(int))).sum()) == 1


def test_a_hasty_pair_is_worse_than_one_server_restarted_by_hand() -> None:
    below = model.no_better_than_one_server()
    assert model.timeout_minutes(below * 0.95) > model.CRASHES_A_YEAR * model.RESTART_MINUTES
    assert model.timeout_minutes(below * 1.05) < model.CRASHES_A_YEAR * model.RESTART_MINUTES


def test_the_two_parts_of_the_second_figure_add_to_the_whole() -> None:
    for t in model.TIMEOUTS:
        assert model.real_minutes(t) + model.false_minutes(t) == pytest.approx(model.timeout_minutes(t))


def test_every_failover_loses_the_writes_of_the_lag() -> None:
    assert model.lost_writes(10_000.0) == pytest.approx(model.CRASHES_A_YEAR * model.LAG * model.WRITES_A_SECOND, rel=0.01)


def test_stray_writes_are_those_of_a_second_after_each_false_failover() -> None:
    found = model.results()
    _, false = lived(10.0, 300, seed=8)
    assert false * found["writes_a_second"] == pytest.approx(found["stray_10"], rel=0.05)
    assert found["stray_times"] == pytest.approx(found["stray_10"] / found["lost_10"])
