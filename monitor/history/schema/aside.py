"""What was dated after the present: kept, and read by nobody but people."""

from typing import Final

from sqlalchemy import Column, Index, Integer, Table, Text

from monitor.history.schema.base import METADATA
from monitor.history.types import UtcTime

SET_ASIDE: Final = Table(
    "set_aside",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row."),
    Column("monitor", Text, nullable=False, comment="Name of the monitor."),
    Column("set_aside_at", UtcTime, nullable=False, comment="When it was set aside (UTC)."),
    Column("kept_from", Text, nullable=False, comment="The table that it was in, such as `cycles`."),
    Column("as_of", UtcTime, nullable=False, comment="The time that it is dated, which had not come (UTC)."),
    Column("detail", Text, nullable=False, comment="The row as it was, a JSON object by column."),
    Index(None, "monitor", "as_of"),
    comment="Rows of looks that were dated after the present, by a wrong clock or by `--as-of`; nothing reads them.",
)
