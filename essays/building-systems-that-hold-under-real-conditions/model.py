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
from typing import TYPE_CHECKING, NamedTuple

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
FINE_STEP = 0.02  # for a look at a few seconds

# The loads, as shares of capacity, for which the essay says how long a slowdown to half speed is fatal. It is looked for in half
# seconds, up to so many seconds, from a start at which the server is settled, in a run that ends long after.
LOADS = (0.5, 0.6, 0.7, 0.8, 0.9)
LONGEST_SLOWDOWN = 12.0
SETTLED = 20.0
FATAL_RUN = 80.0
# A slowdown that fills the queue even at a small load, and the loads on both sides of the threshold at which it is tried.
DEEP = 0.05
BELOW, ABOVE = 0.24, 0.26
DEEP_RUN = 400.0
# Assumed: a request that passes through so many layers, each of which retries.
LAYERS = 3


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


class Run(NamedTuple):
    """Requests a second in each step of a run: answered to somebody who still waits, and worked off at all."""

    good: tuple[float, ...]
    throughput: tuple[float, ...]


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
def run(
    policy: Policy, offered: float = OFFERED, slowdown: Slowdown = Slowdown(), seconds: float = RUN, step: float = STEP
) -> Run:
    """What the server does in each ``step`` of so many ``seconds``.

    First tries come at the rate ``offered`` to a first-in-first-out queue. A client that is still in it after TIMEOUT tries
    again, as often as the policy says; one that finds it full, at once. The server cannot tell, and serves the old place in line
    as well, unless the policy drops what has expired.
    """
    steps, patience = round(seconds / step), round(TIMEOUT / step)
    tries = policy.retries + 1
    waits = [1 + round(policy.first_backoff * 2**again / step) for again in range(policy.retries)]
    coming = [[0.0] * tries for _ in range(steps + max(waits, default=0) + 1)]
    queue: list[list[float]] = []  # what is left of each step's arrivals, by how often it was tried
    head, length = 0, 0.0
    good, throughput = [0.0] * steps, [0.0] * steps
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
                throughput[now] += served / step
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
    return Run(tuple(good), tuple(throughput))


def recovery(
    policy: Policy, offered: float = OFFERED, slowdown: Slowdown = Slowdown(), seconds: float = RUN, step: float = STEP
) -> float:
    """Seconds from the end of the slowdown until the answers are all good again, and stay so; infinite if they never are."""
    goodput = run(policy, offered, slowdown, seconds, step).good
    bad = [n for n, good in enumerate(goodput) if good < 0.99 * offered]
    last = bad[-1] * step if bad else 0.0
    return inf if last >= seconds - 1 else max(0.0, last - slowdown.end)


def during(policy: Policy) -> float:
    """Good answers a second in the slowdown, once its first five seconds are over."""
    goodput = run(policy).good
    return float(np.mean(goodput[round((SLOW_FROM + 5) / STEP) : round((SLOW_UNTIL - 1) / STEP)]))


def threshold(tries: int = RETRIES + 1) -> float:
    """The share of capacity above which the stuck state feeds itself: each request is tried so often, all for nothing."""
    return 1 / tries


def shortest_fatal(load: float, *, policy: Policy = PLAIN, speed: float = SLOW) -> float:
    """The shortest slowdown to ``speed``, in half seconds, from which a server at ``load`` of its capacity never recovers.

    Infinite if none up to LONGEST_SLOWDOWN is fatal.
    """
    lengths = (half / 2 for half in range(1, round(2 * LONGEST_SLOWDOWN) + 1))
    slowdowns = (Slowdown(SETTLED, SETTLED + length, speed) for length in lengths)
    fatal = (s for s in slowdowns if recovery(policy, load * CAPACITY, s, FATAL_RUN) == inf)
    return next((slowdown.end - slowdown.start for slowdown in fatal), inf)


