"""The version of our own code: what other code has put into the store is not used."""

import hashlib
from functools import cache
from pathlib import Path

#: The folder of our extensions.
EXTENSIONS = Path(__file__).parents[2]


@cache
def code_version() -> str:
    """A digest of all modules of our extensions, in hexadecimal. Line endings do not count, because checkouts may differ."""
    digest = hashlib.sha256()
    for path in sorted(EXTENSIONS.glob("insights*/**/*.py")):
        digest.update(path.relative_to(EXTENSIONS).as_posix().encode() + b"\0")
        digest.update(path.read_text(encoding="utf-8-sig", errors="replace").encode() + b"\0")
    return digest.hexdigest()
