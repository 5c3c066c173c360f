"""What one cycle saw of one family of findings, and what that means for the findings of an incident."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from checks.rules.finding import Cause, Finding, Verdict

_RANK = {Verdict.CRITICAL: 3, Verdict.WARNING: 2, Verdict.NOT_ENOUGH_DATA: 1, Verdict.OK: 0}


def is_worse(verdict: Verdict, than: Verdict) -> bool:
    """Whether a verdict is more severe than another."""
    return _RANK[verdict] > _RANK[than]


def worst_first(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by verdict, then by distance from the limit in widths of their interval, then by key."""
    return tuple(sorted(findings, key=lambda finding: (-_RANK[finding.verdict], -_gap(finding), finding.key)))


def _gap(finding: Finding) -> float:
    if finding.cause is Cause.DUE and finding.value is not None:
        return -finding.value  # the fewest days are left of the worst
    limit = finding.threshold if finding.threshold is not None else finding.reference
    if finding.value is None or limit is None:
        return 0.0
    spread = abs(finding.high - finding.low) if finding.low is not None and finding.high is not None else 0.0
    return abs(finding.value - limit) / max(spread, 1e-9)


def _is_sooner(due: float | None, told: float | None) -> bool:
    """Whether a warning stands nearer to its day than the one that was told, or none was."""
    return told is None or (due is not None and due < told)


@dataclass(frozen=True, slots=True)
class Seen:
    """The findings of one family in one cycle, worst first; `now` is the end of the cycle's data.

    Only a finding with data counts as seen. Of two findings with one key the worse one does.
    """

    findings: tuple[Finding, ...]
    by_key: dict[tuple[str, str, str], Finding]
    now: datetime

    @classmethod
    def of(cls, findings: Iterable[Finding], now: datetime) -> "Seen":
        """Sort the findings of one cycle."""
        ordered = worst_first(findings)
        with_data = [finding for finding in ordered if finding.verdict is not Verdict.NOT_ENOUGH_DATA]
        return cls(ordered, {finding.key: finding for finding in reversed(with_data)}, now)

    @property
    def alarms(self) -> tuple[Finding, ...]:
        """Findings that alarm now, worst first."""
        return worst_first(finding for finding in self.by_key.values() if finding.verdict.is_alarm)

    @property
    def worst(self) -> Verdict:
        """The verdict of the worst alarm; there has to be one."""
        return self.alarms[0].verdict

    def members(self, known: Iterable[Finding]) -> tuple[Finding, ...]:
        """What has alarmed in an incident, as seen last; a finding without data stays as it was."""
        before = {finding.key: finding for finding in (*known, *self.alarms)}
        return worst_first(self.by_key.get(key, finding) for key, finding in before.items())

    def joined(self, known: Iterable[Finding]) -> tuple[Finding, ...]:
        """Alarms of a check and subject that an incident did not have; another slice of one it has is no news."""
        before = {(finding.check, finding.subject) for finding in known}
        return tuple(finding for finding in self.alarms if (finding.check, finding.subject) not in before)

    def nearer(self, known: Iterable[Finding]) -> tuple[Finding, ...]:
        """Known alarms of a day that comes whose next warning is due, or that did not alarm when last seen."""
        told = {finding.key: finding.threshold if finding.verdict.is_alarm else None for finding in known}
        return tuple(
            each
            for each in self.alarms
            if each.cause is Cause.DUE and each.key in told and _is_sooner(each.threshold, told[each.key])
        )

    def fresh(self, known: Iterable[Finding], stale: timedelta) -> tuple[Finding, ...]:
        """Findings that had data in the last `stale`."""
        return tuple(f for f in known if f.key in self.by_key or self.now - f.window_end < stale)

    def has_any(self, known: Iterable[Finding]) -> bool:
        """Whether at least one of these findings had data now."""
        return any(finding.key in self.by_key for finding in known)

    def all_clear(self, known: Iterable[Finding]) -> bool:
        """Whether the data now speaks for each of these being well: no alarm, no gap, nothing provisional."""
        now = [self.by_key.get(finding.key) for finding in known]
        return all(f is not None and f.clear and not f.provisional and not f.verdict.is_alarm for f in now)
