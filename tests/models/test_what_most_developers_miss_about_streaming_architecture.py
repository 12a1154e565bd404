"""What the essay says of streams holds in its models, and in simulations that share no formula with them."""

from __future__ import annotations

from itertools import pairwise
from math import isclose
from pathlib import Path

import numpy as np
import pytest
from insights.evidence.models import load_model

model = load_model(Path(__file__).parents[2] / "essays" / "what-most-developers-miss-about-streaming-architecture" / "model.py")
STAGES, FASTER = list(model.STAGES.values()), list(model.FASTER.values())
STOP = model.STOP_MINUTES


@pytest.mark.parametrize("utilisation", [0.2, *model.UTILISATIONS, 0.98])
def test_stepping_through_the_backlog_gives_the_formula(utilisation: float) -> None:
    stepped = model.simulated_catch_up(STOP, utilisation, step=0.005)
    assert stepped == pytest.approx(model.catch_up(STOP, utilisation), rel=0.005)


def test_counting_events_one_by_one_gives_the_formula() -> None:
    # A first-in, first-out queue with one event a second and a consumer 80% busy, away for the first 600 seconds.
    free, done_late = 600.0, 0.0
    for arrival in range(10_000):
        start = max(free, arrival)
        if start > arrival:
            done_late = start
        free = start + 0.8
    assert done_late - 600 == pytest.approx(model.catch_up(600, 0.8), rel=0.005)


def test_the_stop_and_the_catch_up_are_the_time_behind() -> None:
    for utilisation in (0.1, *model.UTILISATIONS):
        assert isclose(STOP + model.catch_up(STOP, utilisation), model.time_behind(STOP, utilisation))


@pytest.mark.parametrize("utilisation", model.UTILISATIONS)
def test_the_age_rises_to_the_length_of_the_stop_and_never_above_it(utilisation: float) -> None:
    end = model.time_behind(STOP, utilisation)
    ages = [model.age(moment, STOP, utilisation) for moment in np.linspace(0, end * 1.1, 400)]
    assert max(ages) <= STOP
    assert model.age(STOP, STOP, utilisation) == STOP
    assert model.age(end / 2 + STOP / 2, STOP, utilisation) == pytest.approx(STOP / 2)
    assert model.age(end, STOP, utilisation) == pytest.approx(0, abs=1e-9)
    assert ages[-1] == 0


def test_what_waits_for_a_consumer_is_as_much_traffic_as_it_is_behind() -> None:
    backlog, step = 0.0, 0.01
    for n in range(5000):
        assert backlog == pytest.approx(model.age(n * step, STOP, 0.75), abs=0.02)
        backlog = max(0.0, backlog + step * (1 - (n * step >= STOP) / 0.75))


def test_the_utilisation_that_was_promised_keeps_the_promise_exactly() -> None:
    named = model.utilisation_for(STOP, model.ALLOWED_MINUTES)
    assert model.catch_up(STOP, named) == pytest.approx(model.ALLOWED_MINUTES)
    assert model.catch_up(STOP, named + 0.01) > model.ALLOWED_MINUTES


@pytest.mark.parametrize("utilisation", model.UTILISATIONS)
def test_a_drill_measures_the_utilisation_whatever_the_length_of_its_stop(utilisation: float) -> None:
    for stop in (1, 10, 45):
        timed = model.simulated_catch_up(stop, utilisation, step=stop / 2000)
        assert model.utilisation_for(stop, timed) == pytest.approx(utilisation, abs=0.002)


def test_a_small_buffer_trades_events_for_time() -> None:
    dropped = [model.share_dropped(STOP, buffer) for buffer in (0, 1, 5, 10, 20)]
    assert dropped == pytest.approx([1, 0.9, 0.5, 0, 0])
    assert model.results()["buffered_minutes"] * STOP == pytest.approx(model.results()["catch_up_90_minutes"])


def test_a_player_that_plays_fast_catches_up_as_a_consumer_does() -> None:
    behind, minutes = float(STOP), 0
    while behind > 1e-9:  # in a minute it plays 1.05 minutes, and one more is broadcast
        behind -= model.FAST_PLAYBACK - 1
        minutes += 1
    assert minutes == pytest.approx(model.results()["playback_minutes"], abs=1)


@pytest.mark.parametrize("intervals", [STAGES, FASTER])
def test_the_chain_of_timers_has_the_mean_and_the_spread_of_its_closed_forms(intervals: list[float]) -> None:
    waits = model.simulated_waits(intervals, events=400_000, seed=5)
    assert waits.mean() == pytest.approx(model.mean_wait(intervals), rel=0.005)
    assert waits.std() == pytest.approx(model.standard_deviation(intervals), rel=0.005)
    for share in (0.5, 0.9, 0.99):
        assert np.quantile(waits, share) == pytest.approx(model.wait_percentile(share, intervals), rel=0.005)


