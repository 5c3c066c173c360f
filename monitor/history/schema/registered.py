"""What models were trained on and evaluated with, in signatures."""

from typing import Final

from sqlalchemy import Column, Integer, LargeBinary, Table, Text

from monitor.history.schema.base import METADATA
from monitor.history.types import UtcTime

REGISTERED_SETS: Final = Table(
    "registered_sets",
    METADATA,
    Column("monitor", Text, primary_key=True, comment="Name of the monitor."),
    Column("model_version", Text, primary_key=True, comment="Model version, as the log names it."),
    Column("kind", Text, primary_key=True, comment="`training` or `evaluation`."),
    Column("registered_at", UtcTime, nullable=False, comment="When."),
    Column("messages", Integer, nullable=False, comment="Messages in the set."),
    Column("signatures", LargeBinary, nullable=False, comment="Their signatures, 56 bytes each; no message is kept."),
    comment="Sets that `tunewatch register` was given, for the check `leakage`; registering one again replaces it.",
)
