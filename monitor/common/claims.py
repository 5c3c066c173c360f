"""Who carries notifications: one run of one process, told apart from all others, also where pids and host names repeat.

The first process of every container has pid 1, and a container that starts again keeps its host name. So a worker
names the boot of its machine and its pid namespace too, a pid counts only within these, and a number of its own
tells a process from the next one that gets its pid.
"""

import os
import secrets
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

_BOOT: Final = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE: Final = Path("/proc/self/ns/pid")
_START_FIELD: Final = 22  # of /proc/PID/stat, counted from 1: start of the process in clock ticks since the boot
_STATE_FIELD: Final = 3
_GONE: Final = frozenset("ZXx")  # a process that has ended, whoever has not asked for its status yet


@dataclass(frozen=True, slots=True)
class Worker:
    """One run of one process. `boot`, `namespace` and `started` are "" where the system does not tell them."""

    host: str
    boot: str
    namespace: str
    pid: int
    started: str
    nonce: str

    @classmethod
    def here(cls) -> Self:
        """A worker of this process; each call makes another one."""
        pid = os.getpid()
        return cls(socket.gethostname(), _boot(), _namespace(), pid, _started(pid) or "", secrets.token_hex(4))

    @classmethod
    def parse(cls, name: str) -> Self | None:
        """Read what `name` gave; None where it is something else."""
        parts = name.split("|")
        if len(parts) != len(cls.__slots__) or not parts[3].isdigit():
            return None
        host, boot, namespace, pid, started, nonce = parts
        return cls(host, boot, namespace, int(pid), started, nonce)

    @property
    def name(self) -> str:
        """All of it in one text."""
        host = self.host.replace("|", "")
        return "|".join((host, self.boot, self.namespace, str(self.pid), self.started, self.nonce))

    def is_dead(self) -> bool:
        """Whether its process has certainly ended, seen from this process; False where that cannot be told."""
        if (self.host, self.boot, self.namespace) != (socket.gethostname(), _boot(), _namespace()):
            return False
        if not self.started:
            return not _exists(self.pid)
        return _started(self.pid) != self.started


def _boot() -> str:
    try:
        return _BOOT.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def _namespace() -> str:
    try:
        return str(_NAMESPACE.readlink())
    except OSError:
        return ""


def _started(pid: int) -> str | None:
    """When a living process started, in the words of the system; None where there is no such process."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name in parentheses, which may hold anything, is field 2
    return None if fields[_STATE_FIELD - 3] in _GONE else fields[_START_FIELD - 3]


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
