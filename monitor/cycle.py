"""One look at one monitor's log: from what changed since the last look to incidents, in one transaction."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts.families import family_of
from alerts.incident import Family, Incident, State, Transition
from alerts.lifecycle import advance
from alerts.policy import Policy
from alerts.seen import worst_first
from checks.advice.advise import advise
from checks.advice.model import Advice
from checks.advice.policy import AdvicePolicy
from checks.advice.quiet import our_own_fault
from checks.check import Check
from checks.estimate import Estimate
from checks.estimates import estimates
from checks.finding import Cause, Finding
from checks.measured import Measured
from checks.windows import Windows
from monitor.blindness import blindness
from monitor.collector import not_collecting
from monitor.errors import HistoryError
from monitor.following import Follower
from monitor.history import CycleRecord, History, Transaction, WindowSpec
from monitor.linking import with_reports
from monitor.log import PredictionLog
from monitor.logs import get_logger
from monitor.study.plan import StudyPlan

ATTEMPTS: Final = 3  # another daemon on the same history may get in between; three times in a row it will not

DRIFT: Final = "drift"
"""The check that is blind where studies fail."""

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
    estimates: tuple[Estimate, ...]
    findings: tuple[Finding, ...]
    advice: tuple[FamilyAdvice, ...]
    transitions: tuple[Transition, ...]
    open_incidents: tuple[Incident, ...]
    faults: tuple[Fault, ...]
    seconds: float


@dataclass(frozen=True, slots=True)
class Monitor:
    """One chatbot's log, and how it is judged. `lookback` is how far back the log may still change.

    Without a plan for its `study`, none is made of sampled rows.
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


def run_cycle(monitor: Monitor, now: datetime) -> CycleReport:
    """Look at the log as of `now` (UTC).

    Everything is written in one transaction: a cycle that dies leaves nothing, and the next one does its work. Raises
    SourceError, MappingError and HistoryError, the last also where `now` lies before the last look that is kept.
    """
    with not_collecting():
        return _look(monitor, now, time.perf_counter())


def _look(monitor: Monitor, now: datetime, began: float) -> CycleReport:
    for _ in range(ATTEMPTS):
        cursor = monitor.history.cursor(monitor.name)
        if cursor is not None and now < cursor:
            raise HistoryError(
                f"{monitor.name}: the history has a look as of {cursor:%Y-%m-%d %H:%M:%S} UTC, and time does not go "
                f"back to {now:%Y-%m-%d %H:%M:%S}; is this machine's clock right?"
            )
        seen = monitor.history.fingerprints(monitor.name)
        with monitor.log.snapshot():
            changes = monitor.log.changed_buckets(seen, since=now - monitor.lookback, as_of=now)
            counts = monitor.log.count(changes.buckets, as_of=now)
        with monitor.history.transaction(monitor.name) as transaction:
            if transaction.cursor() != cursor:
                continue  # another daemon has looked meanwhile: what we read is old
            transaction.replace(counts, changes.fingerprints)
            return _judge(monitor, transaction, now, len(changes.buckets), began)
    raise HistoryError(
        f"{monitor.name}: another daemon keeps writing the same history; run one daemon for each history"
    )


def _judge(monitor: Monitor, transaction: Transaction, now: datetime, buckets_read: int, began: float) -> CycleReport:
    windows = transaction.windows(monitor.spec, now)
    measured = Measured(windows)
    findings, faults = _run_checks(monitor, measured)
    figures = estimates(measured)
    before = transaction.incidents()
    adviser = _Adviser(monitor.advice, windows)
    faults = (*faults, *_study_faults(monitor, transaction, windows))
    blind = blindness(
        {fault.check: fault.error for fault in faults}, (check.name for check in monitor.checks), before, windows
    )
    taken = advance(before, (*findings, *blind), adviser, now, monitor.incidents, monitor.name)
    steps = with_reports(taken, windows.study)
    review = Follower(windows, monitor.advice, _after(before, steps), steps).review(transaction, monitor.spec)
    report = CycleReport(
        monitor=monitor.name,
        as_of=now,
        buckets_read=buckets_read,
        estimates=figures,
        findings=findings,
        advice=_advice_by_family(findings, adviser),
        transitions=(*steps, *review.steps),
        open_incidents=_still_open(before, steps),
        faults=faults,
        seconds=time.perf_counter() - began,
    )
    transaction.record(_to_keep(report, monitor))
    review.write(transaction)
    return report


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
            findings.extend(check.run(measured))
        except Exception as error:  # noqa: BLE001 - one broken check must not blind the others
            _LOG.exception("check crashed", monitor=monitor.name, check=check.name)
            faults.append(Fault(check.name, f"{type(error).__name__}: {error}"))
    return tuple(findings), tuple(faults)


def _study_faults(monitor: Monitor, transaction: Transaction, windows: Windows) -> tuple[Fault, ...]:
    """What went wrong with the study that the check of drift rests on, whichever process made it."""
    if monitor.study is None:
        return ()
    error = transaction.study_error(windows.now, monitor.study.every)
    failed = [f"the study of sampled rows {error}"] if error else []
    crashed = [f"{fault.part} crashed: {fault.error}" for fault in (windows.study.faults if windows.study else ())]
    return tuple(Fault(DRIFT, text) for text in (*failed, *crashed))


class _Adviser:
    """Advice on findings of one family, given once for each family however often it is asked for."""

    def __init__(self, policy: AdvicePolicy, windows: Windows) -> None:
        self._policy = policy
        self._windows = windows
        self._given: dict[tuple[Finding, ...], Advice] = {}

    def __call__(self, findings: tuple[Finding, ...]) -> Advice:
        if findings not in self._given:
            is_ours = any(finding.cause is Cause.CRASHED for finding in findings)
            self._given[findings] = (
                our_own_fault(findings) if is_ours else advise(findings, self._windows, self._policy)
            )
        return self._given[findings]


def _advice_by_family(findings: Sequence[Finding], adviser: _Adviser) -> tuple[FamilyAdvice, ...]:
    """Advice for each family that has an alarm, and for quality in any case: "nothing to do" is advice too."""
    # In the order in which `advance` asks for it, so that it is the same question and has its answer already.
    by_family = {family: worst_first(f for f in findings if family_of(f.check) is family) for family in Family}
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
