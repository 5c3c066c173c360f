"""Whatever Slack refuses and whoever dies in between, once Slack is well each incident has one message, up to date."""

import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Final

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from alerts.acts import Act, ActKind
from alerts.channels.channel import Channel, Post, Receipt
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.routing.matching import Matcher
from alerts.routing.route import Routing
from monitor.common.claims import Worker
from monitor.history import History
from tests.support.deliveries import Desk
from tests.support.fake_slack import TOKEN, FakeSlack, Trouble
from tests.support.incidents import clear, incident

IDS: Final = ("quality-1", "latency-2")


class Killed(BaseException):
    """SIGKILL: nothing that comes after is done."""


@dataclass
class Mortal:
    """Slack as a process sees it that is killed once it has sent, or before, or between two requests."""

    channel: Channel
    dies: list[str] = field(default_factory=list)

    def send(self, post: Post) -> Receipt:
        death = self.dies.pop() if self.dies else ""
        if death == "before":
            raise Killed
        if death == "between":
            post = replace(post, before_request=_fatal_after(1))
        receipt = self.channel.send(post)
        if death == "after":
            raise Killed
        return receipt


def _fatal_after(requests: int) -> Callable[[], None]:
    left = [requests]

    def before_request() -> None:
        if not left[0]:
            raise Killed
        left[0] -= 1

    return before_request


@dataclass
class World:
    """A daemon that is restarted when it dies, a Slack that has its moods, and incidents that go on meanwhile."""

    desk: Desk
    slack: FakeSlack
    mortal: Mortal
    provable: bool
    now: dict[str, Incident] = field(default_factory=dict)
    told: dict[str, list[str]] = field(default_factory=dict)

    def act(self, what: str) -> None:
        name, _, rest = what.partition(" ")
        getattr(self, f"_{name}")(rest)
        self._deliver()

    def _deliver(self) -> None:
        try:
            self.desk.work()
        except Killed:
            self.desk.restart(self.worker())

    # ---- what happens

    def _act(self, what: str) -> None:
        """Somebody does something with an incident that is open; redelivered, as by a replica that had no answer."""
        kind, key = what.split()
        self._read(key)
        if self.now.get(key) is None or self.now[key].state is State.RESOLVED:
            return
        act = Act(ActKind(kind), "ada", self.desk.now, f"{kind} {self.desk.now} {key}", self.desk.now + HOUR)
        for _ in range(2):
            with self.desk.history.transaction("support-bot") as transaction:
                transaction.act(key, act, ("slack",))
        self._read(key)

    def _silence(self, key: str) -> None:
        """All of it, for an hour."""
        act = Act(ActKind.SILENCE, "ada", self.desk.now, f"silence {self.desk.now}", self.desk.now + HOUR)
        self.desk.history.silence(Matcher(monitor=(key,)), act)

    def _read(self, key: str) -> None:
        """How the incident stands, as a look would find it."""
        if found := self.desk.history.queries.find_incidents(key):
            self.now[key] = found[0]

    def _step(self, key: str) -> None:
        """The next step of an incident's life."""
        self._read(key)
        before = self.now.get(key)
        state = before.state if before else State.RESOLVED
        at = self.desk.now
        if before is None:
            self._put(key, incident(id=key, since=at, opened_at=at, updated_at=at), Event.OPENED, Reason.ALARM_FIRED)
        elif state is State.FIRING:
            recovering = replace(before, state=State.RECOVERING, findings=(clear(),), updated_at=at)
            self._put(key, recovering, None, Reason.CLEAR_BEGAN)
        elif state is State.RECOVERING:
            over = replace(before, state=State.RESOLVED, resolved_at=at, updated_at=at)
            self._put(key, over, Event.RESOLVED, Reason.STAYED_CLEAR)
        else:
            again = replace(before, state=State.FIRING, resolved_at=None, findings=incident().findings, updated_at=at)
            self._put(key, again, Event.REOPENED, Reason.ALARM_RETURNED)

    def _put(self, key: str, it: Incident, event: Event | None, reason: Reason) -> None:
        self.now[key] = it
        self.desk.put(Transition(it, event, self.desk.now, reason))

    def _wait(self, seconds: str) -> None:
        self.desk.now += timedelta(seconds=float(seconds))

    def _restart(self, _: str) -> None:
        self.desk.restart(self.worker())

    def worker(self) -> Worker:
        """A process that the next one can tell to be dead, or one that looks as if it lived on."""
        return replace(Worker.here(), started="1") if self.provable else Worker.here()

    def _kill(self, when: str) -> None:
        self.mortal.dies.append(when)

    def _trouble(self, kind: str) -> None:
        self.slack.trouble.append(TROUBLES[kind])

    def _token(self, _: str) -> None:
        self.slack.workspace.token = "revoked" if self.slack.workspace.token == TOKEN else TOKEN

    def _archive(self, _: str) -> None:
        self.slack.workspace.oncall.is_archived ^= True

    def _was_never_told(self, key: str) -> bool:
        """Whether it was over before a silence or a snooze was."""
        why = {row["error"] for row in self.desk.rows() if row["incident_id"] == key and row["state"] == "dead"}
        told = any(row["state"] == "sent" for row in self.desk.rows() if row["incident_id"] == key)
        return not told and bool(why & QUIET)

    # ---- how it ends

    def mend(self) -> None:
        """Slack is well again, and some time goes by."""
        self.slack.trouble.clear()
        self.mortal.dies.clear()
        self.slack.workspace.token = TOKEN
        self.slack.workspace.oncall.is_archived = False
        for _ in range(6):
            self.desk.now += timedelta(minutes=16)
            self._deliver()

    def check(self) -> None:
        for key in self.now:
            self._read(key)
            it = self.now[key]
            if it.state is State.RESOLVED and self._was_never_told(key):
                continue
            marks = [message.body["metadata"]["event_payload"] for message in self.slack.workspace.oncall.roots]
            roots = [r for r, m in zip(self.slack.workspace.oncall.roots, marks, strict=True) if m["incident"] == key]
            assert len(roots) == 1, key
            assert BADGES[it.state] in roots[0].text.splitlines()[0]
            notifications = [
                int(reply.body["metadata"]["event_payload"]["notification"])
                for reply in self.slack.workspace.oncall.replies(roots[0].ts)
            ]
            assert notifications == sorted(set(notifications)), "in order, and none twice"
        assert {row["state"] for row in self.desk.rows()} <= {"sent", "dead"}
        assert {row["error"] for row in self.desk.rows() if row["state"] == "dead"} <= OVERTAKEN


