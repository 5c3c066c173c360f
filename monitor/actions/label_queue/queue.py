"""Makes a label queue: counts the window, splits the budget, draws."""

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from checks.counts.cells import NO_CLASS, OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.stratified import Stratified
from checks.label_queue.allocation import Allocation, Share, Stratum, allocate
from checks.statistics.intervals import Proportion
from config.monitor import MonitorSettings
from monitor.bootstrap.monitors import window_spec
from monitor.common.personal import Scrub
from monitor.history.spans import lay_out
from monitor.log.prediction_log import PredictionLog, open_log
from monitor.log.reading.queueing import DrawnPrediction, Scope

_START_BITS: Final = 32


class NothingToLabelError(Exception):
    """There is no prediction in the window that could be labelled."""


class Reason(StrEnum):
    """Why a prediction is in the queue."""

    MISSED = "may be a missed {}"
    CAUGHT = "says how many {} are caught"
    UNIFORM = "part of the uniform share"


@dataclass(frozen=True, slots=True)
class QueuedPrediction:
    """A prediction to label, with the chance that it had to be chosen, in (0, 1]."""

    drawn: DrawnPrediction
    probability: float
    reason: str


@dataclass(frozen=True, slots=True)
class Queue:
    """What to label, in no telling order, and how the budget was split.

    `chosen` counts the predictions by stratum. `before` is the recall of each class as it is known now, None where it
    is not; what the labels should make of it is in `allocation.after`.
    """

    monitor: str
    predictions: tuple[QueuedPrediction, ...]
    allocation: Allocation
    chosen: Counter[Stratum]
    before: dict[str, Proportion | None]


def make_queue(name: str, settings: MonitorSettings, budget: int, as_of: datetime) -> Queue:
    """Choose at most `budget` unlabelled predictions of the monitor's current window.

    The same for the same log, budget and window. Raises NothingToLabelError, SourceError and MappingError.
    """
    log = open_log(settings.source, bucket=settings.bucket, segments=(), key=f"monitors.{name}.source")
    try:
        return _make(log, name, settings, budget, as_of)
    finally:
        log.close()


def scrubbed(queue: Queue, scrub: Scrub) -> tuple[Queue, Counter[str]]:
    """The queue with messages from which `scrub` took what it finds, and how often it found each kind."""
    found: Counter[str] = Counter()
    predictions = []
    for queued in queue.predictions:
        cleaned = scrub(queued.drawn.text or "")
        found += cleaned.found
        text = None if queued.drawn.text is None else cleaned.text
        predictions.append(replace(queued, drawn=replace(queued.drawn, text=text)))
    return replace(queue, predictions=tuple(predictions)), found


def _make(log: PredictionLog, name: str, settings: MonitorSettings, budget: int, as_of: datetime) -> Queue:
    scope, reference = _scopes(settings, as_of)
    found = log.population(scope)
    if not found.cells:
        raise NothingToLabelError("the log has no predictions in the current window")
    if not found.unlabelled:
        raise NothingToLabelError("every prediction of the current window that has an id is labelled already")
    classes = _classes(settings, found.cells)
    earlier = log.population(reference).cells if reference.buckets else ()
    allocation = allocate(found.cells, found.unlabelled, classes, budget, earlier)
    salt = f"{name} {scope.buckets[0]} {scope.buckets[-1]} "
    numbers = allocation.rounded(_start(salt))
    wanted = {share.stratum: n for share, n in zip(allocation.shares, numbers, strict=True)}
    drawn = log.draw(scope, wanted, salt)
    shares = {share.stratum: share for share in allocation.shares}
    stratified = Stratified.of(Confusion.of(found.cells))
    return Queue(
        monitor=name,
        predictions=tuple(_queued(each, shares[each.stratum]) for each in drawn),
        allocation=allocation,
        chosen=Counter(each.stratum for each in drawn),
        before={each: stratified.recall(each) for each in classes},
    )


def _scopes(settings: MonitorSettings, as_of: datetime) -> tuple[Scope, Scope]:
    """The buckets of the window that `once` would judge, and of the reference that is before it."""
    layout = lay_out(window_spec(settings), as_of, (), None)
    spans = (layout.current,), layout.healthy
    current, reference = (
        tuple(bucket for span in some for bucket in range(span.start, span.end, layout.bucket)) for some in spans
    )
    return Scope(current, as_of), Scope(reference, as_of)


def _classes(settings: MonitorSettings, cells: tuple[OutcomeCell, ...]) -> tuple[str, ...]:
    """The critical classes that have a recall floor; those that have any; else every class of the log."""
    floors = [name for name, floor in settings.classes.items() if floor.min_recall is not None]
    seen = {cell.predicted for cell in cells} | {cell.label for cell in cells if cell.label is not None}
    return tuple(floors or settings.classes or sorted(seen - {NO_CLASS}))


def _start(salt: str) -> float:
    """A number in [0, 1) that is a draw, and the same for the same salt."""
    digest = hashlib.blake2s(salt.encode(), digest_size=_START_BITS // 8).digest()
    return float(int.from_bytes(digest) / 2**_START_BITS)


def _queued(drawn: DrawnPrediction, share: Share) -> QueuedPrediction:
    return QueuedPrediction(drawn, share.probability, reason_of(share))


def reason_of(share: Share) -> str:
    """Why predictions of the stratum are chosen, in words."""
    if share.about is None:
        return Reason.UNIFORM.value
    reason = Reason.CAUGHT if share.stratum.predicted == share.about else Reason.MISSED
    return reason.value.format(share.about)
