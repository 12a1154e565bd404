"""How a simple call can end, under four designs; and what one shared answer costs as machines are added.

Two models. The first walks the whole tree of what can happen to ``pay(order)``: every attempt may lose its request, crash between
the charge and the order, or lose its reply. Nothing is simulated; the probabilities are exact. The second is Neil Gunther's
Universal Scalability Law (2007). A third sum multiplies the availability of dependencies in series.

Every input is assumed, coefficients of the law included, which are fitted to measurements when it is used in earnest.
"""

from __future__ import annotations

from collections import defaultdict
from functools import cache
from math import inf, log10, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOURS_A_YEAR = 365 * 24
MILLION = 1_000_000

# -- How a call can end --------------------------------------------------------------------------------------------------------

FAULT = 0.001  # assumed: the probability of each fault, in each attempt, independent of all others
FINE, REQUEST_LOST, CRASH, REPLY_LOST = "fine", "request lost", "crash after the charge", "reply lost"
FAULTS = (REQUEST_LOST, CRASH, REPLY_LOST)


class Design(NamedTuple):
    """How often the caller tries; whether the charge carries a key, and the order goes through an outbox."""

    tries: int
    key: bool = False
    outbox: bool = False


class End(NamedTuple):
    """What is true after the call: how often the customer was charged and the order placed, and what the caller was told."""

    charges: int
    orders: int
    told_done: bool


DESIGNS = {
    "one": Design(1),
    "three": Design(3),
    "key": Design(3, key=True),
    "outbox": Design(3, key=True, outbox=True),
}


def attempt(charges: int, orders: int, fault: str, design: Design) -> End:
    """What one attempt makes of what is true before it.

    A key makes a repeated charge, and a repeated order, count once. An outbox stores the intent with the charge, so that the
    order is placed even if the process dies between the two.
    """
    if fault == REQUEST_LOST:
        return End(charges, orders, False)
    charges = 1 if design.key else charges + 1
    if fault == CRASH and not design.outbox:
        return End(charges, orders, False)
    return End(charges, 1 if design.key else orders + 1, fault == FINE)


@cache
def endings(design: Design, fault: float = FAULT) -> dict[End, float]:
    """Every way in which the call can end, with its probability."""
    trying = {(0, 0): 1.0}
    ended: defaultdict[End, float] = defaultdict(float)
    chances = [(FINE, 1 - len(FAULTS) * fault), *((name, fault) for name in FAULTS)]
    for _ in range(design.tries):
        again: defaultdict[tuple[int, int], float] = defaultdict(float)
        for state, probability in trying.items():
            for name, chance in chances:
                end = attempt(*state, name, design)
                if end.told_done:
                    ended[end] += probability * chance
                else:
                    again[end.charges, end.orders] += probability * chance
        trying = dict(again)
    for state, probability in trying.items():
        ended[End(*state, False)] += probability
    return dict(ended)


def charged_twice(design: Design) -> float:
    """Calls in a million that charge more than once."""
    return MILLION * sum(p for end, p in endings(design).items() if end.charges > 1)


def charged_for_nothing(design: Design) -> float:
    """Calls in a million that charge and place no order."""
    return MILLION * sum(p for end, p in endings(design).items() if end.charges and not end.orders)


def told_wrongly(design: Design) -> float:
    """Calls in a million whose caller hears that they failed, though the customer was charged."""
    return MILLION * sum(p for end, p in endings(design).items() if end.charges and not end.told_done)


def wrong(design: Design) -> float:
    """Calls in a million that end otherwise than with one charge and one order."""
    return MILLION * sum(p for end, p in endings(design).items() if (end.charges, end.orders) != (1, 1))


# -- One shared answer ---------------------------------------------------------------------------------------------------------

# Assumed: the share of work that is done one at a time, and the cost of every pair that must hear of it.
SERIAL, TALK = 0.05, 0.001
PARTITIONED = 0.02
NODES = (1, 2, 4, 8, 16, 31, 64, 128)


def speed_up(nodes: float, serial: float, talk: float) -> float:
    """How many times the work of one node ``nodes`` do: n/(1 + σ(n − 1) + κn(n − 1)), Gunther's law."""
    return nodes / (1 + serial * (nodes - 1) + talk * nodes * (nodes - 1))


def most_useful(serial: float, talk: float) -> float:
    """The number of nodes beyond which each further one slows the others more than it helps: √((1 − σ)/κ)."""
    return sqrt((1 - serial) / talk) if talk else inf


# -- Dependencies --------------------------------------------------------------------------------------------------------------

FOUR_NINES = 0.9999  # assumed: the availability of each dependency