def test_timers_that_tick_on_the_clock_give_the_distribution_of_the_formula() -> None:
    # Events run through real ticks, one timer after the other; each pipeline's timers have phases of their own.
    rng = np.random.default_rng(8)
    happened = rng.uniform(0, 1000, 200_000)
    clock = happened.copy()
    for interval in STAGES:
        phase = rng.uniform(0, interval, happened.size)
        clock = np.ceil((clock - phase) / interval) * interval + phase
    assert np.quantile(clock - happened, 0.99) == pytest.approx(model.wait_percentile(0.99, STAGES), rel=0.01)


def test_the_share_that_is_through_runs_from_nothing_to_everything() -> None:
    shares = [model.share_through(seconds, STAGES) for seconds in np.linspace(0, sum(STAGES), 50)]
    assert shares[0] == 0
    assert shares[-1] == 1
    assert all(earlier <= later + 1e-12 for earlier, later in pairwise(shares))
    assert model.share_through(0.3, [1.0]) == pytest.approx(0.3)
    assert model.share_through(1.0, [1.0, 1.0]) == pytest.approx(0.5)


def test_percentiles_of_the_stages_add_to_more_than_the_percentile_of_the_chain() -> None:
    found = model.results()
    assert found["mean_seconds"] < found["p99_seconds"] < found["sum_of_p99s_seconds"]
    assert sum(found[f"{stage}_mean_seconds"] for stage in model.STAGES) == pytest.approx(found["mean_seconds"])
    assert sum(found[f"{stage}_p99_seconds"] for stage in model.STAGES) == pytest.approx(found["sum_of_p99s_seconds"])


def test_infinitely_fast_replication_saves_half_of_its_interval() -> None:
    without = [every for stage, every in model.STAGES.items() if stage != "replicas"]
    assert model.mean_wait(STAGES) - model.mean_wait(without) == pytest.approx(model.results()["replicas_mean_seconds"])


def test_batches_of_ten_thousand_random_events_take_their_run_time_and_hardly_wait_for_one_another() -> None:
    # Poisson arrivals and exponential work, event by event: what makes single requests wait nineteen times their work at 95%.
    rng = np.random.default_rng(6)
    took = {}
    for utilisation in (model.HALF_BUSY, model.NEARLY_FULL):
        events = rng.poisson(model.EVENTS_A_SECOND, 20_000)
        work = rng.gamma(events, utilisation / model.EVENTS_A_SECOND)
        behind, waited = 0.0, 0.0
        for run in work:
            waited += behind
            behind = max(0.0, behind + run - 1)
        assert waited / len(work) < 0.001
        took[utilisation] = (waited + work.sum()) / len(work)
        assert took[utilisation] == pytest.approx(model.batch_run(1, utilisation), rel=0.002)
    apart = took[model.NEARLY_FULL] - took[model.HALF_BUSY]
    assert apart == pytest.approx(model.results()["quiet_day_apart_seconds"], abs=0.002)


def test_drawn_delays_arrive_as_the_formula_says() -> None:
    rng = np.random.default_rng(4)
    (connected, near, spread), (_, far, wide) = model.CONNECTED, model.WERE_OFFLINE
    at_once = rng.random(500_000) < connected
    delays = np.where(at_once, rng.lognormal(np.log(near), spread, 500_000), rng.lognormal(np.log(far), wide, 500_000))
    for wait in (0.2, 0.5, 2, 5, 50, 271):
        assert (delays <= wait).mean() == pytest.approx(model.complete(wait), abs=0.002)


def test_the_wait_for_a_share_is_the_wait_at_which_it_is_complete() -> None:
    assert model.CONNECTED[0] + model.WERE_OFFLINE[0] == pytest.approx(1)
    for share in (0.1, 0.5, 0.9, 0.95, 0.97, 0.98, 0.99, 0.999):
        assert model.complete(model.wait_for(share)) == pytest.approx(share)
    completeness = [model.complete(wait) for wait in np.geomspace(0.01, 10_000, 200)]
    assert all(earlier <= later for earlier, later in pairwise(completeness))


def test_on_the_shelf_waiting_buys_next_to_nothing() -> None:
    assert model.complete(5) - model.complete(2) < 0.002
    assert model.complete(2) - model.complete(0.5) > 0.05


def test_a_restart_repeats_at_most_what_came_since_the_position_was_saved() -> None:
    rng = np.random.default_rng(2)
    since = rng.uniform(0, model.SAVE_EVERY_SECONDS, 100_000) * model.EVENTS_A_SECOND
    most = model.results()["repeated_events"]
    assert 0.999 * most < since.max() <= most


def test_what_the_essay_promises_follows_from_what_it_gives_up() -> None:
    found = model.results()
    assert found["fresh_seconds"] == pytest.approx(found["wait_97_seconds"] + found["faster_p99_seconds"])
    assert (1 + found["more_capacity"]) * found["promised_utilisation"] == pytest.approx(model.BUSY)
    assert (1 + found["growth"]) * model.BUSY == pytest.approx(model.NEARLY_FULL)


def test_the_model_gives_the_same_numbers_twice() -> None:
    assert model.results() == model.results()
