"""What the values of a column say against a meaning that its name suggests, in words."""

from typing import Final

from alerts.messages.figures import percent
from monitor.onboarding.initialise.values import CLASSES, Column
from monitor.onboarding.plausible import Doubt

SHAPES: Final = {
    "id": "an id is short, and differs from row to row",
    "at": "a time is a date with a time of day, ISO 8601, or seconds or milliseconds since 1970",
    "predicted": "a class is one of 2 to 200 short texts or numbers, which repeat",
    "label": "a class is one of 2 to 200 short texts or numbers, which repeat",
    "latency_ms": "a latency is a number",
    "confidence": "a confidence is a number from 0 to 1, or a percentage",
}
"""What the values of each meaning look like."""


def against(meaning: str, column: Column, *, of_labels: bool = False) -> str:
    """Say why a column cannot be what its name says; "" where nothing speaks against it.

    The time of a label may be missing where there is none yet, so that empty ones are not counted `of_labels`.
    """
    if not column.values:
        return "it is empty"
    if meaning in CLASSES:
        return _against_class(column)
    if meaning == "at" and column.is_time:
        lacks = not of_labels and column.time_doubt is not None
        return f"{percent(column.null_share)} of its rows are empty" if lacks else ""
    return _against_shape(meaning, column)


def _against_shape(meaning: str, column: Column) -> str:
    if meaning in SHAPES and not column.fits(meaning):
        return f"it holds values such as {column.example!r}; {SHAPES[meaning]}"
    return ""


def _against_class(column: Column) -> str:
    if column.keys:
        return f"it holds JSON objects with the keys {', '.join(column.keys[:8])}; the class may be inside"
    match column.class_doubt:
        case Doubt.CONSTANT:
            return f"all of its {max(column.filled, 1):,} rows say {column.example!r}"
        case Doubt.NEARLY_UNIQUE:
            rows = column.filled if column.different else len(column.values)
            return f"{column.kinds:,} different values in {rows:,} rows, such as {column.example!r}"
        case _:
            return "" if column.is_class else f"it holds values such as {column.example!r}; {SHAPES['predicted']}"
