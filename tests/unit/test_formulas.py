"""A formula is shown as its author wrote it, or told; where only words can stand, it is read as words."""

from __future__ import annotations

import html
from itertools import pairwise

import lxml.html
import pytest
from docutils import nodes
from insights.feeds import formulas
from insights.markup import words
from insights.markup.mathml import ATTRIBUTES, ELEMENTS, formula, mathml
from insights.markup.wording import formula_words
from insights.source import sentence_ends
from sphinx import addnodes

FORMULAS = {
    "E = mc^2": "<i>E</i> = <i>m</i><i>c</i><sup>2</sup>",
    "x_i^2 + y'": "<i>x</i><sub><i>i</i></sub><sup>2</sup> + <i>y</i>′",
    r"-n \log n \le O(n, m)": "−<i>n</i> log <i>n</i> ≤ <i>O</i>(<i>n</i>, <i>m</i>)",
    r"\log(-x)": "log(−<i>x</i>)",
    r"10\,\text{ms} \cdot \mathrm{RTT}": "10 ms ⋅ RTT",
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


#: What amsmath and MathJax offer: the formula, and elements, classes or text that its MathML has.
DRAWN = {
    r"\operatorname*{arg\,max}_x f(x)": [">arg\u2009max<", "<munder>"],
    r"\boxed{E = mc^2}": ['class="boxed"'],
    r"\cancel{x} + \bcancel{y}": ['class="strike-up"', 'class="strike-down"'],
    r"\overline{a + b} + \underline{c}": ['<mrow class="overline">', '<mrow class="underline">'],
    r"\boldsymbol{\theta} + \bm{x} + \mathtt{ab} + \mathbb{R}": ["𝜽", "𝒙", "𝚊𝚋", "ℝ"],
    r"\textbf{bold} + \text{a $b$ c} + \text{max\_size} + \text{n_jobs}": ["<b>bold</b>", "<mi>b</mi>", "max_size", "n_jobs"],
    r"\mathrm{d}x": ['<mi mathvariant="normal">d</mi>'],
    r"\not= \not\in \not\subset": ["≠", "∉", "⊄"],
    r"\begin{array}{|c|c|} \hline a & b \\ \hline c & d \\ \hline \end{array}": [
        "rule-left",
        "rule-right",
        "rule-top",
        "rule-bottom",
    ],
    r"\begin{array}{*{2}{r}@{\quad}l} a & b & c \end{array}": ['class="right"', 'class="left"'],
    r"\begin{pmatrix*}[r] -1 & 2 \\ 3 & -4 \end{pmatrix*}": ["<mo>(</mo>", 'class="right"'],
    r"\begin{split} a &= b \\ &= c \end{split}": ["<mtable"],
    r"\begin{alignat*}{2} a &= b & c &= d \end{alignat*}": ["<mtable"],
    r"\begin{eqnarray} a &=& b \end{eqnarray}": ["<mtable"],
    r"\begin{equation} \begin{split} a &= b \\ &= c \end{split} \end{equation}": ["<mtable"],
    r"\begin{align} a &= b \tag{A} \\ c &= d \end{align}": ["(A)"],
    r"\begin{cases} a \\[1em] b \end{cases}": ['depth="1em"'],
    r"\DeclareMathOperator{\Var}{Var} \newcommand{\R}{\mathbb{R}} \def\sq#1{#1^2} \Var(\R) = \sq{x}": ["Var", "ℝ", "<msup>"],
    r"\textcolor{red}{a} + \color{blue} b": ["colour-c0", "colour-c1"],
    r"\xrightarrow[\text{slow}]{n \to \infty}": ["<munderover>", "slow"],
    r"\sum_{\substack{i < n \\ j < m}} a_{ij}": ["<mtable", "&lt;"],
    r"√x + √{y} ≤ α": ["<msqrt>", "≤", "α"],
}  # fmt: skip


@pytest.mark.parametrize(("latex", "parts"), DRAWN.items())
def test_a_formula_is_made_of_what_browsers_draw(latex: str, parts: list[str]) -> None:
    markup = mathml(latex, "block")
    assert [part for part in parts if part not in markup] == []
    assert lxml.html.fromstring(markup).get("alttext") == " ".join(latex.split())
    for element in lxml.html.fromstring(markup).iter():
        assert element.tag in ELEMENTS
        assert set(element.attrib) <= ATTRIBUTES | {"xmlns"}


@pytest.mark.parametrize(
    ("latex", "rows"),
    [
        ("a = b + c\n\nd = e - f", 2),
        ("a &= b \\\\\n &= c\n\nd &= e", 3),
        ("a = b \\\\ c = d \\\\", 2),
        ("\\begin{aligned}\na &= b\n\n\\\\ c &= d\n\\end{aligned}", 2),
        ("\\begin{align} a &= b \\\\ c &= d \\end{align}", 2),
        ("a = b\n\n", 0),
    ],
)
def test_equations_that_blank_lines_part_are_lines(latex: str, rows: int) -> None:
    assert mathml(latex, "block").count("<mtr>") == rows
    assert "(1)" not in mathml(latex, "block")


@pytest.mark.parametrize(("latex", "tag"), [(r"a = b \tag{3}", "(3)"), (r"\tag*{Note} x", "Note"), ("x", "")])
def test_a_tag_stands_beside_its_formula(latex: str, tag: str) -> None:
    assert formula(latex, "block").tag == tag
    assert "3" not in lxml.html.fromstring(mathml(latex, "block")).text_content()


#: What is not drawn, and what the message must name.
TOLD = {
    r"\foo{a}": r"unknown command \foo",
    r"\begin{foo} a \end{foo}": "unknown environment foo",
    r"\SI{10}{\ms}": r"\SI, a command of siunitx",
    r"\ce{H2O}": r"\ce, a command of mhchem",
    r"\color{#ff0000} x": "a colour that does not follow",
    r"\textcolor{ForestGreen}{x}": "a colour that does not follow",
    r"\begin{array}{p{2cm}c} a & b \end{array}": "“p” in the columns",
    r"p = 50% \cdot x": "where % begins a comment",
    r"\frac{a": "unbalanced brace",
    r"\left( a": "something that is not closed",
    r"a^b^c": "two scripts of one kind",
    r"\newcommand{\f}[2][k]{#1} \f x": "a macro with an optional argument",
    r"\hspace{-2em} x": "a negative space",
    "x" * 20_000: "20,000 characters",
}


@pytest.mark.parametrize(("latex", "problem"), TOLD.items())
def test_what_cannot_be_drawn_is_told(latex: str, problem: str) -> None:
    with pytest.raises(ValueError, match=r".") as told:
        mathml(latex, "block")
    assert problem in told.value.args[0]
    assert told.value.args[1]


WORDS = {
    "O(n^2)": "O(n²)",
    r"\mathcal{O}(n \log n)": "O(n log n)",
    r"\sqrt{n} + \sqrt[3]{x + 1}": "√n + ³√(x+1)",
    r"\frac{1}{1-\rho}": "1/(1−ρ)",
    r"W = \frac{a + b}{2c}": "W = (a+b)/(2c)",
    r"\lambda_{ij} \le 10^{-6}\,\mathrm{ms}": "λᵢⱼ ≤ 10⁻⁶ ms",
    r"e^{-\lambda t} + x_{99}": "e^(−λt) + x₉₉",
    r"\sum_{i=1}^{n} \bar{x}_i": "∑ᵢ₌₁ⁿ x̄ᵢ",
    r"\begin{cases} 1 & \text{if } x > 0 \\ 0 \end{cases}": "{1 if x > 0; 0",
    r"\binom{n}{k} \in \mathbb{R}": "(n over k) ∈ ℝ",
}


@pytest.mark.parametrize(("latex", "seen"), WORDS.items())
def test_a_formula_in_a_title_is_read_as_signs(latex: str, seen: str) -> None:
    assert formula_words(latex) == seen


def test_the_words_of_a_text_are_what_readers_see() -> None:
    citation = addnodes.pending_xref("", nodes.inline("", "dean2013"), refdomain="cite", reftype="p", reftarget="dean2013")
    paragraph = nodes.paragraph("", "Re\u00adtries multiply load ", citation, nodes.Text(", CO"), nodes.subscript("", "2"))
    paragraph += [nodes.image(alt=" a box"), nodes.footnote_reference("", "1"), nodes.comment("", "not shown"), nodes.Text(".")]
    assert words(paragraph) == "Retries multiply load, CO₂ a box."


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("It waits, e.g. for a lock. Then it runs.", ["It waits, e.g. for a lock.", "Then it runs."]),
        ("Kafka vs. Redis, i.e. Fig. 3 of Dr. Who et al. 2013, at 3.5 ms. Next.",
            ["Kafka vs. Redis, i.e. Fig. 3 of Dr. Who et al. 2013, at 3.5 ms.", "Next."]),
        ("“Why?” Because. (So it is.) Done", ["“Why?”", "Because.", "(So it is.)", "Done"]),
        ("D. Knuth wrote it… and left, etc. He did.", ["D. Knuth wrote it… and left, etc.", "He did."]),
        ("待ち行列。次の文。", ["待ち行列。", "次の文。"]),
    ],
)  # fmt: skip
def test_a_sentence_ends_where_another_begins(text: str, sentences: list[str]) -> None:
    ends = [0, *(end for end in sentence_ends(text) if end < len(text)), len(text)]
    assert [text[start:end].strip() for start, end in pairwise(ends)] == sentences
