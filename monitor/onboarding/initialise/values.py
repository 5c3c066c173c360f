"""What the values of a column look like."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from statistics import median
from typing import Any, Final, TypeVar
from uuid import UUID

from monitor.onboarding.plausible import Doubt, of_class, of_latency, of_time

MOST: Final = 0.95  # of the values seen must agree; logs have a few odd rows
EPOCH_NUMBERS: Final = (1e9, 9e18)  # 2001 in seconds up to nanoseconds
LONGEST_CLASS_NAME: Final = 80  # characters
MOST_CLASSES: Final = 200
LEVELS: Final = 5  # of JSON inside JSON that are looked into
PERCENT: Final = 100.0
PLAIN_KEY: Final = re.compile(r"[A-Za-z_][\w-]*")
FEW_TEXTS: Final = 20  # rows to a text, from which it is a name rather than a message
MOST_KEYS: Final = 30  # of the JSON objects of one column
LONGEST_EXAMPLE: Final = 40  # characters
MOST_PARSED: Final = 50  # values that are looked into for JSON
CLASSES: Final = ("predicted", "label")
CATEGORIES: Final = ("model_version", "prompt_version", "relevance_source")
SHARES: Final = ("confidence", "relevance", "inclusion_probability")
AMOUNTS: Final = ("latency_ms", "prompt_tokens", "completion_tokens")


Parsed = TypeVar("Parsed", dict[str, Any], list[Any])


@dataclass(frozen=True)
class Column:
    """A column: some of its values, nulls left out, and what was counted over more rows.

    Of `rows` rows `filled` have a value, and there are `different` values among these; 0 where they were not counted.
    `inside_of` is the column whose JSON objects have it as a key.
    """

    name: str
    values: tuple[object, ...] = ()
    rows: int = 0
    filled: int = 0
    different: int = 0
    inside_of: str = ""

    @property
    def null_share(self) -> float:
        """Share of the rows that have no value, 0 to 1; 1 where there are no rows."""
        return 1 - self.filled / self.rows if self.rows else 1.0

    @property
    def kinds(self) -> int:
        """How many different values there are, as far as they were counted."""
        return max(self.different, self.distinct)

    @property
    def example(self) -> str:
        """One value, shortened."""
        text = " ".join(str(self.values[0]).split()) if self.values else ""
        return text if len(text) <= LONGEST_EXAMPLE else f"{text[:LONGEST_EXAMPLE]}…"

    @cached_property
    def seconds(self) -> tuple[float, ...]:
        """The values as seconds since 1970, 0 for those that are no times; a zone that is not named is UTC."""
        return tuple(map(_seconds, self.values))

    @cached_property
    def median(self) -> float | None:
        """The median of the numbers that were seen, None without any."""
        numbers = [float(str(value)) for value in self.values if _is_number(value)]
        return median(numbers) if numbers else None

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the JSON objects that the column holds, none where it holds others."""
        found = [_object(value) for value in self.values[:MOST_PARSED]]
        objects = [each for each in found if each is not None]
        if not objects or len(objects) < MOST * len(found):
            return ()
        return tuple(dict.fromkeys(str(key) for each in objects for key in each))

    def inside(self) -> Iterator["Column"]:
        """A column for each key of its JSON objects, by the path to it."""
        found = [each for value in self.values if (each := _object(value)) is not None]
        for key in filter(PLAIN_KEY.fullmatch, self.keys[:MOST_KEYS]):
            values = tuple(value for each in found if (value := each.get(key)) is not None)
            rows = len(self.values)
            yield Column(f"{self.name}.{key}", values, rows, len(values), inside_of=self.name)

    def deep(self, levels: int = LEVELS) -> Iterator["Column"]:
        """The columns inside, and those inside them; of a list, what comes first."""
        lists = [each for value in self.values if (each := _parsed(value, "[", list))]
        firsts = (
            [Column(f"{self.name}[0]", tuple(each[0] for each in lists), len(self.values), len(lists))] if lists else []
        )
        for inner in (*self.inside(), *firsts):
            yield inner
            if levels > 1:
                yield from inner.deep(levels - 1)

    @cached_property
    def class_doubt(self) -> Doubt | None:
        """What speaks against its being a column of classes."""
        if self.different:
            return of_class(self.kinds, self.filled)
        return of_class(self.distinct, len(self.values))

    @property
    def time_doubt(self) -> Doubt | None:
        """What speaks against its being the time of a row."""
        return of_time(self.null_share) if self.rows else None

    @property
    def latency_doubt(self) -> Doubt | None:
        """What speaks against its being milliseconds."""
        return None if self.median is None else of_latency(self.median, self.name)

    @cached_property
    def is_percent(self) -> bool:
        """Whether its numbers go up to a hundred rather than to 1."""
        numbers = [float(str(value)) for value in self.values if _is_number(value)]
        return bool(numbers) and max(numbers) > 1 and all(0 <= number <= PERCENT for number in numbers)

    @cached_property
    def distinct(self) -> int:
        """How many different values were seen."""
        return len(set(map(str, self.values)))

    @cached_property
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
        few = min(MOST_CLASSES, max(self.filled, len(self.values)) // 2)
        return short and not self.is_time and self.kinds <= max(2, few)

    @property
    def is_class(self) -> bool:
        """Whether the values could be the classes of a log: a category of two and more."""
        return self.is_category and self.class_doubt is None

    @property
    def says_little(self) -> bool:
        """Whether the same few texts come again and again, which messages and answers in free words do not."""
        return self.is_class and max(self.filled, len(self.values)) >= FEW_TEXTS * self.kinds

    def fits(self, meaning: str) -> bool:
        """Whether the values can have this meaning; a column without values has none."""
        if not self.values or meaning == "at":
            return self.is_time
        if meaning == "id":
            return not self.is_time and _most(isinstance(value, str | int | UUID) for value in self.values)
        if meaning in (*CLASSES, *CATEGORIES):
            return self.is_class if meaning in CLASSES else self.is_category
        if meaning in SHARES:
            return self.is_share or (self.is_truth if meaning == "relevance" else self.is_percent)
        if meaning in AMOUNTS:
            return self.is_number and not self.is_time
        return self.is_text and not self.says_little


def _most(flags: Iterable[bool]) -> bool:
    seen = list(flags)
    return bool(seen) and sum(seen) >= MOST * len(seen)


def _seconds(value: object) -> float:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return 0.0
    if isinstance(value, datetime):
        return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
    return float(str(value)) if _is_number(value) else 0.0


def _object(value: object) -> dict[str, object] | None:
    """A JSON object, whether the engine parsed it or not."""
    return _parsed(value, "{", dict)


def _parsed(value: object, begins: str, kind: type[Parsed]) -> Parsed | None:
    if isinstance(value, str) and value.lstrip().startswith(begins):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, kind) else None


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
