"""What builds keep between them, and how they share the machine: store, file signatures, atomic writes, locks, parallel work."""

from .files import file_names, inodes, remove_others, write_atomic, write_if_changed
from .locks import exclusive
from .parallel import parallel_map
from .signatures import FileSignature, file_signature
from .store import STORE, Store
from .version import code_version
