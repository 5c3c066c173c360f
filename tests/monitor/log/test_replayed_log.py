"""A log in memory counts as the log itself does, as of any time."""

import random
from datetime import timedelta

import numpy as np
import pytest

from monitor.log import replayed_log
from monitor.log.prediction_log import PredictionLog
from monitor.log.replay.states import delay_bins
from monitor.log.replayed_log import ReplayedLog, open_replayed
from tests.monitor.log.conftest import MAKERS
from tests.support.kept_counts import KeptCounts, opened
from tests.support.log_oracle import BUCKET, all_buckets, comparable, oracle
from tests.support.logs import LogPlace
from tests.support.messy_logs import SPAN, START, messy_log, prediction

BIG = 300
"""Rows of each log: more than ids, so that most are repeated, and labels corrected, early, late or of nothing."""

PLACES = [name for name in MAKERS if name not in ("duckdb-csv", "duckdb-jsonl")]


def replayed(place: LogPlace) -> ReplayedLog:
    source = place.source()
    return open_replayed(source, bucket=timedelta(seconds=BUCKET), segments=source.segments, key="monitors.bot.source")


@pytest.mark.parametrize(("place", "seed"), [(name, i) for i, name in enumerate(PLACES)], indirect=["place"])
def test_counts_as_of_any_time_are_what_their_definitions_say(place: LogPlace, seed: int) -> None:
    log = messy_log(random.Random(seed))
    place.write(log)
    found, everything = replayed(place), sorted(all_buckets(log))
    for part in (1.0, 0.3, 0.7, 3.0):  # not in the order of time either
        as_of = (START + SPAN * part).replace(microsecond=0)
        assert comparable(found.count(everything, as_of)) == comparable(oracle(log, everything, as_of)), part
        assert comparable(found.count(everything[3:9], as_of)) == comparable(oracle(log, everything[3:9], as_of)), part


@pytest.mark.parametrize("place", ["duckdb-parquet", "sqlite"], indirect=True)
def test_look_by_look_it_has_the_same_counts_marks_and_notices_as_the_log(place: LogPlace) -> None:
    place.write(messy_log(random.Random(7), BIG, BIG))
    sides: list[tuple[PredictionLog, KeptCounts]] = [(each, KeptCounts()) for each in (opened(place), replayed(place))]
    for step in range(8):
        as_of = START + timedelta(minutes=251) * step
        read = [set(kept.look(log, as_of)) for log, kept in sides]
        first, second = (kept for _, kept in sides)
        assert comparable(first.counts()) == comparable(second.counts()), step
        assert first.seen == second.seen, step
        assert read[1] <= read[0], step  # and only what changed is counted anew
        notices = [sorted(log.count(sorted(read[0]), as_of).notices, key=repr) for log, _ in sides]
        assert notices[0] == notices[1], step


@pytest.mark.parametrize("place", ["duckdb-parquet"], indirect=True)
def test_what_was_seen_of_another_state_of_the_log_is_counted_anew(place: LogPlace) -> None:
    log = messy_log(random.Random(5))
    place.write(log)
    kept = KeptCounts()
    kept.look(opened(place), START + SPAN / 2)
    del log.labels[3], log.predictions[5]
    place.write(log)
    kept.look(replayed(place), START + SPAN)
    assert comparable(kept.counts()) == comparable(oracle(log, all_buckets(log), START + SPAN))


@pytest.mark.parametrize("place", ["duckdb-parquet"], indirect=True)
@pytest.mark.parametrize(("predictions", "labels"), [(40, 5), (5, 40)], ids=["predictions", "labels of many bots"])
def test_a_log_that_is_too_big_for_memory_is_read_look_by_look(
    place: LogPlace, monkeypatch: pytest.MonkeyPatch, predictions: int, labels: int
) -> None:
    log = messy_log(random.Random(3), predictions, labels)
    monkeypatch.setattr(replayed_log, "MOST_ROWS", 10)  # a limit of memory, lowered
    found, kept = replayed(place), KeptCounts()
    for _ in range(2):
        place.write(log)
        kept.look(found, START + SPAN)
        assert comparable(kept.counts()) == comparable(oracle(log, all_buckets(log), START + SPAN))
        log.predictions += [prediction(random.Random(4)) for _ in range(3)]  # which nobody sees who reads the log once


def test_the_edge_of_a_bin_of_delays_lies_where_the_engine_has_it() -> None:
    assert delay_bins(np.array([-5.0, 0.0, 1.0, 1.05, 1.1, 1.11, 86400.0])).tolist() == [0, 0, 0, 0, 1, 1, 119]
