"""Every colour of the site has one home, and every section of the style sheet is published."""

from __future__ import annotations

import re

import pytest
from conftest import ROOT
from insights.pages.assets import IMPORT
from insights.palette import COLOURS, ON_ANY, ON_WHITE

#: A colour written out: #rgb, #rgba, #rrggbb, #rrggbbaa, or a function of CSS.
LITERAL = re.compile(r"#(?:[0-9a-f]{6}|[0-9a-f]{8}|[0-9a-f]{3,4})\b|\b(?:rgb|hsl)a?\([\d ]", re.IGNORECASE)
#: Files with colours of their own, and why they are not in the palette.
EXCEPTIONS = {
    "_ext/insights/palette.py": "the palette",
    "_ext/insights/evidence/svg.py": "what matplotlib writes for black, grey, lightgrey and white",
    "_ext/insights/preview/live.css": "the panel of mistakes, which looks the same over every page of a preview",
    "_static/insights/frame.css": "transparent black behind an open menu, in both schemes",
    "_static/insights/notes.css": "transparent black as a shadow, in both schemes",
    "_static/mark.svg": "a picture, published as it is",
}


def luminance(colour: str) -> float:
    """The relative luminance of a colour such as ``#fdfcfa``, as WCAG 2.2 defines it."""
    digits = colour[1:] if len(colour) == 7 else "".join(2 * digit for digit in colour[1:])
    parts = [int(digits[n : n + 2], 16) / 255 for n in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21, as WCAG 2.2 defines it."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_a_colour_is_changed_in_one_file() -> None:
    machinery = [ROOT / "conf.py", *(path for name in ("_ext", "_static", "_templates") for path in (ROOT / name).rglob("*"))]
    texts = [path for path in machinery if path.suffix in {".css", ".html", ".js", ".py", ".svg"}]
    with_colours = {path.relative_to(ROOT).as_posix() for path in texts if LITERAL.search(path.read_text(encoding="utf-8"))}
    assert with_colours == EXCEPTIONS.keys()


def test_the_published_sheet_has_every_section_and_every_colour() -> None:
    sheet = ROOT / "_static/insights.css"
    sections = IMPORT.findall(sheet.read_text(encoding="utf-8"))
    assert sorted(sections) == sorted(f"insights/{path.name}" for path in (ROOT / "_static/insights").iterdir())
    sheets = (ROOT / "_static").rglob("*.css")
    used = {name for path in sheets for name in re.findall(r"palette\((.+?)\)", path.read_text("utf-8"))}
    assert used == COLOURS.keys()


def test_text_can_be_read_in_both_schemes_and_in_the_file_of_a_chart() -> None:
    for name, text in COLOURS.items():
        if name not in {"paper", "sheet", "wash", "rule"}:
            for ground in ("paper", "sheet", "wash"):
                for one, other in zip(text, COLOURS[ground], strict=True):
                    assert contrast(one, other) >= 4.5, (name, ground)  # WCAG 2.2, success criterion 1.4.3
            assert contrast(ON_WHITE[name], ON_WHITE["paper"]) >= 4.5, name


@pytest.mark.parametrize("name", ON_ANY)
def test_the_colours_of_formulas_in_feeds_are_legible_on_white_and_on_black(name: str) -> None:
    assert min(contrast(ON_ANY[name], ground) for ground in ("#ffffff", "#000000")) >= 4.5
