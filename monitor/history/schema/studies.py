"""Studies of sampled rows."""

from typing import Final

from sqlalchemy import Column, Double, Integer, Table, Text

from checks.counts.study import Study
from monitor.history.schema.base import METADATA
from monitor.history.types import Stored, UtcTime

STUDIES: Final = Table(
    "studies",
    METADATA,
    Column("monitor", Text, primary_key=True, comment="Name of the monitor."),
    Column("as_of", UtcTime, primary_key=True, comment="Time as of which rows were drawn (UTC)."),
    Column("n_current", Integer, nullable=False, comment="Rows drawn from the window; 0 where the study failed."),
    Column("n_reference", Integer, nullable=False, comment="Rows drawn from the reference; 0 where the study failed."),
    Column("seconds", Double, nullable=False, comment="How long it took, with drawing the rows."),
    Column("error", Text, nullable=False, comment="Why it failed; empty where it did not."),
    Column("study", Stored(Study), comment="What it found, as JSON; null where it failed."),
    comment="The studies of sampled rows: at most one in `study.every`, and one when an incident of quality opens.",
)
