"""Where predictions are, by their ids."""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa

from monitor.log.mapping.mapped import MappedLog

_AT_ONCE: Final = 500  # ids in one statement; databases limit the parameters


def places(connection: sa.Connection, log: MappedLog, ids: Sequence[str]) -> dict[str, int]:
    """The bucket of the earliest prediction of each of the ids that the log has; ids compare as text."""
    identity = sa.cast(log.predictions.id, sa.Text)
    bucket: sa.ColumnElement[int | None] = sa.func.min(log.predictions.at.bucket(log.bucket))
    statement = sa.select(identity, bucket).select_from(log.predictions.source).group_by(identity)
    found: dict[str, int] = {}
    for first in range(0, len(ids), _AT_ONCE):
        rows = connection.execute(statement.where(identity.in_(ids[first : first + _AT_ONCE])))
        found.update((each, start) for each, start in rows if start is not None)
    return found
