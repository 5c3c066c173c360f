"""Splits messages into training, validation and test data, so that nothing is learned from what is tested."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from monitor.actions.material import Holdout, Material, Message, NothingToExportError, disputed

VALIDATION: Final = 0.125
"""Share of what is not held out that validates: a tenth of all."""

MIN_CLASSES: Final = 2


class Split(StrEnum):
    """A part of the data; also the name of its file."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Limits:
    """What is asked of the training data.

    `per_class`: different messages that each class needs. `ratio`: the cap of a class, in multiples of the smallest.
    """

    per_class: int
    ratio: float
    seed: int


@dataclass(frozen=True)
class Dataset:
    """Different messages by split, in an order drawn from the seed; and the rows that were left out, by why."""

    splits: dict[Split, tuple[Message, ...]]
    left_out: dict[str, int]
    disputed_groups: int
    holdout: Holdout

    @property
    def labels(self) -> tuple[str, ...]:
        """All classes, by name."""
        return tuple(sorted({message.row.label for split in self.splits.values() for message in split}))

    def counts(self, split: Split) -> Counter[str]:
        """Messages of a split by label."""
        return Counter(message.row.label for message in self.splits[split])


def split_up(material: Material, holdout: Holdout, limits: Limits) -> Dataset:
    """Make the dataset. Raises NothingToExportError where a class has too few messages to learn from."""
    ripe = [message for message in material.messages if message.is_ripe]
    unclear = disputed(ripe)
    agreed = [message for message in ripe if message.key not in unclear]
    different = list({message.key: message for message in reversed(agreed)}.values())[::-1]  # the earliest of each
    test = [message for message in different if holdout.has(message)]
    rest = [message for message in different if not holdout.has(message)]
    validating = _validating(rest, limits.seed)
    train = [message for message in rest if message.group not in validating]
    _check_enough(train, different, limits)
    capped = _capped(train, limits)
    parts = {
        Split.TRAIN: capped,
        Split.VALIDATION: [message for message in rest if message.group in validating],
        Split.TEST: test,
    }
    left_out = {
        "too_young": len(material.messages) - len(ripe),
        "contradictory": len(ripe) - len(agreed),
        "repeated": len(agreed) - len(different),
        "over_the_cap": len(train) - len(capped),
    }
    splits = {split: tuple(sorted(part, key=lambda m: lot(limits.seed, m.key))) for split, part in parts.items()}
    return Dataset(splits, left_out, _disputed_groups(different), holdout)


def lot(seed: int, text: str) -> str:
    """A draw that is the same each time."""
    return hashlib.blake2s(f"{seed} {text}".encode()).hexdigest()


def _disputed_groups(messages: Iterable[Message]) -> int:
    labels: dict[int, set[str]] = defaultdict(set)
    for message in messages:
        labels[message.group].add(message.row.label)
    return sum(len(given) > 1 for given in labels.values())


def _validating(messages: Sequence[Message], seed: int) -> set[int]:
    """Groups that validate: of each label (that of a group's earliest message) the same share, by lot."""
    keys: dict[int, Message] = {}
    for message in messages:
        keys.setdefault(message.group, message)
    by_label: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for group, message in keys.items():
        by_label[message.row.label].append((lot(seed, message.key), group))
    return {group for drawn in by_label.values() for _, group in sorted(drawn)[: round(VALIDATION * len(drawn))]}


def _check_enough(train: Sequence[Message], different: Sequence[Message], limits: Limits) -> None:
    counts = Counter({message.row.label: 0 for message in different})
    counts.update(message.row.label for message in train)
    if len(counts) < MIN_CLASSES:
        raise NothingToExportError("all labelled messages are of one class, so there is nothing to tell apart")
    few = sorted((n, label) for label, n in counts.items() if n < limits.per_class)
    if few:
        named = ", ".join(f"{label} has {n}" for n, label in few)
        raise NothingToExportError(
            f"too few labels: each class needs {limits.per_class} different messages to train on, but {named}; "
            "`tunewatch label-queue` says what to label next, --min-per-class lowers what is asked"
        )


def _capped(train: Sequence[Message], limits: Limits) -> list[Message]:
    """At most `ratio` times as many of a class as of the smallest one, by lot."""
    counts = Counter(message.row.label for message in train)
    cap = int(limits.ratio * min(counts.values()))
    taken: Counter[str] = Counter()
    kept = []
    for message in sorted(train, key=lambda m: lot(limits.seed, m.key)):
        taken[message.row.label] += 1
        if taken[message.row.label] <= cap:
            kept.append(message)
    return kept
