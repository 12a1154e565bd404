"""Several programs may report one mistake, and one mistake may cause others: each is printed once, at its cause."""

import re
from collections.abc import Iterable

from insights.problems import Problem

#: Reports of a figure that the model does not draw, of a text that is not read, and of a bibliography that cannot be printed.
FIGURES = r"essays/{0}/(?:[\w-]+\.py:\d+: |index\.md:\d+: (?:no chart |no model\.py ))"
UNREADABLE = (
    r"{0}(?:/[\w.-]+|\.md):\d+: .*(?:\[insights\.(?:file|crash)\]|(?:too (?:long|deep) to read |characters; allowed ).*)$"
)
SOURCES = r"essays/references\.bib:\d+: (?:not BibTeX|the entry|unknown kind of source|.*\[insights\.file\]$)"
#: A report that repeats or follows from another, and that other: what is in the braces is what the first has in the same place.
DUPLICATES = (
    # A word that is unknown may also be misspelt, and a link to a draft is found three times.
    (r"(.+:\d+): “(.+)” is misspelt", r"{0}: [^“].*{1}"),
    (r"(.+:\d+): the hidden essay '(.+)'", r"{0}: a link to {1}, which is"),
    (r"(.+:\d+): the link target '/essays/(.+)/index\.md' is not published", r"{0}: a link to {1}, which is"),
    # A mark without a footnote is also one too many; two labels are found twice.
    (r"(.+):\d+: more footnote marks than", r"{0}:\d+: the footnote "),
    (r"(.+):1: the equation (.+) is defined twice", r"{0}:\d+: the equation {1} is defined twice"),
    # A file that cannot be read by a directive is no file of this directive either.
    (r'(.+:\d+): ":file:" option for csv-table directive now', r"{0}: a directive that reads another file"),
    # Without its title a text has no first heading, or a wrong one.
    (r"(.+):\d+: (?:no title; the first|a second title|text before the title)", r"{0}:\d+: no title; an essay"),
    # Sphinx and the package of a setting both look at its type.
    (r"conf\.py:\d+: (\w+) has the type", r"conf\.py:\d+: {0} (?!has the type)"),
    # Code that cannot be parsed cannot be highlighted.
    (r"(.+):\d+: .*\[insights\.code-languages\]$", r"{0}:\d+: .*\[insights\.code\]$"),
    # What looks like a name in braces may be a command of another program.
    (r"(.+:\d+): \{\{ … \}\} is replaced by a text of", r"{0}: \{{\{{.+ is a command of another program"),
    # A command of another program may be printed, and a fence that is not closed holds what is no code.
    (r"(.+:\d+): (\{.+?\}) is printed as typed", r"{0}: {1} is a command of another program"),
    (r"(.+):\d+: .*\[insights\.code\]$", r"{0}:\d+: the fence .+ is (?:never|not) closed"),
    # What cannot be read is not on the page either.
    (r"(.+):\d+: warning: “.+” is not on the page; look", r"{0}:\d+: (?!warning: )"),
    # Without its model, a figure is not there, nor its caption.
    (
        r"essays/([\w-]+)/index\.md:\d+: warning: “.+” is not on the page; look",
        r"essays/{0}/\S+\.py:\d+: .*\[insights\.evidence\]$",
    ),
    (r".+: no anchor '#figure-.+' in essays/([\w-]+)/index\.md", FIGURES),
    (r"permalinks\.lock:\d+: /essays/([\w-]+)/#figure-\S+ was published", FIGURES),
    # A text that cannot be read is no target of a link, and has no terms.
    (r".+: the link target '/(\S+?)(?:/index)?\.md' is not", UNREADABLE),
    (r".+: no anchor '#.+' in (\S+?)(?:/index)?\.md", UNREADABLE),
    (r".+: unknown document|.+\[ref\.term\]$", UNREADABLE.format("glossary")),
    (r"permalinks\.lock:\d+: \S*[/:](essays/[\w-]+)(?:/\S*)? was published", UNREADABLE),
    # Nothing is found in a bibliography that cannot be read.
    (r".+: no source '.+\[bibtex\.key_not_found\]$", SOURCES),
    (r"essays/references\.bib:\d+: (the (?:entry|source) \S+) .*\[bibtex\.", r"essays/references\.bib:\d+: {0} .*\[insights\."),
    (r"essays/references\.bib:\d+: .*\[insights\.crash\]$|.*'format_\w+' \[insights\.crash\]$", SOURCES),
)


def distinct(problems: Iterable[Problem]) -> list[Problem]:
    """The ``problems`` in the order of files and lines, each once, without those that only follow from another."""
    ordered = {str(problem): problem for problem in sorted(set(problems), key=lambda problem: (problem.path, *problem))}
    repeated = duplicates(list(ordered))
    return [problem for line, problem in ordered.items() if line not in repeated]


def duplicates(lines: list[str]) -> set[str]:
    """Those of the printed problems that only repeat, or follow from, another of them."""
    repeated = set()
    for line in lines:
        for duplicate, cause in DUPLICATES:
            if match := re.match(duplicate, line):
                first = re.compile(cause.format(*map(re.escape, match.groups())))
                if any(first.match(other) for other in lines if other != line):
                    repeated.add(line)
    return repeated
