"""What the essay argues from its models holds in the models, and in simulations that share no formula with them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from insights.evidence.models import load_model

model = load_model(Path(__file__).parents[2] / "essays" / "your-app-isnt-slow" / "model.py")
CASES = {"as built": model.AS_BUILT, **model.FIXES}


def clicked(action: model.Action, clicks: int, seed: int) -> np.ndarray:  # type: ignore[name-defined]
    """The milliseconds of many clicks, drawn call by call."""
    rng = np.random.default_rng(seed)
    total = np.full(clicks, action.constant_ms)
    for calls in action.backends:
        each = rng.exponential(calls.work_ms / (1 - calls.utilisation), (calls.count, clicks))
        total += each.max(0) if calls.parallel else each.sum(0)
    return total


@pytest.mark.parametrize("name", CASES)
def test_clicks_drawn_one_by_one_have_the_mean_and_the_quantiles_of_the_model(name: str) -> None:
    action = CASES[name]
    drawn = clicked(action, 60_000, seed=3)
    assert drawn.mean() == pytest.approx(action.mean_ms, rel=0.005)
    assert np.quantile(drawn, 0.5) == pytest.approx(action.quantile_ms(0.5), rel=0.005)
    assert np.quantile(drawn, 0.99) == pytest.approx(action.quantile_ms(0.99), rel=0.01)


def test_the_grid_holds_all_of_a_distribution_and_keeps_its_mean() -> None:
    for calls in model.AS_BUILT.backends:
        mass = calls.mass()
        assert mass.sum() == pytest.approx(1, abs=1e-9)
        assert (mass * np.arange(model.CELLS)).sum() * model.STEP_MS == pytest.approx(calls.mean_ms, rel=1e-3)


def test_an_mm1_queue_simulated_arrival_by_arrival_stretches_work_as_the_formula_says() -> None:
    rng = np.random.default_rng(5)
    rho, jobs = 0.8, 400_000
    gaps, work = rng.exponential(1 / rho, jobs), rng.exponential(1.0, jobs)
    waited, sojourn = 0.0, 0.0
    for gap, job in zip(gaps, work, strict=True):
        waited = max(0.0, waited - gap)
        waited += job
        sojourn += waited
    assert sojourn / jobs == pytest.approx(model.stretch(rho), rel=0.05)


def test_the_mean_of_the_slowest_of_n_exponential_calls_is_the_harmonic_number() -> None:
    drawn = np.random.default_rng(1).exponential(1.0, (16, 200_000)).max(0)
    assert drawn.mean() == pytest.approx(model.harmonic(16), rel=0.005)


def test_the_median_page_of_sixty_nine_calls_is_as_slow_as_a_calls_slowest_hundredth() -> None:
    assert model.half_meet_the_tail() == 69
    assert model.slowest_ms(0.5, 69) == pytest.approx(model.CALL_P99_MS, rel=0.001)
    assert model.touched(68) < 0.5 < model.touched(69)


def test_wide_pages_drawn_call_by_call_are_as_slow_as_the_formula_says() -> None:
    spread = np.log(10) / 2.3263478740408408
    drawn = np.exp(np.random.default_rng(2).normal(np.log(10), spread, (100, 40_000))).max(0)
    assert np.quantile(drawn, 0.5) == pytest.approx(model.slowest_ms(0.5, 100), rel=0.01)
    assert np.quantile(drawn, 0.99) == pytest.approx(model.slowest_ms(0.99, 100), rel=0.05)


@pytest.mark.parametrize("common", [0.0, 0.5])
def test_pages_drawn_call_by_call_are_slow_as_often_as_the_essay_says(common: float) -> None:
    rng, pages, width, slow = np.random.default_rng(4), 40_000, 100, 0.01
    struck = rng.random(pages) < common * slow
    # Calls of the other pages are slow by themselves as often as leaves each call slow once in a hundred times.
    alone = rng.random((pages, width)) < (slow - common * slow) / (1 - common * slow)
    calls = struck[:, None] | alone
    assert calls.mean() == pytest.approx(slow, rel=0.03)
    assert calls.any(axis=1).mean() == pytest.approx(model.touched(width, slow, common), abs=0.008)


def test_a_call_is_slow_as_often_whatever_part_of_that_is_shared() -> None:
    for common in (0.0, 0.3, 1.0):
        assert model.touched(1, 0.01, common) == pytest.approx(0.01)
    assert model.touched(100, 0.01, 1.0) == pytest.approx(0.01)
    assert model.results()["touched_100_common"] == model.touched(100, 0.01, 0.5)


def test_faster_code_gives_back_mostly_waiting() -> None:
    found = model.results()
    assert found["code_saves"] > 10 * found["code_saves_idle"]
    saved = {name: model.AS_BUILT.mean_ms - action.mean_ms for name, action in model.FIXES.items() if name != model.TOGETHER}
    assert max(saved, key=saved.__getitem__) == "Server code 20% faster"
    assert saved["Server code 20% faster"] == pytest.approx(found["code_saves"])


def test_a_little_more_work_on_a_busy_server_costs_its_slope() -> None:
    # The derivative of S/(1 − λS) by S, at the arrival rate λ that keeps the server as busy as it is.
    slope = 1 / (1 - model.UTILISATION) ** 2
    little = 1e-6
    assert (model.slowed(model.SEQUENCE, little).call_ms - model.SEQUENCE.call_ms) / little == pytest.approx(slope, rel=1e-3)
    assert model.results()["added_in_line"] > slope * model.ADDED_WORK_MS


def test_a_third_more_servers_serve_the_same_requests_less_busily() -> None:
    more = model.FIXES["A third more servers"]
    assert [calls.utilisation for calls in more.backends] == pytest.approx([0.6] * 3)
    assert [calls.work_ms for calls in more.backends] == [calls.work_ms for calls in model.AS_BUILT.backends]


def test_the_order_of_calls_changes_nothing_on_the_wire_but_the_time() -> None:
    parallel = model.FIXES["Four calls in parallel"].backends[0]
    assert replace(parallel, parallel=False) == model.SEQUENCE
    assert parallel.mean_ms < model.SEQUENCE.mean_ms


def test_the_model_gives_the_same_numbers_twice() -> None:
    assert model.results() == model.results()
