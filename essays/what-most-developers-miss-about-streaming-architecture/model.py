"""What a stream waits for: the next flush, the late events, and the end of a backlog.

Three models. The first is a consumer that stops and comes back: events are a fluid that keeps flowing in while it is away, and
drains at whatever speed it has to spare. The second is the chain of timers between an event and the screen that shows it. The
third is the time at which events arrive, some of them from devices that were offline.

Every input is assumed, chosen to be round. What the essay argues from is the shape: a catch-up that has 1 − ρ in its denominator,
a sum of waits that its longest timers decide, and a shelf between the events that come at once and those that come later.

Times are in seconds, or in minutes where the name or the docstring says so. Utilisation (ρ) is traffic divided by what the
consumer can process; it is below one throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import factorial, fsum, log, prod, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Assumed: the traffic, and a consumer that is away from it once.
EVENTS_A_SECOND = 10_000
STOP_MINUTES = 10
HALF_BUSY, BUSY, NEARLY_FULL = 0.50, 0.90, 0.95
UTILISATIONS = (HALF_BUSY, 0.80, BUSY, NEARLY_FULL)
ALLOWED_MINUTES = 30  # for the catch-up; what a team might promise
SMALL_STOP_MINUTES = 2  # a deployment
BUFFER_MINUTES = 1  # of traffic, for a consumer that would rather lose events than be late
SAVE_EVERY_SECONDS = 10  # how often the consumer saves its position in the log
DRILL_MINUTES = 40  # the catch-up that a drill might show after such a stop

# Assumed: what holds an event back on its way to a screen, and how often each hands over what it holds, in seconds.
STAGES = {
    "client": 0.25,
    "producer": 0.10,
    "replicas": 0.02,
    "job": 1.00,
    "store": 0.50,
    "screen": 1.00,
}
# Assumed: the same with the two slowest timers sped up.
FASTER = STAGES | {"job": 0.10, "screen": 0.05}

# Assumed: events by where they come from. Share of all events; median delay in seconds; sigma of the delay's logarithm.
CONNECTED = (0.97, 0.2, 0.6)
WERE_OFFLINE = (0.03, 30.0, 1.2)
FIRST_ANSWER = 0.97  # of the events, for an answer that will be corrected

# Live video, in seconds. Six is a common length and assumed; one is Apple's recommendation for parts (rule 14.2c of the authoring
# specification), a third of a second is assumed. Three is the factor of RFC 8216, section 6.3.3, and of Apple's rule 14.3.
SEGMENT_SECONDS = 6.0
PART_SECONDS = 1.0
SHORT_PART_SECONDS = 1 / 3
HOLD_BACK_UNITS = 3
# Assumed: how fast a player might play to catch up without anyone minding.
FAST_PLAYBACK = 1.05


# -- A consumer that stops ----------------------------------------------------------------------------------------------------


def catch_up(stop: float, utilisation: float) -> float:
    """The time from restart until a consumer that was away for ``stop`` is live again, in the unit of ``stop``.

    Fluid queue: ``stop`` of traffic waits, and drains at capacity less traffic. Traffic is ρ of capacity, hence ρ/(1 − ρ).
    """
    return stop * utilisation / (1 - utilisation)


def time_behind(stop: float, utilisation: float) -> float:
    """The time from the stop until the consumer is live again, in the unit of ``stop``: the stop and the catch-up."""
    return stop / (1 - utilisation)


def age(since_stop: float, stop: float, utilisation: float) -> float:
    """How old the events are that the consumer is about to process, ``since_stop`` after it stopped; all in one unit.

    It ages with the clock while the consumer is away. After that it processes 1/ρ of a minute's traffic a minute. The same number
    is the backlog, counted in time's worth of traffic.
    """
    away = min(since_stop, stop)
    return max(0.0, since_stop - (since_stop - away) / utilisation)


def utilisation_for(stop: float, allowed: float) -> float:
    """The highest utilisation at which a consumer is live ``allowed`` after the end of a ``stop``. Inverts ``catch_up``.

    Read the other way round, it is the utilisation that a drill measured: stopped for ``stop``, caught up after ``allowed``.
    """
    return allowed / (allowed + stop)


def share_dropped(stop: float, buffer: float) -> float:
    """The share of a stop's events that is lost when only ``buffer`` of traffic is kept; both in one unit."""
    return 1 - min(stop, buffer) / stop


def repeated_events(interval: float, rate: float = EVENTS_A_SECOND) -> float:
    """The most events that a restart processes again, when the position is saved every ``interval`` seconds."""
    return rate * interval


def simulated_catch_up(stop: float, utilisation: float, *, step: float) -> float:
    """``catch_up`` by stepping through a backlog, ``step`` at a time; all in one unit, and traffic of one a unit."""
    backlog, clock = 0.0, 0.0
    while clock < stop - step / 2 or backlog > 0:
        capacity = 0.0 if clock < stop - step / 2 else 1 / utilisation
        backlog = max(0.0, backlog + (1 - capacity) * step)
        clock += step
    return clock - stop


