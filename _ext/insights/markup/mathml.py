"""A formula as MathML Core, the MathML that browsers draw, made by the build: neither pages nor feeds need a script."""

import html
import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree as ET

from insights.palette import ON_ANY

from . import latex as source

if TYPE_CHECKING:
    from math_core import LatexToMathML

MATHML = "http://www.w3.org/1998/Math/MathML"
#: The deepest MathML, since Python's recursion limit is reached by formulas a little deeper.
DEEPEST = 100
ENTITY, OF_XML = re.compile(r"&(\w+;)"), {"lt;", "gt;", "amp;", "quot;"}
#: The declarations of the converter's inline styles, which the content policy refuses: the classes of our style sheet instead.
CLASSES = {
    "text-align:left": "left",
    "text-align:right": "right",
    "padding-left:0": "joins-left",
    "padding-right:0": "joins-right",
    "padding-left:1em": "apart",
    "padding-top:0": "close",
    "padding-top:0.1667em": "spread",
    "border-left:0.05em solid currentcolor": "rule-left",
    "border-right:0.05em solid currentcolor": "rule-right",
    "border-top:0.05em solid currentcolor": "rule-top",
    "border-left:0.05em dashed currentcolor": "dashes-left",
    "border-right:0.05em dashed currentcolor": "dashes-right",
    "border-top:0.05em dashed currentcolor": "dashes-top",
    "padding-left:0.1em": "double",
    "padding-left:0.1667em": "thin-left",
    "padding-right:0.1667em": "thin-right",
    "padding-left:0.2222em": "medium-left",
    "padding-right:0.2222em": "medium-right",
    "padding-left:0.2778em": "thick-left",
    "padding-right:0.2778em": "thick-right",
    "width:100%": "wide",
    "width:50%": "half",
    "width:7.5%": "margin",
    "margin-left:-0.16666667em": "back",
    "font-variant-caps:small-caps": "small-caps",
}
#: Declarations that repeat an attribute, or another declaration.
REPEATED = re.compile(r"justify-items:|padding-bottom:0$|padding-right:0\.1em$|width:[\d.]+(?:rem|em)$")
#: The colours of a formula, which follow the scheme: for what the converter makes of a name, the name of our own colour.
COLOURS = {
    "FF0000": "c0", "FF8001": "c3", "FFEB3D": "c3", "BF803F": "c3", "9F8C18": "c3", "03FF00": "c4", "BFFF04": "c4",
    "008080": "c4", "00B9F2": "c4", "0000FF": "c1", "808080": "c2", "000000": "ink",
    "BF0140": "purple", "800080": "purple", "FB3199": "purple", "FFBFBF": "purple",
}  # fmt: skip
#: The elements of MathML Core that the converter uses, and the HTML that may stand in mtext.
ELEMENTS = {
    "b", "code", "i", "math", "mfrac", "mi", "mmultiscripts", "mn", "mo", "mover", "mpadded", "mphantom",
    "mprescripts", "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext", "mtr",
    "munder", "munderover", "span",
}  # fmt: skip
ATTRIBUTES = {
    "accent", "accentunder", "alttext", "class", "depth", "display", "displaystyle", "form", "height", "linethickness", "lspace",
    "mathcolor", "mathvariant", "maxsize", "minsize", "movablelimits", "rspace", "scriptlevel", "stretchy",
    "symmetric", "voffset", "width",
}  # fmt: skip
#: The lines that Chromium does not draw, or only where a font has them in all lengths: the classes of our style sheet instead.
LINES = {
    "box": "boxed", "updiagonalstrike": "strike-up", "downdiagonalstrike": "strike-down", "horizontalstrike": "strike",
    "mover": "overline", "munder": "underline",
}  # fmt: skip
LOW_LINE = "\u0332"
#: What the converter says, by the beginning of its words; what is wrong, and how to fix it. In both, @ stands for what it names.
MISTAKES = (
    (r'Unknown command "(\\(?:SI|si|SIrange|qty|num|unit|ang)\*?)"', "@, a command of siunitx", r"write 10\,\mathrm{ms}"),
    (r'Unknown command "(\\(?:ce|pu)\*?)"', "@, a command of mhchem", r"write \mathrm{H_2O}, and \to for an arrow"),
    (r'Unknown command "(\\(?:ref|eqref))"', "@", "write the role {eq} outside it"),
    (r'Unknown command "(\\href)"', "@", "put a link around it"),
    (r'Unknown command "(\\\w+)"', "unknown command @", r"check its spelling, or define it: \newcommand{@}{…}"),
    (r'Unknown command "(.+)"', "unknown command @", "write it in other commands"),
    (r'Unknown environment "(.+)"', "unknown environment @", "use aligned, gathered, cases, array, or pmatrix and the like"),
    (r'Unknown color "(.+)"', "unknown colour @", f"use {source.COLOURS}"),
    (r'Found "&"', "& outside an environment such as aligned", r"put the columns in one, or write \& for the sign"),
    (r'Found "\\label"', r"more than one \label", "label the whole formula, by the option :label: of its fence"),
    (r'Found "\\h', r"\hline inside a row", r"write it once, right behind \\"),
    (r'Found "\\tag', r"\tag inside a part of the formula", "write it at the end"),
    (r"Not valid in (?:text|math) mode", r"a command of the other mode", r"\text{…} has words only, without markup"),
    (r"Invalid parameter number|Macro parameter", "# outside a macro", r"write \# for the sign"),
    (r"Unmatched closing|Expected closing", "something that is not closed", r"close every brace, \left and \begin"),
    (r"Expected argument", "a command or a script without its argument", "write one, in braces"),
    (r"Direct Unicode input is not supported for this symbol yet: '(.)'", "the character @", "write its LaTeX command"),
    (r"Duplicate subscript or superscript", "two scripts of one kind", "put braces around what the second belongs to"),
)  # fmt: skip


