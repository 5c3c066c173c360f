"""Which class is taken for which, and how much more often than before."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.actions.brief.span import IncidentMessages
from monitor.actions.material import Message

SHOWN: Final = 5  # confusions; those after them explain little
FEWEST: Final = 2  # errors that make a confusion


@dataclass(frozen=True, slots=True)
class Confusion:
    """Messages of class `label` that were answered `predicted`: `n` of the `of` labelled ones of that class.

    `before_n` and `before_of` are the same before the incident. `reverse_n` are messages of class `predicted` that were
    answered `label` meanwhile. `errors` are all labelled errors of the incident.
    """

    label: str
    predicted: str
    n: int
    of: int
    before_n: int
    before_of: int
    reverse_n: int
    errors: int

    @property
    def rate(self) -> float:
        """Share of the class's messages, in (0, 1]."""
        return self.n / self.of

    @property
    def before_rate(self) -> float | None:
        """Share of the class's messages before; None where none of them was labelled then."""
        return self.before_n / self.before_of if self.before_of else None

    @property
    def lift(self) -> float | None:
        """How many times as often as before; None where it never happened before, or nothing is known of it."""
        return self.rate / self.before_rate if self.before_rate else None

    @property
    def share(self) -> float:
        """Share of all labelled errors, in (0, 1]."""
        return self.n / self.errors

    @property
    def excess(self) -> float:
        """Errors over those that were to be expected at the rate of before."""
        return self.n - self.of * (self.before_rate or 0.0)


def top_confusions(span: IncidentMessages, missed: Container[str], overused: Container[str]) -> tuple[Confusion, ...]:
    """The incident's confusions: those of `missed` classes and `overused` answers first, then by the new errors."""

    def place(confusion: Confusion) -> tuple[bool, float, str, str]:
        alarmed = confusion.label in missed or confusion.predicted in overused
        return not alarmed, -confusion.excess, confusion.label, confusion.predicted

    found = sorted(_all(span), key=place)
    return tuple(confusion for confusion in found if confusion.n >= FEWEST)[:SHOWN]


def errors_of(messages: Sequence[Message], confusion: Confusion) -> tuple[Message, ...]:
    """The messages of a confusion."""
    pair = confusion.label, confusion.predicted
    return tuple(message for message in messages if (message.row.label, message.row.predicted) == pair)


def _all(span: IncidentMessages) -> list[Confusion]:
    during, before = (Counter((m.row.label, m.row.predicted) for m in part) for part in (span.during, span.before))
    of, before_of = (Counter(m.row.label for m in part) for part in (span.during, span.before))
    errors = sum(n for (label, predicted), n in during.items() if label != predicted)
    return [
        Confusion(
            label=label,
            predicted=predicted,
            n=n,
            of=of[label],
            before_n=before[label, predicted],
            before_of=before_of[label],
            reverse_n=during[predicted, label],
            errors=errors,
        )
        for (label, predicted), n in during.items()
        if label != predicted
    ]
