"""Cards of essays, as sphinx-design components: the one form in which the publication lists an essay.

    ```{featured-essay}
    ```

    ```{essay-cards}
    ```

Both are filled when a page is written, since the essays are known only once every text has been read.
"""

from collections.abc import Iterable, Iterator
from functools import cache, partial
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders import Builder
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import PassthroughTextElement, create_component

from insights.catalog import Card, Essay, publication_of
from insights.evidence import chart_panels, model_evidence, parts_of_caption

#: Separates cards that are written together, and marks the place of the address in each.
MARK = "the-address-of-a-card"
#: In the metadata of a page: it shows cards.
SHOWS_CARDS = "insights_cards"


class essay_cards(nodes.General, nodes.Element):
    """The place of cards in a page; ``featured``: whether of the featured essay or of the newest others."""


class CardsDirective(SphinxDirective):
    """The large card of the featured essay with its first chart, or the cards of the newest others, newest first."""

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname][SHOWS_CARDS] = True
        return [essay_cards(featured=self.name == "featured-essay")]


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the cards in their places."""
    featured, latest = publication_of(app.env).landing_essays
    address = partial(app.builder.get_relative_uri, docname)
    for place in list(doctree.findall(essay_cards)):
        level = _heading_level(place)
        if featured is None:
            place.replace_self(nodes.paragraph("", "No essay is published yet."))
        elif place["featured"]:
            card = _card(featured.card, address(featured.docname), level, large=True)
            if featured.charts:
                card += _first_chart(app, featured)
            place.replace_self(card)
        else:
            place.replace_self(_rows([_column(essay.card, address(essay.docname), level) for essay in latest]))


def _heading_level(node: nodes.Node | None) -> int:
    """The level of a heading in the place of ``node``."""
    return 1 if node is None else isinstance(node, nodes.section) + _heading_level(node.parent)


def _rows(columns: list[nodes.Node]) -> nodes.Element:
    classes = ["sd-row", "sd-row-cols-1", "sd-row-cols-md-2", "sd-row-cols-lg-3", "sd-g-4"]
    row = create_component("grid-row", classes, children=columns)
    return create_component("grid-container", ["sd-container-fluid", "essay-cards"], children=[row])


def _column(card: Card, address: str, level: int) -> nodes.Element:
    return create_component("grid-item", ["sd-col", "sd-d-flex-row"], children=[_card(card, address, level)])


def _card(card: Card, address: str, level: int, *, large: bool = False) -> nodes.Element:
    """One card. Its title is its only link, to ``address``, stretched over the whole of it."""
    facts = [card.category, card.month, f"{card.minutes} min read"]
    if card.status != "published":
        facts.insert(0, card.status.capitalize())
    link = nodes.reference("", card.title, internal=True, refuri=address)
    link["classes"] = ["sd-stretched-link"]
    # docutils requires a reference to be inside text.
    title = nodes.rubric("", "", PassthroughTextElement("", "", link), classes=["sd-card-title"])
    title["heading-level"] = level
    body = create_component("card-body", ["sd-card-body"])
    body += nodes.paragraph("", "", *_facts(facts), classes=["card-facts"])
    body += title
    body += nodes.paragraph("", card.summary, classes=["sd-card-text"])
    body += nodes.paragraph("", "Read article", classes=["card-action"])
    return create_component("card", ["sd-card", "sd-card-hover", "essay-card", *(["featured"] if large else [])], children=[body])


def _facts(facts: list[str]) -> Iterator[nodes.Node]:
    """Facts in a line that breaks before a dot, and in none of them."""
    for number, fact in enumerate(facts):
        yield nodes.Text(" " if number else "")
        yield nodes.inline("", f"· {fact}" if number else fact)


def _first_chart(app: Sphinx, essay: Essay) -> nodes.Element:
    """The first chart of an essay with its caption, which says what the marks in it mean."""
    name, alt, caption = essay.charts[0]
    model = Path(app.env.doc2path(essay.docname)).with_name("model.py")
    chart = chart_panels(charts=[(name, model_evidence(model).charts[name])], alt=alt)
    headline, rest, inputs = parts_of_caption(caption)
    below = [nodes.paragraph("", text, classes=names) for text, names in ((rest, []), (inputs, ["inputs"])) if text]
    figure = nodes.figure("", nodes.caption("", headline), chart, classes=["chart"], ids=["featured-chart"], in_card=True)
    if below:
        figure += nodes.legend("", *below)
    return figure


@cache
def _written_cards(builder: Builder) -> dict[tuple[int, str], list[str]]:
    """The cards that a build has written as HTML, by the level of their headings and the docnames of their essays."""
    return {}


def render_cards(app: Sphinx, cards: Iterable[Card], pagename: str, level: int) -> str:
    """The ``cards`` as HTML for the page ``pagename``, which a template writes; ``level`` is that of their headings."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    cards, written = list(cards), _written_cards(app.builder)
    new = [card for card in cards if (level, card.docname) not in written]
    # All new cards at once, because setting up a writer takes longer than writing a card.
    mark = nodes.raw("", MARK, format="html")
    parts: list[nodes.Node] = [mark.deepcopy(), *(part for card in new for part in (_column(card, MARK, level), mark.deepcopy()))]
    before, *columns, after = app.builder.render_partial(_rows(parts))["fragment"].split(MARK)
    for number, card in enumerate(new):
        written[level, card.docname] = columns[2 * number : 2 * number + 2]
    html = (app.builder.get_relative_uri(pagename, card.docname).join(written[level, card.docname]) for card in cards)
    return f"{before}{''.join(html)}{after}"
