"""What the essay argues from its models holds in closed forms, and in a small shop that is called at random."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from math import inf, isclose, prod
from pathlib import Path
from random import Random

import numpy as np
import pytest
from insights.evidence.models import load_model
from matplotlib.figure import Figure

model = load_model(Path(__file__).parents[2] / "essays" / "the-cost-of-simplicity-in-distributed-systems" / "model.py")
DESIGNS = [(False, False), (True, False), (True, True)]
P = model.FAULT
MILLION = model.MILLION


class Shop:
    """A server with a ledger, which knows nothing of the model: it is called, it may crash, and a worker may clean up."""

    def __init__(self, *, key: bool, outbox: bool) -> None:
        self.key, self.outbox = key, outbox
        self.charges: list[str] = []
        self.orders: list[str] = []
        self.intents: set[str] = set()

    def pay(self, key: str, *, crash: bool) -> None:
        if self.outbox:
            self.intents.add(key)
        self.once(self.charges, key)
        if crash:
            raise ConnectionError
        self.once(self.orders, key)

    def once(self, ledger: list[str], key: str) -> None:
        if not (self.key and key in ledger):
            ledger.append(key)

    def work(self) -> None:
        for intent in self.intents:
            self.once(self.charges, intent)
            self.once(self.orders, intent)


def call(shop: Shop, random: Random, tries: int, fault: float) -> bool:
    """Call the shop over a bad network until it answers; whether it did."""
    for _ in range(tries):
        luck = random.random()
        try:
            if luck < fault:
                raise ConnectionError
            shop.pay("order 7", crash=luck < 2 * fault)
            if luck < 3 * fault:
                raise ConnectionError
        except ConnectionError:
            continue
        return True
    return False


@pytest.mark.parametrize(("key", "outbox"), DESIGNS)
def test_a_shop_called_at_random_ends_as_often_in_each_state_as_the_tree_says(key: bool, outbox: bool) -> None:
    fault, calls, random = 0.15, 60_000, Random(5)
    seen: Counter[tuple[int, int, bool]] = Counter()
    for _ in range(calls):
        shop = Shop(key=key, outbox=outbox)
        told = call(shop, random, 3, fault)
        shop.work()
        seen[len(shop.charges), len(shop.orders), told] += 1
    expected = model.endings(3, key=key, outbox=outbox, fault=fault)
    assert set(seen) == {tuple(state) for state in expected}
    for state, probability in expected.items():
        assert abs(seen[state] / calls - probability) < 4 * (probability / calls) ** 0.5


@pytest.mark.parametrize(("key", "outbox"), DESIGNS)
@pytest.mark.parametrize("tries", range(1, 7))
def test_some_ending_always_comes(tries: int, key: bool, outbox: bool) -> None:
    assert isclose(sum(model.endings(tries, key=key, outbox=outbox).values()), 1)


@pytest.mark.parametrize("tries", range(1, 9))
def test_endings_grow_as_the_square_of_tries_and_with_a_key_not_at_all(tries: int) -> None:
    assert len(model.endings(tries)) == (tries + 1) ** 2
    assert len(model.endings(tries, key=True)) == 4
    assert len(model.endings(tries, key=True, outbox=True)) == 3


@pytest.mark.parametrize("fault", [1e-6, 0.001, 0.1, 0.3])
def test_the_number_of_endings_does_not_depend_on_the_odds(fault: float) -> None:
    assert len(model.endings(3, fault=fault)) == 16


@pytest.mark.parametrize("tries", range(1, 7))
def test_a_key_never_charges_twice(tries: int) -> None:
    assert not any(model.overcharged(state) for state in model.endings(tries, key=True))


@pytest.mark.parametrize("tries", range(1, 7))
def test_an_outbox_never_charges_without_an_order(tries: int) -> None:
    assert all(state.charges == state.orders for state in model.endings(tries, key=True, outbox=True))


def test_a_customer_pays_twice_about_as_often_as_a_try_fails_after_the_charge() -> None:
    # One try charges unseen (2p) and a later one arrives (1 - p); or one of the three is lost on its way (p) before or between.
    exactly = MILLION * 2 * P * (1 - P) * (1 + 2 * P)
    assert model.results()["doubled_tries_million"] == pytest.approx(2 * P * MILLION, rel=0.002)
    assert model.results()["doubled_tries_million"] == pytest.approx(exactly)


def test_the_rare_columns_of_the_table_are_cubes() -> None:
    found, cube = model.results(), P**3 * MILLION
    for design in ("tries", "key", "outbox"):
        assert found[f"failed_{design}_million"] == pytest.approx(27 * cube)  # each try meets one of three faults
        assert found[f"denied_{design}_million"] == pytest.approx(26 * cube)  # and not every time the lost request
    assert found["orderless_tries_million"] == pytest.approx(7 * cube)  # lost or crashed, and not lost each time
    assert found["orderless_key_million"] == pytest.approx(7 * cube)
    assert found["wrong_key_million"] == pytest.approx(8 * cube)
    assert found["wrong_outbox_million"] == pytest.approx(cube)
    assert found["triple_billion"] == pytest.approx(1)
    assert found["failed_billion"] == pytest.approx(27)
    assert found["denied_billion"] == pytest.approx(26)


def test_retries_all_but_end_the_errors_that_callers_see_and_none_of_the_wrong_results() -> None:
    found = model.results()
    assert found["failed_tries_million"] < found["failed_one_million"] / 100_000
    assert found["wrong_tries_million"] >= found["wrong_one_million"]
    assert found["wrong_tries_million"] == pytest.approx(found["wrong_one_million"], rel=0.002)


def test_half_of_the_wrong_results_of_one_try_are_honest_and_nearly_all_of_three_are_reported_as_success() -> None:
    one, three = model.designs()["one"], model.designs()["tries"]
    honest = model.share(one, lambda state: state == (0, 0, False))
    hidden = model.share(three, lambda state: model.overcharged(state) and state.told_paid)
    assert honest == pytest.approx(model.share(one, model.wrong) / 2)
    assert hidden > 0.9999 * model.share(three, model.wrong)


@pytest.mark.parametrize("fault", [0.001, 0.01, 0.05])
def test_the_exchange_does_not_depend_on_the_odds(fault: float) -> None:
    one, three = (model.share(model.endings(tries, fault=fault), model.wrong) for tries in (1, 3))
    assert three >= one


@pytest.mark.parametrize("fault", [0.0001, 0.001, 0.01])
def test_a_caller_that_was_told_failed_has_nearly_always_paid(fault: float) -> None:
    states = model.endings(3, key=True, outbox=True, fault=fault)
    denied, failed = (model.share(states, counts) for counts in (model.denied, model.told_failed))
    assert denied / failed == pytest.approx(26 / 27)


def test_a_release_that_crashes_after_every_charge_charges_on_every_try() -> None:
    state = model.EndState(0, 0, False)
    for _ in range(3):
        state = model.attempt(state.charges, state.orders, model.CRASH_AFTER_CHARGE, key=False, outbox=False)
    assert state == (3, 0, False)


def test_to_ask_again_with_the_same_key_changes_nothing_that_is_right() -> None:
    for fault in (model.OK, *model.FAULTS):
        again = model.attempt(1, 1, fault, key=True, outbox=True)
        assert (again.charges, again.orders) == (1, 1)


def test_one_node_is_one_node_whatever_it_would_share() -> None:
    for coefficients in (model.PARTITIONED, model.ONE_LOCK, model.EVERYONE_TOLD):
        assert model.speed_up(1, *coefficients) == 1


def test_throughput_peaks_where_the_formula_says() -> None:
    peak = model.peak_nodes(*model.EVERYONE_TOLD)
    best = max(range(1, 300), key=lambda nodes: model.speed_up(nodes, *model.EVERYONE_TOLD))
    assert abs(best - peak) < 1
    beyond = [model.speed_up(nodes, *model.EVERYONE_TOLD) for nodes in range(best, 300)]
    assert all(earlier > later for earlier, later in pairwise(beyond))


@pytest.mark.parametrize("contention", [0.02, 0.05, 0.2])
def test_contention_alone_levels_off_and_never_turns_down(contention: float) -> None:
    assert model.peak_nodes(contention, 0) == inf
    speeds = [model.speed_up(nodes, contention, 0) for nodes in range(1, 2000)]
    assert all(earlier < later for earlier, later in pairwise(speeds))
    assert model.speed_up(1e9, contention, 0) == pytest.approx(1 / contention, rel=1e-6)


def test_the_large_fleet_does_less_than_the_few_nodes_that_the_essay_names() -> None:
    found = model.results()
    assert found["told_128"] < found["told_8"]
    assert found["told_128"] > model.speed_up(model.FEW_NODES - 1, *model.EVERYONE_TOLD)


@pytest.mark.parametrize("count", [1, 12, 30])
def test_dependencies_multiply(count: int) -> None:
    up = prod([model.AVAILABILITY] * count)
    assert model.hours_down(count) == pytest.approx((1 - up) * 8760)
    assert model.hours_down(count) <= count * model.hours_down(1) * (1 + 1e-9), "outages that overlap only cost less"


def test_the_prose_says_in_words_what_follows_from_the_tries() -> None:
    found, spelled = model.results(), ["", "one", "two", "three", "four", *[""] * 7, "twelve", "", "", "", "sixteen"]
    squares = [(tries + 1) ** 2 for tries in (1, model.TRIES)]
    # Four endings have fewer than two charges, however many the tries: no charge, or one, with its order or not.
    assert spelled.index(found["endings_one_words"]) == squares[0]
    assert spelled.index(found["endings_tries_words"]) == squares[1]
    assert spelled.index(found["endings_overcharged_words"]) == squares[1] - 4
    assert spelled.index(found["endings_many_key_words"]) == 4


@pytest.mark.parametrize(
    ("name", "endings", "right"),
    [("one_try", 4, 1 - 2 * P), ("three_tries", 16, 1 - 2 * P), ("with_key", 4, 1 - 8e-9), ("with_outbox", 3, 1 - 1e-9)],
)
def test_a_chart_shows_every_ending_that_its_title_counts_and_says_truly_which_are_wrong(
    name: str, endings: int, right: float
) -> None:
    axes = Figure().add_subplot()
    table = getattr(model, name)(axes)
    assert f": {endings} endings" in axes.get_title()
    shown = [np.asarray(line.get_xydata()).tolist() for line in axes.lines if line.get_marker() == "o"]
    legend = 2 if name == "one_try" else 0
    assert len(shown) == endings + legend
    assert len({str(place) for place in shown}) == endings + legend, "no mark hides another"
    assert [len(column) for column in table.values()] == [endings] * 4
    assert sum(table["In a billion calls"]) == pytest.approx(model.BILLION)

    rows = list(zip(*table.values(), strict=True))
    wrong = {told: sum(row[3] for row in rows if row[:2] != (1, 1) and row[2] == told) for told in ("paid", "failed")}
    assert sum(wrong.values()) == pytest.approx(model.BILLION * (1 - right), rel=0.002)
    (said,) = [text.get_text() for text in axes.texts if "wrong" in text.get_text()]
    assert said.startswith(f"{model.odds(1 - right)} wrong,")
    if "all told “failed”" in said:
        assert wrong["paid"] == 0
    else:
        assert "nearly all told\n“paid”" in said
        assert wrong["paid"] > 0.9999 * sum(wrong.values())


@pytest.mark.parametrize(
    ("share", "said"),
    [(0.998, "99.8%"), (0.001, "0.1%"), (2e-6, "2 ppm"), (0.997e-6, "1 ppm"), (19e-9, "19 ppb"), (1 - 27e-9, "rest")],
)
def test_odds_are_said_in_a_unit_that_fits_them(share: float, said: str) -> None:
    assert model.odds(share) == said


def test_the_model_gives_the_same_numbers_twice() -> None:
    assert model.results() == model.results()
