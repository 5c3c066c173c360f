from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from alerts.messages.wording import text, worded
from checks.advice.deciding.model import Action
from checks.advice.deciding.policy import AdvicePolicy
from checks.counts.cells import NO_CLASS, OutcomeCell
from checks.counts.windows import Extent, LostBefore, Missing, Notice, Problem, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.held_back import held_back
from checks.rules.log_health import LogHealth, invalidates
from tests.support.advice import advise

NOW = datetime(2026, 3, 29, tzinfo=UTC)
EXTENT = Extent(20_000, 9_000, 1_000)
DAY = timedelta(days=1)


def _cells(pairs: Mapping[tuple[str, str | None], int]) -> tuple[OutcomeCell, ...]:
    return tuple(OutcomeCell(*pair, n, float(n), float(n), "", "") for pair, n in pairs.items())


GOOD = _cells({("urgent", "urgent"): 30, ("billing", "billing"): 70, ("billing", None): 900})


def _windows(
    problems: Mapping[str, int] | None = None,
    extent: Extent = EXTENT,
    notices: tuple[Notice, ...] = (),
    current: tuple[OutcomeCell, ...] = GOOD,
    newest: tuple[OutcomeCell, ...] = GOOD,
) -> Windows:
    return Windows(
        now=NOW,
        bucket=timedelta(hours=1),
        current=Window(NOW - 7 * DAY, NOW, current),
        recent=(Window(NOW - DAY, NOW, newest),),
        reference=Window(NOW - 35 * DAY, NOW - 7 * DAY, GOOD),
        problems=tuple(Problem(*each) for each in (problems or {}).items()),
        extent=extent,
        notices=notices,
    )


def _found(windows: Windows) -> list[tuple[str, str, str]]:
    return [(f.subject, f.verdict.value, f.cause.value) for f in tuple(map(worded, LogHealth().run(Measured(windows))))]


def test_a_log_without_problems_is_well_in_one_finding() -> None:
    assert _found(_windows()) == [("rows", "ok", "within_limits")]


@pytest.mark.parametrize(
    ("problems", "found"),
    [
        # up to its limit nothing is said: 1,000 of 21,000, half of a thousand label rows, 200 beside 1,000
        ({"null_time": 1_000, "orphan_label": 500, "duplicate_id": 200}, [("rows", "ok", "within_limits")]),
        ({"null_time": 1_200}, [("null_time", "warning", "invalid")]),
        ({"malformed_line": 20_000}, [("malformed_line", "critical", "invalid")]),
        ({"null_label_time": 900}, [("null_label_time", "warning", "invalid")]),
        ({"null_id": 210}, [("null_id", "warning", "invalid")]),
        ({"duplicate_id": 4_000}, [("duplicate_id", "critical", "invalid")]),
        ({"orphan_label": 990}, [("orphan_label", "critical", "invalid")]),
        # what is an ordinary part of a log says nothing of it
        ({"null_label": 5_000, "bad_latency": 800, "corrected_label": 300}, [("rows", "ok", "within_limits")]),
    ],
)
def test_a_share_of_rows_above_its_limit_is_told(problems: dict[str, int], found: list[tuple[str, str, str]]) -> None:
    assert _found(_windows(problems)) == found


def test_a_log_of_which_nothing_can_be_read_is_unreadable_and_shows_three_values() -> None:
    notice = Notice("null_time", 3, 3, ("31/10/2026 14:05", "30/10/2026 9:12", "29/10/2026 8:00"))
    windows = _windows({"null_time": 3}, Extent(), (notice,), current=(), newest=())

    (finding,) = tuple(map(worded, LogHealth().run(Measured(windows))))

    assert (finding.verdict, finding.cause) == (Verdict.CRITICAL, Cause.UNREADABLE)
    assert finding.message == (
        "3 of 3 predictions have no readable time and are left out (such as '31/10/2026 14:05', '30/10/2026 9:12', "
        "'29/10/2026 8:00'): look at source.predictions.columns.at (up to 5% is tolerated)"
    )


