"""The index of the search, as pure functions: what becomes of words, what they weigh, and the small files they are looked up in.

``search/terms/KEY.json`` has the terms that begin with KEY, each with numbers of documents and weights by turns;
``search/documents/N.json`` is what a result shows of document N. ``_static/search.js`` reads both, and makes terms of a reader's
words in the same way.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from snowballstemmer.porter_stemmer import PorterStemmer

#: A term's weights in the documents that have it: the number of a document and the weight there, by turns.
Postings = list[int]

#: What a word counts, by where it stands; in the text it counts as often as it is there, but no more often than this.
TITLE, TAG, HEADING, TEXT = 20, 12, 5, 5
#: Numbers in a file, before its terms are parted by one letter more: some ten KiB, compressed.
MOST = 8000
#: Words that are in nearly every text, and find nothing.
COMMON = frozenset((
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before", "but",
    "by", "can", "do", "does", "each", "for", "from", "had", "has", "have", "how", "if", "in", "into", "is", "it", "its",
    "may", "more", "most", "much", "must", "no", "not", "of", "on", "one", "only", "or", "other", "out", "over", "so",
    "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "two", "up", "was", "we", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would",
    "you", "your",
))  # fmt: skip
#: A word, whose apostrophes are inside it, or a number with its commas and its point.
WORD = re.compile(r"[^\W\d_](?:[^\W_]|'(?=[^\W\d_]))*|\d+(?:[.,]\d+)*")
THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
#: Porter's first stemmer, and not its successor: it is finished, so that a browser's copy and this one stay the same.
STEMMER = PorterStemmer()


def words(text: str) -> list[str]:
    """The words and numbers of a text, without accents, capitals, apostrophes, a possessive's ending, and thousands' commas."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    if not plain.isascii():
        plain = re.sub(r"[^\x00-\x7f]", lambda found: "" if unicodedata.category(found[0])[0] == "M" else found[0], plain)
    found = WORD.findall(plain.lower())
    return [_bare(word) if "'" in word or "," in word else word for word in found]


def _bare(word: str) -> str:
    return THOUSANDS.sub("", word.removesuffix("'s").replace("'", ""))


def terms(text: str) -> list[str]:
    """The terms of a text: what its words have in common with their other forms; none of words that find nothing."""
    return [_stem(word) for word in words(text) if word not in COMMON]


@cache
def _stem(word: str) -> str:
    return str(STEMMER.stemWord(word)) if re.fullmatch("[a-z]{3,}", word) else word


def weighed(title: str, tags: Iterable[str], headings: Iterable[str], text: str) -> dict[str, int]:
    """The terms of a page with their weights."""
    found = Counter({term: min(count, TEXT) for term, count in Counter(terms(text)).items()})
    for said, weight in (([title], TITLE), (tags, TAG), (headings, HEADING)):
        for term in {term for text in said for term in terms(text)}:
            found[term] += weight
    return dict(sorted(found.items()))


def files(documents: Iterable[Mapping[str, int]]) -> dict[str, dict[str, Postings]]:
    """The files of terms by their keys; ``documents`` are the weighed terms of each, in the order of their numbers."""
    postings: dict[str, Postings] = defaultdict(list)
    for number, document in enumerate(documents):
        for term, weight in document.items():
            postings[term] += number, weight
    return dict(sorted(_parted(postings, 1).items()))


def _parted(postings: Mapping[str, Postings], letters: int) -> dict[str, dict[str, Postings]]:
    """``postings`` in files by as many letters as keep them small."""
    groups: dict[str, dict[str, Postings]] = defaultdict(dict)
    for term in sorted(postings):
        groups[key(term)[:letters]][term] = postings[term]
    found: dict[str, dict[str, Postings]] = {}
    for name, group in groups.items():
        large = sum(map(len, group.values())) > MOST and len(group) > 1
        found |= _parted(group, letters + 1) if large and max(map(len, group)) > letters else {name: group}
    return found


def key(term: str) -> str:
    """A term as names of files spell it, whatever its script: Latin letters, digits, and _ for anything else."""
    return re.sub(r"[^a-z0-9]", "_", term)
