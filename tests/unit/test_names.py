"""The names of an essay stay in it, whatever the order in which texts are read or merged."""

from __future__ import annotations

from itertools import permutations

import pytest
from insights.markup.names import Names, Seen

READ = (
    ("essays/a/index", "setup"),
    ("essays/b/index", "setup"),
    ("essays/b/index", "cost"),
    ("glossary", "fault"),
    ("essays/a/index", "fault"),
)


def read(texts: tuple[tuple[str, str], ...], processes: int) -> Names:
    """What so many processes note, each reading some of the texts."""
    whole = Names()
    for process in range(processes):
        part, docnames = Names(), set()
        for docname, name in texts[process::processes]:
            Seen(part, docname)[name] = (docname, name)
            docnames.add(docname)
        whole.take(part, docnames)
    return whole


@pytest.mark.parametrize("processes", [1, 2, 3])
@pytest.mark.parametrize(
    ("text", "name", "found"),
    [
        ("essays/a/index", "setup", "essays/a/index"),
        ("essays/b/index", "setup", "essays/b/index"),
        ("essays/c/index", "setup", None),  # which of the two?
        ("essays/c/index", "cost", "essays/b/index"),
        ("essays/a/index", "fault", "essays/a/index"),
        ("essays/c/index", "fault", "glossary"),  # the shared text, not another essay
    ],
)
def test_a_reference_finds_its_own_essay_then_shared_texts_then_one_other(
    processes: int, text: str, name: str, found: str | None
) -> None:
    for order in permutations(READ):
        value = Seen(read(order, processes), text).get(name)
        assert (value and value[0]) == found


def test_a_text_that_is_being_read_meets_only_its_own_names() -> None:
    names = read(READ, 1)
    assert "cost" not in Seen(names, "essays/a/index", alone=True)
    assert "setup" in Seen(names, "essays/a/index", alone=True)


def test_a_deleted_essay_leaves_no_names() -> None:
    names = read(READ, 1)
    names.forget("essays/b/index")
    assert Seen(names, "essays/c/index")["setup"] == ("essays/a/index", "setup")
    assert "cost" not in Seen(names, "essays/c/index")
