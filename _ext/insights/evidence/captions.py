"""The caption of a chart in three parts: the finding is its headline, above the chart; the rest and the inputs stand below.

An author writes them one after the other: a sentence, the rest, and what begins with "Inputs:".
"""

import re
from typing import NamedTuple

from insights.source import sentence_ends

#: How the part begins that says where the numbers come from.
INPUTS = re.compile(r"(?:Inputs?|Assumptions?|Data|Sources?|Eingaben?|Annahmen?|Daten|Quellen?|Entrées|Données)\s?:")

#: What stands between two paragraphs of a caption.
PARAGRAPH = "\n\n"


class Parts(NamedTuple):
    """The parts of a caption, each of which may be empty but the first."""

    headline: str
    rest: str
    inputs: str


def parts_of_caption(text: str) -> Parts:
    """The parts of a caption in plain words.

    >>> parts_of_caption("It doubles. Dotted: the limit. Inputs: 10 ms.")
    Parts(headline='It doubles.', rest='Dotted: the limit.', inputs='Inputs: 10 ms.')
    """
    first, last = caption_ends(text)
    return Parts(text[:first].strip(), text[first:last].strip(), text[last:].strip())


def caption_ends(text: str) -> tuple[int, int]:
    """Where in a caption the headline ends, and where the inputs begin."""
    found = [*sentence_ends(text), *(match.end() for match in re.finditer(PARAGRAPH, text))]
    ends = sorted(end for end in found if text[:end].strip() and text[end:].strip())
    inputs = next((end for end in ends if INPUTS.match(text[end:].lstrip())), len(text))
    return min([*ends, len(text)]), inputs
