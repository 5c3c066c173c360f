"""When somebody acted, at any minute, over any time, with any traffic: one act, whose end is no act of its own."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from checks.outcome.traffic import BucketTraffic, Pair, find_act, find_end, last_act
from checks.outcome.weights import A_DAY

T0 = datetime(2026, 3, 29, 6, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OLD, BAD, NEW, OTHER = ("m1", "p6"), ("m1", "p7"), ("m1", "p8"), ("m1", "p5")
ALONE = {BAD: 1.0}
ACTED = 30 * HOUR


class Traffic:
    """Predictions that come by chance, `rate` an hour, for some days; at night none where people sleep."""

    def __init__(self, seed: int, rate: float, *, days: int = 5, at_night: bool = True) -> None:
        self.random = np.random.default_rng(seed)
        self.minute = np.arange(days * 1440)
        hour = (T0.hour + self.minute // 60) % 24
        self.rate = np.where(at_night | ((hour >= 6) & (hour < 22)), rate / 60, 0.0)

    def since(self, at: timedelta, over: timedelta = timedelta()) -> np.ndarray:
        """The share of a version that takes over `at` some time, step by step over a time."""
        late = self.minute - at / MINUTE
        return np.clip(late / (over / MINUTE), 0, 1) if over else (late >= 0).astype(float)

    def seen(self, shares: dict[Pair, np.ndarray], bucket: timedelta = HOUR) -> tuple[BucketTraffic, ...]:
        """The counts of each bucket, with each pair's share of the traffic by minute."""
        step = bucket // MINUTE
        counts = {
            pair: self.random.poisson(np.add.reduceat(self.rate * share, np.arange(0, len(self.minute), step)))
            for pair, share in shares.items()
        }
        found = (
            BucketTraffic(T0 + place * bucket, tuple((pair, int(n[place])) for pair, n in counts.items() if n[place]))
            for place in range(len(self.minute) // step)
        )
        return tuple(part for part in found if part.n)


def rollbacks() -> Iterator[tuple[str, timedelta, timedelta, timedelta, tuple[BucketTraffic, ...]]]:
    """Every minute of the hour x at once and over 1, 6, 24 hours x 5, 60, 6,000 an hour x nights with and without."""
    for at_night in (True, False):
        for rate in (5, 60, 6000):
            for hours in (0, 1, 6, 24):
                for minute in range(60):
                    traffic = Traffic(minute, rate, at_night=at_night)
                    act, over = ACTED + minute * MINUTE, hours * HOUR
                    old = traffic.since(act, over)
                    name = f"at :{minute:02} over {hours} h, {rate} an hour, {at_night=}"
                    late = 5 * HOUR if rate == 5 else HOUR  # where thirty predictions take six hours
                    yield name, act, over, late, traffic.seen({OLD: old, BAD: 1 - old})


def test_a_rollback_is_one_act_whenever_it_is_done() -> None:
    for name, at, over, late, seen in rollbacks():
        act = find_act(seen, ALONE, HOUR)
        assert act is not None, name
        assert (act.came, act.went) == ((OLD,), (BAD,)), name
        assert -HOUR <= act.at - (T0 + ACTED) <= over * 0.4 + late, name
        assert act.done <= T0 + at + over + 2 * late, name
        assert find_end(seen, ALONE, act, HOUR) is None, name


@pytest.mark.parametrize("bucket", [15 * MINUTE, HOUR, 6 * HOUR, DAY], ids=str)
@pytest.mark.parametrize("rate", [5, 60, 6000])
def test_the_length_of_a_bucket_makes_no_difference(rate: int, bucket: timedelta) -> None:
    for minute in range(7, 24 * 60, 113):
        traffic = Traffic(minute, rate, days=8)
        old = traffic.since(2 * DAY + minute * MINUTE)
        seen = traffic.seen({OLD: old, BAD: 1 - old}, bucket)
        act = find_act(seen, ALONE, bucket)
        assert act is not None
        assert (act.came, act.went) == ((OLD,), (BAD,))
        assert abs(act.at - (T0 + 2 * DAY + minute * MINUTE)) <= max(bucket, 6 * HOUR)
        assert find_end(seen, ALONE, act, bucket) is None


@pytest.mark.parametrize("rate", [5, 60, 6000])
@pytest.mark.parametrize("share", [0.001, 0.02, 0.05, 0.1])
def test_a_canary_or_a_straggler_is_no_act(rate: int, share: float) -> None:
    for seed in range(20):
        traffic = Traffic(seed, rate, days=14)
        some = traffic.since(DAY + seed * MINUTE) * share
        seen = traffic.seen({BAD: 1 - some, NEW: some})
        for before in (ALONE, {BAD: 1 - share, NEW: share}):
            act = find_act(seen, before, HOUR)
            assert act is None or act.at > seen[-1].start - DAY  # of the last hours, as little is known as there is


@pytest.mark.parametrize("rate", [5, 60, 6000])
def test_a_test_of_some_hours_is_no_act(rate: int) -> None:
    for minute in range(0, 60, 6):
        traffic = Traffic(minute, rate)
        hours = 2 if rate == 5 else 4
        tried = traffic.since(ACTED + minute * MINUTE) - traffic.since(ACTED + minute * MINUTE + hours * HOUR)
        assert find_act(traffic.seen({BAD: 1 - tried, NEW: tried}), ALONE, HOUR) is None


@pytest.mark.parametrize("rate", [5, 60, 6000])
def test_two_versions_side_by_side_for_good_are_no_act(rate: int) -> None:
    for seed in range(20):
        traffic = Traffic(seed, rate, days=14)
        half = np.full(len(traffic.minute), 0.5)
        assert find_act(traffic.seen({OLD: half, BAD: half}), {OLD: 0.5, BAD: 0.5}, HOUR) is None


@pytest.mark.parametrize("rate", [60, 6000])
@pytest.mark.parametrize("over", [timedelta(), 6 * HOUR, A_DAY], ids=str)
def test_a_version_that_is_withdrawn_beside_another_is_one_act(rate: int, over: timedelta) -> None:
    for minute in range(0, 60, 7):
        traffic = Traffic(minute, rate)
        bad = 0.5 * (1 - traffic.since(ACTED + minute * MINUTE, over))
        seen = traffic.seen({OLD: 1 - bad, BAD: bad})
        act = find_act(seen, {OLD: 0.5, BAD: 0.5}, HOUR)
        assert act is not None
        assert (act.came, act.went) == ((), (BAD,))
        assert -HOUR <= act.at - (T0 + ACTED + minute * MINUTE) <= HOUR + over * 0.75
        assert abs(act.done - (T0 + ACTED + minute * MINUTE + over)) <= 4 * HOUR
        assert find_end(seen, {OLD: 0.5, BAD: 0.5}, act, HOUR) is None


@pytest.mark.parametrize("rate", [5, 60, 6000])
@pytest.mark.parametrize("then", [NEW, BAD], ids=["another", "the one before"])
def test_what_is_done_next_is_an_act_of_its_own(rate: int, then: Pair) -> None:
    for minute in range(0, 60, 7):
        traffic = Traffic(minute, rate)
        first, second = traffic.since(ACTED + minute * MINUTE), traffic.since(ACTED + minute * MINUTE + 20 * HOUR)
        shares = {OLD: first - second, BAD: 1 - first, NEW: 0 * second}
        shares[then] = shares[then] + second
        seen = traffic.seen(shares)
        act = find_act(seen, ALONE, HOUR)
        assert act is not None
        assert act.came == (OLD,)
        end = find_end(seen, ALONE, act, HOUR)
        assert end is not None
        assert abs(end - (T0 + ACTED + minute * MINUTE + 20 * HOUR)) <= (6 * HOUR if rate == 5 else HOUR)
        found = last_act(seen, HOUR)
        assert found is not None
        assert abs(found[0].at - end) <= HOUR


def test_two_that_take_over_together_are_one_act_and_two_in_turn_are_not() -> None:
    for minute in range(0, 60, 7):
        traffic = Traffic(minute, 60)
        new = traffic.since(ACTED + minute * MINUTE, over=6 * HOUR)
        act = find_act(traffic.seen({OLD: new / 2, NEW: new / 2, BAD: 1 - new}), ALONE, HOUR)
        assert act is not None
        assert (act.came, act.went) == ((OLD, NEW), (BAD,))
        later = traffic.since(ACTED + minute * MINUTE + 8 * HOUR)
        turns = traffic.seen({OLD: traffic.since(ACTED + minute * MINUTE) - later, NEW: later, BAD: 1 - new})
        act = find_act(turns, ALONE, HOUR)
        assert act is not None
        assert act.came == (OLD,)


def test_a_bot_that_was_down_between_two_versions_is_one_act() -> None:
    for minute in range(0, 60, 7):
        traffic = Traffic(minute, 60)
        bad, old = 1 - traffic.since(ACTED + minute * MINUTE), traffic.since(ACTED + minute * MINUTE + 3 * HOUR)
        both = {OTHER: np.full(len(bad), 0.3), BAD: 0.7 * bad, OLD: 0.7 * old}
        before = {OTHER: 0.3, BAD: 0.7}
        act = find_act(traffic.seen(both), before, HOUR)
        assert act is not None
        assert (act.came, act.went) == ((OLD,), (BAD,))
        assert find_end(traffic.seen(both), before, act, HOUR) is None


def test_a_canary_that_is_given_all_traffic_has_taken_over() -> None:
    for minute in range(0, 60, 7):
        traffic = Traffic(minute, 60)
        new = 0.05 + 0.95 * traffic.since(ACTED + minute * MINUTE)
        act = find_act(traffic.seen({BAD: 1 - new, NEW: new}), {BAD: 0.95, NEW: 0.05}, HOUR)
        assert act is not None
        assert (act.came, act.went) == ((NEW,), (BAD,))
        assert abs(act.at - (T0 + ACTED + minute * MINUTE)) <= 6 * HOUR
