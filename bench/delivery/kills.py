"""Kills processes at every step of a delivery, and counts what is lost, doubled or out of order."""

import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Final

from alerts.acts import Act, ActKind
from alerts.incident import Event, Incident, Reason, State, Transition
from bench.delivery.life import live
from monitor.history import History
from tests.support.deliveries import Desk
from tests.support.fake_slack import FakeSlack
from tests.support.forks import FORKS
from tests.support.incidents import clear, incident

STEPS_OF_A_LIFE: Final = 40.0
"""On average, then it is killed: before every step with the same probability, however many a delivery needs."""

MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of it; `killed` is how many processes were, the `latest` before that step."""

    killed: int
    latest: int
    incidents: int
    lost: int
    doubled: int
    disordered: int
    wrong: int

    @property
    def is_good(self) -> bool:
        """Whether nothing went wrong."""
        return not (self.lost or self.doubled or self.disordered or self.wrong)

    def __add__(self, other: "Tally") -> "Tally":
        """Of both together."""
        return Tally(
            self.killed + other.killed,
            max(self.latest, other.latest),
            self.incidents + other.incidents,
            self.lost + other.lost,
            self.doubled + other.doubled,
            self.disordered + other.disordered,
            self.wrong + other.wrong,
        )


def play(url: str, kills: int, seed: int = 7) -> Tally:
    """Kill so many processes that deliver, while incidents open, are acted on, and end, in an empty history."""
    history = History.open(url)
    with FakeSlack() as slack:
        desk = Desk(history, url, {})
        story = _Story(desk)
        random, killed, latest = Random(seed), 0, 0  # noqa: S311 - seeded
        while killed < kills:
            story.go_on()
            dies_at = 1 + int(random.expovariate(1 / STEPS_OF_A_LIFE))
            if _is_killed(desk, slack, dies_at):
                killed, latest = killed + 1, max(latest, dies_at)
        story.end()
        desk.now += MINUTE
        _is_killed(desk, slack, 0)
        tally = story.tally(slack, killed, latest)
    history.close()
    return tally


def _is_killed(desk: Desk, slack: FakeSlack, dies_at: int) -> bool:
    """One process; whether it was killed, or had fewer steps to do. Raises RuntimeError where it failed."""
    process = FORKS.Process(target=live, args=(desk.url, slack.url, desk.now, dies_at))
    process.start()
    process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"a delivery failed: {process.exitcode}")
    return process.exitcode != 0


class _Story:
    """Incidents one after the other: told, acknowledged, worse, over; a step before each life."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._steps: list[Callable[[], None]] = []
        self._it = incident()
        self.ids: list[str] = []

    def go_on(self) -> None:
        self._desk.now += MINUTE
        if not self._steps:
            self._steps = [self._open, self._acknowledge, self._escalate, self._resolve]
        self._steps.pop(0)()

    def end(self) -> None:
        while self._steps:
            self.go_on()

    def _open(self) -> None:
        now = self._desk.now
        self._it = incident(id=f"quality-{len(self.ids):05}", since=now, opened_at=now, updated_at=now)
        self.ids.append(self._it.id)
        self._put(self._it, Event.OPENED, Reason.ALARM_FIRED)

    def _acknowledge(self) -> None:
        act = Act(ActKind.ACKNOWLEDGE, "ada", self._desk.now, f"ack {self._it.id}", self._desk.now + MINUTE * 60)
        with self._desk.history.transaction("support-bot") as transaction:
            step = transaction.act(self._it.id, act, ("slack",))
        self._it = self._it if step is None else step.incident

    def _escalate(self) -> None:
        self._put(self._it, Event.ESCALATED, Reason.SEVERITY_ROSE)

    def _resolve(self) -> None:
        over = replace(self._it, state=State.RESOLVED, resolved_at=self._desk.now, findings=(clear(),))
        self._put(over, Event.RESOLVED, Reason.STAYED_CLEAR)

    def _put(self, it: Incident, event: Event, reason: Reason) -> None:
        self._it = replace(it, updated_at=self._desk.now)
        self._desk.put(Transition(self._it, event, self._desk.now, reason))

    def tally(self, slack: FakeSlack, killed: int, latest: int) -> Tally:
        room = slack.workspace.oncall
        roots = {each.body["metadata"]["event_payload"]["incident"]: each for each in room.roots}
        replies = [
            [int(each.body["metadata"]["event_payload"]["notification"]) for each in room.replies(root.ts)]
            for root in roots.values()
        ]
        return Tally(
            killed,
            latest,
            len(self.ids),
            lost=len(set(self.ids) - roots.keys()),
            doubled=len(room.roots) - len(roots) + sum(len(each) - len(set(each)) for each in replies),
            disordered=sum(each != sorted(each) for each in replies),
            wrong=sum(not root.text.startswith("🟢 RESOLVED") for root in roots.values()),
        )
