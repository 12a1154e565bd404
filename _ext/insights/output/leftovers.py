"""What stays in the folder of the site: what this build wrote or somebody asked for, and nothing that belongs to no page.

Sphinx, Furo and extensions write files too. Some do so in each build, some only with the page that shows them, and no one keeps a
list. So a file that is not ours stays if it was written in this build, or if an earlier build found it and a page still names it.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder

from insights.cache import Store, file_names, remove_others
from insights.markup import published_files
from insights.pages import static_files
from insights.problems import relative
from insights.source import asset_files

#: What Sphinx keeps in the folder, and keeps right; and what it writes there for a search that is not ours.
SPHINX, UNUSED = {"objects.inv", ".buildinfo"}, {"searchindex.js", ".buildinfo.bak"}
#: The key in the store for the files of others that the last build found, with the extensions that it had.
OTHERS = "files_of_others"
#: Files that are there for the pages that name them. Others may be there for a script.
NAMED = (".html", ".png", ".svg", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".map", ".pdf")


def remove_leftovers(app: Sphinx, ours: Iterable[str], store: Store, started: int) -> set[str]:
    """Remove what a build into an empty folder would not write, and return the names of all files that stay.

    ``ours``: the files that the machinery writes; ``started``: when the build started, in nanoseconds since 1970.
    """
    assert isinstance(app.builder, StandaloneHTMLBuilder)
    out = Path(app.outdir)
    static, unused = static_files(app)
    kept = {*ours, *SPHINX, *static, *_asked_for(app)}
    known = kept | unused | UNUSED
    # Without its option -d, sphinx-build keeps what the next build needs in the folder of the site.
    doctrees = f"{relative(Path(app.doctreedir), out)}/"
    kept |= {name for name in file_names(out) if name.startswith(doctrees)}
    others = [name for name in file_names(out) if name not in known and name not in kept]
    written = {name for name in others if (out / name).lstat().st_ctime_ns >= started}
    extensions = sorted(app.extensions)
    before: list[str]
    names: list[str]
    before, names = store.read(OTHERS, ([], []))
    earlier = [name for name in others if name not in written and name in names] if before == extensions else []
    kept |= written | _still_named(out, kept | written, earlier)
    store.write(OTHERS, (extensions, [name for name in others if name in kept]))
    remove_others(out, kept)
    return kept


def _asked_for(app: Sphinx) -> Iterator[str]:
    """The files that conf.py, an extension or a text asks for, and Sphinx copies."""
    config, env = app.config, app.env
    yield from published_files(app)
    if config.html_copy_source:
        for docname in env.found_docs:
            suffix = env.doc2path(docname).suffix
            yield f"_sources/{docname}{suffix}{config.html_sourcelink_suffix if suffix != config.html_sourcelink_suffix else ''}"
    yield from asset_files(Path(app.confdir), config.html_extra_path)


def _still_named(out: Path, kept: set[str], candidates: Iterable[str]) -> set[str]:
    """Those of ``candidates`` that a page names; and others than pages and pictures, which scripts may ask for."""
    pages = {name for name in candidates if name.endswith(".html")}
    unsure = {name: _marks(name) for name in candidates if name.endswith(NAMED)}
    found = set(candidates) - unsure.keys()
    # A page that stays may name more.
    reading = [name for name in kept if name.endswith(".html")]
    while unsure and reading:
        text = "\n".join((out / name).read_text(encoding="utf-8", errors="replace") for name in reading)
        named = {name for name, marks in unsure.items() if marks.search(text)}
        found |= named
        unsure = {name: marks for name, marks in unsure.items() if name not in named}
        reading = [name for name in named if name in pages]
    return found


def _marks(name: str) -> re.Pattern[str]:
    """A pattern for a file in the pages that name it: the address of a page, else the name, whatever its suffixes."""
    if name.endswith(".html"):
        return re.compile(re.escape(name.removesuffix("index.html").rstrip("/").rpartition("/")[2]) + r"[/.\"#]")
    return re.compile(re.escape(name.rpartition("/")[2].partition(".")[0]) + r"[.\"]")
