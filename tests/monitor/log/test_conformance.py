"""What every engine must answer, held against definitions that are spelt out row by row."""

import random
from datetime import timedelta

import pytest

from monitor.log.counts import BucketCounts, Fingerprints
from monitor.log.prediction_log import PredictionLog, open_log
from tests.support.log_oracle import BUCKET, all_buckets, comparable, oracle
from tests.support.logs import LogPlace
from tests.support.messy_logs import SPAN, START, happen, messy_log


def opened(place: LogPlace) -> PredictionLog:
    return open_log(place.source(), bucket=timedelta(seconds=BUCKET), segments=("channel",), key="monitors.bot.source")


@pytest.mark.parametrize("seed", range(4))
def test_counts_of_a_messy_log_are_what_their_definitions_say(place: LogPlace, seed: int) -> None:
    rng = random.Random(seed)
    log = messy_log(rng)
    place.write(log)
    everything = sorted(all_buckets(log))
    some = rng.sample(everything, len(everything) // 2)
    for buckets, as_of in (
        (everything, START + SPAN),
        (everything, START + SPAN / 3),
        (some, START + SPAN / 2),
        (everything[-3:], START + 3 * SPAN),
    ):
        found = opened(place).count(buckets, as_of)
        assert comparable(found) == comparable(oracle(log, buckets, as_of)), (seed, as_of)


class Kept:
    """What a history keeps: counts by bucket, replaced as the log says that they changed."""

    def __init__(self) -> None:
        self.seen = Fingerprints({}, {})
        self._rows: dict[int | None, list[tuple[str, object]]] = {}

    def look(self, log: PredictionLog, as_of: object) -> int:
        changes = log.changed_buckets(self.seen, START - timedelta(days=1), as_of)
        counts = log.count(changes.buckets, as_of)
        for bucket in (*changes.buckets, None):
            self._rows.pop(bucket, None)
        for name in ("outcomes", "latency", "delays", "problems"):
            for row in getattr(counts, name):
                self._rows.setdefault(row.bucket, []).append((name, row))
        self.seen = changes.fingerprints
        return len(changes.buckets)

    def counts(self) -> BucketCounts:
        rows = [pair for pairs in self._rows.values() for pair in pairs]
        return BucketCounts(
            (),
            *(
                tuple(row for name, row in rows if name == kind)
                for kind in ("outcomes", "latency", "delays", "problems")
            ),
        )


@pytest.mark.parametrize("seed", range(3))
def test_counts_kept_up_to_date_by_changed_buckets_equal_a_full_count(place: LogPlace, seed: int) -> None:
    rng = random.Random(100 + seed)
    log = messy_log(rng)
    story: list[str] = []
    kept = Kept()
    for step in range(10):
        place.write(log)
        as_of = START + SPAN * (0.5 + step / 20)
        kept.look(opened(place), as_of)
        expected = oracle(log, all_buckets(log), as_of)
        assert comparable(kept.counts()) == comparable(expected), (seed, story)
        story.append(happen(log, rng))


def test_nothing_changed_means_no_buckets(place: LogPlace) -> None:
    place.write(messy_log(random.Random(1)))
    kept = Kept()
    assert kept.look(opened(place), START + SPAN) > 0
    assert kept.look(opened(place), START + SPAN) == 0
