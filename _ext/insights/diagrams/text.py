"""What authors write in a diagram: its kind, title and description, and what of it a drawing on this site cannot have."""

import re
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from .engine import DiagramError

#: The kinds that are drawn, as their first word is written, with the name that the layout's settings have for each.
KINDS = {
    "flowchart": "flowchart", "graph": "flowchart", "flowchart-elk": "flowchart", "sequenceDiagram": "sequence",
    "stateDiagram-v2": "state", "stateDiagram": "state", "classDiagram-v2": "class", "classDiagram": "class",
    "erDiagram": "er", "mindmap": "mindmap", "timeline": "timeline", "gitGraph": "gitGraph", "gantt": "gantt",
    "requirementDiagram": "requirement", "block-beta": "block", "block": "block", "kanban": "kanban",
}  # fmt: skip
#: The kinds that show numbers, which a model computes here.
NUMBERS = (
    "pie",
    "xychart-beta",
    "xychart",
    "quadrantChart",
    "radar-beta",
    "radar",
    "sankey-beta",
    "sankey",
    "treemap-beta",
    "treemap",
)
ALLOWED = (
    "flowchart, sequenceDiagram, stateDiagram-v2, classDiagram, erDiagram, requirementDiagram, mindmap, timeline, gitGraph, "
    "gantt, block and kanban"
)
#: The most characters of a diagram.
LONGEST = 20_000
FRONT_MATTER = re.compile(r"\A\s*---[ \t]*\n(.*?\n)??---[ \t]*(?:\n|\Z)", re.DOTALL)
SETTINGS = re.compile(r"%%\{.*?\}%%", re.DOTALL)
COMMENT = re.compile(r"^[ \t]*%%(?!\{)[^\n]*", re.MULTILINE)
NAMED = re.compile(r"^[ \t]*(accTitle|accDescr)[ \t]*(?::[ \t]*([^\n]*)|\{([^}]*)\})", re.MULTILINE)
#: Lines that give a box a link or a script, by kind.
BOXES = re.compile(r"^[ \t]*(?:click[ \t]+\S+[ \t]+[\w\"']|callback[ \t]|link[ \t]+\S+[ \t]+\")[^\n]*", re.MULTILINE)
LINKS = {
    "flowchart": BOXES, "class": BOXES, "state": BOXES, "gantt": BOXES,
    "sequence": re.compile(r"^[ \t]*(?:links?|properties|details)[ \t]+\w[^\n:]*:[ \t]*[{@\"\w][^\n]*", re.MULTILINE),
}  # fmt: skip
TITLE = re.compile(r"^[ \t]*title[ \t]*:?[ \t]+([^\n]+)", re.MULTILINE)
DIRECTION = re.compile(
    r"\A(\s*(?:flowchart|graph|flowchart-elk)[ \t]+)(LR|RL|TB|TD|BT)\b|^([ \t]*direction[ \t]+)(LR|RL)\b", re.MULTILINE
)
#: A word that may be longer than the space between two who take part in a sequence.
LONG_WORD = 9
#: What is said in a sequence: up to its colon, and behind it; and who takes part in it, under a longer name.
SAID = re.compile(
    r"^([ \t]*(?:[Nn]ote[ \t]+(?:left of|right of|over)|[^\s:%][^:\n]*?(?:--?>>?|--?x|--?\)|<<--?>>))[^:\n]*:)"
    r"[ \t]*(?!(?:no)?wrap:)([^\n]*)",
    re.MULTILINE,
)
#: The label of a frame in a sequence.
FRAME = re.compile(r"^([ \t]*(?:loop|alt|else|opt|par(?:_over)?|and|critical|option|break)[ \t]+)([^\n]*\S)", re.MULTILINE)
#: The first of the signs that stand for lines of such labels.
SIGN = 0xE000
ACTOR = re.compile(r"^([ \t]*(?:create[ \t]+)?(?:participant|actor)[ \t]+\S+[ \t]+as[ \t]+)([^\n<]{9,})$", re.MULTILINE)
#: Elements of HTML that say how words look, whose words stay; and line breaks, which are drawn.
STYLING = re.compile(
    r"</?(?:b|i|u|em|strong|small|span|code|tt|font|sub|sup|center|div|p|big|mark|del|s)(?:\s[^<>]*)?>", re.IGNORECASE
)
BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
OTHER_HTML = re.compile(r"(?<!<)</?[a-z][\w-]*(?:\s[^<>]*)?/?>", re.IGNORECASE)
#: A sign that the layout would take for the beginning of HTML.
LESS = re.compile(r"(?<!<)<(?=[a-z])(?!br\s*/?>)", re.IGNORECASE)
ICON = re.compile(r"\b(?:fa[bsrld]?|mdi|logos|fas)[:-](?:fa-)?[\w-]+\s*|::icon\([^)]*\)", re.IGNORECASE)
PICTURE = re.compile(r"@\{[^}]*\b(img|icon)\s*:", re.IGNORECASE)
FORMULA = re.compile(r"\$\$[^$]+\$\$")