def after_a_deep_slowdown(load: float) -> float:
    """Seconds that a server at ``load`` of its capacity, with plain retries, takes to recover once its queue has been filled."""
    return recovery(PLAIN, load * CAPACITY, Slowdown(speed=DEEP), DEEP_RUN)


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


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    recovers = {name: recovery(policy) for name, policy in POLICIES.items()}
    fatal = {load: shortest_fatal(load) for load in LOADS}
    tries = RETRIES + 1
    return {
        "load": OFFERED / CAPACITY,
        **{f"during_{name}": during(policy) for name, policy in POLICIES.items()},
        **{f"recovers_{name}": value if value < inf else "never" for name, value in recovers.items()},
        "threshold": threshold(),
        "below": BELOW,
        "above": ABOVE,
        "below_recovers": after_a_deep_slowdown(BELOW),
        "above_recovers": "in the end" if after_a_deep_slowdown(ABOVE) < inf else "never",
        **{f"fatal_{load * 100:.0f}": value if value < inf else "no" for load, value in fatal.items()},
        "fatal_standstill": shortest_fatal(LOADS[0], speed=0),
        "backoff_buys": shortest_fatal(OFFERED / CAPACITY, policy=POLICIES["backoff"]) - fatal[OFFERED / CAPACITY],
        "layers": tries**LAYERS,
        "layers_threshold": threshold(tries**LAYERS),
        "queue_seconds": QUEUE_LIMIT / CAPACITY,
        "open_p99_seconds": float(np.quantile(open_loop(), 0.99)),
        "closed_count": len(closed_loop()),
        "closed_p999_ms": float(np.quantile(closed_loop(), 0.999)) * 1000,
    }


# -- Figures -------------------------------------------------------------------------------------------------------------------


def three_seconds(axes: Axes) -> dict[str, list[float]]:
    """Three retries, and a slowdown just long enough: the server is busier than before, and nobody is served."""
    fatal = Slowdown(SETTLED, SETTLED + shortest_fatal(OFFERED / CAPACITY))
    found = run(PLAIN, slowdown=fatal, seconds=FATAL_RUN, step=FINE_STEP)
    shown = range(round((fatal.start - 2) / FINE_STEP), round((fatal.start + 9) / FINE_STEP))
    seconds = [n * FINE_STEP - fatal.start for n in shown]
    axes.axvspan(0, fatal.end - fatal.start, color="lightgrey", alpha=0.6)
    axes.plot(seconds, [found.throughput[n] for n in shown], color="C2", linewidth=2, linestyle="--")
    axes.plot(seconds, [found.good[n] for n in shown], color="C0", linewidth=3, clip_on=False, zorder=3)
    axes.annotate("half speed", ((fatal.end - fatal.start) / 2, 1080), color="grey", ha="center")
    axes.annotate("worked on", (9, CAPACITY), xytext=(0, 6), textcoords="offset points", color="C2", ha="right")
    axes.annotate("answered in time", (9, 0), xytext=(0, 7), textcoords="offset points", color="C0", ha="right")
    last = max(second for second, n in zip(seconds, shown, strict=True) if found.good[n] > 0)
    axes.annotate("last good answers", (last, 620), xytext=(7, 0), textcoords="offset points", color="C0")
    _rates(axes, "Requests a second")
    axes.set_xlim(-2, 9)
    axes.set_xticks([0, 3, 6, 9])
    rows = [-1.0, 1, 2, 2.5, 3.5, 5, 8, 12, 40]
    at = [round((fatal.start + row) / FINE_STEP) for row in rows]
    return {
        "Seconds since the slowdown began": rows,
        "Worked on, a second": [found.throughput[n] for n in at],
        "Answered in time, a second": [found.good[n] for n in at],
    }


def _rates(axes: Axes, title: str) -> None:
    """Axes of requests a second over time, with ticks where the server is idle, at half speed, at its load and at full speed."""
    axes.set_ylim(0, 1180)
    axes.set_yticks([0, CAPACITY * SLOW, CAPACITY] if _is_small(axes) else [0, CAPACITY * SLOW, OFFERED, CAPACITY])
    axes.set_xlabel("Seconds" if _is_small(axes) else "Seconds since the slowdown began")
    axes.set_title(title)


def _is_small(axes: Axes) -> bool:
    """Whether a chart stands beside another on a phone."""
    return axes.figure.bbox.width < 200


