"""What the check of drift makes of a study."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.messages.wording import worded
from checks.counts.shift import ColumnKind, ColumnShift, Moved, NewText, PeerScore, ScaleShift, Unjudged
from checks.counts.study import Study, StudySpan
from checks.estimates.cycle_data import Measured
from checks.rules.drift import Drift
from checks.rules.finding import Cause, Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from checks.statistics.day_test import DayContrast
from tests.support.windows import DAY, NOW, Spell, answers, history

WEEK = StudySpan(NOW - 7 * DAY, NOW)
CHECK = Drift(0.10, timedelta(days=1), AlarmBudget(0.05))
BY_CHANCE = DayContrast(1.5, (0.6, 0.4), 21, 0.6)
CLEAR = DayContrast(60.0, (0.6, 0.4), 21, 0.1)
NEWS = NewText((Moved("virtual", 0.15, 0.0), Moved("disposable", 0.12, 0.0)), (Moved("card", 0.8, 0.2),))


def scale(days: int, effect: float, contrast: DayContrast, text: NewText | None = None) -> ScaleShift:
    return ScaleShift(NOW - days * DAY, NOW, 280 * days, effect, contrast, text=text)


def findings(*columns: ColumnShift) -> list[Finding]:
    windows = history(Spell(35, answers()))
    study = Study(NOW, WEEK, (StudySpan(NOW - 35 * DAY, NOW - 7 * DAY),), 2000, 2000, columns)
    return list(map(worded, CHECK.run(Measured(replace(windows, study=study)))))


def text(*scales: ScaleShift, unjudged: Unjudged | None = None) -> ColumnShift:
    return ColumnShift("text", ColumnKind.TEXT, 2000, 2000, scales, unjudged)


def test_what_chance_explains_is_fine() -> None:
    (found,) = findings(text(scale(7, 0.3, BY_CHANCE)))
    assert (found.verdict, found.cause, found.clear) == (Verdict.OK, Cause.WITHIN_LIMITS, True)


def test_what_is_sure_but_small_is_fine() -> None:
    (found,) = findings(text(scale(7, 0.04, CLEAR)))
    assert (found.verdict, found.threshold) == (Verdict.OK, 0.10)


def test_a_sure_shift_of_some_size_warns_and_says_what_is_new() -> None:
    (found,) = findings(replace(text(scale(7, 0.2, CLEAR, NEWS)), peer=PeerScore("domain classifier", 0.61, 0.55)))
    assert (found.check, found.subject, found.verdict, found.cause) == ("drift", "text", Verdict.WARNING, Cause.SHIFTED)
    assert found.low == pytest.approx(0.158, abs=0.001)
    assert found.high == pytest.approx(0.242, abs=0.001)
    assert found.threshold is not None
    assert 0.1 <= found.threshold < 0.2
    for part in (
        "20% of the messages of the last 7 d",
        '"virtual" 15% (reference 0%)',
        "card 80%",
        "0.61",
        "limit 0.55",
    ):
        assert part in found.message


def test_the_clearest_scale_is_shown_where_one_alarms() -> None:
    clearer = replace(CLEAR, statistic=90.0)
    (found,) = findings(text(scale(7, 0.12, CLEAR), scale(3, 0.25, clearer)))
    assert (found.value, found.window_start) == (0.25, NOW - 3 * DAY)


def test_a_shift_that_is_half_gone_is_no_longer_alarming_and_not_yet_clear() -> None:
    fading = DayContrast(5.0, (0.6, 0.4), 21, 0.3)
    (found,) = findings(text(scale(7, 0.12, fading)))
    assert (found.verdict, found.clear) == (Verdict.OK, False)


def test_more_tests_make_each_stricter() -> None:
    columns = [replace(text(scale(7, 0.2, replace(CLEAR, statistic=13.5))), column=f"c{i}") for i in range(60)]
    assert [found.verdict for found in findings(*columns[:1])] == [Verdict.WARNING]
    assert {found.verdict for found in findings(*columns)} == {Verdict.OK}


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (Unjudged.FEW_ROWS, "too few rows"),
        (Unjudged.FEW_DAYS, "each weekday with its like"),
        (Unjudged.NEW_VERSION, "newly deployed version"),
    ],
)
def test_what_cannot_be_judged_says_why(why: Unjudged, words: str) -> None:
    (found,) = findings(text(unjudged=why))
    assert (found.verdict, found.value) == (Verdict.NOT_ENOUGH_DATA, None)
    assert words in found.message


def test_a_column_that_is_not_logged_is_not_spoken_of() -> None:
    assert findings(text(unjudged=Unjudged.NOT_LOGGED)) == []


def test_without_a_study_there_is_one_finding_that_says_so() -> None:
    (found,) = CHECK.run(Measured(history(Spell(35, answers()))))
    assert (found.subject, found.verdict) == ("all", Verdict.NOT_ENOUGH_DATA)


def test_categories_and_numbers_say_what_moved() -> None:
    moved = (Moved("urgent", 0.4, 0.1),)
    mix = ColumnShift("predicted", ColumnKind.CATEGORY, 9, 9, (replace(scale(7, 0.3, CLEAR), moved=moved),))
    length = ColumnShift("text_length", ColumnKind.NUMBER, 9, 9, (replace(scale(7, 0.3, CLEAR), moved=moved),))
    one, other = findings(mix, length)
    assert "urgent 40% (reference 10%)" in one.message
    assert "urgent 0.4 (reference 0.1)" in other.message
