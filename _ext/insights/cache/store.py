"""The store: what builds keep between them, in one folder, under one version of our own code."""

import hashlib
import pickle
import shutil
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path
from typing import TypeVar

from .files import FileSignature, file_signature, write_atomic
from .parallel import parallel_map

#: The folder of our extensions.
EXTENSIONS = Path(__file__).parents[2]
#: How many hexadecimal digits of the version the name of a subfolder has.
VERSION_LENGTH = 16

T = TypeVar("T")


@cache
def code_version() -> str:
    """A digest of all modules of our extensions, in hexadecimal. Line endings do not count, because checkouts may differ."""
    digest = hashlib.sha256()
    for path in sorted(EXTENSIONS.glob("insights*/**/*.py")):
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        digest.update(f"{path.relative_to(EXTENSIONS).as_posix()}\0{text}\0".encode())
    return digest.hexdigest()


class Store:
    """What builds keep between them, in one folder. What other code has written, or only half written, counts as nothing.

    The content lies in a subfolder that is named after the version of our code, and the subfolders of other versions are deleted.
    So two builds that open the store at the same time never delete what the other has just written.
    """

    def __init__(self, folder: Path) -> None:
        self._home = folder / code_version()[:VERSION_LENGTH]
        for other in folder.glob("[0-9a-f]" * VERSION_LENGTH):
            if other != self._home:
                shutil.rmtree(other, ignore_errors=True)

    def read(self, name: str, default: T) -> T:
        """The value that was written under ``name``, or ``default`` if there is none or it cannot be read."""
        try:
            value: T = pickle.loads((self._home / f"{name}.pickle").read_bytes())  # noqa: S301 (written by `write`)
        except Exception:  # unpickling a truncated file may raise anything
            return default
        return value

    def write(self, name: str, value: object) -> None:
        """Keep a value under ``name``; in its place, if there is one."""
        write_atomic(self._home / f"{name}.pickle", pickle.dumps(value))

    def by_file(self, name: str, paths: Iterable[str], find: Callable[[str], T], key: object = None) -> dict[str, T]:
        """What ``find`` returns for each path: from the store if the file's signature and ``key`` are those of the last call.

        Only the paths of the last call are kept under ``name``. If many files have changed, ``find`` runs in other processes.
        """
        table: dict[str, tuple[FileSignature | None, T]]
        last_key, table = self.read(name, (None, {}))
        if last_key != key:
            table = {}
        signatures = {path: file_signature(path) for path in paths}
        changed = [path for path, signature in signatures.items() if not signature or table.get(path, (None,))[0] != signature]
        values = dict(zip(changed, parallel_map(find, changed), strict=True))
        entries = {path: (signatures[path], values[path]) if path in values else table[path] for path in signatures}
        if (last_key, entries) != (key, table):
            self.write(name, (key, entries))
        return {path: value for path, (_, value) in entries.items()}

    def folder(self, name: str) -> Path:
        """A folder in the store, for values that are files: drawings, entry bodies, compiled templates."""
        path = self._home / name
        path.mkdir(parents=True, exist_ok=True)
        return path


def build_store(doctrees: str | Path) -> Store:
    """The store of a build, in the folder of its ``doctrees``."""
    return Store(Path(doctrees) / "store")
