"""Registered sets of messages as the history keeps them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from monitor.common.signatures import SIZE
from monitor.history.schema import REGISTERED_SETS


@dataclass(frozen=True, slots=True)
class RegisteredSet:
    """The messages that a model version was trained on or evaluated with: `kind` is "training" or "evaluation"."""

    model_version: str
    kind: str
    signatures: bytes

    @property
    def messages(self) -> int:
        """Number of messages in the set."""
        return len(self.signatures) // SIZE


def read_sets(connection: Connection, monitor: str) -> tuple[RegisteredSet, ...]:
    """All sets of a monitor."""
    t = REGISTERED_SETS.c
    statement = select(t.model_version, t.kind, t.signatures).where(t.monitor == monitor)
    rows = connection.execute(statement.order_by(t.model_version, t.kind))
    return tuple(RegisteredSet(version, kind, bytes(signatures)) for version, kind, signatures in rows)


def write_set(connection: Connection, monitor: str, chosen: RegisteredSet, now: datetime) -> None:
    """Keep a set in the place of an earlier one of the same kind."""
    t = REGISTERED_SETS.c
    same = (t.monitor == monitor, t.model_version == chosen.model_version, t.kind == chosen.kind)
    connection.execute(delete(REGISTERED_SETS).where(*same))
    row = {
        "monitor": monitor,
        "model_version": chosen.model_version,
        "kind": chosen.kind,
        "registered_at": now,
        "messages": chosen.messages,
        "signatures": chosen.signatures,
    }
    connection.execute(insert(REGISTERED_SETS), row)
