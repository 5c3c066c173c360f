"""A small log that every system is made to hold: in its last week only 3 of 25 urgent messages are recognised.

Standard library alone, since the writers of `tests/systems` run where tunewatch is not installed.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

START: Final = datetime(2026, 3, 2, tzinfo=UTC)
WEEKS: Final = 5
A_WEEK: Final = 100  # predictions
END: Final = START + timedelta(weeks=WEEKS)
RECALL: Final = 0.12
"""Of urgent, in the last week."""
MEDIAN_MS: Final = 300
RIGHT: Final = frozenset({0, 32, 64})
"""Of the last week, the urgent messages that are recognised."""
_OTHERS: Final = ("card", "refund", "transfer")


@dataclass(frozen=True)
class Turn:
    """One message, what the bot made of it, and what was right. Times are UTC."""

    n: int
    at: datetime
    text: str
    predicted: str
    confidence: float
    latency_ms: int
    model: str
    prompt: int
    label: str
    labelled_at: datetime

    @property
    def span_id(self) -> str:
        """16 hexadecimal digits."""
        return f"{0xB0700000 + self.n:016x}"

    @property
    def trace_id(self) -> str:
        """32 hexadecimal digits."""
        return f"{0xC0700000 + self.n:032x}"

    @property
    def uuid(self) -> str:
        """The same as a UUID."""
        digits = self.trace_id
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))

    @property
    def end(self) -> datetime:
        """When the answer was complete."""
        return self.at + timedelta(milliseconds=self.latency_ms)


def turns() -> Iterator[Turn]:
    """Yield the log in the order of time."""
    for n in range(WEEKS * A_WEEK):
        week, k = divmod(n, A_WEEK)
        at = START + n * timedelta(weeks=1) / A_WEEK
        label = "urgent" if k % 4 == 0 else _OTHERS[k % 3]
        last = week == WEEKS - 1
        missed = label == "urgent" and (k not in RIGHT if last else k % 40 == 0)
        yield Turn(
            n=n,
            at=at,
            text=f"message {n} about {label}",
            predicted="card" if missed else label,
            confidence=0.55 + (k % 9) / 20,
            latency_ms=MEDIAN_MS - 20 + k % 41,
            model="gpt-5-mini",
            prompt=4 if last else 3,
            label=label,
            labelled_at=at + timedelta(hours=1, minutes=30),
        )
