"""Incidents, what happened to them, what was advised, and what is to be told."""

from typing import Final

from sqlalchemy import Boolean, Column, Double, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from alerts.incident import Incident, Transition
from checks.advice.deciding.model import Advice
from checks.outcome.trial import Trial
from monitor.history.schema.base import METADATA
from monitor.history.types import Stored, UtcTime

INCIDENTS: Final = Table(
    "incidents",
    METADATA,
    Column("id", Text, primary_key=True, comment="Id, made from monitor, family and `since`."),
    Column("monitor", Text, nullable=False, comment="Name of the monitor."),
    Column(
        "family",
        Text,
        nullable=False,
        comment="`quality`, `latency`, `data`, `watch` (tunewatch) or `retirement`.",
    ),
    Column("state", Text, nullable=False, comment="`pending`, `firing`, `recovering` or `resolved`."),
    Column("severity", Text, nullable=False, comment="Worst verdict since it opened: `warning` or `critical`."),
    Column("since", UtcTime, nullable=False, comment="When the first finding alarmed (UTC)."),
    Column("onset", UtcTime, nullable=False, comment="Start of the earliest window that showed it (UTC)."),
    Column("updated_at", UtcTime, nullable=False, comment="Last cycle that touched it (UTC)."),
    Column("opened_at", UtcTime, comment="When people were first told; empty when they never were (UTC)."),
    Column("clear_since", UtcTime, comment="Since when all its findings are clear (UTC)."),
    Column("resolved_at", UtcTime, comment="When it was over (UTC)."),
    Column("acknowledged_by", Text, comment="Who took it."),
    Column("action", Text, nullable=False, comment="Action advised, as it stands."),
    Column("detail", Stored(Incident), nullable=False, comment="All of it as JSON, findings and advice included."),
    Index(None, "monitor", "state"),
    comment="The incidents as they stand.",
)

INCIDENT_EVENTS: Final = Table(
    "incident_events",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row; later steps have higher ones."),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False, comment="The incident."),
    Column("at", UtcTime, nullable=False, comment="Time of the cycle or of the person's act (UTC)."),
    Column("event", Text, comment="What people are told, such as `opened`; empty when nothing."),
    Column("reason", Text, nullable=False, comment="Why the step was made, such as `alarm_fired`."),
    Column("state", Text, nullable=False, comment="State after it."),
    Column("severity", Text, nullable=False, comment="Severity after it."),
    Column("action", Text, nullable=False, comment="Action advised after it."),
    Column(
        "detail",
        Stored(Transition),
        nullable=False,
        comment="The step as JSON, with the incident as it stood after it.",
    ),
    Index(None, "incident_id", "id"),
    comment="The steps of each incident: events, and changes of state that nobody is told of; new numbers are none.",
)

ADVICE: Final = Table(
    "advice",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row."),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False, comment="The incident."),
    Column("monitor", Text, nullable=False, comment="Name of the monitor."),
    Column("at", UtcTime, nullable=False, comment="Time of the cycle (UTC)."),
    Column("action", Text, nullable=False, comment="Action advised; `none` when there is none to advise."),
    Column("score", Double, nullable=False, comment="Sum of what spoke for it and against it."),
    Column("runner_up", Text, comment="Next best action that nothing forbids."),
    Column("abstained", Boolean, nullable=False, comment="Whether the evidence does not settle it."),
    Column("experiment", Text, nullable=False, comment="Cheapest step that would settle it."),
    Column(
        "reasons",
        Stored(tuple[str, ...]),
        nullable=False,
        comment="Reasons with their numbers, strongest first; a JSON array.",
    ),
    Column("detail", Stored(Advice), nullable=False, comment="All of it as JSON: signals, contributions, vetoes."),
    Index(None, "incident_id", "id"),
    comment="The advice of each incident that was told: at each event, and when the action or the runner-up changed.",
)

