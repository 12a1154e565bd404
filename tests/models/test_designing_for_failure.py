"""What the essay argues from its models holds in the models, and in simulations that share no formula with them."""

from __future__ import annotations

from itertools import pairwise
from math import comb, isclose
from pathlib import Path

import numpy as np
import pytest
from insights.models import load

model = load(Path(__file__).parents[2] / "essays" / "designing-for-failure" / "model.py")
NODES, EACH, LOST = model.NODES, model.NODES_A_CUSTOMER, model.NODES_LOST


@pytest.mark.parametrize("replicas", model.REPLICAS)
def test_copies_that_share_nothing_fail_like_dice(replicas: int) -> None:
    assert isclose(model.unavailability(replicas, 0.01, 0), 0.01**replicas, rel_tol=1e-6)


@pytest.mark.parametrize("replicas", model.REPLICAS)
def test_copies_that_share_everything_are_one_copy(replicas: int) -> None:
    assert isclose(model.unavailability(replicas, 0.01, 1), 0.01)


@pytest.mark.parametrize("beta", [0.01, 0.05, 0.10, 0.5])
def test_further_copies_help_ever_less_and_never_below_what_they_share(beta: float) -> None:
    down = [model.minutes_down(n, beta) for n in range(1, 9)]
    assert all(earlier >= later for earlier, later in pairwise(down))
    assert all(minutes >= model.floor_minutes(beta) for minutes in down)
    assert down[-1] == pytest.approx(model.floor_minutes(beta), rel=1e-3)


@pytest.mark.parametrize(("replicas", "beta"), [(1, 0.05), (2, 0.1), (3, 0.3)])
def test_drawing_the_causes_at_random_gives_the_formula(replicas: int, beta: float) -> None:
    drawn = model.simulated_unavailability(replicas, 0.1, beta, trials=2_000_000, seed=7)
    assert drawn == pytest.approx(model.unavailability(replicas, 0.1, beta), rel=0.03)


def test_four_nines_need_a_beta_below_the_one_that_the_essay_names() -> None:
    named = model.results()["four_nines_beta"]
    assert model.floor_minutes(named) == pytest.approx(0.0001 * model.MINUTES_A_YEAR)
    assert min(model.minutes_down(n, named * 1.01) for n in range(1, 50)) > 0.0001 * model.MINUTES_A_YEAR


def test_thirty_outages_without_a_shared_cause_are_no_surprise_at_the_beta_of_the_essay() -> None:
    drawn = np.random.default_rng(5).random((200_000, model.RECORDS)) < model.CHOSEN_BETA
    assert model.results()["none_in_thirty"] == pytest.approx(float(np.mean(~drawn.any(axis=1))), abs=0.003)


def test_two_customers_share_some_number_of_nodes() -> None:
    assert isclose(sum(model.shared_nodes(count) for count in range(EACH + 1)), 1)
    assert model.shared_nodes(EACH) == pytest.approx(1 / comb(NODES, EACH))


def test_the_expected_loss_does_not_depend_on_placement() -> None:
    shard = model.CUSTOMERS * EACH / NODES
    shards = NODES // EACH
    both = comb(shards, 2) / comb(NODES, LOST)
    fixed = shard * (model.any_shard_lost(LOST) + both)  # one shard, and a second where two are covered
    assert fixed == pytest.approx(model.CUSTOMERS * model.expected_share_lost(LOST))


@pytest.mark.parametrize("placement", ["fixed", "shuffled"])
def test_losing_nodes_at_random_gives_the_expected_loss(placement: str) -> None:
    lost = 20  # more than in the essay, so that whole shards go often enough to be averaged
    drawn = model.simulated_customers_lost(lost, placement, trials=1500, seed=11)
    expected = model.CUSTOMERS * model.expected_share_lost(lost)
    assert drawn.mean() == pytest.approx(expected, rel=0.1)


def test_losing_nodes_at_random_hits_somebody_as_often_as_the_formulas_say() -> None:
    fixed = model.simulated_customers_lost(12, "fixed", trials=1500, seed=11)
    assert (fixed > 0).mean() == pytest.approx(model.any_shard_lost(12), rel=0.15)
    shuffled = model.simulated_customers_lost(LOST, "shuffled", trials=300, seed=3)
    assert (shuffled > 0).mean() == pytest.approx(model.any_customer_lost(LOST), abs=0.01)


def test_the_curves_of_figure_2_begin_at_the_chance_that_anybody_is_down_and_only_fall() -> None:
    assert model.exceedance_fixed(1) == model.any_shard_lost(LOST)
    assert model.exceedance_shuffled(1) == pytest.approx(model.any_customer_lost(LOST))
    for exceedance in (model.exceedance_fixed, model.exceedance_shuffled):
        values = [exceedance(n) for n in (1, 2, 5, 10, 20, 100, 500, 501, 1000, 1001)]
        assert all(earlier >= later >= 0 for earlier, later in pairwise(values))


def test_the_area_under_each_curve_is_the_expected_loss() -> None:
    expected = model.CUSTOMERS * model.expected_share_lost(LOST)
    assert sum(model.exceedance_shuffled(n) for n in range(1, 100)) == pytest.approx(expected)
    assert sum(model.exceedance_fixed(n) for n in range(1, 1001)) == pytest.approx(expected)


def test_zones_carry_the_whole_load_with_one_of_them_gone() -> None:
    for zones in (2, 3, 4):
        each = (1 + model.spare_capacity(zones)) / zones
        assert each * (zones - 1) == pytest.approx(1)


def test_the_factors_of_the_bill_multiply() -> None:
    found = model.results()
    assert found["bill_both"] * found["bill_today"] == pytest.approx(found["bill_cells"] * found["bill_recovered"])


def test_the_model_gives_the_same_numbers_twice() -> None:
    assert model.results() == model.results()
