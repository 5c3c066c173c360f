"""Model versions that answer and will be turned off."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from alerts.messages.wording import worded
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.model_retirement import ModelRetirement
from tests.support.windows import NOW, Spell, answers, history

WARN_DAYS = (60, 30, 7)
DAY = answers()
UNLABELLED: Mapping[tuple[str, str | None], float] = {("other", None): 200.0}


def findings(windows: Windows, **retires: date) -> dict[str, Finding]:
    check = ModelRetirement(tuple(retires.items()), WARN_DAYS)
    return {each.subject: worded(each) for each in check.run(Measured(windows))}


def of_m1(windows: Windows, days: int) -> Finding:
    return findings(windows, m1=windows.now.date() + timedelta(days=days))["m1"]


@pytest.mark.parametrize(
    ("days", "verdict", "due"),
    [
        (400, Verdict.OK, 60),
        (61, Verdict.OK, 60),
        (60, Verdict.WARNING, 60),
        (59, Verdict.WARNING, 60),
        (31, Verdict.WARNING, 60),
        (30, Verdict.WARNING, 30),
        (29, Verdict.WARNING, 30),
        (8, Verdict.WARNING, 30),
        (7, Verdict.CRITICAL, 7),
        (6, Verdict.CRITICAL, 7),
        (0, Verdict.CRITICAL, 7),
        (-3, Verdict.CRITICAL, 7),
    ],
)
def test_a_version_that_answers_warns_from_each_of_the_days_on(days: int, verdict: Verdict, due: int) -> None:
    finding = of_m1(history(Spell(1, UNLABELLED)), days)  # no label, no reference
    assert (finding.verdict, finding.value, finding.threshold) == (verdict, days, due)
    assert (finding.cause is Cause.DUE) is verdict.is_alarm is not finding.clear


@pytest.mark.parametrize(
    ("now", "left"),
    [
        (datetime(2026, 4, 1, 0, 0, tzinfo=UTC), 30),
        (datetime(2026, 4, 1, 13, 45, tzinfo=UTC), 30),
        (datetime(2026, 4, 1, 23, 59, tzinfo=UTC), 30),
        (datetime(2026, 4, 2, 1, 0, tzinfo=timezone(timedelta(hours=5))), 30),  # 20:00 UTC the day before
        (datetime(2026, 4, 2, 0, 1, tzinfo=UTC), 29),
    ],
)
def test_days_are_those_of_utc_at_any_hour(now: datetime, left: int) -> None:
    windows = replace(history(Spell(10, DAY)), now=now)
    assert findings(windows, m1=date(2026, 5, 1))["m1"].value == left


def test_it_says_what_when_and_how_many_messages_hang_on_it() -> None:
    windows = history(Spell(30, DAY), beside=[Spell(10, DAY, model="m2")])
    finding = of_m1(windows, 30)
    assert finding.message == "model m1 is turned off on 2026-05-01, in 30 days"
    assert finding.per_day is not None
    assert finding.per_day.value == pytest.approx(sum(DAY.values()), rel=0.05)
    assert of_m1(windows, 1).message == "model m1 is turned off on 2026-04-02, in 1 day"
    assert of_m1(windows, 0).message == "model m1 is turned off today, 2026-04-01, and still answers"
    assert of_m1(windows, -1).message == "model m1 was to be turned off on 2026-03-31, 1 day ago, and still answers"


def test_a_version_that_answers_nothing_any_more_is_well_and_it_says_what_does() -> None:
    finding = of_m1(history(Spell(20, DAY), Spell(3, DAY, model="m2")), 5)
    assert (finding.verdict, finding.clear, finding.per_day) == (Verdict.OK, True, None)
    assert finding.message == "model m1, which retires on 2026-04-06, answers nothing any more; now answering: m2"


def test_a_few_messages_that_it_still_answers_keep_it_open() -> None:
    windows = history(Spell(20, DAY), Spell(3, DAY, model="m2"), beside=[Spell(1, {("other", None): 1.0})])
    assert of_m1(windows, 5).verdict is Verdict.CRITICAL


def test_a_version_that_was_never_seen_has_no_finding_and_each_that_was_has_one() -> None:
    windows = history(Spell(20, DAY), beside=[Spell(5, DAY, model="m2")])
    near, far = (NOW.date() + timedelta(days=days) for days in (3, 50))
    found = findings(windows, m1=near, m2=far, m3=near)
    assert {name: each.verdict for name, each in found.items()} == {"m1": Verdict.CRITICAL, "m2": Verdict.WARNING}


def test_while_nobody_answers_nothing_is_known() -> None:
    windows = history(Spell(20, DAY), Spell(9, {}))
    assert of_m1(windows, 5).verdict is Verdict.NOT_ENOUGH_DATA


def test_a_quiet_night_is_looked_through() -> None:
    windows = history(Spell(20, DAY), Spell(2, {}))
    assert of_m1(windows, 5).verdict is Verdict.CRITICAL


def test_a_version_that_answers_seldom_is_looked_for_as_long_as_it_takes_to_see_it() -> None:
    seldom: Mapping[tuple[str, str | None], float] = {("other", None): 1.0}
    goes_on = history(Spell(20, UNLABELLED, model="m2"), beside=[Spell(20, seldom)])
    newest = goes_on.recent[-1]
    only_m2 = tuple(cell for cell in newest.outcomes if cell.model_version == "m2")
    unlucky = replace(goes_on, recent=(*goes_on.recent[:-1], replace(newest, outcomes=only_m2)))
    assert of_m1(unlucky, 5).verdict is Verdict.CRITICAL
