"""What is old goes; what is open stays."""

from datetime import timedelta

from alerts.incident import State
from monitor.history import CycleRecord, History
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
    history.purge(T0 + FAR)
    assert rows(url, "SELECT id FROM incidents") == [(opened().incident.id,)]
    for table in ("incident_events", "advice", "notifications"):
        assert rows(url, f"SELECT incident_id FROM {table}") == [(opened().incident.id,)]  # noqa: S608


def test_after_two_weeks_the_last_estimate_of_each_hour_is_left(history: History) -> None:
    for minutes, value in ((0, 0.1), (15, 0.2), (45, 0.3), (60, 0.4), (75, 0.5)):
        cycle(history, minutes, value)
    cycle(history, timedelta(days=15) / timedelta(minutes=1), 0.6)
    cycle(history, timedelta(days=15) / timedelta(minutes=1) + 15, 0.7)
    history.purge(T0)
    assert [b.estimate.value for b in history.queries.metrics("bot", "accuracy")] == [0.3, 0.5, 0.6, 0.7]


def test_after_two_weeks_the_alarms_are_left_of_the_findings(history: History) -> None:
    with history.transaction("bot") as transaction:
        transaction.record(CycleRecord(T0, (), (finding(), clear("accuracy", "all")), ()))
    cycle(history, timedelta(days=15) / timedelta(minutes=1))
    history.purge(T0)
    assert [said.verdict for said in history.queries.findings("bot", T0)] == ["critical", "ok"]


def test_fingerprints_stay(history: History) -> None:
    put(history, counts(range(1), outcome(0)), marks(range(3)))
    history.purge(T0 + FAR)
    assert history.fingerprints("bot") == marks(range(3))
