"""Guessing which column of a relation means what, by its name and its values."""

import re
from dataclasses import dataclass, field
from typing import Final

from monitor.onboarding.initialise.relation import Relation
from monitor.onboarding.initialise.values import Column
from monitor.onboarding.initialise.words import ABOUT_LABELS, LABEL_NAMES, PREDICTION_NAMES

REQUIRED_OF_PREDICTIONS: Final = ("id", "at", "predicted")
REQUIRED_OF_LABELS: Final = ("id", "label", "at")

# How much speaks for a guess. Only the order matters: a name that is exactly right beats one that contains the right
# words, and that beats values of the right kind.
EXACT: Final = 10.0
CONTAINED: Final = 6.0
BY_VALUES: Final = 2.0
PER_RANK: Final = 0.15  # lost for each surer name in the list
CLOSE: Final = 0.5  # a second column that scores nearly as much is worth a question
ABOUT_THE_OTHER: Final = 5.0  # lost by a column whose name speaks of labels, looked at as one of predictions

Guess = tuple[float, str, str]
"""How much speaks for it, the meaning, the column."""


@dataclass(frozen=True, slots=True)
class Mapping:
    """Columns by meaning, how much speaks for each, and meanings that were guessed from values alone."""

    columns: dict[str, str] = field(default_factory=dict)
    scores: dict[str, float] = field(default_factory=dict)
    unsure: dict[str, str] = field(default_factory=dict)  # meaning: why it is not sure

    def score(self, required: tuple[str, ...]) -> float:
        """Return how much speaks for the required meanings together; 0 where one is missing."""
        return sum(self.scores[m] for m in required) if all(m in self.columns for m in required) else 0.0


def map_predictions(relation: Relation) -> Mapping:
    """Guess the columns of a prediction log."""
    mapping = _assign(_guesses(relation.columns, PREDICTION_NAMES, REQUIRED_OF_PREDICTIONS))
    if "relevance" not in mapping.columns:
        mapping.columns.pop("relevance_source", None)  # nobody judged what it names the judge of
    if "id" in mapping.columns and relation.column(mapping.columns["id"]).is_shared:
        mapping.unsure["id"] = "several rows share one: the id of a conversation? It must be that of a prediction"
    return mapping


def map_labels(relation: Relation, without: frozenset[str] = frozenset()) -> Mapping:
    """Guess the columns of a label log, leaving out columns that mean something else."""
    columns = tuple(column for column in relation.columns if column.name not in without)
    return _assign(_guesses(columns, LABEL_NAMES, REQUIRED_OF_LABELS))


def normalised(name: str) -> str:
    """Return the name in lower case with its words apart.

    >>> normalised("predictedClass"), normalised("Predicted-Class")
    ('predicted_class', 'predicted_class')
    """
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", apart.lower()).strip("_")


def _guesses(columns: tuple[Column, ...], names: dict[str, tuple[str, ...]], required: tuple[str, ...]) -> list[Guess]:
    """Return every guess that anything speaks for, the surest first."""
    guesses = [
        (_score(meaning, names, column, needed=meaning in required), meaning, column.name)
        for meaning in names
        for column in columns
    ]
    return sorted((guess for guess in guesses if guess[0] > 0), key=lambda guess: -guess[0])


def _assign(guesses: list[Guess]) -> Mapping:
    """Give each meaning the best column that is left."""
    mapping, taken = Mapping(), set[str]()
    for score, meaning, column in guesses:
        if column in taken:
            continue
        if meaning in mapping.columns:
            if score > mapping.scores[meaning] - CLOSE:
                mapping.unsure.setdefault(meaning, f"or {column}?")
            continue
        mapping.columns[meaning], mapping.scores[meaning] = column, score
        taken.add(column)
        if score <= BY_VALUES:
            mapping.unsure[meaning] = "a guess from its values: please check"
    return mapping


def _score(meaning: str, names: dict[str, tuple[str, ...]], column: Column, *, needed: bool) -> float:
    if not column.fits(meaning) or _wrong_unit(meaning, column):
        return 0
    said = normalised(column.name)
    score = _by_name(said, names[meaning]) or (_by_values(meaning, column) if needed else 0)
    if meaning in ("at", "predicted") and said not in names[meaning] and any(word in said for word in ABOUT_LABELS):
        score -= 0 if "label" in names else ABOUT_THE_OTHER
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
        "predicted": column.is_category and column.is_text,
        "label": column.is_category and column.is_text,
    }
    return BY_VALUES if looks_right.get(meaning) else 0


def _wrong_unit(meaning: str, column: Column) -> bool:
    """Whether a latency is plainly in seconds."""
    words = normalised(column.name).split("_")
    return meaning == "latency_ms" and any(word in ("s", "sec", "secs", "seconds") for word in words)
