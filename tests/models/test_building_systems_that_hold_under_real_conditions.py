"""What the essay argues from its models holds in the models, and against closed forms that share nothing with them."""

from __future__ import annotations

import heapq
from collections import deque
from math import inf
from pathlib import Path

import numpy as np
import pytest
from insights.evidence.models import load_model

model = load_model(Path(__file__).parents[2] / "essays" / "building-systems-that-hold-under-real-conditions" / "model.py")
POLICIES, PLAIN = model.POLICIES, model.PLAIN


def last_good_answer(load: float, slow: float, *, speed: float = 0.5, backoff: float = 0.0) -> float:
    """Seconds from the end of a slowdown to the last answer in time, when every client and every request is played by itself.

    200 requests a second are full speed, so that a run of the model's has as many seconds and fewer requests.
    """
    capacity, start, seconds = 200, 10.0, 60.0
    end = start + slow
    coming: list[tuple[float, int, int, list[bool]]] = []  # when, how often tried, a number, whether it was answered by then
    coming += [(n / (load * capacity), 0, n, []) for n in range(int(load * capacity * seconds))]
    number, free, last = len(coming), 0.0, -inf
    line: deque[tuple[float, list[bool]]] = deque()
    while coming and (event := heapq.heappop(coming))[0] < seconds:
        now, tried, _, state = event
        while line:
            begin = max(free, line[0][0])
            slowed = start <= begin < end
            if slowed and not speed:
                begin, slowed = end, False
            done = begin + 1 / capacity / (speed if slowed else 1)
            if done > now:
                break
            free = done
            sent, answered = line.popleft()
            answered.append(True)
            if done - sent <= model.TIMEOUT:
                last = done
        number += 1
        if state == [False]:  # patience is over, and no answer was added
            if tried < model.RETRIES:
                heapq.heappush(coming, (now + backoff * 2**tried, tried + 1, number, []))
        elif not state and len(line) < model.QUEUE_LIMIT / model.CAPACITY * capacity:
            state = [False]
            line.append((now, state))
            heapq.heappush(coming, (now + model.TIMEOUT + 1e-9, tried, number, state))
        elif not state and tried < model.RETRIES:
            heapq.heappush(coming, (now + 0.1 + backoff * 2**tried, tried + 1, number, []))
    return last - end


@pytest.mark.parametrize("name", POLICIES)
def test_nobody_is_served_faster_than_the_server_works(name: str) -> None:
    good, throughput = map(np.array, model.run(POLICIES[name]))
    assert good.min() >= 0
    assert (good <= throughput + 1e-9).all()
    assert throughput.max() <= model.CAPACITY * (1 + 1e-9)


def test_a_stuck_server_is_busier_than_one_that_serves() -> None:
    good, throughput = model.run(PLAIN)
    assert throughput[-1] == pytest.approx(model.CAPACITY)
    assert throughput[0] == pytest.approx(model.OFFERED)
    assert good[-1] == 0


@pytest.mark.parametrize("name", POLICIES)
def test_before_the_slowdown_everybody_is_served(name: str) -> None:
    run = model.run(POLICIES[name]).good
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
    assert model.threshold() == 1 / 4
    assert model.after_a_deep_slowdown(model.BELOW) < 100
    assert model.after_a_deep_slowdown(model.ABOVE) == inf


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


@pytest.mark.parametrize("load_", [0.6, 0.7, 0.8, 0.9])
def test_clients_played_one_by_one_die_of_the_slowdown_that_the_model_names_and_not_of_one_a_second_shorter(load_: float) -> None:
    seconds = model.shortest_fatal(load_)
    assert last_good_answer(load_, seconds) < 2
    assert last_good_answer(load_, seconds - 1) > 40


def test_half_speed_carries_half_the_load_however_long_it_lasts_and_a_standstill_does_not() -> None:
    assert model.shortest_fatal(0.5) == inf
    assert model.results()["fatal_50"] == "no"
    assert model.recovery(PLAIN, 0.5 * model.CAPACITY, model.Slowdown(20, 220), 300) == 0
    assert last_good_answer(0.5, 40) > 5
    # A queue that has stood for D seconds is D − x old after x seconds at full speed. It gets no younger once it serves the first
    # request that came after a second, when retries had doubled the arrivals: at x = ½. It is then too old if D > 1½.
    standstill = model.results()["fatal_standstill"]
    assert 1.5 < standstill <= 1.5 + 0.5
    assert last_good_answer(0.5, standstill, speed=0) < 0
    assert last_good_answer(0.5, 1, speed=0) > 40


def test_three_seconds_of_the_opening_leave_less_than_one_second_of_good_answers() -> None:
    load_, seconds = model.OFFERED / model.CAPACITY, 3.0
    assert 0 < last_good_answer(load_, seconds) < 1
    good = model.run(PLAIN, slowdown=model.Slowdown(20, 20 + seconds), seconds=80, step=model.FINE_STEP).good
    last = max(n for n, rate in enumerate(good) if rate > 0) * model.FINE_STEP
    assert 0 < last - (20 + seconds) < 1


def test_backing_off_buys_no_more_than_half_a_second() -> None:
    load_ = model.OFFERED / model.CAPACITY
    assert model.results()["backoff_buys"] == 0.5
    assert last_good_answer(load_, model.shortest_fatal(load_) + 0.5, backoff=model.FIRST_BACKOFF) < 0
    assert last_good_answer(load_, model.shortest_fatal(load_) - 0.5, backoff=model.FIRST_BACKOFF) > 40


def test_users_are_stalled_for_as_large_a_share_of_the_time_as_the_stall_is() -> None:
    waits = model.open_loop()
    assert (waits > 2 * model.SERVICE).mean() == pytest.approx(model.STALL / model.TEST)
    assert waits.mean() == pytest.approx(model.STALL**2 / 2 / model.TEST + model.SERVICE, rel=0.01)


def test_the_test_client_meets_the_stall_once() -> None:
    measured = model.closed_loop()
    assert (measured > 2 * model.SERVICE).sum() == 1
    assert len(measured) == pytest.approx((model.TEST - model.STALL) * model.TEST_RATE, abs=3)


def test_three_layers_that_try_four_times_send_sixty_four_requests() -> None:
    found = model.results()
    assert found["layers"] == 64
    assert found["layers_threshold"] * 64 == 1