# -- A chain of timers --------------------------------------------------------------------------------------------------------


def mean_wait(intervals: Sequence[float]) -> float:
    """The mean wait for a chain of timers: half of each interval. An event meets every timer at a random moment."""
    return fsum(intervals) / 2


def standard_deviation(intervals: Sequence[float]) -> float:
    """The standard deviation of the wait for timers that run independently of each other."""
    return sqrt(fsum(interval**2 / 12 for interval in intervals))


def share_through(seconds: float, intervals: Sequence[float]) -> float:
    """The share of events that are through a chain of timers within ``seconds``.

    The wait is a sum of independent uniform ones, whose distribution is a volume: that of a corner of the box with the intervals
    as its sides, by inclusion and exclusion over the sides that the corner sticks out of.
    """
    if seconds >= fsum(intervals):
        return 1.0
    corners = (sides for count in range(len(intervals) + 1) for sides in combinations(intervals, count))
    volume = fsum((-1) ** len(sides) * max(0.0, seconds - fsum(sides)) ** len(intervals) for sides in corners)
    return float(volume / factorial(len(intervals)) / prod(intervals))


def wait_percentile(share: float, intervals: Sequence[float]) -> float:
    """The wait in seconds within which ``share`` of events are through a chain of timers. Inverts ``share_through``."""
    low, high = 0.0, fsum(intervals)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if share_through(middle, intervals) < share else (low, middle)
    return high


def simulated_waits(intervals: Sequence[float], *, events: int, seed: int) -> np.ndarray:
    """The waits of ``events`` events, each of which meets every timer at a moment of its own."""
    rng = np.random.default_rng(seed)
    waits = rng.uniform(0, 1, (events, len(intervals))) * np.array(intervals)
    return np.asarray(waits.sum(axis=1))


def batch_run(interval: float, utilisation: float) -> float:
    """How long a job works on the events of one ``interval``, in the same unit, when it is ``utilisation`` busy.

    The events of a batch are many, so that their work adds up to nearly the same each time, and no batch waits for the last.
    """
    return interval * utilisation


# -- The late ones ------------------------------------------------------------------------------------------------------------


def complete(wait: float) -> float:
    """The share of events that have arrived ``wait`` seconds after they happened: a mixture of two lognormal delays."""
    return sum(share * NormalDist().cdf(log(wait / median) / sigma) for share, median, sigma in (CONNECTED, WERE_OFFLINE))


