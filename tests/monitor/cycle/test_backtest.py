"""A back-test counts from memory what the daemon counts look by look."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from alerts.messages.event_json import event_json
from config.monitor import MonitorSettings
from config.settings import Settings
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle.backtest import SimulatedTimes, told
from monitor.cycle.cycle import run_cycle
from monitor.history import History
from tests.support.logs import FileLog, Label, Log, Prediction

START = datetime(2026, 3, 1, tzinfo=UTC)
DAYS, ROWS = 12, 2000
BREAK = START + timedelta(days=8)
CLASSES = ("urgent", "billing", "account", "other")


def messy_log() -> Log:
    """Versions that follow and overlap each other, late, corrected and early labels, orphans, ids that come twice."""
    rng, log = random.Random(1), Log()
    for i in range(ROWS):
        at, truth = START + timedelta(days=DAYS) * rng.random(), rng.choice(CLASSES)
        is_new = at > BREAK - timedelta(hours=rng.choice((0, 20)))
        wrong = rng.random() < (0.8 if at > BREAK and truth == "urgent" else 0.04)
        predicted = rng.choice(CLASSES) if wrong else truth
        row = Prediction(
            rng.choice((None, i - 1)) if rng.random() < 0.03 else i,
            at,
            rng.choice((predicted, predicted.upper())),
            latency_ms=rng.lognormvariate(5, 0.5),
            model_version="m2" if is_new else "m1",
            prompt_version="v2" if at > START + timedelta(days=5) else "v1",
            confidence=rng.choice((0.6, 0.93, None, 2)),
            channel=rng.choice(("web", "app", None)),
            relevance=rng.choice((0.9, 0.5, None)),
            judge="thumbs",
        )
        log.predictions.append(row)
        if rng.random() < 0.7:
            known = at + timedelta(hours=rng.choice((-1, 2, 30)) * rng.random())
            identity = str(rng.choice((i, i, i, i, i, i, i, i, ROWS + i)))
            probability = rng.choice((None, None, 0.5))
            log.labels.append(Label(identity, rng.choice((truth, truth, truth, truth, None)), known, probability))
            if rng.random() < 0.1:
                log.labels.append(Label(identity, rng.choice(CLASSES), known + timedelta(hours=20), probability))
    return log


SPAN = SimulatedTimes(START + timedelta(days=7, hours=7), START + timedelta(days=DAYS), timedelta(hours=20))

Left = tuple[list[Any], dict[str, list[Any]]]
"""The events, and the rows of each table of the history."""


def played(place: FileLog, file: Path, *, from_memory: Callable[[int], bool]) -> Left:
    """Look at the log, from memory where the number of the look says so, all in one history."""
    chosen = {"source": place.source(), "window": "3d", "reference": "5d", "classes": {"urgent": {"min_recall": 0.8}}}
    settings = Settings(monitors={"bot": MonitorSettings.model_validate(chosen)})
    url, events = f"sqlite:///{file}", list[Any]()
    histories = {replay: History.open(url) for replay in (True, False)}
    histories[True].remember()
    monitors = {each: build_monitor(settings, "bot", histories[each], replay=each) for each in histories}
    for number, now in enumerate(SPAN.times()):
        report = run_cycle(monitors[from_memory(number)], now)
        events += [event_json(step) for step in told(report)]
    for replay, history in histories.items():
        monitors[replay].log.close()
        history.close()
    return events, tables(url)


def tables(url: str) -> dict[str, list[Any]]:
    """All that is in the history but for what each look cost."""
    engine, known, left = sa.create_engine(url), sa.MetaData(), dict[str, list[Any]]()
    known.reflect(engine)
    with engine.connect() as connection:
        for name, table in known.tables.items():
            columns = [column for column in table.c if column.name not in ("seconds", "buckets_read")]
            left[name] = sorted(connection.execute(sa.select(*columns)).all(), key=repr)
    engine.dispose()
    return left


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> FileLog:
    place = FileLog(tmp_path_factory.mktemp("log"), "parquet")
    place.write(messy_log())
    return place


@pytest.fixture(scope="module")
def look_by_look(place: FileLog) -> Left:
    return played(place, place.folder / "read.db", from_memory=lambda _: False)


@pytest.mark.parametrize(
    "from_memory",
    [
        pytest.param(lambda _: True, id="all"),
        pytest.param(lambda number: number not in (2, 4), id="but for looks that another process makes"),
    ],
)
def test_a_back_test_from_memory_is_the_same_as_one_look_by_look_on_a_messy_log(
    place: FileLog, look_by_look: Left, tmp_path: Path, from_memory: Callable[[int], bool]
) -> None:
    events, left = played(place, tmp_path / "replayed.db", from_memory=from_memory)
    assert events
    assert events == look_by_look[0]
    assert {name: len(rows) for name, rows in left.items()} == {n: len(rows) for n, rows in look_by_look[1].items()}
    for name, rows in left.items():
        assert rows == look_by_look[1][name], name
