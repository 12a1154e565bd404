"""Watch a model run: note what it reads, and stop it if it does something that the build could not see or repeat.

Python reports what it opens, lists and imports to audit hooks (PEP 578). They cannot be removed, so a model is watched in a
process that ends with it. What Python does not report is replaced: the functions that ask whether a file exists.
"""

import os
import sys
import sysconfig
import tempfile
from importlib.machinery import EXTENSION_SUFFIXES, SOURCE_SUFFIXES, ExtensionFileLoader, FileFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

from insights.processes import LIBRARIES, SYSTEM

from .inputs import Input, editors_file, note

#: The functions of Python that ask no more of a path than whether it exists, and whether it is a folder.
QUESTIONS = {
    "exists", "lexists", "is_file", "is_dir", "isfile", "isdir", "islink", "is_symlink", "ismount", "is_mount", "realpath",
    "_joinrealpath", "resolve", "samefile", "walk", "_walk", "glob", "rglob", "_glob0", "_glob1", "_glob2", "_iglob", "iglob",
}  # fmt: skip
#: The audit events of other programs and of the network, with what the model does.
ELSEWHERE = {
    "subprocess.Popen": "starts another program", "os.system": "starts another program", "os.exec": "starts another program",
    "os.posix_spawn": "starts another program", "os.fork": "starts another process", "os.forkpty": "starts another process",
    "socket.connect": "connects to the network", "socket.getaddrinfo": "connects to the network",
    "socket.gethostbyname": "connects to the network", "socket.gethostbyaddr": "connects to the network",
    "socket.bind": "connects to the network", "socket.sendto": "connects to the network",
    "socket.sendmsg": "connects to the network", "socket.gethostname": "asks for the name of this machine",
    "os.kill": "sends a signal to a process", "os.killpg": "sends a signal to a process",
    "signal.pthread_kill": "sends a signal to a process", "resource.prlimit": "changes the limits of a process",
}  # fmt: skip
#: The audit events that change files or folders, with those of their arguments that name them.
CHANGES = dict.fromkeys(
    ["os.remove", "os.mkdir", "os.rmdir", "os.truncate", "os.chmod", "os.chown", "os.utime", "os.setxattr", "os.removexattr"],
    slice(1),
) | {"os.rename": slice(2), "os.link": slice(2), "os.symlink": slice(1, 2)}
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Refused(BaseException):
    """Something that a model cannot do. Not an Exception, which the model might catch."""


