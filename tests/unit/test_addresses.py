"""No address leads where it can harm a reader, and a setting that is wrong is told with what it can be."""

from __future__ import annotations

from typing import Any

import pytest
from insights.addresses import address_problem, refused_scheme
from insights.check import bibliography_rules
from insights.markup import ReferenceStyle, complete
from insights.settings import setting_problems, wrong_type
from pybtex.database import parse_string
from sphinx.config import Config, _Opt


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        " JavaScript:x",
        "java\tscript:x",
        "\x01java\nscript:x",
        "data:text/html,x",
        "vbscript:x",
        "file:///x",
    ],
)
def test_a_scheme_that_harms_is_refused_however_it_is_written(address: str) -> None:
    assert refused_scheme(address, ("https", "javascript", "data"))


@pytest.mark.parametrize("field", ["title", "note", "howpublished", "author", "publisher", "url"])
@pytest.mark.parametrize("written", [r"\url{javascript:alert(1)}", r"A \url{data:text/html,x} b", r"{\url{JavaScript:x}}"])
def test_a_source_has_no_link_that_harms(field: str, written: str) -> None:
    fields = {"title": "T", "author": "A B", "year": "2020"} | {field: written}
    text = f"@book{{key, {', '.join(f'{name} = {{{value}}}' for name, value in fields.items())}, publisher = {{P}}}}"
    if field == "publisher":
        text = text.replace(", publisher = {P}}", "}")
    entries = parse_string(text, "bibtex").entries
    shown = ReferenceStyle().format_entry("", complete(entries["key"], entries)).text.render_as("html")
    assert "script:" not in shown.partition('href="')[2].partition('"')[0].lower()
    assert any(
        "that begins with https:// or http://" in problem.message for problem in bibliography_rules.sources_can_be_printed(text)
    )


SITE = "https://insights.example/"


@pytest.mark.parametrize(
    "address", [SITE, "http://localhost:8000/", f"{SITE}notes/", "https://bücher.example/", "https://[::1]:8443/"]
)
def test_the_address_of_a_site_has_a_scheme_a_host_and_a_path(address: str) -> None:
    assert address_problem(address, plain=True) == ""
    assert setting_problems({"html_baseurl": address}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("html_baseurl", value) for value in (
            "insights.example/notes/", f"{SITE}?x=1/", "https://ada:pw@a.example/", "ftp://a.example/", "https:///",
            "https://a b/",
            f"{SITE}#/", "https://[::1/", "https://a.example:99999/", 'https://a.example/"/', SITE.rstrip("/"), 5, None)),
        *(("insights_email", value) for value in ("no-at", "a@b", "a@b.de>", "a@b.de\nBcc: c@d.de", None)),
        *(("insights_repository", value) for value in ("javascript:alert(1)", "git@github.com:a/b", "https://a@b.example/c", 1)),
        *(("insights_hsts", value) for value in ('max-age=1" always', "max-age=1\nX: y", "31536000", 31536000)),
        *(("insights_today", value) for value in ("9999-12-31", "1999-01-01", "2026-13-01", "2026-W01-1", "today", 1)),
        *(("insights_redirects", value) for value in (["/a/"], {"/a/": 1}, "/a/", None)),
        *(("insights_categories", value) for value in ({}, ["A"], {"A": None}, {"A\0": "b"})),
        *(("insights_tag_authority", value) for value in ("a.example", "a.example,26", "a b,2026", None)),
        ("insights_tags", "latency"), ("insights_html", [1]), ("insights_rules", "off"), ("insights_description", "a\x07"),
        ("include_patterns", None),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_told_with_its_name_and_what_was_written(name: str, value: object) -> None:
    problem = setting_problems({name: value})[name]
    assert problem.startswith(f"{name} is {value!r}: ")
    assert "write" in problem or "remove" in problem


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("insights_hsts", "max-age=63072000; includeSubDomains; preload"), ("insights_repository", "https://git.sr.ht/~a/b"),
        ("insights_repository", ""), ("insights_today", ""), ("insights_tag_authority", "ada@a.example,2026-01-01"),
        ("insights_email", "ada+x@bücher.example"), ("insights_categories", {"A": "About\nit."}),
    ],
)  # fmt: skip
def test_a_right_setting_passes(name: str, value: object) -> None:
    assert setting_problems({name: value}) == {}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("language", 4, "language is 4; write a str"),
        ("exclude_patterns", [None], "exclude_patterns has None; write a text in quotes"),
        ("extensions", 3, "extensions is 3; write a list or a tuple"),
        ("extensions", [4], "extensions has 4; write a text in quotes"),
        ("source_suffix", 7, "source_suffix is 7; write a dict or a list or a str"),
        ("bibtex_bibfiles", {"a": 1}, "bibtex_bibfiles is {'a': 1}; write a list or a tuple"),
        ("html_css_files", ["a.css", ("b.css", {"media": "print"}), 4], "html_css_files has 4; write a text in quotes"),
        ("numfig_format", {3: 4}, "numfig_format has 3; write a text in quotes"), ("numfig", 2, "numfig is 2; write a bool"),
        ("myst_enable_extensions", 3, "myst_enable_extensions is 3; write a set"),
        ("myst_words_per_minute", True, "myst_words_per_minute is True; write an int"),
        ("language", "de", ""), ("exclude_patterns", ("a",), ""), ("source_suffix", ".md", ""),
        ("source_suffix", {".md": None}, ""),
        ("html_css_files", [("b.css", {"media": "print"})], ""), ("myst_enable_extensions", ["alert"], ""),
        ("suppress_warnings", ["a.b"], ""), ("blog_path", True, ""), ("myst_url_schemes", ["https"], ""),
    ],
)  # fmt: skip
def test_a_setting_of_another_type_is_told_whoever_defines_it(name: str, value: object, told: str) -> None:
    defaults = {"enable_extensions": set(), "words_per_minute": 200, "url_schemes": {}}
    of_myst = {f"myst_{field}": _Opt(default, "env", frozenset({Any})) for field, default in defaults.items()}
    options = Config.config_values | of_myst | {"blog_path": _Opt("blog", "env", frozenset())}
    assert wrong_type(name, value, options.get(name)) == told
