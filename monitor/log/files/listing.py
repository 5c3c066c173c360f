"""Which files there are now."""

import glob
import os
import stat
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from monitor.common.errors import SourceError
from monitor.log.files.mirror import Mirror, is_remote, shown
from monitor.log.files.skipped import SkippedFile, SkipReason


class Stamp(NamedTuple):
    """What changes when a file does: two equal stamps are the same content."""

    device: int
    inode: int
    size: int  # bytes
    modified: int  # nanoseconds
    changed: int  # nanoseconds; set by the system, so that a modification time set back does not deceive


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file of the log, or the copy of an object."""

    name: str
    stamp: Stamp


@dataclass(frozen=True, slots=True)
class Listing:
    """What the globs of a log match now, each file once: what can be opened, and what cannot."""

    files: tuple[LogFile, ...]
    skipped: tuple[SkippedFile, ...]


def list_files(patterns: Sequence[str], key: str, mirror: Mirror) -> Listing:
    """Return what the globs match; objects of a store by their copies, which `mirror` makes.

    Raises SourceError if a pattern matches nothing but folders, or a store cannot be read.
    """
    found: dict[str, LogFile | SkippedFile] = {}  # by the path, or the address of the object
    for pattern in patterns:
        matches = [(known_as, _look(name)) for name, known_as in _matches(pattern, key, mirror)]
        usable = {known_as: each for known_as, each in matches if each is not None}
        if not usable:
            raise SourceError(
                f"{key}: no file matches {shown(pattern)}; check the path and that the log has been written"
            )
        found |= {known_as: each for known_as, each in usable.items() if known_as not in found}
    files = tuple(each for each in found.values() if isinstance(each, LogFile))
    return Listing(files, tuple(each for each in found.values() if isinstance(each, SkippedFile)))


def stamp_of(name: str) -> Stamp:
    """Return the stamp of a file as it is now; raises OSError if there is none."""
    return _stamp(os.stat(name))  # noqa: PTH116  # a Path of each name costs more than the call


def _stamp(found: os.stat_result) -> Stamp:
    return Stamp(found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def _matches(pattern: str, key: str, mirror: Mirror) -> Iterable[tuple[str, str]]:
    """Paths, and what tells that two are the same file."""
    if is_remote(pattern):
        return mirror.matches(pattern, key).items()
    path = str(Path(pattern).expanduser())
    if os.path.lexists(path):
        return [(path, path)]
    names = sorted(glob.glob(path, recursive=True))  # noqa: PTH207  # a Path has no glob of an absolute pattern
    return zip(names, names, strict=True)


def _look(name: str) -> LogFile | SkippedFile | None:
    """Return None for a folder, which a glob may well match."""
    try:
        found = os.stat(name)  # noqa: PTH116
    except PermissionError:
        return SkippedFile(name, SkipReason.FORBIDDEN)
    except OSError:
        return SkippedFile(name, SkipReason.GONE)
    if stat.S_ISDIR(found.st_mode):
        return None
    if not stat.S_ISREG(found.st_mode):  # to open a pipe would wait for its writer
        return SkippedFile(name, SkipReason.NOT_A_FILE)
    return LogFile(name, _stamp(found))
