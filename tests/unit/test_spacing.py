"""A number never parts from its unit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from insights.markup.spacing import NO_BREAK, without_breaks


@pytest.mark.parametrize(
    "text",
    [
        "a p99 of p99_9_ms, 12.5_µs, 1,000_req/s, 5_GB, 99_% and 20_°C",
        "9_min, 10_per_cent, 3_million users, 24_hours a day",
        "Figure_1, Tables_2 and 3, section_4, §_3, pp._5–6, No._5, n°_5",
        "um 12_Uhr nach 3_km für 5_€, Abb._3; EUR_20, ≈_4_ms, ±_2",
        "10_000_000_bytes on 28_April 2026 or on May_5",
        "D._E._Knuth and L._Kleinrock",
        "in 2019 500 people; 5 a day; 1 in 4; I am 40; 8 mongooses; the 9 saints; Version B",
    ],
)
def test_a_line_ends_nowhere_between_a_number_and_its_unit(text: str) -> None:
    typed = text.replace("_", " ")
    assert without_breaks(typed).replace(NO_BREAK, "_") == text
    assert without_breaks(typed.replace(" ", "\n")).replace(NO_BREAK, "_").replace("\n", " ") == text


@given(st.text("0123456789 \n.,msAB%Figure€"))
def test_nothing_but_spaces_changes(text: str) -> None:
    changed = [(before, after) for before, after in zip(text, without_breaks(text), strict=True) if before != after]
    assert {*changed} <= {(" ", NO_BREAK), ("\n", NO_BREAK)}
