"""The rules for prose and code, and everything that is wrong with the publication in one run."""

from __future__ import annotations

from .runner import Finding, check_texts, distinct, formatted, report