def test_a_few_rows_and_a_log_that_is_still_to_come_are_no_alarm() -> None:
    half_a_line = _windows({"malformed_line": 1}, Extent(10, 5, 0))
    before_the_log = _windows({"null_time": 3}, Extent(to_come=1_000_000), current=(), newest=())

    assert _found(half_a_line) == [("rows", "ok", "within_limits")]
    assert _found(before_the_log) == [("rows", "ok", "within_limits")]


def test_rows_that_newly_cannot_be_read_are_told_though_a_long_log_hides_them() -> None:
    day_ago = LostBefore("rows_lost", NOW - DAY, 30)
    a_third = Extent(90_000, lost_before=(day_ago,))
    hardly_any = Extent(90_000, lost_before=(replace(day_ago, n=480),))

    (finding,) = tuple(map(worded, LogHealth().run(Measured(_windows({"null_time": 530}, a_third)))))

    assert (finding.subject, finding.verdict, finding.cause) == ("new_rows_lost", Verdict.WARNING, Cause.INVALID)
    assert finding.message.startswith("500 of the newest 1,500 rows cannot be read or have no readable time")
    assert _found(_windows({"null_time": 530}, hardly_any)) == [("rows", "ok", "within_limits")]
    assert _found(_windows({"null_time": 530}, Extent(90_000))) == [("rows", "ok", "within_limits")]


@pytest.mark.parametrize(
    ("missing", "found"),
    [
        (Missing(900, 300), ("rows", "ok", "within_limits")),  # all found missing before the window began
        (Missing(904, 304, 4, 4, NOW), ("rows", "ok", "within_limits")),
        (Missing(905, 300, 5, 0, NOW), ("vanished", "warning", "loses_rows")),
        (Missing(0, 20_000, 0, 20_000, NOW), ("vanished", "warning", "loses_rows")),
    ],
)
def test_rows_that_newly_vanished_are_told_and_bar_no_advice(missing: Missing, found: tuple[str, str, str]) -> None:
    windows = _windows(extent=replace(EXTENT, missing=missing))
    assert _found(windows) == [found]
    assert not any(map(invalidates, tuple(map(worded, LogHealth().run(Measured(windows))))))


def test_newest_predictions_without_a_class_are_a_column_that_went() -> None:
    gone = _cells({(NO_CLASS, None): 92})

    (finding,) = tuple(map(worded, LogHealth().run(Measured(_windows(newest=gone)))))

    assert (finding.subject, finding.verdict, finding.cause) == ("newest", Verdict.CRITICAL, Cause.INVALID)
    assert finding.message.startswith("92 of the newest 92 predictions name no class: was the column renamed")


@pytest.mark.parametrize(
    ("notice", "found"),
    [
        (Notice("skipped_file", 1, 50, ("a.csv is damaged",)), [("skipped_file", "warning", "loses_rows")]),
        (Notice("skipped_file", 9, 50, ("a.csv is damaged",)), [("skipped_file", "warning", "invalid")]),
        (Notice("skipped_file", 25, 50, ("a.csv is damaged",)), [("skipped_file", "critical", "invalid")]),
        (Notice("skipped_file", 0, 50), [("rows", "ok", "within_limits")]),
        (Notice("absent_column", 1, 50, ("b.csv has no ms",)), [("absent_column", "warning", "loses_rows")]),
        # read as it is: worth a word from `validate`, and no reason to wake anybody
        (Notice("recoded_file", 50, 50, ("a.csv is in latin-1",)), [("rows", "ok", "within_limits")]),
    ],
)
def test_files_that_are_not_read_are_told_however_few(notice: Notice, found: list[tuple[str, str, str]]) -> None:
    assert _found(_windows(notices=(notice,))) == found


def test_some_answers_without_a_class_are_the_bots_own() -> None:
    half = _cells({(NO_CLASS, None): 46, ("billing", None): 46})

    assert _found(_windows(newest=half)) == [("rows", "ok", "within_limits")]


