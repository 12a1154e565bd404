"""The rules for prose and code, and all problems of the publication in one run."""

from .notes import setup
from .runner import check_texts, refused_texts, report
from .site import AHEAD, PREVIEW, find_problems, preview_problems, scan_preview, scheduled, site_problems
from .typography import text_parser, with_typography
