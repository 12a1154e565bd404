"""Where the time of one page view goes, and what each fix gives back; and what width does to a tail.

Two models. The first is one action of a web application as a request graph: work in the browser, round trips, four calls one
after the other, a loop of queries, and a fan-out that waits for its slowest call. Every backend is the simplest queue (M/M/1), in
which the time of a call is exponential with mean S/(1 − ρ). The second is a fan-out of calls with a long tail (lognormal).

Every input is assumed, chosen to be round; what the essay argues from is which fixes change the waiting, and which the work.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import exp, log
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# -- One action as a request graph ---------------------------------------------------------------------------------------------

# The grid on which distributions are added, in milliseconds: fine beside the shortest wait, long beside the slowest page.
STEP_MS = 0.25
CELLS = 2**14


@dataclass(frozen=True)
class Calls:
    """Calls to one backend: how many, milliseconds of work in each, and the utilisation of the servers that do it."""

    count: int
    work_ms: float
    utilisation: float
    parallel: bool = False

    @property
    def call_ms(self) -> float:
        """Mean milliseconds of one call, its wait included."""
        return self.work_ms * stretch(self.utilisation)

    @property
    def mean_ms(self) -> float:
        """Mean milliseconds until the last is answered: n times one in sequence; in parallel H(n) times, the mean maximum."""
        return self.call_ms * (harmonic(self.count) if self.parallel else self.count)

    def mass(self) -> np.ndarray:
        """The distribution of the time until the last is answered, as probabilities on the grid."""
        edges = (np.arange(CELLS) + 0.5) * STEP_MS
        below = -np.expm1(-edges / self.call_ms)
        if self.parallel:
            return np.diff(below**self.count, prepend=0.0)
        return sum_of([np.diff(below, prepend=0.0)] * self.count)


@dataclass(frozen=True)
class Action:
    """What one click costs: milliseconds of work in the browser, round trips to the servers, and calls behind those."""

    client_ms: float
    round_trips: int
    round_trip_ms: float
    backends: tuple[Calls, ...]

    @property
    def constant_ms(self) -> float:
        """The part that is the same every time."""
        return self.client_ms + self.round_trips * self.round_trip_ms

    @property
    def mean_ms(self) -> float:
        """Mean milliseconds from click to answer, in closed form."""
        return self.constant_ms + sum(calls.mean_ms for calls in self.backends)

    def quantile_ms(self, share: float) -> float:
        """The milliseconds within which ``share`` of the clicks are answered."""
        below = np.cumsum(sum_of([calls.mass() for calls in self.backends]))
        return self.constant_ms + float(np.interp(share, below, np.arange(CELLS) * STEP_MS))


# Assumed: an action inside an application that has loaded. Every backend is four fifths busy.
UTILISATION = 0.8
SEQUENCE = Calls(4, 5.0, UTILISATION)
LOOP = Calls(20, 1.0, UTILISATION)
FAN_OUT = Calls(16, 5.0, UTILISATION, parallel=True)
AS_BUILT = Action(150.0, 3, 50.0, (SEQUENCE, LOOP, FAN_OUT))

# Assumed: what the fixes do. One batch is four times the work of one query, a fifth of that of twenty.
CHEAPER_UI = 0.7
FASTER_CODE = 0.8
MORE_SERVERS = 4 / 3
BATCH_WORK = 4
BATCH = Calls(1, LOOP.work_ms * BATCH_WORK, UTILISATION * BATCH_WORK / LOOP.count)
SIDE_BY_SIDE = replace(SEQUENCE, parallel=True)

# Assumed: a change that nobody would notice on an idle machine, as work added to every call of a backend.
ADDED_WORK_MS = 0.1

TOGETHER = "Batch, parallel and trip together"
FIXES = {
    "UI work 30% cheaper": replace(AS_BUILT, client_ms=AS_BUILT.client_ms * CHEAPER_UI),
    "One round trip fewer": replace(AS_BUILT, round_trips=AS_BUILT.round_trips - 1),
    "Four calls in parallel": replace(AS_BUILT, backends=(SIDE_BY_SIDE, LOOP, FAN_OUT)),
    "Twenty queries in one batch": replace(AS_BUILT, backends=(SEQUENCE, BATCH, FAN_OUT)),
    "A third more servers": replace(
        AS_BUILT, backends=tuple(replace(calls, utilisation=calls.utilisation / MORE_SERVERS) for calls in AS_BUILT.backends)
    ),
    "Server code 20% faster": replace(
        AS_BUILT,
        backends=tuple(
            replace(calls, work_ms=calls.work_ms * FASTER_CODE, utilisation=calls.utilisation * FASTER_CODE)
            for calls in AS_BUILT.backends
        ),
    ),
    TOGETHER: replace(AS_BUILT, round_trips=AS_BUILT.round_trips - 1, backends=(SIDE_BY_SIDE, BATCH, FAN_OUT)),
}
#: Short names for the results; the order is that of FIXES.
KEYS = ("ui", "trip", "parallel", "batch", "servers", "code", "structure")


def harmonic(n: int) -> float:
    """H(n) = 1 + 1/2 + … + 1/n, the mean of the largest of n exponential variables whose mean is one."""
    return sum(1 / i for i in range(1, n + 1))


def sum_of(masses: list[np.ndarray]) -> np.ndarray:
    """The distribution of a sum of independent times, each given as probabilities on the grid."""
    spectrum = np.prod([np.fft.rfft(mass, 2 * CELLS) for mass in masses], axis=0)
    return np.asarray(np.fft.irfft(spectrum)[:CELLS])


def idle(action: Action) -> Action:
    """The same action on servers that do nothing else, as on a test box."""
    return replace(action, backends=tuple(replace(calls, utilisation=0.0) for calls in action.backends))


def slowed(calls: Calls, added_ms: float) -> Calls:
    """The same calls with work added to each: the requests are as many as before, so that the servers are busier too."""
    work_ms = calls.work_ms + added_ms
    return replace(calls, work_ms=work_ms, utilisation=calls.utilisation * work_ms / calls.work_ms)


def stretch(utilisation: float) -> float:
    """How many times longer than its work a call takes at a utilisation, on average: 1/(1 − ρ).

    The balance of its states gives an M/M/1 queue ρ/(1 − ρ) calls on average. Little’s law divides them by the rate at which they
    arrive, which is ρ for each time of work.
    """
    return 1 / (1 - utilisation)


# -- Width ---------------------------------------------------------------------------------------------------------------------

# Assumed: one backend call is answered within 10 ms half of the time, and within 100 ms all but once in a hundred times.
CALL_MEDIAN_MS = 10.0
CALL_P99_MS = 100.0
COMMON = 0.5  # of the slowest hundredth of calls: the part whose cause all calls of a page would share, if they shared any
WIDTHS = (1, 2, 5, 10, 20, 50, 69, 100)


def touched(width: int, slow: float = 0.01, common: float = 0.0) -> float:
    """The probability that at least one of ``width`` calls is slow, each being slow with the probability ``slow``.

    A share ``common`` of that is due to a cause that strikes all of them at once or none; for the rest they are independent.
    """
    together, alone = common * slow, (1 - common) * slow
    return float(1 - (1 - together) * (1 - alone / (1 - together)) ** width)


def slowest_ms(share: float, width: int) -> float:
    """The quantile ``share`` of the slowest of ``width`` independent lognormal calls, in milliseconds."""
    normal = NormalDist()
    spread = log(CALL_P99_MS / CALL_MEDIAN_MS) / normal.inv_cdf(0.99)
    return CALL_MEDIAN_MS * exp(spread * normal.inv_cdf(share ** (1 / width)))


def half_meet_the_tail() -> int:
    """The width from which more than half of the pages meet somebody's slowest hundredth."""
    return next(width for width in range(1, 1000) if touched(width) > 0.5)


