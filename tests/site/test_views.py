"""What a page shows is in its view: a field that is added there has the page written again when its value changes."""

from __future__ import annotations

from pathlib import Path

from conftest import append, build, project

#: An extension that adds a field to the frame of every page.
EDITION = """
import os
from dataclasses import dataclass

from insights.pages import templates, views

make = templates.frame_of


@dataclass(frozen=True)
class Frame(views.Frame):
    edition: str


def setup(app):
    templates.frame_of = lambda publication: Frame(**vars(make(publication)), edition=os.environ["EDITION"])
    return {"parallel_read_safe": True, "parallel_write_safe": True}
"""


def test_a_field_added_to_a_view_has_its_pages_written_again(tmp_path: Path) -> None:
    source = project(tmp_path / "source")
    (source / "_ext/edition.py").write_text(EDITION)
    append(source / "conf.py", '\nextensions.append("edition")\n')
    append(source / "_templates/footer.html", "<p>Edition {{ view.frame.edition }}</p>\n")

    def pages(edition: str) -> dict[str, tuple[int, str]]:
        built = build(source, tmp_path / "html", env={"EDITION": edition, "INSIGHTS_TODAY": "2026-06-01"})
        assert built.errors == []
        files = [path for path in built.folder.rglob("index.html") if path.parent.name != "search"]
        return {str(path): (path.stat().st_mtime_ns, path.read_text(encoding="utf-8")) for path in files}

    first, again, second = pages("one"), pages("one"), pages("two")
    assert first == again, "nothing has changed, and no page was written"
    assert all("<p>Edition one</p>" in text for _, text in first.values())
    assert all("<p>Edition two</p>" in text for _, text in second.values())
