"""The processes of a build: they end with the one that started them, and those that run essays' code are contained.

Two means of Linux contain a process, without rights or other programs: Landlock limits which files it reaches (landlock(7)), and
a seccomp filter what it can ask of the system (seccomp(2)). Code that runs in the process cannot take them off, whatever it does
to Python. This module needs the standard library only. Run by its path, it contains itself and then runs another script.
"""

import ctypes
import fcntl
import multiprocessing
import os
import platform
import resource
import runpy
import signal
import struct
import sys
import sysconfig
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path

#: How much memory an essay's code may take, and how much it may write to one file, in bytes.
MEMORY, FILE = 2 << 30, 64 << 20
#: On another number of cores, numpy adds up in another order, and the last digits differ.
SAME = {"OPENBLAS_NUM_THREADS": "1", "TZ": "UTC", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "MPLBACKEND": "svg"}
#: Files and folders of the system that Python and packages read.
SYSTEM = (
    "/usr", "/lib", "/lib64", "/bin", "/nix", "/System", "/Library", "/etc/ld.so.cache", "/etc/localtime", "/etc/timezone",
    "/etc/mime.types", "/dev/null", "/dev/zero", "/dev/random", "/dev/urandom", "/proc/cpuinfo", "/proc/meminfo",
    "/sys/devices/system/cpu",
)  # fmt: skip
#: Folders of Python and of packages, as they are named and as they are.
LIBRARIES = tuple(
    {os.path.abspath(path) for path in (sys.prefix, sys.base_prefix, *sysconfig.get_paths().values())}  # noqa: PTH100
    | {os.path.realpath(path) for path in (sys.prefix, sys.base_prefix, Path(__file__).parents[1])}
    | {str(Path(__file__).parents[1])}
)
#: The constants below are of linux/prctl.h, linux/landlock.h, linux/seccomp.h and linux/bpf_common.h.
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_SET_NO_NEW_PRIVS = 1, 22, 38
LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446
READ_FILE, READ_FOLDER = 1 << 2, 1 << 3
#: How many rights of files and folders each version of Landlock knows: from executing a file to commands for devices.
RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15, 5: 16}
#: By the name of a machine: how seccomp calls it, and which of the two numbers below its system calls have.
MACHINES = {"x86_64": (0xC000003E, 0), "aarch64": (0xC00000B7, 1)}
#: The system calls that fail. Landlock does not limit the first three lines, and only newer versions limit the signals.
REFUSED = {
    "chmod": (90, -1), "fchmod": (91, 52), "fchmodat": (268, 53), "fchmodat2": (452, 452), "chown": (92, -1), "lchown": (94, -1),
    "fchown": (93, 55), "fchownat": (260, 54), "utime": (132, -1), "utimes": (235, -1), "futimesat": (261, -1),
    "utimensat": (280, 88), "setxattr": (188, 5), "lsetxattr": (189, 6), "fsetxattr": (190, 7), "setxattrat": (463, 463),
    "removexattr": (197, 14), "lremovexattr": (198, 15), "fremovexattr": (199, 16), "removexattrat": (466, 466),
    "file_setattr": (469, 469), "truncate": (76, 45), "memfd_create": (319, 279), "memfd_secret": (447, 447),
    # Networks, and sockets in the file system.
    "socket": (41, 198), "connect": (42, 203), "bind": (49, 200), "io_uring_setup": (425, 425),
    # Other programs and processes. A thread is a clone, too: see `_filter`.
    "fork": (57, -1), "vfork": (58, -1), "execve": (59, 221), "execveat": (322, 281), "kill": (62, 129), "tkill": (200, 130),
    "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240), "pidfd_send_signal": (424, 424),
    "pidfd_open": (434, 434), "pidfd_getfd": (438, 438), "ptrace": (101, 117), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "kcmp": (312, 272), "process_madvise": (440, 440), "process_mrelease": (448, 448),
    "setpriority": (141, 140), "ioprio_set": (251, 30), "sched_setaffinity": (203, 122), "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119), "sched_setattr": (314, 274), "shmget": (29, 194), "shmat": (30, 196),
    "semget": (64, 190), "msgget": (68, 186), "mq_open": (240, 180),
    # The system itself.
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "move_mount": (429, 429), "open_tree": (428, 428),
    "fsopen": (430, 430), "setns": (308, 268), "unshare": (272, 97), "chroot": (161, 51), "bpf": (321, 280),
    "perf_event_open": (298, 241), "userfaultfd": (323, 282), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218),
}  # fmt: skip
CLONE, CLONE3, PRLIMIT = (56, 220), (435, 435), (302, 261)
CLONE_THREAD = 0x10000
#: The first number of a second set of system calls on x86_64, which nobody uses.
X32 = 0x40000000
EPERM, ENOSYS, ALLOW, FAIL = 1, 38, 0x7FFF0000, 0x00050000


