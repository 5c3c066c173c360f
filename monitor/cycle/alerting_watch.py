"""What fails of alerting (channels that take no alerts, buttons that do nothing), told through what works of it.

It is kept as an incident of the family `watch`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from alerts.incident import Incident, State, Transition
from alerts.lifecycle import advance
from alerts.messages.wording import advised, text
from alerts.policy import Policy
from checks.advice.deciding.model import Advice
from checks.advice.signals.watch import watch_advice
from checks.clauses.clause import Clause, clause
from checks.rules.family import Family
from checks.rules.finding import DELIVERY, Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from monitor.common.redact import brief
from monitor.history import History

CLICKS: Final = "slack buttons"
"""What fails where clicks do not come in; no channel has a space in its name."""

CONFIGURATION: Final = "new configuration"
"""What fails where a configuration is refused while the one before goes on."""


_SEVERITIES: Final = {CLICKS: Verdict.WARNING, CONFIGURATION: Verdict.WARNING}
"""Of what is no channel: alerts arrive all the same."""


@dataclass(frozen=True, slots=True)
class AlertingWatch:
    """The incident of alerting that fails. One monitor carries it, as there is one for all of it."""

    monitor: str
    history: History
    policy: Policy
    channels: tuple[str, ...]

    def note(
        self, failing: Mapping[str, str], now: datetime, unsettled: Collection[str] = frozenset()
    ) -> Sequence[Transition]:
        """Keep what fails at `now`, by name and why, and what is to be told of it: channels, `CLICKS`, `CONFIGURATION`.

        What is `unsettled` (it fails, and not for long yet; a new process does not know for how long) begins no
        incident, and ends none. Costs one small query where all is well. Raises HistoryError.
        """
        if not failing and not _watched(self.history.queries.unresolved(self.monitor, Family.WATCH)):
            return ()
        with self.history.transaction(self.monitor) as transaction:
            watched = [each for each in transaction.incidents() if each.family is Family.WATCH]
            findings = _findings(failing, unsettled, watched, now)
            if not findings:
                return ()
            steps = advance(watched, findings, _advice, now, replace(self.policy, hold=timedelta(0)), self.monitor)
            transaction.tell(steps, self.channels)
        return steps


def _advice(findings: Sequence[Finding]) -> Advice:
    return advised(watch_advice(findings))


def _watched(incidents: Collection[Incident]) -> tuple[Finding, ...]:
    """What open incidents hold, where one of them is of a channel."""
    held = [each.findings for each in incidents]
    return tuple(finding for findings in held if any(f.check == DELIVERY for f in findings) for finding in findings)


def _findings(
    failing: Mapping[str, str], unsettled: Collection[str], watched: Collection[Incident], now: datetime
) -> tuple[Finding, ...]:
    """What is found now, and what else an open incident holds, as it was found last."""
    known = tuple(each for it in watched if it.state is not State.RESOLVED for each in it.findings)
    alarms = tuple(_finding(name, error, now) for name, error in failing.items())
    ours = tuple(each for each in known if each.check == DELIVERY and each.subject not in failing)
    well = tuple(_finding(each.subject, None, now) for each in ours if each.subject not in unsettled)
    held = (each for each in ours if each.subject in unsettled)
    others = (*(finding for finding in known if finding.check != DELIVERY), *held)
    return (*others, *alarms, *well) if alarms or well else ()


def _finding(name: str, error: str | None, now: datetime) -> Finding:
    """That it fails, and why; None: that it works."""
    return Finding(
        check=DELIVERY,
        subject=name,
        verdict=Verdict.OK if error is None else _SEVERITIES.get(name, Verdict.CRITICAL),
        cause=Cause.WITHIN_LIMITS if error is None else Cause.SILENT,
        message=text((_said(name, error),)),
        window_start=now - timedelta(microseconds=1),
        window_end=now,
        clear=error is None,
    )


def _said(name: str, error: str | None) -> Clause:
    if name == CLICKS:
        if error is None:
            return clause(FindingClause.CLICKS_WORK)
        return clause(FindingClause.CLICKS_FAIL, error=brief(error))
    if name == CONFIGURATION:
        if error is None:
            return clause(FindingClause.CONFIG_TAKEN)
        return clause(FindingClause.CONFIG_REFUSED, error=brief(error))
    if error is None:
        return clause(FindingClause.CHANNEL_WORKS, channel=name)
    return clause(FindingClause.CHANNEL_FAILS, channel=name, error=brief(error))
