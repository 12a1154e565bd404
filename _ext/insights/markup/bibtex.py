"""What pybtex does not know of BibTeX files: the entries of biblatex, and much of the LaTeX in fields.

``complete`` makes an entry one of BibTeX, whose fields hold only the LaTeX that ``marked`` and pybtex understand. Sources: the
manuals of biblatex 3.20 (sections 2.1 and 2.2, appendix B) and of LaTeX2e (section 23.5, accents).
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any

from markdown_it.common.normalize_url import normalizeLink
from pybtex.database import Entry
from pybtex.richtext import BaseMultipartText, HRef, Protected, String, Tag, Text

from insights.addresses import WEB, scheme_of

#: The kinds of sources of biblatex, as those of BibTeX. `thesis` depends on its field `type`.
KINDS = {
    "artwork": "misc", "audio": "misc", "bookinbook": "inbook", "collection": "book", "commentary": "misc",
    "conference": "inproceedings", "electronic": "online", "image": "misc", "inreference": "incollection", "jurisdiction": "misc",
    "legal": "misc", "legislation": "misc", "letter": "misc", "movie": "misc", "music": "misc", "mvbook": "book",
    "mvcollection": "book", "mvproceedings": "proceedings", "mvreference": "book", "performance": "misc", "periodical": "misc",
    "reference": "book", "report": "techreport", "review": "article", "standard": "misc", "suppbook": "inbook",
    "suppcollection": "incollection", "suppperiodical": "article", "thesis": "phdthesis", "video": "misc", "www": "online",
}  # fmt: skip
#: The fields of biblatex, as those of BibTeX.
FIELDS = {"journaltitle": "journal", "location": "address", "eventtitle": "booktitle", "maintitle": "booktitle"}
#: The field for the place of publication, by kind.
PLACES = {
    "phdthesis": "school", "mastersthesis": "school", "techreport": "institution", "dataset": "howpublished",
    "online": "howpublished", "software": "howpublished",
}  # fmt: skip
#: Keys of biblatex in the field `type`.
REPORTS = {"techreport": "", "resreport": "Research Report", "mathesis": "", "phdthesis": "", "software": "", "datacd": ""}
#: Words that only lead to an address.
LEADS = re.compile(r"(?:see|online|url|(?:available|retrieved|accessed)(?: online)?(?: at| from)?|at)?", re.IGNORECASE)
MASTER = re.compile(r"mathesis|master", re.IGNORECASE)
DATE = re.compile(r"(?P<year>-?\d{4})(?:-(?P<month>\d\d))?(?:-(?P<day>\d\d))?[~?%]?(?:/(?P<end>\d{4}|\.\.)?.*)?")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
URL = re.compile(r"\\url\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
HREF = re.compile(r"\\href\s*\{([^{}]*)\}\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
#: The accents of LaTeX, as combining characters.
ACCENTS = {
    "`": "\u0300", "'": "\u0301", "^": "\u0302", "~": "\u0303", "=": "\u0304", "u": "\u0306", ".": "\u0307", '"': "\u0308",
    "r": "\u030a", "H": "\u030b", "v": "\u030c", "d": "\u0323", "c": "\u0327", "k": "\u0328", "b": "\u0331",
}  # fmt: skip
#: An accent that is a sign, and one that is a letter, with the character that it stands on.
ACCENT = re.compile(
    r"\\([`'^~=.\"])\s*(?:\{(\\?[^\W\d_]\s*)\}|(\\[ij](?![a-zA-Z])|[^\W\d_]))"
    r"|\\([uvHrckdb])(?:\s*\{(\\?[^\W\d_]\s*)\}|\s+(\\[ij](?![a-zA-Z])|[^\W\d_])(?![a-zA-Z]))"
)
MATHS = re.compile(r"(?<!\\)\$\$?((?:\\.|[^$\\])+)\$\$?|\\\((.+?)\\\)")
#: Commands of formulas that pybtex does not know.
SYMBOLS = {
    "le": "≤", "ge": "≥", "ne": "≠", "to": "→", "gets": "←", "ldots": "…", "dots": "…", "cdots": "⋯", "star": "⋆", "prime": "′",
    "ell": "ℓ", "land": "∧", "lor": "∨", "lnot": "¬", "quad": " ", "qquad": " ", ",": "", ";": " ", ":": " ", "!": "", " ": " ",
    "{": "{", "}": "}", "%": "%", "&": "&", "_": "_", "#": "#",
}  # fmt: skip
#: Signs with a space on both sides.
RELATIONS = set("=<>≤≥≠→←≈∼±×⇒∈⊂∧∨")
FUNCTIONS = {"log", "ln", "exp", "min", "max", "sup", "inf", "lim", "sin", "cos", "tan", "det", "dim", "Pr", "mod", "bmod"}
#: Commands of formulas that change the letters only.
ALPHABETS = {
    "mathcal",
    "mathrm",
    "mathbf",
    "mathit",
    "mathsf",
    "mathtt",
    "mathbb",
    "text",
    "textrm",
    "operatorname",
    "left",
    "right",
}
#: Commands of text that mark their argument, with the tag of pybtex for it; None for those that only set another font.
MARKED = {
    "emph": "em", "textit": "em", "textsl": "em", "textbf": "strong", "texttt": "tt", "textsuperscript": "sup",
    "textsubscript": "sub", "textsc": None, "textrm": None, "textsf": None, "textup": None, "textmd": None, "textnormal": None,
    "mbox": None, "hbox": None, "text": None, "ensuremath": None, "enquote": "quote", "mkbibquote": "quote", "mkbibemph": "em",
}  # fmt: skip
#: Commands of text that stand for characters.
CHARACTERS = {
    "LaTeX": "LaTeX", "TeX": "TeX", "BibTeX": "BibTeX", "-": "", "/": "", ",": "\u2009", ";": " ", " ": " ", "ldots": "…",
    "dots": "…", "slash": "/", "textquotesingle": "'", "textquotedblleft": "“", "textquotedblright": "”", "textquoteleft": "‘",
    "textquoteright": "’", "textless": "<", "textgreater": ">", "textbar": "|", "textellipsis": "…", "textdegree": "°",
    "textmu": "µ", "textminus": "−", "texttimes": "×", "textrightarrow": "→", "newline": " ", "\\": " ", "par": " ", "relax": "",
    "protect": "", "it": "", "em": "", "bf": "", "sc": "", "tt": "", "rm": "", "sl": "", "itshape": "", "bfseries": "",
    "$": "$", "{": "{", "}": "}", "%": "%", "&": "&", "_": "_", "#": "#",
}  # fmt: skip
COMMAND = re.compile(r"\\([a-zA-Z]+|[^a-zA-Z])\s*")
ENDED = re.compile(r"\\([a-zA-Z]+)\{\}")
LAST_BACKSLASH = re.compile(r"(?<!\\)((?:\\\\)*)\\\Z")
LAST_COMMAND = re.compile(r"\\([a-zA-Z]+)\s*\Z")


def complete(entry: Entry, entries: Mapping[str, Entry]) -> Entry:
    """An entry with the type and the fields of BibTeX, and those that it inherits from others of ``entries``.

    Its accents are characters, its formulas are text, and its addresses are clean.
    """
    fields = _inherited(entry, entries)
    kind = entry.type.lower()
    if kind == "thesis":
        kind = "mastersthesis" if MASTER.search(fields.get("type", "")) else "phdthesis"
    kind = KINDS.get(kind, kind)
    if fields.get("type") in REPORTS:
        fields["type"] = REPORTS[fields["type"]]
    fields = {name: value for name, value in fields.items() if value}
    for theirs, ours in FIELDS.items():
        fields.setdefault(ours, fields.pop(theirs, ""))
    for name in ("title", "booktitle"):
        if subtitle := fields.pop(name.replace("title", "subtitle"), ""):
            fields[name] = f"{fields.get(name, '')}: {subtitle}"
    places = [fields[name] for name in ("institution", "school", "organization", "publisher") if name in fields]
    if places and kind in PLACES:
        fields.setdefault(PLACES[kind], places[0])
    _date(fields)
    _address(fields)
    for name, value in fields.items():
        fields[name] = clean_address(value) if name in ("url", "doi") else _plain(value)
    made = Entry(kind, fields={name: value for name, value in fields.items() if value}, persons=_persons(entry, entries))
    made.key = entry.key
    for person in chain(*made.persons.values()):
        for part in ("first_names", "middle_names", "prelast_names", "last_names", "lineage_names"):
            setattr(person, part, [accented(name) for name in getattr(person, part)])
    return made


def _inherited(entry: Entry, entries: Mapping[str, Entry]) -> dict[str, str]:
    """The fields of an entry and, of those that it lacks, those of its `crossref` and its `xdata`."""
    fields = {name.lower(): value for name, value in entry.fields.items()}
    for name in ("crossref", "xdata"):
        for key in fields.get(name, "").split(","):
            if (parent := entries.get(key.strip())) and parent is not entry:
                given = {
                    field.lower(): value for field, value in parent.fields.items() if field.lower() not in ("crossref", "xdata")
                }
                if name == "crossref":
                    given.setdefault("booktitle", given.pop("title", ""))
                fields = given | fields
    return fields


def _persons(entry: Entry, entries: Mapping[str, Entry]) -> Any:
    """The people of an entry, with the editors of its `crossref`, and those of its `xdata`."""
    people = dict(entry.persons)
    for name in ("crossref", "xdata"):
        for key in entry.fields.get(name, "").split(","):
            for role, found in parent.persons.items() if (parent := entries.get(key.strip())) else ():
                if name == "xdata" or role == "editor":
                    people.setdefault(role, found)
    return people


def _date(fields: dict[str, str]) -> None:
    """Take the year and the month from a `date` of biblatex."""
    date = DATE.fullmatch(fields.get("date", "").strip())
    if not date or "year" in fields:
        return
    end = date["end"] if date["end"] != date["year"] else None
    fields["year"] = date["year"] + (f"–{end.strip('.')}" if end else "")
    if date["month"] and 1 <= int(date["month"]) <= 12 and not date["end"]:
        fields.setdefault("month", MONTHS[int(date["month"]) - 1])


def _address(fields: dict[str, str]) -> None:
    """Find an address where older files have it: in `howpublished`, `note` or `eprint`."""
    for name in ("howpublished", "note"):
        if (found := URL.search(fields.get(name, ""))) and fields.setdefault("url", found[1]) == found[1]:
            rest = URL.sub("", fields[name]).strip(" .,;:{}")
            fields[name] = "" if LEADS.fullmatch(rest) else rest
    arxiv = (fields.get("eprinttype") or fields.get("archiveprefix") or "").lower() == "arxiv"
    if arxiv and fields.get("eprint") and not fields.get("url") and not fields.get("doi"):
        fields["url"] = f"https://arxiv.org/abs/{fields['eprint'].removeprefix('arXiv:')}"


def clean_address(value: str) -> str:
    r"""An address or a DOI without the LaTeX that reference managers put into it: ``\_``, ``{\%}``, ``\url{…}``."""
    value = URL.sub(r"\1", value.strip())
    value = re.sub(r"\\textasciitilde\s*(?:\{\})?|\\~\s*\{\s*\}|\$\\sim\$", "~", value)
    return re.sub(r"\\([_%&#~$])", r"\1", value).replace("{", "").replace("}", "").strip().strip("<>")


def ascii_address(url: str) -> str:
    """An address as browsers send it: its host in Punycode, the rest percent-encoded."""
    return normalizeLink(url)


def accented(value: str) -> str:
    """LaTeX with its accents as characters, however many stand on one letter."""
    value = LAST_BACKSLASH.sub(r"\1\\textbackslash{}", value)  # pybtex cannot read it
    while True:
        changed = ACCENT.sub(_accent, value)
        if changed == value:
            return changed
        value = changed


def _accent(match: re.Match[str]) -> str:
    accent, letter = match[1] or match[4], (match[2] or match[3] or match[5] or match[6]).strip().lstrip("\\")
    composed = unicodedata.normalize("NFC", letter + ACCENTS[accent])
    return composed if len(composed) == 1 else f"{{{composed}}}"


def _plain(value: str) -> str:
    value = ENDED.sub(_character, HREF.sub(r"\2", value))
    return MATHS.sub(lambda formula: _spaced("".join(_formula(formula[1] or formula[2]))), accented(value))


def _spaced(formula: str) -> str:
    """A formula in text without the spaces that its parts have brought too many."""
    return re.sub(r"(?<=[(\[{]) | (?=[)\],}])", "", " ".join(formula.split()))


def _formula(latex: str) -> Iterator[str]:
    """A formula as LaTeX for text. A command that is unknown stays, and is reported."""
    position = 0
    while position < len(latex):
        if command := COMMAND.match(latex, position):
            position, name = command.end(), command[1]
            if name in ("frac", "tfrac", "dfrac"):
                above, position = _argument(latex, position)
                below, position = _argument(latex, position)
                yield "".join((*_formula(above), "/", *_formula(below)))
            elif name == "sqrt":
                inner, position = _argument(latex, position)
                yield f"√{''.join(_formula(inner))}"
            elif name in SYMBOLS:
                yield f" {SYMBOLS[name]} " if SYMBOLS[name] in RELATIONS else SYMBOLS[name]
            elif name in FUNCTIONS:
                yield f" {name} " if latex[position : position + 1].isalnum() else f" {name}"
            elif name not in ALPHABETS:
                known = str(Text.from_latex(f"$\\{name}$"))
                yield f"\\{name} " if known.startswith("$") else f" {known} " if known in RELATIONS else known
        elif latex[position] in "^_":
            sign = latex[position]
            inner, position = _argument(latex, position + 1)
            yield f"\\text{'super' if sign == '^' else 'sub'}script{{{''.join(_formula(inner))}}}"
        else:
            yield {"-": "−", "*": "∗", "{": "", "}": "", "'": "′"}.get(latex[position], latex[position])
            position += 1


def _argument(latex: str, start: int) -> tuple[str, int]:
    """The argument of a command that begins at ``start``, and where it ends."""
    while latex[start : start + 1].isspace():
        start += 1
    if latex[start : start + 1] != "{":
        command = COMMAND.match(latex, start)
        end = command.end() if command else start + 1
        return latex[start:end], end
    depth = 0
    for position in range(start, len(latex)):
        depth += {"{": 1, "}": -1}.get(latex[position], 0)
        if depth == 0:
            return latex[start + 1 : position], position + 1
    return latex[start + 1 :], len(latex)


def marked(text: BaseMultipartText) -> BaseMultipartText:
    r"""A formatted source, with the commands that pybtex leaves in its text carried out: ``\emph{…}`` becomes emphasis."""
    parts: list[object] = []
    pending: Callable[[BaseMultipartText], object] | None = None
    for part in text.parts:
        if isinstance(part, String):
            value, pending = str(part), None
            if (last := LAST_COMMAND.search(value)) and last[1] in MARKED:
                value, pending = value[: last.start()], _marker(MARKED[last[1]])
            elif last and last[1] == "url":
                value, pending = value[: last.start()], _address_in_text
            parts.append(String(COMMAND.sub(_character, value)))
        else:
            inner = marked(part) if isinstance(part, BaseMultipartText) else part
            if isinstance(inner, HRef) and scheme_of(str(inner.url)) not in WEB:
                inner = Text(*inner.parts)
            parts.append(pending(inner) if pending and isinstance(part, Protected) else inner)
            pending = None
    return text._create_similar(parts)


def _address_in_text(address: BaseMultipartText) -> BaseMultipartText:
    """An address as a link, or as words if no link may lead there."""
    return HRef(ascii_address(str(address)), str(address)) if scheme_of(str(address)) in WEB else address


def addresses(entry: Entry) -> list[str]:
    """The addresses that an entry has in fields and names for text."""
    persons = (str(person) for person in chain(*entry.persons.values()))
    values = [*(value for name, value in entry.fields.items() if name.lower() != "url"), *persons]
    return [match[1] for value in values for pattern in (URL, HREF) for match in pattern.finditer(value)]


def _marker(tag: str | None) -> Callable[[BaseMultipartText], object]:
    if tag == "quote":
        return lambda inner: Text("“", inner, "”")
    return lambda inner: Tag(tag, inner) if tag else inner


def _character(command: re.Match[str]) -> str:
    return CHARACTERS.get(command[1], command[0])


def unknown_command(text: BaseMultipartText) -> str | None:
    """The first command of LaTeX that is left in a formatted source."""
    found = re.search(r"\\[a-zA-Z]+", str(text))
    return found[0] if found else None
