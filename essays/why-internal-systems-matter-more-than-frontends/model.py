"""A team that clears exceptions as a queue of people: how long work waits, against the minutes that one task takes.

One model, Erlang's of 1917: exceptions arrive at random, wait in one line, and are taken up in turn by whoever is free (M/M/c).
Every input is assumed; what the essay argues from is how steeply the wait bends near saturation.
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
    """Mean minutes waited in a day played through, task by task.

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
    for arrival, minutes in zip(arrivals, work, strict=True):
        start = max(arrival, heapq.heappop(free_at))
        waited += start - arrival
        heapq.heappush(free_at, start + minutes)
    return waited / tasks


# What one might change: tasks an hour, minutes a task, people.
CASES = {
    "today": (TASKS_AN_HOUR, TASK_MINUTES, PEOPLE),
    "seven": (TASKS_AN_HOUR, 7.0, PEOPLE),
    "tool": (TASKS_AN_HOUR, BETTER_TOOL_MINUTES, PEOPLE),
    "fewer": (0.75 * TASKS_AN_HOUR, TASK_MINUTES, PEOPLE),
    "one_more": (TASKS_AN_HOUR, TASK_MINUTES, PEOPLE + 1),
    "two_more": (TASKS_AN_HOUR, TASK_MINUTES, PEOPLE + 2),
    "busy_today": (BUSY_DAY * TASKS_AN_HOUR, TASK_MINUTES, PEOPLE),
    "busy_tool": (BUSY_DAY * TASKS_AN_HOUR, BETTER_TOOL_MINUTES, PEOPLE),
}


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    today_to_answer = answered(*CASES["today"])
    return {
        "people": PEOPLE,
        "tasks_an_hour": TASKS_AN_HOUR,
        **{f"{name}_busy": utilisation(*case) for name, case in CASES.items()},
        **{f"{name}_wait": mean_wait(*case) for name, case in CASES.items()},
        **{f"{name}_long": waits_longer(LONG_WAIT_MINUTES, *case) for name, case in CASES.items()},
        "seven_gives_back": today_to_answer - answered(*CASES["seven"]),
        "busy_tool_seconds": mean_wait(*CASES["busy_tool"]) * 60,
        "tool_seconds": mean_wait(*CASES["tool"]) * 60,
        "busy_times": mean_wait(*CASES["busy_today"]) / mean_wait(*CASES["today"]),
    }


# -- Figures -------------------------------------------------------------------------------------------------------------------


def waiting(axes: Axes) -> dict[str, list[float]]:
    """The wait for a person bends upward long before everybody is busy, and a busy day moves the bend."""
    for volume, label, colour, weight in ((1.0, "usual day", "C2", 2.0), (BUSY_DAY, "10% more tasks", "C0", 3.0)):
        curve = [m for m in np.linspace(4, 8.9, 120) if utilisation(volume * TASKS_AN_HOUR, m, PEOPLE) < 0.985]
        values = [mean_wait(volume * TASKS_AN_HOUR, m, PEOPLE) for m in curve]
        axes.plot(curve, values, color=colour, linewidth=weight)
        at, place, side = (6.7, (5, -22), "left") if volume == 1 else (7.0, (-8, 4), "right")
        over = mean_wait(volume * TASKS_AN_HOUR, at, PEOPLE)
        axes.annotate(label, (at, over), xytext=place, textcoords="offset points", color=colour, ha=side)
    for minutes, volume, words, shift, side in (
        (TASK_MINUTES, BUSY_DAY, f"{mean_wait(*CASES['busy_today']):.0f} min", (-8, 2), "right"),
        (TASK_MINUTES, 1.0, f"{mean_wait(*CASES['today']):.1f} min", (7, -12), "left"),
        (BETTER_TOOL_MINUTES, BUSY_DAY, f"{60 * mean_wait(*CASES['busy_tool']):.0f} s", (-8, 4), "right"),
        (BETTER_TOOL_MINUTES, 1.0, f"{60 * mean_wait(*CASES['tool']):.0f} s", (7, -12), "left"),
    ):
        value = mean_wait(volume * TASKS_AN_HOUR, minutes, PEOPLE)
        axes.plot(minutes, value, "o", color="black", markersize=6, zorder=3)
        axes.annotate(words, (minutes, value), xytext=shift, textcoords="offset points", ha=side, color="black")
    axes.set_yscale("log")
    axes.set_xlim(4, 9)
    axes.set_xticks([4, 5, 6, 7, 8, 9])
    axes.set_ylim(0.01, 100)
    axes.set_yticks([0.01, 0.1, 1, 10, 100])
    axes.set_xlabel("Minutes a task takes")
    axes.set_title("Minutes a task waits (log scale)")
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
