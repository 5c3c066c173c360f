"""Delivery by real processes: several at once, and one that is killed while Slack has its request."""

import signal
from collections.abc import Iterator
from typing import Self

import pytest

from monitor.history import History
from tests.support.deliveries import Desk
from tests.support.fake_slack import FakeSlack
from tests.support.forks import FORKS
from tests.support.incidents import opened
from tests.support.sending import READY, send
from tests.support.waiting import wait_until

ALERTS = 12


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture(params=["copied_sqlite", "postgres_url"], ids=["sqlite", "postgresql"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    url: str = request.getfixturevalue(request.param)
    history = History.open(url)
    yield Desk(history, url, {})
    history.close()


class Sender:
    """A process that is ready to deliver, ended when the test leaves it."""

    def __init__(self, desk: Desk, slack: FakeSlack) -> None:
        self._pipe, theirs = FORKS.Pipe()
        self.process = FORKS.Process(target=send, args=(desk.url, slack.url, theirs))
        self.process.start()
        theirs.close()

    def __enter__(self) -> Self:
        assert self._pipe.recv() == READY
        return self

    def __exit__(self, *_: object) -> None:
        self.process.kill()
        self.process.join()
        self._pipe.close()

    def begin(self) -> None:
        self._pipe.send("go")

    def tries(self) -> int:
        """Let it come to its end; how many tries it made."""
        found = int(self._pipe.recv())
        self.process.join(60)
        assert self.process.exitcode == 0
        return found


def test_two_processes_at_once_tell_each_alert_once(desk: Desk, slack: FakeSlack) -> None:
    for number in range(ALERTS):
        desk.put(opened(id=f"quality-{number}"))
    with Sender(desk, slack) as one, Sender(desk, slack) as other:
        one.begin()
        other.begin()
        assert one.tries() + other.tries() == ALERTS
    assert len(slack.workspace.oncall.messages) == ALERTS
    assert [(row["state"], row["attempts"]) for row in desk.rows()] == [("sent", 1)] * ALERTS


@pytest.mark.parametrize("obeyed", [False, True], ids=["before Slack has it", "after Slack has it"])
def test_an_alert_whose_process_is_killed_while_it_sends_is_told_once_by_the_next(
    desk: Desk, slack: FakeSlack, *, obeyed: bool
) -> None:
    desk.put(opened())
    slack.stall(10, obeyed=obeyed)
    with Sender(desk, slack) as first:
        first.begin()
        wait_until(lambda: not slack.trouble)  # Slack has the request, and does not answer
        wait_until(lambda: len(slack.workspace.oncall.messages) == int(obeyed))
        first.process.kill()
        first.process.join(10)
        assert first.process.exitcode == -signal.SIGKILL
    assert [row["state"] for row in desk.rows()] == ["sending"]

    with Sender(desk, slack) as second:
        second.begin()
        assert second.tries() == 1
    (only,) = slack.workspace.oncall.messages
    assert only.text.startswith("🔴 CRITICAL support-bot: recall of urgent 12%")
    assert [row["state"] for row in desk.rows()] == ["sent"]
