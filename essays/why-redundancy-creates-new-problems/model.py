"""What failover costs: more replicas when not every failover works, and a timeout that cannot tell slow from dead.

Three models. Majority: independent nodes, of which more than half must be up. Coverage: a Markov chain of replicas in which a
failover works with a probability, called coverage by Dugan and Trivedi (1989). Timeout: a primary that crashes now and then,
and pauses more often, watched by a detector that promotes the standby after some seconds of silence. Counted there is what
crashes and failovers cost; the pauses themselves stop a single server as well, and are left out.

Every input is assumed; what the essay argues from is that two of the curves have a lowest point.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import ceil, comb, exp, log
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAYS_A_YEAR = 365
MINUTES_A_YEAR = DAYS_A_YEAR * 24 * 60

# -- Majority ------------------------------------------------------------------------------------------------------------------

NODE_DOWN = 0.01  # assumed: each node is down one hundredth of the time


def majority_minutes(nodes: int, down: float = NODE_DOWN) -> float:
    """Minutes a year in which no majority of ``nodes`` is up, each being down the share ``down`` of the time, independently."""
    up = sum(comb(nodes, k) * (1 - down) ** k * down ** (nodes - k) for k in range(nodes // 2 + 1, nodes + 1))
    return (1 - up) * MINUTES_A_YEAR


# -- Coverage ------------------------------------------------------------------------------------------------------------------

# Assumed, in minutes and failures a minute.
FAILURE_RATE = 4 / MINUTES_A_YEAR  # four a year for each node
REPAIR_MINUTES = 8 * 60  # a node is repaired within a shift
UNCOVERED_MINUTES = 60  # a failure that failover makes worse ends when people have put the cluster together again
FAILOVER_MINUTES = 0.5  # a failover that works
REPLICAS = (1, 2, 3, 4, 5, 6, 7)
COVERAGES = (0.9, 0.99, 0.999, 1.0)
CONFIDENCE = 0.95  # with which drills are to show a coverage
PRECISION = 1e-6


@cache
def downtime(replicas: int, coverage: float) -> float:
    """Minutes a year in which ``replicas`` do not serve, from the steady state of a Markov chain.

    The chain counts the nodes that are up. A node that fails takes the service with it with the probability 1 − ``coverage``,
    until the cluster has been recovered by hand; the last node always does. Each node is repaired on its own. A failover that
    works interrupts the service when the node that failed was the primary, one in as many as are up.
    """
    serving = {up: up for up in range(replicas + 1)}
    broken = {up: replicas + up for up in range(1, replicas)}  # after an uncovered failure that left ``up`` nodes
    rates = np.zeros((len(serving) + len(broken),) * 2)
    for up in range(1, replicas + 1):
        failing = up * FAILURE_RATE
        rates[serving[up], serving[up - 1]] += failing * (coverage if up > 1 else 1)
        if up > 1:
            rates[serving[up], broken[up - 1]] += failing * (1 - coverage)
            rates[broken[up - 1], serving[up - 1]] += 1 / UNCOVERED_MINUTES
    for up in range(replicas):
        rates[serving[up], serving[up + 1]] += (replicas - up) / REPAIR_MINUTES
    np.fill_diagonal(rates, -rates.sum(axis=1))
    # The steady state: no net flow into any state, and probabilities that add to one.
    equations = np.vstack([rates.T, np.ones(len(rates))])
    share = np.linalg.lstsq(equations, np.append(np.zeros(len(rates)), 1.0), rcond=None)[0]
    down = share[serving[0]] + sum(share[state] for state in broken.values())
    interrupted = sum(share[serving[up]] for up in range(2, replicas + 1)) * FAILURE_RATE * coverage * FAILOVER_MINUTES
    return float(down + interrupted) * MINUTES_A_YEAR


def best_replicas(coverage: float) -> int:
    """The number of replicas with the least downtime."""
    return min(REPLICAS, key=lambda replicas: downtime(replicas, coverage))


def third_pays() -> float:
    """The coverage above which three replicas are down for less time than two, by halving the interval."""
    low, high = 0.5, 1.0
    while high - low > PRECISION:
        middle = (low + high) / 2
        low, high = (low, middle) if downtime(3, middle) < downtime(2, middle) else (middle, high)
    return high


def drills_to_show(coverage: float, confidence: float = CONFIDENCE) -> int:
    """How many failovers in a row must work before a coverage any lower is ruled out with ``confidence`` (binomial)."""
    return ceil(log(1 - confidence) / log(coverage))


# -- Timeout -------------------------------------------------------------------------------------------------------------------

# Assumed, in seconds.
CRASHES_A_YEAR = 4
PAUSES_A_DAY = 5  # collections of garbage, disks that stall, a network that flaps
PAUSE_MEDIAN = 0.5
PAUSE_SPREAD = 1.3  # of the logarithm: lognormal pauses
PROMOTION = 20.0  # from the decision until the standby serves
LAG = 0.2  # what the standby is behind, replication being asynchronous
WRITES_A_SECOND = 500
UNAWARE = 1.0  # that a primary goes on writing when it was replaced and has not heard
RESTART_MINUTES = 30  # one server and no standby: somebody gets up and restarts it
LEAST_SHOWN = 0.4  # minutes a year, the lower edge of the chart
NEVER = 1e9  # seconds: a timeout that no pause reaches
TIMEOUTS = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 26.0, 30.0, 60.0, 120.0)


def false_failovers(timeout: float) -> float:
    """Failovers a year away from a healthy primary: pauses longer than ``timeout`` seconds."""
    longer = 1 - NormalDist().cdf(log(timeout / PAUSE_MEDIAN) / PAUSE_SPREAD)
    return DAYS_A_YEAR * PAUSES_A_DAY * longer


def real_minutes(timeout: float) -> float:
    """Minutes a year of failovers that were needed: from each crash until the standby serves."""
    return CRASHES_A_YEAR * (timeout + PROMOTION) / 60


def false_minutes(timeout: float) -> float:
    """Minutes a year of failovers that nobody needed."""
    return false_failovers(timeout) * PROMOTION / 60


def timeout_minutes(timeout: float) -> float:
    """Minutes a year without service, by crashes and failovers, at a timeout in seconds."""
    return real_minutes(timeout) + false_minutes(timeout)


def lost_writes(timeout: float) -> float:
    """Writes a year that were acknowledged and are gone: what the standby had not yet received, at every failover."""
    return (CRASHES_A_YEAR + false_failovers(timeout)) * LAG * WRITES_A_SECOND


def stray_writes(timeout: float) -> float:
    """Writes a year that healthy primaries make after they were replaced, unless they are fenced."""
    return false_failovers(timeout) * UNAWARE * WRITES_A_SECOND


def paused_minutes(timeout: float) -> float:
    """Minutes a year of pauses, each until it ends or is cut short by the timeout: the partial mean of a lognormal."""
    normal, centre = NormalDist(), log(PAUSE_MEDIAN)
    ended = exp(centre + PAUSE_SPREAD**2 / 2) * normal.cdf((log(timeout) - centre - PAUSE_SPREAD**2) / PAUSE_SPREAD)
    return (DAYS_A_YEAR * PAUSES_A_DAY * ended + false_failovers(timeout) * timeout) / 60


def best_timeout(cost: Callable[[float], float] = timeout_minutes) -> float:
    """The timeout, in seconds, with the fewest minutes of a ``cost``: those without service, unless another is given."""
    return float(min(np.geomspace(0.5, 300, 2000), key=cost))


def no_better_than_one_server() -> float:
    """The timeout, in seconds, below which the pair is down longer than one server that is restarted by hand."""
    return float(max(t for t in np.geomspace(0.2, 60, 5000) if timeout_minutes(t) > CRASHES_A_YEAR * RESTART_MINUTES))


def results() -> dict[str, float | int | str]:
    """The numbers that the essay quotes."""
    best = best_timeout()
    return {
        **{f"majority_{nodes}_hours": majority_minutes(nodes) / 60 for nodes in (1, 2, 3, 4)},
        "majority_5_minutes": majority_minutes(5),
        **{
            f"down_{replicas}_coverage_{str(coverage).replace('.', '_')}": downtime(replicas, coverage)
            for replicas in (1, 2, 3, 5, 7)
            for coverage in COVERAGES
        },
        "coverage_saves": downtime(2, 0.9) - downtime(2, 0.99),
        "third_costs": downtime(3, 0.9) - downtime(2, 0.9),
        "third_pays": third_pays(),
        "drills": drills_to_show(third_pays()),
        **{f"timeout_{t:.0f}": timeout_minutes(t) for t in (1, 5, 10, 20, 60)},
        **{f"false_{t:.0f}": false_failovers(t) for t in (1, 5, 10, 60)},
        **{f"ratio_{t:.0f}": false_failovers(t) / CRASHES_A_YEAR for t in (1, 5, 10, 60)},
        **{f"lost_{t:.0f}": lost_writes(t) for t in (1, 5, 10, 60)},
        "best": best,
        "timeout_best": timeout_minutes(best),
        "false_best": false_failovers(best),
        "ratio_best": false_failovers(best) / CRASHES_A_YEAR,
        "lost_best": lost_writes(best),
        "pauses_minutes": paused_minutes(NEVER),
        "best_with_pauses": best_timeout(lambda t: timeout_minutes(t) + paused_minutes(t)),
        "twice_costs": timeout_minutes(2 * best) - timeout_minutes(best),
        "fifth_times": timeout_minutes(best / 5) / timeout_minutes(best),
        "lost_a_failover": LAG * WRITES_A_SECOND,
        "writes_a_second": WRITES_A_SECOND,
        "stray_10": stray_writes(10),
        "stray_times": stray_writes(10) / lost_writes(10),
        "worse_below": no_better_than_one_server(),
        "by_hand": CRASHES_A_YEAR * RESTART_MINUTES,
    }


# -- Figures -------------------------------------------------------------------------------------------------------------------


def coverage(axes: Axes) -> dict[str, list[float]]:
    """Downtime against replicas has a lowest point, unless every failover works."""
    lines = {0.9: ("C0", 3.0), 0.99: ("C1", 2.0), 0.999: ("C3", 2.0), 1.0: ("C2", 2.0)}
    for share, (colour, weight) in lines.items():
        values = [downtime(replicas, share) for replicas in REPLICAS]
        dash = (0, (2, 2)) if share == 1 else "-"
        axes.plot(REPLICAS, values, color=colour, linewidth=weight, linestyle=dash)
        label = f"{share:.1%}".replace(".0%", "%")
        axes.annotate(
            f"{label} of failovers work" if share == 0.9 else label, (REPLICAS[-1], values[-1]),
            xytext=(0, -16 if share == 1 else 7), textcoords="offset points", ha="right", color=colour,
            fontweight="bold" if share == 0.9 else "normal",
        )  # fmt: skip
        if share < 1:
            best = best_replicas(share)
            axes.plot(best, downtime(best, share), "o", color="black", markersize=6, zorder=3)
    axes.annotate("least downtime", (2, downtime(2, 0.9)), xytext=(9, -14), textcoords="offset points", color="black")
    axes.set_yscale("log")
    axes.set_ylim(0.7, 3000)
    axes.set_yticks([1, 10, 100, 1000])
    axes.set_xlim(0.8, 7.05)
    axes.set_xticks(REPLICAS)
    axes.set_xlabel("Replicas")
    axes.set_title("Minutes down a year, log scale")
    table: dict[str, list[float]] = {"Replicas": list(REPLICAS)}
    return table | {f"Coverage {share:.1%}, minutes": [downtime(n, share) for n in REPLICAS] for share in COVERAGES}


def timeout(axes: Axes) -> dict[str, list[float]]:
    """Downtime against the timeout: false failovers on the left, real ones on the right, a lowest point between."""
    curve = np.geomspace(1, 120, 200)
    best, hasty = best_timeout(), 5.0
    for part in (false_minutes, real_minutes):
        shown = [t for t in curve if part(t) > LEAST_SHOWN]
        axes.plot(shown, [part(t) for t in shown], color="grey", linewidth=1.25, linestyle=(0, (3, 2)))
    axes.annotate("false failovers", (21, 0.6), color="grey", ha="right")
    axes.annotate("real failovers", (1.1, 1.75), color="grey")
    by_hand = CRASHES_A_YEAR * RESTART_MINUTES
    axes.axhline(by_hand, color="black", linewidth=1, linestyle=(0, (1, 2)))
    axes.annotate("one server, by hand", (120, by_hand), xytext=(0, 5), textcoords="offset points", color="black", ha="right")
    axes.plot(curve, [timeout_minutes(t) for t in curve], color="C0", linewidth=3)
    for seconds, words, shift, side in (
        (hasty, f"{hasty:.0f} s: {false_failovers(hasty) / CRASHES_A_YEAR:.0f} false\nfor each real", (9, 5), "left"),
        (best, f"{best:.0f} s: 1 false\nfor {CRASHES_A_YEAR / false_failovers(best):.0f} real", (6, 24), "center"),
    ):
        axes.plot(seconds, timeout_minutes(seconds), "o", color="black", markersize=6, zorder=3)
        axes.annotate(
            words, (seconds, timeout_minutes(seconds)), xytext=shift, textcoords="offset points", ha=side, color="black",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(1, 120)
    axes.set_ylim(LEAST_SHOWN, 300)
    axes.set_xticks([1, 3, 10, 30, 120])
    axes.set_yticks([1, 10, 100])
    axes.set_xlabel("Timeout, seconds (log scale)")
    axes.set_title("Minutes down a year, log scale")
    return {
        "Timeout, s": list(TIMEOUTS),
        "Minutes down a year": [timeout_minutes(t) for t in TIMEOUTS],
        "of which real failovers": [real_minutes(t) for t in TIMEOUTS],
        "of which false failovers": [false_minutes(t) for t in TIMEOUTS],
        "False failovers for each real one": [false_failovers(t) / CRASHES_A_YEAR for t in TIMEOUTS],
        "Writes lost a year": [lost_writes(t) for t in TIMEOUTS],
    }


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:28} {value}")