def test_labels_and_predictions_that_share_no_class_are_a_finding_about_the_log_and_never_about_the_bot() -> None:
    apart = _cells({("3", "3.0"): 40, ("1", "1.0"): 60, ("1", None): 900})
    windows = Windows(
        now=NOW,
        bucket=timedelta(hours=1),
        current=Window(NOW - 7 * DAY, NOW, apart),
        recent=(),
        reference=Window(NOW - 35 * DAY, NOW - 7 * DAY, _cells({("3", "3.0"): 400, ("1", "1.0"): 600})),
    )
    (finding,) = tuple(map(worded, LogHealth().run(Measured(windows))))
    accuracy = _alarm("accuracy")

    assert (finding.subject, finding.cause) == ("classes", Cause.INVALID)
    assert "labels say '1.0', '3.0', predictions say '1', '3'" in finding.message
    (held, _) = held_back((accuracy, finding), text)
    assert (held.verdict, held.cause, held.clear) == (Verdict.NOT_ENOUGH_DATA, Cause.NOT_COMPARABLE, False)
    assert held_back((accuracy,), text) == (accuracy,)


@pytest.mark.parametrize("check", ["accuracy", "class_recall", "latency", "traffic", "label_health"])
def test_nothing_but_the_repair_of_the_log_is_advised_while_it_misleads(check: str) -> None:
    windows = _windows({"duplicate_id": 4_000})
    doubts = tuple(each for each in tuple(map(worded, LogHealth().run(Measured(windows)))) if invalidates(each))

    advice = advise((_alarm(check),), windows, AdvicePolicy(), doubts)

    assert (advice.action, advice.abstained) == (Action.FIX_LOG, False)
    assert advice.reasons[0].startswith("The evidence is not valid, repair the log first: 4,000 of 5,000 rows repeat")
    barred = {veto.action for veto in advice.vetoes if veto.gate == "invalid_log"}
    assert barred >= {Action.REVISE_PROMPT, Action.FINE_TUNE, Action.ROLLBACK_PROMPT, Action.COLLECT_LABELS}


def test_where_nothing_alarms_but_the_log_misleads_it_is_not_said_that_all_is_well() -> None:
    windows = _windows({"duplicate_id": 4_000})

    doubts = tuple(map(worded, LogHealth().run(Measured(windows))))
    assert advise((), windows, AdvicePolicy(), doubts).action is Action.FIX_LOG


@pytest.mark.parametrize(
    ("cause", "value", "action", "says"),
    [
        (Cause.SILENT, 0.0, Action.CHECK_TRAFFIC, "Is the chatbot up"),
        (Cause.BELOW_REFERENCE, 0.1, Action.CHECK_TRAFFIC, "Is the chatbot up"),
        (Cause.ABOVE_REFERENCE, 9.0, Action.CHECK_TRAFFIC, "Find out who sends so much"),
    ],
)
def test_traffic_that_stops_is_looked_into_and_not_left_alone(
    cause: Cause, value: float, action: Action, says: str
) -> None:
    windows = _windows()
    silent = Finding("traffic", "predictions", Verdict.CRITICAL, cause, "so many", NOW - DAY, NOW, value)
    labels = Finding("label_health", "silence", Verdict.WARNING, Cause.SILENT, "none came", NOW - DAY, NOW, 90.0)

    alone = advise((silent,), windows, AdvicePolicy())

    assert (alone.action, says in alone.reasons[0]) == (action, True)
    if cause is not Cause.ABOVE_REFERENCE:  # labels stop with the traffic, and collecting them would not help
        assert advise((silent, labels), windows, AdvicePolicy()).action is action


def _alarm(check: str) -> Finding:
    subject = {"class_recall": "urgent", "latency": "p95", "traffic": "predictions", "label_health": "silence"}
    return Finding(
        check, subject.get(check, "all"), Verdict.CRITICAL, Cause.BELOW_FLOOR, "is bad", NOW - DAY, NOW, 0.1, n=50
    )