class Watch:
    """What the model in ``folder`` looks at below ``root``, its publication. It may write in the folder ``scratch``."""

    def __init__(self, folder: Path, root: Path, scratch: Path) -> None:
        self.folder, self.root, self.scratch = folder, root, f"{scratch}/"
        self.below = f"{root}/"
        self.inputs: dict[tuple[str, str], Input] = {}
        self.refused: Refused | None = None
        self.asleep = False

    def begin(self) -> None:
        """Watch this process until it ends."""
        os.chdir(self.root)
        sys.path_hooks.insert(0, self._finder)
        self._forget_modules()
        os.stat, os.lstat = self._asking(os.stat), self._asking(os.lstat)
        os.access = self._asking(os.access)
        sys.addaudithook(self._heard)

    def end(self) -> list[Input]:
        """Stop watching; what the model looked at, in order. Raises Refused if it did something that it cannot do."""
        for module in list(sys.modules.values()):
            file = getattr(module, "__file__", None)
            if isinstance(file, str) and not file.endswith(".so"):
                self.note("content", file)
        if any(_is_compiled(module) for name, module in list(sys.modules.items()) if name not in LOADED):
            self.note("tree", str(self.folder))  # compiled code can read files without Python's knowledge
        self.asleep = True
        if self.refused:
            raise self.refused
        return [self.inputs[key] for key in sorted(self.inputs)]

    def note(self, kind: str, path: object) -> None:
        """Note a path that the model looks at, if it is in the publication."""
        if self.asleep or not isinstance(path, str | bytes | os.PathLike):
            return
        full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 (called for each file)
        if self._concerns(full) and (kind, full) not in self.inputs and not editors_file(os.path.basename(full)):  # noqa: PTH119
            self.asleep = True
            try:
                self.inputs[kind, full] = note(kind, full, self.root)
            finally:
                self.asleep = False

    def _concerns(self, path: str) -> bool:
        """Whether a path is in the publication, and not in a virtual environment in it."""
        return (path.startswith(self.below) or path == str(self.root)) and not path.startswith(LIBRARIES)

    def _heard(self, event: str, arguments: tuple[Any, ...]) -> None:
        if self.asleep:
            return
        if event == "open":
            self._opened(arguments[0], arguments[2] or 0)
        elif event in {"os.listdir", "os.scandir", "glob.glob"}:
            if not sys._getframe(1).f_code.co_filename.startswith("<frozen importlib") and event != "glob.glob":
                self.note("names", "." if arguments[0] is None else arguments[0])
        elif event in {"sqlite3.connect", "ctypes.dlopen"}:
            self.note("content", arguments[0])
        elif event == "import" and len(arguments) > 1:
            self.note("content", arguments[1])
        elif event in ELSEWHERE:
            self._refuse(f"it {ELSEWHERE[event]}, which the build cannot see or repeat; write what it needs in a file beside it")
        elif event in CHANGES:
            for path in arguments[CHANGES[event]]:
                if isinstance(path, str | bytes | os.PathLike):
                    self._changed(os.path.abspath(os.fsdecode(path)))  # noqa: PTH100

    def _opened(self, path: object, flags: int) -> None:
        if not isinstance(path, str | bytes | os.PathLike):
            return
        full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100
        if flags & WRITING:
            self._changed(full)
        elif self._concerns(full):
            self.note("content", full)
            if full.removeprefix(self.below).startswith("."):
                self._refuse(f"it reads {full.removeprefix(self.below)}, which is hidden; put the file beside the model")
        elif not full.startswith((*LIBRARIES, *SYSTEM, self.scratch)):
            self._refuse(f"it reads {full}, which is not in the publication; put the file beside the model")

    def _changed(self, path: str) -> None:
        if path.startswith((self.scratch, "/dev/null")) or "__pycache__" in path:
            return
        shown = os.path.relpath(path, self.root) if self._concerns(path) else path
        self._refuse(f"it writes {shown}; a model returns what it computes, and changes no file")

    def _refuse(self, reason: str) -> None:
        self.refused = self.refused or Refused(reason)
        raise self.refused

    def _asking(self, original: Any) -> Any:
        """A function like ``os.stat`` that notes which path it is asked about."""

        def asked(path: Any, *arguments: Any, **options: Any) -> Any:
            if not self.asleep and not isinstance(path, int):
                self.note("type" if _asks_only(sys._getframe(1)) else "size", path)
            return original(path, *arguments, **options)

        return asked

    def _finder(self, folder: str) -> FileFinder:
        """How modules are found in the folders of the publication."""
        if not self._concerns(os.path.abspath(folder)) or not os.path.isdir(folder):  # noqa: PTH100, PTH112
            raise ImportError
        watch = self

        class Finder(FileFinder):
            def find_spec(self, fullname: str, target: ModuleType | None = None) -> Any:
                watch.note("module", f"{self.path}/{fullname.rpartition('.')[2]}")
                return super().find_spec(fullname, target)

        return Finder(folder, (ExtensionFileLoader, EXTENSION_SUFFIXES), (SourceLoader, SOURCE_SUFFIXES))

    def _forget_modules(self) -> None:
        """Forget modules with the names of files beside the model: Python would find those first if it ran the model alone."""
        names = {path.stem for path in self.folder.iterdir() if path.suffix == ".py" or path.is_dir()}
        for name in [name for name in sys.modules if name.partition(".")[0] in names - {"insights"}]:
            if not getattr(sys.modules[name], "__file__", "").startswith(self.below):
                del sys.modules[name]


class SourceLoader(SourceFileLoader):
    """Loads a module from its source: a compiled copy may be older, because its date is in whole seconds."""

    def get_code(self, fullname: str) -> CodeType:
        """The code in the file of a module."""
        path = self.get_filename(fullname)
        return self.source_to_code(self.get_data(path), path)


def _asks_only(frame: FrameType | None) -> bool:
    """Whether a call comes from a function that asks only for the type of a path."""
    for _ in range(3):
        if frame is None:
            return False
        if frame.f_code.co_name in QUESTIONS:
            return True
        frame = frame.f_back
    return False


def _is_compiled(module: ModuleType) -> bool:
    file = getattr(module, "__file__", None) or ""
    return file.endswith(tuple(EXTENSION_SUFFIXES)) and not file.startswith(STANDARD)


#: The folder of Python's own modules, some of which are compiled, and the modules that are loaded before any model runs.
STANDARD = (
    sysconfig.get_path("platstdlib"),
    sysconfig.get_path("stdlib"),
    f"{sys.base_prefix}/lib/python",
    tempfile.gettempdir(),
)
LOADED: set[str] = set()
