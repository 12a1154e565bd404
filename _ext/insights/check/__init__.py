"""The rules for prose and code, and all problems of the publication in one run."""

from __future__ import annotations

from .runner import check_texts, report
