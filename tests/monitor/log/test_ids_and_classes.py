"""Ids and classes that two programs wrote in two ways: joined and compared alike on every engine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitor.common.errors import SourceError
from monitor.log.counts import ALL, BucketCounts
from tests.support.messy_logs import START
from tests.support.text_logs import text_log

UUID = "0af76519-16cd-43dd-8448-eb211c80319c"
BUCKET = int(START.timestamp())

Rows = list[tuple[str, str]]
"""Id and class."""
Count = Callable[[Rows, Rows], BucketCounts]


@pytest.fixture(params=["csv", "sqlite", "postgresql"])
def count(request: pytest.FixtureRequest, tmp_path: Path) -> Count:
    """Write predictions and labels as text, and count them."""
    opened = text_log(request, tmp_path)

    def counted(predictions: Rows, labels: Rows) -> BucketCounts:
        dated = ([(i, START.isoformat(), name) for i, name in rows] for rows in (predictions, labels))
        return opened(*dated).count([BUCKET], START)

    return counted


def answers(counts: BucketCounts) -> dict[tuple[str, str | None], int]:
    return {(row.predicted, row.label): row.n for row in counts.outcomes if row.segment == ALL}


def problems(counts: BucketCounts) -> dict[str, int]:
    return {row.kind: row.n for row in counts.problems}


def test_ids_that_two_programs_write_in_two_ways_join(count: Count) -> None:
    pairs = [("123", "123.0"), (UUID, UUID.upper()), ("x", "x "), ("2" * 17, "2" * 17 + ".0"), ("y", "y"), ("A1", "A1")]
    pairs += [(UUID[:-1] + "0", "{" + UUID[:-1] + "0}")]
    counts = count([(one, "a") for one, _ in pairs], [(other, "b") for _, other in pairs])
    assert answers(counts) == {("a", "b"): len(pairs)}
    assert problems(counts) == {}


def test_ids_that_are_two_stay_two(count: Count) -> None:
    counts = count([("1", "a"), ("12.5", "a"), ("ab", "a")], [("01", "b"), ("12.50", "b"), ("AB", "b"), ("z ", "b")])
    assert answers(counts) == {("a", None): 3}
    assert problems(counts) == {"orphan_label": 4}


def test_an_empty_id_is_none_so_that_rows_without_one_stay_apart(count: Count) -> None:
    counts = count([("", "a"), ("", "a"), ("1", "a")], [("", "b"), ("1", "b")])
    assert answers(counts) == {("a", None): 2, ("a", "b"): 1}
    assert problems(counts) == {"null_id": 2, "orphan_label": 1}


def test_ids_of_two_kinds_are_shown_side_by_side(count: Count) -> None:
    counts = count([(f"run-{n}", "a") for n in range(30)], [(f"chat-{n}", "a") for n in range(30)])
    (notice,) = counts.notices
    assert (notice.kind, notice.n, notice.of) == ("orphan_label", 30, 30)
    assert [example.split("-")[0] for example in notice.examples] == ["label chat", "prediction run"]


def test_classes_that_mean_the_same_are_one(count: Count) -> None:
    predictions = [("1", " urgent"), ("2", "r\u00e9clamation"), ("3", "3"), ("4", "Billing"), ("5", "3.0")]
    labels = [("1", "urgent"), ("2", "re\u0301clamation"), ("3", "3.0"), ("4", "billing"), ("5", "3")]
    counts = count(predictions, labels)
    expected = {"urgent": 1, "r\u00e9clamation": 1, "3": 2, "Billing": 1}
    assert answers(counts) == {(name, name): n for name, n in expected.items()}


def test_labels_that_say_none_are_no_labels_and_are_told(count: Count) -> None:
    predictions = [(str(n), "a") for n in range(5)]
    counts = count(predictions, [("0", "a"), ("1", "None"), ("2", "N/A"), ("3", " "), ("0", "skip")])
    assert answers(counts) == {("a", "a"): 1, ("a", None): 4}
    assert problems(counts) == {"no_label": 3, "null_label": 1}


def test_a_log_without_any_id_or_class_is_an_error(count: Count) -> None:
    with pytest.raises(SourceError, match=r"none of the 60 rows has a class in the column class.*columns\.predicted"):
        count([(str(n), " ") for n in range(60)], [("0", "a")])
