"""Diagrams that authors write as text are drawn in the house style, or told at the line of the mistake."""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import pytest
from insights.diagrams import NARROW, DiagramError, OvertimeError, draw, engine, worker
from insights.diagrams.colours import named
from insights.diagrams.paths import simpler
from insights.pictures.svg import read_svg
from lxml import etree

#: What each kind is written as, and words that have to be in its drawing and in its list of words.
KINDS = {
    "flowchart": ('flowchart LR\n  A["`**The** cat`"] -->|yes & no| B[(Store<br/>two)]\n  subgraph g [Group]\n    B\n  end',
                  ["The cat → Store two: yes & no", "Group"]),
    "sequence": ("sequenceDiagram\n  participant A as Anna\n  A->>B: a word\n  Note over A,B: both\n  B--xA: lost",
                 ["Anna → B: a word", "Note: both", "B → Anna: lost"]),
    "long words": ("sequenceDiagram\n  actor U as User\n  U->>API: GET /items?page=1&size=10",
                   ["User → API: GET /items?page=1&size=10"]),
    "less": ("flowchart LR\n  A -->|a<b| B", ["A → B: a<b"]),
    "state": ('stateDiagram-v2\n  [*] --> Idle\n  state "At work" as work\n  Idle --> work : request\n  work --> [*]',
              ["start → Idle", "Idle → At work: request", "At work → end"]),
    "choice": ("stateDiagram-v2\n  state c <<choice>>\n  a --> c\n  c --> b: if n < 0", ["a → c", "c → b: if n < 0"]),
    "class": ("classDiagram\n  Animal <|-- Duck : is\n  class Duck {\n    +swim()\n  }", ["Animal → Duck: is", "+swim()"]),
    "er": ('erDiagram\n  CAR ||--o{ DRIVER : allows\n  CAR {\n    string id PK "a key"\n  }', ["CAR → DRIVER: allows", "a key"]),
    "requirement": ("requirementDiagram\n requirement r {\n  id: 1\n  text: fast\n  risk: high\n  verifymethod: test\n }",
                    ["Text: fast"]),
    "mindmap": ("mindmap\n  root((Centre))\n    Left\n    Right", ["Centre", "Left", "Right"]),
    "timeline": ("timeline\n  2002 : LinkedIn\n  2004 : Facebook", ["2002", "Facebook"]),
    "git": ('gitGraph\n  commit id: "first"\n  branch other\n  commit id: "second"', ["first", "other", "second"]),
    "gantt": ("gantt\n  dateFormat YYYY-MM-DD\n  section Part\n    Task one :a, 2024-01-01, 30d", ["Task one", "Part"]),
    "block": ('block-beta\n  columns 2\n  a["Left"] b["Right"]', ["Left", "Right"]),
    "kanban": ("kanban\n  Todo\n    [Create it]", ["Todo", "Create it"]),
}  # fmt: skip
#: What only the list of words says.
SAID = {"Note", "start", "end"}


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lay out diagrams in this process, which takes no time to start."""

    def drawings(boards: Sequence[engine.Variants]) -> list[str]:
        *_, answer = worker.answers([dict(board) for board in boards])
        if "problem" in answer:
            raise DiagramError(answer["problem"], answer["line"])
        return list(answer["drawings"])

    monkeypatch.setattr(engine, "drawings", drawings)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_with_its_words_and_with_nothing_that_a_page_forbids(kind: str) -> None:
    text, expected = KINDS[kind]
    diagram = draw(text)
    assert set(expected) <= set(diagram.words), diagram.words
    for board in (diagram.wide, diagram.narrow):
        words = " ".join(etree.fromstring(board.page.encode()).itertext())
        assert {word for word in re.findall(r"\w{3,}", " ".join(expected)) if word not in SAID} <= set(
            re.findall(r"\w{3,}", words)
        )
        assert not re.search(r'style=|\bid=|href|url\(|<style|foreignObject|fill="#|stroke="#|[\d]{3}\.\d{3}', board.page)
        sizes = [float(size) for size in re.findall(r'font-size="([\d.]+)"', board.page)]
        assert min([14, *sizes]) >= 12, "letters in their own size"
        picture = read_svg(board.file.encode())
        assert not picture.lost
        assert not picture.scripts
    assert draw(text) == diagram, "the same to the byte"


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("text", "line", "words"), [
    ("flowchart LR\n  A --> B\n  B --> --> C\n  C --> D", 3, "unexpected edge operator"),
    ("flowchart LR\n  A --> B\n\n  A[open --> B", 4, "Unterminated node label"),
    ("flowchart LR\n  subgraph one\n    A --> B\n  end\n  A -->|x B", 5, "Unterminated flowchart pipe edge label"),
    ("flowchart LR\n  A[a (b)] --> C", 2, "quote it"),
    ("flowchart LR\n  A --> B\n  subgraph one\n    A", 3, 'expected "end"'),
    ("sequenceDiagram\n  A->>B: hi\n  loop x\n    A=>B: hi\n  end", 4, "Unexpected character"),
    ("sequenceDiagram\n  A->>B: hi\n  A->>B hi", 3, "expected text"),
    ("sequenceDiagram\n  A->>B: hi; and more", 2, "write #59;"),
    ("classDiagram\n  A <|-- B\n  class A {", 3, "EOF inside class body"),
    ("gantt\n  section a\n  t: 2020-99-01, 3d", 3, "Invalid date"),
    ("gitGraph\n  commit\n  checkout nope", 3, "not yet created"),
    ("---\ntitle: a: b\n---\nflowchart LR\n  A", 2, "not YAML"),
    ("grph LR\n  A --> B", 1, "allowed are flowchart"),
    ("SequenceDiagram\n  A->>B: x", 1, "did you mean 'sequenceDiagram'?"),
    ("%% nothing\n", 1, "it is empty"),
    ("flowchart LR\n", 1, "nothing is in it"),
    ("sequenceDiagram", 1, "nothing is in it"),
    ("flowchart LR\n  " + " & ".join("abcdefgh" * 8) + " --> " + " & ".join("stuvwxyz" * 8), 2, "too many boxes"),
    ('pie title Pets\n  "Dogs" : 3', 1, "draw them with matplotlib"),
    ("flowchart LR\n  A --> B\n  A@{ img: 'https://example.org/a.png' }", 3, "a picture in a diagram"),
    ('flowchart LR\n  A["$$x^2$$"]', 2, "a formula in a diagram"),
    ('flowchart LR\n  A --> B\n  B["<img src=x onerror=alert(1)>"]', 3, "HTML in a diagram"),
    ("flowchart LR\n" + "  A --> B\n" * 3_000, 1, "allowed are 20,000"),
])  # fmt: skip
def test_a_mistake_is_told_at_its_line_with_what_is_allowed(text: str, line: int, words: str) -> None:
    with pytest.raises(DiagramError) as error:
        draw(text)
    assert words in str(error.value)
    assert error.value.line == line
    assert len(str(error.value)) < 300


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize(("text", "line", "words"), [
    ("%%{init: {'theme': 'dark', 'themeCSS': '.node{x}'}}%%\nflowchart LR\n  A --> B", 1, "has no effect"),
    ("---\nconfig:\n  theme: dark\n---\nflowchart LR\n  A --> B", 2, "config in the front matter of a diagram has no effect"),
    ('flowchart LR\n  A --> B\n  click A "javascript:alert(1)" "tip"', 3, "readers cannot follow links"),
    ("flowchart LR\n  A --> B\n  click B call run()", 3, "readers cannot follow links"),
    ("sequenceDiagram\n  A->>B: x\n  link A: Wiki @ https://example.org/", 3, "readers cannot follow links"),
    ("flowchart LR\n  A[fa:fa-car Car] --> B", 2, "the icon fa:fa-car is left out"),
])  # fmt: skip
def test_what_a_drawing_cannot_have_is_left_out_and_told(text: str, line: int, words: str) -> None:
    diagram = draw(text)
    [(found, message)] = diagram.advice
    assert (found, words in message) == (line, True), message
    assert not re.search(r"javascript|https:|fa-car|run\(", diagram.wide.page + diagram.wide.file)


@pytest.mark.usefixtures("at_once")
def test_a_row_that_is_too_long_for_a_phone_stands_upright_there() -> None:
    row = "flowchart LR\n  " + " --> ".join(f"n{number}[Stage {number}]" for number in range(5))
    diagram = draw(row)
    assert diagram.wide.width > diagram.wide.height
    assert diagram.narrow.width < NARROW < diagram.narrow.height


@pytest.mark.usefixtures("at_once")
def test_the_title_and_the_description_in_a_diagram_are_its_caption_and_alt_text() -> None:
    diagram = draw("---\ntitle: The loop\n---\nflowchart LR\n  accTitle: Short\n  accDescr {\n    Two\n    lines\n  }\n  A --> B")
    assert (diagram.title, diagram.description) == ("The loop", "Two lines")
    assert "The loop" not in diagram.wide.page
    assert draw("flowchart LR\n  accTitle: Short\n  A --> B").title == "Short"


def test_a_diagram_that_takes_too_long_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "PATIENCE", 0.01)
    with pytest.raises(OvertimeError, match="split it"):
        draw("flowchart LR\n  A --> B")


def test_a_diagram_whose_process_ends_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(engine, "WORKER", tmp_path / "none.py")
    with pytest.raises(DiagramError, match="split it"):
        draw("flowchart LR\n  A --> B")


def test_colours_of_authors_become_the_nearest_of_ours() -> None:
    names = {
        "#f9f": "c0", "red": "c0", "#f96": "c0", "gold": "c3", "rgb(0, 128, 0)": "c4", "#bbf": "c1", "hsl(220, 80%, 50%)": "c1",
        "#333": "ink", "#888": "muted", "white": "sheet", "none": "none", "transparent": "none", "no colour": "ink",
    }  # fmt: skip
    assert {colour: named(colour)[0] for colour in names} == names
    assert named("#f96")[1], "behind words it is a tint"


def test_a_round_shape_is_drawn_with_few_points_that_look_the_same() -> None:
    import math

    circle = [(50 * math.cos(angle / 40), 50 * math.sin(angle / 40)) for angle in range(252)]
    path = "M50 0 " + " ".join(f"C{x} {y}, {x} {y}, {x} {y}" for x, y in circle)
    points = [tuple(map(float, pair.split(","))) for pair in re.findall(r"-?[\d.]+,-?[\d.]+", simpler(path))]
    assert len(points) < 80
    assert all(abs(math.hypot(*point) - 50) < 0.1 for point in points)


@pytest.mark.parametrize("label", ["every 5 s", "daily", "authorisation is declined because of fraud & more", "one<br/>two"])
def test_no_word_of_a_frame_is_parted_and_none_lies_over_its_kind(label: str) -> None:
    frames = f" loop {label}\n B->>B: poll\n end\n alt {label}\n A->>B: x\n else {label}\n A->>B: y\n end"
    drawn = draw(f"sequenceDiagram\n A->>B: hi\n{frames}")
    for board in (drawn.wide, drawn.narrow):
        words = etree.fromstring(board.page).xpath("//*[local-name()='text']")
        said = " ".join(" ".join(part for part in text.itertext() if part) for text in words)
        assert said.count(f"[{label.replace('<br/>', ' ')}]") == 3
        first = next(text for text in words if "[" in "".join(text.itertext()))
        assert first.get("text-anchor", "start") == "start"


def test_dates_of_a_plan_do_not_overlap() -> None:
    board = draw("gantt\n dateFormat YYYY-MM-DD\n section A\n One :a1, 2024-01-01, 30d\n Two :after a1, 30d").narrow
    dates = re.compile(r"translate\(([\d.]+)[^>]*>(?:<line[^>]*>)?<text[^>]*>\d+ \w{3}<")
    places = [float(place) for place in dates.findall(board.page)]
    assert len(places) > 1
    assert all(after - before > 40 for before, after in pairwise(places))
