"""What the essay argues from its models holds in the models, and against closed forms that share nothing with them."""

from __future__ import annotations

from math import inf
from pathlib import Path

import numpy as np
import pytest
from insights.models import load

model = load(Path(__file__).parents[2] / "essays" / "building-systems-that-hold-under-real-conditions" / "model.py")
POLICIES, PLAIN = model.POLICIES, model.PLAIN


@pytest.mark.parametrize("name", POLICIES)
def test_nobody_is_served_faster_than_the_server_works(name: str) -> None:
    run = np.array(model.goodput(POLICIES[name]))
    assert run.min() >= 0
    assert run.max() <= model.CAPACITY * (1 + 1e-9)


@pytest.mark.parametrize("name", POLICIES)
def test_before_the_slowdown_everybody_is_served(name: str) -> None:
    run = model.goodput(POLICIES[name])
    assert run[1 : round(model.SLOW_FROM / model.STEP)] == pytest.approx([model.OFFERED] * (round(60 / model.STEP) - 1))


def test_with_plain_retries_or_backoff_the_server_never_recovers() -> None:
    assert model.recovery(POLICIES["retries"]) == inf
    assert model.recovery(POLICIES["backoff"]) == inf


@pytest.mark.parametrize("name", ["none", "budget", "expired", "middle", "short"])
def test_each_of_the_other_policies_recovers(name: str) -> None:
    assert model.recovery(POLICIES[name]) < 60


def test_without_retries_the_queue_is_worked_off_at_the_rate_that_is_left() -> None:
    # Half a queue of five seconds would be fresh only once the line is shorter than clients wait.
    full_seconds = model.QUEUE_LIMIT / model.CAPACITY
    drained = (full_seconds - model.TIMEOUT) / (1 - model.OFFERED / model.CAPACITY)
    assert model.recovery(POLICIES["none"]) == pytest.approx(drained, rel=0.06)


def test_the_stuck_state_begins_where_every_request_is_tried_in_vain_as_often_as_it_may_be() -> None:
    assert model.threshold(3) == 1 / 4
    assert model.recovery(PLAIN, model.BELOW * model.CAPACITY, model.DEEP, model.DEEP_RUN) < 100
    assert model.recovery(PLAIN, model.ABOVE * model.CAPACITY, model.DEEP, model.DEEP_RUN) == inf


@pytest.mark.parametrize("step", [0.05, 0.02])
def test_smaller_steps_of_time_change_little(step: float) -> None:
    for name in ("none", "budget"):
        finer = model.recovery(POLICIES[name], step=step)
        assert finer == pytest.approx(model.recovery(POLICIES[name]), rel=0.06)
    assert model.recovery(PLAIN, step=step) == inf


@pytest.mark.parametrize(("load_", "seconds"), [(0.6, 7.0), (0.7, 4.5), (0.8, 3.0), (0.9, 2.5)])
def test_the_busier_the_server_the_shorter_the_slowdown_that_kills_it(load_: float, seconds: float) -> None:
    assert model.shortest_fatal(load_) == seconds
    shorter = model.Slowdown(20, 20 + seconds - 0.5)
    assert model.recovery(PLAIN, load_ * model.CAPACITY, shorter, 80) < inf


def test_users_are_stalled_for_as_large_a_share_of_the_time_as_the_stall_is() -> None:
    waits = model.open_loop()
    assert (waits > 2 * model.SERVICE).mean() == pytest.approx(model.STALL / model.TEST)
    assert waits.mean() == pytest.approx(model.STALL**2 / 2 / model.TEST + model.SERVICE, rel=0.01)


def test_the_test_client_meets_the_stall_once() -> None:
    measured = model.closed_loop()
    assert (measured > 2 * model.SERVICE).sum() == 1
    assert len(measured) == pytest.approx((model.TEST - model.STALL) * model.TEST_RATE, abs=3)


def test_three_layers_that_try_four_times_send_sixty_four_requests() -> None:
    assert model.results()["layers"] == 64
