"""Which buckets are recomputed after what happened to a log, on every engine; of files, with types and without."""

from copy import deepcopy
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import pytest

from tests.support.kept_counts import KeptCounts, opened
from tests.support.log_oracle import all_buckets, comparable, oracle
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import START

pytestmark = pytest.mark.parametrize("place", ["duckdb-parquet", "duckdb-csv", "sqlite", "postgresql"], indirect=True)

HOUR = timedelta(hours=1)
NOW = START + 48 * HOUR


def bucket(hour: int) -> int:
    return int((START + hour * HOUR).timestamp())


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> str:
    """The name of the kind of place."""
    found: str = request.node.callspec.params["place"]
    return found


@pytest.fixture
def story(kind: str, place: LogPlace, log: Log) -> "Story":
    """The log, looked at once."""
    return Story(kind, place, log)


@pytest.fixture
def log() -> Log:
    """A prediction an hour for ten hours, each labelled twenty hours later."""
    predictions = [Prediction(i, START + i * HOUR, "a") for i in range(10)]
    return Log(predictions, [Label(str(i), "a", START + (20 + i) * HOUR) for i in range(10)])


_FIRST_LOOKS: Final[dict[str, KeptCounts]] = {}
"""What a first look keeps, by the kind of place and the log: most stories begin with the same one."""


class Story:
    """A log that is looked at after each thing that happens; the counts kept must always be right."""

    def __init__(self, kind: str, place: LogPlace, log: Log) -> None:
        self.place, self.log, self.kept = place, log, KeptCounts()
        first = f"{kind} {log}"
        if first not in _FIRST_LOOKS:
            self.look()
            _FIRST_LOOKS[first] = deepcopy(self.kept)
        self.kept = deepcopy(_FIRST_LOOKS[first])

    def look(self, as_of: datetime = NOW) -> tuple[int, ...]:
        self.place.write(self.log)
        changed = self.kept.look(opened(self.place), as_of)
        expected = oracle(self.log, all_buckets(self.log), as_of)
        assert comparable(self.kept.counts()) == comparable(expected)
        return changed


def test_a_log_that_stays_the_same_has_no_changed_buckets(story: Story) -> None:
    assert story.look() == ()


def test_a_row_that_is_committed_late_changes_its_bucket_and_those_of_its_labels(story: Story) -> None:
    story.log.predictions.append(Prediction(50, START + 3 * HOUR, "b"))
    assert story.look() == (bucket(3), bucket(23))


def test_a_late_label_changes_the_bucket_of_its_prediction(story: Story) -> None:
    story.log.labels.append(Label("4", "b", START + 40 * HOUR))
    assert story.look() == (bucket(4), bucket(40))


def test_a_deleted_row_is_noticed(story: Story) -> None:
    del story.log.predictions[5]
    assert bucket(5) in story.look()


def test_a_deleted_label_is_noticed(story: Story) -> None:
    del story.log.labels[5]
    assert bucket(5) in story.look()


def test_a_label_overwritten_in_place_is_noticed(story: Story) -> None:
    story.log.labels[5] = replace(story.log.labels[5], label="b")
    assert bucket(5) in story.look()


def test_a_prediction_overwritten_in_place_is_noticed(story: Story) -> None:
    story.log.predictions[5] = replace(story.log.predictions[5], predicted="b")
    assert story.look() == (bucket(5), bucket(25))


def test_two_predictions_that_swap_their_classes_are_noticed(place: LogPlace, log: Log, kind: str) -> None:
    log.predictions += [Prediction(60, START + HOUR, "x"), Prediction(61, START + HOUR, "y")]
    story = Story(kind, place, log)
    log.predictions[-2:] = [Prediction(60, START + HOUR, "y"), Prediction(61, START + HOUR, "x")]
    assert bucket(1) in story.look()


def test_a_time_overwritten_in_place_is_noticed(story: Story) -> None:
    story.log.predictions[5] = replace(story.log.predictions[5], ts=START + 5 * HOUR + timedelta(microseconds=1))
    assert bucket(5) in story.look()


def test_an_earlier_row_that_comes_late_takes_the_place_of_its_duplicate(story: Story) -> None:
    story.log.predictions.append(Prediction(8, START + 2 * HOUR, "earlier"))
    assert {bucket(2), bucket(8)} <= set(story.look())


def test_a_prediction_that_comes_after_its_label_makes_it_no_orphan(place: LogPlace, log: Log, kind: str) -> None:
    log.labels.append(Label("99", "a", START + 15 * HOUR))
    story = Story(kind, place, log)
    log.predictions.append(Prediction(99, START + 9 * HOUR, "a"))
    assert {bucket(9), bucket(15)} <= set(story.look())


def test_time_that_passes_brings_only_what_became_known(story: Story) -> None:
    story.log.labels.append(Label("2", "b", NOW + HOUR))
    assert story.look(NOW) == ()
    assert story.look(NOW + HOUR) == (bucket(2), bucket(49))


def test_old_rows_that_are_rotated_away_change_nothing(place: LogPlace, log: Log) -> None:
    place.write(log)
    kept = KeptCounts()
    kept.look(opened(place), NOW)
    before = comparable(kept.counts())
    place.write(Log(log.predictions[3:], log.labels[3:]))
    assert kept.look(opened(place), NOW) == ()
    assert comparable(kept.counts()) == before
