"""A text that takes too long to read is left out."""

from __future__ import annotations

import pytest
from docutils.utils import new_document
from insights.markup import UNREAD, limited, patience


def test_work_on_a_text_is_stopped_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(patience, "PATIENCE", 0.05)
    for deep, document in ((False, new_document("a.md")), (True, new_document("b.md"))):
        with limited(document):
            while True:
                if deep:
                    raise RecursionError
        assert document[UNREAD]
    with limited(document := new_document("c.md")):
        pass
    assert UNREAD not in document
