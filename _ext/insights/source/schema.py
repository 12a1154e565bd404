"""The header of an essay as a JSON Schema, for editors: the typed record, with the words that conf.py allows."""

from __future__ import annotations

from typing import Any

from .essays import Vocabulary
from .front_matter import FrontMatter

DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}


def header_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The schema of a header."""
    found = FrontMatter.model_json_schema(mode="validation")
    fields, revision = found["properties"], found["$defs"]["Revision"]["properties"]
    for field in (fields["date"], revision["date"]):
        field |= DAY
    fields["category"]["enum"] = list(vocabulary.categories)
    fields["tags"]["items"]["enum"] = list(vocabulary.tags)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **found}