def results() -> dict[str, float | int | str]:
    """The numbers that the essay quotes."""
    cases = dict(zip(KEYS, FIXES.values(), strict=True))
    at_rest = idle(AS_BUILT)
    return {
        "built_mean": AS_BUILT.mean_ms,
        "built_p50": AS_BUILT.quantile_ms(0.5),
        "built_p99": AS_BUILT.quantile_ms(0.99),
        **{f"{key}_mean": action.mean_ms for key, action in cases.items()},
        **{f"{key}_p50": action.quantile_ms(0.5) for key, action in cases.items()},
        **{f"{key}_p99": action.quantile_ms(0.99) for key, action in cases.items()},
        **{f"{key}_p99_saves": AS_BUILT.quantile_ms(0.99) - cases[key].quantile_ms(0.99) for key in ("servers", "code")},
        "idle_mean": at_rest.mean_ms,
        "waiting": AS_BUILT.mean_ms - at_rest.mean_ms,
        "waiting_share": 1 - at_rest.mean_ms / AS_BUILT.mean_ms,
        "loop_ms": LOOP.mean_ms,
        "batch_ms": BATCH.mean_ms,
        "code_saves_idle": at_rest.mean_ms - idle(cases["code"]).mean_ms,
        "code_saves": AS_BUILT.mean_ms - cases["code"].mean_ms,
        "code_utilisation": UTILISATION * FASTER_CODE,
        "utilisation": UTILISATION,
        "added_in_line": slowed(SEQUENCE, ADDED_WORK_MS).call_ms - SEQUENCE.call_ms,
        **{f"stretch_{share}": stretch(share / 100) for share in (80, 90)},
        "touched_100": touched(100),
        "touched_100_common": touched(100, common=COMMON),
        "half_width": half_meet_the_tail(),
        **{f"page_p50_{width}": slowest_ms(0.5, width) for width in (10, 100)},
        "page_p99_100": slowest_ms(0.99, 100),
        "call_median": CALL_MEDIAN_MS,
        "call_p99": CALL_P99_MS,
    }


