"""CSV that a spreadsheet cannot mistake for formulas."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

FORMULA: Final = "=+@\t\r\n\uff1d\uff0b\uff0d\uff20-"
"""First letters that make spreadsheets compute a cell, wide forms included (OWASP, "CSV Injection")."""

GUARD: Final = "'"

_BEGINNINGS: Final = r"(\A|[;\t\r\n])"
"""Where a cell begins, also for a spreadsheet that splits at semicolons, as where the comma is the decimal point.

To it the second cell of a line is no quoted one, as what precedes its quotation mark is a comma: it splits that cell at
each semicolon and line break. (A comma within a cell splits nowhere: who splits at commas heeds quotation marks.)
"""

_COMPUTED: Final = re.compile(rf"{_BEGINNINGS}(?=\"*[{re.escape(FORMULA + GUARD)}])")
"""A beginning before what would be computed; quotation marks that open nothing are left out by spreadsheets."""

_GUARDED: Final = re.compile(_BEGINNINGS + GUARD)

_HARMLESS_ID: Final = re.compile(r"[-+][\w.:-]+")
"""Ids such as -hY7_q, of URL-safe Base64: no operator follows the first letter, so there is nothing to compute."""


def to_csv(columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> str:
    """The table with its heading; what a spreadsheet would compute within a text gets an apostrophe before it."""
    written = io.StringIO()
    writer = csv.DictWriter(written, columns, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    writer.writeheader()
    writer.writerows({name: guarded(row[name]) for name in columns} for row in rows)
    return written.getvalue()


def guarded(value: Any) -> Any:  # noqa: ANN401 - a cell can be anything
    """The cell as it may be written; `unguarded` gives it back."""
    return _COMPUTED.sub(rf"\1{GUARD}", value) if isinstance(value, str) else value


def guarded_id(value: str) -> str:
    """An id as it may be written: it has to come back as it was, so only what could be computed gets an apostrophe."""
    return value if _HARMLESS_ID.fullmatch(value) else str(guarded(value))


def unguarded(value: str) -> str:
    """The text that was guarded.

    >>> guarded("help;=1+1")
    "help;'=1+1"
    >>> [unguarded(guarded(text)) for text in ("=1+1", "'tis", "plain", "help;=1+1")]
    ['=1+1', "'tis", 'plain', 'help;=1+1']
    """
    return _GUARDED.sub(r"\1", value)


def from_csv(text: str) -> list[dict[str, str]]:
    """The rows of a table that `to_csv` wrote."""
    return [
        {name: unguarded(value) for name, value in row.items()}
        for row in csv.DictReader(io.StringIO(text, newline=""), strict=True)
    ]