def end_with_parent() -> None:
    """End this process when its parent ends, by whatever signal. Its parent is the thread that started it."""
    if sys.platform == "linux":
        _libc().prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def begin_in_pool() -> None:
    """End this process of a pool, and those that it forks, when the process ends that made the pool.

    That is not always its parent. It holds the other end of a pipe: the system sends a signal when that is closed.
    """
    os.register_at_fork(after_in_child=end_with_parent)
    maker = multiprocessing.parent_process()
    assert maker
    if sys.platform == "linux":
        fcntl.fcntl(maker.sentinel, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(maker.sentinel, fcntl.F_SETFL, fcntl.fcntl(maker.sentinel, fcntl.F_GETFL) | os.O_ASYNC)
    else:
        threading.Thread(target=lambda: (maker.join(), os._exit(1)), daemon=True).start()
    if not maker.is_alive():
        os._exit(1)


def uncontained() -> str:
    """What this system cannot keep essays' code from, as a sentence for its authors; empty if it can."""
    files, calls = landlock_version() > 0, _filters()
    if files and calls:
        return ""
    can = " and ".join([*["reach your files"] * (not files), *["use the network and start programs"] * (not calls)])
    missing = " and no ".join([*["Landlock"] * (not files), *["seccomp filters"] * (not calls)])
    return f"This system has no {missing}, so hostile code in an essay can {can}; see SECURITY.md."


@cache
def landlock_version() -> int:
    """The version of Landlock on this system; 0 without it."""
    return max(0, _libc().syscall(LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), 1)) if sys.platform == "linux" else 0


@cache
def _filters() -> bool:
    """Whether this system filters calls: it looks for a filter at address 0 then, and finds none (EFAULT)."""
    if sys.platform != "linux" or platform.machine() not in MACHINES or sys.maxsize < 1 << 32:
        return False
    return bool(_libc().prctl(PR_SET_SECCOMP, 2, None) == -1 and ctypes.get_errno() == 14)


def contain(root: Path, folder: Path, patience: float) -> None:
    """Let this process read the publication in ``root`` and what Python needs, and write in ``folder``, as far as the system can.

    It has no network, starts no programs and processes, and is killed when it has computed for well over ``patience`` seconds.
    """
    for limit, most in (
        (resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, FILE), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, 256),
        (resource.RLIMIT_CPU, int(patience) + 5),
    ):  # fmt: skip
        _, hard = resource.getrlimit(limit)
        value = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (value, value))
    if sys.platform == "linux":
        _libc().prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
        # The privileges of root: none (_LINUX_CAPABILITY_VERSION_3).
        _libc().capset(struct.pack("=Ii", 0x20080522, 0), bytes(24))
        if landlock_version():
            _limit_files(root, folder)
        if _filters():
            _limit_calls()


def environment(folder: Path) -> dict[str, str]:
    """All that an essay's code finds in its environment, with a home in ``folder``. The rest may hold secrets."""
    return SAME | {"PATH": os.defpath, "HOME": str(folder), "TMPDIR": str(folder)}


