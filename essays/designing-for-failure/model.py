"""What redundancy buys when replicas share some of their failures, and whom a failure reaches, by the way customers are placed.

Two models. The first is the beta-factor model of reliability engineering: a share of every replica's failures has a cause that
takes all replicas at once. The second places customers on nodes in three ways, and asks who is down when nodes are.

Every input is assumed, chosen to be round; what the essay argues from is the shape: a floor, and two curves that cross.
"""

from __future__ import annotations

from collections.abc import Callable
from math import comb, exp, fsum, lgamma, log, log1p
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MINUTES_A_YEAR = 365 * 24 * 60

# Assumed: one replica is down one hundredth of the time.
REPLICA_DOWN = 0.01
REPLICAS = (1, 2, 3, 4, 5)
BETAS = (0.0, 0.01, 0.05, 0.10)
CHOSEN_BETA = 0.05  # the one that the text follows
RECORDS = 30  # outages of one replica that a reader is asked to go back over
LEAST_SHOWN = 0.3  # minutes a year, the lower edge of the chart

# Assumed: a fleet, the nodes that serve one customer, and the customers.
NODES = 60
NODES_A_CUSTOMER = 3
CUSTOMERS = 10_000
NODES_LOST = 6

# Assumed: a year of incidents, each of which reaches everybody for an hour; and what one might change about it.
INCIDENTS_A_YEAR = 12
MINUTES_AN_INCIDENT = 60
FAST_RECOVERY_MINUTES = 5
CELLS = 20


# -- Redundancy ---------------------------------------------------------------------------------------------------------------


def unavailability(replicas: int, down: float, beta: float) -> float:
    """The share of time in which none of ``replicas`` serves, any one being enough.

    ``down`` is the share of time in which one replica is down, ``beta`` the part of it whose cause all share. Beta-factor model
    of common-cause failure: one shared component in series with independent ones in parallel.
    """
    shared, own = beta * down, (1 - beta) * down
    return 1 - (1 - shared) * (1 - own**replicas)


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


def simulated_unavailability(replicas: int, down: float, beta: float, *, trials: int, seed: int) -> float:
    """The same share by drawing causes at random, ``trials`` times."""
    rng = np.random.default_rng(seed)
    shared = rng.random(trials) < beta * down
    own = (rng.random((replicas, trials)) < (1 - beta) * down).all(axis=0)
    return float(np.mean(shared | own))


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
    p = expected_share_lost(lost)
    terms = (log_choose(CUSTOMERS, n) + n * log(p) + (CUSTOMERS - n) * log1p(-p) for n in range(least))
    return max(0.0, 1 - fsum(map(exp, terms)))


def log_choose(n: int, k: int) -> float:
    """The logarithm of the number of ways to choose ``k`` of ``n``, which itself is too large for a float."""
    return lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1)


def simulated_customers_lost(lost: int, placement: str, *, trials: int, seed: int) -> np.ndarray:
    """Customers lost in each of ``trials`` random losses of ``lost`` nodes, placed in ``fixed`` or ``shuffled`` shards."""
    rng = np.random.default_rng(seed)
    if placement == "fixed":
        shards = np.arange(NODES).reshape(-1, NODES_A_CUSTOMER)
        places = shards[np.arange(CUSTOMERS) % len(shards)]
    else:
        places = np.argpartition(rng.random((CUSTOMERS, NODES)), NODES_A_CUSTOMER, axis=1)[:, :NODES_A_CUSTOMER]
    counts = np.empty(trials)
    for trial in range(trials):
        down = np.zeros(NODES, dtype=bool)
        down[rng.choice(NODES, lost, replace=False)] = True
        counts[trial] = down[places].all(axis=1).sum()
    return counts


# -- The bill -----------------------------------------------------------------------------------------------------------------


def impact(incidents: float, share: float, minutes: float) -> float:
    """Minutes a year lost by the average customer: how often, times whom, times how long."""
    return incidents * share * minutes


def spare_capacity(zones: int) -> float:
    """The capacity beyond need that ``zones`` must hold to carry the whole load with one of them gone, as a share of need."""
    return zones / (zones - 1) - 1


