"""What keeps an overload going after its cause has gone, and why the load test did not show it.

Two models. The first is a server with a queue, whose clients give up after a second and try again, while the server goes on
working for those who have left. It is a fluid model in small steps of time: requests are amounts, not individuals. The second
measures one stall twice, with users who arrive on their own clock (open loop), and with a test client that waits for its answer
(closed loop).

Every input is assumed; what the essay argues from is a threshold, and whether a run ever recovers.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# -- Retries -------------------------------------------------------------------------------------------------------------------

# Assumed: the server and its clients. Rates are requests a second, times seconds.
CAPACITY = 1000.0
OFFERED = 800.0
TIMEOUT = 1.0
RETRIES = 3
QUEUE_LIMIT = 5000.0
SHORT_QUEUE = 500.0
MIDDLE_QUEUE = 1000.0
RETRY_BUDGET = 0.1  # retries as a share of first tries
FIRST_BACKOFF = 1.0  # then twice as long, and twice again

# Assumed: for thirty seconds, the server works at half its speed.
SLOW_FROM, SLOW_UNTIL, SLOW = 60.0, 90.0, 0.5
RUN = 300.0
STEP = 0.1


@dataclass(frozen=True)
class Policy:
    """What clients do when they have waited too long, and what the server does with those it can no longer help."""

    retries: int = RETRIES
    first_backoff: float = 0.0
    budget: float = inf
    queue_limit: float = QUEUE_LIMIT
    drop_expired: bool = False


@dataclass(frozen=True)
class Slowdown:
    """A stretch of seconds in which the server works at a share of its speed."""

    start: float = SLOW_FROM
    end: float = SLOW_UNTIL
    speed: float = SLOW


PLAIN = Policy()
POLICIES = {
    "retries": PLAIN,
    "backoff": Policy(first_backoff=FIRST_BACKOFF),
    "none": Policy(retries=0),
    "budget": Policy(budget=RETRY_BUDGET),
    "expired": Policy(drop_expired=True),
    "middle": Policy(queue_limit=MIDDLE_QUEUE),
    "short": Policy(queue_limit=SHORT_QUEUE),
}


@cache
def goodput(
    policy: Policy, offered: float = OFFERED, slowdown: Slowdown = Slowdown(), seconds: float = RUN, step: float = STEP
) -> tuple[float, ...]:
    """Answers a second that reach somebody who still waits, in each ``step`` of a run of so many ``seconds``.

    First tries come at the rate ``offered`` to a first-in-first-out queue. Whoever is still in it after TIMEOUT tries again, as
    often as the policy says; whoever finds it full, at once. The server cannot tell, and serves the old place in line as well,
    unless the policy drops what has expired.
    """
    steps, patience = round(seconds / step), round(TIMEOUT / step)
    tries = policy.retries + 1
    waits = [1 + round(policy.first_backoff * 2**again / step) for again in range(policy.retries)]
    coming = [[0.0] * tries for _ in range(steps + max(waits, default=0) + 1)]
    queue: list[list[float]] = []  # what is left of each step's arrivals, by how often it was tried
    head, length = 0, 0.0
    good = [0.0] * steps
    slow_from, slow_until = round(slowdown.start / step), round(slowdown.end / step)
    for now in range(steps):
        arriving = coming[now]
        arriving[0] += offered * step
        again = sum(arriving[1:])
        if again > policy.budget * arriving[0]:
            share = policy.budget * arriving[0] / again
            arriving[1:] = [amount * share for amount in arriving[1:]]
        total = sum(arriving)
        accepted = min(1.0, max(0.0, policy.queue_limit - length) / total)
        queue.append([amount * accepted for amount in arriving])
        length += total * accepted
        left = (CAPACITY * slowdown.speed if slow_from <= now < slow_until else CAPACITY) * step
        while head <= now and left > 1e-12:
            waiting = sum(queue[head])
            late = now - head > patience
            if late and policy.drop_expired:
                served = waiting
            else:
                served = min(waiting, left)
                left -= served
                good[now] += 0 if late else served / step
            length -= served
            if waiting - served > 1e-12:
                queue[head] = [amount * (1 - served / waiting) for amount in queue[head]]
                break
            queue[head] = [0.0] * tries
            head += 1
        gone = queue[now - patience] if now >= patience else [0.0] * tries
        for again, wait in enumerate(waits):
            coming[now + wait][again + 1] += gone[again] + arriving[again] * (1 - accepted)
    return tuple(good)


def recovery(
    policy: Policy, offered: float = OFFERED, slowdown: Slowdown = Slowdown(), seconds: float = RUN, step: float = STEP
) -> float:
    """Seconds from the end of the slowdown until the answers are all good again, and stay so; infinite if they never are."""
    run = goodput(policy, offered, slowdown, seconds, step)
    bad = [n for n, good in enumerate(run) if good < 0.99 * offered]
    last = bad[-1] * step if bad else 0.0
    return inf if last >= seconds - 1 else max(0.0, last - slowdown.end)


def during(policy: Policy) -> float:
    """Good answers a second in the slowdown, once its first five seconds are over."""
    run = goodput(policy)
    return float(np.mean(run[round((SLOW_FROM + 5) / STEP) : round((SLOW_UNTIL - 1) / STEP)]))


def threshold(retries: int = RETRIES) -> float:
    """The share of capacity above which the stuck state feeds itself: each request is tried 1 + r times, all for nothing."""
    return 1 / (1 + retries)


@cache
def shortest_fatal(load: float) -> float:
    """The shortest slowdown to half speed, in half seconds, from which a server at this share of its capacity never recovers."""
    halves = range(1, 24)
    stuck = [half / 2 for half in halves if recovery(PLAIN, load * CAPACITY, Slowdown(20, 20 + half / 2), 80) == inf]
    return stuck[0]


# -- The load test -------------------------------------------------------------------------------------------------------------

# Assumed, in seconds and requests a second: a steady load, and one stall.
TEST = 100.0
TEST_RATE = 100.0
SERVICE = 0.001
STALL_FROM, STALL = 50.0, 10.0


def answered(sent: float) -> float:
    """When a request that was sent at a second is answered: after the stall, if it fell into it. Capacity is ample otherwise."""
    return (STALL_FROM + STALL if STALL_FROM <= sent < STALL_FROM + STALL else sent) + SERVICE


def open_loop() -> np.ndarray:
    """Seconds that users waited who came on their own clock."""
    return np.array([answered(sent) - sent for sent in np.arange(0, TEST, 1 / TEST_RATE)])


def closed_loop() -> np.ndarray:
    """Seconds measured by a test client that sends on schedule or once its last answer is there, and skips what it missed."""
    measured, now = [], 0.0
    while now < TEST:
        done = answered(now)
        measured.append(done - now)
        now = max(now + 1 / TEST_RATE, done)
    return np.array(measured)


# The loads, as shares of capacity, for which the essay says how long a slowdown is fatal.
LOADS = (0.6, 0.7, 0.8, 0.9)
# A slowdown that fills the queue even at a small load, and the loads on both sides of the threshold at which it is tried.
DEEP = Slowdown(speed=0.05)
BELOW, ABOVE = 0.24, 0.26
DEEP_RUN = 400.0


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    opened, closed = open_loop(), closed_loop()
    seconds = {name: recovery(policy) for name, policy in POLICIES.items()}
    return {
        "load": OFFERED / CAPACITY,
        **{f"during_{name}": during(policy) for name, policy in POLICIES.items()},
        **{f"recovers_{name}": value if value < inf else "never" for name, value in seconds.items()},
        "threshold": threshold(),
        "below": BELOW,
        "above": ABOVE,
        "below_recovers": recovery(PLAIN, BELOW * CAPACITY, DEEP, DEEP_RUN),
        "above_recovers": "never" if recovery(PLAIN, ABOVE * CAPACITY, DEEP, DEEP_RUN) == inf else "in the end",
        **{f"fatal_{load * 100:.0f}": shortest_fatal(load) for load in LOADS},
        "layers": (RETRIES + 1) ** 3,
        "queue_seconds": QUEUE_LIMIT / CAPACITY,
        "open_count": len(opened),
        "closed_count": len(closed),
        "open_mean_seconds": float(opened.mean()),
        "closed_mean_ms": float(closed.mean()) * 1000,
        "open_p95_seconds": float(np.quantile(opened, 0.95)),
        "open_p99_seconds": float(np.quantile(opened, 0.99)),
        "closed_p999_ms": float(np.quantile(closed, 0.999)) * 1000,
        "stalled_share": STALL / TEST,
    }


# -- Figures -------------------------------------------------------------------------------------------------------------------


def _run(axes: Axes, name: str, title: str) -> dict[str, list[float]]:
    """One policy through the slowdown: good answers a second against time."""
    run = goodput(POLICIES[name])
    shown = range(round(40 / STEP), round(160 / STEP))
    axes.axvspan(SLOW_FROM, SLOW_UNTIL, color="lightgrey", alpha=0.6)
    axes.plot([n * STEP for n in shown], [run[n] for n in shown], color="C0", linewidth=2.5, clip_on=False, zorder=3)
    healed = recovery(POLICIES[name])
    said = "never recovers" if healed == inf else "back at once" if healed < STEP else f"{healed:.0f} s later"
    axes.annotate(said, (SLOW_UNTIL + 3, 450), color="black")
    axes.annotate("half speed", ((SLOW_FROM + SLOW_UNTIL) / 2, 1080), color="grey", ha="center")
    axes.set_xlim(40, 160)
    axes.set_xticks([40, 60, 90, 120, 150])
    axes.set_ylim(0, 1180)
    axes.set_yticks([0, 400, 800])
    axes.set_xlabel("Seconds")
    axes.set_title(title)
    seconds = [50, 65, 70, 80, 89, 95, 100, 110, 120, 125, 150]
    return {"Second": [*map(float, seconds)], "Good answers a second": [run[round(s / STEP)] for s in seconds]}


def retries(axes: Axes) -> dict[str, list[float]]:
    """Three retries: the server is busy and nobody is served, for good."""
    return _run(axes, "retries", "Retries: good answers a second")


def backoff(axes: Axes) -> dict[str, list[float]]:
    """Three retries with exponential backoff: the same, a little later."""
    return _run(axes, "backoff", "Backoff: good answers a second")


def budget(axes: Axes) -> dict[str, list[float]]:
    """A retry budget: down for the slowdown and the time it takes to work off the queue."""
    return _run(axes, "budget", "Budget: good answers a second")


def short_queue(axes: Axes) -> dict[str, list[float]]:
    """A queue no longer than clients wait: half speed is half the answers, and nothing more."""
    return _run(axes, "short", "Short queue: good answers a second")


def percentiles(axes: Axes) -> dict[str, list[float]]:
    """The same stall, seen by users and by a test client that waits for its answers."""
    ranks = 1 - np.geomspace(0.5, 0.0008, 240)
    for waits, label, colour, weight, at in (
        (open_loop(), "users", "C0", 3.0, (2.6, 1500)), (closed_loop(), "test client", "C2", 2.0, (20, 1.6))
    ):  # fmt: skip
        axes.plot(1 / (1 - ranks), np.quantile(waits, ranks) * 1000, color=colour, linewidth=weight)
        axes.annotate(label, at, color=colour)
    p99 = float(np.quantile(open_loop(), 0.99)) * 1000
    axes.plot(100, p99, "o", color="black", markersize=6, zorder=3)
    axes.annotate(f"{p99 / 1000:.0f} s", (100, p99), xytext=(0, -20), textcoords="offset points", ha="center", color="black")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(2, 1250)
    axes.set_xticks([2, 10, 100, 1000], ["p50", "p90", "p99", "p99.9"])
    axes.set_ylim(0.5, 20_000)
    axes.set_yticks([1, 10, 100, 1000, 10_000])
    axes.set_xlabel("Percentile (log scales)")
    axes.set_title("Milliseconds waited")
    rows = [0.5, 0.89, 0.9, 0.95, 0.99, 0.999]
    return {
        "Percentile": [100 * rank for rank in rows],
        "Users, ms": [float(np.quantile(open_loop(), rank)) * 1000 for rank in rows],
        "Test client, ms": [float(np.quantile(closed_loop(), rank)) * 1000 for rank in rows],
    }


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
