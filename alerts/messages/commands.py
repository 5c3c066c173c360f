"""The commands that a person would run next on an incident: none that would be refused as it stands."""

from collections.abc import Iterator

from alerts.incident import Incident, State
from checks.advice.deciding.model import Action
from checks.advice.signals.retirement import UNLABELLED
from checks.rules.family import Family

_ROLLBACKS = frozenset({Action.ROLLBACK_PROMPT, Action.ROLLBACK_RELEASE})
_BRIEFED = _ROLLBACKS | {Action.REVISE_PROMPT, Action.ADD_CONTEXT, Action.FIX_PARSER}
"""Actions for which whoever edits the prompt wants its brief: confusions, failing messages, tests."""


def next_commands(incident: Incident) -> tuple[str, ...]:
    """What to type, in the order in which it is needed."""
    if incident.family is Family.WATCH:
        return tuple(_of_watch(incident))
    return (f"tunewatch explain {incident.id}", *_of_bot(incident))


def _of_bot(incident: Incident) -> Iterator[str]:
    advice = incident.advice
    if _is_told(incident) and incident.state is not State.RESOLVED:
        if not advice.abstained and advice.action is not Action.NONE:
            yield f"tunewatch decide {incident.id} --accept"
        elif incident.acknowledged_by is None:
            yield f"tunewatch ack {incident.id}"
        if advice.action in _BRIEFED or (advice.abstained and incident.family is Family.QUALITY):
            yield f"tunewatch export brief {incident.id}"
        if advice.action is Action.FIX_LABELS:
            yield f"tunewatch export label-audit {incident.id}"
        if advice.action is Action.REPLACE_MODEL and not _lacks_labels(incident):
            yield f"tunewatch try sample {incident.id}"
        if advice.action is Action.FINE_TUNE:
            yield f"tunewatch export finetune {incident.monitor} --format openai"
    elif _is_told(incident) and incident.false_alarm_by is None:
        yield f"tunewatch false-alarm {incident.id}"


def _lacks_labels(incident: Incident) -> bool:
    """Whether a sample would be refused."""
    return any(signal.name == UNLABELLED and signal.holds for signal in incident.advice.signals)


def _of_watch(incident: Incident) -> Iterator[str]:
    if incident.state is State.RESOLVED:
        yield f"tunewatch history --incident {incident.id}"
        return
    yield "tunewatch test-alert" if incident.advice.action is Action.FIX_ALERTING else "tunewatch validate"
    if _is_told(incident) and incident.acknowledged_by is None:
        yield f"tunewatch ack {incident.id}"


def _is_told(incident: Incident) -> bool:
    """Whether people were told: before, an incident may pass by itself, and nothing can be done with it."""
    return incident.opened_at is not None
