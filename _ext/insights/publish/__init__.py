"""From the folder that a build writes to the one that is served: scanned, compressed, exchanged as a whole."""

from __future__ import annotations

from .exchange import publish_site
from .scan import EMAIL_ADDRESS, OWN_FILES, OWN_WORDS, SOURCES_CACHE, LeakError, ScanRule, refuse_leaks, rules_digest, scan_rules
