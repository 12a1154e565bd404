"""`make sink`: the page of ``tests/fixtures/kitchen-sink/``, with everything that a text can hold and the source of each part below it."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path

import bare
from conftest import ROOT, build, project
from insights.preview.server import serve_folder

SLUG = "kitchen-sink"


def with_sources(text: str) -> str:
    """``text`` with each of its sections followed by what was written, as code."""
    head, *sections = re.split(r"^(?=\(.+\)=\n## )|(?<!=\n)^(?=## )", text, flags=re.MULTILINE)  # a heading with its target
    return head + "".join(f"{section.rstrip()}\n\n``````markdown\n{section.strip()}\n``````\n\n" for section in sections)


def main() -> None:
    """Build the fixture site with that page in it, and serve it."""
    with tempfile.TemporaryDirectory() as folder:
        source = project(Path(folder) / "source")
        page = source / "essays" / SLUG
        shutil.copytree(ROOT / "tests/fixtures" / SLUG, page)
        text = page / "index.md"
        text.write_text(with_sources(text.read_text(encoding="utf-8")), encoding="utf-8")
        built = build(source, Path(folder) / "html")
        if built.returncode:
            raise SystemExit("\n".join(built.errors))
        bare.write(built.folder)
        print(f"The page is /essays/{SLUG}/; feed readers show it as /{bare.PAGE}. After a change, stop and call again.")
        serve_folder(built.folder, int(sys.argv[1]))


if __name__ == "__main__":
    main()
