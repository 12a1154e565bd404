"""What redundancy buys when replicas share some of their failures, and whom a failure reaches, by the way customers are placed.

Two models. The first is the beta-factor model of reliability engineering: a share of every replica's failures has a cause that
takes all replicas at once. The second places customers on nodes in three ways, and asks who is down when nodes are.

Every input is assumed, chosen to be round; what the essay argues from is the shape: a floor, and two curves that cross.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import ceil, comb, log, log1p
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MINUTES_A_YEAR = 365 * 24 * 60
FOUR_NINES = 0.0001  # the share of time that a promise of 99.99% leaves

# Assumed: one replica is down one hundredth of the time.
REPLICA_DOWN = 0.01
REPLICAS = (1, 2, 3, 4, 5)
BETAS = (0.0, 0.01, 0.05, 0.10)
CHOSEN_BETA = 0.05  # the one that the text follows
RECORDS = 30  # outages of one replica that a reader is asked to go back over
CONFIDENCE = 0.95  # with which they bound a beta
PRECISION = 1e-9

# Assumed: a fleet, the nodes that serve one customer, and the customers.
NODES = 60
NODES_A_CUSTOMER = 3
CUSTOMERS = 10_000
NODES_LOST = 6
LEAST_LIKELY = 1e-9  # the smallest chance that the table prints as a number

# Assumed: a year of incidents, each of which reaches everybody for an hour; and what one might change about it.
INCIDENTS_A_YEAR = 12
MINUTES_AN_INCIDENT = 60
FAST_RECOVERY_MINUTES = 5
CELLS = 20


# -- Redundancy ---------------------------------------------------------------------------------------------------------------


def unavailability(replicas: int, down: float, beta: float) -> float:
    """The share of time in which none of ``replicas`` serves, any one being enough.

    ``down`` is the share of time in which one replica is down, ``beta`` the part of it whose cause all share. Beta-factor model
    of common-cause failure, as in IEC 61508-6, annex D: one shared component in series with independent ones in parallel.
    """
    shared, own = beta * down, (1 - beta) * down
    return shared + (1 - shared) * own**replicas


def minutes_down(replicas: int, beta: float, down: float = REPLICA_DOWN) -> float:
    """Minutes a year in which none of ``replicas`` serves."""
    return unavailability(replicas, down, beta) * MINUTES_A_YEAR


def floor_minutes(beta: float, down: float = REPLICA_DOWN) -> float:
    """Minutes a year that no number of replicas takes away: those of the causes they share."""
    return beta * down * MINUTES_A_YEAR


def beta_for(minutes: float, down: float = REPLICA_DOWN) -> float:
    """The largest share of common causes at which ever more replicas get down to ``minutes`` a year."""
    return minutes / (down * MINUTES_A_YEAR)


def unseen(beta: float, records: int) -> float:
    """The probability that none of so many outages of a replica had a shared cause, although a share ``beta`` has one."""
    return (1 - beta) ** records


def beta_bounds(found: int, records: int, confidence: float = CONFIDENCE) -> tuple[float, float]:
    """The least and the greatest beta that ``found`` shared causes among ``records`` outages leave open.

    The exact interval of Clopper and Pearson (1934): at the least, so many or more come up in half of the doubt; at the greatest,
    so many or fewer in the other half.
    """
    doubt = (1 - confidence) / 2
    # The chance of so many or fewer falls as beta grows.
    lower = 0.0 if found == 0 else falls_to(1 - doubt, lambda beta: at_most(found - 1, records, beta))
    return lower, falls_to(doubt, lambda beta: at_most(found, records, beta))


def records_to_show(beta: float, confidence: float = CONFIDENCE) -> int:
    """How many outages without a shared cause rule out a ``beta`` as great as that or greater."""
    return ceil(log(1 - confidence) / log(1 - beta))


def at_most(found: int, records: int, beta: float) -> float:
    """The probability that ``found`` or fewer of ``records`` outages have a shared cause, if a share ``beta`` has (binomial)."""
    return float(sum(comb(records, n) * beta**n * (1 - beta) ** (records - n) for n in range(found + 1)))


def falls_to(value: float, falling: Callable[[float], float]) -> float:
    """Where between 0 and 1 a ``falling`` function reaches ``value``, by halving the interval."""
    low, high = 0.0, 1.0
    while high - low > PRECISION:
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > value else (low, middle)
    return (low + high) / 2


# -- Blast radius -------------------------------------------------------------------------------------------------------------


def shared_nodes(count: int, nodes: int = NODES, each: int = NODES_A_CUSTOMER) -> float:
    """The probability that two customers, each on ``each`` random nodes, have exactly ``count`` in common (hypergeometric)."""
    return comb(each, count) * comb(nodes - each, each - count) / comb(nodes, each)


def expected_share_lost(lost: int, nodes: int = NODES, each: int = NODES_A_CUSTOMER) -> float:
    """The expected share of customers all of whose nodes are among ``lost`` random ones, however they are placed."""
    return comb(lost, each) / comb(nodes, each)


def any_shard_lost(lost: int, nodes: int = NODES, each: int = NODES_A_CUSTOMER) -> float:
    """The probability that ``lost`` random nodes cover a whole fixed shard, by inclusion and exclusion over the shards."""
    shards = nodes // each
    covered = ((-1) ** (n + 1) * comb(shards, n) * comb(nodes - each * n, lost - each * n) for n in range(1, lost // each + 1))
    return float(sum(covered)) / comb(nodes, lost)


def any_customer_lost(lost: int, customers: int = CUSTOMERS, nodes: int = NODES, each: int = NODES_A_CUSTOMER) -> float:
    """The probability that ``lost`` random nodes cover at least one of ``customers`` placed independently at random."""
    return 1 - (1 - expected_share_lost(lost, nodes, each)) ** customers


def exceedance_fixed(least: int, lost: int = NODES_LOST) -> float:
    """The probability that ``lost`` random nodes take at least ``least`` customers with them, in fixed shards of equal size.

    One or two whole shards can be covered, since six nodes hold two shards of three.
    """
    a_shard = CUSTOMERS * NODES_A_CUSTOMER / NODES
    if least <= a_shard:
        return any_shard_lost(lost)
    shards = NODES // NODES_A_CUSTOMER
    return comb(shards, 2) / comb(NODES, lost) if least <= 2 * a_shard else 0.0


def exceedance_shuffled(least: int, lost: int = NODES_LOST) -> float:
    """The same with shuffle shards: customers fall independently, so that their number is binomial."""
    return float(_shuffled_tail(lost)[least])


@cache
def _shuffled_tail(lost: int) -> np.ndarray:
    """The probabilities of at least 0, 1, 2, … customers down with ``lost`` nodes, summed from the least likely number upwards.

    One minus the sum from the other end would leave rounding errors where the true probability is far smaller than they are.
    """
    p = expected_share_lost(lost)
    counts = np.arange(CUSTOMERS + 1)
    log_factorial = np.concatenate([[0.0], np.cumsum(np.log(counts[1:]))])
    log_choose = log_factorial[-1] - log_factorial - log_factorial[::-1]
    exactly = np.exp(log_choose + counts * log(p) + (CUSTOMERS - counts) * log1p(-p))
    return np.cumsum(exactly[::-1])[::-1]


# -- The bill -----------------------------------------------------------------------------------------------------------------


def impact(incidents: float, share: float, minutes: float) -> float:
    """Minutes a year lost by the average customer: how often, times whom, times how long."""
    return incidents * share * minutes


def spare_capacity(zones: int) -> float:
    """The capacity beyond need that ``zones`` must hold to carry the whole load with one of them gone, as a share of need."""
    return zones / (zones - 1) - 1


def results() -> dict[str, float | int | str]:
    """The numbers that the essay quotes."""
    a_year = impact(INCIDENTS_A_YEAR, 1, MINUTES_AN_INCIDENT)
    lowest, highest = beta_bounds(1, RECORDS)
    return {
        "naive_three_seconds": minutes_down(3, 0) * 60,
        "three_hours": minutes_down(3, CHOSEN_BETA) / 60,
        **{f"down_{n}_beta_{beta * 100:.0f}": minutes_down(n, beta) for n in (1, 2, 3, 5) for beta in BETAS},
        "second_saves_hours": (minutes_down(1, CHOSEN_BETA) - minutes_down(2, CHOSEN_BETA)) / 60,
        "third_saves_minutes": minutes_down(2, CHOSEN_BETA) - minutes_down(3, CHOSEN_BETA),
        "fifth_saves_seconds": (minutes_down(3, CHOSEN_BETA) - minutes_down(5, CHOSEN_BETA)) * 60,
        "four_nines_minutes": FOUR_NINES * MINUTES_A_YEAR,
        "four_nines_beta": beta_for(FOUR_NINES * MINUTES_A_YEAR),
        "lowest_beta": lowest,
        "highest_beta": highest,
        "records_for_four_nines": records_to_show(beta_for(FOUR_NINES * MINUTES_A_YEAR)),
        "none_in_thirty": unseen(CHOSEN_BETA, RECORDS),
        "nodes": NODES,
        "customers": CUSTOMERS,
        "shard_share": NODES_A_CUSTOMER / NODES,
        "combinations": comb(NODES, NODES_A_CUSTOMER),
        "shares_one": 1 - shared_nodes(0),
        "shares_two": shared_nodes(2),
        "fixed_any": any_shard_lost(NODES_LOST),
        "fixed_every": 1 / any_shard_lost(NODES_LOST),
        "shuffled_any": any_customer_lost(NODES_LOST),
        "mean_lost": CUSTOMERS * expected_share_lost(NODES_LOST),
        "fixed_size": CUSTOMERS * NODES_A_CUSTOMER // NODES,
        "shuffled_size": CUSTOMERS * expected_share_lost(NODES_LOST) / any_customer_lost(NODES_LOST),
        "bill_today": a_year,
        "bill_prevented": impact(INCIDENTS_A_YEAR / 2, 1, MINUTES_AN_INCIDENT),
        "bill_recovered": impact(INCIDENTS_A_YEAR, 1, FAST_RECOVERY_MINUTES),
        "bill_cells": impact(INCIDENTS_A_YEAR, 1 / CELLS, MINUTES_AN_INCIDENT),
        "bill_both": impact(INCIDENTS_A_YEAR, 1 / CELLS, FAST_RECOVERY_MINUTES),
        **{f"spare_{zones}": spare_capacity(zones) for zones in (2, 3, 4)},
    }


# -- Figures ------------------------------------------------------------------------------------------------------------------


def replicas(axes: Axes) -> dict[str, list[float]]:
    """Downtime falls with replicas until it meets what they share; then it lies flat."""
    lines = {0.0: ("C2", (0, (2, 2))), 0.01: ("C1", "-"), 0.05: ("C0", "-"), 0.10: ("C3", "-")}
    promised = FOUR_NINES * MINUTES_A_YEAR
    axes.hlines(promised, 0.85, REPLICAS[-1], color="black", linewidth=1, linestyle=(0, (1, 2)))
    axes.annotate("99.99%", (0.85, promised), xytext=(3, -14), textcoords="offset points", color="black")
    for beta, (colour, dash) in lines.items():
        values = [minutes_down(n, beta) for n in REPLICAS]
        weight = "bold" if beta == CHOSEN_BETA else "normal"
        axes.plot(
            REPLICAS, values, color=colour, linestyle=dash, linewidth=3 if weight == "bold" else 2, marker="o", markersize=5
        )
        # Copies that share nothing leave the chart at its lower edge, below their third.
        at, label = (REPLICAS[-1], f"β = {beta:.0%}") if beta else (3, "β = 0 keeps falling")
        axes.annotate(
            label, (at, minutes_down(at, beta)), xytext=(8, 0 if beta else 3), textcoords="offset points", va="center",
            color=colour, annotation_clip=False, fontweight=weight,
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(0.2, 10_000)
    axes.set_yticks([1, 10, 100, 1_000, 10_000])
    axes.set_xlim(0.85, 5.1)
    axes.set_xticks(REPLICAS)
    axes.set_xlabel("Replicas")
    axes.set_title("Minutes down a year, log scale")
    table: dict[str, list[float]] = {"Replicas": list(REPLICAS)}
    return table | {f"β = {beta:.0%}, minutes": [minutes_down(n, beta) for n in REPLICAS] for beta in BETAS}


def bad_customer(axes: Axes) -> dict[str, list[float | str]]:
    """The share of customers that one poisonous customer takes down, by placement."""
    names = ["One pool", "Fixed shards", "Shuffle shards"]
    shares = [1.0, NODES_A_CUSTOMER / NODES, 1 / comb(NODES, NODES_A_CUSTOMER)]
    colours = ["C2", "C1", "C0"]
    places = range(len(names))
    # On a log scale a bar has no beginning, and its length says nothing: dots on full lines.
    axes.hlines(places, 1e-5, 1, color="lightgrey", linewidth=1.5)
    for place, name, share, colour in zip(places, names, shares, colours, strict=True):
        axes.plot(share, place, "o", color=colour, markersize=8, clip_on=False)
        said = f"{share:.0%}" if share > 0.01 else f"1 in {round(1 / share):,}"
        axes.annotate(f"{name}: {said}", (1e-5, place), xytext=(0, 14), textcoords="offset points", color=colour)
    axes.set_xscale("log")
    axes.set_xlim(1e-5, 1)
    axes.set_xticks([1e-4, 1e-2, 1], ["0.01%", "1%", "100%"])
    axes.set_ylim(2.3, -0.6)
    axes.set_yticks([])
    axes.set_xlabel("Share of customers (log scale)")
    axes.set_title("Who goes down\nwith one bad customer")
    return {"Placement": [*names], "Share of customers": [*shares]}


def random_loss(axes: Axes) -> dict[str, list[float | str]]:
    """How likely six lost nodes take at least so many customers with them, by placement."""
    counts = [1, 2, 5, 10, 15, 20, 100, 500, 501, 1000]
    curve = np.unique(np.geomspace(1, 1000, 120).astype(int))
    a_shard = CUSTOMERS * NODES_A_CUSTOMER // NODES
    typical = CUSTOMERS * expected_share_lost(NODES_LOST) / any_customer_lost(NODES_LOST)
    for exceedance, label, colour, at in (
        (exceedance_fixed, f"Fixed shards: {a_shard}", "C1", (24, 0.018)),
        (exceedance_shuffled, f"Shuffle shards: about {typical:.0f}", "C0", (9, 0.42)),
    ):
        values = np.array([exceedance(int(n)) for n in curve])
        kept = values > 1e-5
        axes.plot(curve[kept], values[kept], color=colour, clip_on=True)
        axes.annotate(label, at, color=colour)
    # Where the line of the fixed shards ends: a whole shard, or nobody.
    axes.plot(a_shard, exceedance_fixed(a_shard), "o", color="C1", markersize=6)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlim(1, 1000)
    axes.set_ylim(1e-4, 1.4)
    axes.set_xticks([1, 10, 100, 1000])
    axes.set_yticks([1e-4, 1e-3, 1e-2, 1e-1, 1], ["0.01%", "0.1%", "1%", "10%", "100%"])
    axes.set_xlabel("Customers down, at least (log scale)")
    axes.set_title("Chance that so many go down\nwith six servers, log scale")
    return {
        "Customers, at least": [*counts],
        "Chance with fixed shards": [_chance(exceedance_fixed(n)) for n in counts],
        "Chance with shuffle shards": [_chance(exceedance_shuffled(n)) for n in counts],
    }


def _chance(probability: float) -> float | str:
    """A probability for the table, where one too small to mean anything is said in words."""
    return probability if probability >= LEAST_LIKELY else "below 1 in a billion"


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
