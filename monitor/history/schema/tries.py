"""Candidates that were tried before they shipped."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from checks.candidates.verdict import Verdict
from monitor.history.schema.base import METADATA
from monitor.history.types import Stored, UtcTime

TRIES: Final = Table(
    "tries",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row."),
    Column("monitor", Text, nullable=False, comment="Name of the monitor."),
    Column(
        "incident_id",
        ForeignKey("incidents.id", name="fk_tries_incident_id_incidents"),
        index=True,
        comment="The incident; empty where it was for none.",
    ),
    Column("sample", Text, nullable=False, comment="SHA-256 of the messages that it was tried on."),
    Column("answers", Text, nullable=False, comment="SHA-256 of what it answered: another one is another candidate."),
    Column("candidate", Text, nullable=False, comment="What it is called."),
    Column("at", UtcTime, nullable=False, comment="When it was judged (UTC)."),
    Column("candidates", Integer, nullable=False, comment="How many were tried on the sample, this one included."),
    Column("decision", Text, nullable=False, comment="`ship`, `do_not_ship` or `more_labels`."),
    Column("reason", Text, nullable=False, comment="`better`, `no_worse`, `worse`, `no_better` or `unsettled`."),
    Column("verdict", Text, nullable=False, comment="The verdict in words, with its numbers."),
    Column("canary", Text, nullable=False, comment="What would confirm it in production; may be empty."),
    Column("detail", Stored(Verdict), nullable=False, comment="All differences with their intervals, as JSON."),
    UniqueConstraint("sample", "answers"),
    Index(None, "monitor", "at"),
    comment="Candidates that `tunewatch try judge` compared with what answered then, each once.",
)
