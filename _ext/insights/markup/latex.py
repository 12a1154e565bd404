"""LaTeX as authors write it, in the words that the converter knows.

The converter reads one formula of plain LaTeX. Authors also write what amsmath and MathJax offer around it: several equations,
numbers, labels, macros for the rest of the text, and formulas in words.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

#: The longest formula and the deepest, since the converter crashes when it runs out of stack.
LONGEST, DEEPEST = 10_000, 100
TOKEN = re.compile(r"\\(?:[a-zA-Z]+|.)|\n[ \t]*\n\s*|[^\\\n]|\n", re.DOTALL)
COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*\n?[ \t]*")
#: A % that is no comment: right behind a number.
PERCENT = re.compile(r"(?<=\d)\s?%")
ENVIRONMENT = re.compile(r"\\(begin|end)\s*\{(\w+)(\*?)\}")
#: Environments that are no more than a formula on a line of its own; and those that are another by its other name.
BARE = {"equation", "displaymath", "math"}
ALIGNED = {"align", "alignat", "alignedat", "aligned", "flalign", "split"}
SAME = dict.fromkeys(ALIGNED, "aligned") | {"gather": "gathered", "eqnarray": "array"}
#: What numbers its lines, and is kept where they have tags.
NUMBERED_LINES = re.compile(r"\\begin\{(?:align|gather)\}")
#: The arguments of \begin that set what is set here anyway: the vertical position, and a number of columns.
ARGUMENTS = re.compile(r"(\\begin\{(?:array|aligned|gathered|subarray)\})\s*\[[tbc]\]")
COLUMN_COUNT = re.compile(r"\\begin\{align(?:at\*?|edat)\}\s*(?:\[[tbc]\])?(\{\s*\d+\s*\})")
MATRIX = re.compile(r"\\begin\{([pbBvV]?)matrix\*\}\s*\[([lcr])\](.*?)\\end\{\1matrix\*\}", re.DOTALL)
FENCES = {"": "..", "p": "()", "b": "[]", "B": (r"\{", r"\}"), "v": "||", "V": (r"\|", r"\|")}
ARRAY = re.compile(r"\\begin\{d?array\}\s*(?=\{)")
REPEATED = re.compile(r"\*\s*\{(\d{1,2})\}\s*\{([lcr|:\s]*)\}")
#: What only moves the columns of an array a little.
BETWEEN_COLUMNS = re.compile(r"[@!]\s*\{(?:\\(?:quad|qquad|[,:;! ]|enspace|hspace\s*\{[^{}]*\})|~|\s)*\}")
ROW_GAP = re.compile(r"\\\\\*?\s*\[\s*(\d*\.?\d+)\s*(em|ex|pt|px|cm|mm|in)\s*\]")
#: Where a macro is defined: its name, the number of its arguments, and the default value of the first.
DEFINITION = re.compile(
    r"\\(?:(?P<command>(?:re)?new|provide|Declare)(?P<kind>command|MathOperator|RobustCommand)(?P<star>\*?)"
    r"\s*(?:\{\s*(?P<braced>\\[A-Za-z]+)\s*\}|(?P<bare>\\[A-Za-z]+))"
    r"\s*(?:\[(?P<count>\d)\])?(?P<default>\s*\[[^\]]*\])?|[gx]?def\s*(?P<defined>\\[A-Za-z]+)\s*(?P<parameters>(?:#\d)*))\s*(?=\{)"
)
TEXT = re.compile(r"\\(?:text|mbox|hbox|textrm|textnormal|textup|textbf|textit|textsf|texttt|textsc|emph)\s*(?=\{)")
IN_TEXT = re.compile(r"(?<!\\)\$(.+?)(?<!\\)\$|\\\((.+?)\\\)", re.DOTALL)
TAG, LABEL = re.compile(r"\\tag(\*?)\s*(?=\{)"), re.compile(r"\\label\s*(?=\{)")
UNNUMBERED = re.compile(r"\\(?:notag|nonumber)(?![A-Za-z])\s*")
ROOT = re.compile(r"√\s*(?=[\w{\\])")
#: The colours that a formula can have, and one that is not given by its name.
COLOURS = "red, orange, yellow, green, teal, cyan, blue, purple, magenta, gray or black"
OTHER_COLOUR = re.compile(r"\\(?:text)?color\s*(?:\[|\{\s*#)")
#: Options and stars that change no more than the space around something.
SPACING = re.compile(r"(\\hspace)\*|(\\smash)\s*\[[tb]\]")
#: Macros in the words of the converter, for it to define.
MACROS = {
    "bigstar": r"\star",
    "cancelto": r"\overset{#1}{\cancel{#2}}",
    "dotsb": r"\cdots",
    "dotsc": r"\ldots",
    "dotsi": r"\cdots",
    "dotsm": r"\cdots",
    "dotso": r"\ldots",
    "emph": r"\textit{#1}",
    "hbox": r"\text{#1}",
    "mathclap": "{#1}",
    "mathbbm": r"\mathbb{#1}",
    "mathds": r"\mathbb{#1}",
    "mbox": r"\text{#1}",
    "pmb": r"\boldsymbol{#1}",
    "smash": "{#1}",
    "strut": r"\vphantom{(}",
    "substack": r"\begin{subarray}{c}#1\end{subarray}",
    "textnormal": r"\text{#1}",
    "textup": r"\text{#1}",
    "LaTeX": r"\text{LaTeX}",
    "TeX": r"\text{TeX}",
}


class Prepared(NamedTuple):
    """A formula for the converter, with what stands beside it: the words of its tag, and the gaps below rows, as CSS lengths.

    In the formula, character ``GAP + number`` marks a gap.
    """

    latex: str
    tag: str
    gaps: tuple[str, ...]


#: What parts columns and lines, and how to fix it where there are none.
OUTSIDE = {"&": r"put the columns in one, or write \& for the sign", r"\\": "put the lines in one, in a {math} fence"}
#: The first of the private characters that mark gaps.
GAP = 0xF0000


def prepare(latex: str, *, block: bool) -> Prepared:
    r"""``latex`` as the converter reads it. In a ``block``, blank lines part equations; ``&`` and ``\\`` need no environment.

    Raises ValueError with two arguments: what is wrong, and how to fix it.
    """
    if len(latex) > LONGEST:
        raise ValueError(f"{len(latex):,} characters", f"write at most {LONGEST:,}, in several formulas")
    if percent := (PERCENT if block else COMMENT).search(latex):
        raise ValueError(f"“{percent[0].strip()}”, where % begins a comment", r"write \% for the sign")
    _check_braces(latex := COMMENT.sub(r"\1", latex))
    latex = ROOT.sub(r"\\sqrt ", replace(latex, TEXT, _text))
    latex = SPACING.sub(lambda found: found[1] or found[2], UNNUMBERED.sub("", latex))
    if OTHER_COLOUR.search(latex):
        raise wrong_colour()
    tags: list[str] = []
    latex = _environments(latex)
    if not block and TAG.search(latex):
        raise ValueError(r"\tag in a line of text", "write the formula in a {math} fence")
    rows_tagged = NUMBERED_LINES.search(latex)
    if not rows_tagged:
        latex = replace(latex, TAG, lambda star, argument: _take(tags, argument if star[1] else f"({argument})"))
    if len(tags) > 1:
        raise ValueError(r"more than one \tag", "put the lines in an align environment, or each in a fence of its own")
    gaps: list[str] = []
    latex = ROW_GAP.sub(lambda gap: rf"\text{{{chr(GAP + len(gaps))}}}\\" + _take(gaps, gap[1] + gap[2]), latex)
    return Prepared(_equations(latex) if block else _one_line(latex), tags[0] if tags else "", tuple(gaps))


def _take(taken: list[str], text: str) -> str:
    """Put ``text`` on a list, and nothing in its place."""
    taken.append(text)
    return ""


def wrong_colour() -> ValueError:
    """The error for a colour that is legible in one of the schemes only."""
    return ValueError("a colour that does not follow the light and the dark scheme", f"use {COLOURS}")


def take_definitions(latex: str) -> tuple[str, str]:
    r"""The macros that a formula defines, all by ``\def``, and the formula without them.

    Raises ValueError with two arguments: what is wrong, and how to fix it.
    """
    macros: list[str] = []

    def define(found: re.Match[str], body: str) -> str:
        if found["default"]:
            raise ValueError("a macro with an optional argument", "give it arguments in braces only")
        name = found["braced"] or found["bare"] or found["defined"]
        if found["kind"] == "MathOperator":
            body = rf"\operatorname{found['star']}{{{body}}}"
        parameters = found["parameters"] or "".join(f"#{number}" for number in range(1, int(found["count"] or 0) + 1))
        macros.append(rf"\def{name}{parameters}{{{body}}}")
        return ""

    rest = replace(COMMENT.sub(r"\1", latex) if DEFINITION.search(latex) else latex, DEFINITION, define)
    return "".join(macros), rest


def take_label(latex: str) -> tuple[str, str]:
    r"""The name in the ``\label`` of a formula, if it has exactly one, and the formula without it."""
    names: list[str] = []
    rest = replace(latex, LABEL, lambda _, name: _take(names, name.strip()))
    return (names[0], rest) if len(names) == 1 else ("", latex)


def replace(latex: str, command: re.Pattern[str], change: Callable[[re.Match[str], str], str]) -> str:
    """``latex`` with ``change(match, argument)`` instead of each ``command`` and the argument in braces that follows it."""
    parts, at = [], 0
    while found := command.search(latex, at):
        end = _closing_brace(latex, found.end())
        if end < 0:
            break
        parts += [latex[at : found.start()], change(found, latex[found.end() + 1 : end])]
        at = end + 1
    return "".join([*parts, latex[at:]])


def _closing_brace(latex: str, opening: int) -> int:
    """Where the brace at ``opening`` is closed, or -1."""
    depth, at = 0, opening
    while at < len(latex):
        depth += {"{": 1, "}": -1}.get(latex[at], 0)
        if not depth:
            return at
        at += 2 if latex[at] == "\\" else 1
    return -1


def _check_braces(latex: str) -> None:
    depth = 0
    for token in TOKEN.findall(latex):
        depth += {"{": 1, "}": -1}.get(token, 0)
        if depth > DEEPEST:
            raise ValueError(f"braces nested more than {DEEPEST} deep", "write less in one formula")
        if depth < 0:
            break
    if depth:
        raise ValueError("unbalanced brace", "write as many { as }")


def _text(command: re.Match[str], words: str) -> str:
    r"""The words of ``\text``, apart from the formulas in them, and with what they contain as signs: 50 %, max_size."""
    words = re.sub(r"(\\[%&_#$]) ", r"\1\\ ", words)  # the converter takes the space for the end of the command
    name, pieces, at = command[0].strip(), [], 0
    for formula in IN_TEXT.finditer(words):
        pieces += [f"{name}{{{words[at : formula.start()]}}}", f"{{{formula[1] or formula[2]}}}"]
        at = formula.end()
    pieces.append(f"{name}{{{words[at:]}}}")
    return re.sub(r"(?<!\\)_(?=[^{}]*\}$)", r"\\_", pieces[0]) if len(pieces) == 1 else "{" + "".join(pieces) + "}"


def _environments(latex: str) -> str:
    """The environments of amsmath in those of the converter, which numbers the lines of the others."""
    latex = COLUMN_COUNT.sub(lambda found: found[0].removesuffix(found[1]), latex)
    latex = latex.replace(r"\begin{smallmatrix}", r"\begin{subarray}{c}").replace(r"\end{smallmatrix}", r"\end{subarray}")
    latex = MATRIX.sub(_aligned_matrix, ARGUMENTS.sub(r"\1", latex))
    latex = latex.replace(r"\begin{eqnarray}", r"\begin{eqnarray}{rcl}").replace(r"\begin{eqnarray*}", r"\begin{eqnarray*}{rcl}")
    tagged = bool(re.search(r"\\tag\b.*\\\\|\\\\.*\\tag\b", latex, re.DOTALL))

    def rename(found: re.Match[str]) -> str:
        edge, name, star = found.groups()
        if name in BARE:
            return ""
        if tagged and not star and name in ("align", "alignat", "flalign", "gather"):
            return rf"\{edge}{{{'gather' if name == 'gather' else 'align'}}}"
        if name == "multline":
            star = "*"
        return rf"\{edge}{{{SAME.get(name, name + star)}}}"

    latex = ENVIRONMENT.sub(rename, latex)
    if NUMBERED_LINES.search(latex):
        latex = "".join(_untagged_rows(latex))
    return _columns(latex)


def _untagged_rows(latex: str) -> Iterator[str]:
    r"""``latex``, with ``\notag`` in each line without ``\tag``."""
    for row, end in re.findall(r"(.*?)(\\\\|\\end\{(?:align|gather)\}|$)", latex, re.DOTALL):
        yield row + (r"\notag " if end and r"\tag" not in row else "") + end


def _aligned_matrix(found: re.Match[str]) -> str:
    fence, side, body = found.groups()
    columns = max(row.count("&") for row in body.split(r"\\")) + 1
    opening, closing = FENCES[fence]
    return rf"\left{opening}\begin{{array}}{{{side * columns}}}{body}\end{{array}}\right{closing}"


def _columns(latex: str) -> str:
    """``latex`` with the columns of its arrays as letters and rules only."""

    def change(found: re.Match[str], columns: str) -> str:
        columns = REPEATED.sub(lambda some: some[2] * int(some[1]), BETWEEN_COLUMNS.sub("", columns))
        if wrong := re.search(r"[^lcr|:\s]", columns):
            raise ValueError(f"“{wrong[0]}” in the columns of an array", "write l, c, r and |, one for each column or rule")
        return f"{found[0]}{{{''.join(columns.split())}}}"

    return replace(latex, ARRAY, change)


def _equations(latex: str) -> str:
    """Equations that blank lines part, one below the other, aligned at their marks; their lines need no environment."""
    parts, marks, depth = [""], [set[str]()], 0
    for mark in TOKEN.findall(latex):
        depth += (mark in ("{", r"\begin", r"\left")) - (mark in ("}", r"\end", r"\right"))
        if not depth and mark.count("\n") > 1:
            parts.append("")
            marks.append(set())
            continue
        if not depth and mark in OUTSIDE:
            marks[-1].add(mark)
        parts[-1] += mark
    trimmed = [re.sub(r"(?:\\\\\s*)+$", "", part).strip() for part in parts]
    equations = [(part, found) for part, found in zip(trimmed, marks, strict=True) if part]
    if len(equations) > 1 and NUMBERED_LINES.search(latex):
        raise ValueError(r"\tag in one of several equations", "give each equation a fence of its own")
    if all("&" in found for _, found in equations):
        return _lines("aligned", [part for part, _ in equations])
    lines = [_lines("aligned" if "&" in found else "gathered", [part]) if found else part for part, found in equations]
    return _lines("gathered", lines) if len(lines) > 1 else lines[0]


def _lines(environment: str, parts: list[str]) -> str:
    lines = r"\\".join(parts)
    return rf"\begin{{{environment}}}{lines}\end{{{environment}}}"


def _one_line(latex: str) -> str:
    depth = 0
    for mark in TOKEN.findall(latex):
        depth += (mark == r"\begin") - (mark == r"\end")
        if not depth and mark in OUTSIDE:
            raise ValueError(f"{mark} outside an environment such as aligned", OUTSIDE[mark])
    return latex