def hours_down(dependencies: int, availability: float = FOUR_NINES) -> float:
    """Hours a year in which a call that needs all of so many independent dependencies does not work."""
    return float(1 - availability**dependencies) * HOURS_A_YEAR


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    return {
        **{f"endings_{name}": len(endings(design)) for name, design in DESIGNS.items()},
        **{f"twice_{name}": charged_twice(design) for name, design in DESIGNS.items()},
        **{f"nothing_{name}": charged_for_nothing(design) for name, design in DESIGNS.items()},
        **{f"told_{name}": told_wrongly(design) for name, design in DESIGNS.items()},
        **{f"wrong_{name}": wrong(design) for name, design in DESIGNS.items()},
        "wrong_share_one": wrong(DESIGNS["one"]) / MILLION,
        "wrong_share_three": wrong(DESIGNS["three"]) / MILLION,
        "endings_six": len(endings(Design(6))),
        "endings_six_key": len(endings(Design(6, key=True))),
        "peak_nodes": most_useful(SERIAL, TALK),
        "peak": speed_up(most_useful(SERIAL, TALK), SERIAL, TALK),
        "talk_64": speed_up(64, SERIAL, TALK),
        "talk_128": speed_up(128, SERIAL, TALK),
        "serial_64": speed_up(64, SERIAL, 0),
        "partitioned_64": speed_up(64, PARTITIONED, 0),
        "down_12_hours": hours_down(12),
        "down_30_hours": hours_down(30),
    }


# -- Figures -------------------------------------------------------------------------------------------------------------------

LEAST_DRAWN = 1e-10  # the probability at which a dot is as small as it gets


def _grid(axes: Axes, name: str, title: str) -> dict[str, list[float | str]]:
    """Where the calls of one design end, by charges and orders; a dot's area follows the logarithm of the probability."""
    cells: defaultdict[tuple[int, int], float] = defaultdict(float)
    for end, probability in endings(DESIGNS[name]).items():
        cells[end.charges, end.orders] += probability
    for (charges, orders), probability in cells.items():
        right = (charges, orders) == (1, 1)
        area = 500 * max(0.04, 1 - log10(probability) / log10(LEAST_DRAWN))
        axes.plot(charges, orders, "o", color="C2" if right else "C0", markersize=sqrt(area))
        count = MILLION * probability
        said = "right" if right else f"{count:,.0f}" if count > 0.5 else f"{count:.3f}" if count >= 0.0005 else ""
        shift = (0, 15) if right else (0, sqrt(area) / 2 + 3)
        axes.annotate(said, (charges, orders), xytext=shift, textcoords="offset points", ha="center", color="black")
    axes.set_xlim(-0.5, 3.5)
    axes.set_ylim(-0.5, 3.7)
    axes.set_xticks([0, 1, 2, 3])
    axes.set_yticks([0, 1, 2, 3])
    axes.set_xlabel("Charges")
    axes.set_ylabel("Orders")
    axes.set_title(title)
    rows = sorted(endings(DESIGNS[name]).items(), key=lambda item: -item[1])
    return {
        "Charges": [end.charges for end, _ in rows],
        "Orders": [end.orders for end, _ in rows],
        "Caller is told": ["done" if end.told_done else "failed" for end, _ in rows],
        "In a million calls": [MILLION * probability for _, probability in rows],
    }


def one_try(axes: Axes) -> dict[str, list[float | str]]:
    """One try: calls that were lost, and calls that were charged for nothing."""
    return _grid(axes, "one", "One try")


def three_tries(axes: Axes) -> dict[str, list[float | str]]:
    """Three tries: as many calls go wrong, in more ways, and the customer pays for them."""
    return _grid(axes, "three", "Three tries")


def with_key(axes: Axes) -> dict[str, list[float | str]]:
    """Three tries with a key: nobody pays twice."""
    return _grid(axes, "key", "Three tries, one key")


def with_outbox(axes: Axes) -> dict[str, list[float | str]]:
    """Three tries, a key and an outbox: a charge without an order is gone as well."""
    return _grid(axes, "outbox", "Three tries, key and outbox")


def machines(axes: Axes) -> dict[str, list[float]]:
    """Work done against machines, by what they must agree on."""
    curve = np.linspace(1, 128, 200)
    for serial, talk, label, colour, weight in (
        (PARTITIONED, 0.0, "partitioned", "C2", 2.0), (SERIAL, 0.0, "one lock", "C1", 2.0), (SERIAL, TALK, "all told", "C0", 3.0)
    ):  # fmt: skip
        values = [speed_up(float(n), serial, talk) for n in curve]
        axes.plot(curve, values, color=colour, linewidth=weight)
        axes.annotate(
            label, (curve[-1], values[-1]), xytext=(6, 0), textcoords="offset points", va="center", color=colour,
            annotation_clip=False,
        )  # fmt: skip
    best = most_useful(SERIAL, TALK)
    axes.plot(best, speed_up(best, SERIAL, TALK), "o", color="black", markersize=6, zorder=3)
    axes.annotate(
        f"best at {best:.0f}", (best, speed_up(best, SERIAL, TALK)), xytext=(0, -19), textcoords="offset points", ha="center",
        color="black",
    )  # fmt: skip
    axes.set_xlim(0, 128)
    axes.set_xticks([1, 32, 64, 96, 128])
    axes.set_ylim(0, 40)
    axes.set_yticks([0, 10, 20, 30, 40])
    axes.set_xlabel("Machines")
    axes.set_title("Times the work of one machine")
    return {
        "Machines": list(NODES),
        "Partitioned": [speed_up(n, PARTITIONED, 0) for n in NODES],
        "One lock": [speed_up(n, SERIAL, 0) for n in NODES],
        "One lock, all told": [speed_up(n, SERIAL, TALK) for n in NODES],
    }


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
