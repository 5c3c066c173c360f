"""What people do with incidents: acknowledge, snooze, resolve by hand, call a false alarm."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ActKind(StrEnum):
    """What somebody did."""

    ACKNOWLEDGE = "acknowledge"
    SNOOZE = "snooze"
    RESOLVE = "resolve"
    FALSE_ALARM = "false_alarm"
    SILENCE = "silence"
    UNSILENCE = "unsilence"
    TRY = "try"  # tried a candidate; the note is its verdict


@dataclass(frozen=True, slots=True)
class Act:
    """Who did what, when, until when it holds (None: no end) and why; times are UTC.

    Two acts of one `key` are one: whoever hands it over a second time, since no answer came, changes nothing.
    """

    kind: ActKind
    by: str
    at: datetime
    key: str
    until: datetime | None = None
    note: str = ""
