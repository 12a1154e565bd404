"""No-break spaces: a number stays on the line of its unit, and "Figure" on the line of its number.

The build sets them when it writes a page, so the search and the rules for prose see the spaces that the author wrote.
"""

import re
from collections.abc import Iterator

from docutils import nodes

NO_BREAK = "\N{NO-BREAK SPACE}"
#: What may stand behind a number: signs and abbreviations of units.
SIGNS = (
    r"[%‰°×€£$¥₹]|°[CF]|[kKMGTPE]?i?B(?:/s)?|[kMGT]?bits?(?:/s)?|[kMGT]?bps|[nµμm]?s|secs?|mins?|hr?s?|[ap]\.?m\b|o[’']clock|Uhr"
    r"|[kMG]?Hz|[µmkMG]?W|[kMGT]?Wh|[kM]?J|[mk]?V|mA|dBm?|[nµμmck]?m[²³]?|km/h|mph|[µmk]?g|lbs?|oz|[mc]?[lL]|[kMh]?Pa|px|pt|r?em"
    r"|dpi|fps|pp[mb]|[rqt]ps|rpm|k?IOPS|v?CPUs?|[MGT]?FLOPS|[a-z]+/(?:ms|s|min|h|d)|EUR|USD|GBP|CHF|Std\.|Sek\.|Min\.|Mio\.|Mrd\."
)
#: Words that may stand there in their place.
WORDS = (
    r"(?:nano|micro|milli)?seconds?|minutes?|hours?|days?|weeks?|months?|years?|per[ \n]cent|percent|times"
    r"|(?:kilo|mega|giga|tera)?bytes?|bits?|(?:kilo|centi|milli)?met(?:er|re)s?|miles?|degrees?|dollars?|euros?|pounds?|cents?|thousand|million|billion|trillion"
    r"|Sekunden?|Minuten?|Stunden?|Tagen?|Prozent|Millionen|secondes?|heures?|jours?"
)
MONTHS = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)"
)
#: What may stand before a number: names of what is numbered, signs of currencies and of comparison, and percentiles.
NUMBERED = (
    r"fig(?:ures?|s?\.)|tables?|tab\.|equations?|eqs?\.|sections?|secs?\.|chapters?|ch\.|parts?|volumes?|vols?\.|issues?|nos?\.|nr\."
    r"|pages?|pp?\.|listings?|appendix|steps?|lines?|theorem|lemma|algorithm|abb(?:ildung(?:en)?|\.)|tabellen?|kapitel|seiten?|n°"
)
BEFORE = r"[§¶№€£$¥≈≤≥<>±~×∼]|\b(?:EUR|USD|GBP|CHF)|\bp\d{2,3}(?:\.\d+)?"
#: Phrases whose spaces do not break; a space may be the end of a line in the source.
PHRASES = tuple(map(re.compile, (
    r"(?<![\d.,])\d{1,3}(?:[ \n]\d{3})+(?!\d)",
    rf"(?<=\d)[ \n](?:{SIGNS}|(?i:{WORDS})|{MONTHS})(?!\w)",
    rf"\b{MONTHS}[ \n]\d{{1,2}}(?!\w)",
    rf"(?:(?<!\w)(?i:{NUMBERED})|{BEFORE})[ \n](?=\d)",
    r"(?<![\w.])[A-Z]\.(?:[ \n][A-Z]\.)*[ \n](?=[^\W\d_a-z])",  # the initials of a name
)))  # fmt: skip
SPACE = re.compile(r"[ \n]")
#: Nodes whose spaces are those that the author wrote.
VERBATIM = (nodes.literal, nodes.FixedTextElement, nodes.math, nodes.raw)


def without_breaks(text: str) -> str:
    """A ``text`` of the same length, in which no line ends between a number and its unit.

    >>> without_breaks("Figure 1: 9 ms at 10 000 requests").replace(NO_BREAK, "_")
    'Figure_1: 9_ms at 10_000 requests'
    """
    for phrase in PHRASES:
        text = phrase.sub(lambda found: SPACE.sub(NO_BREAK, found[0]), text)
    return text


def spaced_texts(block: nodes.Element) -> Iterator[tuple[nodes.Text, str]]:
    """The texts of a paragraph or the like, each with its no-break spaces; a number and its unit may be in two of them."""
    texts = list(block.findall(nodes.Text))
    spaced, start = without_breaks("".join(texts)), 0
    for text in texts:
        end = start + len(text)
        yield text, text if _is_verbatim(text, block) else spaced[start:end]
        start = end


def _is_verbatim(text: nodes.Text, block: nodes.Element) -> bool:
    node: nodes.Node = text
    while node is not block and node.parent is not None:
        node = node.parent
        if isinstance(node, VERBATIM):
            return True
    return False
