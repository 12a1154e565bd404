"""The first column of a table is headings where it names the rows."""

from __future__ import annotations

import pytest
from docutils import nodes
from insights.markup.tables import mark_row_heads, table_name


def table(*lines: str) -> nodes.document:
    """A document with a table, whose first line is its head."""
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    group = nodes.tgroup("", *(nodes.colspec() for _ in rows[0]), cols=len(rows[0]))
    made = [nodes.row("", *(nodes.entry("", nodes.paragraph("", cell)) for cell in row)) for row in rows]
    group += [nodes.thead("", made[0]), nodes.tbody("", *made[1:])]
    document = nodes.document(None, None)  # type: ignore[arg-type]
    document += nodes.table("", group)
    return document


@pytest.mark.parametrize(
    ("lines", "heads"),
    [
        ((" | p50 | p99", "one call | 5 ms | 90 ms", "ten calls | 40 ms | 99 ms"), True),
        (("Milliseconds | Mean | p99", "now | 12.5 | 90", "later | ≈ 3 | –"), True),
        ((" | What", "read | it reads a block", "write | it writes one"), True),
        (("Coverage | 1 | 2", "90% | 5,000 | 600", "99% | 5,000 | 90"), False),
        (("Name | Meaning", "read | it reads a block", "write | it writes one"), False),
        (("Step | Took", "read | 3 ms", "read | 4 ms"), False),
        ((" | A", " | 1", "b | 2"), False),
        (("Service | Up", "api | ✓", "web | ✗"), True),
        (("Year | Title", "1998 | A paper", "2001 | Another"), False),
        (("Only", "one", "two"), False),
        ((" | ", "a | b", "c | d"), False),
        (("Place | When", "Vienna | 12 May 2026, in the old hall", "Graz | 14 May"), False),
    ],
)
def test_a_first_column_that_names_the_rows_is_headings(lines: tuple[str, ...], heads: bool) -> None:
    document = table(*lines)
    mark_row_heads(None, document)  # type: ignore[arg-type]
    assert next(document.findall(nodes.colspec)).get("stub", 0) == heads


def test_a_table_without_a_caption_is_named_by_its_columns() -> None:
    found = next(table(" | Mean | p99", "a | 1 | 2").findall(nodes.table))
    assert table_name(found) == "Table: Mean, p99"
    found.insert(0, nodes.title("", "Waiting"))
    assert table_name(found) == "Table: Waiting"
