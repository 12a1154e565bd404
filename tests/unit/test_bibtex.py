"""Sources as reference managers write them are printed as their readers expect, or their author is told."""

from __future__ import annotations

import pytest
from insights.check.bibliography_rules import every_source_is_cited, sources_can_be_printed
from insights.markup import ReferenceStyle, complete
from pybtex.database import parse_string


def printed(bibliography: str, form: str = "text") -> str:
    """The last source of a bibliography, on one line."""
    entries = parse_string(bibliography, "bibtex").entries
    entry = complete(list(entries.values())[-1], entries)
    text = ReferenceStyle().format_entry("", entry).text
    return " ".join(text.render_as(form).replace("\xa0", " ").split())


@pytest.mark.parametrize(
    ("title", "read"),
    [
        (r"Nguy{\~\^e}n, Nguy\~{\^e}n and {\"o}\ss{}", "Nguyễn, Nguyễn and öß"),
        (r"{\v S}koda, \v{C}apek, Erd{\H o}s, \o{}re, \AA ngstr\"om, na\"{\i}ve", "Škoda, Čapek, Erdős, øre, Ångström, naïve"),
        (r"An $O(n \log n)$ sort in \(10^{-3}\) seconds", "An O(n log n) sort in 10−3 seconds"),
        (r"Why $\lambda \le \frac{1}{2}\mu$ for $x_i^2 \approx \sqrt{n}$", "Why λ ≤ 1/2µ for xi2 ≈ √n"),
        (r"\emph{A} \textbf{b} \texttt{c} \textsc{D} {\it e} \LaTeX{} f", "A b c D e LaTeX f"),
        (r"``Quoted'' -- and --- 50\% of \$5 \& \#1 a\_b", "“Quoted” – and — 50% of $5 & #1 a_b"),
    ],
)
def test_latex_in_a_title_becomes_what_it_stands_for(title: str, read: str) -> None:
    assert printed(f"@misc{{key, title={{{title}}}, year=2020}}") == f"{read}. 2020."


def test_emphasis_code_and_exponents_in_a_title_stay_marked() -> None:
    html = printed(r"@misc{key, title={\emph{A} \texttt{b} $2^{n}$}, year=2020}", "html")
    assert html.count("<em>") == html.count("<tt>") == html.count("<sup>") == 1


@pytest.mark.parametrize(
    ("entry", "read"),
    [
        (r"@online{k, author={A B}, title={T}, date={2021-03-04}, url={https://a.example/S\_D\%20x\&y}}",
         "A B. T. March 2021. a.example."),
        (r"@article{k, author={A B}, title={T}, journaltitle={J}, date={2021}, doi={10.1007/1\_2}}",
         "A B. T. J, 2021. doi:10.1007/1_2."),
        ("@report{k, author={A B}, title={T}, institution={MIT}, type={techreport}, date={2019-05/2020-07}}",
         "A B. T. Technical Report, MIT, 2019–2020."),
        ("@thesis{k, author={A B}, title={T}, institution={MIT}, type={mathesis}, date={2018}}",
         "A B. T. Master's thesis, MIT, 2018."),
        ("@software{k, author={{The Go Authors}}, title={Go}, date={2023}, subtitle={A language}}",
         "The Go Authors. Go: A language. 2023."),
        (r"@misc{k, title={T}, howpublished={\url{https://a.example/x_y}}, year=2020}", "T. 2020. a.example."),
        ("@misc{k, author={A B}, title={T}, eprint={2101.00001}, archivePrefix={arXiv}, year=2021}", "A B. T. 2021. arxiv.org."),
        ("@misc{k, title={T}, url={https://a.example}, urldate={2022-01-31}, date={2020~}}",
         "T. 2020. a.example (visited on 2022-01-31)."),
        ("@book{b, title={The Book}, editor={E F}, publisher={P}, year=2001}"
         "@incollection{k, author={A B}, title={T}, crossref={b}}", "A B. T. In E F, editor, The Book. P, 2001."),
        ("@xdata{x, publisher={P}, year=2001} @book{k, author={A B}, title={T}, xdata={x}}", "A B. T. P, 2001."),
        ('@string{j = "J"} @comment{x} @article{k, author={A B and others}, title={T}, journal=j, year=2020, month=mar}',
         "A B and others. T. J, March 2020."),
    ],
)  # fmt: skip
def test_an_entry_of_biblatex_is_printed_as_one_of_bibtex(entry: str, read: str) -> None:
    assert printed(entry) == read
    assert not list(sources_can_be_printed(entry))


@pytest.mark.parametrize(
    ("url", "address"),
    [
        (r"https://a.example/S\_D", "https://a.example/S_D"),
        (r"\url{https://a.example/{\%}20~x}", "https://a.example/%20~x"),
        ("https://bücher.example/ä", "https://xn--bcher-kva.example/%C3%A4"),
    ],
)
def test_the_address_of_a_source_can_be_followed(url: str, address: str) -> None:
    assert f'href="{address}"' in printed(f"@misc{{key, title={{T}}, year=2020, url={{{url}}}}}", "html")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        (r"title={A \foo{b}}", r"the source key has the LaTeX command \foo, which would be printed"),
        ("title={T}, url={javascript:alert(1)}", "the url of key is 'javascript:alert(1)'"),
        ("title={T}, date={last spring}", "the date of key is 'last spring'; write it as 2021-03-04"),
    ],
)
def test_what_cannot_be_printed_is_told_at_the_line_of_its_entry(fields: str, told: str) -> None:
    (problem,) = sources_can_be_printed(f"@misc{{other, title={{O}}}}\n@misc{{key, {fields}}}")
    assert (problem.line, problem.message.startswith(told)) == (2, True)


@pytest.mark.parametrize(
    "text",
    [
        "{cite:t}`key`", "{cite:p}`{see}key{p. 3}, other`", "{footcite}`key`", "{cite}`other,\nkey`", ":cite:`key`",
        "```{bibliography}\n:filter: False\n\nkey\n```", "```{bibliography}\n:all:\n```",
    ],
)  # fmt: skip
def test_a_source_is_cited_by_any_role_and_by_any_list(text: str) -> None:
    assert not list(every_source_is_cited("@misc{key, title={T}}", [text]))
    assert list(every_source_is_cited("@misc{key, title={T}}", ["{cite}`other` and key"]))


@pytest.mark.parametrize("field", ["author", "title", "note"])
def test_a_backslash_that_ends_a_field_is_printed(field: str) -> None:
    fields = {"author": "A", "title": "T"} | {field: "Bee\\"}
    entry = "".join(f", {name}={{{value}}}" for name, value in fields.items())
    assert "Bee\\" in printed(f"@misc{{key{entry}, year=2020}}")
    assert list(sources_can_be_printed(f"@misc{{key{entry}, year=2020}}")) == []
