"""What might be added to the prompt: made from the log by counting, for a person to put right."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from monitor.actions.brief.confusions import Confusion
from monitor.actions.brief.terms import telling_words
from monitor.actions.material import Message

WORDS: Final = 8  # that a class is described by
CLASSES: Final = 3  # that are described


@dataclass(frozen=True, slots=True)
class Definition:
    """A class, by the words that its messages use more than others do; `n` messages were read."""

    label: str
    words: tuple[str, ...]
    n: int


@dataclass(frozen=True, slots=True)
class Rule:
    """A class that goes before others where a message fits both; `is_critical` where the operator gave it a floor."""

    first: str
    then: tuple[str, ...]
    is_critical: bool


@dataclass(frozen=True, slots=True)
class Proposal:
    """An addition to the prompt."""

    definitions: tuple[Definition, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Message, ...]

    @property
    def text(self) -> str:
        """The addition as it would stand in a prompt; "" where there is nothing to propose."""
        parts = [
            _listed("Classes that are easily mistaken:", map(_definition, self.definitions)),
            _listed("Where a message fits two classes:", map(_rule, self.rules)),
            _examples(self.examples),
        ]
        return "\n\n".join(part for part in parts if part)


def propose(
    confusions: Sequence[Confusion], messages: Sequence[Message], examples: tuple[Message, ...], critical: Iterable[str]
) -> Proposal:
    """Describe the missed classes and say which goes first; `messages` are those that may be learned from."""
    missed = list(dict.fromkeys(confusion.label for confusion in confusions))[:CLASSES]
    definitions = (
        Definition(label, telling_words(label, messages, WORDS), sum(m.row.label == label for m in messages))
        for label in missed
    )
    return Proposal(
        tuple(definition for definition in definitions if definition.words),
        tuple(_rules(confusions, frozenset(critical))),
        examples,
    )


def _rules(confusions: Iterable[Confusion], critical: frozenset[str]) -> list[Rule]:
    """The missed class goes first where it is critical and the other is not, or where the reverse error is rarer."""
    then: dict[str, list[str]] = {}
    for confusion in confusions:
        outranks = confusion.label in critical or confusion.reverse_n < confusion.n
        is_settled = confusion.label in then.get(confusion.predicted, ())
        if outranks and confusion.predicted not in critical and not is_settled:
            then.setdefault(confusion.label, []).append(confusion.predicted)
    return [Rule(first, tuple(others), first in critical) for first, others in then.items()]


def _definition(definition: Definition) -> str:
    return f"{definition.label}: messages with words such as {', '.join(definition.words)}."


def _rule(rule: Rule) -> str:
    return f"{rule.first} goes before {', '.join(rule.then)}."


def _listed(heading: str, lines: Iterable[str]) -> str:
    listed = [f"- {line}" for line in lines]
    return "\n".join([heading, *listed]) if listed else ""


def _examples(examples: Iterable[Message]) -> str:
    shown = [f"Message: {' '.join(message.text.split())}\nClass: {message.row.label}" for message in examples]
    return "\n\n".join(["Examples:", *shown]) if shown else ""
