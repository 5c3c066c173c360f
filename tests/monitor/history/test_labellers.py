"""What the history tells of those who gave the labels."""

from dataclasses import replace

import pytest

from monitor.history import History
from monitor.history.writing.families import Families, families, to_rows
from monitor.history.writing.retained import plus, settle
from monitor.log.counts import LabelFate, LabellerRow
from tests.support.history import DAY, T0, at, counts, outcome, put, rows

GIVEN = (
    LabellerRow(T0, "anna", LabelFate.ALONE, 10),
    LabellerRow(T0, "anna", LabelFate.AGREED, 5),
    LabellerRow(T0, "anna", LabelFate.OVERRULED, 2),
    LabellerRow(T0, "anna", LabelFate.UPHELD, 1),
    LabellerRow(T0, "bert", LabelFate.AGREED, 5),
    LabellerRow(T0, "bert", LabelFate.CORRECTION, 2),
    LabellerRow(T0 + DAY, "anna", LabelFate.AGREED, 1),
    LabellerRow(T0 + DAY, "", LabelFate.ALONE, 3),
)


@pytest.fixture
def labelled(history: History) -> History:
    """Two days that three labelled, one of them without a name."""
    outcomes = (outcome(0, "card", "card", 20), outcome(0, "card", n=5), outcome(24, "card", "card", 4))
    put(history, replace(counts(range(25), *outcomes), labellers=GIVEN))
    return history


@pytest.mark.usefixtures("labelled")
def test_each_day_says_who_labelled_and_how_often_they_agreed(url: str) -> None:
    columns = "labeller, n, coverage, n_shared, n_agreed, n_corrected, n_overruled, agreement, final_share"
    found = rows(url, f"SELECT {columns} FROM daily_labellers ORDER BY day, labeller")  # noqa: S608 - named above
    assert found == [
        ("anna", 18, 18 / 25, 8, 5, 0, 2, 5 / 8, 6 / 8),
        ("bert", 7, 7 / 25, 7, 5, 2, 0, 5 / 7, 1),
        ("", 3, 3 / 4, 0, 0, 0, 0, None, None),
        ("anna", 1, 1 / 4, 1, 1, 0, 0, 1, 1),
    ]


@pytest.mark.usefixtures("labelled")
def test_agreement_over_all_has_wilsons_interval_and_none_where_nothing_is_shared(url: str) -> None:
    columns = "n, n_shared, agreement, low, high, final_share, final_low, final_high"
    found = {name: rest for name, *rest in rows(url, f"SELECT labeller, {columns} FROM labeller_agreement")}  # noqa: S608 - named above
    agreed, stands = (6 / 9, 0.3542021, 0.8794162), (7 / 9, 0.4525890, 0.9367749)  # as SciPy has them
    assert found["anna"] == pytest.approx([19, 9, *agreed, *stands])
    assert found[""] == [3, 0, None, 0, 1, None, 0, 1]


def test_the_page_asks_for_a_span(labelled: History) -> None:
    first, both = (labelled.labelled.labellers("bot", at(0), at(hours)) for hours in (24, 48))
    assert [(each.name, each.n, each.n_shared) for each in first] == [("anna", 18, 8), ("bert", 7, 7)]
    assert [(each.name, each.n, each.n_agreed) for each in both] == [("anna", 19, 6), ("bert", 7, 5), ("", 3, 0)]
    assert [(each.n_corrected, each.n_overruled) for each in both] == [(0, 2), (2, 0), (0, 0)]


def test_who_labelled_goes_with_the_bucket(labelled: History, url: str) -> None:
    put(labelled, counts(range(1)))
    assert rows(url, "SELECT labeller, n FROM daily_labellers ORDER BY labeller") == [("", 3), ("anna", 1)]


def test_lost_labels_stay_those_of_who_gave_them() -> None:
    """A label that the log lost stays counted; the other labeller of it is alone, and counted once."""

    def of_log(*found: LabellerRow) -> Families:
        return families(replace(counts(range(1)), labellers=found), [T0])[T0]

    shared = (LabellerRow(T0, name, LabelFate.AGREED, 1) for name in ("anna", "bert"))
    before = of_log(*shared, LabellerRow(T0, "aaron", LabelFate.ALONE, 1))
    after = of_log(LabellerRow(T0, "bert", LabelFate.ALONE, 1))
    kept = to_rows({T0: plus(after, settle({}, before, after))})
    assert sorted(kept) == [
        LabellerRow(T0, "aaron", LabelFate.ALONE, 1),
        LabellerRow(T0, "anna", LabelFate.AGREED, 1),
        LabellerRow(T0, "bert", LabelFate.ALONE, 1),
    ]
