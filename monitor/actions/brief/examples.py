"""Messages to show: failing ones beside the nearest that went right, and candidates for the prompt."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.actions.brief.confusions import Confusion, errors_of
from monitor.actions.brief.likeness import Likeness
from monitor.actions.brief.span import IncidentMessages
from monitor.actions.material import Holdout, Message

PER_CONFUSION: Final = 5
FEW_SHOT_PAIRS: Final = 2  # each of one example of either class: two to four in all


@dataclass(frozen=True, slots=True)
class Failing:
    """A message that was answered wrong, and the nearest that were answered right; None where there is none.

    `of_its_class` may say the very same, at another time. `of_the_other` is of the class that it was taken for.
    """

    message: Message
    of_its_class: Message | None
    of_the_other: Message | None
    is_held_out: bool


@dataclass(frozen=True, slots=True)
class ConfusionExamples:
    """A confusion with its examples."""

    confusion: Confusion
    failing: tuple[Failing, ...]


def show(
    span: IncidentMessages, confusions: Iterable[Confusion], holdout: Holdout, likeness: Likeness
) -> tuple[ConfusionExamples, ...]:
    """Choose examples of each confusion: different ones, messages that are held out only where there are no others."""
    right: dict[str, list[Message]] = defaultdict(list)
    for message in _different((*span.before, *span.during)):
        if message.is_right and not holdout.has(message):
            right[message.row.label].append(message)
    return tuple(
        ConfusionExamples(
            confusion,
            tuple(
                Failing(
                    message,
                    likeness.nearest(message, right[confusion.label]),
                    likeness.nearest(message, right[confusion.predicted]),
                    holdout.has(message),
                )
                for message in _chosen(errors_of(span.during, confusion), holdout)
            ),
        )
        for confusion in confusions
    )


def few_shot(
    span: IncidentMessages, confusions: Iterable[Confusion], holdout: Holdout, likeness: Likeness
) -> tuple[Message, ...]:
    """Two to four examples for the prompt, as many of the missed class as of the one that it is taken for; maybe none.

    Of the first confusions: the message of either class that is most like the errors, with a label that no other
    contradicts, and never one that is held out.
    """
    fit = _undisputed([m for m in (*span.before, *span.during) if not holdout.has(m)])
    chosen: list[Message] = []
    for confusion in list(confusions)[:FEW_SHOT_PAIRS]:
        errors = errors_of(span.during, confusion)
        taken = {message.group for message in chosen}
        sides = [
            [
                m
                for m in fit
                if m.row.label == label and m.group not in taken and (label == confusion.label or m.is_right)
            ]
            for label in (confusion.label, confusion.predicted)
        ]
        pair = [ranked[0] for side in sides if (ranked := likeness.typical(side, errors))]
        chosen += pair if len(pair) == len(sides) else []
    return tuple(chosen)


def _chosen(errors: Sequence[Message], holdout: Holdout) -> Sequence[Message]:
    return sorted(_different(errors), key=lambda m: (holdout.has(m), _confidence(m), m.key))[:PER_CONFUSION]


def _confidence(message: Message) -> float:
    """Surest first: those are the errors that a threshold would not catch."""
    return -(message.row.confidence or 0.0)


def _different(messages: Sequence[Message]) -> list[Message]:
    """One of each group of near duplicates, the earliest."""
    return list({message.group: message for message in reversed(messages)}.values())[::-1]


def _undisputed(messages: Sequence[Message]) -> list[Message]:
    """One of each group whose members all have one label, and whose labels were never corrected."""
    labels: dict[int, set[str]] = defaultdict(set)
    corrected = {message.group for message in messages if message.row.labels > 1}
    for message in messages:
        labels[message.group].add(message.row.label)
    return [m for m in _different(messages) if len(labels[m.group]) == 1 and m.group not in corrected]