def wait_for(share: float) -> float:
    """The seconds after which ``share`` of events have arrived. Inverts ``complete``."""
    low, high = 1e-3, 1e6
    for _ in range(100):
        middle = (low * high) ** 0.5
        low, high = (middle, high) if complete(middle) < share else (low, middle)
    return high


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes. Names end in the unit, or are shares."""
    stages, faster = list(STAGES.values()), list(FASTER.values())
    promised = utilisation_for(STOP_MINUTES, ALLOWED_MINUTES)
    watermark = wait_for(FIRST_ANSWER)
    return {
        "backlog_millions": EVENTS_A_SECOND * STOP_MINUTES * 60 / 1e6,
        **{f"catch_up_{rho * 100:.0f}_minutes": catch_up(STOP_MINUTES, rho) for rho in UTILISATIONS},
        "growth": NEARLY_FULL / BUSY - 1,
        "small_stop_behind_minutes": time_behind(SMALL_STOP_MINUTES, NEARLY_FULL),
        "batch_run_50_seconds": batch_run(STAGES["job"], HALF_BUSY),
        "batch_run_95_seconds": batch_run(STAGES["job"], NEARLY_FULL),
        "quiet_day_apart_seconds": batch_run(STAGES["job"], NEARLY_FULL) - batch_run(STAGES["job"], HALF_BUSY),
        **{f"{stage}_every_seconds": every for stage, every in STAGES.items()},
        **{f"{stage}_mean_seconds": mean_wait([every]) for stage, every in STAGES.items()},
        **{f"{stage}_p99_seconds": wait_percentile(0.99, [every]) for stage, every in STAGES.items()},
        "mean_seconds": mean_wait(stages),
        "p99_seconds": wait_percentile(0.99, stages),
        "sum_of_p99s_seconds": fsum(wait_percentile(0.99, [every]) for every in stages),
        "two_timers_share": mean_wait([STAGES["job"], STAGES["screen"]]) / mean_wait(stages),
        "faster_job_seconds": FASTER["job"],
        "faster_screen_seconds": FASTER["screen"],
        "faster_mean_seconds": mean_wait(faster),
        "faster_p99_seconds": wait_percentile(0.99, faster),
        "complete_2": complete(2),
        "complete_5": complete(5),
        "wait_97_seconds": watermark,
        "wait_99_seconds": wait_for(0.99),
        "wait_999_seconds": wait_for(0.999),
        "hold_back_segment_seconds": HOLD_BACK_UNITS * SEGMENT_SECONDS,
        "hold_back_part_seconds": HOLD_BACK_UNITS * PART_SECONDS,
        "hold_back_short_part_seconds": HOLD_BACK_UNITS * SHORT_PART_SECONDS,
        "playback_minutes": catch_up(STOP_MINUTES, 1 / FAST_PLAYBACK),
        "dropped": share_dropped(STOP_MINUTES, BUFFER_MINUTES),
        "buffered_minutes": catch_up(BUFFER_MINUTES, BUSY),
        "repeated_events": repeated_events(SAVE_EVERY_SECONDS),
        # A constant may be added to a percentile; two percentiles may not be added to each other.
        "fresh_seconds": watermark + wait_percentile(0.99, faster),
        "promised_utilisation": promised,
        "more_capacity": BUSY / promised - 1,
        "drill_utilisation": utilisation_for(STOP_MINUTES, DRILL_MINUTES),
    }


# -- Figures ------------------------------------------------------------------------------------------------------------------


def behind(axes: Axes) -> dict[str, list[float]]:
    """A stop of ten minutes, seen from consumers with less and less to spare."""
    # By utilisation: colour, dash, and how far up its line the label stands, so that it fits between two lines.
    looks = {HALF_BUSY: ("C2", ":", 0.6), 0.80: ("C4", "--", 2.0), BUSY: ("C1", "-", 3.4), NEARLY_FULL: ("C0", "-", 5.2)}
    axes.axvspan(-STOP_MINUTES, 0, color="lightgrey", alpha=0.6)
    axes.plot([-STOP_MINUTES, 0], [0, STOP_MINUTES], color="black")
    for rho, (colour, dash, height) in looks.items():
        live = catch_up(STOP_MINUTES, rho)
        weight = "bold" if rho == NEARLY_FULL else "normal"
        axes.plot([0, live], [STOP_MINUTES, 0], color=colour, linestyle=dash, linewidth=3 if weight == "bold" else 2)
        axes.plot(live, 0, "o", color=colour, clip_on=False)
        axes.annotate(
            f"{rho:.0%}", (live * (1 - height / STOP_MINUTES), height), xytext=(5, -1), textcoords="offset points",
            color=colour, va="bottom", fontweight=weight,
        )  # fmt: skip
    axes.annotate("restarted", (0, STOP_MINUTES), xytext=(8, 4), textcoords="offset points", color="grey")
    axes.set_xlim(-STOP_MINUTES, 195)
    # The first line ends where its tick would run into that of the restart.
    axes.set_xticks([0, *(catch_up(STOP_MINUTES, rho) for rho in looks if rho > HALF_BUSY)])
    axes.set_ylim(0, 11.5)
    axes.set_yticks([0, 5, 10])
    axes.set_xlabel("Minutes since the restart")
    axes.set_title("Minutes behind live, by utilisation")
    shown = [-10.0, -5, 0, 5, 10, 20, 40, 60, 90, 120, 150, 180, 190]
    table = {"Minutes since the restart": shown}
    ages = {rho: [age(moment + STOP_MINUTES, STOP_MINUTES, rho) for moment in shown] for rho in looks}
    return table | {f"{rho:.0%} busy, minutes behind": column for rho, column in ages.items()}


def missing(axes: Axes) -> dict[str, list[float]]:
    """The share of events still missing after a wait: it falls, lies on a shelf, and falls again."""
    waits = np.geomspace(0.1, 1000, 300)
    axes.plot(waits, [1 - complete(wait) for wait in waits], color="C0", linewidth=3)
    for share, seconds, side in ((FIRST_ANSWER, ".1f", "left"), (0.99, ".0f", "left"), (0.999, ".0f", "right")):
        wait = wait_for(share)
        axes.plot(wait, 1 - share, "o", color="C0", markersize=9)
        label, offset = f"{share * 100:g}% in: {wait:{seconds}} s", (8, 7) if side == "left" else (-8, -16)
        axes.annotate(label, (wait, 1 - share), xytext=offset, textcoords="offset points", ha=side, color="black")
    first, second, height = wait_for(FIRST_ANSWER), wait_for(0.99), 0.0075
    axes.plot([first, second], [height, height], color="grey", linewidth=1.5, marker="|", markersize=10)
    axes.annotate(
        f"{second - first:.0f} s for two points", (second, height), xytext=(0, -19), textcoords="offset points", ha="right",
        color="grey",
    )  # fmt: skip
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(0.1, 1000)
    axes.set_ylim(5e-4, 1.2)
    axes.set_xticks([0.1, 1, 10, 100, 1000])
    axes.set_yticks([0.001, 0.01, 0.1, 1], ["0.1%", "1%", "10%", "100%"])
    axes.set_xlabel("Seconds waited")
    axes.set_title("Events not yet arrived, log scales")
    shown = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1000]
    return {"Seconds waited": shown, "Share arrived": [complete(wait) for wait in shown]}


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:32} {value}")
