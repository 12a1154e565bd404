"""The lists of essays: of all, and of each category, tag and year.

No list grows without end. A long one is split into parts, counted from the oldest essay, so that a full part never changes;
the list itself holds the newest essays.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from .essay import Essay

#: The name of the list of all essays.
ALL_ESSAYS = "All essays"
#: How many essays a part has; the list itself shows at least as many, if there are so many.
PART = 50


@dataclass(frozen=True)
class Listing:
    """A page that lists essays, newest first.

    ``kind``: Category, Tag or Year, empty for the list of all; ``name``: of the category, tag or year; ``whole``: the docname of
    the list without its parts; ``part``: 0 for the list itself, which holds the newest essays, else its number of ``parts``.
    """

    kind: str
    name: str
    whole: str
    essays: tuple[Essay, ...]
    part: int = 0
    parts: int = 0

    @property
    def docname(self) -> str:
        """The name of its page."""
        return self._docname(self.part)

    @property
    def title(self) -> str:
        """Its title; that of a part has its number."""
        return self._title(self.part)

    @property
    def newest(self) -> tuple[Essay, ...]:
        """Its newest essays, as many as a list holds at most."""
        return self.essays[: 2 * PART - 1]

    @property
    def older(self) -> tuple[str, str] | None:
        """Docname and title of the part before this one."""
        part = self.part - 1 if self.part else self.parts
        return (self._docname(part), self._title(part)) if part else None

    @property
    def newer(self) -> tuple[str, str] | None:
        """Docname and title of the part after this one; after the last part, of the list itself."""
        part = self.part + 1 if self.part < self.parts else 0
        return (self._docname(part), self._title(part)) if self.part else None

    def _docname(self, part: int) -> str:
        return f"{self.whole}/part-{part}" if part else self.whole

    def _title(self, part: int) -> str:
        return f"{self.name}, part {part}" if part else self.name


def split_listing(kind: str, name: str, docname: str, essays: tuple[Essay, ...]) -> Iterator[Listing]:
    """The list of ``essays`` and its parts, the oldest part first."""
    parts = max(0, len(essays) // PART - 1)
    yield Listing(kind, name, docname, essays[: len(essays) - parts * PART], 0, parts)
    for number in range(1, parts + 1):
        start = len(essays) - number * PART
        yield Listing(kind, name, docname, essays[start : start + PART], number, parts)
