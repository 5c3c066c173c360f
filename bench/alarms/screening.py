"""Which looks of a long stream could alarm at all: the checks' evidence from plain counts, in a few numpy calls a look.

A look of the real checks takes tens of milliseconds, and of a healthy year nearly all are far from alarming. So all
looks are screened here, by the same windows, starts and bets but without the weights of the checks, and only those that
come within a margin of an alarm are looked at in earnest. `bench.alarms.rates --part screen` measures that none is
lost.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from math import ceil

import numpy as np
from scipy import special

from bench.alarms.playing import LOOKBACK, REFERENCE, SCALES, WINDOW, Player, followed
from bench.alarms.streams import CLASSES, URGENT, Floats, Ints, Stream
from checks.rules import accuracy as accuracy_parts
from checks.rules.class_shares import CRITICAL_SHARE, DROP, FLOOR
from checks.rules.registry import row_of
from checks.statistics.alarm_budget import FOLLOWED, AlarmBudget
from checks.statistics.e_process import EFFECTS, SHORTFALL, SMALLEST_EFFECT, SPREAD

NEAR = 1.0
"""Log evidence that a look may lack and be near an alarm: what weights, mix and effective numbers make is less."""

UNLIKELY = 0.6
"""Standard deviations that a window may be nearer to its limit than an alarm needs."""

DAY = timedelta(days=1)

BATCH = 64
"""Looks that are screened together."""

MOST_STARTS = 16

SLOWER = 1.25
"""Times the usual latency that count as near the 1.3 times that are not tolerated."""

RESTLESS = 3.0
"""Standard deviations of all spells of a year from which on one is near an alarm; the check needs more than 4."""


@dataclass(frozen=True)
class _Share:
    """One share in each of W windows: hits and rows, the same before, and before that."""

    hits: Floats
    n: Floats
    hits_before: Floats
    n_before: Floats
    hits_older: Floats = field(default_factory=lambda: np.zeros(1))
    n_older: Floats = field(default_factory=lambda: np.zeros(1))


def near(
    stream: Stream, floor: float, looks: Iterable[float], budget: float = 1.0, reference: int = REFERENCE
) -> Iterator[float]:
    """Of the looks (hours, in order), those that come near an alarm of a quality check with so large a budget.

    `floor` is of the recall of urgent; that of its precision is 0.75, and accuracy should be 0.85. `reference` is in
    hours.
    """
    player, needs = Player(stream, reference), _Needs.of(budget)
    rest = iter(looks)
    while some := tuple(islice(rest, BATCH)):
        weights, *counts = (np.stack(part) for part in zip(*_of(player, some), strict=True))
        since, before, older, windows, healthy = counts
        evidence, sigmas = _evidence(since, before, older, weights, floor), _sigmas(windows, healthy, floor)
        close = (evidence >= needs.evidence - NEAR).any(axis=1) | (sigmas >= needs.sigmas - UNLIKELY).any(axis=(1, 2))
        yield from np.array(some)[close].tolist()


@dataclass(frozen=True)
class _Needs:
    """What each limit needs to alarm, in the order of `_evidence` and of `_sigmas`."""

    evidence: Floats
    sigmas: Floats

    @classmethod
    def of(cls, budget: float) -> "_Needs":
        """Share out a budget as the checks do."""
        accuracy, recall, precision = (
            AlarmBudget(budget).part(row_of(name).false_alarms or 0.0)
            for name in ("accuracy", "class_recall", "class_precision")
        )
        urgent = [check.part(CRITICAL_SHARE) for check in (recall, precision)]
        others = [check.part((1 - CRITICAL_SHARE) / (len(CLASSES) - 1)) for check in (recall, precision)]
        drops = [accuracy.part(accuracy_parts.DROP), *(check.part(DROP) for check in urgent)]
        floors = [accuracy.part(accuracy_parts.GOOD), *(check.part(FLOOR) for check in urgent)]
        followed = [*drops, *floors]
        scanned = [part.part(1 - FOLLOWED) for part in drops] + others * (len(CLASSES) - 1)
        scanned += [part.part(1 - FOLLOWED) for part in floors]
        scales = [timedelta(hours=scale) for scale in SCALES]
        return cls(
            np.array([part.part(FOLLOWED).evidence(DAY, 1) for part in followed]),
            np.array([[-float(special.ndtri(part.tail(scales, 1)))] for part in scanned]),
        )


def _of(player: Player, looks: Iterable[float]) -> Iterator[tuple[Floats, ...]]:
    for hour in looks:
        player.advance(hour)
        yield _counts(player, ceil(hour))


def _counts(player: Player, end: int) -> tuple[Floats, ...]:
    """Weights of the starts, and labels (predicted x true).

    They are those since each start, before it, and older ones; in each window, and in the reference.
    """
    first = end - WINDOW
    at, weights = (list(column) for column in zip(*followed(end), strict=True))
    begin = max(min(min(*at, first) - player.reference, end - LOOKBACK), 0)
    known, predicted = (_summed(counts[begin:end]) for counts in (player.known, player.predicted))

    def between(start: Ints, stop: Ints) -> Floats:
        some, of = (sums[stop - begin] - sums[start - begin] for sums in (known, predicted))
        return _weighted(some, of)

    unused = MOST_STARTS - len(at)
    start, scale = np.array(at + [end] * unused), np.array(SCALES)
    old, stop = np.minimum(start, first), np.full_like
    stops = np.where(start >= first, max(first - player.reference, begin), begin)  # only these have older time
    oldest = np.minimum(stops, max(end - LOOKBACK, begin))
    return (
        np.array(weights + [1.0] * unused),
        between(start, stop(start, end)),
        between(np.maximum(old - player.reference, 0), old),
        between(oldest, stops),
        between(end - scale, stop(scale, end)),
        between(np.full_like(scale, max(first - player.reference, 0)), stop(scale, first)),
    )


def _summed(counts: Floats) -> Floats:
    return np.concatenate([np.zeros((1, *counts.shape[1:])), counts.cumsum(axis=0)])


def _weighted(known: Floats, predicted: Floats) -> Floats:
    """Labels (windows x predicted x true) weighted up to the predictions, and down again to their own number."""
    labelled = known.sum(axis=2)
    each = predicted / np.maximum(labelled, 1)
    total = (each * labelled).sum(axis=1, keepdims=True)
    return np.asarray(known * (each * labelled.sum(axis=1, keepdims=True) / np.maximum(total, 1))[:, :, None])


def _evidence(since: Floats, before: Floats, older: Floats, weights: Floats, floor: float) -> Floats:
    """What each e-detector has, at each look (looks x limits)."""
    accuracy, recall = _accuracy(since, before), _recall(since, before, URGENT)
    sums = [
        _drop(_with_older(accuracy, _accuracy(older, before)), 0.03),
        _drop(_with_older(recall, _recall(older, before, URGENT)), 0.10),
        _drop(_with_older(_specificity(since, before), _specificity(older, before)), 0.002),
        _floor(accuracy, 0.85),
        _floor(recall, floor),
        _floor(_precision(since, before, URGENT), 0.75),
    ]
    return np.stack([_log_sum(bets + np.log(weights), axis=-1) for bets in sums], axis=1)


def _sigmas(windows: Floats, reference: Floats, floor: float) -> Floats:
    """Standard deviations by which each window is under each limit, at each look (looks x limits x windows)."""
    accuracy, urgent = _accuracy(windows, reference), _recall(windows, reference, URGENT)
    specificity = _specificity(windows, reference)
    precise = _precision(windows, reference, URGENT)
    every = [share(windows, reference, k) for k in range(1, len(CLASSES)) for share in (_recall, _precision)]
    found = [_fallen(share) for share in (accuracy, urgent, specificity, *every)]
    found += [_under(accuracy, 0.85), _under(urgent, floor), _under(precise, 0.75)]
    return np.stack(found, axis=1)


def _accuracy(now: Floats, then: Floats) -> _Share:
    parts = [(np.trace(counts, axis1=-2, axis2=-1), counts.sum(axis=(-2, -1))) for counts in (now, then)]
    return _Share(*parts[0], *parts[1])


def _recall(now: Floats, then: Floats, k: int) -> _Share:
    parts = [(counts[..., k, k], counts[..., k].sum(axis=-1)) for counts in (now, then)]
    return _Share(*parts[0], *parts[1])


def _precision(now: Floats, then: Floats, k: int) -> _Share:
    parts = [(counts[..., k, k], counts[..., k, :].sum(axis=-1)) for counts in (now, then)]
    return _Share(*parts[0], *parts[1])


def _specificity(now: Floats, then: Floats) -> _Share:
    others = [np.delete(counts, URGENT, axis=-1) for counts in (now, then)]
    parts = [
        (counts.sum(axis=(-2, -1)) - counts[..., URGENT, :].sum(axis=-1), counts.sum(axis=(-2, -1)))
        for counts in others
    ]
    return _Share(*parts[0], *parts[1])


def _drop(share: _Share, margin: float) -> Floats:
    """Log bets against the share being what it was, wherever it is lower."""
    was, null = _as_before(share)
    first = np.maximum(special.logit(was) - special.logit(np.maximum(was - margin, 1e-4)), SMALLEST_EFFECT)
    gains = _likelihoods(share, special.logit(was), first)
    lower = share.hits * np.maximum(share.n_before, 1) < share.hits_before * share.n
    return np.asarray(np.where(lower, gains - null, -np.inf))


def _as_before(share: _Share) -> tuple[Floats, Floats]:
    """The share that is expected, and the log likelihood of what came, as `AsBefore` has them."""
    own = share.hits_before + 0.5, share.n_before - share.hits_before + 0.5
    past = share.hits_older + 0.5, share.n_older - share.hits_older + 0.5
    both = own[0] + share.hits_older, own[1] + share.n_older - share.hits_older
    odds = special.betaln(*both) + special.betaln(0.5, 0.5) - special.betaln(*own) - special.betaln(*past)
    same = special.expit(odds)
    mean = same * both[0] / (both[0] + both[1]) + (1 - same) * own[0] / (own[0] + own[1])
    misses = share.n - share.hits
    likelihoods = [special.betaln(a + share.hits, b + misses) - special.betaln(a, b) for a, b in (both, own)]
    null = np.logaddexp(special.log_expit(odds) + likelihoods[0], special.log_expit(-odds) + likelihoods[1])
    return np.clip(mean, 1e-4, 1 - 1e-4), np.asarray(null)


def _with_older(share: _Share, older: _Share) -> _Share:
    return replace(share, hits_older=older.hits, n_older=older.n)


def _floor(share: _Share, floor: float) -> Floats:
    """Log bets against the share being the floor or more."""
    at = np.full(share.n.shape, special.logit(floor))
    first = max(special.logit(floor) - special.logit(floor - SHORTFALL), SMALLEST_EFFECT)
    null = share.hits * np.log(floor) + (share.n - share.hits) * np.log1p(-floor)
    gains = _likelihoods(share, at, np.full(share.n.shape, first))
    return np.asarray(np.where(share.hits < floor * share.n, gains - null, -np.inf))


def _likelihoods(share: _Share, start: Floats, first: Floats) -> Floats:
    worse = special.expit(start - np.multiply.outer(np.array(EFFECTS), first))
    gains = share.hits * np.log(worse) + (share.n - share.hits) * np.log1p(-worse)
    return np.asarray(_log_sum(gains + np.log(SPREAD)[:, None, None], axis=0))


def _log_sum(logs: Floats, axis: int) -> Floats:
    """Logarithm of the sum of exponentials."""
    most = np.maximum(logs.max(axis=axis, keepdims=True), -1e9)
    return np.asarray(np.log(np.exp(logs - most).sum(axis=axis) + 1e-300) + most.squeeze(axis))


def _fallen(share: _Share) -> Floats:
    """Signed root of the likelihood ratio of two shares; positive where the newer one is lower."""
    now, then = share.hits / np.maximum(share.n, 1), share.hits_before / np.maximum(share.n_before, 1)
    both = (share.hits + share.hits_before) / np.maximum(share.n + share.n_before, 1)
    ratio = _entropy(share.hits, share.n, now) + _entropy(share.hits_before, share.n_before, then)
    ratio -= _entropy(share.hits, share.n, both) + _entropy(share.hits_before, share.n_before, both)
    return np.asarray(np.where(now < then, np.sqrt(np.maximum(2 * ratio, 0)), 0))


def _under(share: _Share, floor: float) -> Floats:
    """Signed root of the likelihood ratio of a share and a floor; positive where it is lower."""
    now = share.hits / np.maximum(share.n, 1)
    ratio = _entropy(share.hits, share.n, now) - _entropy(share.hits, share.n, np.full(now.shape, floor))
    return np.asarray(np.where(now < floor, np.sqrt(np.maximum(2 * ratio, 0)), 0))


def _entropy(hits: Floats, n: Floats, share: Floats) -> Floats:
    """Log likelihood of hits among n at a share."""
    return np.asarray(special.xlogy(hits, share) + special.xlog1py(n - hits, -share))


def near_latency(stream: Stream, looks: Iterable[float]) -> Iterator[float]:
    """Of the looks at a healthy bot, those that come near an alarm of the latency check.

    A spell of some hours is near one when its share of slow answers is much over what such spells have all year. A
    window of a day or more, whose hours say themselves how restless they are, is when more answers than usual are slow,
    some of them by nearly as much as is not tolerated.
    """
    at = np.ceil(np.array(list(looks))).astype(int)
    found = np.zeros(at.size, dtype=bool)
    for share, part_of_it in ((0.50, 0.75), (0.05, 0.6), (0.01, 0.35)):
        usual = float(np.quantile(stream.latency, 1 - share))
        slow, slower, n = (_hourly(stream, stream.latency > ms) for ms in (usual, SLOWER * usual, 0))
        for hours in (2, 3, 6, 12):
            part = _ending(slow, at, hours) / np.maximum(_ending(n, at, hours), 1)
            found |= part > part.mean() + RESTLESS * part.std()
        for hours in SCALES:
            part, many = (_ending(some, at, hours) / _ending(n, at, hours) for some in (slow, slower))
            found |= (part > part.mean() + part.std()) & (many > part_of_it * share)
    return iter((at[found]).tolist())


def _hourly(stream: Stream, chosen: np.ndarray) -> np.ndarray:
    """Chosen answers before each hour, summed up."""
    return np.concatenate([[0], np.bincount(stream.hour, chosen, stream.hours).cumsum()])


def _ending(sums: np.ndarray, at: np.ndarray, hours: int) -> np.ndarray:
    return np.asarray(sums[at] - sums[at - hours])
