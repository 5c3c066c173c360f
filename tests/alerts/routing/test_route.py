"""Who is told of what, and when."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from alerts.routing.matching import Facts, Matcher
from alerts.routing.route import CRITICAL_REPEAT, NEVER, Due, HoldReason, Route, Routing, Situation
from alerts.routing.silence import Silence
from alerts.routing.spans import Once, Weekly, covered_until
from checks.rules.finding import Cause, Verdict
from tests.support.incidents import T0, clear, finding, incident

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
BERLIN = ZoneInfo("Europe/Berlin")
SLACK, PAGER, MAIL = Route(("slack",)), Route(("pager",)), Route(("mail",))
FACTS = Facts.of(incident())
WARNING = replace(FACTS, severity=Verdict.WARNING)


def routing(*routes: Route) -> Routing:
    return Routing(("console", "slack", "pager"), routes, frozenset({"console"}))


def due(
    *routes: Route,
    facts: Facts = FACTS,
    now: datetime = T0,
    silences: tuple[Silence, ...] = (),
    **changes: Any,  # noqa: ANN401 - fields of the situation
) -> dict[str, Due]:
    situation = replace(Situation(facts, T0), **changes)
    return {each.channel: each for each in routing(*routes).due(situation, silences, now)}


# ---- where


def test_without_routes_everything_is_told_everywhere() -> None:
    assert list(due()) == ["slack", "pager", "console"]
    assert due()["slack"].repeat == CRITICAL_REPEAT
    assert due(facts=WARNING)["slack"].repeat == NEVER


def test_the_console_hears_of_everything_and_is_not_reminded() -> None:
    assert due(SLACK)["console"] == Due("console")
    assert list(due(Route(("console",)))) == ["console"]


@pytest.mark.parametrize(
    ("matcher", "fits"),
    [
        (Matcher(), True),
        (Matcher(monitor=("support-bot",)), True),
        (Matcher(monitor=("support",)), False),
        (Matcher(monitor=("sup*bot", "x")), True),
        (Matcher(family=("quality",)), True),
        (Matcher(family=("latency", "data")), False),
        (Matcher(severity=("critical",)), True),
        (Matcher(severity=("warning",)), False),
        (Matcher(check=("class_*",)), True),
        (Matcher(class_name=("urgent",)), True),
        (Matcher(class_name=("urg.nt",)), False),  # no regular expression
        (Matcher(check=("accuracy",), class_name=("urgent",)), False),  # both of one finding
        (Matcher(check=("class_recall",), class_name=("billing",)), False),
    ],
)
def test_a_route_matches_by_all_that_it_names(matcher: Matcher, *, fits: bool) -> None:
    facts = Facts.of(incident(finding(), finding("accuracy", "")))
    assert ("pager" in due(Route(("pager",), matcher), SLACK, facts=facts)) is fits


def test_a_route_for_a_class_goes_on_matching_when_that_class_is_well_again() -> None:
    facts = Facts.of(incident(finding("class_precision", "billing"), clear()))
    assert "pager" in due(Route(("pager",), Matcher(class_name=("urgent",))), SLACK, facts=facts)


def test_a_subject_that_is_no_class_is_none() -> None:
    facts = Facts.of(incident(finding("latency", "p95", cause=Cause.ABOVE_LIMIT)))
    assert facts.alarms == (("latency", ""),)


def test_the_first_match_is_the_last_unless_it_continues() -> None:
    assert "pager" not in due(SLACK, PAGER)
    assert list(due(replace(SLACK, goes_on=True), PAGER, MAIL)) == ["slack", "pager", "console"]


def test_what_no_route_is_for_is_told_everywhere() -> None:
    assert list(due(Route(("mail",), Matcher(monitor=("other",))))) == ["slack", "pager", "console"]


# ---- nobody acknowledges


def test_the_next_route_that_matches_is_told_when_nobody_acknowledges() -> None:
    routes = (
        replace(SLACK, escalate_after=30 * MINUTE),
        Route(("mail",), Matcher(severity=("warning",))),
        replace(PAGER, escalate_after=HOUR),
        MAIL,
    )
    assert "pager" not in due(*routes, now=T0 + 29 * MINUTE)
    assert due(*routes, now=T0 + 30 * MINUTE)["pager"].escalated
    assert not due(*routes, now=T0 + 30 * MINUTE)["slack"].escalated
    assert "mail" not in due(*routes, now=T0 + 89 * MINUTE)
    assert "mail" in due(*routes, now=T0 + 90 * MINUTE)


@pytest.mark.parametrize("changes", [{"acknowledged": True}, {"is_firing": False}])
def test_what_somebody_has_or_is_recovering_is_not_escalated(changes: dict[str, Any]) -> None:
    assert "pager" not in due(replace(SLACK, escalate_after=MINUTE), PAGER, now=T0 + HOUR, **changes)


def test_time_in_which_nobody_was_told_does_not_count_for_escalation() -> None:
    night = Weekly(time(22), time(8), BERLIN)  # until 06:00 UTC, when it opened
    route = replace(SLACK, quiet_hours=night, escalate_after=30 * MINUTE)
    early: dict[str, Any] = {"fired_at": T0 - 3 * HOUR}
    assert "pager" not in due(route, PAGER, facts=WARNING, now=T0 - HOUR, **early)
    assert "pager" not in due(route, PAGER, facts=WARNING, now=T0 + 29 * MINUTE, **early)
    assert "pager" in due(route, PAGER, facts=WARNING, now=T0 + 30 * MINUTE, **early)


# ---- held back


def test_quiet_hours_hold_back_what_is_not_critical_by_the_clocks_of_their_zone() -> None:
    route = replace(SLACK, quiet_hours=Weekly(time(22), time(8), BERLIN))
    night = datetime(2026, 7, 1, 20, 0, tzinfo=UTC)  # 22:00 in Berlin
    found = due(route, facts=WARNING, now=night)["slack"].hold
    assert found is not None
    assert (found.reason, found.until) == (HoldReason.QUIET_HOURS, datetime(2026, 7, 2, 6, tzinfo=UTC))
    assert due(route, facts=WARNING, now=night - MINUTE)["slack"].hold is None
    assert due(route, facts=WARNING, now=found.until)["slack"].hold is None
    assert due(route, now=night)["slack"].hold is None


def test_the_night_in_which_clocks_change_is_shorter() -> None:
    night = Weekly(time(22), time(8), BERLIN)
    assert covered_until([night], datetime(2026, 3, 28, 23, tzinfo=UTC)) == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert covered_until([night], datetime(2026, 3, 27, 23, tzinfo=UTC)) == datetime(2026, 3, 28, 7, tzinfo=UTC)


def test_maintenance_holds_back_what_is_critical_too() -> None:
    once, saturday = Once(T0, T0 + HOUR), Weekly(time(2), time(4), BERLIN, frozenset({5}))
    route = replace(SLACK, mute=(once, saturday))
    held = due(route)["slack"].hold
    assert held is not None
    assert (held.reason, held.until) == (HoldReason.MUTED, T0 + HOUR)
    assert due(route, now=T0 + HOUR)["slack"].hold is None
    assert due(route, now=datetime(2026, 4, 4, 1, tzinfo=UTC))["slack"].hold is not None  # a Saturday, 03:00
    assert due(route, now=datetime(2026, 4, 5, 1, tzinfo=UTC))["slack"].hold is None


def test_windows_that_follow_one_another_are_one() -> None:
    assert covered_until([Once(T0, T0 + HOUR), Once(T0 + HOUR, T0 + 2 * HOUR)], T0) == T0 + 2 * HOUR


def test_a_channel_of_two_routes_is_told_as_soon_as_one_of_them_tells() -> None:
    muted = replace(SLACK, mute=(Once(T0, T0 + HOUR),), goes_on=True)
    assert due(muted, SLACK)["slack"].hold is None


def silence(**fields: tuple[str, ...]) -> Silence:
    return Silence(1, Matcher(**fields), T0, T0 + HOUR, "ada", "a release")


def test_a_silence_holds_back_everywhere_what_it_covers_for_its_time() -> None:
    silences = (silence(class_name=("urgent",)),)
    held = due(SLACK, silences=silences)
    assert {each.hold.reason for each in held.values() if each.hold} == {HoldReason.SILENCED}
    assert len(held) == 2
    assert due(SLACK, silences=silences, now=T0 + HOUR)["slack"].hold is None
    assert due(SLACK, silences=(silence(monitor=("other",)),))["slack"].hold is None


def test_a_silence_does_not_swallow_another_alarm_of_the_same_incident() -> None:
    both = Facts.of(incident(finding(), finding("class_recall", "billing")))
    assert due(SLACK, facts=both, silences=(silence(class_name=("urgent",)),))["slack"].hold is None
    well = Facts.of(incident(finding(), clear("class_recall", "billing")))
    assert due(SLACK, facts=well, silences=(silence(class_name=("urgent",)),))["slack"].hold is not None


def test_what_is_snoozed_is_told_nowhere_until_its_time() -> None:
    found = due(SLACK, snoozed_until=T0 + HOUR)
    assert {each.hold.reason for each in found.values() if each.hold} == {HoldReason.SNOOZED}
    assert due(SLACK, snoozed_until=T0 + HOUR, now=T0 + HOUR)["slack"].hold is None
