"""Where studies are made: draws the rows, has the child process look at them, and keeps what comes back."""

import threading
import time
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from checks.counts.study import Study, StudySpan
from checks.rules.drift import Drift
from monitor.common.logs import get_logger
from monitor.common.redact import redact
from monitor.cycle.cycle import Monitor
from monitor.history import KeptStudy
from monitor.history.spans import Span
from monitor.history.types import from_epoch
from monitor.log.sampled import RegisteredMessages, Samples
from monitor.study.child import StudyChild
from monitor.study.messages import ReportTarget, StudyRequest
from monitor.study.plan import StudyPlan
from monitor.study.reports import ReportFolder

LEAST_ROWS: Final = 100
"""Rows of the window, and of the reference, under which no study is made: it would find nothing but chance."""

_LOG = get_logger(__name__)


class StudyDesk:
    """Makes the studies of any number of monitors, one after the other, with one child process between them."""

    def __init__(self, child: StudyChild | None = None, reports: ReportFolder | None = None) -> None:
        self._child = child or StudyChild()
        self._reports = reports
        self._busy = threading.Lock()
        self._stopped = threading.Event()

    def study_if_due(self, monitor: Monitor, now: datetime) -> KeptStudy | None:
        """Make and keep a study as of `now` where one is due; None where none is, or where too few rows are there.

        A study that fails is kept as such, and the next cycles report it. Raises what reading the log and the history
        raise.
        """
        plan = monitor.study
        if plan is None or not monitor.history.is_study_due(monitor.name, now, plan.every):
            return None
        with self._busy:
            return None if self._stopped.is_set() else self._make(monitor, plan, now)

    def rest(self) -> None:
        """End the child process until it is needed again."""
        self._child.close()

    def stop(self) -> None:
        """Make no further study, and cut the one short that is under way."""
        self._stopped.set()
        self._child.kill()

    def close(self, patience: float) -> bool:
        """End the child process once idle; whether the study under way, if any, ended within `patience` seconds."""
        if not self._busy.acquire(timeout=max(patience, 0)):
            return False
        self._child.close()
        self._busy.release()
        return True

    def _make(self, monitor: Monitor, plan: StudyPlan, now: datetime) -> KeptStudy | None:
        began = time.perf_counter()
        samples = draw(monitor, plan, now)
        if min(len(samples.current), len(samples.reference)) < LEAST_ROWS or self._stopped.is_set():
            return None
        reply = self._child.ask(
            StudyRequest(samples, plan.memory_mb, relevance_model=plan.relevance_model), plan.timeout
        )
        if self._stopped.is_set():
            return None
        study = reply.study and self._with_report(monitor, plan, samples, reply.study)
        kept = KeptStudy(now, study, redact(reply.error), time.perf_counter() - began)
        monitor.history.keep_study(monitor.name, kept)
        _tell(monitor.name, kept)
        return kept

    def _with_report(self, monitor: Monitor, plan: StudyPlan, samples: Samples, study: Study) -> Study:
        """The study, with Evidently's report where one is wanted; one that fails is logged, and the study stands."""
        if self._reports is None or not _is_telling(monitor, study):
            return study
        try:
            self._reports.tidy(study.as_of)
            file = self._reports.place(monitor.name, study.as_of)
        except OSError as error:
            _LOG.error("report not kept", monitor=monitor.name, error=str(error))
            return study
        target = ReportTarget(str(file), monitor.name, self._reports.workspace)
        reply = self._child.ask(StudyRequest(samples, plan.memory_mb, target), plan.timeout)
        if reply.error:
            _LOG.error("report failed", monitor=monitor.name, error=reply.error)
            return study
        return replace(study, report=str(file))


def _is_telling(monitor: Monitor, study: Study) -> bool:
    """Whether somebody will want to see more: drift alarms, or answers are bad at this time."""
    drifts = [check for check in monitor.checks if isinstance(check, Drift)]
    alarms = any(finding.verdict.is_alarm for check in drifts for finding in check.judge(study))
    return alarms or monitor.history.is_quality_bad(monitor.name, study.as_of)


def draw(monitor: Monitor, plan: StudyPlan, now: datetime) -> Samples:
    """The rows of a study as of `now`, drawn anew."""
    layout = monitor.history.layout(monitor.name, monitor.spec, now)
    window, healthy = _spans([layout.current])[0], _spans(layout.healthy)
    with monitor.log.snapshot():
        return Samples(
            as_of=now,
            window=window,
            reference_spans=healthy,
            current=monitor.log.draw_rows([window], as_of=now, limit=plan.rows),
            reference=monitor.log.draw_rows(healthy, as_of=now, limit=plan.rows),
            segments=plan.segments,
            examples=plan.examples,
            registered=_registered(monitor),
        )


def _registered(monitor: Monitor) -> tuple[RegisteredMessages, ...]:
    sets = monitor.history.registered(monitor.name)
    return tuple(RegisteredMessages(s.model_version, s.kind, b64encode(s.signatures).decode()) for s in sets)


def _spans(spans: Sequence[Span]) -> tuple[StudySpan, ...]:
    return tuple(StudySpan(from_epoch(span.start), from_epoch(span.end)) for span in spans)


def _tell(monitor: str, kept: KeptStudy) -> None:
    if kept.error:
        _LOG.error("study failed", monitor=monitor, error=kept.error)
        return
    assert kept.study is not None  # noqa: S101 - no error
    for fault in kept.study.faults:
        _LOG.error("part of a study crashed", monitor=monitor, part=fault.part, error=fault.error)
    _LOG.info(
        "studied",
        monitor=monitor,
        as_of=kept.as_of.isoformat(),
        rows=kept.study.n_current,
        reference_rows=kept.study.n_reference,
        seconds=round(kept.seconds, 3),
    )
