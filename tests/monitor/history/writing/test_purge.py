"""What is old goes; what is open stays."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from alerts.incident import State
from monitor.history import CycleRecord, History
from monitor.history.writing.thinning import Batch, Thinning, thin
from tests.support.history import at, counts, estimate, latency, marks, outcome, put, random_counts, rows
from tests.support.incidents import T0, clear, finding, opened

FAR = timedelta(days=400)


def cycle(history: History, minutes: float, value: float = 0.9) -> None:
    now = T0 + timedelta(minutes=minutes)
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(now, (estimate(value=value),), (clear(now=now),), ()))


def test_old_buckets_and_beliefs_go(history: History, url: str) -> None:
    put(history, counts(range(3), outcome(0), outcome(2), latency=(latency(0), latency(2))))
    cycle(history, 0)
    cycle(history, 120)
    assert history.purge(T0 + timedelta(minutes=60)) > 0
    tables = ("bucket_outcomes", "bucket_latency", "total_cells")
    assert [rows(url, f"SELECT count(*) FROM {name}") for name in tables] == [[(0,)]] * 3  # noqa: S608
    tables = ("metric_history", "findings", "cycles")
    assert [rows(url, f"SELECT count(*) FROM {name}") for name in tables] == [[(1,)]] * 3  # noqa: S608


def test_what_is_kept_stays_as_it_is(history: History, url: str) -> None:
    given = random_counts(1, range(5))
    put(history, given)
    assert history.purge(at(0)) == 0
    assert rows(url, "SELECT sum(n) FROM bucket_outcomes") == [(sum(row.n for row in given.outcomes),)]


def test_resolved_incidents_go_with_all_that_is_theirs_and_open_ones_stay(history: History, url: str) -> None:
    over = opened(id="quality-0", state=State.RESOLVED, resolved_at=T0)
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(T0, (), (), (over, opened()), ("slack",)))
    history.purge(T0 + timedelta(days=2))
    assert rows(url, "SELECT id FROM incidents") == [(opened().incident.id,)]
    for table in ("incident_events", "advice", "notifications"):
        assert rows(url, f"SELECT incident_id FROM {table}") == [(opened().incident.id,)]  # noqa: S608


def test_after_two_weeks_the_last_estimate_of_each_hour_is_left_and_after_ninety_days_of_each_day(
    history: History,
) -> None:
    for minutes, value in ((0, 0.1), (15, 0.2), (45, 0.3), (60, 0.4), (75, 0.5)):
        cycle(history, minutes, value)
    later = timedelta(days=15) / timedelta(minutes=1)
    cycle(history, later, 0.6)
    cycle(history, later + 15, 0.7)
    assert history.thin(T0 + FAR, Thinning()) > 0
    assert believed(history) == [0.3, 0.5, 0.6, 0.7]
    cycle(history, timedelta(days=91) / timedelta(minutes=1), 0.8)
    history.thin(T0 + FAR, Thinning())
    assert believed(history) == [0.5, 0.7, 0.8]
    assert history.thin(T0 + FAR, Thinning()) == 0


def believed(history: History) -> list[float | None]:
    return [belief.estimate.value for belief in history.queries.metrics("bot", "accuracy")]


def test_ages_are_counted_from_the_newest_look_or_from_now_where_that_lies_ahead(history: History) -> None:
    cycle(history, 0, 0.1)
    cycle(history, 15, 0.2)
    assert history.thin(T0 + FAR, Thinning()) == 0
    cycle(history, FAR / timedelta(minutes=1), 0.3)  # a look of a clock that was wrong
    assert history.thin(T0 + timedelta(hours=1), Thinning()) == 0


def test_a_series_that_did_not_change_keeps_its_last_row_of_the_hour(history: History, url: str) -> None:
    for minutes, accuracy in ((0, 0.1), (15, 0.2), (30, 0.3)):
        now = T0 + timedelta(minutes=minutes)
        with history.transaction("bot") as transaction:
            lines = (estimate(value=accuracy), estimate("coverage", 0.6))
            transaction.record(CycleRecord(now, lines, (), ()))
    cycle(history, FAR / timedelta(minutes=1), 0.9)
    history.thin(T0 + FAR, Thinning(timedelta(days=14), timedelta(days=390)))
    told = rows(url, "SELECT metric, value FROM metric_history ORDER BY as_of, metric")
    assert told == [("coverage", 0.6), ("accuracy", 0.3), ("accuracy", 0.9)]


def test_a_look_that_an_incident_speaks_of_keeps_its_metrics_and_nothing_else_is_thinned(
    history: History, url: str
) -> None:
    for minutes, value in ((0, 0.1), (15, 0.2), (30, 0.3)):
        now = T0 + timedelta(minutes=minutes)
        steps = (opened(monitor="bot"),) if minutes == 0 else ()
        with history.transaction("bot") as transaction:
            transaction.record(CycleRecord(now, (estimate(value=value),), (finding(), clear("a", "b")), steps))
    put(history, counts(range(3), outcome(0), outcome(2)))
    cycle(history, FAR / timedelta(minutes=1), 0.9)
    tables = ("findings", "incidents", "incident_events", "advice", "outcome_cells")
    before = [rows(url, f"SELECT * FROM {name} ORDER BY 1") for name in tables]  # noqa: S608
    history.thin(T0 + FAR, Thinning())
    assert [rows(url, f"SELECT * FROM {name} ORDER BY 1") for name in tables] == before  # noqa: S608
    assert believed(history) == [0.1, 0.3, 0.9]
    assert rows(
        url, "SELECT count(*) FROM findings f JOIN cycles c ON c.monitor = f.monitor AND c.as_of = f.as_of"
    ) == [(len(before[0]),)]


def test_cycles_that_nothing_speaks_of_are_forgotten(history: History, url: str) -> None:
    for minutes in (0, 15, 30):
        with history.transaction("bot") as transaction:
            transaction.record(CycleRecord(T0 + timedelta(minutes=minutes), (estimate(),), (), ()))
    cycle(history, FAR / timedelta(minutes=1), 0.9)
    history.thin(T0 + FAR, Thinning())
    assert rows(url, "SELECT count(*) FROM cycles") == [(2,)]  # the first estimate was repeated, and so not kept


def test_thinning_that_is_interrupted_goes_on_the_next_time(
    history: History, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for look in range(8):
        cycle(history, 15 * look, look / 10)
    cycle(history, FAR / timedelta(minutes=1), 0.9)
    monkeypatch.setattr("monitor.history.writing.thinning.ROWS", 1)
    first = thin
    done: list[int] = []

    def dies(connection: sa.Connection, batch: Batch) -> int:
        if done:
            raise KeyboardInterrupt
        done.append(1)
        return first(connection, batch)

    with monkeypatch.context() as dying:
        dying.setattr("monitor.history.history.thin", dies)
        with pytest.raises(KeyboardInterrupt):
            history.thin(T0 + FAR, Thinning())
    assert len(believed(history)) == 8
    history.thin(T0 + FAR, Thinning())
    assert believed(history) == [0.7, 0.9]
    assert rows(url, "SELECT count(*) FROM belief_times") == [(2,)]


def test_days_say_what_is_left_of_a_day_that_was_cut(history: History, url: str) -> None:
    put(history, random_counts(3, range(72)))
    history.purge(at(30))
    sums = "SELECT sum(n), sum(weight) FROM "
    assert rows(url, sums + "daily_outcomes") == rows(url, sums + "bucket_outcomes")
    assert rows(url, "SELECT count(*) FROM daily_accuracy") == [(2,)]


def test_fingerprints_stay(history: History) -> None:
    put(history, counts(range(1), outcome(0)), marks(range(3)))
    history.purge(T0 + timedelta(days=2))
    assert history.fingerprints("bot") == marks(range(3))
