"""The paths of a drawing: where they begin and end, and in which direction; fewer points where nobody would see the others."""

import math
import re
from typing import NamedTuple

TOKEN = re.compile(r"[A-Za-z]|-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?")
#: How many numbers follow each command.
NUMBERS = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "S": 4, "Q": 4, "T": 2, "A": 7, "Z": 0}
#: The length in characters above which a path is drawn with fewer points, and how many pixels it may then be from where it was.
LONG, TOLERANCE = 240, 0.15

Point = tuple[float, float]


class End(NamedTuple):
    """An end of a line: where it is, and the direction in degrees in which a reader follows the line there."""

    x: float
    y: float
    angle: float


def number(value: float) -> str:
    """A length, rounded to a tenth of a pixel and written as briefly as SVG allows."""
    return f"{value:.1f}".removesuffix(".0").replace("-0.", "-.").removeprefix("0").replace("-.0", "0") or "0"


def rounded(text: str) -> str:
    """A path, a transform or points with their numbers rounded, without needless spaces."""
    text = " ".join(TOKEN.sub(lambda match: match[0] if match[0].isalpha() else number(float(match[0])), text).split())
    return text if "(" in text else re.sub(r"\s*([A-Za-z])\s*", r"\1", text)


def commands(path: str) -> list[tuple[str, list[float]]]:
    """The commands of a path, each with the numbers of one step."""
    steps: list[tuple[str, list[float]]] = []
    name, numbers = "M", list[float]()
    for token in TOKEN.findall(path):
        if token.isalpha():
            name, numbers = token, []
            if name in "Zz":
                steps.append((name, []))
            continue
        numbers.append(float(token))
        if len(numbers) == NUMBERS.get(name.upper(), 2):
            steps.append((name, numbers))
            # What follows a first point without a command of its own are lines.
            name, numbers = {"M": "L", "m": "l"}.get(name, name), []
    return steps


def corners(path: str) -> list[Point]:
    """The points of a path, with those by which its curves are bent; of a path with arcs, only those between them."""
    points: list[Point] = []
    x = y = 0.0
    for name, numbers in commands(path):
        base_x, base_y = (x, y) if name.islower() else (0.0, 0.0)
        kind = name.upper()
        if kind == "H":
            x = base_x + numbers[0]
        elif kind == "V":
            y = base_y + numbers[0]
        elif kind == "A":
            x, y = base_x + numbers[5], base_y + numbers[6]
        elif numbers:
            pairs = [(base_x + a, base_y + b) for a, b in zip(numbers[::2], numbers[1::2], strict=True)]
            points += pairs[:-1]
            x, y = pairs[-1]
        points.append((x, y))
    return points


def ends(points: list[Point]) -> tuple[End, End]:
    """Both ends of a line through ``points``."""
    distinct = [point for number, point in enumerate(points) if not number or math.dist(point, points[number - 1]) > 0.01]
    if len(distinct) < 2:
        return End(*points[0], 0.0), End(*points[0], 0.0)
    (x0, y0), (x1, y1) = distinct[:2]
    (x2, y2), (x3, y3) = distinct[-2:]
    return End(x0, y0, _angle(x1 - x0, y1 - y0)), End(x3, y3, _angle(x3 - x2, y3 - y2))


def _angle(x: float, y: float) -> float:
    return math.degrees(math.atan2(y, x))


def simpler(path: str) -> str:
    """A ``path`` of very many small curves, as the layout draws round shapes with, as the lines that look the same."""
    steps = commands(path)
    if len(path) < LONG or {name for name, _ in steps} - set("MLCZ"):
        return path
    parts: list[list[Point]] = []
    for name, numbers in steps:
        if name == "M":
            parts.append([(numbers[0], numbers[1])])
        elif numbers and parts:
            parts[-1].append((numbers[-2], numbers[-1]))
    closed = math.dist(parts[0][0], parts[0][-1]) < TOLERANCE
    lines = ["M" + "L".join(f"{x:.2f},{y:.2f}" for x, y in _thinned(part)) for part in parts if len(part) > 1]
    return "".join(line + "Z" * closed for line in lines)


def _thinned(points: list[Point]) -> list[Point]:
    """The points without which the line would be elsewhere (Ramer, Douglas and Peucker)."""
    keep, spans = {0, len(points) - 1}, [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        far, at = 0.0, 0
        for index in range(first + 1, last):
            if (distance := _distance(points[index], points[first], points[last])) > far:
                far, at = distance, index
        if far > TOLERANCE:
            keep.add(at)
            spans += [(first, at), (at, last)]
    return [points[index] for index in sorted(keep)]


def _distance(point: Point, start: Point, end: Point) -> float:
    """How far a point is from the line between two others."""
    length = math.dist(start, end)
    if not length:
        return math.dist(point, start)
    (x, y), (x1, y1), (x2, y2) = point, start, end
    return abs((x2 - x1) * (y1 - y) - (x1 - x) * (y2 - y1)) / length
