"""Who is hurt by what a finding says: so many messages a day."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from alerts.messages.figures import milliseconds
from alerts.messages.names import short_name
from checks.rules.finding import Finding, PerDay

_WEEK: Final = 7
_WHERE: Final = "go to the wrong class"
"""What becomes of the messages of a class that is missed."""

_OFTEN: Final = 1.5
"""Messages a day under which they are counted by the week."""


def hurt(finding: Finding, *, interval: bool = False, brief: bool = False) -> str:
    """Who is hurt, such as `about 14 urgent messages a day go to the wrong class`; "" where no number is carried.

    With `interval` the number has its 95% interval: `about 14 (9–20) urgent …`. What is `brief` says `are missed`.
    """
    told, words = finding.per_day, _WORDS.get(finding.check)
    if told is None or words is None or not finding.verdict.is_alarm:
        return ""
    if round(told.value * _WEEK) == 0:
        return ""
    times, span = (1, "day") if told.value >= _OFTEN else (_WEEK, "week")
    said = words(finding, f"about {_number(told, times, interval=interval)}", f"a {span}")
    return said.replace(_WHERE, "are missed") if brief else said


def _number(told: PerDay, times: int, *, interval: bool) -> str:
    value, low, high = (f"{rounded(times * x):,.0f}" for x in (told.value, told.low, told.high))
    return f"{value} ({low}–{high})" if interval else value


def rounded(value: float) -> float:
    """An estimate as it is told: two digits, as nobody knows a third.

    >>> rounded(13.8), rounded(1_234.0), rounded(7.4)
    (14.0, 1200.0, 7.0)
    """
    step = 10.0 ** max(len(f"{value:.0f}") - 2, 0)
    return round(value / step) * step


def _missed(finding: Finding, number: str, span: str) -> str:
    return f"{number} {short_name(finding.subject)} messages {span} {_WHERE}"


def _mistaken(finding: Finding, number: str, span: str) -> str:
    return f"{number} messages {span} are wrongly taken for {short_name(finding.subject)}"


def _wrong(_finding: Finding, number: str, span: str) -> str:
    return f"{number} messages {span} are answered wrongly"


def _slow(finding: Finding, number: str, span: str) -> str:
    return f"{number} answers {span} take longer than {milliseconds(finding.threshold or 0.0)}"


def _depends(_finding: Finding, number: str, span: str) -> str:
    return f"it answers {number} messages {span}"


_WORDS: Final[Mapping[str, Callable[[Finding, str, str], str]]] = MappingProxyType(
    {
        "accuracy": _wrong,
        "class_recall": _missed,
        "accuracy_paradox": _missed,
        "class_precision": _mistaken,
        "latency": _slow,
        "model_retirement": _depends,
    }
)
"""What the predictions of a finding suffer, by its check."""
