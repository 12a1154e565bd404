"""What keeps the bibliography from being read, in words that an author understands."""

import re
from ast import literal_eval

from pybtex.database import InvalidNameString
from pybtex.exceptions import PybtexError

from insights.problems import Problem


def not_bibtex(error: PybtexError, bibliography: str) -> Problem:
    """The ``error`` that ended the reading of a ``bibliography``, at its line."""
    if not isinstance(error, InvalidNameString):
        return Problem(
            getattr(error, "lineno", 1), f"not BibTeX: {error.args[0]}; look for a missing brace or comma in the entry above"
        )
    name = literal_eval(str(error).partition(" in ")[2])  # Too many commas in 'NAME'
    found = re.search(r"\s+".join(map(re.escape, name.split())), bibliography)
    line = bibliography.count("\n", 0, found.start()) + 1 if found else 1
    return Problem(
        line, f"not BibTeX: the name {name!r} has too many commas; write and between people, as in Ada Lovelace and Alan Turing"
    )
