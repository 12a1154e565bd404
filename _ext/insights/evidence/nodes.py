"""The nodes of evidence in a text, how they are written as HTML, and the parts of a caption."""

from html import escape
from typing import TYPE_CHECKING

from docutils import nodes

from .captions import caption_ends
from .numbers import plain_numbers

if TYPE_CHECKING:
    from sphinx.writers.html5 import HTML5Translator


class result(nodes.inline):
    """A number that the model computed. ``of``: the name of the result, and its value."""


class chart_panels(nodes.General, nodes.Element):
    """The charts of a figure, side by side where there is room. ``charts``: [(name, Chart)]; ``alt``: what they show.

    ``written_alt``: the same as it was written, with the roles of results.
    """


class chart_data(nodes.General, nodes.Element):
    """The numbers behind the charts of a figure. ``charts``: [(name, Chart)]."""


def visit_result(self: "HTML5Translator", node: result) -> None:
    """Open a number whose title names the result."""
    self.body.append(f'<span class="result" title="{escape(node["of"])}">')


def depart_result(self: "HTML5Translator", node: result) -> None:
    """Close it."""
    self.body.append("</span>")


def visit_panels(self: "HTML5Translator", node: chart_panels) -> None:
    """Write two artboards of a chart, of which the style sheet shows the one that fits.

    Of several charts these are the narrow and the small one, or only the narrow one if a small one cannot be read.
    """
    charts = [chart for _, chart in node["charts"]]
    small = len(charts) > 1 and all(chart.small for chart in charts)
    classes = ["panels", *(["several"] if len(charts) > 1 else []), *(["pairs"] if small else [])]
    self.body.append(f'<div class="{" ".join(classes)}" role="img" aria-label="{escape(node["alt"])}">')
    for name, chart in node["charts"]:
        boards = chart.wide + chart.narrow if len(charts) == 1 else chart.narrow + (chart.small if small else "")
        self.body.append(f'<div class="panel" data-picture="{name}.svg">{boards}</div>')
    self.body.append("</div>\n")
    raise nodes.SkipNode


def visit_chart_data(self: "HTML5Translator", node: chart_data) -> None:
    """Write a link to the first chart, which the script enlarges, and the numbers as a table that opens on demand."""
    name = node["charts"][0][0]
    figure = node.parent.parent[0].astext().partition(".")[0]
    self.body.append(f'<a class="enlarge" href="{name}.svg" aria-label="Enlarge {figure}">Enlarge</a>\n')
    for name, chart in node["charts"]:
        title = escape("The numbers" if len(node["charts"]) == 1 else f"The numbers: {name.replace('_', ' ')}")
        head = "".join(f'<th scope="col">{escape(column)}</th>' for column in chart.table)
        rows = zip(*map(plain_numbers, chart.table.values()), strict=True)
        body = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in rows)
        self.body += [
            f'<details class="chart-data"><summary>{title}</summary>',
            f'<p><a href="{name}.csv" download>{name}.csv</a> · <a href="{name}.svg">{name}.svg</a></p>',
            f'<div class="table-wrapper" tabindex="0" role="group" aria-label="Table: {title}">',
            f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>\n",
        ]
    raise nodes.SkipNode


def parted(caption: nodes.caption) -> list[nodes.paragraph]:
    """Leave a caption its headline, and return the paragraphs of the rest and of the inputs, as far as there are any."""
    headline, rest, inputs = caption_nodes(caption.children)
    caption[:] = headline
    below = [nodes.paragraph("", "", *part, classes=classes) for part, classes in ((rest, []), (inputs, ["inputs"])) if part]
    for paragraph in below:
        paragraph.source, paragraph.line = caption.source, caption.line
    return below


def caption_nodes(children: list[nodes.Node]) -> list[list[nodes.Node]]:
    """The headline, the rest and the inputs of a caption. No mark is taken apart: a sentence that ends in one ends behind it."""
    first, last = caption_ends("".join(child.astext() for child in children))
    headline, others = _split(children, first)
    return [_trimmed(part) for part in (headline, *_split(others, last - first))]


def _trimmed(part: list[nodes.Node]) -> list[nodes.Node]:
    """The nodes of a part without spaces at its ends."""
    for end, strip in ((0, str.lstrip), (-1, str.rstrip)):
        if part and isinstance(part[end], nodes.Text):
            part[end] = nodes.Text(strip(part[end].astext()))
    return [node for node in part if node.astext() or not isinstance(node, nodes.Text)]


def _split(children: list[nodes.Node], place: int) -> tuple[list[nodes.Node], list[nodes.Node]]:
    """The nodes before and behind the character at ``place``."""
    before: list[nodes.Node] = []
    behind: list[nodes.Node] = []
    for child in children:
        length = len(child.astext())
        if place <= 0 and (behind or not isinstance(child, nodes.footnote_reference)):
            behind.append(child)
        elif isinstance(child, nodes.Text) and length > place:
            before.append(nodes.Text(child[:place]))
            behind.append(nodes.Text(child[place:].lstrip()))
        else:
            before.append(child)
        place -= length
    return before, behind
