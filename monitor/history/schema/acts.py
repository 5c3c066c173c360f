"""What people do with incidents, what they silence, and what each channel shows."""

from typing import Final

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from alerts.routing.matching import Matcher
from alerts.standing import Standing
from monitor.history.schema.base import METADATA
from monitor.history.types import Stored, UtcTime

SILENCES: Final = Table(
    "silences",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row, as `tunewatch unsilence` takes it."),
    Column("matchers", Stored(Matcher), nullable=False, comment="What is silenced, patterns by field; a JSON object."),
    Column("starts_at", UtcTime, nullable=False, comment="When it begins (UTC)."),
    Column("ends_at", UtcTime, nullable=False, comment="When it ends, or was ended (UTC)."),
    Column("by", Text, nullable=False, comment="Who made it."),
    Column("reason", Text, nullable=False, comment="Why."),
    Index(None, "ends_at"),
    comment="Silences: their incidents are counted and not told.",
)

ACTS: Final = Table(
    "acts",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row."),
    Column(
        "key", Text, nullable=False, comment="What tells one act from another; the same act handed over twice is one."
    ),
    Column(
        "incident_id",
        ForeignKey("incidents.id", name="fk_acts_incident_id_incidents"),
        index=True,
        comment="The incident; empty for silences.",
    ),
    Column(
        "silence_id",
        ForeignKey("silences.id", name="fk_acts_silence_id_silences"),
        comment="The silence; empty for incidents.",
    ),
    Column("at", UtcTime, nullable=False, comment="When somebody did it (UTC)."),
    Column(
        "kind",
        Text,
        nullable=False,
        comment="`acknowledge`, `snooze`, `resolve`, `false_alarm`, `silence`, `unsilence` or `try`.",
    ),
    Column("by", Text, nullable=False, comment="Who."),
    Column("until", UtcTime, comment="Until when it holds (UTC); empty where it has no end."),
    Column("note", Text, nullable=False, comment="Why; may be empty."),
    UniqueConstraint("key"),
    comment="What people did: `tunewatch ack` and its like. What they decided on advice is in `decisions`.",
)

STANDINGS: Final = Table(
    "standings",
    METADATA,
    Column("incident_id", ForeignKey("incidents.id"), primary_key=True, comment="The incident."),
    Column("channel", Text, primary_key=True, comment="Channel, such as `slack`."),
    Column("shown_at", UtcTime, nullable=False, comment="When the channel took it last (UTC)."),
    Column("detail", Stored(Standing), nullable=False, comment="State and figures that it shows, as JSON."),
    comment="What each channel shows of each incident, as the channel has confirmed it.",
)