def readable(root: Path) -> Iterator[Path]:
    """The files and folders that an essay's code may read: not what is hidden in the publication, nor what was built."""
    yield from map(Path, (*SYSTEM, *LIBRARIES))
    yield from (path for path in root.iterdir() if not path.name.startswith((".", "_build")) and not path.is_symlink())


def _limit_files(root: Path, folder: Path) -> None:
    """Apply Landlock to this process."""
    version = landlock_version()
    every = (1 << RIGHTS.get(version, max(RIGHTS.values()))) - 1
    # Rights of files, from version 4 of TCP, from version 6 of signals and abstract sockets: all are limited.
    handled = struct.pack("=QQQ", every, 3, 3)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _libc().syscall(LANDLOCK_CREATE_RULESET, handled, ctypes.c_size_t(len(handled)), 0)
    for path, rights in [
        (root, READ_FOLDER),  # the names in it
        (folder, every & ~1),  # all but execute
        *((path, READ_FILE | READ_FOLDER * path.is_dir()) for path in readable(root) if path.exists()),
    ]:
        opened = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
        _libc().syscall(LANDLOCK_ADD_RULE, ruleset, 1, struct.pack("=Qi", rights, opened), 0)
        os.close(opened)
    if _libc().syscall(LANDLOCK_RESTRICT_SELF, ruleset, 0):
        raise OSError(ctypes.get_errno(), "Landlock does not contain this process")
    os.close(ruleset)


def _limit_calls() -> None:
    """Apply a seccomp filter to this process."""
    program = ctypes.create_string_buffer(code := _filter(*MACHINES[platform.machine()]))
    header = struct.pack("@HP", len(code) // 8, ctypes.addressof(program))
    if _libc().prctl(PR_SET_SECCOMP, 2, header):
        raise OSError(ctypes.get_errno(), "seccomp does not contain this process")


def _filter(machine: int, column: int) -> bytes:
    """A program of Berkeley's packet filter that lets system calls pass, or makes them fail."""

    def load(offset: int) -> bytes:
        return struct.pack("=HBBI", 0x20, 0, 0, offset)

    def unless(test: int, value: int, lines: int) -> bytes:
        """Pass over so many lines unless the value that was loaded is equal (0x15), at least (0x35), or has a bit (0x45)."""
        return struct.pack("=HBBI", test, 0, lines, value)

    def answer(value: int) -> bytes:
        return struct.pack("=HBBI", 0x06, 0, 0, value)

    number, argument, fail = 0, 16, answer(FAIL | EPERM)
    program = [load(4), unless(0x15, machine, 1), struct.pack("=HBBI", 0x05, 0, 0, 1), fail]  # calls of another machine
    program += [load(number), unless(0x35, X32, 1), fail]
    for numbers in REFUSED.values():
        if numbers[column] >= 0:
            program += [unless(0x15, numbers[column], 1), fail]
    # glibc starts threads with clone if there is no clone3, whose flags a filter cannot see.
    program += [unless(0x15, CLONE3[column], 1), answer(FAIL | ENOSYS)]
    program += [unless(0x15, CLONE[column], 4), load(argument), unless(0x45, CLONE_THREAD, 1), answer(ALLOW), fail]
    # The limits of this process, which is called 0, but of no other.
    program += [unless(0x15, PRLIMIT[column], 4), load(argument), unless(0x15, 0, 1), answer(ALLOW), fail]
    return b"".join([*program, answer(ALLOW)])


@cache
def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def main(root: str, folder: str, patience: str, script: str) -> None:
    """Run a ``script`` with the rest of the arguments, contained."""
    end_with_parent()
    tempfile.tempdir = folder
    contain(Path(root), Path(folder), float(patience))
    del sys.argv[:4]
    runpy.run_path(script, run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:5])
