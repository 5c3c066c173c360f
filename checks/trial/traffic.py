"""Which versions answer, bucket by bucket, and when that changed."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from checks.advice.parts import LIVE_SHARE, Part
from checks.counts import OutcomeCell
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


def shares(cells: Iterable[OutcomeCell], least: float = 0.0) -> dict[Pair, float]:
    """Share of the predictions that each pair of versions answered, where it is at least `least`."""
    counts: Counter[Pair] = Counter()
    for cell in cells:
        counts[cell.model_version, cell.prompt_version] += cell.n
    return {pair: n / counts.total() for pair, n in counts.items() if n >= least * counts.total()}


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
        after = _pooled(traffic[place : place + SUSTAINED])
        here = {pair for pair, _ in bucket.n}
        came = {pair for pair, share in after.items() if share >= NEW_SHARE and before.get(pair, 0.0) < LIVE_SHARE}
        went = {pair for pair, share in before.items() if share >= NEW_SHARE and after.get(pair, 0.0) < LIVE_SHARE}
        if after and ((came & here) or (went and not (went & here))):
            return Act(bucket.start, tuple(sorted(came)), tuple(sorted(went)))
    return None


def _pooled(buckets: Iterable[BucketTraffic]) -> dict[Pair, float]:
    counts: Counter[Pair] = Counter()
    for bucket in buckets:
        counts.update(dict(bucket.n))
    return {pair: n / counts.total() for pair, n in counts.items()} if counts.total() >= ENOUGH_TRAFFIC else {}
