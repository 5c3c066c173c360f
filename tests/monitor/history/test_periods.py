"""Figures of weeks and of versions: the numbers by hand, the same on both engines, and what intervals hold."""

# ruff: noqa: S608 - SQL of names that are written here

import math
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from alerts.incident import Event, Incident, Reason, State, Transition
from monitor.history import CycleRecord, History
from monitor.history.schema import CLASSES, MONITORS, OUTCOME_DAYS, SLICES, VERSIONS
from monitor.log.counts import DelayRow, ProblemRow
from tests.support.history import T0, at, counts, latency, outcome, put, random_counts, rows
from tests.support.incidents import incident

WHOLE = "slice = 'all' AND model_version = '(all)' AND prompt_version = '(all)'"


def test_weeks_begin_on_monday_and_versions_are_told_apart_and_together(history: History, url: str) -> None:
    # The first of March 2026 is a Sunday.
    cells = (outcome(23, "card", "card", 8), outcome(24, "card", "card", 3), outcome(25, "card", "urgent", 1))
    put(history, counts(range(30), *cells, outcome(26, "card", "card", 4, prompt_version="p2")))
    asked = "SELECT CAST(week AS VARCHAR), model_version, prompt_version, n, accuracy FROM weekly_accuracy"
    first, second = "2026-02-23", "2026-03-02"
    assert sorted(rows(url, asked)) == [
        (first, "(all)", "(all)", 8, 1.0),
        (first, "(all)", "p1", 8, 1.0),
        (first, "m1", "(all)", 8, 1.0),
        (first, "m1", "p1", 8, 1.0),
        (second, "(all)", "(all)", 8, 0.875),
        (second, "(all)", "p1", 4, 0.75),
        (second, "(all)", "p2", 4, 1.0),
        (second, "m1", "(all)", 8, 0.875),
        (second, "m1", "p1", 4, 0.75),
        (second, "m1", "p2", 4, 1.0),
    ]


def test_a_version_has_its_whole_life_and_segments_are_slices(history: History, url: str) -> None:
    of_voice = outcome(200, "card", "card", 2, segment="channel", value="voice")
    put(history, counts(range(201), outcome(0, "card", "urgent", 3), outcome(200, "card", "card", 9), of_voice))
    days = "CAST(first_day AS VARCHAR), CAST(last_day AS VARCHAR)"
    asked = f"SELECT slice, {days}, accuracy, n FROM version_accuracy"
    assert rows(url, f"{asked} WHERE model_version = 'm1' AND prompt_version = 'p1' ORDER BY slice") == [
        ("all", "2026-03-01", "2026-03-09", 0.75, 12),
        ("channel=voice", "2026-03-09", "2026-03-09", 1.0, 2),
    ]


def test_recall_of_a_week_counts_the_urgent_that_nobody_labelled(history: History, url: str) -> None:
    # Predicted urgent: 10, all labelled, all right. Predicted other: 990, 90 labelled, 1 of them urgent: 11 in truth.
    cells = [("urgent", "urgent", 10), ("other", "other", 89), ("other", "urgent", 1), ("other", None, 900)]
    put(history, counts(range(1), *(outcome(0, predicted, label, n) for predicted, label, n in cells)))
    recall, low, high, raw, n = rows(
        url, f"SELECT recall, low, high, raw, n FROM weekly_recall WHERE {WHOLE} AND class = 'urgent'"
    )[0]
    assert (recall, raw, n) == (pytest.approx(10 / 21), pytest.approx(10 / 11), 11)
    assert low < 0.25
    assert high > 0.7
    precision, n, predicted = rows(
        url, f"SELECT precision, n, n_predicted FROM weekly_precision WHERE {WHOLE} AND class = 'other'"
    )[0]
    assert (precision, n, predicted) == (pytest.approx(89 / 90), 90, 990)
    assert rows(url, "SELECT precision, raw, n, n_predicted FROM daily_precision WHERE class = 'other'") == [
        (pytest.approx(89 / 90), pytest.approx(89 / 90), 90, 990)
    ]


