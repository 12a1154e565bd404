"""The search index, as pure functions: the terms of a text, their weights, and the small files in which a browser looks them up.

``search/terms/KEY.json`` has the terms that begin with KEY, each with its postings; ``search/documents/N.json`` has what a result
shows of document N. ``_static/search.js`` reads both, and turns a reader's words into terms in the same way.
"""

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cache

from snowballstemmer.porter_stemmer import PorterStemmer

#: The documents that have a term: the number of a document, the term's weight in it, the number of the next, and so on.
Postings = list[int]

#: The weight of a word in a title, a tag or a heading. In the text, each occurrence counts one, up to this sum.
TITLE, TAG, HEADING, TEXT = 20, 12, 5, 5
#: The most numbers in a file before its terms are split by one letter more: about ten KiB, compressed.
MOST = 8000
#: Words in nearly every text, which would find nothing in particular.
COMMON = frozenset((
    "a", "about", "after", "all", "also", "an", "and", "any", "are", "as", "at", "be", "because", "been", "before", "but",
    "by", "can", "do", "does", "each", "for", "from", "had", "has", "have", "how", "if", "in", "into", "is", "it", "its",
    "may", "more", "most", "much", "must", "no", "not", "of", "on", "one", "only", "or", "other", "out", "over", "so",
    "some", "such", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "two", "up", "was", "we", "what", "when", "where", "which", "while", "who", "why", "will", "with", "would",
    "you", "your",
))  # fmt: skip
#: A word, with apostrophes inside it, or a number with its commas and its point.
WORD = re.compile(r"[^\W\d_](?:[^\W_]|'(?=[^\W\d_]))*|\d+(?:[.,]\d+)*")
THOUSANDS = re.compile(r",(?=\d{3}(?!\d))")
#: Porter's first stemmer rather than his second: it no longer changes, so a browser's copy and this one stay the same.
STEMMER = PorterStemmer()


def words(text: str) -> list[str]:
    """The words and numbers of a text in lower case, without accents, apostrophes, possessive endings or thousands separators."""
    plain = unicodedata.normalize("NFKD", text.replace("’", "'"))
    if not plain.isascii():
        plain = re.sub(r"[^\x00-\x7f]", lambda match: "" if unicodedata.category(match[0])[0] == "M" else match[0], plain)
    matches = WORD.findall(plain.lower())
    return [word if word.isalnum() else THOUSANDS.sub("", word.removesuffix("'s").replace("'", "")) for word in matches]


def terms(text: str) -> list[str]:
    """The terms of a text: the stems of its words, without common words."""
    return [_stem(word) for word in words(text) if word not in COMMON]


@cache
def _stem(word: str) -> str:
    return str(STEMMER.stemWord(word)) if re.fullmatch("[a-z]{3,}", word) else word


def term_weights(title: str, tags: Iterable[str], headings: Iterable[str], text: str) -> dict[str, int]:
    """The terms of a page with their weights, in alphabetical order."""
    weights = Counter({term: min(count, TEXT) for term, count in Counter(terms(text)).items()})
    for texts, weight in (([title], TITLE), (tags, TAG), (headings, HEADING)):
        for term in {term for text in texts for term in terms(text)}:
            weights[term] += weight
    return dict(sorted(weights.items()))


def term_files(documents: Iterable[Mapping[str, int]]) -> dict[str, dict[str, Postings]]:
    """The files of terms by their keys. ``documents``: the term weights of each document, in the order of their numbers."""
    postings: dict[str, Postings] = defaultdict(list)
    for number, document in enumerate(documents):
        for term, weight in document.items():
            postings[term] += number, weight
    return dict(sorted(_split(postings, 1).items()))


def _split(postings: Mapping[str, Postings], letters: int) -> dict[str, dict[str, Postings]]:
    """Split ``postings`` by the first letters of terms: as few letters as keep the files small, but at least ``letters``."""
    groups: dict[str, dict[str, Postings]] = defaultdict(dict)
    for term in sorted(postings):
        groups[key(term)[:letters]][term] = postings[term]
    files: dict[str, dict[str, Postings]] = {}
    for name, group in groups.items():
        large = sum(map(len, group.values())) > MOST and len(group) > 1
        files |= _split(group, letters + 1) if large and max(map(len, group)) > letters else {name: group}
    return files


def key(term: str) -> str:
    """A term as the names of files spell it: Latin letters and digits, and _ for any other character."""
    return re.sub(r"[^a-z0-9]", "_", term)
