"""What the values of a column look like."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final
from uuid import UUID

MOST: Final = 0.95  # of the values seen must agree; logs have a few odd rows
EPOCH_NUMBERS: Final = (1e9, 9e18)  # 2001 in seconds up to nanoseconds
LONGEST_CLASS_NAME: Final = 80  # characters
MOST_CLASSES: Final = 200
CATEGORIES: Final = ("predicted", "label", "model_version", "prompt_version", "relevance_source")
SHARES: Final = ("confidence", "relevance", "inclusion_probability")
AMOUNTS: Final = ("latency_ms", "prompt_tokens", "completion_tokens")


@dataclass(frozen=True, slots=True)
class Column:
    """A column and some of its values, nulls left out."""

    name: str
    values: tuple[object, ...] = ()

    @property
    def distinct(self) -> int:
        """How many different values were seen."""
        return len(set(map(str, self.values)))

    @property
    def is_time(self) -> bool:
        """Whether the values are times, ISO texts, or seconds or milliseconds since 1970."""
        return _most(isinstance(v, date) or _is_iso(v) or _is_epoch(v) for v in self.values)

    @property
    def is_number(self) -> bool:
        """Whether the values are numbers."""
        return _most(_is_number(value) for value in self.values)

    @property
    def is_share(self) -> bool:
        """Whether the values are numbers from 0 to 1."""
        return _most(_is_number(value) and 0 <= float(str(value)) <= 1 for value in self.values)

    @property
    def is_truth(self) -> bool:
        """Whether the values are true and false."""
        return _most(isinstance(value, bool) for value in self.values)

    @property
    def is_text(self) -> bool:
        """Whether the values are texts that are no times."""
        return _most(isinstance(value, str) for value in self.values) and not self.is_time

    @property
    def is_identifier(self) -> bool:
        """Whether the values could name rows: short, without spaces, nearly all different."""
        short = _most(isinstance(v, int | UUID) or (isinstance(v, str) and " " not in v.strip()) for v in self.values)
        return short and not self.is_time and self.distinct >= MOST * len(self.values)

    @property
    def is_shared(self) -> bool:
        """Whether many values come several times, as the id of a conversation does, and that of a row does not."""
        return self.distinct < MOST * len(self.values)

    @property
    def is_category(self) -> bool:
        """Whether the values could be classes: short texts or whole numbers, few of them different."""
        short = _most(_is_short(value) for value in self.values)
        return short and not self.is_time and self.distinct <= max(2, min(MOST_CLASSES, len(self.values) // 2))

    def fits(self, meaning: str) -> bool:
        """Whether the values can have this meaning; a column without values can have any."""
        if not self.values:
            return True
        if meaning == "id":
            return not self.is_time and _most(isinstance(value, str | int | UUID) for value in self.values)
        if meaning == "at":
            return self.is_time
        if meaning in CATEGORIES:
            return self.is_category
        if meaning in SHARES:
            return self.is_share or (meaning == "relevance" and self.is_truth)
        return self.is_number and not self.is_time if meaning in AMOUNTS else self.is_text


def _most(flags: Iterable[bool]) -> bool:
    seen = list(flags)
    return bool(seen) and sum(seen) >= MOST * len(seen)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | Decimal) and not isinstance(value, bool)


def _is_epoch(value: object) -> bool:
    return _is_number(value) and EPOCH_NUMBERS[0] <= float(str(value)) <= EPOCH_NUMBERS[1]


def _is_iso(value: object) -> bool:
    if not isinstance(value, str) or not value[:4].isdigit() or "-" not in value:
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_short(value: object) -> bool:
    return isinstance(value, int) or (isinstance(value, str) and len(value) <= LONGEST_CLASS_NAME and "\n" not in value)
