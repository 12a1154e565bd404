"""What authors write: essay folders, front matter with its lines, the levels of rules. Nothing here knows Sphinx."""

from __future__ import annotations  # noqa: I001 (a line each for constants with classes, and for functions)

from .bounds import TOO_MUCH
from .essays import ESSAY_TEXT, ESSAYS_FOLDER, EssaySource, Vocabulary
from .essays import build_day, essay_docname, essay_problems, essay_slug, front_matter_schema, read_essays
from .files import BIBLIOGRAPHY, PERMALINKS, SourceFileError, asset_files, is_of_an_editor, pasted_characters, read_source
from .files import unreadable_files, without_pasted
from .front_matter import FrontMatter, FrontMatterSource, Revision, parse_front_matter, split_front_matter
from .fences import NOT_RUN, FenceInfo, read_info
from .html_tokens import ANYWHERE, ATTRIBUTES, BLOCK_HTML, INLINE_HTML, LEFT_OUT, has_no_effect
from .publishable import near_file, private, refusal
from .rule_levels import OFF, TASTE, RuleLevels, as_level, comment_problems, levels_of_rules, wrong_level
from .scaffold import new_essay
from .sentences import sentence_ends
from .syntax import create_parser