# -- Figures -------------------------------------------------------------------------------------------------------------------


def fixes(axes: Axes) -> dict[str, list[float | str]]:
    """What each fix takes off the median and off the slowest hundredth."""
    saved = {
        name: (AS_BUILT.quantile_ms(0.5) - action.quantile_ms(0.5), AS_BUILT.quantile_ms(0.99) - action.quantile_ms(0.99))
        for name, action in FIXES.items()
    }
    ranked = sorted(saved.items(), key=lambda item: item[1][1])
    for place, (name, (median, tail)) in enumerate(ranked):
        axes.hlines(place, 0, median, color="lightgrey", linewidth=1.5)
        axes.hlines(place, median, tail, color="C0", linewidth=1.5)
        # A dot in a ring, where both are the same.
        axes.plot(median, place, "o", markersize=9, markerfacecolor="white", markeredgecolor="C2", markeredgewidth=1.75)
        axes.plot(tail, place, "o", color="C0", markersize=5.5)
        weight = "bold" if name == TOGETHER else "normal"
        axes.annotate(name, (0, place), xytext=(0, 9), textcoords="offset points", color="black", fontweight=weight)
    last = len(ranked) - 1
    median, tail = ranked[last][1]
    narrow = axes.figure.bbox.width < 400  # there the names of the marks stand above that of the fix
    lift = 22 if narrow else 9
    axes.annotate("median", (median, last), xytext=(6, lift), textcoords="offset points", color="C2")
    axes.annotate("p99", (tail, last), xytext=(0, lift), textcoords="offset points", color="C0", ha="center")
    axes.set_ylim(-0.5, last + (1.5 if narrow else 0.8))
    axes.set_yticks([])
    axes.set_xlim(0, 300)
    axes.set_xticks([0, 100, 200, 300])
    axes.set_xlabel("Milliseconds saved")
    axes.set_title("What each fix gives back")
    return {
        "Fix": [name for name, _ in reversed(ranked)],
        "Median, ms saved": [median for _, (median, _) in reversed(ranked)],
        "p99, ms saved": [tail for _, (_, tail) in reversed(ranked)],
    }


def width(axes: Axes) -> dict[str, list[float]]:
    """The median of a wide page is the tail of its calls."""
    curve = np.unique(np.geomspace(1, 100, 60).astype(int))
    for share, label, colour, weight in ((0.5, "median", "C0", 3.0), (0.99, "p99", "C2", 2.0)):
        values = [slowest_ms(share, int(n)) for n in curve]
        axes.plot(curve, values, color=colour, linewidth=weight)
        axes.annotate(
            f"page {label}", (curve[-1], values[-1]), xytext=(6, 0), textcoords="offset points", va="center", color=colour,
            annotation_clip=False,
        )  # fmt: skip
    meeting = half_meet_the_tail()
    axes.hlines(CALL_P99_MS, 1, meeting, color="grey", linewidth=1, linestyle=(0, (3, 3)))
    axes.plot(meeting, slowest_ms(0.5, meeting), "o", color="black", markersize=7, zorder=3)
    axes.annotate(
        f"{meeting} calls",
        (meeting, CALL_P99_MS),
        xytext=(5, -16),
        textcoords="offset points",
        color="black",
        annotation_clip=False,
    )
    axes.annotate("p99 of one call", (1, CALL_P99_MS), xytext=(2, -16), textcoords="offset points", color="grey")
    axes.set_xscale("log")
    axes.set_xlim(1, 100)
    axes.set_xticks([1, 10, 100])
    axes.set_ylim(0, 420)
    axes.set_yticks([0, 100, 200, 300, 400])
    axes.set_xlabel("Calls in parallel (log scale)")
    axes.set_title("Milliseconds until the slowest call")
    return {
        "Calls in parallel": list(WIDTHS),
        "Page median, ms": [slowest_ms(0.5, n) for n in WIDTHS],
        "Page p99, ms": [slowest_ms(0.99, n) for n in WIDTHS],
        "Pages that meet a call’s p99": [touched(n) for n in WIDTHS],
    }


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
