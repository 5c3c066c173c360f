"""Guessing which column of a relation means what, by its name and its values; and what was not taken, and why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Final

from monitor.onboarding.initialise.against import against
from monitor.onboarding.initialise.relation import Relation
from monitor.onboarding.initialise.units import latency_unit, share_unit
from monitor.onboarding.initialise.values import CATEGORIES, Column
from monitor.onboarding.initialise.words import ABOUT_LABELS, LABEL_NAMES, NO_NAMES_OF_VERSIONS, PREDICTION_NAMES

REQUIRED_OF_PREDICTIONS: Final = ("id", "at", "predicted")
REQUIRED_OF_LABELS: Final = ("id", "label", "at")

# How much speaks for a guess. Only the order matters: a name that is exactly right beats one that contains the right
# words, and that beats values of the right kind.
CHOSEN: Final = 100.0
BY_ITS_VALUES: Final = "a guess from its values: please check"
OR: Final = "or "  # begins the reason where another column fits as well
EXACT: Final = 10.0
CONTAINED: Final = 6.0
BY_VALUES: Final = 2.0
PER_RANK: Final = 0.15  # lost for each surer name in the list
CLOSE: Final = 0.5  # a second column that scores nearly as much is worth a question
ABOUT_THE_OTHER: Final = 5.0  # lost by a column whose name speaks of labels, looked at as one of predictions
A_MINUTE: Final = 60.0  # seconds
MOST_TURNED_DOWN: Final = 3  # told of one meaning

_TAKEN: Final = {
    name
    for meaning in ("text", "response", "model_version", "prompt_version", "relevance_source", "labeller")
    for name in (PREDICTION_NAMES | LABEL_NAMES)[meaning]
}
"""Names that say what a column is, so that no other meaning is guessed from its values."""

Guess = tuple[float, str, str]
"""How much speaks for it, the meaning, the column."""

UNIT: Final = ".unit"

Choices = Mapping[str, str]
"""What a person said: the column of a meaning, "" for none; and for `latency_ms.unit` its unit."""


@dataclass(frozen=True, slots=True)
class Mapped:
    """Columns by meaning, and how much speaks for each.

    `unsure` are meanings that are worth a look, `to_check` those that must be looked at before the log is believed,
    each with the reason. `turned_down` has, for meanings that no column was found for, columns that have the name and
    why their values speak against it.
    """

    columns: dict[str, str] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)
    to_check: dict[str, str] = field(default_factory=dict)
    turned_down: dict[str, tuple[str, ...]] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)  # of a latency or a share, where it is not the usual one

    def score(self, required: tuple[str, ...]) -> float:
        """Return how much speaks for the required meanings together; 0 where one is missing."""
        return sum(self.scores[m] for m in required) if all(m in self.columns for m in required) else 0.0

    def partial(self, required: tuple[str, ...]) -> tuple[int, float]:
        """How many of the required meanings are there, and how much speaks for them."""
        found = [self.scores[meaning] for meaning in required if meaning in self.columns]
        return len(found), sum(found)


def map_predictions(relation: Relation, choices: Choices | None = None) -> Mapped:
    """Guess the columns of a prediction log."""
    mapped = _assign(relation, PREDICTION_NAMES, REQUIRED_OF_PREDICTIONS, relation.columns, choices or {})
    if "relevance" not in mapped.columns:
        mapped.columns.pop("relevance_source", None)  # nobody judged what it names the judge of
    id_ = mapped.columns.get("id")
    if id_ and relation.column(id_).is_shared and "id" not in (choices or {}):
        mapped.to_check["id"] = "several rows share one: the id of a conversation? It must be that of a prediction"
    return mapped


def map_labels(relation: Relation, without: frozenset[str] = frozenset(), choices: Choices | None = None) -> Mapped:
    """Guess the columns of a label log, leaving out columns that mean something else."""
    columns = tuple(column for column in relation.columns if column.name not in without)
    return _assign(relation, LABEL_NAMES, REQUIRED_OF_LABELS, columns, choices or {})


def normalised(name: str) -> str:
    """Return the name in lower case with its words apart.

    >>> normalised("predictedClass"), normalised("Predicted-Class")
    ('predicted_class', 'predicted_class')
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")


