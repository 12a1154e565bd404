"""A diagram, drawn: for a wide page, for a phone, and as a file."""

from html import escape
from typing import NamedTuple

from . import engine, house, style, text, words
from .engine import DiagramError
from .house import MARGIN, Board

#: The widest drawings whose letters have 12 pixels when scaled down: to 580 pixels, the least of a wide page, and to 273.
WIDE, NARROW = 676, 318
#: What a drawing has around what is laid out.
ROUND = 2 * MARGIN
#: The most bytes of a drawing.
LARGEST = 200_000


class Diagram(NamedTuple):
    """The drawings of a diagram, for a wide page and for a phone, and the same in words.

    ``title`` and ``description`` are those in its text; ``advice``: (line, message) of what is left out.
    """

    wide: Board
    narrow: Board
    words: tuple[str, ...]
    title: str
    description: str
    advice: tuple[tuple[int, str], ...]


def draw(source: str) -> Diagram:
    """Draw a diagram. Raises DiagramError, with the line in ``source``."""
    written = text.read(source)
    signs: dict[str, str] = {}
    if written.kind == "sequence":
        forms = [text.wrapped(written.text, narrow=False, signs=signs)], [text.wrapped(written.text, narrow=True, signs=signs)]
    else:
        forms = (list(dict.fromkeys([written.text, text.turned(written.text)])),) * 2
    wide, narrow = (style.front_matter(settings, tall=text.has_people(written.text)) for settings in (style.WIDE, style.NARROW))
    try:
        drawn = engine.drawings([
            {"variants": [(wide, forms[0][0]), *((narrow, form) for form in forms[0])], "most": WIDE - ROUND},
            {"variants": [(narrow, form) for form in forms[1]], "most": NARROW - ROUND},
        ])  # fmt: skip
    except DiagramError as error:
        if written.kind == "sequence" and ";" in written.text.split("\n")[error.line - 1]:
            raise DiagramError(f"{error}; a semicolon ends a message, so write #59; for one", error.line) from error
        raise
    for sign, line in signs.items():
        drawn = [svg.replace(sign, escape(line)) for svg in drawn]
    try:
        boards = [house.in_house_style(svg) for svg in drawn]
    except (ValueError, TypeError, AttributeError, ArithmeticError, SyntaxError) as error:
        raise DiagramError("it cannot be drawn; simplify it") from error
    if max(len(board.page) for board in boards) > LARGEST:
        raise DiagramError(f"its drawing has more than {LARGEST // 1000:,} kB, which nobody can overlook; split it into several")
    said = words.in_words(drawn[0], written.kind, written.text)
    if not said:
        raise DiagramError("nothing is in it; write what it shows below its first line")
    if boards[0].width <= NARROW:
        boards[1] = boards[0]
    return Diagram(boards[0], boards[1], tuple(said), written.title, written.description, written.advice)
