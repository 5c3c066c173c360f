"""One look at one monitor's log: from what changed since the last look to incidents, in one transaction."""

import time
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.families import family_of_finding
from alerts.incident import Incident, State, Transition
from alerts.lifecycle import advance
from alerts.messages.wording import advised, text, worded
from alerts.policy import Policy
from alerts.seen import worst_first
from checks.advice.advise import advise
from checks.advice.deciding.model import Advice
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.signals.retirement import retirement_advice
from checks.advice.signals.watch import watch_advice
from checks.clauses.clause import Clauses
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.estimates.weighted import forget_weighted
from checks.metrics.line import MetricLine
from checks.metrics.log import lost_rows
from checks.metrics.window import estimates
from checks.rules.check import Check
from checks.rules.family import Family
from checks.rules.finding import Cause, Finding
from checks.rules.held_back import held_back
from checks.rules.log_health import NAME as LOG_HEALTH
from checks.rules.log_health import invalidates
from checks.rules.registry import ROWS
from checks.rules.row import Need
from monitor.common.errors import ClockError, HistoryError
from monitor.common.gc_tuning import not_collecting
from monitor.common.logs import get_logger
from monitor.common.memory import give_back
from monitor.common.redact import redact
from monitor.common.tracing import span
from monitor.cycle.check_faults import blindness
from monitor.cycle.clock_trust import SKEW, contradiction, second_clock, was_dated_ahead
from monitor.cycle.log_notices import noticed
from monitor.cycle.outcome_tracking import Follower
from monitor.cycle.report_links import with_reports
from monitor.history import CycleRecord, History, Transaction, WindowSpec
from monitor.log.counts import BucketCounts, LogNotice
from monitor.log.prediction_log import PredictionLog
from monitor.log.problems import ProblemKind
from monitor.study.plan import StudyPlan

ATTEMPTS: Final = 3  # another daemon on the same history may get in between; three times in a row it will not

STUDIED: Final = tuple(row.name for row in ROWS if Need.STUDY in row.needs)
"""The checks that are blind where studies fail."""

_LOG = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Fault:
    """A check that crashed: a fault of tunewatch, logged and told, never a verdict."""

    check: str
    error: str


@dataclass(frozen=True, slots=True)
class FamilyAdvice:
    """What to do about the findings of one family."""

    family: Family
    advice: Advice


@dataclass(frozen=True, slots=True)
class CycleReport:
    """What one look saw and did. `open_incidents` are all that are not resolved after it; `seconds` is its duration."""

    monitor: str
    as_of: datetime
    buckets_read: int
    estimates: tuple[MetricLine, ...]
    findings: tuple[Finding, ...]
    advice: tuple[FamilyAdvice, ...]
    transitions: tuple[Transition, ...]
    open_incidents: tuple[Incident, ...]
    faults: tuple[Fault, ...]
    seconds: float

    @property
    def read_nothing(self) -> bool:
        """Whether the log has rows, and none that can be read."""
        return any(
            finding.check == LOG_HEALTH and finding.cause is Cause.UNREADABLE and finding.verdict.is_alarm
            for finding in self.findings
        )


@dataclass(frozen=True, slots=True)
class Monitor:
    """One chatbot's log, and how it is judged. `lookback` is how far back the log may still change.

    Without a plan for its `study`, none is made of sampled rows. With `replayed`, looks follow each other at once, so a
    look lets go of nothing that the next one needs.
    """

    name: str
    log: PredictionLog
    history: History
    lookback: timedelta
    spec: WindowSpec
    checks: tuple[Check, ...]
    advice: AdvicePolicy
    incidents: Policy
    channels: tuple[str, ...]
    study: StudyPlan | None = None
    replayed: bool = False

    def rest(self) -> None:
        """Give back memory that a part of a look no longer needs, unless the next look wants it at once."""
        if not self.replayed:
            give_back()

    def forget(self) -> None:
        """Let go of what was worked out, unless the next look has much of it again."""
        if not self.replayed:
            forget_weighted()


def run_cycle(monitor: Monitor, now: datetime, looked_at: datetime | None = None) -> CycleReport:
    """Look at the log as of `now` (UTC), which the clock calls `looked_at`, where it is asked.

    `now` is rounded down to a second: so it is kept, and so it can be counted again.

    Everything is written in one transaction: a cycle that dies leaves nothing, and the next one does its work. Raises
    SourceError, MappingError and HistoryError, and ClockError where `now` lies before the last look that is kept and
    nothing says that it is right; else that look is set aside (see `monitor.cycle.clock_trust`).
    """
    try:
        with not_collecting():
            return _look(monitor, now.replace(microsecond=0), looked_at, time.perf_counter())
    finally:
        monitor.forget()