#: Signs that XML cannot have.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


class Formula(NamedTuple):
    """A formula as a MathML element, and its tag, as it is shown beside it, or nothing."""

    markup: str
    tag: str


def mathml(latex: str, display: str, macros: str = "") -> str:
    """The MathML of a formula. Takes and raises what ``formula`` does."""
    return formula(latex, display, macros).markup


def formula(latex: str, display: str, macros: str = "") -> Formula:
    r"""``latex``, in which ``macros`` (a string of ``\def``) are defined, as MathML with its source as alttext.

    ``display`` is inline or block.

    Raises ValueError with two arguments: what is wrong, and how to fix it.
    """
    own, rest = source.take_definitions(latex)
    if not rest.strip():
        raise ValueError("nothing", "write LaTeX, or remove it")
    if control := CONTROL.search(latex + macros):
        raise ValueError(f"the invisible sign U+{ord(control[0]):04X}", "remove it")
    prepared = source.prepare(rest, block=display == "block")
    root = ET.fromstring(_converted(macros + own + prepared.latex, display))
    _check_depth(root)
    for element in root.iter():
        _draw_lines(element)
    for element in list(root.iter()):
        _classify(element)
        _set_gap(element, prepared.gaps)
    for table in root.iter(_tag("mtable")):
        _close_table(table)
    for element in root.iter():
        _check(element)
    root.set("alttext", " ".join(latex.split()))
    ET.register_namespace("", MATHML)
    return Formula(ET.tostring(root, encoding="unicode"), prepared.tag)


@cache
def _converter() -> "LatexToMathML":
    from math_core import LatexToMathML

    return LatexToMathML(macros=source.MACROS, xml_namespace=True, fancy_error=False, allow_unreliable_rendering=True)


def _converted(latex: str, display: str) -> str:
    from math_core import LatexError

    try:
        markup = _converter().convert_with_local_state(latex, displaystyle=display == "block")
    except LatexError as error:
        said = re.sub(r"^\d+: ", "", str(error))
        for pattern, problem, fix in MISTAKES:
            if found := re.match(pattern, said):
                named = found[1] if found.lastindex else ""
                raise ValueError(problem.replace("@", named), fix.replace("@", named)) from error
        raise ValueError(said.rstrip("."), "write it in other commands") from error
    return ENTITY.sub(lambda entity: entity[0] if entity[1] in OF_XML else html.unescape(entity[0]), markup)


def _tag(name: str) -> str:
    return f"{{{MATHML}}}{name}"


def _name(element: ET.Element) -> str:
    return element.tag.removeprefix(f"{{{MATHML}}}")


def _check_depth(root: ET.Element) -> None:
    level = [root]
    for _ in range(DEEPEST):
        level = [child for element in level for child in element]
    if level:
        raise ValueError(f"parts nested more than {DEEPEST} deep", "write less in one formula")


