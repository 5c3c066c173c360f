"""Signals that are the alarms themselves: latency alone, traffic, the arrival of labels."""

from collections.abc import Sequence

from checks.advice.deciding.model import Signal
from checks.advice.deciding.weights import DOWN, SURGE
from checks.advice.deciding.words import capital
from checks.rules.finding import Cause, Finding

LOOK = "Is the chatbot up, and does its log still arrive? Look at the last deployment and at the shipping of the log."
MORE = "Find out who sends so much: a retry loop, a load test, or news; the chatbot's quality is not in question."


def latency_signal(alarming: Sequence[Finding]) -> Signal:
    """Latency alarms and quality does not: an incident holds one or the other."""
    worst = next(finding for finding in alarming if finding.check == "latency")
    numbers = () if worst.value is None else (("value", worst.value), ("n", float(worst.n)))
    sentence = f"Only latency alarms, quality does not: {worst.message}."
    return Signal("latency_only", "latency", holds=True, sentence=sentence, numbers=numbers)


def data_signals(alarming: Sequence[Finding]) -> tuple[Signal, ...]:
    """The log itself: what is wrong with the traffic or the labels, and where to look."""
    return tuple(_data(finding) for finding in alarming if finding.check in ("traffic", "label_health"))


def _data(finding: Finding) -> Signal:
    then = "Without labels, a fall in quality stays unseen: get labelling going again."
    if finding.check == "traffic":
        then = MORE if finding.cause is Cause.ABOVE_REFERENCE else LOOK
    numbers: tuple[tuple[str, float], ...] = () if finding.value is None else (("value", finding.value),)
    if finding.check == "traffic":
        numbers += (("strength", SURGE if finding.cause is Cause.ABOVE_REFERENCE else DOWN),)
    message = capital(finding.message.removesuffix("."))
    return Signal(finding.check, "data", holds=True, sentence=f"{message}. {then}", numbers=numbers)
