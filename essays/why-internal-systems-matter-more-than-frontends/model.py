"""A team that clears exceptions as a queue of people: how long work waits, against the minutes that one task takes.

One model, Erlang's of 1917: exceptions arrive at random, wait in one line, and are taken up in turn by the next person free
(M/M/c). Every input is assumed; what the essay argues from is how steeply the wait bends near saturation.
"""

from __future__ import annotations

import heapq
from math import exp, inf, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Assumed: the team, and its day.
PEOPLE = 9
TASKS_AN_HOUR = 60
TASK_MINUTES = 8.0
BUSY_DAY = 1.1  # times the usual volume
BETTER_TOOL_MINUTES = 6.0  # one screen instead of four
LONG_WAIT_MINUTES = 15
FEWER = 0.75  # of the usual exceptions, from a product that causes a quarter fewer
TOO_BUSY = 0.85  # the utilisation above which the essay would shorten tasks before anything else

# A month played through: eight hours on 21 days. Each seed is a month.
MONTH_TASKS = TASKS_AN_HOUR * 8 * 21
MONTHS = range(8)
LESS_SPREAD = 0.7  # assumed: the coefficient of variation of tasks that vary less than exponential ones


def offered(tasks_an_hour: float, task_minutes: float) -> float:
    """The work that arrives, as the number of people that it would keep busy (Erlangs)."""
    return tasks_an_hour * task_minutes / 60


def utilisation(tasks_an_hour: float, task_minutes: float, people: int) -> float:
    """The share of its time for which each of ``people`` is busy; at one and above the line grows without end."""
    return offered(tasks_an_hour, task_minutes) / people


def has_to_wait(people: int, load: float) -> float:
    """The probability that a task finds everybody busy: Erlang's C formula, by the recursion for his B formula."""
    lost = 1.0
    for servers in range(1, people + 1):
        lost = load * lost / (servers + load * lost)
    return people * lost / (people - load * (1 - lost))


def mean_wait(tasks_an_hour: float, task_minutes: float, people: int) -> float:
    """Mean minutes that a task waits before somebody takes it up."""
    load = offered(tasks_an_hour, task_minutes)
    return has_to_wait(people, load) * task_minutes / (people - load) if load < people else inf


def answered(tasks_an_hour: float, task_minutes: float, people: int) -> float:
    """Mean minutes from the arrival of a task until it is done: in line, and in hand."""
    return mean_wait(tasks_an_hour, task_minutes, people) + task_minutes


def waits_longer(minutes: float, tasks_an_hour: float, task_minutes: float, people: int) -> float:
    """The share of tasks that wait for more than ``minutes``."""
    load = offered(tasks_an_hour, task_minutes)
    return has_to_wait(people, load) * exp(-(people - load) * minutes / task_minutes)


def simulated_wait(tasks_an_hour: float, task_minutes: float, people: int, *, tasks: int, seed: int, spread: float = 1) -> float:
    """Mean minutes waited when the work is played through, task by task.

    ``spread`` is the coefficient of variation of the minutes a task takes: one gives exponential times, others lognormal ones.
    """
    rng = np.random.default_rng(seed)
    arrivals = np.cumsum(rng.exponential(60 / tasks_an_hour, tasks))
    if spread == 1:
        work = rng.exponential(task_minutes, tasks)
    else:
        variance = log(1 + spread**2)
        work = np.exp(rng.normal(log(task_minutes) - variance / 2, sqrt(variance), tasks))
    free_at = [0.0] * people
    waited = 0.0
    for arrival, minutes in zip(arrivals.tolist(), work.tolist(), strict=True):
        start = max(arrival, heapq.heappop(free_at))
        waited += start - arrival
        heapq.heappush(free_at, start + minutes)
    return waited / tasks


def months(spread: float = 1) -> list[float]:
    """Mean minutes waited in each of some simulated months at today's load, the shortest first."""
    return sorted(simulated_wait(*CASES["today"], tasks=MONTH_TASKS, seed=month, spread=spread) for month in MONTHS)


def given_back(tasks_an_hour: float, task_minutes: float, people: int) -> float:
    """Mean minutes that a change gives back to each customer who has to wait today, averaged over all of them.

    Those whose exception it prevents get back their whole time, the others the difference.
    """
    still = tasks_an_hour / TASKS_AN_HOUR
    return answered(*CASES["today"]) - still * answered(tasks_an_hour, task_minutes, people)