def _draw_lines(element: ET.Element) -> None:
    """Make a row with a class of what encloses its content, or has a line over or under it."""
    name = _name(element)
    if name == "menclose":
        # Each stroke has an empty element, for a style sheet that makes it the stroke.
        for stroke in element.findall(_tag("mrow") + "[@class]"):
            element.remove(stroke)
        lines = element.attrib.pop("notation").split()
    elif name in ("mover", "munder") and element[1].text == LOW_LINE:
        del element[1]
        lines = [name]
    else:
        return
    if wrong := next((line for line in lines if line not in LINES), None):
        raise ValueError(f"the frame “{wrong}”", r"use \boxed or \cancel")
    element.tag, element.attrib = _tag("mrow"), {"class": " ".join(LINES[line] for line in lines)}


def _classify(element: ET.Element) -> None:
    """Write the inline style of an element, and what menclose draws, as classes of our style sheet."""
    declarations = [re.sub(r"\s*:\s*", ":", part.strip()) for part in element.attrib.pop("style", "").split(";") if part.strip()]
    classes = [f"text-{name.split('-')[2]}" for name in element.get("class", "").split() if name.startswith("math-core-")]
    classes += [name for name in element.attrib.pop("class", "").split() if name in LINES.values()]
    for declaration in declarations:
        name, _, value = declaration.partition(":")
        if declaration in CLASSES:
            classes.append(CLASSES[declaration])
        elif name == "color" and value.removeprefix("#") in COLOURS:
            colour = COLOURS[value.removeprefix("#")]
            if colour in ON_ANY:
                element.set("mathcolor", ON_ANY[colour])  # in feeds; in pages the class has precedence
            classes.append(f"colour-{colour}")
        elif name == "color":
            raise source.wrong_colour()
        elif name == "margin-left":
            raise ValueError("a negative space", r"write \!, or none")
        elif not REPEATED.match(declaration) or (name == "width" and element.get("width") != value):
            raise ValueError(f"the style “{declaration}”", "write it in other commands")
    if classes:
        element.set("class", " ".join(dict.fromkeys(classes)))


def _set_gap(element: ET.Element, gaps: tuple[str, ...]) -> None:
    """Make the mark of a gap below a row a strut that hangs as far below the line."""
    if element.text and ord(element.text[0]) >= source.GAP and len(element.text) == 1:
        size = re.match(r"([\d.]+)(\w+)", gaps[ord(element.text) - source.GAP])
        assert size, "the pattern of gaps has a number and a unit"
        element.tag, element.text = _tag("mspace"), None
        element.attrib.update(width="0", depth=f"{size[1]}{size[2]}")


def _close_table(table: ET.Element) -> None:
    """Give each row as many cells as the longest, and draw the rule below the last row on its cells.

    The converter makes such a rule the top of one more row, which has one empty cell.
    """
    rows = list(table)
    last = rows[-1][0] if rows and len(rows[-1]) else None
    if len(rows) > 1 and len(rows[-1]) == 1 and last is not None and not len(last) and not last.text:
        table.remove(rows.pop())
        for top in {"rule-top", "dashes-top"} & set(last.get("class", "").split()):
            for cell in rows[-1]:
                cell.set("class", f"{cell.get('class', '')} {top.replace('top', 'bottom')}".strip())
    longest = max(map(list, rows), key=len, default=[])
    for row in rows:
        across = _rules(row[0], "top", "bottom") if len(row) else []
        for cell in longest[len(row) :]:
            names = [*_rules(cell, "right"), *across]
            ET.SubElement(row, _tag("mtd"), {"class": " ".join(names)} if names else {})


def _rules(cell: ET.Element, *sides: str) -> list[str]:
    """The classes of the rules at some sides of a cell."""
    return [
        name
        for name in cell.get("class", "").split()
        if name in {f"{line}-{side}" for line in ("rule", "dashes") for side in sides}
    ]


def _check(element: ET.Element) -> None:
    """Raise ValueError for what browsers do not draw, or what does more than show a formula."""
    if (name := _name(element)) not in ELEMENTS:
        raise ValueError(f"<{name}>", "write it in other commands")
    if wrong := next((name for name in element.attrib if name not in ATTRIBUTES), None):
        raise ValueError(f"the attribute {wrong}", "write it in other commands")
