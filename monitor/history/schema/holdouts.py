"""What training data must not contain."""

from typing import Final

from sqlalchemy import Column, Table, Text

from monitor.history.schema.base import METADATA
from monitor.history.types import UtcTime

HOLDOUTS: Final = Table(
    "holdouts",
    METADATA,
    Column("monitor", Text, primary_key=True, comment="Name of the monitor."),
    Column(
        "since",
        UtcTime,
        nullable=False,
        comment="Messages first seen from this time on are held out for testing: no export trains on them.",
    ),
    comment="What `tunewatch export finetune` keeps for testing; set by the first export, and anew by --new-holdout.",
)
