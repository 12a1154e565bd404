"""What the essay argues from its models holds in the models, and in simulations that share no formula with them."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import comb, exp, isclose, log
from pathlib import Path

import numpy as np
import pytest
from insights.evidence.models import load_model
from matplotlib.figure import Figure

model = load_model(Path(__file__).parents[2] / "essays" / "designing-for-failure" / "model.py")
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
    assert all(earlier > later for earlier, later in pairwise(down[:4]))
    assert all(minutes >= model.floor_minutes(beta) for minutes in down)
    assert down[-1] == pytest.approx(model.floor_minutes(beta), rel=1e-3)


@pytest.mark.parametrize(("replicas", "beta"), [(1, 0.05), (2, 0.1), (3, 0.3)])
def test_drawing_the_causes_at_random_gives_the_formula(replicas: int, beta: float) -> None:
    rng, trials, down = np.random.default_rng(7), 2_000_000, 0.1
    shared = rng.random(trials) < beta * down
    own = (rng.random((replicas, trials)) < (1 - beta) * down).all(axis=0)
    assert np.mean(shared | own) == pytest.approx(model.unavailability(replicas, down, beta), rel=0.03)


def test_four_nines_need_a_beta_below_the_one_that_the_essay_names() -> None:
    named = model.results()["four_nines_beta"]
    assert model.floor_minutes(named) == pytest.approx(0.0001 * 365 * 24 * 60)
    assert min(model.minutes_down(n, named * 1.01) for n in range(1, 50)) > model.results()["four_nines_minutes"]


def test_thirty_outages_without_a_shared_cause_are_no_surprise_at_the_beta_of_the_essay() -> None:
    drawn = np.random.default_rng(5).random((200_000, model.RECORDS)) < model.CHOSEN_BETA
    assert model.results()["none_in_thirty"] == pytest.approx(float(np.mean(~drawn.any(axis=1))), abs=0.003)


def test_one_shared_cause_in_thirty_outages_fits_the_betas_that_the_essay_names_and_none_outside_them() -> None:
    found = model.results()
    rng = np.random.default_rng(6)
    tail = pytest.approx((1 - model.CONFIDENCE) / 2, rel=0.02)
    assert np.mean(rng.binomial(model.RECORDS, found["lowest_beta"], 1_000_000) >= 1) == tail
    assert np.mean(rng.binomial(model.RECORDS, found["highest_beta"], 1_000_000) <= 1) == tail
    # In closed form, the lower bound: that nothing is found in thirty is as likely as the confidence says.
    assert (1 - found["lowest_beta"]) ** model.RECORDS == pytest.approx(1 - (1 - model.CONFIDENCE) / 2, rel=1e-6)
    assert model.beta_bounds(0, model.RECORDS)[0] == 0


def test_a_beta_small_enough_for_four_nines_is_shown_by_so_many_outages_and_not_by_one_fewer() -> None:
    found = model.results()
    records = found["records_for_four_nines"]
    assert model.beta_bounds(0, records, 0.90)[1] < found["four_nines_beta"]  # a bound on one side has all of the doubt there
    assert model.beta_bounds(0, records - 1, 0.90)[1] > found["four_nines_beta"]


def test_two_customers_share_some_number_of_nodes() -> None:
    assert isclose(sum(model.shared_nodes(count) for count in range(EACH + 1)), 1)
    assert model.shared_nodes(EACH) == pytest.approx(1 / comb(NODES, EACH))


def test_the_expected_loss_does_not_depend_on_placement() -> None:
    shard = model.CUSTOMERS * EACH / NODES
    shards = NODES // EACH
    both = comb(shards, 2) / comb(NODES, LOST)
    fixed = shard * (model.any_shard_lost(LOST) + both)  # one shard, and a second where two are covered
    assert fixed == pytest.approx(model.CUSTOMERS * model.expected_share_lost(LOST))


def customers_lost(lost: int, placement: str, *, trials: int, seed: int) -> np.ndarray:
    """Customers without a node in each of ``trials`` random losses of ``lost`` nodes, with ``fixed`` or ``shuffled`` shards."""
    rng = np.random.default_rng(seed)
    if placement == "fixed":
        shards = np.arange(NODES).reshape(-1, EACH)
        places = shards[np.arange(model.CUSTOMERS) % len(shards)]
    else:
        places = np.argpartition(rng.random((model.CUSTOMERS, NODES)), EACH, axis=1)[:, :EACH]
    counts = np.empty(trials)
    for trial in range(trials):
        down = np.zeros(NODES, dtype=bool)
        down[rng.choice(NODES, lost, replace=False)] = True
        counts[trial] = down[places].all(axis=1).sum()
    return counts


@pytest.mark.parametrize("placement", ["fixed", "shuffled"])
def test_losing_nodes_at_random_gives_the_expected_loss(placement: str) -> None:
    lost = 20  # more than in the essay, so that whole shards go often enough to be averaged
    drawn = customers_lost(lost, placement, trials=1500, seed=11)
    expected = model.CUSTOMERS * model.expected_share_lost(lost)
    assert drawn.mean() == pytest.approx(expected, rel=0.1)


def test_fixed_shards_are_hit_as_seldom_as_the_essay_says_and_then_for_as_much() -> None:
    found = model.results()
    assert found["fixed_size"] / found["fixed_every"] == pytest.approx(found["mean_lost"], rel=0.001)
    assert found["shuffled_size"] * found["shuffled_any"] == pytest.approx(found["mean_lost"])


def test_losing_nodes_at_random_hits_somebody_as_often_as_the_formulas_say() -> None:
    fixed = customers_lost(12, "fixed", trials=1500, seed=11)
    assert (fixed > 0).mean() == pytest.approx(model.any_shard_lost(12), rel=0.15)
    shuffled = customers_lost(LOST, "shuffled", trials=300, seed=3)
    assert (shuffled > 0).mean() == pytest.approx(model.any_customer_lost(LOST), abs=0.01)


def test_the_curves_of_figure_2_begin_at_the_chance_that_anybody_is_down() -> None:
    assert model.exceedance_fixed(1) == model.any_shard_lost(LOST)
    assert model.exceedance_shuffled(1) == pytest.approx(model.any_customer_lost(LOST))


def test_a_line_of_fixed_shards_has_steps_at_one_shard_and_at_two() -> None:
    one, two = model.any_shard_lost(LOST), comb(NODES // EACH, 2) / comb(NODES, LOST)
    assert [model.exceedance_fixed(n) for n in (1, 500, 501, 1000, 1001)] == [one, one, two, two, 0]


@pytest.mark.parametrize("least", [1, 2, 5, 10, 20, 50, 100])
def test_the_chance_of_many_customers_down_is_right_however_small_it_is(least: int) -> None:
    """Against whole numbers, which do not round: every way to deal the customers, over all ways."""
    down, dealt, customers = comb(LOST, EACH), comb(NODES, EACH), model.CUSTOMERS
    fewer = sum(comb(customers, n) * down**n * (dealt - down) ** (customers - n) for n in range(least))
    exactly = Fraction(dealt**customers - fewer, dealt**customers)
    assert model.exceedance_shuffled(least) == pytest.approx(float(exactly), rel=1e-6)


def test_a_chance_too_small_to_mean_anything_is_printed_in_words() -> None:
    """By Chernoff’s bound: n customers are at most as likely as e to the minus n·log(n/m) − n + m, where m is their mean."""
    table = model.random_loss(Figure().add_subplot())
    mean = model.CUSTOMERS * comb(LOST, EACH) / comb(NODES, EACH)
    printed = dict(zip(table["Customers, at least"], table["Chance with shuffle shards"], strict=True))
    for n, chance in printed.items():
        bound = -(n * log(n / mean) - n + mean) if n > mean else 0
        assert chance == "below 1 in a billion" if bound < log(1e-9) else 1e-9 <= chance <= exp(bound)
    assert set(map(type, printed.values())) == {float, str}
    assert all(chance == model.exceedance_fixed(n) for n, chance in zip(printed, table["Chance with fixed shards"], strict=True))


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
