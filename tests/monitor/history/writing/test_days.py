"""Sums of days are those of their buckets after every kind of write."""

from dataclasses import replace
from datetime import timedelta

import pytest

from monitor.history import History
from monitor.log.counts import RelevanceRow
from tests.support.history import HOUR, T0, at, counts, days_that_differ, outcome, put, random_counts, rows

HOURLY = timedelta(hours=1)
SCORES = tuple(
    RelevanceRow(T0 + hour * HOUR, "m1", "p1", "card", "judge", 7, 2, 1_500_000, 1_125_000) for hour in (3, 30, 70)
)


@pytest.fixture
def full(history: History) -> History:
    """Four days, with a segment that days leave out."""
    given = random_counts(3, range(90), each=5)
    segment = tuple(outcome(hour, segment="channel", value="voice") for hour in range(0, 90, 7))
    put(history, replace(given, outcomes=(*given.outcomes, *segment), relevance=SCORES))
    return history


def count(url: str) -> int:
    ((n,),) = rows(url, "SELECT sum(n) FROM outcome_days")
    return int(n)


def test_counts_that_are_replaced_are_summed_anew(full: History, url: str) -> None:
    before = count(url)
    put(full, counts(range(23, 26), outcome(24, n=7)))
    assert count(url) == before - 15 + 7
    assert days_that_differ(url) == []


def test_a_span_that_is_forgotten_goes_from_its_days(full: History, url: str) -> None:
    before = count(url)
    full.forget_span("bot", at(20), at(30), HOURLY, really=True)
    assert count(url) == before - 50
    assert days_that_differ(url) == []


@pytest.mark.parametrize("hour", [0, 24, 30.5, 96])
def test_a_purge_leaves_the_days_that_are_kept(full: History, url: str, hour: float) -> None:
    full.purge(at(hour))
    assert days_that_differ(url) == []


def test_buckets_of_another_length_are_summed_anew(full: History, url: str) -> None:
    full.adopt("bot", "another")
    put(full, counts(range(40, 42), outcome(41, n=3)))
    assert days_that_differ(url) == []
