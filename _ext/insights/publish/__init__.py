"""From the folder that a build writes to the folder that is served: scanned, compressed, replaced as a whole."""

from .exchange import publish_site
from .rules import EVERYWHERE, OWN_FILES, OWN_WORDS, SECRETS, ScanRule, scan_rules
from .scan import Finding, rules_digest, scan_site