HOUR: Final = timedelta(hours=1)
QUIET: Final = {"over while it was silenced", "over while it was snoozed"}
OVERTAKEN: Final = {
    *QUIET,
    "somebody acknowledged it, or it is over",
    "it was silenced; a later one says how it stands",
    "it was snoozed; a later one says how it stands",
}
BADGES: Final = {State.FIRING: "CRITICAL", State.RECOVERING: "RECOVERING", State.RESOLVED: "RESOLVED"}
TROUBLES: Final = {
    "429": Trouble(429, (("Retry-After", "1"),), '{"ok": false, "error": "ratelimited"}'),
    "429-nan": Trouble(429, (("Retry-After", "nan"),), "wait"),
    "429-forever": Trouble(429, (("Retry-After", "1e9"),), '{"ok": false, "error": "ratelimited"}'),
    "503": Trouble(503, body='{"ok": false, "error": "service_unavailable"}'),
    "503-obeyed": Trouble(503, body="<html>Bad Gateway</html>", obeyed=True),
    "html": Trouble(200, body="<html>log in to the wireless network</html>"),
    "list": Trouble(200, body="[1]"),
    "fatal": Trouble(200, body='{"ok": false, "error": "fatal_error"}', obeyed=True),
    "blocks": Trouble(200, body='{"ok": false, "error": "invalid_blocks"}'),
    "dropped": Trouble(drop=True),
    "dropped-obeyed": Trouble(drop=True, obeyed=True),
    "revoked": Trouble(200, body='{"ok": false, "error": "token_revoked"}'),
}
ACTS: Final = ("acknowledge", "snooze", "resolve", "false_alarm")
MISHAPS: Final = st.one_of(
    st.sampled_from([f"trouble {kind}" for kind in TROUBLES]),
    st.sampled_from(["kill before", "kill between", "kill after", "restart", "token", "archive"]),
    st.sampled_from(["silence support-bot", *(f"act {kind} {key}" for kind in ACTS for key in IDS)]),
)
STEPS: Final = st.sampled_from([f"step {key}" for key in IDS])
WAITS: Final = st.sampled_from(["wait 1", "wait 5", "wait 70", "wait 1000", "wait 90000"])
ROUNDS: Final = st.lists(st.tuples(st.lists(MISHAPS, min_size=1, max_size=2), STEPS, WAITS), min_size=4, max_size=8)


@pytest.fixture(scope="module")
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as server:
        yield server


@example(rounds=[(["kill after"], "step quality-1", "wait 70")], provable=False)
@example(rounds=[(["trouble dropped-obeyed"], "step quality-1", "wait 70")], provable=True)
@example(rounds=[([], "step quality-1", "wait 1")] * 2 + [(["kill after"], "step quality-1", "wait 1")], provable=True)
@example(rounds=[(["token"], "step quality-1", "wait 90000")] * 3, provable=True)
@example(rounds=[(["silence support-bot"], "step quality-1", "wait 1")] * 3, provable=True)
@example(
    rounds=[([], "step quality-1", "wait 1"), (["act snooze quality-1", "kill after"], "step quality-1", "wait 70")],
    provable=True,
)
@settings(max_examples=15)
@given(rounds=ROUNDS, provable=st.booleans())
def test_once_slack_is_well_each_incident_has_one_message_that_shows_how_it_stands(
    sqlite_history: Path,
    tmp_path_factory: pytest.TempPathFactory,
    slack: FakeSlack,
    rounds: list[tuple[list[str], str, str]],
    *,
    provable: bool,
) -> None:
    # Where a death can be proven, the next process takes over at once; elsewhere it waits for the lease.
    url = f"sqlite:///{shutil.copy(sqlite_history, tmp_path_factory.mktemp('law'))}"
    slack.workspace.reset()
    slack.trouble.clear()
    mortal = Mortal(SlackChannel(TOKEN, "C0ONCALL1", slack.url))
    history = History.open(url)
    world = World(Desk(history, url, {"slack": mortal}, routing=Routing(("slack",))), slack, mortal, provable)
    world.desk.restart(world.worker())
    for mishaps, step, wait in rounds:
        for action in (*mishaps, step, wait):
            world.act(action)
    world.mend()
    world.check()
    history.close()


def test_two_daemons_on_one_history_tell_each_incident_once(copied_sqlite: str, slack: FakeSlack) -> None:
    url = copied_sqlite
    slack.workspace.reset()
    slack.trouble.clear()
    history = History.open(url)
    channels = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url)}
    desks = [Desk(history, url, channels) for _ in range(2)]
    for number in range(6):
        desks[0].put(Transition(incident(id=f"quality-{number}"), Event.OPENED, desks[0].now, Reason.ALARM_FIRED))
    with ThreadPoolExecutor(2) as pool:
        tries = list(pool.map(Desk.work, desks))

    assert sum(tries) == 6
    assert len(slack.workspace.oncall.messages) == 6
    history.close()
