"""What authors write: essay folders, front matter with its lines, Markdown as blocks. Nothing here knows Sphinx."""

from __future__ import annotations

from .essays import (
    ESSAY_TEXT,
    ESSAYS_FOLDER,
    HEADERS_CACHE,
    EssaySource,
    Vocabulary,
    build_day,
    essay_docname,
    essay_problems,
    essay_slug,
    read_essays,
)  # fmt: skip
from .files import PERMALINKS, SourceFileError, read_source, unreadable_files
from .front_matter import FENCE, FrontMatter, Revision, split_front_matter, unknown_value
from .markdown import (
    CITATION,
    CODE,
    NOTE,
    OPTION,
    Block,
    Fence,
    Row,
    count_words,
    markdown_fences,
    prose_blocks,
    quoted_results,
    table_rows,
    without_fences,
    without_quotes,
)  # fmt: skip
from .scaffold import new_essay
from .schema import header_schema
