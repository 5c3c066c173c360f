"""Buckets are replaced as a whole: what a bucket holds is what the log last said."""

import pytest

from monitor.history import History
from monitor.log.counts import Fingerprints, Mark, ProblemRow
from tests.support.history import HOUR, T0, counts, dump, marks, outcome, put, random_counts, rows

OUTCOMES = "SELECT predicted, label, n FROM bucket_outcomes ORDER BY predicted, label, n"


def test_a_late_label_replaces_what_was_known(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, n=5)))
    put(history, counts(range(1), outcome(0, n=4), outcome(0, label="card")))
    assert sorted(rows(url, "SELECT label, n FROM bucket_outcomes"), key=str) == [("card", 1), (None, 4)]


def test_a_bucket_that_is_named_and_has_no_rows_became_empty(history: History, url: str) -> None:
    put(history, counts(range(2), outcome(0), outcome(1)))
    put(history, counts(range(1)))
    assert rows(url, "SELECT count(*) FROM bucket_outcomes") == [(1,)]


def test_other_buckets_and_other_monitors_stay(history: History, url: str) -> None:
    put(history, counts(range(2), outcome(0, n=1), outcome(1, n=2)))
    put(history, counts(range(2), outcome(0, n=3), outcome(1, n=4)), monitor="other")
    put(history, counts(range(1, 2), outcome(1, n=9)))
    found = rows(url, "SELECT monitor, n FROM bucket_outcomes ORDER BY monitor, bucket_start")
    assert found == [("bot", 1), ("bot", 9), ("other", 3), ("other", 4)]


def test_the_same_counts_twice_change_nothing(history: History, url: str) -> None:
    put(history, random_counts(1, range(30)))
    before = dump(url)
    put(history, random_counts(1, range(30)))
    assert dump(url) == before


def test_buckets_in_pieces_give_what_they_give_at_once(history: History, url: str) -> None:
    whole = random_counts(2, range(12))
    put(history, whole)
    at_once = rows(url, "SELECT bucket_start, prompt_version, predicted, label, n, weight FROM bucket_outcomes")
    for hour in range(12):
        bucket = T0 + hour * HOUR
        part = counts(range(hour, hour + 1), *(row for row in whole.outcomes if row.bucket == bucket))
        put(history, part)
    in_pieces = rows(url, "SELECT bucket_start, prompt_version, predicted, label, n, weight FROM bucket_outcomes")
    assert sorted(in_pieces, key=str) == sorted(at_once, key=str)


def test_fingerprints_are_kept_exactly(history: History) -> None:
    first = Fingerprints({T0: Mark(3, 2**70), T0 + HOUR: Mark(1, -5)}, {T0: Mark(2, 0)})
    put(history, counts(range(1)), first)
    assert history.fingerprints("bot") == first
    second = Fingerprints({T0: Mark(4, 1)}, {T0 + HOUR: Mark(2, 0)})
    put(history, counts(range(1)), second)
    assert history.fingerprints("bot") == second


def test_a_monitor_that_was_never_seen_has_no_fingerprints_and_no_cursor(history: History) -> None:
    assert history.fingerprints("bot") == Fingerprints({}, {})
    assert history.cursor("bot") is None


def test_a_transaction_that_fails_leaves_nothing(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0)))
    before = dump(url)
    with pytest.raises(ZeroDivisionError):
        fail_after_writing(history)
    assert dump(url) == before


def fail_after_writing(history: History) -> None:
    with history.transaction("bot") as transaction:
        transaction.replace(random_counts(1, range(5)), marks(range(9)))
        raise ZeroDivisionError


def test_rows_without_a_usable_time_are_those_of_the_newest_count(history: History, url: str) -> None:
    put(
        history, counts(range(1), outcome(0), problems=(ProblemRow(None, "null_time", 5), ProblemRow(T0, "null_id", 1)))
    )
    put(history, counts(range(1, 2), problems=(ProblemRow(None, "null_time", 6),)))
    assert rows(url, "SELECT kind, n FROM problem_cells ORDER BY kind") == [("null_id", 1), ("null_time", 6)]


def test_names_that_no_database_takes_are_kept_readable(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, "a\0b"), outcome(0, "lone \ud800")))
    assert sorted(rows(url, "SELECT predicted FROM bucket_outcomes")) == [("a\N{REPLACEMENT CHARACTER}b",), ("lone ?",)]


def test_what_the_counts_are_made_with_is_told_once(history: History) -> None:
    assert history.adopt("bot", "bucket=1h")
    assert not history.adopt("bot", "bucket=1h")


def test_when_buckets_are_cut_anew_the_old_ones_go(history: History, url: str) -> None:
    history.adopt("bot", "bucket=1h")
    put(history, counts(range(6), *(outcome(hour) for hour in range(6))))
    assert history.adopt("bot", "bucket=2h")
    assert history.fingerprints("bot") == Fingerprints({}, {})
    put(history, counts(range(2, 6, 2), outcome(2, n=2), outcome(4, n=2)))
    assert rows(url, "SELECT n FROM bucket_outcomes ORDER BY bucket_start") == [(1,), (1,), (2,), (2,)]
