"""Which versions answer, bucket by bucket, and when that changed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.advice.parts import LIVE_SHARE, Part
from checks.trial.weights import ENOUGH_TRAFFIC, NEW_SHARE, SUSTAINED

Pair = tuple[str, str]
"""Model version, prompt version."""


@dataclass(frozen=True, slots=True)
class BucketTraffic:
    """Predictions of one bucket by pair of versions; `start` is UTC, every n > 0."""

    start: datetime
    n: tuple[tuple[Pair, int], ...]


@dataclass(frozen=True, slots=True)
class Act:
    """What a team did, as the log shows it, or as somebody said (then nothing came and nothing went).

    `at` is the start of the bucket in which it happened (UTC). `came` are the pairs of versions that took over, `went`
    those that stopped answering.
    """

    at: datetime
    came: tuple[Pair, ...] = ()
    went: tuple[Pair, ...] = ()


def of_versions(part: Part, pairs: Collection[Pair]) -> Part:
    """The counts of some pairs of versions."""
    return Part(
        tuple(cell for cell in part.outcomes if (cell.model_version, cell.prompt_version) in pairs),
        tuple(cell for cell in part.latency if (cell.model_version, cell.prompt_version) in pairs),
    )


def find_act(traffic: Sequence[BucketTraffic], before: Mapping[Pair, float]) -> Act | None:
    """The first lasting change of who answers; `traffic` is in order, `before` the shares until then.

    A pair of versions comes when it takes a fifth of the traffic and did not answer, and goes when it had a fifth and
    no longer answers. Both are looked at over the buckets that follow, so that a short test is no change.
    """
    for place, bucket in enumerate(traffic):
        after = _pooled(traffic[place:])
        here = {pair for pair, _ in bucket.n}
        came = {pair for pair, share in after.items() if share >= NEW_SHARE and before.get(pair, 0.0) < LIVE_SHARE}
        went = {pair for pair, share in before.items() if share >= NEW_SHARE and after.get(pair, 0.0) < LIVE_SHARE}
        if after and ((came & here) or (went and not (went & here))):
            return Act(bucket.start, tuple(sorted(came)), tuple(sorted(went)))
    return None


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
