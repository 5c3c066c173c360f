"""Which findings belong together, and which alarms may be told at once."""

from checks.rules.family import Family
from checks.rules.finding import Cause, Finding
from checks.rules.registry import family_of

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


def family_of_finding(finding: Finding) -> Family:
    """The family that a finding belongs to: that of its check, unless it says that the check crashed."""
    return Family.WATCH if finding.cause is Cause.CRASHED else family_of(finding.check)
