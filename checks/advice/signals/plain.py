"""Signals that are the alarms themselves: latency alone, traffic, the arrival of labels."""

from collections.abc import Sequence

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import DOWN, SURGE
from checks.clauses.clause import Clauses, clause
from checks.rules.finding import Cause, Finding


def latency_signal(alarming: Sequence[Finding]) -> Signal[Clauses]:
    """Latency alarms and quality does not: an incident holds one or the other."""
    worst = next(finding for finding in alarming if finding.check == "latency")
    numbers = () if worst.value is None else (("value", worst.value), ("n", float(worst.n)))
    said = clause(SignalClause.ONLY_LATENCY, finding=worst.message)
    return Signal("latency_only", "latency", holds=True, sentence=(said,), numbers=numbers)


def data_signals(alarming: Sequence[Finding]) -> tuple[Signal[Clauses], ...]:
    """The log itself: what is wrong with the traffic or the labels, and where to look."""
    return tuple(_data(finding) for finding in alarming if finding.check in ("traffic", "label_health"))


def _data(finding: Finding) -> Signal[Clauses]:
    more = finding.cause is Cause.ABOVE_REFERENCE
    then = SignalClause.LABELS_STOPPED
    if finding.check == "traffic":
        then = SignalClause.TRAFFIC_UP if more else SignalClause.TRAFFIC_DOWN
    numbers: tuple[tuple[str, float], ...] = () if finding.value is None else (("value", finding.value),)
    if finding.check == "traffic":
        numbers += (("strength", SURGE if more else DOWN),)
    said = clause(then, finding=finding.message.removesuffix("."))
    return Signal(finding.check, "data", holds=True, sentence=(said,), numbers=numbers)
