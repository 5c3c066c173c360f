"""Why a label is in doubt."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from monitor.actions.label_audit.classify import Dissent, dissents
from monitor.actions.material import Message


class Reason(StrEnum):
    """What speaks against a label."""

    CONTRADICTED = "contradicted"  # the same text, or almost, has mostly or as often another label
    LABELLERS_DISAGREE = "labellers_disagree"  # two people gave this very prediction different labels
    CORRECTED = "corrected"  # it was something else before
    CLASSIFIER_DISAGREES = "classifier_disagrees"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message whose label is in doubt. `margin` is 0 where the classifier does not disagree."""

    message: Message
    reasons: tuple[Reason, ...]
    suggested: str | None
    margin: float
    during: bool


def find_doubts(messages: Sequence[Message], during: frozenset[str]) -> list[Doubt]:
    """Labels in doubt, most doubtful first: by reasons, then those of the incident, then by the classifier's margin.

    `during` are the ids of the incident's messages. Of messages with the same text and label, one is listed.
    """
    others = _other_labels(messages)
    dissent = dissents(_by_text(messages))
    doubts: dict[tuple[str, str], Doubt] = {}
    for message in messages:
        reasons = tuple(_reasons(message, others, dissent))
        place = message.key, message.row.label
        if reasons and (place not in doubts or len(reasons) > len(doubts[place].reasons)):
            suggested, margin = _suggested(message, others[message.group], dissent.get(message.key))
            doubts[place] = Doubt(message, reasons, suggested, margin, message.row.id in during)
    return sorted(doubts.values(), key=_place)


def _place(doubt: Doubt) -> tuple[int, bool, bool, float, str]:
    """A label that was corrected, and nothing else, is likely to be right by now."""
    is_settled = doubt.reasons == (Reason.CORRECTED,)
    return -len(doubt.reasons), is_settled, not doubt.during, -doubt.margin, doubt.message.key


def _suggested(message: Message, labels: Counter[str], dissent: Dissent | None) -> tuple[str | None, float]:
    """The class that speaks most against the label: the classifier's, else the commonest other one of the group."""
    if dissent is not None and dissent.label != message.row.label:
        return dissent.label, dissent.margin
    rivals = {name: n for name, n in labels.items() if name != message.row.label}
    return min(rivals, key=lambda name: (-rivals[name], name), default=None), 0.0


def _reasons(message: Message, others: dict[int, Counter[str]], dissent: dict[str, Dissent]) -> list[Reason]:
    row, labels = message.row, others[message.group]
    rivals = max((n for name, n in labels.items() if name != row.label), default=0)
    doubted = dissent.get(message.key)
    found = {
        Reason.CONTRADICTED: rivals >= labels[row.label],
        Reason.LABELLERS_DISAGREE: row.labels > 1 and row.labellers > 1,
        Reason.CORRECTED: row.labels > 1 and row.labellers <= 1,
        Reason.CLASSIFIER_DISAGREES: doubted is not None and doubted.label != row.label,
    }
    return [reason for reason, holds in found.items() if holds]


def _other_labels(messages: Sequence[Message]) -> dict[int, Counter[str]]:
    """How often each group of near duplicates has been given which label."""
    labels: dict[int, Counter[str]] = defaultdict(Counter)
    for message in messages:
        labels[message.group][message.row.label] += 1
    return labels


def _by_text(messages: Sequence[Message]) -> list[Message]:
    """One message of each text, with the label that it has most often (of as many: the earliest)."""
    given: dict[str, Counter[str]] = defaultdict(Counter)
    for message in messages:
        given[message.key][message.row.label] += 1
    first: dict[str, Message] = {}
    for message in messages:
        if message.row.label == given[message.key].most_common(1)[0][0]:
            first.setdefault(message.key, message)
    return list(first.values())
