"""A back-test counts from memory what the daemon counts look by look."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from alerts.messages.event_json import event_json
from config.monitor import MonitorSettings
from config.settings import Settings
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle.backtest import Span, play, told
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


def played(place: FileLog, file: Path, *, replay: bool) -> tuple[list[Any], dict[str, list[Any]]]:
    """The events of a back-test, and all that it left in the history but for what each look cost."""
    chosen = {"source": place.source(), "window": "3d", "reference": "5d", "classes": {"urgent": {"min_recall": 0.8}}}
    settings = Settings(monitors={"bot": MonitorSettings.model_validate(chosen)})
    left: dict[str, list[Any]] = {}
    url = f"sqlite:///{file}"
    history = History.open(url)
    monitor = build_monitor(settings, "bot", history, replay=replay)
    span = Span(START + timedelta(days=7, hours=7), START + timedelta(days=DAYS), timedelta(hours=20))
    events = [event_json(step) for report in play([monitor], span) for step in told(report)]
    monitor.log.close()
    history.close()
    engine = sa.create_engine(url)
    tables = sa.MetaData()
    tables.reflect(engine)
    with engine.connect() as connection:
        for name, table in tables.tables.items():
            columns = [column for column in table.c if column.name not in ("seconds", "buckets_read")]
            left[name] = sorted(connection.execute(sa.select(*columns)).all(), key=repr)
    engine.dispose()
    return events, left


def test_a_back_test_from_memory_is_the_same_as_one_look_by_look_on_a_messy_log(tmp_path: Path) -> None:
    place = FileLog(tmp_path, "parquet")
    place.write(messy_log())
    events, left = played(place, tmp_path / "replayed.db", replay=True)
    look_by_look, left_then = played(place, tmp_path / "read.db", replay=False)
    assert events == look_by_look
    assert events
    assert {name: len(rows) for name, rows in left.items()} == {name: len(rows) for name, rows in left_then.items()}
    for name, rows in left.items():
        assert rows == left_then[name], name
