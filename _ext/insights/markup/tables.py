"""What a table says of itself: its name for screen readers, and which of its columns are headings of their rows."""

import re

from docutils import nodes
from sphinx.application import Sphinx

from .wording import words

#: The most characters of a name that is made of the heads of columns.
LONGEST = 80
#: A cell that holds a value: a number with or without its unit and sign, a mark, or nothing.
VALUE = re.compile(r"(?:[^\w\s]*\s*\d[\d.,:’'\s]*.{0,12}|[–—−✓✗✔✘×-]?|yes|no|n/a)", re.IGNORECASE | re.DOTALL)
#: The most characters of a name at the head of a row.
NAME = 40


def table_name(table: nodes.table) -> str:
    """The name of a table for screen readers: its caption, else the heads of its columns."""
    if title := table.next_node(nodes.title):
        return f"Table: {words(title)}"
    head = table.next_node(nodes.thead)
    names = [words(entry) for entry in head.findall(nodes.entry)] if head else []
    text = ", ".join(filter(None, names))
    if len(text) > LONGEST:
        text = text[:LONGEST].rpartition(", ")[0]
    return f"Table: {text}" if text else "Table"


def mark_row_heads(app: Sphinx, doctree: nodes.document) -> None:
    """Make the first column of a table the headings of its rows, where it names them.

    It does if its own head is empty, or if all that stands behind it is values. An author says so with `:stub-columns:`.
    """
    for group in doctree.findall(nodes.tgroup):
        body, head = group.next_node(nodes.tbody), group.next_node(nodes.thead)
        columns = [column for column in group.children if isinstance(column, nodes.colspec)]
        if head is None or body is None or not columns or any("stub" in column for column in columns):
            continue
        heads = [words(entry) for entry in head.findall(nodes.entry)]
        cells = [list(row.findall(nodes.entry)) for row in body.children]
        rows = [[words(entry) for entry in row] for row in cells]
        if any(heads) and all(len(row[0]) == 1 for row in cells) and _names_rows(heads[0], rows, len(columns)):
            columns[0]["stub"] = 1
            group.parent["classes"].append("named-rows")


def _names_rows(corner: str, rows: list[list[str]], columns: int) -> bool:
    if columns < 2 or any(len(row) != columns for row in rows):
        return False
    names = [row[0] for row in rows]
    if not all(names) or len({*names}) != len(names) or max(map(len, names), default=0) > NAME:
        return False
    values = [cell for row in rows for cell in row[1:]]
    named = not any(VALUE.fullmatch(name) for name in names)
    return not corner or (named and any(values) and all(VALUE.fullmatch(cell) for cell in values))


def setup(app: Sphinx) -> None:
    """Mark the headings of rows when a text has been read."""
    app.connect("doctree-read", mark_row_heads)
