"""What people did: kept once each, however often it is handed over."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from alerts.acts import Act, ActKind
from alerts.incident import Incident, Transition
from alerts.routing.matching import Matcher
from monitor.history.schema import ACTS, INCIDENTS, SILENCES
from monitor.history.writing.bulk import insert_if_new
from monitor.history.writing.incidents import write_transition

Acted = Callable[[Incident, Act], Transition]
"""What an act makes of an incident as it stands; may refuse it by raising."""


Write = Callable[[Connection, Transition, Iterable[str]], None]
"""Keeps a step, and what is to be told of it."""


def write_act(
    connection: Connection,
    incident: str,
    act: Act,
    acted: Acted,
    channels: Iterable[str],
    write: Write = write_transition,
) -> Transition | None:
    """Keep an act and the step that follows; None, and nothing, where an act of that key is kept already.

    Raises LookupError where there is no such incident, and what `acted` raises.
    """
    if not insert_if_new(connection, ACTS, {**_row(act), "incident_id": incident}):
        return None
    stands: Incident | None = connection.scalar(select(INCIDENTS.c.detail).where(INCIDENTS.c.id == incident))
    if stands is None:
        raise LookupError(incident)
    step = acted(stands, act)
    write(connection, step, channels)
    return step


def write_silence(connection: Connection, matcher: Matcher, act: Act) -> int:
    """Silence from the act's time until its end; the id of the silence, also where it was made by that act before."""
    # The act first, so that of two who hand it over at once one waits here for what the other made of it.
    if not insert_if_new(connection, ACTS, _row(act)):
        return int(connection.execute(select(ACTS.c.silence_id).where(ACTS.c.key == act.key)).scalar_one())
    values = {"matchers": matcher, "starts_at": act.at, "ends_at": act.until, "by": act.by, "reason": act.note}
    silence: int = connection.execute(SILENCES.insert().values(values)).inserted_primary_key[0]  # type: ignore[index]
    connection.execute(ACTS.update().where(ACTS.c.key == act.key).values(silence_id=silence))
    return silence


def end_silence(connection: Connection, silence: int, act: Act) -> datetime | None:
    """End a silence at the act's time; when it had ended, where it was over before, else None.

    Raises LookupError where there is no such silence.
    """
    ends_at: datetime | None = connection.scalar(
        select(SILENCES.c.ends_at).where(SILENCES.c.id == silence).with_for_update()
    )
    if ends_at is None:
        raise LookupError(silence)
    if ends_at <= act.at:
        return ends_at
    if insert_if_new(connection, ACTS, {**_row(replace(act, kind=ActKind.UNSILENCE)), "silence_id": silence}):
        connection.execute(SILENCES.update().where(SILENCES.c.id == silence).values(ends_at=act.at))
    return None


def _row(act: Act) -> dict[str, Any]:
    return {"key": act.key, "at": act.at, "kind": act.kind, "by": act.by, "until": act.until, "note": act.note}
