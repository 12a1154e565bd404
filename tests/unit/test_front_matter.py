"""A header is either right, or its author is told what is wrong with it, where, and what to write instead."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from insights.cache import Store
from insights.problems import Problem
from insights.source.essays import Vocabulary, essay_problems, read_essays
from insights.source.front_matter import parse_front_matter, slug_of, slug_problems, split_front_matter

GOOD = {"date": "2026-04-28", "category": "System Design", "summary": "What it says."}
FIELDS = "date, title, category, summary, tags, featured, related, revisions, draft, rules, original, id"
A_DAY = "write a day as YYYY-MM-DD, such as 2026-04-28"
A_LIST = "write a list of tags from conf.py, such as [latency, queueing]"
AN_ADDRESS = "the address where the text appeared first, such as https://old.example/2019/post/"
AN_ENTRY = "write a list of entries such as {date: 2026-05-10, note: What changed.}"
REVISED = "revisions: [{date: 2026-05-10, note: Corrected a figure.}]"


def header(**changes: str | None) -> str:
    """A good header with fields written otherwise, added, or (None) left out; the first stands on line 2."""
    fields = {key: value for key, value in (GOOD | changes).items() if value is not None}
    return "---\n" + "".join(f"{key}: {value}\n" for key, value in fields.items()) + "---\n# Title\n"


BAD = {
    "nothing at all": ("", 1, "no front matter; begin the file with a line ---, the fields, and a line ---"),
    "no header": ("# Title\n", 1, "no front matter; begin the file with a line ---, the fields, and a line ---"),
    "a header that does not end":
        ("---\ndate: 2026-04-28\n", 1, "the front matter has no end; write a line --- below its last field"),
    "a list for a header":
        ("---\n- date\n---\n", 2, "the front matter is not a list of fields; write one `name: value` per line"),
    "a colon in a summary": (
        header(summary="One: two"), 4,
        "the front matter is not YAML: mapping values are not allowed here; put quotes around text that contains : or #",
    ),
    "a list that does not end": (header(tags="[a, b"), 5, "the [ in this line is not closed; write ] at its end"),
    "a quote that does not end": (header(summary='"One'), 4, "the quote in this line is not closed; write another at its end"),
    "a tab": (header(summary="\tx"), 4, "the front matter is not YAML: it has a tab; write spaces instead"),
    "no space behind a colon": (
        header().replace("category: ", "category:"), 3,
        "the front matter is not YAML: no field; write category: System Design",
    ),
    "an equals sign": (
        header().replace("category: ", "category = "), 3,
        "the front matter is not YAML: no field; write category: System Design",
    ),
    "an indented field": (
        header().replace("category", "  category"), 3,
        "the front matter is not YAML: the field `category` is indented; begin it at the start of its line",
    ),
    "marks of git": (
        header(tags="[a]\n<<<<<<< HEAD\nfeatured: true\n=======\nfeatured: false\n>>>>>>> other"), 6,
        "<<<<<<< marks a conflict that is not resolved; keep one of the versions",
    ),
    "an anchor":
        (header(summary="&a x", tags="*a"), 4,
            "the front matter is not YAML: an anchor &a, which front matter does not allow; "
            "put quotes around text that contains : or #"),
    "an object": (
        header(summary="!!python/name:os.system x"), 4,
        "the front matter is not YAML: a tag tag:yaml.org,2002:python/name:os.system, which front matter does not allow; "
        "put quotes around text that contains : or #",
    ),
    "a field twice": (header(tags="[]\ntags: []"), 6, "`tags` appears twice; keep one"),
    "a number sign in a summary":
        (header(summary="Why issue #5 came back"), 4,
            "`summary` ends before '#5 came back', which is a comment in YAML; put quotes around the whole text"),
    "a number sign in a note": (
        header(revisions="\n  - date: 2026-05-10\n    note: See # 5"), 7,
        "`note` ends before '# 5', which is a comment in YAML; put quotes around the whole text",
    ),
    "no date": (header(date=None), 2, f"`date` is missing; {A_DAY}"),
    "no category": (header(category=None), 2, "`category` is missing; write one of the categories in conf.py"),
    "no summary": (header(summary=None), 2, "`summary` is missing; write one or two sentences of text"),
    "a year for a date": (header(date="2026"), 2, f"`date` is 2026; {A_DAY}"),
    "an American date": (header(date="04/28/2026"), 2, f"`date` is '04/28/2026'; {A_DAY}"),
    "a date in words": (header(date="28 April 2026"), 2, f"`date` is '28 April 2026'; {A_DAY}"),
    "a date without noughts": (header(date="2026-4-28"), 2, f"`date` is '2026-4-28'; {A_DAY}"),
    "a day that never was": (header(date="2026-02-30"), 2, f"`date` is '2026-02-30'; {A_DAY}"),
    "an empty date": (header(date=""), 2, f"`date` is empty; {A_DAY}"),
    **{
        f"no address of an original: {address}":
            (header(original=address), 5, f"`original` is {address.strip(chr(34))!r}; write {AN_ADDRESS}")
        for address in ("old.example/post", "/2019/post/", "ftp://old.example/", "https://post/", "https://me@old.example/x",
                        '"https://old.example/a b"', "https://old.example/#part", "javascript:alert(1)")
    },
    "two categories":
        (header(category="[System Design, Infrastructure]"), 3,
            "`category` is ['System Design', 'Infrastructure']; write one of the categories in conf.py"),
    "an empty category": (header(category=""), 3, "`category` is empty; write one of the categories in conf.py"),
    "a number for a summary": (header(summary="42"), 4, "`summary` is 42; write one or two sentences of text"),
    "a blank summary": (header(summary="'  '"), 4, "`summary` is '  '; write one or two sentences of text"),
    "a summary that is true": (header(summary="true"), 4, "`summary` is true; write one or two sentences of text"),
    "tags in words": (header(tags="latency"), 5, f"`tags` is 'latency'; {A_LIST}"),
    "a tag that is a number": (header(tags="[latency, 5]"), 5, f"`tags` is 5; {A_LIST}"),
    "an empty tag": (header(tags="['']"), 5, f"`tags` is ''; {A_LIST}"),
    "featured in words": (header(featured="perhaps"), 5, "`featured` is 'perhaps'; write true or false"),
    "featured as a number": (header(featured="1"), 5, "`featured` is 1; write true or false"),
    "a draft in quotes": (header(draft="'true'"), 5, "`draft` is 'true'; write true or false"),
    "related as text":
        (header(related="first"), 5,
            "`related` is 'first'; write a list of essays by folder name, such as [designing-for-failure]"),
    "a revision in words": (header(revisions="[Corrected.]"), 5, f"`revisions` is 'Corrected.'; {AN_ENTRY}"),
    "revisions as one entry":
        (header(revisions="{date: 2026-05-10, note: x}"), 5, f"`revisions` is {{'date': '2026-05-10', 'note': 'x'}}; {AN_ENTRY}"),
    "a revision without a note":
        (header(revisions="[{date: 2026-05-10}]"), 5, "`revisions.note` is missing; write a sentence that says what changed"),
    "a revision without a date":
        (header(revisions="\n  - note: x"), 6, "`revisions.date` is missing; write a day as YYYY-MM-DD, such as 2026-05-10"),
    "a revision on no day":
        (header(revisions="\n  - note: x\n    date: soon"), 7,
            "`revisions.date` is 'soon'; write a day as YYYY-MM-DD, such as 2026-05-10"),
    "a field of a revision that does not exist": (
        header(revisions="\n  - {date: 2026-05-10, note: x, notes: y}"), 6,
        "unknown field 'notes'; did you mean 'note'? Allowed are: date, note",
    ),
    "a mistyped field": (header(catgory="x"), 5, f"unknown field 'catgory'; did you mean 'category'? Allowed are: {FIELDS}"),
    "a field of ABlog's":
        (header(series="Queues"), 5,
            "the field `series` has no effect here: link to the other essays of a series in the text, or name them in related"),
    "a field of Furo's":
        (header(**{"hide-toc": "true"}), 5,
            "the field `hide-toc` has no effect here: a text with headings has an outline beside it; remove it"),
    "a field of nobody's": (header(zzz="x"), 5, f"unknown field 'zzz'; allowed are: {FIELDS}"),
}  # fmt: skip


@pytest.mark.parametrize(
    "written", ["2021-03-04T10:00:00Z", "2021-03-04 10:00:00 +0200", "2021-03-04 10:00", '"Mar 4, 2021"', "March 4, 2021"]
)
def test_a_day_can_be_written_as_other_generators_write_it(written: str) -> None:
    record = parse_front_matter(header(date=written, tags="latency, queueing", title="T")).record
    assert record is not None
    assert (record.date.isoformat(), record.tags, record.title) == ("2021-03-04", ["latency", "queueing"], "T")


@pytest.mark.parametrize(("text", "line", "message"), BAD.values(), ids=BAD.keys())
def test_an_error_in_front_matter_is_explained(text: str, line: int, message: str) -> None:
    assert parse_front_matter(text).problems == [Problem(line, message)]


def test_all_errors_in_front_matter_are_reported_at_once() -> None:
    problems = parse_front_matter(header(date="2026", summary="42", draft="perhaps", titel="x")).problems
    assert [problem.line for problem in problems] == [2, 4, 5, 6]


def test_valid_front_matter_becomes_a_record() -> None:
    record, problems, _ = parse_front_matter(
        header(tags="[latency]", featured="true", related="[first]", revisions=REVISED.removeprefix("revisions: "))
    )
    assert problems == []
    assert record is not None
    assert (record.date, record.tags, record.featured, record.draft) == (date(2026, 4, 28), ["latency"], True, False)
    assert record.revisions[0].note == "Corrected a figure."


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + header(),
        header().replace("\n", "\r\n"),
        header(date="'2026-04-28'"),
        header(summary=">\n  What\n  it says."),
        header(date="2026-04-28 # a day", summary="'What it says.' # two sentences"),
    ],
)
def test_front_matter_can_be_written_in_the_ways_of_editors(text: str) -> None:
    record, problems, _ = parse_front_matter(text)
    assert (record and record.summary, problems) == ("What it says.", [])


def test_a_summary_over_several_lines_is_one_paragraph() -> None:
    record = parse_front_matter(header(summary="|\n  One\n  two.")).record
    assert record is not None
    assert record.summary == "One two."


def test_front_matter_has_the_lines_that_it_reports() -> None:
    block, length = split_front_matter(header())
    assert header().splitlines()[length:] == ["# Title"]
    assert block == "date: 2026-04-28\ncategory: System Design\nsummary: What it says.\n"


@pytest.mark.parametrize("slug", ["designing-for-failure", "a", "2pc", "ipv6"])
def test_a_folder_name_can_have_letters_digits_and_hyphens(slug: str) -> None:
    assert list(slug_problems(slug)) == []


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Designing for Failure: Why Great Systems Don’t Try", "designing-for-failure"),
        ("Your App Isn’t Slow", "your-app-isnt-slow"),
        ("It's 2 a.m.", "its-2-a-m"), ("Time—Space “Or”Else", "time-space-or-else"), ("Straße", "strasse"),
        ("Ébène & Co.", "ebene-co"), ("漢字", ""), ("…", ""), (" ", ""),
    ],
)  # fmt: skip
def test_a_title_suggests_an_address(title: str, slug: str) -> None:
    assert slug_of(title) == slug


SLUGS = {
    "Designing for Failure":
        "the folder name 'Designing for Failure' is not an address; use a-z, 0-9 and single hyphens, "
        "such as 'designing-for-failure'",
    "under_score": "the folder name 'under_score' is not an address; use a-z, 0-9 and single hyphens, such as 'under-score'",
    "-x": "the folder name '-x' is not an address; use a-z, 0-9 and single hyphens, such as 'x'",
    "ébène": "the folder name 'ébène' is not an address; use a-z, 0-9 and single hyphens, such as 'ebene'",
    "category": "the folder name 'category' belongs to another page; "
    "allowed is any but archive, author, category, drafts, language, location, tag and years",
    "2026":
        "the folder name '2026' belongs to another page; "
        "allowed is any but archive, author, category, drafts, language, location, tag and years",
}  # fmt: skip


@pytest.mark.parametrize(("slug", "message"), SLUGS.items())
def test_an_error_in_a_folder_name_is_explained(slug: str, message: str) -> None:
    assert list(slug_problems(slug)) == [message]


# -- Essays against conf.py, and against each other -----------------------------------------------------------------------------

VOCABULARY = Vocabulary({"System Design": "", "Infrastructure": ""}, ["latency", "queueing"])
TODAY = date(2026, 6, 1)


def problems(folder: Path, essays: dict[str, str], *, hidden: bool = False) -> list[str]:
    """What is wrong with ``essays``, by path, as ``path:line: message``."""
    for path, text in essays.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    found = essay_problems(folder, read_essays(folder, Store(folder / "store")), VOCABULARY, TODAY, hidden=hidden)
    return [f"{path.relative_to(folder).as_posix()}:{problem.line}: {problem.message}" for path, problem in found]


TOGETHER = {
    "an unknown category": ({"a/index.md": header(category="Sytem Design")},
        ["a/index.md:3: unknown category 'Sytem Design'; did you mean 'System Design'? Allowed are: System Design, "
         "Infrastructure"]),
    "an unknown tag":
        ({"a/index.md": header(tags="[latency, cats]")}, ["a/index.md:5: unknown tag 'cats'; allowed are: latency, queueing"]),
    "a tag twice": ({"a/index.md": header(tags="[latency, latency]")}, ["a/index.md:5: `tags` names 'latency' twice; keep one"]),
    "a related essay that does not exist": ({"a/index.md": header(related="[c]"), "b/index.md": header()},
        ["a/index.md:5: unknown essay in `related`: 'c'; allowed are: b"]),
    "a related essay where there is no other": ({"a/index.md": header(related="[c]")},
        ["a/index.md:5: unknown essay in `related`: 'c'; there is none, so remove it"]),
    "an essay related to itself": ({"a/index.md": header(related="[a]"), "b/index.md": header()},
        ["a/index.md:5: `related` names this essay itself; take it out"]),
    "a revision before publication": ({"a/index.md": header(revisions="[{date: 2026-04-01, note: x}]")},
        ["a/index.md:5: the revision of 2026-04-01 is older than the essay, of 2026-04-28"]),
    "a revision on a day to come":
        ({"a/index.md": header(revisions="[{date: 2026-06-01, note: x}, {date: 2026-06-02, note: y}]")},
        ["a/index.md:5: the revision of 2026-06-02 is in the future; write today’s date (UTC), 2026-06-01, or an earlier one"]),
    "two featured essays": ({"a/index.md": header(featured="true"), "b/index.md": header(featured="true")},
        ["a/index.md:5: `featured` is true here and in b; allowed is one essay, so take it out of the others",
         "b/index.md:5: `featured` is true here and in a; allowed is one essay, so take it out of the others"]),
    "an essay without a folder": ({"a.md": header()},
        ["a.md:1: this file becomes no page; an essay is a folder with a file index.md: move the text to {}/a/index.md"]),
    "files beside an essay": (dict.fromkeys(("a/more.md", "a/parts/one.md", "a/CHANGES.rst", "a/#index.md#", "a/index.md~"), "")
        | {"a/index.md": header()}, []),
    "what editors keep": (dict.fromkeys(("a/.#index.md", "a/.index.md.swp", "#a.md#", ".#a.md", "a.md~", "b/a.md.orig"), ""), []),
    "texts that become no pages": (dict.fromkeys(("a/text.md", "b.md", "2024/c/index.md", "d/index.rst"), "x"), [
        "b.md:1: this file becomes no page; an essay is a folder with a file index.md: move the text to {}/b/index.md",
        "2024/c/index.md:1: this file becomes no page; an essay is a folder with a file index.md: move the text to {}/c/index.md",
        "a/text.md:1: this file becomes no page; an essay is a folder with a file index.md: move the text to {}/a/index.md",
        "d/index.rst:1: this file becomes no page; an essay is a folder with a file index.md: move the text to {}/d/index.md",
    ]),
    "a model without an essay": ({"a/model.py": ""}, ["a:1: a model without an essay; write {}/a/index.md"]),
    "folders that differ in case": ({"a/index.md": header(), "A/index.md": header()},
        ["a:1: the folders A and a differ only in case; rename one",
         "A/index.md:1: the folder name 'A' is not an address; use a-z, 0-9 and single hyphens, such as 'a'"]),
}  # fmt: skip


@pytest.mark.parametrize(("essays", "expected"), TOGETHER.values(), ids=TOGETHER.keys())
def test_essays_are_checked_against_each_other(tmp_path: Path, essays: dict[str, str], expected: list[str]) -> None:
    assert problems(tmp_path, essays) == [message.format(tmp_path.name) for message in expected]


def test_only_a_preview_reports_errors_in_a_hidden_essay(tmp_path: Path) -> None:
    scheduled = header(date="2026-07-01", revisions="[{date: 2026-07-02, note: x}]")
    assert problems(tmp_path, {"a/index.md": scheduled}) == []
    (said,) = problems(tmp_path, {}, hidden=True)
    assert said.startswith("a/index.md:5: the revision of 2026-07-02 is in the future")


def test_a_draft_can_be_featured_beside_a_published_essay(tmp_path: Path) -> None:
    assert problems(tmp_path, {"a/index.md": header(featured="true"), "b/index.md": header(featured="true", draft="true")}) == []


def test_text_that_is_not_utf_8_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a/index.md").write_bytes(b"---\nsummary: \xff\n")
    assert problems(tmp_path, {}) == ["a/index.md:2: not UTF-8 text: invalid start byte at byte 13; save the file as UTF-8"]


HOSTILE = {
    "a billion laughs": "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]",
    "lists in lists": "tags: " + "[" * 5000,
    "fields in fields": "".join(f"{' ' * depth}a:\n" for depth in range(150)),
    "a call": "date: !!python/object/apply:os.system [id]",
    "a number that is none": "date: !!int x",
    "a number without end": "featured: " + "9" * 5000,
    "another": "featured: 0x" + "f" * 5000,
    "a list for a name": "? [a, b]\n: c",
    "a number for a name": "1: 2",
    "a number for a name of a revision": "revisions: [{1: 2}]",
    "nothing for a name": "~: 2",
    "a merge": "<<: {date: 2026-05-01}",
    "a character that is none": 'summary: "\\UFFFFFFFF"',
    "half a character": 'summary: "\\ud800"',
    "a null": 'summary: "a\\0b"',
    "twenty thousand fields": "".join(f"k{number}: v\n" for number in range(20_000)),
    "a summary as long as a book": "summary: " + "word " * 200_000,
    "two documents": "a: b\n...\nc: d",
    "another YAML": "%YAML 9.9",
}


@pytest.mark.parametrize("block", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_front_matter_is_refused_with_a_line(block: str) -> None:
    record, found, _ = parse_front_matter(f"---\n{block}\n---\n# Title\n")
    assert record is None
    assert all(problem.line >= 1 and len(problem.message) < 400 and "\n" not in problem.message for problem in found)
    assert len(found) > 0
