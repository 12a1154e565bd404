"""Cards of essays, as sphinx-design components: the one form in which the publication lists an essay.

    ```{featured-essay}
    ```

    ```{essay-cards}
    ```

Both are filled when a page is written, since the essays are known only once every text has been read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.util.docutils import SphinxDirective
from sphinx_design.shared import PassthroughTextElement, create_component

from insights.catalog import Essay, essays, publication
from insights.evidence import chart_panels, evidence_folder, model_evidence, model_of

#: How many cards stand beside that of the featured essay.
LATEST = 6
#: What parts cards that are written together, and stands in each where its address comes.
MARK = "the-address-of-a-card"
#: In the metadata of a page: it shows cards.
SHOWS_CARDS = "insights_cards"


class essay_cards(nodes.General, nodes.Element):
    """The place of cards in a page; ``featured``: whether of the featured essay or of the newest others."""


class CardsDirective(SphinxDirective):
    """The cards of the newest essays but for the featured one, newest first."""

    featured = False

    def run(self) -> list[nodes.Node]:
        self.env.metadata[self.env.docname][SHOWS_CARDS] = True
        return [essay_cards(featured=self.featured)]


class FeaturedDirective(CardsDirective):
    """The card of the featured essay, large, with its first chart."""

    featured = True


def fill(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the cards in their places."""
    for place in list(doctree.findall(essay_cards)):
        large, latest = landing_essays(essays(app.env))
        level = 1 + sum(1 for _ in _ancestors(place, nodes.section))
        if large is None:
            place.replace_self(nodes.paragraph("", "No essay is published yet."))
        elif place["featured"]:
            card = _card(large, app.builder.get_relative_uri(docname, large.docname), level, large=True)
            if large.charts:
                card += _first_chart(app, large)
            place.replace_self(card)
        else:
            place.replace_self(grid(app, latest, docname, level))


def landing_essays(found: tuple[Essay, ...]) -> tuple[Essay | None, list[Essay]]:
    """What the front page shows of all essays: the one that is featured, else the newest; and the newest of the others."""
    large = next((essay for essay in found if essay.featured), found[0] if found else None)
    return large, [essay for essay in found if essay is not large][:LATEST]


def grid(app: Sphinx, chosen: Iterable[Essay], pagename: str, level: int) -> nodes.Element:
    """The cards of ``chosen`` for the page ``pagename``, in one, two or three columns; ``level`` is that of their headings."""
    return _rows([_column(essay, app.builder.get_relative_uri(pagename, essay.docname), level) for essay in chosen])


def _rows(columns: list[nodes.Node]) -> nodes.Element:
    classes = ["sd-row", "sd-row-cols-1", "sd-row-cols-md-2", "sd-row-cols-lg-3", "sd-g-4"]
    row = create_component("grid-row", classes, children=columns)
    return create_component("grid-container", ["sd-container-fluid", "essay-cards"], children=[row])


def _column(essay: Essay, address: str, level: int) -> nodes.Element:
    return create_component("grid-item", ["sd-col", "sd-d-flex-row"], children=[_card(essay, address, level)])


def _card(essay: Essay, address: str, level: int, *, large: bool = False) -> nodes.Element:
    """One card. Its title is its only link, to ``address``, stretched over the whole of it."""
    facts = [essay.category, essay.month, f"{essay.minutes} min read"]
    if essay.status != "published":
        facts.insert(0, essay.status.capitalize())
    link = nodes.reference("", essay.title, internal=True, refuri=address)
    link["classes"] = ["sd-stretched-link"]
    title = nodes.rubric("", "", _inline(link), classes=["sd-card-title"])
    title["heading-level"] = level
    body = create_component("card-body", ["sd-card-body"])
    body += nodes.paragraph("", "", *_facts(facts), classes=["card-facts"])
    body += title
    body += nodes.paragraph("", essay.summary, classes=["sd-card-text"])
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
    model = model_of(app.env, essay.docname)
    assert model is not None, "an essay that shows charts has a model"
    chart = chart_panels(charts=[(name, model_evidence(model, evidence_folder(app)).charts[name])], alt=alt)
    return nodes.figure("", chart, nodes.legend("", nodes.paragraph("", caption)))


def _inline(node: nodes.Node) -> nodes.Element:
    # docutils asks that a reference stands in text.
    return PassthroughTextElement("", "", node)


def _ancestors(node: nodes.Node, kind: type[nodes.Node]) -> Iterable[nodes.Node]:
    while (node := node.parent) is not None:
        if isinstance(node, kind):
            yield node


def render_cards(app: Sphinx, chosen: Iterable[Essay], pagename: str, level: int) -> str:
    """The cards of ``chosen`` as HTML, for pages that templates write. A card that several pages show is made once."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    chosen, memo = list(chosen), publication(app.env).memo.setdefault(("cards", level), {})
    new = [essay for essay in chosen if essay.docname not in memo]
    # All at once, for to begin with one takes longer than to write it; a mark parts them, and stands where their addresses come.
    parts = [nodes.raw("", MARK, format="html"), *(part for essay in new for part in _parted(_column(essay, MARK, level)))]
    before, *columns, after = app.builder.render_partial(_rows(parts))["fragment"].split(MARK)
    memo |= dict(zip((essay.docname for essay in new), zip(columns[::2], columns[1::2], strict=True), strict=True))
    cards = (app.builder.get_relative_uri(pagename, essay.docname).join(memo[essay.docname]) for essay in chosen)
    return f"{before}{''.join(cards)}{after}"


def _parted(column: nodes.Element) -> Iterator[nodes.Node]:
    yield column
    yield nodes.raw("", MARK, format="html")


def setup(app: Sphinx) -> None:
    """The directives and their filling."""
    app.add_directive("essay-cards", CardsDirective)
    app.add_directive("featured-essay", FeaturedDirective)
    app.add_node(essay_cards)
    app.connect("doctree-resolved", fill)
