"""A net for what no rule foresees: the words of a text that are neither on its page nor hidden on purpose."""

import re
from collections.abc import Iterator

from docutils import nodes

from insights.problems import Problem

from .fences import Contents

#: A word that could be missed; shorter ones are marks and units.
WORD = re.compile(r"[^\W\d_]{3,}")
#: Lines that are hidden on purpose: targets, attributes, definitions of links, options, breaks; and commands, which are told.
HIDDEN_LINE = re.compile(
    r"^[\s>]*(?:\([^)]+\)=|\{[^`]*\}|\[[^\]]+\]:\s.*|:[\w-]+:.*|\+\+\+.*|%.*|\{\{.*\}\}|\{%.*|:{3,}.*|`{3,}.*|~{3,}.*)\s*$"
)
#: Parts of lines that are hidden on purpose: names of roles, attributes, results, addresses, tags and entities of HTML, emoji.
HIDDEN_PART = re.compile(
    r"\{(?:result|sub-ref)\}`[^`]*`|\{\{[^}]*\}\}|\{[^}`]*\}|\]\(\s*(?:<[^>]*>|[^\s)]*)|</?[A-Za-z][^>]*>|<[^>\s]+>|&#?\w+;"
    r"|^[\s>]*:[\w -]+:|\[!\w+\]|\]\[[^\]]*\]|\w+://\S+|\[\^[^\]]*\]|\[@[^\]]*\]"
)
#: A tag of HTML that goes on in the next line, which Markdown allows.
LONG_TAG = re.compile(r"</?[A-Za-z][^<>\n]*\n[^<>]{0,2000}>")


def lost_words(text: str, length: int, contents: Contents, doctree: nodes.document) -> Iterator[Problem]:
    """Every word is shown, or hidden on purpose, as in a comment, an option or an address.

    ``length``: how many lines the front matter of the ``text`` has; ``contents`` and ``doctree``: what the build has made of it.
    """
    if any(message["level"] > 1 for message in doctree.findall(nodes.system_message)):
        return  # the build has told what it cannot read
    shown = set(_shown(doctree))
    before = 0
    visible = LONG_TAG.sub(lambda tag: "\n" * tag[0].count("\n"), contents.unquoted)
    for number, line in enumerate(visible.splitlines(), 1):
        if number <= length or number in contents.options or HIDDEN_LINE.match(line):
            continue
        lost = [word for word in WORD.findall(HIDDEN_PART.sub(" ", line)) if word.casefold() not in shown]
        if lost and number != before + 1:  # one message for lines that follow each other
            message = f"“{' '.join(lost)}” is not on the page; look for a mark here or above that takes the words"
            yield Problem(number, message)
        before = number if lost else before


def _shown(doctree: nodes.document) -> Iterator[str]:
    """Every word in the text and in the attributes of a doctree."""
    for node in doctree.findall():
        values = [node.astext()] if isinstance(node, nodes.Text) else list(getattr(node, "attributes", {}).values())
        for value in values:
            yield from (word.casefold() for word in WORD.findall(str(value)))
    for names in (doctree.nameids, doctree.substitution_defs):
        yield from (word.casefold() for word in WORD.findall(" ".join(map(str, names))))
