"""What is forgotten, and only that, lowers what the history keeps."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from monitor.history import History
from tests.monitor.history.test_losses import HOUR, Story, ids, lose
from tests.support.history import rows
from tests.support.kept_counts import opened
from tests.support.logs import Prediction
from tests.support.messy_logs import START


@pytest.fixture
def story(copied_sqlite: str, tmp_path: Path) -> Iterator[Story]:
    with closing(History.open(copied_sqlite)) as history:
        story = Story(copied_sqlite, history, tmp_path)
        story.look()
        yield story


def places(story: Story, *named: str) -> Mapping[str, int]:
    return opened(story.place).places(named)


def test_ids_are_found_where_the_log_has_them(story: Story) -> None:
    hour = int(START.timestamp())
    assert places(story, "0", "7", "49", "777") == {"0": hour, "7": hour + 3600, "49": hour + 9 * 3600}


@pytest.mark.parametrize("gone", [ids(22, 24), ids(20, 25), ids(0, 5)], ids=["rows", "all of an hour", "the oldest"])
def test_predictions_that_were_named_before_they_were_erased_count_no_more(story: Story, gone: set[str]) -> None:
    story.history.forget_predictions("bot", places(story, *gone), story.now)
    story.look()
    assert story.totals() == (50, 30)  # not erased yet
    lose(story.log, gone)
    assert story.look().notices == ()
    kept = [int(i) for i in range(50) if str(i) not in gone]
    assert story.totals() == (len(kept), len([i for i in kept if i % 5 < 3]))
    assert rows(story.url, "SELECT count(*) FROM forgetting") == [(0,)]
    story.look()
    assert story.totals()[0] == len(kept)


def test_others_that_are_lost_beside_them_stay_counted(story: Story) -> None:
    story.history.forget_predictions("bot", places(story, "22"), story.now)
    lose(story.log, ids(20, 24))
    assert next(notice.n for notice in story.look().notices) == 3
    assert story.totals()[0] == 49


def test_an_id_that_is_named_twice_is_forgotten_once(story: Story) -> None:
    for _ in range(2):
        story.history.forget_predictions("bot", places(story, "22"), story.now)
    lose(story.log, ids(22, 24))
    story.look()
    assert story.totals()[0] == 49


def test_a_span_is_counted_as_the_log_has_it(story: Story) -> None:
    lose(story.log, ids(0, 12) | ids(22, 24))
    story.look()
    span = (START + 4 * HOUR + timedelta(minutes=30), START + 5 * HOUR)
    asked = story.history.forget_span("bot", *span, HOUR, really=False)
    assert (asked.predictions, asked.labelled, len(asked.buckets)) == (5, 3, 1)
    assert story.totals() == (50, 30)
    story.history.forget_span("bot", *span, HOUR, really=True)
    story.look()
    assert story.totals() == (48, 29)
    assert "lost_prediction" not in story.told()
    story.history.forget_span("bot", START, START + 3 * HOUR, HOUR, really=True)
    story.look()
    assert story.totals() == (36, 21)


def test_rows_moved_to_another_hour_count_once_when_their_span_is_forgotten(story: Story) -> None:
    story.log.predictions = [
        Prediction(row.prediction_id, row.ts + 10 * HOUR if row.ts else None, row.predicted)
        for row in story.log.predictions
    ]
    story.look()
    story.history.forget_span("bot", START, START + 10 * HOUR, HOUR, really=True)
    story.look()
    assert story.totals() == (50, 30)


def test_forgetting_works_on_every_engine(url: str, history: History, tmp_path: Path) -> None:
    story = Story(url, history, tmp_path)
    story.look()
    history.forget_predictions("bot", places(story, "22"), story.now)
    lose(story.log, ids(22, 24))
    story.look()
    assert story.totals() == (49, 29)
    history.forget_span("bot", START + 4 * HOUR, START + 5 * HOUR, HOUR, really=True)
    story.look()
    assert story.totals() == (48, 29)  # the log has 20 and 21 of that hour, which are labelled, and 24
