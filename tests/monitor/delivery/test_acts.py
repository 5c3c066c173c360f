"""What people do is kept once, told once, and keeps quiet what it says."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.acting import ActRefusedError
from alerts.acts import Act, ActKind
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Incident, Reason, State, Transition
from alerts.lifecycle import advance
from alerts.policy import Policy
from alerts.routing.matching import Matcher
from alerts.routing.route import Routing
from checks.rules.finding import Verdict
from monitor.history import History
from tests.support.deliveries import Desk
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.history import rows
from tests.support.incidents import T0, advice, finding, incident, opened

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
ID = incident().id


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> FakeSlack:
    server.workspace.reset()
    server.trouble.clear()
    return server


@pytest.fixture(params=["copied_sqlite"])
def url(request: pytest.FixtureRequest) -> str:
    found: str = request.getfixturevalue(request.param)
    return found


@pytest.fixture
def desk(url: str, slack: FakeSlack) -> Iterator[Desk]:
    history = History.open(url)
    channels = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url)}
    desk = Desk(history, url, channels, routing=Routing(("slack",)))
    desk.put(opened())
    desk.work()
    yield desk
    history.close()


def act(kind: ActKind, desk: Desk, span: timedelta | None = None, key: str = "1") -> Act:
    return Act(kind, "ada", desk.now, key, None if span is None else desk.now + span, "on it")


def do(desk: Desk, what: Act) -> Transition | None:
    with desk.history.transaction("support-bot") as transaction:
        return transaction.act(ID, what, ("slack",))


def stands(desk: Desk) -> Incident:
    (found,) = desk.history.queries.find_incidents(ID)
    return found


def look(desk: Desk, event: Event | None, reason: Reason, **changes: object) -> None:
    """What a look makes of the incident as it stands."""
    it = replace(stands(desk), updated_at=desk.now, **changes)  # type: ignore[arg-type]
    desk.put(Transition(it, event, desk.now, reason))
    desk.work()


def replies(slack: FakeSlack) -> list[str]:
    (root,) = slack.workspace.oncall.roots
    return [reply.text.splitlines()[0].partition(": ")[2] for reply in slack.workspace.oncall.replies(root.ts)]


@pytest.mark.parametrize("url", ["copied_sqlite", "postgres_url"], indirect=True)
def test_an_act_that_is_handed_over_by_two_replicas_at_once_is_done_and_told_once(desk: Desk, slack: FakeSlack) -> None:
    what = act(ActKind.ACKNOWLEDGE, desk, 4 * HOUR)
    with ThreadPoolExecutor(2) as pool:
        steps = list(pool.map(lambda _: do(desk, what), range(4)))
    desk.work()
    assert len([step for step in steps if step is not None]) == 1
    assert replies(slack) == ["acknowledged by ada until 2026-03-29 10:00 UTC: on it"]
    assert "acknowledged by ada until" in slack.workspace.oncall.roots[0].text
    kept = rows(desk.url, "SELECT kind, by, note, incident_id FROM acts")
    assert kept == [("acknowledge", "ada", "on it", ID)]
    assert desk.history.silence(Matcher(check=("x",)), act(ActKind.SILENCE, desk, HOUR, "s")) == desk.history.silence(
        Matcher(check=("x",)), act(ActKind.SILENCE, desk, HOUR, "s")
    )


def test_an_act_that_is_refused_leaves_nothing(desk: Desk) -> None:
    look(desk, Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, resolved_at=desk.now)
    with pytest.raises(ActRefusedError, match="is over"):
        do(desk, act(ActKind.SNOOZE, desk, HOUR))
    assert rows(desk.url, "SELECT count(*) FROM acts") == [(0,)]


def test_a_snoozed_incident_is_told_when_its_time_comes_and_not_before(desk: Desk, slack: FakeSlack) -> None:
    do(desk, act(ActKind.SNOOZE, desk, 30 * HOUR))
    desk.work()
    look(desk, Event.UPDATED, Reason.ADVICE_CHANGED)
    desk.wait(30 * HOUR - MINUTE)
    assert replies(slack) == ["snoozed by ada until 2026-03-30 12:00 UTC: on it"]
    desk.wait(MINUTE)
    assert replies(slack)[1:] == ["the snooze is over, and it still fires"]
    assert "snoozed" not in slack.workspace.oncall.roots[0].text


def test_a_silence_is_kept_quiet_and_counted_and_what_still_fires_is_told_at_its_end(
    desk: Desk, slack: FakeSlack
) -> None:
    silence = desk.history.silence(Matcher(class_name=("urg*",)), act(ActKind.SILENCE, desk, 30 * HOUR))
    desk.put(Transition(incident(id="quality-2"), Event.OPENED, desk.now, Reason.ALARM_FIRED))
    desk.wait(29 * HOUR)
    assert len(slack.workspace.oncall.messages) == 1
    assert {each.id for each in desk.history.queries.incidents()} == {ID, "quality-2"}
    assert desk.history.end_silence(silence, act(ActKind.UNSILENCE, desk, key="2")) is None
    assert desk.history.end_silence(silence, act(ActKind.UNSILENCE, desk, key="3")) == desk.now
    desk.wait(MINUTE)
    first, second = slack.workspace.oncall.roots
    assert [reply.text.splitlines()[0] for reply in slack.workspace.oncall.replies(first.ts)] == [
        "🔴 CRITICAL support-bot: still firing after it was silenced"
    ]
    assert second.text.startswith("🔴 CRITICAL")
    assert slack.workspace.oncall.replies(second.ts) == []
    desk.wait(HOUR)
    assert len(slack.workspace.oncall.messages) == 3


def test_another_alarm_ends_the_quiet_of_a_silence(desk: Desk, slack: FakeSlack) -> None:
    desk.history.silence(Matcher(class_name=("urgent",)), act(ActKind.SILENCE, desk, 30 * HOUR))
    look(desk, Event.UPDATED, Reason.ADVICE_CHANGED)
    assert replies(slack) == []
    both = (finding(), finding(subject="billing"))
    look(desk, Event.UPDATED, Reason.ALARM_JOINED, findings=both, severity=Verdict.CRITICAL)
    assert replies(slack) == ["0 more alarms"]


def test_an_incident_that_is_resolved_by_hand_is_over(desk: Desk, slack: FakeSlack) -> None:
    do(desk, act(ActKind.RESOLVE, desk))
    desk.work()
    assert replies(slack) == ["resolved by hand by ada: on it"]
    assert slack.workspace.oncall.roots[0].text.startswith("🟢 RESOLVED")
    assert stands(desk).state is State.RESOLVED


def test_a_false_alarm_is_counted_and_changes_nothing_by_itself(desk: Desk, slack: FakeSlack) -> None:
    before = stands(desk)
    do(desk, act(ActKind.FALSE_ALARM, desk))
    do(desk, act(ActKind.FALSE_ALARM, desk, key="2"))
    desk.work()
    assert stands(desk) == replace(before, false_alarm_by="ada")
    assert replies(slack)[0] == "called a false alarm by ada: on it"
    assert desk.history.queries.false_alarms("support-bot", T0 - HOUR) == 1
    assert desk.history.queries.false_alarms("support-bot", T0 + HOUR) == 0


def test_what_gets_worse_ends_a_snooze() -> None:
    warned = finding(verdict=Verdict.WARNING)
    sleeping = incident(warned, severity=Verdict.WARNING, snoozed_until=T0 + 9 * HOUR)
    now = finding(now=T0 + HOUR)
    (step,) = advance([sleeping], [now], lambda _: advice(), T0 + HOUR, Policy(), "support-bot")
    assert (step.event, step.incident.snoozed_until) == (Event.ESCALATED, None)