# What one might change: tasks an hour, minutes a task, people.
CASES = {
    "today": (TASKS_AN_HOUR, TASK_MINUTES, PEOPLE),
    "seven": (TASKS_AN_HOUR, 7.0, PEOPLE),
    "tool": (TASKS_AN_HOUR, BETTER_TOOL_MINUTES, PEOPLE),
    "fewer": (FEWER * TASKS_AN_HOUR, TASK_MINUTES, PEOPLE),
    "one_more": (TASKS_AN_HOUR, TASK_MINUTES, PEOPLE + 1),
    "two_more": (TASKS_AN_HOUR, TASK_MINUTES, PEOPLE + 2),
    "busy_today": (BUSY_DAY * TASKS_AN_HOUR, TASK_MINUTES, PEOPLE),
    "busy_tool": (BUSY_DAY * TASKS_AN_HOUR, BETTER_TOOL_MINUTES, PEOPLE),
}


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    too_busy = TOO_BUSY * PEOPLE * 60 / TASKS_AN_HOUR  # minutes a task
    usual, even = months(), months(LESS_SPREAD)
    return {
        "people": PEOPLE,
        "tasks_an_hour": TASKS_AN_HOUR,
        **{f"{name}_busy": utilisation(*case) for name, case in CASES.items()},
        **{f"{name}_wait": mean_wait(*case) for name, case in CASES.items()},
        **{f"{name}_long": waits_longer(LONG_WAIT_MINUTES, *case) for name, case in CASES.items()},
        "today_answered": answered(*CASES["today"]),
        **{f"{name}_gives_back": given_back(*CASES[name]) for name in ("seven", "tool", "fewer")},
        "fewer_gives_the_rest": answered(*CASES["today"]) - answered(*CASES["fewer"]),
        "too_busy": TOO_BUSY,
        "too_busy_gives_back": answered(TASKS_AN_HOUR, too_busy, PEOPLE) - answered(TASKS_AN_HOUR, too_busy - 1, PEOPLE),
        "busy_tool_seconds": mean_wait(*CASES["busy_tool"]) * 60,
        "tool_seconds": mean_wait(*CASES["tool"]) * 60,
        "busy_times": mean_wait(*CASES["busy_today"]) / mean_wait(*CASES["today"]),
        "months": len(MONTHS),
        "month_least": usual[0],
        "month_most": usual[-1],
        "even_month_least": even[0],
        "even_month_most": even[-1],
    }


# -- Figures -------------------------------------------------------------------------------------------------------------------


def waiting(axes: Axes) -> dict[str, list[float]]:
    """The wait for a person bends upward long before everybody is busy, and a busy day moves the bend."""
    top = 100
    for volume, label, colour, width in ((1.0, "usual day", "C2", 2.0), (BUSY_DAY, "10% more tasks", "C0", 3.0)):
        saturated = PEOPLE * 60 / (volume * TASKS_AN_HOUR)
        # Close steps where the curve is steep; it leaves the chart at the top.
        curve = saturated - np.geomspace(saturated - 4, 0.01, 160)
        axes.plot(curve, [mean_wait(volume * TASKS_AN_HOUR, m, PEOPLE) for m in curve], color=colour, linewidth=width)
        axes.plot([saturated, saturated], [0.01, top], color=colour, linestyle=":", linewidth=1.25)
        at, place, side = (6.7, (5, -22), "left") if volume == 1 else (7.0, (-8, 4), "right")
        over = mean_wait(volume * TASKS_AN_HOUR, at, PEOPLE)
        axes.annotate(label, (at, over), xytext=place, textcoords="offset points", color=colour, ha=side)
    axes.annotate(
        "from here on,\nnobody is free", (PEOPLE * 60 / (BUSY_DAY * TASKS_AN_HOUR), 0.014), xytext=(-6, 0),
        textcoords="offset points", ha="right", color="C0",
    )  # fmt: skip
    for minutes, volume, words, shift, side in (
        (TASK_MINUTES, BUSY_DAY, f"{mean_wait(*CASES['busy_today']):.0f} min", (-8, 2), "right"),
        (TASK_MINUTES, 1.0, f"{mean_wait(*CASES['today']):.1f} min", (7, -13), "left"),
        (BETTER_TOOL_MINUTES, BUSY_DAY, f"{60 * mean_wait(*CASES['busy_tool']):.0f} s", (-8, 4), "right"),
        (BETTER_TOOL_MINUTES, 1.0, f"{60 * mean_wait(*CASES['tool']):.0f} s", (7, -12), "left"),
    ):
        value = mean_wait(volume * TASKS_AN_HOUR, minutes, PEOPLE)
        axes.plot(minutes, value, "o", color="black", markersize=6, zorder=3)
        axes.annotate(
            words, (minutes, value), xytext=shift, textcoords="offset points", ha=side, color="black",
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_xlim(4, 9.1)
    axes.set_xticks([4, 5, 6, 7, 8, 9])
    axes.set_ylim(0.01, top)
    axes.set_yticks([0.01, 0.1, 1, 10, top])
    axes.set_xlabel("Minutes a task takes")
    axes.set_title("Minutes a task waits, log scale")
    shown = [4.0, 5.0, 6.0, 7.0, 7.5, 8.0]
    return {
        "Minutes a task takes": shown,
        "Usual day: busy": [utilisation(TASKS_AN_HOUR, m, PEOPLE) for m in shown],
        "Usual day: minutes waited": [mean_wait(TASKS_AN_HOUR, m, PEOPLE) for m in shown],
        "10% more tasks: busy": [utilisation(BUSY_DAY * TASKS_AN_HOUR, m, PEOPLE) for m in shown],
        "10% more tasks: minutes waited": [mean_wait(BUSY_DAY * TASKS_AN_HOUR, m, PEOPLE) for m in shown],
    }


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
