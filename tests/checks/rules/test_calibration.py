"""The calibration check."""

from dataclasses import replace
from math import floor, log

import numpy as np

from alerts.messages.wording import worded
from checks.before_labels.calibration_error import CalibrationError
from checks.before_labels.matured import matured
from checks.before_labels.strata import Strata
from checks.counts.cells import DelayCell
from checks.counts.outcomes import less
from checks.counts.windows import BucketTotal, Window, Windows
from checks.estimates.cycle_data import Measured
from checks.metrics.before_labels import estimated
from checks.metrics.line import MetricLine
from checks.rules.calibration import Calibration
from checks.rules.finding import Cause, Finding, Verdict
from checks.statistics.alarm_budget import AlarmBudget
from tests.checks.before_labels.cells import CLASSES, cell, span, windows
from tests.support.windows import DAY, NOW, Spell, answers, history

LATE = floor(log(2 * 86_400) / log(1.1))
"""Bin of a delay of two days."""

CHECK = Calibration(max_rise=0.05, budget=AlarmBudget(0.05))


def judged(known: Windows) -> Finding:
    (finding,) = map(worded, CHECK.run(Measured(known)))
    return finding


def lines(known: Windows) -> dict[tuple[str, str], MetricLine]:
    return {(line.metric, line.class_name): line for line in estimated(Measured(known))}


def test_confidences_that_keep_their_promise_are_well() -> None:
    finding = judged(windows(span(100), span(400)))
    assert finding.verdict is Verdict.OK
    assert finding.clear
    assert finding.low == 0
    assert finding.value is not None
    assert finding.value < 0.02
    assert "accuracy estimated without labels would have been" in finding.message


def test_a_bot_that_always_promised_too_much_is_well_but_its_error_is_told() -> None:
    finding = judged(windows(span(100, promise=-0.15), span(400, promise=-0.15)))
    assert finding.verdict is Verdict.OK
    assert finding.low is not None
    assert finding.low > 0.05
    assert "less often than their confidence says, by 15." in finding.message


def test_a_bot_that_promises_more_than_it_did_is_warned_of_and_its_estimates_end() -> None:
    known = windows(span(200, promise=-0.2), span(400))
    finding = judged(known)
    assert finding.verdict is Verdict.WARNING
    assert finding.cause is Cause.ABOVE_REFERENCE
    assert "labels contradict them" in finding.message
    assert lines(known)["estimated_accuracy", ""].value is None


def test_a_bot_that_got_better_than_it_says_is_not_warned_of() -> None:
    finding = judged(windows(span(200, promise=0.05), span(400, promise=-0.1)))
    assert finding.verdict is Verdict.OK


def test_a_log_without_confidences_is_not_judged_and_has_no_estimated_lines() -> None:
    known = history(Spell(40, answers()))
    finding = judged(known)
    assert finding.verdict is Verdict.NOT_ENOUGH_DATA
    assert finding.cause is Cause.NOT_LOGGED
    assert not lines(known)


def test_few_labels_are_not_judged() -> None:
    finding = judged(windows(span(4), span(400)))
    assert finding.verdict is Verdict.NOT_ENOUGH_DATA
    assert finding.cause is Cause.TOO_FEW


def test_a_window_without_labels_has_estimates_under_a_name_of_their_own() -> None:
    found = lines(windows(span(100, labelled=0.0), span(400)))
    accuracy = found["estimated_accuracy", ""]
    assert accuracy.value is not None
    assert accuracy.low is not None
    assert accuracy.high is not None
    assert accuracy.low < 0.78 < accuracy.high
    assert accuracy.n_labelled == 0
    assert accuracy.raw is None
    assert found["estimated_recall", "urgent"].value is not None
    assert found["estimated_precision", "urgent"].value is not None


def test_what_was_estimated_is_held_against_the_labels_of_the_mature_part() -> None:
    found = lines(windows(span(100), span(400)))
    error = found["estimated_error", ""]
    assert error.value is not None
    assert abs(error.value) < 0.01
    assert error.low is not None
    assert error.high is not None
    assert error.low < 0 < error.high


def test_the_newest_days_are_left_out_of_the_judgement_while_their_labels_are_to_come() -> None:
    old, young = span(100, labelled=1.0), span(50, labelled=0.0)
    known = replace(
        windows((*old, *young), span(400)),
        recent=(Window(NOW - 4 * DAY, NOW, young),),
        buckets=tuple(BucketTotal(NOW - age * DAY, 100, 60) for age in range(35, 0, -1)),
        delays=(DelayCell(LATE, 500, "", 150),),
    )
    part = matured(Measured(known))
    assert part is not None
    assert part.window.end == NOW - 4 * DAY
    assert {each.label for each in part.window.outcomes} == set(CLASSES)


def test_counts_subtract() -> None:
    whole = (cell("cards", "cards", 10, 3), cell("cards", None, 5, 3), cell("urgent", None, 2, 7))
    rest = less(whole, (cell("cards", "cards", 4, 3), cell("urgent", None, 2, 7)))
    assert {(each.predicted, each.label, each.n) for each in rest} == {("cards", "cards", 6), ("cards", None, 5)}


def test_the_interval_of_the_calibration_error_holds_the_truth() -> None:
    """Twenty labels and a thousand in each band of a bot that is off by 0, 3 and 10 points, 300 times each."""
    rng = np.random.default_rng(5)
    for n in (20, 1000):
        for off in (0.0, 0.03, 0.10):
            held = 0
            for _ in range(300):
                cells = []
                for band, sure in enumerate((0.4, 0.55, 0.65, 0.75, 0.85, 0.92, 0.97, 0.995)):
                    right = int(rng.binomial(n, sure - off))
                    cells += [cell("cards", "cards", right, band, sure), cell("cards", "urgent", n - right, band, sure)]
                error = CalibrationError.of(Strata.of(cells, CLASSES))
                assert error is not None
                low, high = error.interval()
                held += low <= off <= high
            assert held / 300 >= 0.93
