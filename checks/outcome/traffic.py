"""Which versions answer, bucket by bucket, and when that changed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from checks.advice.comparing.parts import LIVE_SHARE, Part
from checks.outcome.weights import (
    A_DAY,
    ENOUGH_TRAFFIC,
    LEAVING,
    MAJORITY,
    NEW_SHARE,
    ONE_ACT,
    STRAY,
    SUSTAINED,
    TOGETHER,
)

Pair = tuple[str, str]
"""Model version, prompt version."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True)
class BucketTraffic:
    """Predictions of one bucket by pair of versions; `start` is UTC, every n > 0."""

    start: datetime
    n: tuple[tuple[Pair, int], ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What a team did, as the log shows it, or as somebody said (then nothing came and nothing went).

    `at` is the start of the bucket in which it began (UTC), `settled` that of the bucket from which it was done: later
    where traffic was moved over step by step. None stands for `at`. `came` are the pairs of versions that took over,
    `went` those that stopped answering.
    """

    at: datetime
    came: tuple[Pair, ...] = ()
    went: tuple[Pair, ...] = ()
    settled: datetime | None = None

    @property
    def done(self) -> datetime:
        """From when it was done."""
        return self.settled or self.at


def of_versions(part: Part, pairs: Collection[Pair]) -> Part:
    """The counts of some pairs of versions."""
    return Part(
        tuple(cell for cell in part.outcomes if (cell.model_version, cell.prompt_version) in pairs),
        tuple(cell for cell in part.latency if (cell.model_version, cell.prompt_version) in pairs),
    )


def without_versions(part: Part, pairs: Collection[Pair]) -> Part:
    """The counts of all other pairs of versions."""
    return Part(
        tuple(cell for cell in part.outcomes if (cell.model_version, cell.prompt_version) not in pairs),
        tuple(cell for cell in part.latency if (cell.model_version, cell.prompt_version) not in pairs),
    )


def find_act(traffic: Sequence[BucketTraffic], before: Mapping[Pair, float], bucket: timedelta) -> Act | None:
    """The first lasting change of who answers; `traffic` is in order, `before` the shares until then.

    A pair of versions comes in the bucket from which it takes a fifth of the traffic, and goes when it had a fifth and
    no more than stray predictions of it are left. Both are looked at over the hours and the day that follow, so that
    neither a short test nor a retry under an old version is a change. What moves over step by step is one act: that
    the version before goes, hours after the new one came, is no act of its own.
    """
    return _Timeline(traffic, before, bucket).act if traffic else None


def find_end(
    traffic: Sequence[BucketTraffic], before: Mapping[Pair, float], act: Act, bucket: timedelta
) -> datetime | None:
    """The start of the bucket in which something else was done after `act`; None where nothing was.

    Another version comes, one that had gone is back, or one of those that are judged (those that came, or, where none
    did, those that stayed) goes.
    """
    return _Timeline(traffic, before, bucket).end(act) if traffic else None


def last_act(traffic: Sequence[BucketTraffic], bucket: timedelta) -> tuple[Act, dict[Pair, float]] | None:
    """The newest lasting change in `traffic` (in order), with who answered until then; None without any."""
    found: tuple[Act, dict[Pair, float]] | None = None
    before = {pair: share for pair, share in _pooled(traffic).items() if share >= LIVE_SHARE}
    while (act := find_act(traffic, before, bucket)) is not None:
        found = act, before
        kept = {pair: share for pair, share in before.items() if pair not in act.went}
        before = kept | dict.fromkeys(act.came, 1.0)
        traffic = [part for part in traffic if part.start > act.done]
    return found


def answering(traffic: Sequence[BucketTraffic]) -> dict[Pair, float]:
    """Who answers at the end of `traffic` (in order), and which share; none where there is too little to tell."""
    return {pair: share for pair, share in _pooled(traffic[::-1]).items() if share >= LIVE_SHARE}


def _pooled(buckets: Iterable[BucketTraffic]) -> dict[Pair, float]:
    """The shares over the first few buckets, as many more as it takes where traffic is thin."""
    counts: Counter[Pair] = Counter()
    for number, bucket in enumerate(buckets, 1):
        counts.update(dict(bucket.n))
        if number >= SUSTAINED and counts.total() >= ENOUGH_TRAFFIC:
            break
    return {pair: n / counts.total() for pair, n in counts.items()} if counts.total() >= ENOUGH_TRAFFIC else {}


class _Timeline:
    """Counts of each pair of versions (rows) in each bucket with traffic (columns), and when each came and went."""

    def __init__(self, traffic: Sequence[BucketTraffic], before: Mapping[Pair, float], bucket: timedelta) -> None:
        self._starts = [part.start for part in traffic]
        self._pairs = sorted({pair for part in traffic for pair, _ in part.n} | set(before))
        self._row = {pair: row for row, pair in enumerate(self._pairs)}
        self._n = np.zeros((len(self._pairs), len(traffic)), dtype=np.int64)
        for column, part in enumerate(traffic):
            for pair, n in part.n:
                self._n[self._row[pair], column] = n
        self._before = before
        self._main = {pair for pair, share in before.items() if share >= NEW_SHARE}
        hours = [max(-(-span // bucket), 2) for span in (SUSTAINED * timedelta(hours=1), A_DAY)]
        self._soon, self._then = (self._ahead(count) for count in hours)
        self.act = self._first()

    def end(self, act: Act) -> datetime | None:
        """See `find_end`."""
        began = self._column(act.at)
        judged = set(act.came) or self._main - set(act.went)
        known = self._main | set(act.came)
        others = [
            self._arrival(pair, began + 1)
            for pair in self._pairs
            if pair not in known and pair not in self._with(act, began)
        ]
        back = [self._arrival(pair, self._departure(pair, began)) for pair in act.went]
        left = [self._departure(pair, max(self._arrival(pair, began), began) + 1) for pair in judged & set(act.came)]
        left += [self._departure(pair, began) for pair in judged - set(act.came)]
        ends = min((*others, *back, *left), default=_NEVER)
        return self._starts[ends] if ends < _NEVER else None

    def _first(self) -> Act | None:
        arrivals = {pair: self._arrival(pair, 0) for pair in self._pairs if pair not in self._main}
        departures = {pair: self._departure(pair, 0) for pair in self._main}
        came_first, went_first = (min(some.values(), default=_NEVER) for some in (arrivals, departures))
        if min(came_first, went_first) == _NEVER:
            return None
        # a gap between what went and what came, such as a bot that was down, makes no second act of it
        if came_first < _NEVER and (came_first <= went_first or self._within(came_first, went_first, TOGETHER)):
            return self._taken_over(min(came_first, went_first), came_first, arrivals, departures)
        return self._withdrawn(went_first, departures)

    def _taken_over(
        self, at: int, came_first: int, arrivals: Mapping[Pair, int], departures: Mapping[Pair, int]
    ) -> Act:
        came = {pair: found for pair, found in arrivals.items() if self._joins(pair, found, came_first)}
        other = [found for pair, found in arrivals.items() if pair not in came]
        until = min(other, default=_NEVER)
        went = {pair: found for pair, found in departures.items() if found < until}
        steps = [found for found in (*came.values(), *went.values()) if self._within(found, at, ONE_ACT)]
        return self._made(at, came, went, max(steps))

    def _withdrawn(self, went_first: int, departures: Mapping[Pair, int]) -> Act:
        went = {pair: found for pair, found in departures.items() if self._within(found, went_first, ONE_ACT)}
        began = went_first
        had = sum(self._before[pair] for pair in went)
        rows = [self._row[pair] for pair in went]
        while began > 0 and self._within(went_first, began - 1, ONE_ACT):
            n = self._n[:, began - 1]
            if n[rows].sum() >= LEAVING * had * n.sum():
                break
            began -= 1
        return self._made(began, (), went, max(went.values()))

    def _made(self, at: int, came: Collection[Pair], went: Collection[Pair], settled: int) -> Act:
        done = self._starts[settled] if settled > at else None
        return Act(self._starts[at], tuple(sorted(came)), tuple(sorted(went)), done)

    def _with(self, act: Act, began: int) -> set[Pair]:
        """Pairs that are no more than a part of the act: those that came with the first of it."""
        first = min((self._arrival(pair, began) for pair in act.came), default=_NEVER)
        return {pair for pair in self._pairs if self._joins(pair, self._arrival(pair, began), first)}

    def _joins(self, pair: Pair, found: int, first: int) -> bool:
        """Whether a pair came with the one that came `first`: it was there from the start, and took over within it."""
        if _NEVER in (found, first):
            return False
        there = self._n[self._row[pair], first : first + 2].sum() > 0
        return found == first or bool(there and self._within(found, first, ONE_ACT))

    def _arrival(self, pair: Pair, since: int) -> int:
        """The first column, from `since` on, from which a pair has taken over its part of the traffic."""
        row = self._row[pair]
        least = NEW_SHARE if self._before.get(pair, 0.0) < LIVE_SHARE or pair in self._main else MAJORITY
        (soon, all_soon), (then, all_then) = self._soon, self._then
        takes = (soon[row] >= least * all_soon) & (then[row] >= least * all_then) & (self._n[row] > 0)
        return _first_true(takes & (all_soon >= ENOUGH_TRAFFIC), since)

    def _departure(self, pair: Pair, since: int) -> int:
        """The first column, from `since` on, from which no more than stray predictions of a pair are left."""
        row = self._row[pair]
        (soon, all_soon), (then, all_then) = self._soon, self._then
        here = (self._n[row], self._n.sum(axis=0))
        gone = np.ones(self._n.shape[1], dtype=np.bool_)
        for n, total in (here, (soon[row], all_soon), (then[row], all_then)):
            gone &= n <= np.maximum(LIVE_SHARE * total, STRAY)
        return _first_true(gone & (all_soon >= ENOUGH_TRAFFIC), since)

    def _ahead(self, count: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Sums over `count` columns from each on, more where traffic is thin, fewer at the end; and their totals."""
        sums = np.concatenate([np.zeros((len(self._pairs), 1), dtype=np.int64), self._n.cumsum(axis=1)], axis=1)
        totals = sums.sum(axis=0)
        columns = np.arange(self._n.shape[1])
        enough = np.searchsorted(totals, totals[:-1] + ENOUGH_TRAFFIC)
        last = np.minimum(np.maximum(columns + count, enough), self._n.shape[1])
        return sums[:, last] - sums[:, columns], totals[last] - totals[columns]

    def _within(self, one: int, other: int, span: timedelta) -> bool:
        return max(one, other) < _NEVER and abs(self._starts[one] - self._starts[other]) <= span

    def _column(self, at: datetime) -> int:
        """The column of the bucket that begins at `at`, or the next one with traffic."""
        return next((column for column, start in enumerate(self._starts) if start >= at), len(self._starts))


def _first_true(holds: NDArray[np.bool_], since: int) -> int:
    if since == _NEVER or not holds[since:].any():
        return _NEVER
    return since + int(holds[since:].argmax())


def said(at: datetime, bucket: timedelta) -> Act:
    """An act that somebody told of: done within the bucket of that moment, whose counts are on neither side."""
    start = bucket_of(at, bucket)
    return Act(at, settled=start if start == at else start + bucket)


def bucket_of(at: datetime, bucket: timedelta) -> datetime:
    """The start of the bucket that a time lies in."""
    return at - (at - _EPOCH) % bucket
