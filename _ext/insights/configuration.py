"""The settings of the publication, for commands that do not start Sphinx."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

#: Without these there is no publication.
REQUIRED = ("include_patterns", "html_baseurl", "insights_categories", "insights_tags", "insights_email", "insights_today")


def read(root: Path) -> dict[str, Any]:
    """What conf.py in ``root`` says, by name. Raises whatever conf.py raises: it is Python."""
    found = runpy.run_path(str(root / "conf.py"))
    if missing := [name for name in REQUIRED if name not in found]:
        raise LookupError(f"there is no {', no '.join(missing)}; look whether its name is spelt so")
    return found