class Written(NamedTuple):
    """A diagram as it was written. ``text``: what is laid out, on the same lines; ``advice``: (line, message) of what is not."""

    kind: str
    text: str
    title: str
    description: str
    advice: tuple[tuple[int, str], ...]


def read(source: str) -> Written:
    """The parts of a diagram. Raises DiagramError for what cannot be drawn."""
    text = source.replace("\r\n", "\n").expandtabs(2)
    if len(text) > LONGEST:
        raise DiagramError(f"it has {len(text):,} characters; allowed are {LONGEST:,}: split it into several")
    advice: list[tuple[int, str]] = []
    title, text = _front_matter(text, advice)
    advice += [
        (_line(text, settings.start()), f"{_short(settings[0])} has no effect, since {LOOK}; remove it")
        for settings in SETTINGS.finditer(text)
    ]
    text = COMMENT.sub("", SETTINGS.sub(_blank, text))
    names = {match[1]: " ".join((match[2] or match[3] or "").split()) for match in NAMED.finditer(text)}
    text = NAMED.sub(_blank, text)
    kind = _kind(text)
    if pattern := LINKS.get(kind):
        advice += [(_line(text, link.start()), NO_LINK.format(_short(link[0].strip()))) for link in pattern.finditer(text)]
        text = pattern.sub("", text)
    if found := PICTURE.search(text):
        raise DiagramError("a picture in a diagram; write its words, or show a picture of the whole", _line(text, found.start()))
    if found := FORMULA.search(text):
        raise DiagramError(f"a formula in a diagram, {_short(found[0])}; write it in words or signs", _line(text, found.start()))
    advice += [
        (_line(text, icon.start()), f"the icon {icon[0].strip()} is left out; write a word in its place")
        for icon in ICON.finditer(text)
    ]
    text = STYLING.sub("", ICON.sub("", text))
    for html in OTHER_HTML.finditer(text if kind != "class" else ""):
        if not BREAK.fullmatch(html[0]):
            raise DiagramError(f"HTML in a diagram, {_short(html[0])}; allowed is <br/>", _line(text, html.start()))
    if kind == "flowchart":
        text = LESS.sub("#lt;", text)
    if (inner := TITLE.search(text)) and kind in {"gantt", "timeline", "sequence"}:
        title, text = title or inner[1].strip(), text[: inner.start()] + text[inner.end() :]
    return Written(kind, text, title or names.get("accTitle", ""), names.get("accDescr", ""), tuple(advice))


NO_LINK = "{} is left out, since readers cannot follow links in a drawing; write them below it"
LOOK = "diagrams have the look of this site"


def turned(text: str) -> str:
    """A diagram whose boxes stand below each other instead of side by side, or the other way about."""

    def turn(match: re.Match[str]) -> str:
        if match[3]:
            return f"{match[3]}TB"
        return match[1] + {"LR": "TB", "RL": "BT", "BT": "RL"}.get(match[2], "LR")

    return DIRECTION.sub(turn, text)


def has_people(text: str) -> bool:
    """Whether a sequence has people, who are drawn taller than boxes."""
    return bool(re.search(r"^[ \t]*(?:create[ \t]+)?actor[ \t]|@\{", text, re.MULTILINE))