def _look(monitor: Monitor, now: datetime, looked_at: datetime | None, began: float) -> CycleReport:
    for _ in range(ATTEMPTS):
        now, cursor = _agreed(monitor, now)
        seen = monitor.history.fingerprints(monitor.name)
        with span("count") as counting, monitor.log.snapshot():
            changes = monitor.log.changed_buckets(seen, since=now - monitor.lookback, as_of=now)
            counting.note(buckets=len(changes.buckets))
            counts = monitor.log.count(changes.buckets, as_of=now)
            doubtful = monitor.history.doubtful(monitor.name, seen, changes, counts)
            again = monitor.log.count(doubtful, as_of=seen.as_of or now)
        with ExitStack() as opened:
            transaction = opened.enter_context(monitor.history.transaction(monitor.name))
            if transaction.cursor() != cursor:
                continue  # another daemon has looked meanwhile: what we read is old
            with span("keep", what="counts"):
                kept = transaction.replace(counts, changes.fingerprints, again)
            monitor.rest()
            _tell_losses(monitor.name, kept)
            read = _Read(len(changes.buckets), kept.notices, looked_at, began)
            report = _judge(monitor, transaction, now, read)
            with span("keep", what="commit"):
                opened.close()
            return report
    raise HistoryError(
        f"{monitor.name}: another daemon kept {ATTEMPTS} looks while this one counted, so this look was left out. "
        "Those looks stand and nothing is missing; give both daemons a longer `every` if this goes on"
    )


def _agreed(monitor: Monitor, now: datetime) -> tuple[datetime, datetime | None]:
    """The time of this look, and the cursor that it goes on from; looks that are dated after it are set aside."""
    last = monitor.history.last_look(monitor.name)
    if last is None or now >= last.as_of:
        return now, None if last is None else last.as_of
    if last.as_of - now <= SKEW:
        return last.as_of, last.as_of
    if not was_dated_ahead(last, now):
        second = second_clock(monitor.history, monitor.log, now - monitor.lookback, last.as_of)
        if not second.agrees(now):
            raise ClockError(contradiction(monitor.name, last.as_of, now, second))
    with monitor.history.transaction(monitor.name) as transaction:
        aside = transaction.set_aside(now)
        cursor = transaction.cursor()
    _LOG.warning(
        "looks set aside that are dated after the present",
        monitor=monitor.name,
        looks=aside.looks,
        up_to=last.as_of.isoformat(),
        incidents=list(aside.incidents),
    )
    return now, cursor


@dataclass(frozen=True, slots=True)
class _Read:
    """What a look read of the log."""

    buckets: int
    notices: tuple[LogNotice, ...]
    looked_at: datetime | None
    began: float


def _judge(monitor: Monitor, transaction: Transaction, now: datetime, read: _Read) -> CycleReport:
    with span("judge"):
        windows = transaction.windows(monitor.spec, now)
        windows = replace(windows, notices=noticed(read.notices, monitor.log.file_times(), read.looked_at))
        monitor.rest()
        findings, figures, faults = _worked_out(monitor, Measured(windows))
        monitor.rest()
        faults = (*faults, *_study_faults(monitor, transaction, windows))
    with span("advise"):
        before = transaction.incidents()
        adviser = _Adviser(monitor.advice, windows, tuple(finding for finding in findings if invalidates(finding)))
        blind = blindness({fault.check: fault.error for fault in faults}, findings, before, windows)
        taken = advance(before, (*findings, *blind), adviser, now, monitor.incidents, monitor.name)
        steps = with_reports(taken, windows.study)
        review = Follower(windows, monitor.advice, _after(before, steps), steps).review(transaction, monitor.spec)
        advice = _advice_by_family(findings, adviser)
    report = CycleReport(
        monitor=monitor.name,
        as_of=now,
        buckets_read=read.buckets,
        estimates=figures,
        findings=findings,
        advice=advice,
        transitions=(*steps, *review.steps),
        open_incidents=_still_open(before, steps),
        faults=faults,
        seconds=time.perf_counter() - read.began,
    )
    with span("keep", what="look"):
        transaction.record(replace(_to_keep(report, monitor), looked_at=read.looked_at))
        review.write(transaction)
    return report


