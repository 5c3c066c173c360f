"""Channels that forget are told again how open incidents stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest
from structlog.testing import capture_logs

from alerts.channels.channel import ChannelError, Post, Receipt
from alerts.incident import Event, Reason, State, Transition
from alerts.messages.links import NO_LINKS, Links
from config import Settings
from monitor.bootstrap.channels import build_deliverer, build_outbox
from monitor.delivery.delivery import Deliverer
from monitor.delivery.resending import ENDED_LATELY, Forgetful, Resending
from monitor.history import History
from tests.support.deliveries import FOREVER, Desk
from tests.support.incidents import T0, clear, opened, step

MINUTE = timedelta(minutes=1)


@dataclass
class Sieve:
    """A channel that forgets, and what it was told."""

    told: list[tuple[datetime, list[State]]] = field(default_factory=list)
    failure: ChannelError | None = None

    def send(self, post: Post) -> Receipt:
        return Receipt(post.id)

    def renew(self, steps: Sequence[Transition], at: datetime, links: Links = NO_LINKS) -> None:  # noqa: ARG002 - the channel's
        if self.failure is not None:
            raise self.failure
        self.told.append((at, [step.incident.state for step in steps]))


@dataclass
class Forgetting:
    desk: Desk
    sieve: Sieve
    deliverer: Deliverer

    def wait(self, span: timedelta) -> None:
        self.desk.now += span
        self.deliverer.deliver_all(FOREVER)


@pytest.fixture
def forgetting(copied_sqlite: str) -> Iterator[Forgetting]:
    history, sieve = History.open(copied_sqlite), Sieve()
    desk = Desk(history, copied_sqlite, {"sieve": sieve})
    resending = Resending({"sieve": Forgetful(sieve, MINUTE)}, desk.outbox.standing, lambda: desk.now)
    yield Forgetting(desk, sieve, Deliverer(desk.outbox, desk.channels, lambda: desk.now, resending))
    history.close()


def over(at: datetime) -> Transition:
    ended = {"state": State.RESOLVED, "findings": (clear(),), "resolved_at": at, "updated_at": at}
    return replace(step(Event.RESOLVED, Reason.STAYED_CLEAR, **ended), at=at)  # type: ignore[arg-type]


def test_what_is_open_is_told_again_as_often_as_asked(forgetting: Forgetting) -> None:
    forgetting.desk.put(opened(), channels=("sieve",))
    for _ in range(6):
        forgetting.wait(MINUTE / 2)

    assert [state for _, state in forgetting.sieve.told] == [[State.FIRING]] * 3


def test_what_was_not_told_there_is_not_told_again(forgetting: Forgetting) -> None:
    forgetting.desk.put(opened(), channels=("console",))
    forgetting.wait(MINUTE)

    assert forgetting.sieve.told == []


def test_an_end_is_told_again_for_a_while_and_then_no_more(forgetting: Forgetting) -> None:
    forgetting.desk.put(opened(), channels=("sieve",))
    forgetting.wait(MINUTE)
    forgetting.desk.put(over(forgetting.desk.now), channels=("sieve",))
    forgetting.wait(MINUTE)
    forgetting.wait(ENDED_LATELY)
    forgetting.wait(MINUTE)

    assert [state for _, state in forgetting.sieve.told] == [[State.FIRING], [State.RESOLVED]]


def test_a_failure_stops_no_delivery_and_is_made_good_the_next_time(forgetting: Forgetting) -> None:
    forgetting.sieve.failure = ChannelError("no answer from it", permanent=False)
    forgetting.desk.put(opened(), channels=("sieve",))
    with capture_logs() as logged:
        forgetting.wait(MINUTE)
    assert forgetting.desk.rows()[0]["state"] == "sent"
    assert [event["error"] for event in logged if event["log_level"] == "warning"] == ["no answer from it"]
    forgetting.sieve.failure = None
    forgetting.wait(MINUTE)

    assert len(forgetting.sieve.told) == 1


@pytest.mark.parametrize(("asked", "minutes"), [(600.0, 10), (1e9, 15), (float("nan"), 1), (-5.0, 1)])
def test_who_asks_to_wait_is_given_the_time(forgetting: Forgetting, asked: float, minutes: int) -> None:
    forgetting.desk.put(opened(), channels=("sieve",))
    forgetting.sieve.failure = ChannelError("wait", permanent=False, asks_to_wait=True, retry_after=asked)
    forgetting.wait(timedelta())
    forgetting.sieve.failure = None
    forgetting.wait(minutes * MINUTE - timedelta(seconds=1))
    assert forgetting.sieve.told == []
    forgetting.wait(timedelta(seconds=1))

    assert len(forgetting.sieve.told) == 1


def test_a_clock_that_is_set_back_keeps_nothing_from_being_told(forgetting: Forgetting) -> None:
    forgetting.desk.put(opened(), channels=("sieve",))
    forgetting.wait(timedelta(days=3))
    forgetting.wait(-timedelta(days=2))

    assert [at for at, _ in forgetting.sieve.told] == [T0 + timedelta(days=3), T0 + timedelta(days=1)]


def test_alertmanager_is_told_again_by_the_daemon(copied_sqlite: str) -> None:
    source = {"predictions": {"files": "p.csv", "columns": {"id": "id", "at": "at", "predicted": "predicted"}}}
    settings = Settings.model_validate(
        {"alertmanager": {"urls": ["http://127.0.0.1:9"]}, "monitors": {"bot": {"source": source}}}
    )
    history = History.open(copied_sqlite)
    resending = build_deliverer(settings, build_outbox(settings, history), lambda: T0).resending
    history.close()

    assert resending is not None
    assert {name: told.every for name, told in resending.channels.items()} == {"alertmanager": MINUTE}
