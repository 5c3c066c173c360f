"""Files that are rewritten so that DuckDB can read them: in a folder of this process, gone when it ends.

They may hold what users wrote, so only this user may open them. Those of a process that was killed are removed by the
next one: a folder is in use as long as its lock is held.
"""

import fcntl
import os
import shutil
import tempfile
import weakref
from itertools import count
from pathlib import Path
from typing import Final

from monitor.log.files.skipped import SkipError, SkipReason

PREFIX: Final = "tunewatch-files-"
_LOCK: Final = "lock"


class Copies:
    """A folder of copies; made when the first is wanted."""

    def __init__(self, parent: str | None = None) -> None:
        """Prepare; nothing is made yet. The folder will be in `parent`, or in the system's temporary folder."""
        self._parent = parent
        self._folder: Path | None = None
        self._numbers = count()
        self._finalizer: weakref.finalize | None = None  # type: ignore[type-arg]  # of no arguments that matter

    def new(self, suffix: str) -> Path:
        """Return a path for another copy.

        Raises SkipError if nothing can be written there.
        """
        try:
            return self._there() / f"{next(self._numbers)}{suffix}"
        except OSError:
            raise SkipError(SkipReason.NO_ROOM) from None

    def folder(self, name: str) -> Path:
        """Return the path of a folder within, which may not be there yet. Raises OSError if nothing can be written."""
        return self._there() / name

    def remove(self) -> None:
        """Remove all that there are."""
        if self._finalizer is not None:
            self._finalizer()
        self._folder = None

    def _there(self) -> Path:
        if self._folder is None or not self._folder.is_dir():
            self._folder = self._make()
        return self._folder

    def _make(self) -> Path:
        parent = Path(self._parent or tempfile.gettempdir())
        remove_abandoned(parent)
        folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))  # mode 0700
        lock = os.open(folder / _LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        self._finalizer = weakref.finalize(self, _remove, folder, lock, os.getpid())  # also at the end of the process
        return folder


def remove_abandoned(parent: Path) -> None:
    """Remove the folders of processes of this user that ended without doing so."""
    for folder in parent.glob(f"{PREFIX}*"):
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR)
        except OSError:  # somebody else's, or being made this moment
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # in use
            pass
        else:
            shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _remove(folder: Path, lock: int, process: int) -> None:
    if os.getpid() != process:  # a fork of it
        return
    shutil.rmtree(folder, ignore_errors=True)
    os.close(lock)
