"""What is due where, by the outbox: routes, holds, reminders, and incidents that no row of it speaks of."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.acts import Act, ActKind
from alerts.channels.channel import Channel, Post, Receipt
from alerts.channels.slack.channel import SlackChannel
from alerts.incident import Event, Reason, State, Transition
from alerts.routing.matching import Matcher
from alerts.routing.route import Route, Routing
from alerts.routing.spans import Once
from checks.rules.finding import Verdict
from monitor.history import History
from tests.support.deliveries import Desk
from tests.support.fake_slack import TOKEN, FakeSlack
from tests.support.incidents import T0, clear, finding, incident, opened, step

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SLACK, PAGER = Route(("slack",)), Route(("pager",))


@dataclass
class Pager:
    """A channel without a message to keep up to date: what it was told, in order."""

    told: list[str] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)

    def send(self, post: Post) -> Receipt:
        if post.step.event is not None or post.first:
            self.told.append("first" if post.first else post.step.reason.value)
            self.posts.append(post)
        return Receipt()


@pytest.fixture(scope="module")
def server() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def slack(server: FakeSlack) -> FakeSlack:
    server.workspace.reset()
    server.trouble.clear()
    server.calls.clear()
    return server


@pytest.fixture
def pager() -> Pager:
    return Pager()


@pytest.fixture
def desk(copied_sqlite: str, slack: FakeSlack, pager: Pager) -> Iterator[Desk]:
    history = History.open(copied_sqlite)
    channels: dict[str, Channel] = {"slack": SlackChannel(TOKEN, "C0ONCALL1", slack.url), "pager": pager}
    yield Desk(history, copied_sqlite, channels, routing=Routing(("slack", "pager")))
    history.close()


def take(desk: Desk, *routes: Route) -> None:
    desk.routing = Routing(("slack", "pager"), routes)
    desk.restart()


def put(desk: Desk, *steps: Transition) -> None:
    """What a look records where there are routes."""
    desk.put(*steps, channels=())
    desk.work()


def after(hours: float, event: Event | None, reason: Reason, **changes: object) -> Transition:
    at = T0 + hours * HOUR
    return Transition(incident(**{"updated_at": at, **changes}), event, at, reason)


def over(hours: float = 1) -> Transition:
    at = T0 + hours * HOUR
    return after(hours, Event.RESOLVED, Reason.STAYED_CLEAR, state=State.RESOLVED, resolved_at=at)


def replies(slack: FakeSlack) -> list[str]:
    (root,) = slack.workspace.oncall.roots
    return [reply.text.splitlines()[0].partition(": ")[2] for reply in slack.workspace.oncall.replies(root.ts)]


# ---- routes


def test_a_step_goes_where_its_route_leads_and_nowhere_else(desk: Desk, slack: FakeSlack, pager: Pager) -> None:
    take(desk, Route(("pager",), Matcher(class_name=("billing",))), SLACK)
    put(desk, opened())
    assert (len(slack.workspace.oncall.roots), pager.told) == (1, [])
    put(desk, Transition(incident(finding(subject="billing"), id="quality-2"), Event.OPENED, T0, Reason.ALARM_FIRED))
    assert (len(slack.workspace.oncall.roots), pager.told) == (1, ["first"])


def test_whoever_was_told_hears_the_end_though_the_route_has_changed(
    desk: Desk, slack: FakeSlack, pager: Pager
) -> None:
    take(desk, Route(("pager",), Matcher(severity=("critical",))), SLACK)
    put(desk, Transition(incident(severity=Verdict.WARNING), Event.OPENED, T0, Reason.ALARM_FIRED))
    put(desk, after(1, Event.ESCALATED, Reason.SEVERITY_ROSE))
    assert pager.told == ["first"]
    put(desk, over(2))
    assert pager.told == ["first", "stayed_clear"]
    assert replies(slack) == ["escalated", "every finding stayed clear"]


def test_times_are_told_by_the_clocks_of_the_route(desk: Desk, slack: FakeSlack) -> None:
    take(desk, replace(SLACK, zone="Europe/Berlin"))
    put(desk, opened())

    (root,) = slack.workspace.oncall.roots
    assert "the incident began 2026-03-29 06:00 UTC (08:00 CEST)" in root.text


def test_a_route_calls_its_people_in_slack_when_it_rings(desk: Desk, slack: FakeSlack) -> None:
    take(desk, replace(SLACK, mention="S0123ABCD"))
    put(desk, opened())
    put(desk, after(1, Event.UPDATED, Reason.ADVICE_CHANGED))
    put(desk, after(2, Event.ESCALATED, Reason.SEVERITY_ROSE))
    called = [message.body["text"].startswith("<!subteam^S0123ABCD> ") for message in slack.workspace.oncall.messages]
    assert called == [True, True, True]  # other advice is a ring too


def test_a_route_that_is_new_tells_what_is_open(desk: Desk, pager: Pager) -> None:
    take(desk, SLACK)
    put(desk, opened())
    take(desk, replace(SLACK, goes_on=True), PAGER)
    desk.work()
    assert pager.told == ["first"]


def test_what_was_over_before_a_channel_was_there_is_no_news_in_it(desk: Desk, pager: Pager) -> None:
    take(desk, SLACK)
    put(desk, opened(), over())
    take(desk, replace(SLACK, goes_on=True), PAGER)
    desk.wait(HOUR)
    assert pager.told == []


def test_an_open_incident_that_was_given_up_is_told_all_the_same(desk: Desk, slack: FakeSlack) -> None:
    desk.put(opened())
    engine = sa.create_engine(desk.url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE notifications SET state = 'dead'"))
    engine.dispose()
    desk.wait(timedelta(days=100))
    (root,) = slack.workspace.oncall.roots
    assert root.text.startswith("🔴 CRITICAL")


def test_an_open_incident_that_no_channel_waits_for_yet_is_listed(desk: Desk) -> None:
    desk.put(opened(), channels=())
    (waiting,) = desk.outbox.undelivered(("slack", "pager"))
    assert (waiting.channel, waiting.notifications, waiting.oldest) == ("(none)", 1, T0)
    desk.work()
    assert desk.outbox.undelivered(("slack", "pager")) == ()


# ---- nobody acknowledges


def test_the_next_route_is_told_when_nobody_acknowledges(desk: Desk, pager: Pager) -> None:
    take(desk, replace(SLACK, escalate_after=30 * MINUTE), PAGER)
    put(desk, opened())
    desk.wait(29 * MINUTE)
    assert pager.told == []
    desk.wait(MINUTE)
    assert pager.told == ["first"]


@pytest.mark.parametrize("kind", [ActKind.SNOOZE, ActKind.SILENCE])
def test_a_snooze_or_a_silence_gives_its_people_their_time_before_the_next_route(
    desk: Desk, pager: Pager, kind: ActKind
) -> None:
    take(desk, replace(SLACK, escalate_after=30 * MINUTE), PAGER)
    put(desk, opened())
    act = Act(kind, "ada", desk.now, "1", desk.now + 4 * HOUR)
    if kind is ActKind.SILENCE:
        desk.history.silence(Matcher(class_name=("urgent",)), act)
    else:
        with desk.history.transaction("support-bot") as transaction:
            transaction.act(incident().id, act, ())
    desk.wait_through(4 * HOUR, 15 * MINUTE)
    assert pager.told == []
    desk.wait(29 * MINUTE)
    assert pager.told == []
    desk.wait(MINUTE)
    assert pager.told == ["first"]


def test_what_somebody_acknowledged_is_not_escalated_though_it_waited(
    desk: Desk, slack: FakeSlack, pager: Pager
) -> None:
    take(desk, replace(SLACK, escalate_after=30 * MINUTE), PAGER)
    put(desk, opened())
    desk.channels = {"slack": desk.channels["slack"]}  # the pager cannot be reached
    desk.now += HOUR
    desk.outbox.plan(("slack", "pager"), desk.now)
    put(desk, after(1, Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, acknowledged_by="ada"))
    desk.channels = {**desk.channels, "pager": pager}
    desk.wait(MINUTE)
    assert pager.told == []
    assert replies(slack) == ["acknowledged by ada"]


def test_what_is_critical_is_told_again_every_day_until_somebody_acknowledges(desk: Desk, slack: FakeSlack) -> None:
    put(desk, opened())
    desk.wait_through(timedelta(days=3), 6 * HOUR)
    assert replies(slack) == ["still firing, and nobody has acknowledged it"] * 3
    put(desk, after(73, Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, acknowledged_by="ada"))
    desk.wait_through(timedelta(days=3), 6 * HOUR)
    assert replies(slack)[3:] == ["acknowledged by ada"]


def test_a_channel_that_was_told_first_by_a_change_of_state_is_reminded_too(desk: Desk, pager: Pager) -> None:
    take(desk, SLACK)
    put(desk, opened(), after(1, None, Reason.CLEAR_BEGAN, state=State.RECOVERING))
    put(desk, after(2, None, Reason.ALARM_RESUMED))
    take(desk, replace(SLACK, goes_on=True), PAGER)
    desk.wait_through(timedelta(days=2), 6 * HOUR)
    assert pager.told == ["first", "nobody_acknowledged"]


def test_what_was_told_while_the_clock_ran_ahead_is_told_again_when_it_is_right(desk: Desk, pager: Pager) -> None:
    take(desk, PAGER)
    desk.now += timedelta(days=365)
    put(desk, opened())
    desk.now = T0
    desk.wait_through(timedelta(days=2), 6 * HOUR)
    assert pager.told == ["first", "nobody_acknowledged", "nobody_acknowledged"]


def test_an_acknowledgement_runs_out_with_a_reminder(desk: Desk, slack: FakeSlack, pager: Pager) -> None:
    take(desk, replace(SLACK, escalate_after=30 * MINUTE), PAGER)
    put(desk, opened())
    until = T0 + 4 * HOUR
    taken = {"acknowledged_by": "ada", "acknowledged_until": until}
    put(desk, after(0, Event.ACKNOWLEDGED, Reason.SOMEBODY_ACKNOWLEDGED, **taken))
    desk.wait(4 * HOUR - MINUTE)
    assert (replies(slack), pager.told) == (["acknowledged by ada"], [])
    desk.wait(MINUTE)
    assert replies(slack)[1:] == ["the acknowledgement has run out, and it still fires"]
    assert "acknowledged by" not in slack.workspace.oncall.roots[0].text
    desk.wait(30 * MINUTE)
    assert pager.told == ["first"]


# ---- held back


def test_what_still_fires_when_a_window_ends_is_told_then_in_one_message(desk: Desk, slack: FakeSlack) -> None:
    take(desk, replace(SLACK, mute=(Once(T0, T0 + 3 * HOUR),)))
    put(desk, opened(), after(1, Event.UPDATED, Reason.ALARM_JOINED))
    assert desk.wait(3 * HOUR - MINUTE) == 0
    assert {row["held"] for row in desk.rows()} == {"muted"}
    assert desk.outbox.undelivered(["slack"]) == ()
    desk.wait(MINUTE)
    (only,) = slack.workspace.oncall.messages
    assert only.text.startswith("🔴 CRITICAL")


def test_what_was_over_in_a_window_is_not_told(desk: Desk, slack: FakeSlack) -> None:
    take(desk, replace(SLACK, mute=(Once(T0, T0 + 3 * HOUR),)))
    put(desk, opened())
    put(desk, over())
    desk.wait(4 * HOUR)
    assert slack.workspace.oncall.messages == []
    assert {(row["state"], row["error"]) for row in desk.rows()} == {("dead", "over while it was muted")}


def test_the_end_of_what_was_told_before_a_window_is_told_in_it(desk: Desk, slack: FakeSlack) -> None:
    take(desk, replace(SLACK, mute=(Once(T0 + MINUTE, T0 + 3 * HOUR),)))
    put(desk, opened())
    desk.now += 2 * MINUTE
    put(desk, after(0.1, Event.UPDATED, Reason.ADVICE_CHANGED))
    assert replies(slack) == []
    put(desk, over())
    assert replies(slack) == ["every finding stayed clear"]
    assert slack.workspace.oncall.roots[0].text.startswith("🟢 RESOLVED")


def test_an_end_is_told_though_more_came_after_it_before_the_channel_was_back(desk: Desk, pager: Pager) -> None:
    take(desk, replace(PAGER, mute=(Once(T0 + HOUR, T0 + 3 * HOUR),)))
    put(desk, opened())
    desk.now += HOUR
    put(desk, after(1, Event.UPDATED, Reason.ALARM_JOINED))
    desk.channels = {}
    verified = after(2.1, Event.VERIFIED, Reason.ACTION_VERIFIED, state=State.RESOLVED, resolved_at=T0 + 2 * HOUR)
    put(desk, over(2), verified)
    desk.channels = {"pager": pager}
    desk.wait(3 * HOUR)
    assert pager.told == ["first", "stayed_clear", "action_verified"]


def test_of_many_replies_that_a_window_held_back_the_newest_is_told(desk: Desk, slack: FakeSlack) -> None:
    take(desk, replace(SLACK, mute=(Once(T0 + MINUTE, T0 + 3 * HOUR),)))
    put(desk, opened())
    desk.now += 2 * MINUTE
    put(desk, after(0.1, Event.UPDATED, Reason.ADVICE_CHANGED))
    put(desk, after(0.2, Event.ESCALATED, Reason.SEVERITY_ROSE))
    put(desk, after(0.3, None, Reason.CLEAR_BEGAN, state=State.RECOVERING))
    desk.wait(3 * HOUR)
    assert replies(slack) == ["escalated"]
    assert slack.workspace.oncall.roots[0].text.startswith("🔵 RECOVERING")


# ---- the message shows how things stand


def test_numbers_that_leave_the_interval_that_is_shown_are_shown(desk: Desk, slack: FakeSlack) -> None:
    put(desk, opened())
    put(desk, after(1, None, Reason.REFRESHED, findings=(finding(value=0.14, low=0.05, high=0.32),)))
    desk.wait(HOUR)
    assert "12%" in slack.workspace.oncall.roots[0].text
    put(desk, after(2, None, Reason.REFRESHED, findings=(finding(value=0.45, low=0.35, high=0.55),)))
    desk.wait(HOUR)
    assert "recall of urgent 45%" in slack.workspace.oncall.roots[0].text
    assert replies(slack) == []


def test_numbers_are_shown_anew_after_six_hours_at_the_latest(desk: Desk, slack: FakeSlack) -> None:
    put(desk, opened())
    put(desk, after(5, None, Reason.REFRESHED, findings=(finding(value=0.13),)))
    desk.wait(6 * HOUR - MINUTE)
    assert "12%" in slack.workspace.oncall.roots[0].text
    desk.wait(MINUTE)
    assert "13%" in slack.workspace.oncall.roots[0].text
    assert desk.wait(7 * HOUR) == 0, "nothing was looked at since"


def test_a_channel_that_was_away_is_brought_up_to_date(desk: Desk, slack: FakeSlack) -> None:
    put(desk, opened())
    with_slack, desk.channels = desk.channels, {"pager": desk.channels["pager"]}
    desk.put(after(1, None, Reason.CLEAR_BEGAN, state=State.RECOVERING, findings=(clear(),)), channels=("pager",))
    desk.wait(HOUR)
    desk.channels = with_slack
    desk.wait(HOUR)
    assert slack.workspace.oncall.roots[0].text.startswith("🔵 RECOVERING")


def test_steps_of_one_channel_are_no_news_in_another(desk: Desk, pager: Pager) -> None:
    take(desk, replace(SLACK, repeat=HOUR, goes_on=True), replace(PAGER, repeat=timedelta(0)))
    put(desk, opened())
    desk.wait(HOUR)
    put(desk, step(Event.UPDATED, Reason.ADVICE_CHANGED, hours=1))
    assert pager.told == ["first", "advice_changed"]


# ---- many at once


def many(count: int, *, start: int = 0, **changes: object) -> list[Transition]:
    ids = (f"quality-{start + n}" for n in range(count))
    return [Transition(incident(**{"id": each, **changes}), Event.OPENED, T0, Reason.ALARM_FIRED) for each in ids]


def test_what_is_held_back_keeps_nothing_else_waiting(desk: Desk) -> None:
    quiet = Matcher(severity=("warning",))
    take(desk, replace(PAGER, matcher=quiet, mute=(Once(T0 - HOUR, T0 + HOUR),)), PAGER)
    put(desk, *many(20, severity=Verdict.WARNING))
    desk.put(*many(1, start=20), channels=())
    desk.outbox.plan(desk.channels, desk.now)
    asked: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", count)
    try:
        found = desk.outbox.next_notification(desk.channels, desk.now)
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert found is not None
    assert found.transition.incident.id == "quality-20"
    assert len(asked) < 20


def test_what_rings_goes_before_what_is_only_brought_up_to_date(desk: Desk) -> None:
    take(desk, PAGER)
    put(desk, *many(2))
    desk.put(
        *(Transition(each.incident, None, T0, Reason.CLEAR_BEGAN) for each in many(2)), *many(1, start=2), channels=()
    )
    desk.outbox.plan(desk.channels, desk.now)
    found = desk.outbox.next_notification(desk.channels, desk.now)
    assert found is not None
    assert found.transition.incident.id == "quality-2"


def test_a_page_is_planned_and_told_though_there_are_edits_left_to_send(desk: Desk, pager: Pager) -> None:
    take(desk, PAGER)
    put(desk, *many(20))
    desk.put(*(Transition(each.incident, None, T0, Reason.CLEAR_BEGAN) for each in many(20)), channels=())
    deliverer = desk.deliverer
    deliverer.deliver_one()
    desk.put(*many(1, start=20), channels=())
    for _ in range(12):
        desk.now += timedelta(seconds=2)
        deliverer.deliver_one()
    assert pager.posts[-1].step.incident.id == "quality-20"