def test_where_nobody_labelled_anything_there_is_no_figure(history: History, url: str) -> None:
    put(history, counts(range(1), outcome(0, n=3)))
    found = rows(url, f"SELECT accuracy, low, high, n, n_labelled FROM weekly_accuracy WHERE {WHOLE}")
    assert found == [(None, 0.0, 1.0, 3, 0)]
    assert rows(url, "SELECT * FROM weekly_recall") == []
    assert rows(url, "SELECT * FROM daily_precision") == []


def test_latency_of_a_week_has_the_quantiles_of_its_days(history: History, url: str) -> None:
    put(history, counts(range(1), latency=tuple(latency(0, 300 + bin_, 10) for bin_ in range(100))))
    columns = "p50_ms, p95_ms, p99_ms, n"
    whole = "model_version = '(all)' AND prompt_version = '(all)'"
    weekly = rows(url, f"SELECT {columns} FROM weekly_latency WHERE {whole}")
    assert weekly == rows(url, f"SELECT {columns} FROM daily_latency")
    ((low, middle, high),) = rows(url, f"SELECT p50_low_ms, p50_ms, p50_high_ms FROM version_latency WHERE {whole}")
    # 1,000 answers: the ranks are 500 - 31 and 500 + 31, in bins of 10.
    assert [round(math.log(ms) / math.log(1.02) - 0.5) for ms in (low, middle, high)] == [346, 349, 353]


def test_label_delays_are_unpacked(history: History, url: str) -> None:
    delays = [DelayRow(T0, "card", 0, 70000, "card"), DelayRow(T0, "urgent", 90, 3, "card")]
    delays += [DelayRow(T0 + 3600, "card", 90, 70000, "card"), DelayRow(T0, "card", 120, 1, "urgent")]
    put(history, counts(range(2), outcome(0, "card", "card"), outcome(0, "card", "urgent"), delays=tuple(delays)))
    found = {name: figures for name, *figures in rows(url, "SELECT class, p50_hours, p90_hours, n FROM label_delays")}
    hours = {bin_: pytest.approx(1.1 ** (bin_ + 0.5) / 3600) for bin_ in (0, 90, 120)}
    assert found == {"card": [hours[90], hours[90], 140003], "urgent": [hours[120], hours[120], 1]}


def test_corrected_labels_are_a_share_of_the_labels_of_their_day(history: History, url: str) -> None:
    problems = (ProblemRow(T0, "corrected_label", 2), ProblemRow(T0, "null_id", 9))
    put(history, counts(range(25), outcome(0, "card", "card", 8), outcome(24, "card", "card"), problems=problems))
    assert rows(url, "SELECT n, n_labelled, share FROM label_corrections ORDER BY day") == [(2, 8, 0.25), (0, 1, 0.0)]


def test_incident_times_say_how_long_people_took(history: History, url: str) -> None:
    opened = incident(opened_at=at(2), since=at(1), onset=at(0), updated_at=at(1))
    taken = incident(opened_at=at(2), since=at(1), onset=at(0), updated_at=at(5), acknowledged_by="ann")
    over = incident(
        opened_at=at(2), since=at(1), onset=at(0), updated_at=at(9), resolved_at=at(9), state=State.RESOLVED
    )
    steps = (
        told(Event.OPENED, at(2), opened),
        told(Event.ACKNOWLEDGED, at(5), taken),
        told(Event.RESOLVED, at(7), over),
        told(Event.REOPENED, at(8), taken),
        told(Event.RESOLVED, at(9), over),
    )
    with history.transaction("support-bot") as transaction:
        transaction.record(CycleRecord(at(9), (), (), steps))
    ((told_at, reopened_at, reopened, alarm, took, lasted),) = rows(
        url,
        "SELECT told_at, reopened_at, reopened, false_alarm, hours_to_acknowledge, hours_to_resolve "
        "FROM incident_times",
    )
    assert [time_of(told_at), time_of(reopened_at)] == [at(2), at(8)]
    assert (reopened, bool(alarm), took, lasted) == (1, False, 3.0, 8.0)


