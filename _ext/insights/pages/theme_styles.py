"""The part of the style sheet that comes from conf.py: colours and fonts of html_theme_options, and those of a Pygments style."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pygments.style import Style
from pygments.token import STANDARD_TYPES
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.highlighting import PygmentsBridge

from insights.palette import COLOURS, FONTS, FURO_COLOURS, FURO_FONTS
from insights.settings import css_variables, is_set

#: The dark scheme, chosen by the reader or by the system.
DARK = '[data-theme="dark"]{%s}@media (prefers-color-scheme:dark){:root:not([data-theme="light"]){%s}}'


def theme_styles(app: Sphinx, *, aliases: bool) -> str:
    """The styles of conf.py; with ``aliases``, our colours and fonts by Furo's names, for the style sheets of extensions."""
    light, dark = css_variables(app.config)
    named = [f"--{furo}:var(--{ours})" for furo, ours in FURO_COLOURS.items()] if aliases else []
    named += [f"--{furo}:var(--{ours[0]})" for furo, ours in FURO_FONTS.items() if ours] if aliases else []
    parts = [f":root{{{';'.join([*named, *_declarations(light)])}}}"] if named or light else []
    if declarations := ";".join(_declarations(dark)):
        parts.append(DARK % (declarations, declarations))
    if "font-stack--headings" in light:
        parts.append(":root :is(h1,h2,h3,h4,h5,h6){font-family:var(--font-stack--headings)}")
    return "\n".join([*parts, *_code_styles(app)])


def _declarations(variables: Mapping[str, str]) -> Iterable[str]:
    """Fonts by our names, and variables that are not ours as they are. Our colours are in the palette already."""
    for name, value in variables.items():
        ours = FURO_FONTS.get(name) or ((name,) if name in FONTS or name not in {*COLOURS, *FURO_COLOURS} else ())
        yield from (f"--{own}:{value}" for own in ours)


def _code_styles(app: Sphinx) -> Iterable[str]:
    """The colours of code in the Pygments styles of conf.py, if it names one; Furo chooses the other."""
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    if not (is_set(app.config, "pygments_style") or is_set(app.config, "pygments_dark_style")):
        return
    light: type[Style] = app.builder.highlighter.formatter_args["style"]
    dark: type[Style] = PygmentsBridge("html", app.config.pygments_dark_style).formatter_args["style"]
    ground = _pair(light.background_color, dark.background_color)
    text = _pair(*(_hex(style.style_for_token(next(iter(STANDARD_TYPES)))["color"]) for style in (light, dark)))
    yield f".highlight>pre{{background:{ground};color:{text}}}.highlight pre span[class]{{color:inherit;font:inherit}}"
    selectors = defaultdict[str, list[str]](list)
    for token, name in STANDARD_TYPES.items():
        if name and (style := _token_style(light.style_for_token(token), dark.style_for_token(token), text)):
            selectors[style].append(f".{name}")
    for style, names in selectors.items():
        yield f".highlight pre span:is({','.join(names)}){{{style}}}"


def _token_style(light: Mapping[str, Any], dark: Mapping[str, Any], text: str) -> str:
    colour = _pair(_hex(light["color"]), _hex(dark["color"]))
    styles = [f"color:{colour}"] if colour != text else []
    styles += ["font-weight:600"] if light["bold"] else []
    styles += ["font-style:italic"] if light["italic"] else []
    styles += ["text-decoration:underline"] if light["underline"] else []
    if light["bgcolor"] or dark["bgcolor"]:
        grounds = (f"#{style['bgcolor']}" if style["bgcolor"] else "transparent" for style in (light, dark))
        styles.append(f"background:{_pair(*grounds)}")
    return ";".join(styles)


def _hex(digits: str | None) -> str:
    return f"#{digits}" if digits else "var(--ink)"


def _pair(light: str, dark: str) -> str:
    return f"light-dark({light},{dark})"