def _assign(
    relation: Relation,
    names: dict[str, tuple[str, ...]],
    required: tuple[str, ...],
    columns: tuple[Column, ...],
    choices: Choices,
) -> Mapped:
    """Give each meaning the best column that is left, but what was chosen to what it was chosen for."""
    mapped, taken = Mapped(), {name for meaning, name in choices.items() if name and meaning in names}
    for meaning, name in choices.items():
        if name and meaning in names:
            mapped.columns[meaning], mapped.scores[meaning] = name, CHOSEN
    for score, meaning, column in _guesses(columns, names, required):
        if column in taken or meaning in choices:
            continue
        if meaning in mapped.columns:
            if score > mapped.scores[meaning] - CLOSE and not _alike(relation, mapped.columns[meaning], column):
                doubts = mapped.to_check if meaning in required else mapped.unsure
                doubts.setdefault(meaning, f"{OR}{column}?")
            continue
        mapped.columns[meaning], mapped.scores[meaning] = column, score
        taken.add(column)
        if score <= BY_VALUES:
            mapped.to_check[meaning] = BY_ITS_VALUES
    _find_units(relation, mapped, choices)
    free = tuple(column for column in columns if column.name not in mapped.columns.values())
    for meaning in names.keys() - {*mapped.columns, *choices}:
        if said := tuple(_against(meaning, names, free)):
            mapped.turned_down[meaning] = said[:MOST_TURNED_DOWN]
    return mapped


def _find_units(relation: Relation, mapped: Mapped, choices: Choices) -> None:
    """Say in which unit a latency and a confidence are, and ask where only their values tell."""
    for meaning, unit_of, usual in (("latency_ms", latency_unit, "ms"), ("confidence", share_unit, "share")):
        if meaning not in mapped.columns:
            continue
        unit, said = unit_of(relation.column(mapped.columns[meaning])), choices.get(f"{meaning}{UNIT}")
        if (said or unit.name) != usual:
            mapped.units[meaning] = said or unit.name
        if unit.reason and not said:
            (mapped.unsure if unit.is_sure else mapped.to_check)[meaning] = unit.reason


def _guesses(columns: tuple[Column, ...], names: dict[str, tuple[str, ...]], required: tuple[str, ...]) -> list[Guess]:
    """Return every guess that anything speaks for, the surest first."""
    guesses = [
        (_score(meaning, names, column, needed=meaning in required), meaning, column.name)
        for meaning in names
        for column in columns
    ]
    return sorted((guess for guess in guesses if guess[0] > 0), key=lambda guess: -guess[0])


def _alike(relation: Relation, one: str, other: str) -> bool:
    """Whether two columns say the same (times to within a minute), so that it does not matter which is taken."""
    mine, its = relation.column(one), relation.column(other)
    if mine.values == its.values:
        return True
    if len(mine.values) != len(its.values) or not (mine.is_time and its.is_time):
        return False
    apart = [abs(one - other) for one, other in zip(mine.seconds, its.seconds, strict=True)]
    return bool(apart) and median(apart) < A_MINUTE


def _against(meaning: str, names: dict[str, tuple[str, ...]], columns: tuple[Column, ...]) -> Iterator[str]:
    """Columns that have the name of a meaning, and what their values say against it."""
    named = sorted((-_by_name(normalised(column.name), names[meaning]), column.name, column) for column in columns)
    for score, _, column in named:
        if score < 0 and (said := against(meaning, column)):
            yield f"{column.name}: {said}"


def _score(meaning: str, names: dict[str, tuple[str, ...]], column: Column, *, needed: bool) -> float:
    of_labels = "label" in names
    if not column.fits(meaning) or against(meaning, column, of_labels=of_labels):
        return 0
    if meaning == "id" and column.inside_of:
        return 0
    said = normalised(column.name)
    if meaning in CATEGORIES and NO_NAMES_OF_VERSIONS & set(said.split("_")):
        return 0
    score = _by_name(said, names[meaning]) or (_by_values(meaning, column) if needed and said not in _TAKEN else 0)
    is_of_labels = any(word in said for word in ABOUT_LABELS) and "predict" not in said
    if meaning in ("at", "predicted") and said not in names[meaning] and is_of_labels:
        score -= 0 if of_labels else ABOUT_THE_OTHER
    return score


def _by_name(said: str, names: tuple[str, ...]) -> float:
    if said in names:
        return EXACT - PER_RANK * names.index(said)
    words = f"_{said}_"
    return next((CONTAINED - PER_RANK * rank for rank, name in enumerate(names) if f"_{name}_" in words), 0.0)


def _by_values(meaning: str, column: Column) -> float:
    if not column.values:
        return 0
    looks_right = {
        "id": column.is_identifier,
        "at": column.is_time,
        "predicted": column.is_class and column.is_text,
        "label": column.is_class and column.is_text,
    }
    return BY_VALUES if looks_right.get(meaning) else 0