def told(event: Event, when: datetime, it: Incident) -> Transition:
    return Transition(it, event, when, Reason.ALARM_FIRED)


def time_of(found: object) -> datetime:
    return found if isinstance(found, datetime) else datetime.fromisoformat(f"{found}+00:00")


VIEWS = [
    f"{period}_{what}" for period in ("weekly", "version") for what in ("accuracy", "recall", "precision", "latency")
]


def test_both_databases_give_the_same_figures(emptied_postgres: str, tmp_path: Path) -> None:
    urls = [f"sqlite:///{tmp_path / 'history.db'}", emptied_postgres]
    found = []
    for url in urls:
        history = History.open(url)
        put(history, random_counts(5, range(60)))
        history.close()
        asked = [
            *VIEWS,
            "label_delays",
            "label_corrections",
            "daily_precision",
            "daily_labellers",
            "labeller_agreement",
        ]
        found.append({view: sorted(map(plain, rows(url, f"SELECT * FROM {view}"))) for view in asked})
    assert all(found[0].values())
    assert found[0] == found[1]


def plain(row: tuple[object, ...]) -> list[str]:
    return [str(part) if isinstance(part, str) or hasattr(part, "year") else f"{float(part):.9g}" for part in row]  # type: ignore[arg-type]


TRUTH = np.array([0.7, 0.25, 0.05])
ANSWERS = np.array([[0.95, 0.04, 0.01], [0.10, 0.86, 0.04], [0.15, 0.05, 0.80]])


@pytest.mark.parametrize("labelled", [(0.05, 0.2, 0.8), (1.0, 1.0, 1.0)])
def test_intervals_hold_the_truth_as_often_as_they_say(copied_sqlite: str, labelled: tuple[float, ...]) -> None:
    """600 chatbots of one week, whose labels depend on what was predicted: each interval covers 92% at the least."""
    chatbots = 600
    weeks(copied_sqlite, chatbots, labelled)
    joint = TRUTH[:, None] * ANSWERS
    truths = {
        "accuracy": [np.trace(joint)],
        "recall": np.diag(ANSWERS),
        "precision": np.diag(joint) / joint.sum(axis=0),
    }
    for metric, values in truths.items():
        for place, value in enumerate(values):
            of_class = "" if metric == "accuracy" else f" AND class = 'c{place}'"
            found = rows(copied_sqlite, f"SELECT low, high FROM weekly_{metric} WHERE {WHOLE}{of_class}")
            held = sum(low <= value <= high for low, high in found) / chatbots
            assert 0.92 < held < 0.995, (metric, place, held)


def weeks(url: str, chatbots: int, labelled: tuple[float, ...]) -> None:
    rng = np.random.default_rng(1)
    joint = (TRUTH[:, None] * ANSWERS).ravel()
    cells = rng.multinomial(3000, joint, chatbots).reshape(chatbots, 3, 3)
    known = rng.binomial(cells, np.array(labelled))
    days = []
    for bot in range(chatbots):
        for predicted in range(3):
            each = [(0, int((cells - known)[bot, :, predicted].sum()), 0)]
            each += [(true + 1, int(n), int(n)) for true, n in enumerate(known[bot, :, predicted])]
            days += [(bot, predicted + 1, label, n, weight) for label, n, weight in each if n]
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(CLASSES.insert(), [{"id": k + 1, "name": f"c{k}"} for k in range(3)])
        connection.execute(VERSIONS.insert(), {"id": 1, "model_version": "m1", "prompt_version": "p1"})
        connection.execute(MONITORS.insert(), [{"id": k, "name": f"bot{k}", "shape": ""} for k in range(chatbots)])
        slices = [{"id": k, "monitor_id": k, "segment": "", "value": ""} for k in range(chatbots)]
        connection.execute(SLICES.insert(), slices)
        names = ("slice_id", "predicted_id", "label_id", "n", "weight")
        cells_of = [dict(zip(names, day, strict=True)) | {"weight_squared": day[4]} for day in days]
        connection.execute(OUTCOME_DAYS.insert().values(day=T0, version_id=1), cells_of)
    engine.dispose()