def results() -> dict[str, float | int | str]:
    """Every number that the essay quotes."""
    a_year = impact(INCIDENTS_A_YEAR, 1, MINUTES_AN_INCIDENT)
    quotient = minutes_down(3, CHOSEN_BETA) / minutes_down(3, 0)
    return {
        "naive_three_seconds": minutes_down(3, 0) * 60,
        "three_hours": minutes_down(3, CHOSEN_BETA) / 60,
        "three_ratio": quotient,
        **{f"down_{n}_beta_{beta * 100:.0f}": minutes_down(n, beta) for n in (1, 2, 3, 5) for beta in BETAS},
        "floor_5": floor_minutes(CHOSEN_BETA),
        "second_saves_hours": (minutes_down(1, CHOSEN_BETA) - minutes_down(2, CHOSEN_BETA)) / 60,
        "third_saves_minutes": minutes_down(2, CHOSEN_BETA) - minutes_down(3, CHOSEN_BETA),
        "fifth_saves_seconds": (minutes_down(3, CHOSEN_BETA) - minutes_down(5, CHOSEN_BETA)) * 60,
        "four_nines_minutes": 0.0001 * MINUTES_A_YEAR,
        "four_nines_beta": beta_for(0.0001 * MINUTES_A_YEAR),
        "none_in_thirty": unseen(CHOSEN_BETA, RECORDS),
        "nodes": NODES,
        "customers": CUSTOMERS,
        "shard_share": NODES_A_CUSTOMER / NODES,
        "combinations": comb(NODES, NODES_A_CUSTOMER),
        "shares_one": 1 - shared_nodes(0),
        "shares_two": shared_nodes(2),
        "fixed_any": any_shard_lost(NODES_LOST),
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
    lines = {0.0: ("β = 0", "C2", (0, (2, 2))), 0.01: ("1%", "C1", "-"), 0.05: ("5%", "C0", "-"), 0.10: ("10%", "C3", "-")}
    for beta, (label, colour, dash) in lines.items():
        # Copies that share nothing soon leave the chart; their line ends at its lower edge.
        shown = [n for n in REPLICAS if minutes_down(n, beta) > LEAST_SHOWN]
        values = [minutes_down(n, beta) for n in shown]
        weight = "bold" if beta == CHOSEN_BETA else "normal"
        axes.plot(shown, values, color=colour, linestyle=dash, linewidth=3 if weight == "bold" else 2, marker="o", markersize=5)
        axes.annotate(
            label, (shown[-1], values[-1]), xytext=(8, 0), textcoords="offset points", va="center", color=colour,
            annotation_clip=False, fontweight=weight,
        )  # fmt: skip
    axes.set_yscale("log")
    axes.set_ylim(LEAST_SHOWN, 10_000)
    axes.set_yticks([1, 10, 100, 1_000, 10_000])
    axes.set_xlim(0.85, 5.1)
    axes.set_xticks(REPLICAS)
    axes.set_xlabel("Replicas (minutes on a log scale)")
    axes.set_title("Minutes down a year")
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
    axes.set_title("Down with one bad customer")
    return {"Placement": [*names], "Share of customers": [*shares]}


def random_loss(axes: Axes) -> dict[str, list[float]]:
    """How likely six lost nodes take at least so many customers with them, by placement."""
    counts = [1, 2, 5, 10, 15, 20, 100, 500, 501, 1000]
    curve = np.unique(np.geomspace(1, 1000, 120).astype(int))
    a_shard = CUSTOMERS * NODES_A_CUSTOMER // NODES
    for exceedance, label, colour, at in (
        (exceedance_fixed, f"Fixed shards: {a_shard}", "C1", (24, 0.018)),
        (exceedance_shuffled, "Shuffle shards: a few", "C0", (9, 0.42)),
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
    axes.set_xlabel("Customers down, at least (log scales)")
    axes.set_title("Chance, when six nodes are lost")
    columns: dict[str, Callable[[int], float]] = {"Fixed shards": exceedance_fixed, "Shuffle shards": exceedance_shuffled}
    table: dict[str, list[float]] = {"Customers, at least": [*counts]}
    return table | {name: [exceedance(n) for n in counts] for name, exceedance in columns.items()}


if __name__ == "__main__":
    for name, value in results().items():
        print(f"{name:24} {value}")
