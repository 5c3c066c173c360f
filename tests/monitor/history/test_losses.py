"""What the log loses, the history keeps: nothing falls, and nothing is counted twice when it comes back."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from checks.counts.windows import Missing
from checks.estimates.cycle_data import Measured
from checks.metrics.log import lost_rows
from monitor.history import CycleRecord, History
from monitor.log.counts import BucketCounts
from monitor.log.prediction_log import open_log
from tests.support.history import SPEC, rows
from tests.support.kept_counts import opened
from tests.support.logs import FileLog, Label, Log, LogPlace, Prediction, TableLog
from tests.support.looking import look
from tests.support.messy_logs import START

HOUR = timedelta(hours=1)
NOW = START + 60 * HOUR
TABLES = {
    "outcomes": "SELECT bucket_start, predicted, label, sum(n) FROM bucket_outcomes GROUP BY 1, 2, 3",
    "segments": "SELECT bucket_start, value, predicted, label, sum(n) FROM bucket_segments GROUP BY 1, 2, 3, 4",
    "confidences": "SELECT bucket_start, band, label, n, confidence FROM bucket_confidences",
    "latency": "SELECT bucket_start, bin, n FROM bucket_latency",
    "relevance": "SELECT bucket_start, source, bin, n, score FROM bucket_relevance",
    "delays": "SELECT bucket, predicted_id, counts, labels FROM delay_cells",
}


def some_log() -> Log:
    """Five predictions an hour for ten hours, three in five of them labelled twenty hours later."""
    predictions, labels = [], []
    for i in range(50):
        at = START + i // 5 * HOUR + timedelta(minutes=i % 5)
        row = Prediction(i, at, "ab"[i % 2], 100.0 + i, confidence=0.5 + i % 5 / 10, channel=("web", "app")[i % 3 // 2])
        predictions.append(replace(row, relevance=i % 4 / 4, judge="thumb"))
        if i % 5 < 3:
            labels.append(Label(str(i), "abc"[i % 3], at + 20 * HOUR))
    return Log(predictions, labels)


class Story:
    """A log that is looked at after each thing that happens."""

    def __init__(self, url: str, history: History, folder: Path, now: datetime = NOW) -> None:
        self.url, self.history, self.log, self.now = url, history, some_log(), now
        self.place: LogPlace = TableLog(f"sqlite:///{folder / 'log.db'}")

    def look(self) -> BucketCounts:
        self.place.write(self.log)
        self.now += timedelta(minutes=15)
        return look(self.history, opened(self.place), self.now)

    def kept(self) -> dict[str, list[str]]:
        return {name: sorted(map(str, rows(self.url, statement))) for name, statement in TABLES.items()}

    def totals(self) -> tuple[int, int]:
        (found,) = rows(self.url, "SELECT sum(n), sum(n_labelled) FROM total_cells")
        return int(found[0] or 0), int(found[1] or 0)

    def told(self) -> dict[str, int]:
        found = rows(self.url, "SELECT kind, sum(n) FROM problem_cells GROUP BY kind")
        return {kind: int(n) for kind, n in found}


@pytest.fixture(scope="module")
def begun(sqlite_history: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, datetime]:
    """The log and the history of a story that was looked at once, and when."""
    folder = tmp_path_factory.mktemp("begun")
    url = f"sqlite:///{shutil.copy(sqlite_history, folder)}"
    with closing(History.open(url)) as history:
        story = Story(url, history, folder)
        story.look()
    return folder, story.now


@pytest.fixture
def story(begun: tuple[Path, datetime], tmp_path: Path) -> Iterator[Story]:
    folder = Path(shutil.copytree(begun[0], tmp_path / "story"))
    url = f"sqlite:///{folder / 'history.db'}"
    with closing(History.open(url)) as history:
        yield Story(url, history, folder, begun[1])


def ids(first: int, last: int) -> set[str]:
    return {str(i) for i in range(first, last)}


def lose(log: Log, gone: set[str]) -> None:
    log.predictions = [row for row in log.predictions if str(row.prediction_id) not in gone]


def lose_labels(log: Log, gone: set[str]) -> None:
    log.labels = [row for row in log.labels if row.prediction_id not in gone]


@pytest.mark.parametrize(
    "gone",
    [ids(0, 20), ids(0, 23), ids(22, 23), ids(20, 25), ids(12, 38), ids(45, 50), ids(0, 49)],
    ids=["oldest hours", "part of an hour too", "one row", "one hour", "across hours", "the newest", "all but one"],
)
def test_predictions_that_the_log_loses_stay_counted(story: Story, gone: set[str]) -> None:
    before = story.kept()
    lose(story.log, gone)
    story.look()
    assert story.kept() == before
    story.log.labels[-1] = replace(story.log.labels[-1], probability=0.5)  # edited in place: all is counted again
    story.look()
    assert story.totals() == (50, 30)
    assert {kind for kind in story.told() if kind.startswith("orphan")} == set()


def test_a_label_edited_in_place_counts_as_it_is_now_beside_predictions_that_are_gone(story: Story) -> None:
    lose(story.log, ids(0, 20))
    story.look()
    story.log.labels[-1] = replace(story.log.labels[-1], label="z")
    story.look()
    assert story.totals() == (50, 30)
    assert rows(story.url, "SELECT sum(n) FROM bucket_outcomes WHERE label = 'z'") == [(1,)]


def test_a_loss_is_told_and_an_old_end_that_rotates_is_not(story: Story) -> None:
    lose(story.log, ids(0, 20))
    assert story.look().notices == ()
    lose(story.log, ids(26, 28))
    assert [(notice.kind, notice.n, notice.examples) for notice in story.look().notices] == [
        ("lost_prediction", 2, (f"{START + 5 * HOUR:%Y-%m-%d %H:%M}",)),
        ("lost_label", 2, (f"{START + 5 * HOUR:%Y-%m-%d %H:%M}",)),
    ]
    assert story.told() == {"lost_prediction": 2, "lost_label": 2}
    assert story.look().notices == ()


def test_labels_that_the_log_loses_stay_counted(story: Story) -> None:
    before = story.kept()
    lose_labels(story.log, ids(20, 30))
    story.look()
    assert story.kept() == before
    assert story.told() == {"lost_label": 6}


@pytest.mark.parametrize("gone", [ids(0, 23), ids(22, 38), ids(40, 50)])
def test_what_comes_back_is_not_counted_twice(story: Story, gone: set[str]) -> None:
    before, whole = story.kept(), Log(list(story.log.predictions), list(story.log.labels))
    lose(story.log, gone)
    lose_labels(story.log, gone)
    story.look()
    story.look()
    assert story.kept() == before
    story.log = whole
    story.look()
    assert story.kept() == before
    assert story.told() == {}
    assert rows(story.url, "SELECT count(*) FROM retained_cells") == [(0,)]


def test_a_part_that_comes_back_leaves_the_rest_retained(story: Story) -> None:
    before, whole = story.kept(), list(story.log.predictions)
    lose(story.log, ids(20, 25))
    story.look()
    story.log.predictions = [row for row in whole if row.prediction_id not in {20, 21}]
    story.look()
    assert story.kept() == before
    assert story.told()["lost_prediction"] == 2
    lose(story.log, ids(24, 25))
    story.look()
    assert story.kept() == before
    assert story.told()["lost_prediction"] == 3


def test_rows_that_are_new_count_beside_those_that_are_lost(story: Story) -> None:
    lose(story.log, ids(22, 24))
    story.log.predictions.append(Prediction(99, story.now + timedelta(minutes=1), "new"))
    story.log.labels.append(Label("24", "late", story.now + timedelta(minutes=1)))
    story.look()
    assert story.totals() == (51, 31)
    story.log.predictions.append(Prediction(100, story.now - timedelta(minutes=1), "late"))
    story.look()
    assert story.totals() == (52, 31)


def test_new_rows_do_not_hide_the_loss_of_older_ones_in_the_same_hour(story: Story) -> None:
    story.log.predictions += [Prediction(60 + i, story.now - timedelta(seconds=i), "old") for i in range(3)]
    story.look()
    lose(story.log, ids(60, 62))
    story.log.predictions += [Prediction(70 + i, story.now + timedelta(minutes=1), "new") for i in range(4)]
    story.look()
    assert story.totals() == (57, 30)
    assert rows(story.url, "SELECT sum(n) FROM bucket_outcomes WHERE predicted = 'old'") == [(3,)]


def test_rows_written_anew_are_corrected_beside_those_that_are_lost(story: Story) -> None:
    lose(story.log, ids(22, 24))
    story.look()
    story.log.predictions = [
        replace(row, predicted="z") if row.prediction_id in {20, 21} else row for row in story.log.predictions
    ]
    story.look()
    assert story.totals() == (50, 30)
    assert rows(story.url, "SELECT sum(n) FROM bucket_outcomes WHERE predicted = 'z'") == [(2,)]


def test_a_log_that_is_empty_for_a_look_comes_back_whole(story: Story) -> None:
    before, whole = story.kept(), story.log
    story.log = Log(story.log.predictions[-1:], [])
    story.look()
    assert story.kept() == before
    story.log = whole
    story.look()
    assert story.kept() == before


def test_what_was_lost_outlives_a_count_made_in_another_way(story: Story) -> None:
    before = story.kept()
    story.history.adopt("bot", "one shape")
    story.look()
    lose(story.log, ids(0, 20) | ids(26, 28) | ids(35, 40))
    story.look()
    story.history.adopt("bot", "another")
    story.look()
    assert story.kept() == before


def test_what_was_lost_outlives_longer_buckets(story: Story) -> None:
    lose(story.log, ids(0, 12) | ids(26, 28) | ids(35, 40))
    story.look()
    story.history.adopt("bot", "longer buckets")
    source = story.place.source()
    log = open_log(source, bucket=4 * HOUR, segments=source.segments, key="monitors.bot.source")
    look(story.history, log, story.now + timedelta(minutes=15))
    assert story.totals() == (50, 30)


def test_files_lose_rows_too(story: Story, tmp_path: Path) -> None:
    story.place = FileLog(tmp_path, "parquet")
    story.look()
    before = story.kept()
    lose(story.log, ids(3, 33))
    story.look()
    assert story.kept() == before


def test_losses_are_kept_on_every_engine(url: str, history: History, tmp_path: Path) -> None:
    story = Story(url, history, tmp_path)
    story.look()
    before, whole = story.kept(), Log(list(story.log.predictions), list(story.log.labels))
    lose(story.log, ids(0, 23) | ids(30, 35))
    lose_labels(story.log, ids(25, 30))
    assert {notice.kind: notice.n for notice in story.look().notices} == {"lost_prediction": 5, "lost_label": 6}
    story.look()
    assert story.kept() == before
    story.log = whole
    story.look()
    assert story.kept() == before
    assert story.told() == {}


def test_what_is_newly_lost_is_told_by_the_looks_before_on_every_engine(
    url: str, history: History, tmp_path: Path
) -> None:
    story = Story(url, history, tmp_path)
    story.look()

    def missing() -> Missing:
        with history.transaction("bot") as transaction:
            windows = transaction.windows(SPEC, story.now)
            figures = lost_rows(Measured(windows))
            transaction.record(CycleRecord(story.now, figures, (), (), ()))
        return windows.extent.missing

    assert missing() == Missing()
    lose(story.log, ids(0, 23))
    story.look()
    assert missing() == Missing()
    lose(story.log, ids(30, 35) | ids(40, 41))
    story.look()
    found_at = story.now
    expected = Missing(6, 4, 6, 4, found_at, START + 6 * HOUR, START + 9 * HOUR, (START + 6 * HOUR, START + 8 * HOUR))
    assert missing() == expected
    story.look()
    assert missing() == expected
