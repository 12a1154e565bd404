"""How many ways a simple call can end, what one shared answer costs in speed, and what dependencies cost in time.

Three models. The first walks every way in which ``pay(order)``, a charge followed by an order, can fail and be tried again, and
adds up the probability of each end state; it is exact. The second is the Universal Scalability Law. The third multiplies the
availabilities of dependencies that are all needed.

Every input is assumed, chosen to be round. The number of end states does not depend on the odds; nor does the fact that retries
exchange one kind of wrong result for another. The coefficients of the scalability law only show its shapes: for a system that
exists they are fitted to measurements.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from math import inf, sqrt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

HOURS_A_YEAR = 365 * 24
MILLION, BILLION = 1_000_000, 1_000_000_000
IN_WORDS = {4: "four", 12: "twelve", 16: "sixteen"}  # as the prose has small counts

# Assumed: each of the three faults befalls one attempt in a thousand, independently of every other attempt.
FAULT = 0.001
OK, REQUEST_LOST, CRASH_AFTER_CHARGE, REPLY_LOST = "ok", "request lost", "crash after charge", "reply lost"
FAULTS = (REQUEST_LOST, CRASH_AFTER_CHARGE, REPLY_LOST)
# Assumed: how often a caller tries before it gives up; and a stubborn one, for comparison.
TRIES = 3
MANY_TRIES = 6
# Assumed: how busy a payment service is.
CALLS_A_DAY = 1_000_000

# Assumed: contention and coherency, as shares of the work of one node (see ``speed_up``).
PARTITIONED = (0.02, 0.0)
ONE_LOCK = (0.05, 0.0)
EVERYONE_TOLD = (0.05, 0.001)
NODES, FEW_NODES = 128, 8  # the fleets that the text compares

# Assumed: how available one dependency is, and how many a call needs.
AVAILABILITY = 0.9999
FEW_DEPENDENCIES, MANY_DEPENDENCIES = 12, 30


# -- Endings ------------------------------------------------------------------------------------------------------------------


class EndState(NamedTuple):
    """What is true after a call: charges made, orders written, and whether the caller was told that it is paid."""

    charges: int
    orders: int
    told_paid: bool


def attempt(charges: int, orders: int, fault: str, *, key: bool, outbox: bool) -> EndState:
    """What is true after one attempt that met ``fault``, if ``charges`` and ``orders`` existed before it.

    With a ``key``, a server that has seen it charges and orders no second time. With an ``outbox``, charge and order are stored
    as one intent before either is done, and a worker completes what a crash interrupts; the state is the one after the worker.
    """
    if fault == REQUEST_LOST:
        return EndState(charges, orders, False)
    charges = 1 if key else charges + 1
    if fault == CRASH_AFTER_CHARGE and not outbox:
        return EndState(charges, orders, False)
    orders = 1 if key else orders + 1
    return EndState(charges, orders, fault == OK)


def endings(tries: int, *, key: bool = False, outbox: bool = False, fault: float = FAULT) -> dict[EndState, float]:
    """The probability of every end state of a call that is tried until it is told "paid", at most ``tries`` times.

    ``fault`` is the probability of each of the three faults in one attempt. The whole tree is walked; nothing is sampled.
    """
    odds = {OK: 1 - len(FAULTS) * fault, **dict.fromkeys(FAULTS, fault)}
    ended: defaultdict[EndState, float] = defaultdict(float)
    unanswered = {EndState(0, 0, False): 1.0}
    for _ in range(tries):
        after: defaultdict[EndState, float] = defaultdict(float)
        for state, probability in unanswered.items():
            for met, chance in odds.items():
                reached = attempt(state.charges, state.orders, met, key=key, outbox=outbox)
                (ended if reached.told_paid else after)[reached] += probability * chance
        unanswered = after
    for state, probability in unanswered.items():
        ended[state] += probability
    return dict(ended)


def share(states: dict[EndState, float], counts: Callable[[EndState], bool]) -> float:
    """The share of calls that end in a state that ``counts``."""
    return sum(probability for state, probability in states.items() if counts(state))


def overcharged(state: EndState) -> bool:
    """The customer has paid more than once."""
    return state.charges > 1


def orderless(state: EndState) -> bool:
    """The customer has paid and has no order."""
    return state.charges > 0 and state.orders == 0


def denied(state: EndState) -> bool:
    """The caller was told "failed", and the customer has paid."""
    return state.charges > 0 and not state.told_paid


def wrong(state: EndState) -> bool:
    """Anything other than the one charge and the one order that were asked for."""
    return (state.charges, state.orders) != (1, 1)


def told_failed(state: EndState) -> bool:
    """The caller was told "failed", which is what a dashboard counts."""
    return not state.told_paid


def designs() -> dict[str, dict[EndState, float]]:
    """The end states of the four designs that the essay compares, by a short name."""
    return {
        "one": endings(1),
        "tries": endings(TRIES),
        "key": endings(TRIES, key=True),
        "outbox": endings(TRIES, key=True, outbox=True),
    }


# -- One shared answer --------------------------------------------------------------------------------------------------------


def speed_up(nodes: float, contention: float, coherency: float) -> float:
    """The throughput of ``nodes`` nodes, as a multiple of that of one (Gunther's Universal Scalability Law).

    ``contention`` is the share of the work that must queue for something shared; ``coherency`` the cost of keeping one pair of
    nodes in agreement, as a share of one node's work.
    """
    return nodes / (1 + contention * (nodes - 1) + coherency * nodes * (nodes - 1))


def peak_nodes(contention: float, coherency: float) -> float:
    """The number of nodes past which a further one slows the whole down, √((1 − contention)/coherency)."""
    return sqrt((1 - contention) / coherency) if coherency else inf


# -- Dependencies -------------------------------------------------------------------------------------------------------------


def hours_down(dependencies: int, availability: float = AVAILABILITY) -> float:
    """Hours a year in which at least one of ``dependencies`` is down, all being needed and none failing with another."""
    return (1 - availability**dependencies) * HOURS_A_YEAR


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    all_designs = designs()
    questions = {"doubled": overcharged, "orderless": orderless, "denied": denied, "wrong": wrong, "failed": told_failed}
    shares = {
        f"{question}_{name}": share(states, counts)
        for question, counts in questions.items()
        for name, states in all_designs.items()
    }
    counts_in_words = {
        "endings_one_words": len(all_designs["one"]),
        "endings_tries_words": len(all_designs["tries"]),
        "endings_overcharged_words": sum(map(overcharged, all_designs["tries"])),
        "endings_many_key_words": len(endings(MANY_TRIES, key=True)),
    }
    peak = peak_nodes(*EVERYONE_TOLD)
    return {
        **{name: IN_WORDS[count] for name, count in counts_in_words.items()},
        **{f"endings_{name}": len(states) for name, states in all_designs.items()},
        "endings_overcharged": sum(map(overcharged, all_designs["tries"])),
        "endings_many": len(endings(MANY_TRIES)),
        **{f"{name}_million": MILLION * value for name, value in shares.items()},
        "failed_one_share": shares["failed_one"],
        "wrong_one_share": shares["wrong_one"],
        "failed_billion": BILLION * shares["failed_outbox"],
        "denied_billion": BILLION * shares["denied_outbox"],
        "triple_billion": BILLION * all_designs["tries"][EndState(TRIES, 0, False)],
        "days_between_denied": 1 / (shares["denied_outbox"] * CALLS_A_DAY),
        "peak_nodes": peak,
        "peak_speed": speed_up(peak, *EVERYONE_TOLD),
        **{f"told_{nodes}": speed_up(nodes, *EVERYONE_TOLD) for nodes in (FEW_NODES, NODES)},
        f"lock_{NODES}": speed_up(NODES, *ONE_LOCK),
        f"partitioned_{NODES}": speed_up(NODES, *PARTITIONED),
        "down_few_hours": hours_down(FEW_DEPENDENCIES),
        "down_many_hours": hours_down(MANY_DEPENDENCIES),
    }


# -- Figures ------------------------------------------------------------------------------------------------------------------

# Where the corner of a grid begins that no call can reach, having more orders than charges.
CORNER = -0.42


def one_try(axes: Axes) -> dict[str, list[float | str]]:
    """The end states of one try."""
    if not _is_small(axes):
        for row, told_paid, said in ((3.25, True, "told “paid”"), (2.85, False, "told “failed”")):
            _ending(axes, CORNER + 0.1, row, said, told_paid=told_paid)
    return _grid(axes, endings(1), "One try", "all told “failed”")


def three_tries(axes: Axes) -> dict[str, list[float | str]]:
    """The end states of three tries."""
    return _grid(axes, endings(TRIES), "Three tries", "nearly all told\n“paid”")


def with_key(axes: Axes) -> dict[str, list[float | str]]:
    """The end states of three tries with an idempotency key."""
    return _grid(axes, endings(TRIES, key=True), "Three tries, key", "all told “failed”")


def with_outbox(axes: Axes) -> dict[str, list[float | str]]:
    """The end states of three tries with an idempotency key and an outbox."""
    return _grid(axes, endings(TRIES, key=True, outbox=True), "Key and outbox", "all told “failed”")


def _is_small(axes: Axes) -> bool:
    """Whether a grid stands beside another on a phone; then its cells have room for marks, but not for odds."""
    return axes.figure.bbox.width < 200


def _grid(axes: Axes, states: dict[EndState, float], name: str, wrong_are: str) -> dict[str, list[float | str]]:
    """A cell for every number of charges and orders, in it the endings that have them, with their odds.

    In the corner stands how many calls end wrongly, and what their callers were told.
    """
    low, high = -0.5, TRIES + 0.5
    for step in range(TRIES + 2):
        # Cells with more orders than charges are left out: no call ends there.
        axes.hlines(step - 0.5, max(low, step - 1.5), high, color="lightgrey", linewidth=1)
        axes.vlines(step - 0.5, low, min(high, step + 0.5), color="lightgrey", linewidth=1)
    axes.fill([1.5, 3.5, 3.5, 2.5, 2.5, 1.5], [-0.5, -0.5, 3.5, 3.5, 2.5, 2.5], color="lightgrey", alpha=0.45, zorder=0)
    axes.plot([0.5, 1.5, 1.5, 0.5, 0.5], [0.5, 0.5, 1.5, 1.5, 0.5], color="black", linewidth=1.5)
    small, wrongly = _is_small(axes), f"{odds(share(states, wrong))} wrong"
    for state, probability in states.items():
        row = state.orders + (0.22 if state.told_paid else -0.22)
        place = state.charges if small else state.charges - 0.36
        _ending(axes, place, row, "" if small else odds(probability), told_paid=state.told_paid)
    axes.text(CORNER, TRIES if small else 2, wrongly if small else f"{wrongly},\n{wrong_are}", va="center", color="black")
    axes.grid(False)
    axes.set_xlim(low - 0.02, high + 0.02)
    axes.set_ylim(low - 0.02, high + 0.02)
    axes.set_xticks(range(TRIES + 1), ["0", "1", "2", "3" if small else "3 charges"])
    axes.set_yticks(range(TRIES + 1), ["0", "1", "2", "3" if small else "3 orders"])
    if small:
        axes.set_xlabel("Charges")
        axes.set_ylabel("Orders")
    axes.tick_params(length=0)
    axes.spines["bottom"].set_visible(False)
    axes.set_title(f"{name}:\n{len(states)} endings" if small else f"{name}: {len(states)} endings")
    ordered = sorted(states)
    return {
        "Charges": [state.charges for state in ordered],
        "Orders": [state.orders for state in ordered],
        "Told": ["paid" if state.told_paid else "failed" for state in ordered],
        "In a billion calls": [BILLION * states[state] for state in ordered],
    }


def _ending(axes: Axes, x: float, y: float, said: str, *, told_paid: bool) -> None:
    """A disc if the caller is told "paid", a ring if it is told "failed", and beside it what is ``said`` of it."""
    colour = "C0" if told_paid else "C1"
    axes.plot(x, y, "o", color=colour, markerfacecolor=colour if told_paid else "none", markeredgewidth=1.5, markersize=8)
    axes.annotate(said, (x, y), xytext=(8, 0), textcoords="offset points", va="center", color=colour)


def odds(probability: float) -> str:
    """A share of calls in few characters: per cent, or calls in a million (ppm) or a billion (ppb), or the rest of all calls."""
    for unit, size, decimals, least in (("%", 100, 1, 0.05), (" ppm", MILLION, 0, 0.5), (" ppb", BILLION, 0, 0)):
        if probability * size >= least:
            text = f"{probability * size:.{decimals}f}{unit}"
            return "rest" if text == "100.0%" else text
    raise ValueError(f"{probability} is no probability")


def shared_answer(axes: Axes) -> dict[str, list[float]]:
    """Speed-up against nodes: partitioned work keeps growing, one lock levels off, and telling everyone turns it down."""
    nodes = np.linspace(1, NODES, 200)
    lines = {
        "partitioned": (PARTITIONED, "C2", (0, (2, 2)), 2.0),
        "one lock": (ONE_LOCK, "C1", "-", 2.0),
        "one lock, everyone told": (EVERYONE_TOLD, "C0", "-", 3.0),
    }
    # Each label stands by its line and between two rules.
    places = {"partitioned": (88, 35), "one lock": (NODES, 13.5), "one lock, everyone told": (NODES, 2.2)}
    for label, (coefficients, colour, dash, width) in lines.items():
        axes.plot(nodes, [speed_up(n, *coefficients) for n in nodes], color=colour, linestyle=dash, linewidth=width)
        axes.text(*places[label], label, color=colour, ha="right", va="center")
    peak = peak_nodes(*EVERYONE_TOLD)
    axes.plot(peak, speed_up(peak, *EVERYONE_TOLD), "o", color="C0", markersize=9)
    axes.text(peak - 4, 5.5, f"most at {peak:.0f} nodes", color="black", va="center")
    axes.set_xlim(0, NODES + 1)
    axes.set_xticks([1, 32, 64, 96, 128])
    axes.set_ylim(0, 40)
    axes.set_yticks([0, 10, 20, 30, 40])
    axes.set_xlabel("Nodes")
    axes.set_title("Speed-up over one node")
    rows = (1, 8, 16, 31, 32, 64, 96, 128)
    table: dict[str, list[float]] = {"Nodes": list(rows)}
    return table | {label: [speed_up(n, *line[0]) for n in rows] for label, line in lines.items()}


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