def _policy(axes: Axes, name: str, title: str, short: str) -> dict[str, list[float]]:
    """One policy through the slowdown: good answers a second against time. ``short``: its title on a phone."""
    small = _is_small(axes)
    goodput = run(POLICIES[name]).good
    shown = range(round((SLOW_FROM - 20) / STEP), round((SLOW_FROM + 90) / STEP))
    axes.axvspan(0, SLOW_UNTIL - SLOW_FROM, color="lightgrey", alpha=0.6)
    axes.plot([n * STEP - SLOW_FROM for n in shown], [goodput[n] for n in shown], color="C0", clip_on=False, zorder=3)
    healed = recovery(POLICIES[name])
    said = "never recovers" if healed == inf else "back at once" if healed < STEP else f"{healed:.0f} s later"
    if small:
        said = "never" if healed == inf else "at once" if healed < STEP else f"{healed:.0f} s"
    axes.annotate(said, (SLOW_UNTIL - SLOW_FROM + 3, 250), color="black")
    axes.annotate("slow" if small else "half speed", ((SLOW_UNTIL - SLOW_FROM) / 2, 1080), color="grey", ha="center")
    _rates(axes, short if small else title)
    # The unit stands between the title and the axes, for a panel goes out alone in feeds.
    axes.set_title(short if small else title, pad=28)
    unit = axes.annotate(
        "Good answers/s" if small else "Good answers a second", (0, 1), xycoords=("figure fraction", "axes fraction"),
        xytext=(0, 10), textcoords="offset points", color="grey",
    )  # fmt: skip
    unit.set_in_layout(False)
    axes.set_xlim(-20, 90)
    axes.set_xticks([0, 30, 60, 90])
    rows = [-10.0, 1, 5, 10, 20, 29, 31, 35, 40, 60, 63, 65, 90]
    return {
        "Seconds since the slowdown began": rows,
        "Good answers a second": [goodput[round((SLOW_FROM + row) / STEP)] for row in rows],
    }


def retries(axes: Axes) -> dict[str, list[float]]:
    """Three retries: the server is busy and nobody is served, for good."""
    return _policy(axes, "retries", "Three retries", "Three retries")


def backoff(axes: Axes) -> dict[str, list[float]]:
    """Three retries with exponential backoff: the same, a little later."""
    return _policy(axes, "backoff", "Three retries, backing off", "Backing off")


def budget(axes: Axes) -> dict[str, list[float]]:
    """A retry budget: down for the slowdown and the time it takes to work off the queue."""
    return _policy(axes, "budget", "Retry budget of 10%", "Retry budget")


def short_queue(axes: Axes) -> dict[str, list[float]]:
    """A queue no longer than clients wait: half speed is half the answers, and nothing more."""
    return _policy(axes, "short", "Queue of half a second", "Short queue")


def percentiles(axes: Axes) -> dict[str, list[float]]:
    """The same stall, seen by users and by a test client that waits for its answers."""
    ranks = 1 - np.geomspace(0.5, 0.0008, 240)
    for waits, label, colour, width, at, below in (
        (open_loop(), "users", "C0", 3.0, (100, 9.0), -20), (closed_loop(), "test client", "C2", 2.0, (100, 0.001), 7)
    ):  # fmt: skip
        axes.plot(1 / (1 - ranks), np.quantile(waits, ranks), color=colour, linewidth=width)
        axes.annotate(label, at, xytext=(0, below), textcoords="offset points", color=colour)
    axes.annotate("both", (4.5, SERVICE), xytext=(0, 7), textcoords="offset points", ha="center", color="grey")
    p99 = float(np.quantile(open_loop(), 0.99))
    axes.plot(100, p99, "o", color="black", markersize=6, zorder=3)
    axes.annotate(f"{p99:.0f} s", (100, p99), xytext=(0, 8), textcoords="offset points", ha="center", color="black")
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(2, 1250)
    axes.set_xticks([2, 10, 100, 1000], ["p50", "p90", "p99", "p99.9"])
    axes.set_ylim(0.0005, 40)
    axes.set_yticks([0.001, 0.01, 0.1, 1, 10], ["1 ms", "10 ms", "100 ms", "1 s", "10 s"])
    axes.set_xlabel("Percentile of requests")
    axes.set_title("Time to the answer, log scales")
    rows = [0.5, 0.89, 0.9, 0.95, 0.99, 0.999]
    return {
        "Percentile": [100 * rank for rank in rows],
        "Users, ms": [float(np.quantile(open_loop(), rank)) * 1000 for rank in rows],
        "Test client, ms": [float(np.quantile(closed_loop(), rank)) * 1000 for rank in rows],
    }


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
