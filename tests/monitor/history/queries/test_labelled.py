"""What the page of labels asks, on both engines, beside a count of the rows that were put in."""

from datetime import timedelta

from checks.counts.cells import OutcomeCell
from monitor.history import History
from monitor.history.queries.labelled import LabelledClass, LabelledDay
from monitor.log.counts import DelayRow, ProblemRow
from monitor.log.problems import ProblemKind
from tests.support.history import T0, at, counts, outcome, put

HOUR = 3600
CORRECTED = ProblemRow(T0 + 25 * HOUR, ProblemKind.CORRECTED_LABEL.value, 2)


def test_days_classes_and_cells_are_sums_of_what_was_counted(history: History) -> None:
    rows = (
        outcome(1, "card", "card", n=7, band=3),
        outcome(2, "card", None, n=5, band=3),
        outcome(30, "other", "card", n=3),
        outcome(31, "card", None, n=9, prompt_version="p2"),
    )
    put(history, counts(range(48), *rows, problems=(CORRECTED, ProblemRow(T0, "negative_latency", 4))))

    assert history.labelled.days("bot", at(0), at(48)) == (
        LabelledDay(at(0), 12, 7, 0),
        LabelledDay(at(24), 12, 3, 2),
    )
    assert history.labelled.classes("bot", at(0), at(48)) == (
        LabelledClass("card", 21, 7),
        LabelledClass("other", 3, 3),
    )
    assert set(history.labelled.cells("bot", at(0), at(24))) == {
        OutcomeCell("card", "card", 7, 7.0, 7.0, band=3),
        OutcomeCell("card", None, 5, 0.0, 0.0, band=3),
    }
    assert history.labelled.days("other", at(0), at(48)) == ()


def test_delays_are_told_by_day_and_by_class(history: History) -> None:
    quick, slow = 100, 140
    found = (
        DelayRow(T0 + HOUR, "card", quick, 9, "card"),
        DelayRow(T0 + HOUR, "other", slow, 1, "card"),
        DelayRow(T0 + 30 * HOUR, "other", slow, 4, "other"),
    )
    put(history, counts(range(48), outcome(1, "card", "card", n=10), outcome(30, "other", "other", n=4), delays=found))

    by_day, by_class = history.labelled.delays("bot", at(0), at(48), (0.5, 0.9))

    low, high = (1.1 ** (bin_ + 1) / HOUR for bin_ in (quick, slow))
    assert {day: (each.n, each.hours) for day, each in by_day.items()} == {
        at(0): (10, (low, low)),
        at(24): (4, (high, high)),
    }
    assert {name: each.hours for name, each in by_class.items()} == {"card": (low, low), "other": (high, high)}
    assert history.labelled.delays("bot", at(48), at(48) + timedelta(days=1), (0.5,)) == ({}, {})
