"""Subscribers get every formula: as plain HTML where that is enough, else as MathML with its source."""

from __future__ import annotations

import html

import lxml.html
import pytest
from insights.feeds import formulas
from insights.markup.maths import mathml

FORMULAS = {
    "E = mc^2": "<i>E</i> = <i>m</i><i>c</i><sup>2</sup>",
    "x_i^2 + y'": "<i>x</i><sub><i>i</i></sub><sup>2</sup> + <i>y</i>′",
    r"-n \log n \le O(n, m)": "−<i>n</i> log <i>n</i> ≤ <i>O</i>(<i>n</i>, <i>m</i>)",
    r"\log(-x)": "log(−<i>x</i>)",
    r"10\,\text{ms} \cdot \mathrm{RTT}": "10 ms · RTT",
    r"x \in \mathbb{R}": "<i>x</i> ∈ ℝ",
    r"(1-p)^{n-1}": "(1 − <i>p</i>)<sup><i>n</i> − 1</sup>",
    r"n! - 1{,}000": "<i>n</i>! − 1,000",
    r"\max_i p_{99}": "max<sub><i>i</i></sub><i>p</i><sub>99</sub>",
    r"\mathbf{x} \lt \infty": "𝐱 < ∞",
}


@pytest.mark.parametrize(("latex", "shown"), FORMULAS.items())
def test_a_simple_formula_needs_no_mathml(latex: str, shown: str) -> None:
    pieces = formulas.plain(lxml.html.fromstring(mathml(latex, "inline")))
    text = "".join(piece if isinstance(piece, str) else lxml.html.tostring(piece, encoding="unicode") for piece in pieces)
    assert html.unescape(text) == shown


@pytest.mark.parametrize("latex", [r"\frac{a}{b}", r"\sqrt{x}", r"\hat x", r"\begin{aligned} a &= b \\ c &= d \end{aligned}"])
def test_any_other_formula_is_mathml_with_its_source(latex: str) -> None:
    math = lxml.html.fromstring(mathml(latex, "block"))
    with pytest.raises(formulas.TwoDimensionalError):
        formulas.plain(math)
    formulas.annotate(math)
    (semantics,) = math
    assert semantics.tag == "semantics"
    *shown, annotation = semantics
    assert shown
    assert (annotation.tag, annotation.get("encoding"), annotation.text.strip()) == ("annotation", "application/x-tex", latex)
    assert math.get("alttext") == latex
