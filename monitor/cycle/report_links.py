"""Tie Evidently's report of the sampled rows to the incident that it was made for."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from alerts.incident import Incident, Reason, State, Transition
from checks.counts.study import Study
from checks.rules.family import Family

SHOWN_IN: Final = (Family.QUALITY, Family.DATA)
"""Families whose incidents a report of messages and answers helps to understand."""

EARLY: Final = timedelta(days=1)
"""How long before the alarm a report may have been made: that of the drift which alarms is."""


def with_reports(steps: Sequence[Transition], study: Study | None) -> tuple[Transition, ...]:
    """The steps, with the study's report in each incident that has none yet and is not over.

    A step that nobody would be told of becomes one that mends the message which stands in the channel.
    """
    if study is None or not study.report:
        return tuple(steps)
    return tuple(_linked(step, study) if _lacks(step.incident, study) else step for step in steps)


def _lacks(incident: Incident, study: Study) -> bool:
    is_shown = incident.family in SHOWN_IN and incident.state in (State.FIRING, State.RECOVERING)
    return is_shown and not incident.report and study.as_of >= incident.since - EARLY


def _linked(step: Transition, study: Study) -> Transition:
    quiet = step.event is None and step.reason is Reason.REFRESHED
    return replace(
        step,
        incident=replace(step.incident, report=study.report),
        reason=Reason.REPORT_WRITTEN if quiet else step.reason,
    )
