"""Records as a Parquet file, with the types that a data frame has."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any, Final

_WHOLE: Final = frozenset({"n", "n_labelled"})
_FLAGS: Final = frozenset({"provisional"})
_FIGURES: Final = frozenset({"value", "low", "high", "raw", "coverage"})
_TIMES: Final = frozenset(
    {"as_of", "window_start", "window_end", "since", "onset", "opened_at", "resolved_at", "updated_at"}
)


def write_parquet(records: Iterable[Mapping[str, Any]], file: Path) -> int:
    """Write the records, whose keys are alike, and return how many; nothing is written where there are none.

    Times are of microseconds in UTC; what is not known is null. Raises OSError.
    """
    import pyarrow as pa  # noqa: PLC0415 - takes a while to import, and few ask for it
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {
        **dict.fromkeys(_WHOLE, pa.int64()),
        **dict.fromkeys(_FLAGS, pa.bool_()),
        **dict.fromkeys(_FIGURES, pa.float64()),
        **dict.fromkeys(_TIMES, pa.timestamp("us", tz="UTC")),
    }
    rows = [{name: _plain(value) for name, value in record.items()} for record in records]
    if rows:
        schema = pa.schema([(name, kinds.get(name, pa.string())) for name in rows[0]])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), file)
    return len(rows)


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    return value if value is None or isinstance(value, (bool, int, float, str, datetime)) else str(value)