def _worked_out(
    monitor: Monitor, measured: Measured
) -> tuple[tuple[Finding, ...], tuple[MetricLine, ...], tuple[Fault, ...]]:
    """Findings, metrics, and faults; what was measured is let go of with the return: of many classes 150 megabytes."""
    found, faults = _run_checks(monitor, measured)
    monitor.rest()
    return held_back(found, text), (*estimates(measured), *lost_rows(measured)), faults


def _tell_losses(monitor: str, counts: BucketCounts) -> None:
    for notice in counts.notices:
        if notice.kind in (ProblemKind.LOST_PREDICTION, ProblemKind.LOST_LABEL):
            _LOG.warning("log lost rows", monitor=monitor, kind=notice.kind, n=notice.n, buckets=notice.examples)


def _to_keep(report: CycleReport, monitor: Monitor) -> CycleRecord:
    return CycleRecord(
        as_of=report.as_of,
        estimates=report.estimates,
        findings=report.findings,
        transitions=report.transitions,
        channels=monitor.channels,
        buckets_read=report.buckets_read,
        faults=tuple(f"{fault.check}: {fault.error}" for fault in report.faults),
        seconds=report.seconds,
    )


def _run_checks(monitor: Monitor, measured: Measured) -> tuple[tuple[Finding, ...], tuple[Fault, ...]]:
    findings: list[Finding] = []
    faults: list[Fault] = []
    for check in monitor.checks:
        try:
            with span("check", check=check.name):
                findings.extend(map(worded, check.run(measured)))
        except Exception as error:  # noqa: BLE001 - one broken check must not blind the others
            _LOG.exception("check crashed", monitor=monitor.name, check=check.name)
            faults.append(Fault(check.name, redact(f"{type(error).__name__}: {error}")))
    return tuple(findings), tuple(faults)


def _study_faults(monitor: Monitor, transaction: Transaction, windows: Windows) -> tuple[Fault, ...]:
    """What went wrong with the study that some checks rest on, whichever process made it."""
    if monitor.study is None:
        return ()
    error = transaction.study_error(windows.now, monitor.study.every)
    failed = [f"the study of sampled rows {error}"] if error else []
    crashed = [f"{fault.part} crashed: {fault.error}" for fault in (windows.study.faults if windows.study else ())]
    return tuple(Fault(check, text) for check in STUDIED for text in (*failed, *crashed))


class _Adviser:
    """Advice on findings of one family, given once for each family however often it is asked for.

    `doubts` are findings that say that the log misleads: they bar everything but its repair.
    """

    def __init__(self, policy: AdvicePolicy, windows: Windows, doubts: tuple[Finding, ...]) -> None:
        self._policy = policy
        self._doubts = doubts
        self._windows = windows
        self._given: dict[tuple[Finding, ...], Advice] = {}

    def __call__(self, findings: tuple[Finding, ...]) -> Advice:
        if findings not in self._given:
            self._given[findings] = advised(self._advise(findings))
        return self._given[findings]

    def _advise(self, findings: tuple[Finding, ...]) -> Advice[Clauses]:
        families = {family_of_finding(finding) for finding in findings}
        if Family.WATCH in families:
            return watch_advice(findings)
        if Family.RETIREMENT in families:  # a date holds whatever the log says
            return retirement_advice(findings, self._windows)
        return advise(findings, self._windows, self._policy, self._doubts)


def _advice_by_family(findings: Sequence[Finding], adviser: _Adviser) -> tuple[FamilyAdvice, ...]:
    """Advice for each family that has an alarm, and for quality in any case: "nothing to do" is advice too."""
    # In the order in which `advance` asks for it, so that it is the same question and has its answer already.
    by_family = {family: worst_first(f for f in findings if family_of_finding(f) is family) for family in Family}
    return tuple(
        FamilyAdvice(family, adviser(found))
        for family, found in by_family.items()
        if family is Family.QUALITY or any(finding.verdict.is_alarm for finding in found)
    )


def _still_open(before: Iterable[Incident], steps: Iterable[Transition]) -> tuple[Incident, ...]:
    return tuple(each for each in _after(before, steps).values() if each.state is not State.RESOLVED)


def _after(before: Iterable[Incident], steps: Iterable[Transition]) -> dict[str, Incident]:
    """The incidents by id, as the steps leave them."""
    return {incident.id: incident for incident in before} | {step.incident.id: step.incident for step in steps}
