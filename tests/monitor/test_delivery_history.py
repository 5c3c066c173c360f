"""Delivery from a real history to a server that plays Slack."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from alerts.channels.channel import Post
from alerts.channels.slack import SlackChannel
from alerts.incident import Event, Reason, State, Transition
from monitor.delivery import deliver_all, deliver_one
from monitor.history.history import History
from monitor.history.outbox import CLAIM
from monitor.history.record import CycleRecord
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import T0, clear, opened, step

LATER = T0 + timedelta(hours=6)


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    history = History.open(f"sqlite:///{tmp_path / 'history.db'}")
    yield history
    history.close()


def record(history: History, told: Transition) -> None:
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(told.at, (), told.incident.findings, (told,), ("slack",)))


def test_what_a_cycle_records_becomes_one_thread(history: History, slack: FakeSlack) -> None:
    channels = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url)}
    record(history, opened())
    record(history, step(None, Reason.CLEAR_BEGAN, hours=5, state=State.RECOVERING, findings=(clear(),)))
    record(history, step(Event.RESOLVED, Reason.STAYED_CLEAR, hours=6, state=State.RESOLVED, findings=(clear(),)))

    assert deliver_all(history, channels, lambda: LATER, LATER + timedelta(seconds=1)) == 3
    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🟢 RESOLVED")
    assert len(slack.workspace.oncall.replies(root.ts)) == 1


def test_a_worker_killed_before_it_kept_that_it_sent_tells_once(history: History, slack: FakeSlack) -> None:
    channel = SlackChannel(TOKEN, "C0ONCALL1", slack.url)
    record(history, opened())
    claimed = history.next_notification(T0)
    assert claimed is not None
    channel.send(Post(claimed.id, claimed.transition))  # and then the process dies

    assert not deliver_one(history, {"slack": channel}, T0)
    assert deliver_one(history, {"slack": channel}, T0 + CLAIM)
    assert len(slack.workspace.oncall.messages) == 1
    assert history.thread_ref(claimed.transition.incident.id, "slack") is not None
