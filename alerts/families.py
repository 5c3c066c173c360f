"""Which findings belong together, and which alarms may be told at once."""

from alerts.incident import Family
from checks.rules.finding import Cause, Finding

_FAMILY_OF_CHECK = {
    "accuracy": Family.QUALITY,
    "class_recall": Family.QUALITY,
    "class_precision": Family.QUALITY,
    "accuracy_paradox": Family.QUALITY,
    "relevance": Family.QUALITY,
    "calibration": Family.QUALITY,
    "generalisation_gap": Family.QUALITY,
    "leakage": Family.QUALITY,
    "prompt_bias": Family.QUALITY,
    "latency": Family.LATENCY,
    "label_health": Family.DATA,
    "traffic": Family.DATA,
    "drift": Family.DATA,
    "log_health": Family.WATCH,
    "look": Family.WATCH,
}

HELD_FAMILIES = frozenset({Family.DATA, Family.WATCH})
"""Families whose alarm must last before it is told.

The alarms of quality and latency already keep their false-alarm rate under repeated looks
(`checks.statistics.alarm_budget`): to hold them longer would only cost time. A silent hour of traffic or of labels is
common, and says little until it lasts.
"""


FACTS = frozenset({Family.WATCH})
"""Families whose findings are facts: the first look that finds all well ends the incident.

Whether a look succeeds, or how many rows it could read, is counted; no chance is left that time would have to rule out.
"""


def family_of(check: str) -> Family:
    """The family of a check. Raises ValueError for a check that has none."""
    try:
        return _FAMILY_OF_CHECK[check]
    except KeyError:
        message = f"check {check!r} belongs to no family; add it to alerts/families.py"
        raise ValueError(message) from None


def family_of_finding(finding: Finding) -> Family:
    """The family that a finding belongs to: that of its check, unless it says that the check crashed."""
    return Family.WATCH if finding.cause is Cause.CRASHED else family_of(finding.check)
