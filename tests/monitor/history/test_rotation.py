"""Daily files of predictions rotate away while their labels stay, and whatever happens then, they stay counted."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.history import History
from monitor.log.prediction_log import PredictionLog, open_log
from tests.support.history import rows
from tests.support.logs import FileLog, Label, Prediction, write_parquet
from tests.support.looking import look
from tests.support.messy_logs import START

DAYS, EACH = 50, 300
DAY = timedelta(days=1)
OLD = int((START + 20 * DAY).timestamp())


@dataclass
class Rotating:
    """Fifty daily files of predictions and labels; the twenty oldest of predictions are gone after the first look."""

    folder: Path
    url: str
    history: History
    log: PredictionLog
    looks: int = 0

    def labels_of(self, day: int) -> list[Label]:
        at = START + day * DAY
        numbers = range(day * EACH, day * EACH + EACH, 2)
        return [Label(str(i), "a", at + timedelta(hours=30, seconds=i % EACH)) for i in numbers]

    def write_labels(self, day: int, labels: list[Label]) -> None:
        write_parquet(self.folder / f"labels-{day:02}.parquet", Label, labels)

    def predictions_of(self, day: int) -> list[Prediction]:
        at = START + day * DAY
        return [Prediction(day * EACH + i, at + timedelta(minutes=4 * i), "ab"[i % 2]) for i in range(EACH)]

    def write_predictions(self, day: int, predictions: list[Prediction]) -> None:
        write_parquet(self.folder / f"predictions-{day:02}.parquet", Prediction, predictions)

    def look(self) -> tuple[int, int]:
        """Look, and say how many predictions and labels of the twenty oldest days are kept."""
        self.looks += 1
        look(self.history, self.log, START + DAYS * DAY + self.looks * timedelta(minutes=15))
        found = rows(self.url, "SELECT bucket, n, n_labelled FROM total_cells")
        return sum(n for bucket, n, _ in found if bucket < OLD), sum(m for bucket, _, m in found if bucket < OLD)


@pytest.fixture
def rotating(tmp_path: Path, copied_sqlite: str) -> Iterator[Rotating]:
    source = FileLog(tmp_path, "parquet").source()
    log = open_log(source, bucket=timedelta(hours=1), segments=source.segments, key="monitors.bot.source")
    history = History.open(copied_sqlite)
    world = Rotating(tmp_path, copied_sqlite, history, log)
    for day in range(DAYS):
        world.write_predictions(day, world.predictions_of(day))
        world.write_labels(day, world.labels_of(day))
    assert world.look() == (6000, 3000)
    for day in range(20):
        (tmp_path / f"predictions-{day:02}.parquet").unlink()
    yield world
    log.close()
    history.close()


def test_all_of_it_stays_whatever_happens_then(rotating: Rotating) -> None:
    assert rotating.look() == (6000, 3000)

    labels = rotating.labels_of(35)
    rotating.write_labels(35, [replace(labels[0], label="b"), *labels[1:]])  # one label edited in place
    assert rotating.look() == (6000, 3000)

    predictions = rotating.predictions_of(30)
    rotating.write_predictions(30, predictions[:100] + predictions[101:])  # one row erased
    assert rotating.look() == (6000, 3000)

    (rotating.folder / "labels-10.parquet").unlink()  # one label file lost
    assert rotating.look() == (6000, 3000)

    rotating.write_predictions(5, rotating.predictions_of(5))  # one file is back
    assert rotating.look() == (6000, 3000)
    assert rows(rotating.url, "SELECT sum(n), sum(n_labelled) FROM total_cells") == [
        (15_000, 7_350)
    ]  # the last day has none yet
