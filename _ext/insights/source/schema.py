"""The front matter of an essay as a JSON Schema, for editors: the fields of the record, with the values that conf.py allows."""

from typing import Any

from .essays import Vocabulary
from .front_matter import FrontMatter

DAY = {"type": "string", "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"}


def front_matter_schema(vocabulary: Vocabulary) -> dict[str, Any]:
    """The JSON Schema of front matter."""
    schema = FrontMatter.model_json_schema(mode="validation")
    fields, revision = schema["properties"], schema["$defs"]["Revision"]["properties"]
    for field in (fields["date"], revision["date"]):
        field |= DAY
    fields["category"]["enum"] = list(vocabulary.categories)
    fields["tags"]["items"]["enum"] = list(vocabulary.tags)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
