"""A history with its outbox, channels, and a clock that is turned by hand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from alerts.channels.channel import Channel
from alerts.incident import Transition
from alerts.routing.route import Routing
from monitor.common.claims import Worker
from monitor.delivery.delivery import Deliverer
from monitor.history import CycleRecord, History
from monitor.history.writing.outbox import HistoryOutbox
from tests.support.incidents import T0

FOREVER = T0 + timedelta(days=9999)


@dataclass
class Desk:
    """One daemon's delivery, as far as it goes without threads."""

    history: History
    url: str
    channels: Mapping[str, Channel]
    now: datetime = T0
    routing: Routing | None = None
    outbox: HistoryOutbox = field(init=False)

    def __post_init__(self) -> None:
        self.outbox = self.history.outbox(routing=self.routing)

    @property
    def deliverer(self) -> Deliverer:
        return Deliverer(self.outbox, self.channels, lambda: self.now)

    def put(self, *steps: Transition, channels: tuple[str, ...] = ("slack",)) -> None:
        """What a cycle records."""
        with self.history.transaction("support-bot") as transaction:
            transaction.record(CycleRecord(max(step.at for step in steps), (), (), steps, channels))

    def work(self) -> int:
        """Deliver what is due now; how many tries that took."""
        return self.deliverer.deliver_all(FOREVER)

    def wait(self, span: timedelta) -> int:
        self.now += span
        return self.work()

    def wait_through(self, span: timedelta, step: timedelta) -> int:
        """Deliver every so often for that long; how many tries that took."""
        return sum(self.wait(step) for _ in range(span // step))

    def restart(self, worker: Worker | None = None) -> None:
        """Begin as another process does."""
        self.outbox = self.history.outbox(worker, routing=self.routing)
        self.deliverer.begin()

    def rows(self) -> list[dict[str, Any]]:
        """The notifications as an analyst reads them."""
        return self._read("SELECT * FROM notifications ORDER BY id")

    def channel(self) -> dict[str, Any]:
        """The one channel that is kept."""
        (found,) = self._read("SELECT * FROM channels")
        return found

    def _read(self, statement: str) -> list[dict[str, Any]]:
        engine = sa.create_engine(self.url)
        with engine.connect() as connection:
            found = [dict(row) for row in connection.execute(sa.text(statement)).mappings()]
        engine.dispose()
        return found
