"""What builds keep between them, and how they share the machine: store, file signatures, atomic writes, locks, parallel work."""

from .files import FileSignature, exclusive, file_names, file_signature, inodes, remove_others, write_atomic, write_if_changed
from .parallel import parallel_map
from .store import EXTENSIONS, Store, build_store, code_version
