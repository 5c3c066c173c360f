"""What a view is, and the columns that many have."""

from dataclasses import dataclass
from typing import Final

VERSION_COLUMNS: Final = {
    "model_version": "Model version; empty where the log has none.",
    "prompt_version": "Prompt version; empty where the log has none.",
}

KEYS: Final = {"monitor": "Name of the monitor.", "bucket_start": "Start of the bucket of prediction time (UTC)."}
DAY_KEYS: Final = {"monitor": "Name of the monitor.", "day": "UTC day of the predictions."}


@dataclass(frozen=True, slots=True)
class View:
    """One view: its comment, its columns with theirs, and its SELECT.

    In `select`, {time:x} is the UTC time and {day:x} the UTC day of epoch seconds x, {seconds:x} are those of a time x;
    {count:x} is a whole number x of a type whose quotients are not cut to whole numbers. `postgresql` takes its place
    there, where one for both would be slow.
    """

    name: str
    comment: str
    columns: dict[str, str]
    select: str
    postgresql: str = ""
