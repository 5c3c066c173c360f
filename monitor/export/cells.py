"""CSV that a spreadsheet cannot mistake for formulas."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""First letters that make spreadsheets compute a cell (OWASP, "CSV Injection")."""

GUARD: Final = "'"


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The table with its heading; texts that begin like a formula get an apostrophe before them."""
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows({name: guarded(row[name]) for name in columns} for row in rows)
    return written.getvalue()


def guarded(value: Any) -> Any:  # noqa: ANN401 - a cell can be anything
    """The cell as it may be written; `unguarded` gives it back."""
    if isinstance(value, str) and value.startswith((*FORMULA, GUARD)):
        return GUARD + value
    return value


def unguarded(value: str) -> str:
    """The text that was guarded.

    >>> [unguarded(guarded(text)) for text in ("=1+1", "'tis", "plain")]
    ['=1+1', "'tis", 'plain']
    """
    return value.removeprefix(GUARD)


def from_csv(text: str) -> list[dict[str, str]]:
    """The rows of a table that `to_csv` wrote."""
    return [
        {name: unguarded(value) for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)
    ]
