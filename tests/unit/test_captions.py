"""A caption has three parts, which an author writes one after the other."""

from __future__ import annotations

import pytest
from docutils import nodes
from insights.evidence.captions import parts_of_caption
from insights.evidence.nodes import caption_nodes


@pytest.mark.parametrize(
    ("headline", "rest", "inputs"),
    [
        ("It doubles.", "Dotted: the limit.", "Inputs: 10 ms. One queue, e.g. a disk."),
        ("It takes 3.5 ms, e.g. in Fig. 3, and doubles.", "", "Inputs: assumed."),
        ("It doubles", "", ""),
        ("Does it double?", "It does. So says Dr. Who.", ""),
        ("Es verdoppelt sich.", "", "Daten: gemessen."),
        ("Inputs: none.", "", ""),
        ("A headline without a stop\n\n", "The rest: all of it.", "Source: a run."),
    ],
)
def test_the_first_sentence_is_the_headline_and_the_inputs_come_last(headline: str, rest: str, inputs: str) -> None:
    text = " ".join(filter(None, (headline, rest, inputs))).replace("\n\n ", "\n\n")
    assert parts_of_caption(text) == (headline.strip(), rest, inputs)
    parts = caption_nodes([nodes.Text(text[:4]), nodes.emphasis("", text[4:6]), nodes.Text(text[6:])])
    assert tuple("".join(node.astext() for node in part).strip() for part in parts) == (headline.strip(), rest, inputs)