ADVICE_OUTCOMES: Final = Table(
    "advice_outcomes",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row."),
    Column("advice_id", ForeignKey("advice.id"), nullable=False, index=True, comment="The advice that is followed."),
    Column("action", Text, nullable=False, comment="Action advised."),
    Column("frozen_at", UtcTime, nullable=False, comment="When the criterion was fixed: as the advice was told (UTC)."),
    Column("metric", Text, nullable=False, comment="`accuracy`, `recall`, `precision`, or `latency`: share in time."),
    Column("class", Text, nullable=False, comment="Class compared; empty for metrics that are not of a class."),
    Column("goal", Double, nullable=False, comment="Where the metric has to come back to."),
    Column("min_effect", Double, nullable=False, comment="Rise that counts, as a difference of shares."),
    Column("needed", Integer, nullable=False, comment="Rows after the act from which it is judged."),
    Column("accepted", Boolean, comment="What somebody decided; empty when nobody did."),
    Column("acted_at", UtcTime, comment="When other versions took over, or somebody said that it was done (UTC)."),
    Column("model_version", Text, nullable=False, comment="Model version after the act; empty for the same."),
    Column("prompt_version", Text, nullable=False, comment="Prompt version after the act; empty for the same."),
    Column("measured_at", UtcTime, comment="Time of the cycle that judged (UTC)."),
    Column("before_value", Double, comment="Estimate before the act, without what the alarm had seen."),
    Column("after_value", Double, comment="Estimate after it."),
    Column("low", Double, comment="Lower end of the 95% interval of the rise."),
    Column("high", Double, comment="Upper end of it."),
    Column("beyond_low", Double, comment="Lower end for the rise less that of what was not acted on."),
    Column("beyond_high", Double, comment="Upper end of it."),
    Column("n", Integer, nullable=False, comment="Rows after the act that the estimate rests on."),
    Column(
        "outcome",
        Text,
        nullable=False,
        comment="`waiting`; then `worked`, `partly`, `no_effect`, `harmed`, `too_early` or `not_tried`.",
    ),
    Column("detail", Stored(Trial), nullable=False, comment="All of it as JSON, criterion and intervals included."),
    comment="What came of advice: its criterion as it was told, what was done, and before and after.",
)

DECISIONS: Final = Table(
    "decisions",
    METADATA,
    Column("id", Integer, primary_key=True, comment="Key of the row."),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False, index=True, comment="The incident."),
    Column("at", UtcTime, nullable=False, comment="When somebody decided (UTC)."),
    Column("action", Text, nullable=False, comment="Action that was advised then."),
    Column("accepted", Boolean, nullable=False, comment="Whether they went with it."),
    Column("by", Text, nullable=False, comment="Who."),
    Column("note", Text, nullable=False, comment="Why; may be empty."),
    comment="What people decided on advice, by `tunewatch decide`.",
)

NOTIFICATIONS: Final = Table(
    "notifications",
    METADATA,
    Column(
        "id", Integer, primary_key=True, comment="Key of the row; the order of delivery within an incident and channel."
    ),
    Column("event_id", ForeignKey("incident_events.id"), nullable=False, comment="The step that is told."),
    Column("incident_id", ForeignKey("incidents.id"), nullable=False, comment="Its incident."),
    Column("channel", Text, nullable=False, comment="Channel, such as `slack`."),
    Column(
        "state",
        Text,
        nullable=False,
        comment="`waiting`, `sending`, `sent`, or `dead`: no news any more; `error` says why.",
    ),
    Column("created_at", UtcTime, nullable=False, comment="Time of the step (UTC)."),
    Column("due_at", UtcTime, nullable=False, comment="Not to be tried before (UTC)."),
    Column("claimed_until", UtcTime, comment="While `sending`: when another worker may take it over (UTC)."),
    Column("attempts", Integer, nullable=False, comment="Tries begun, without those that were asked to wait."),
    Column(
        "interrupted",
        Boolean,
        nullable=False,
        comment="Whether a try ended with neither success nor failure: it may have arrived.",
    ),
    Column("sent_at", UtcTime, comment="When it arrived (UTC)."),
    Column(
        "ref",
        Text,
        nullable=False,
        comment="Where it went, such as the time stamp of a Slack message; empty when unknown.",
    ),
    Column("error", Text, nullable=False, comment="Why the last try failed, or what went amiss; empty otherwise."),
    Column(
        "claimed_by",
        Text,
        comment="While `sending`: who does; host, boot, process namespace, pid, start of the process, a random number.",
    ),
    Column(
        "held",
        Text,
        comment="Why it waits: `snoozed`, `silenced`, `muted` or `quiet_hours`; empty where nothing holds it.",
    ),
    UniqueConstraint("event_id", "channel"),
    Index(None, "incident_id", "channel", "id"),
    Index(None, "state", "due_at"),
    comment="The outbox: one row for each step that is told and each channel.",
)

CHANNELS: Final = Table(
    "channels",
    METADATA,
    Column("channel", Text, primary_key=True, comment="Channel, such as `slack`."),
    Column("paused_until", UtcTime, comment="Nothing is tried before (UTC); empty when the last try succeeded."),
    Column("trouble", Text, nullable=False, comment="`asked_to_wait`, `channel_down`, `channel_refuses`, or empty."),
    Column("error", Text, nullable=False, comment="Why the last try failed; empty when it succeeded."),
    Column("failures", Integer, nullable=False, comment="Failed tries in a row, without those asked to wait."),
    Column("failing_since", UtcTime, comment="First failed try since the last success (UTC)."),
    comment="The channels that something was sent to: whether they take it.",
)
