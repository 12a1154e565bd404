"""The colours of the site: for its style sheet, its charts, its social images, and the frame of the browser."""

from typing import NamedTuple


class Colour(NamedTuple):
    """A colour in the light and in the dark scheme, as CSS writes it."""

    light: str
    dark: str


COLOURS = {
    "paper": Colour("#fdfcfa", "#17171a"),
    "sheet": Colour("#fff", "#1e1e22"),  # cards
    "wash": Colour("#f5f2ed", "#242428"),  # code blocks, admonitions
    "ink": Colour("#1c1a17", "#eceae6"),
    "muted": Colour("#565049", "#b5b0a8"),
    "rule": Colour("#dcd7cf", "#3b3936"),
    "accent": Colour("#87300f", "#f2a07b"),
    # The series of charts. Each is the colour of some text too, so that it needs the contrast of text.
    "c0": Colour("#9a3412", "#f2a07b"),
    "c1": Colour("#1d4f8c", "#8cb4ec"),
    "c2": Colour("#5c5751", "#b9b2a8"),
    "c3": Colour("#7a5c00", "#d9b84a"),
    "c4": Colour("#0f665a", "#5fc4b0"),
    "purple": Colour("#6b2f8f", "#cfa6ec"),  # in formulas
    # Code: c1 and c4, darker in the light scheme, because a code block is darker than the page.
    "keyword": Colour("#1b4a83", "#8cb4ec"),
    "string": Colour("#0a544a", "#5fc4b0"),
    # What changed, and warnings of components: c3, darker in the light scheme.
    "caution": Colour("#614800", "#d9b84a"),
}

#: Colours of a chart in a file of its own. Feed readers show it on white in any scheme; on white, muted text may be lighter.
ON_WHITE = {name: colour.light for name, colour in COLOURS.items()} | {"paper": "#ffffff", "muted": "#5f5a53"}


def light_dark(name: str) -> str:
    """The CSS value of a colour, which follows the scheme. Raises KeyError for an unknown name.

    >>> light_dark("paper")
    'light-dark(#fdfcfa, #17171a)'
    """
    return f"light-dark({', '.join(COLOURS[name])})"
