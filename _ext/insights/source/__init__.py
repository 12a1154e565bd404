"""What authors write: essay folders, front matter with its lines, Markdown as blocks. Nothing here knows Sphinx."""

from __future__ import annotations  # noqa: I001 (a line each for constants with classes, and for functions)

from .essays import ESSAY_TEXT, ESSAYS_FOLDER, EssaySource, Vocabulary
from .essays import build_day, essay_docname, essay_problems, essay_slug, front_matter_schema, read_essays
from .files import BIBLIOGRAPHY, PERMALINKS, SourceFileError, read_source, unreadable_files
from .front_matter import FrontMatter, FrontMatterSource, Revision, split_front_matter
from .markdown import CITATION, CODE, NOTE, OPTION, Block, Fence, Row
from .markdown import count_words, markdown_fences, markdown_parser, prose_blocks, quoted_results, table_rows, without_quotes
from .scaffold import new_essay
