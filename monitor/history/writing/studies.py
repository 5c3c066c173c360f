"""Keep studies, and say which one holds and when the next is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from alerts.incident import State
from checks.counts.study import Study
from checks.rules.family import Family
from monitor.history.schema import INCIDENTS, STUDIES

HOLDS_FOR: Final = 2
"""How many times `every` a study is read for: one that fails or is late does not blind the checks at once."""

RETRY_AFTER: Final = timedelta(hours=1)
"""A study that failed is tried again after this time, or after `every` where that is shorter."""


@dataclass(frozen=True, slots=True)
class KeptStudy:
    """An attempt: the study, or else why it failed (`error`). `seconds` is how long it took."""

    as_of: datetime
    study: Study | None
    error: str = ""
    seconds: float = 0.0


def keep_study(connection: Connection, monitor: str, kept: KeptStudy) -> None:
    """Keep an attempt in the place of one as of the same time."""
    t, study = STUDIES.c, kept.study
    connection.execute(delete(STUDIES).where(t.monitor == monitor, t.as_of == kept.as_of))
    row = {
        "monitor": monitor,
        "as_of": kept.as_of,
        "n_current": study.n_current if study else 0,
        "n_reference": study.n_reference if study else 0,
        "seconds": kept.seconds,
        "error": kept.error,
        "study": study,
    }
    connection.execute(insert(STUDIES), row)


def newest_study(connection: Connection, monitor: str, now: datetime, every: timedelta) -> Study | None:
    """The newest study that did not fail, unless it is out of date."""
    t = STUDIES.c
    statement = select(t.study).where(
        t.monitor == monitor, t.as_of <= now, t.as_of >= now - HOLDS_FOR * every, t.error == ""
    )
    found: Study | None = connection.scalar(statement.order_by(t.as_of.desc()).limit(1))
    return found


def newest_error(connection: Connection, monitor: str, now: datetime, every: timedelta) -> str:
    """Why the newest attempt failed; "" where it did not, or where it is long past."""
    t = STUDIES.c
    statement = select(t.error).where(t.monitor == monitor, t.as_of <= now, t.as_of >= now - HOLDS_FOR * every)
    return connection.scalar(statement.order_by(t.as_of.desc()).limit(1)) or ""


def is_study_due(connection: Connection, monitor: str, now: datetime, every: timedelta) -> bool:
    """Whether none is there, the newest is old, the last attempt failed a while ago, or bad quality is news to it."""
    t = STUDIES.c
    newest = connection.execute(
        select(t.as_of, t.error).where(t.monitor == monitor, t.as_of <= now).order_by(t.as_of.desc()).limit(1)
    ).first()
    if newest is None:
        return True
    if newest.error:
        return bool(now - newest.as_of >= min(RETRY_AFTER, every))
    return bool(now - newest.as_of >= every) or is_quality_bad(connection, monitor, now, since=newest.as_of)


def is_quality_bad(connection: Connection, monitor: str, now: datetime, *, since: datetime | None = None) -> bool:
    """Whether an incident of quality is open at `now`, and began after `since`."""
    t = INCIDENTS.c
    unresolved = select(t.id).where(
        t.monitor == monitor, t.family == Family.QUALITY, t.state != State.RESOLVED, t.since <= now
    )
    if since is not None:
        unresolved = unresolved.where(t.since > since)
    return connection.execute(unresolved.limit(1)).first() is not None
