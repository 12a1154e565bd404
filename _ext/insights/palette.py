"""The colours of the site: for its style sheet, its charts, its social images, and the frame of the browser."""

from collections.abc import Mapping
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
#: Colours of formulas in feeds, which readers show on white or on black. They are between the two schemes.
ON_ANY = {"c0": "#b95a37", "c1": "#4977b2", "c2": "#7a756d", "c3": "#907211", "c4": "#278374", "purple": "#945fb5"}


#: Furo's names for colours that have a name here. Of several for one colour, the last that is set is used.
FURO_COLOURS = {
    "color-background-primary": "paper", "color-card-background": "sheet",
    "color-background-secondary": "wash", "color-inline-code-background": "wash", "color-code-background": "wash",
    "color-content-foreground": "ink", "color-foreground-primary": "ink",
    "color-foreground-muted": "muted", "color-foreground-secondary": "muted",
    "color-foreground-border": "rule", "color-card-border": "rule", "color-table-border": "rule",
    "color-background-border": "rule",
    "color-brand-primary": "accent", "color-brand-content": "accent", "color-link": "accent",
}  # fmt: skip
#: The fonts of the site, as its style sheet names them, and Furo's names for them.
FONTS = ("serif", "sans", "mono")
FURO_FONTS = {"font-stack": ("sans", "serif"), "font-stack--headings": (), "font-stack--monospace": ("mono",)}


def chosen_colours(light: Mapping[str, str], dark: Mapping[str, str]) -> dict[str, Colour]:
    """The colours of the site, with those of ``light_css_variables`` and ``dark_css_variables``.

    >>> chosen_colours({"color-brand-primary": "red"}, {})["accent"]
    Colour(light='red', dark='#f2a07b')
    """
    chosen = []
    for variables in (light, dark):
        named = {ours: variables[furo] for furo, ours in FURO_COLOURS.items() if furo in variables}
        chosen.append(named | {name: value for name, value in variables.items() if name in COLOURS})
    return {name: Colour(chosen[0].get(name, ours.light), chosen[1].get(name, ours.dark)) for name, ours in COLOURS.items()}


def light_dark(colour: Colour) -> str:
    """The CSS value of a colour, which follows the scheme.

    >>> light_dark(COLOURS["paper"])
    'light-dark(#fdfcfa, #17171a)'
    """
    return f"light-dark({colour.light}, {colour.dark})"
