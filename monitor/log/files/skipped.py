"""Files that cannot be read now, with the reason."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class SkipReason(StrEnum):
    """Why a file was left out of a look, in words that stand after its name."""

    UNFINISHED = "is not whole: still being written, or cut short"
    EMPTY = "is empty"
    DAMAGED = "is damaged"
    GONE = "is gone, or a link that leads nowhere"
    FORBIDDEN = "may not be read by this user"
    NOT_A_FILE = "is no regular file"
    UNKNOWN_FORMAT = "is none of .parquet, .csv and .jsonl, by its name or by its content"
    UNKNOWN_ENCODING = "is in an encoding that cannot be told; set encoding"
    LINE_TOO_LONG = "has a line of more than 64 MB"
    NO_ROOM = "must be rewritten to be read, and the temporary folder has no room for it"


@dataclass(frozen=True, slots=True)
class SkippedFile:
    """A file of the log that is not read in this look."""

    name: str
    reason: SkipReason

    def __str__(self) -> str:
        """Name of the file without its folder, and the reason: for a notice."""
        return f"{Path(self.name).name} {self.reason}"


class SkipError(Exception):
    """This file cannot be read now; the others can."""

    def __init__(self, reason: SkipReason) -> None:
        super().__init__(reason.value)
        self.reason = reason