def wrapped(text: str, *, narrow: bool, signs: dict[str, str]) -> str:
    """A sequence whose messages and notes are broken into lines where they are long; names too, if it is ``narrow``.

    The layout would part words that are longer than the space between two who take part, so these lines are broken here. It
    parts labels of frames wherever they are broken, so that a sign stands for each of their lines, which is added to ``signs``.
    """

    def said(match: re.Match[str]) -> str:
        longest = 2 * LONG_WORD if "," in match[1] else LONG_WORD  # a note over several has more room
        if all(len(word) <= longest for word in BREAK.sub(" ", match[2]).split()):
            return f"{match[1]} wrap: {match[2]}"
        room = 14 if narrow else 24
        parts = [textwrap.wrap(part, room, break_long_words=False, break_on_hyphens=False) for part in BREAK.split(match[2])]
        return f"{match[1]} {'<br/>'.join(line for part in parts for line in part)}"

    def framed(match: re.Match[str]) -> str:
        lines = [
            line for part in BREAK.split(match[2]) for line in textwrap.wrap(part, 10 if narrow else 24, break_long_words=False)
        ]
        marks = [chr(SIGN + len(signs) + number) for number in range(max(2, len(lines)))]
        # A label of one line would be parted as well: it gets a second, which is nothing but the bracket that is added.
        signs.update(zip(marks, lines, strict=True) if len(lines) > 1 else {marks[0]: f"{lines[0]}]", f"{marks[1]}]": ""}.items())
        return match[1] + "<br/>".join(marks)

    text = FRAME.sub(framed, SAID.sub(said, text))
    return ACTOR.sub(lambda match: match[1] + re.sub(r"\s+", "<br/>", match[2].strip()), text) if narrow else text


def _front_matter(text: str, advice: list[tuple[int, str]]) -> tuple[str, str]:
    """The title in the front matter of a diagram, and the text without it, on the same lines."""
    match = FRONT_MATTER.match(text)
    if not match:
        return "", text
    try:
        fields = yaml.safe_load(match[1] or "") or {}
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = (mark.line if mark else 0) + 1 + _line(text, match.start(1) if match[1] else 0)
        raise DiagramError("its front matter is not YAML; put quotes around text that contains : or #", line - 1) from error
    if not isinstance(fields, dict):
        raise DiagramError("its front matter has no fields; write title: and the title")
    for name in fields.keys() - {"title"}:
        line = next((number for number, row in enumerate(text.split("\n"), 1) if row.startswith(f"{name}:")), 1)
        reason = f"since {LOOK}" if name in {"config", "displayMode"} else "only title has one"
        advice.append((line, f"{name} in the front matter of a diagram has no effect, {reason}; remove it"))
    advice.sort()
    return str(fields.get("title") or ""), _blank(match) + text[match.end() :]


def _kind(text: str) -> str:
    first = next(((number, line.strip()) for number, line in enumerate(text.split("\n"), 1) if line.strip()), None)
    if first is None:
        raise DiagramError(f"it is empty; begin with its kind: {ALLOWED}")
    number, line = first
    word = re.split(r"[\s;:]", line)[0]
    if word in NUMBERS:
        raise DiagramError(f"{word} shows numbers; draw them with matplotlib in the model, and show them with {{chart}}", number)
    if word not in KINDS:
        alike = next((name for name in KINDS if name.lower() == word.lower()), "")
        allowed = f"did you mean {alike!r}? Allowed are" if alike else "allowed are"
        raise DiagramError(f"it begins with {_short(word)!r}, which is no kind that is drawn here; {allowed} {ALLOWED}", number)
    return KINDS[word]


def _blank(match: re.Match[str]) -> str:
    """Empty lines in place of a match, so that what follows keeps its line."""
    return "\n" * match[0].count("\n")


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _short(words: str) -> str:
    words = " ".join(words.split())
    return words if len(words) <= 50 else f"{words[:49]}…"


def words_of_states(text: str) -> Iterator[str]:
    """The changes of state that a diagram shows, each in words."""
    names = dict(re.findall(r'^\s*state\s+"([^"]+)"\s+as\s+(\w+)', text, re.MULTILINE))
    labels = {name: label for label, name in names.items()}
    labels |= {name: label.strip() for name, label in re.findall(r"^\s*(\w+)\s*:\s*(.+)$", text, re.MULTILINE)}
    for match in re.finditer(r"^\s*(\[\*\]|[\w.]+)\s*-->\s*(\[\*\]|[\w.]+)\s*(?::\s*(.+))?$", text, re.MULTILINE):
        start = "start" if match[1] == "[*]" else labels.get(match[1], match[1])
        end = "end" if match[2] == "[*]" else labels.get(match[2], match[2])
        yield f"{start} → {end}" + (f": {match[3].strip()}" if match[3] else "")
