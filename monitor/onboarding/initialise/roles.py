"""Choosing which relation is the prediction log and which the label log."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from monitor.onboarding.initialise.guess import (
    REQUIRED_OF_LABELS,
    REQUIRED_OF_PREDICTIONS,
    Mapping,
    map_labels,
    map_predictions,
    normalised,
)
from monitor.onboarding.initialise.relation import Questions, Relation
from monitor.onboarding.initialise.words import LABEL_TABLES, PREDICTION_TABLES

NAMED_SO: Final = 4.0  # for a table whose name says what it is
IDS_MATCH: Final = 20.0  # times the share of label ids that are ids of predictions: the best evidence there is
LEAST_MATCH: Final = 0.01  # share of label ids; below, two tables have nothing to do with each other
CANDIDATES: Final = 8  # pairs of relations that are asked about


@dataclass(frozen=True, slots=True)
class Chosen:
    """A relation in a role, with its columns by meaning."""

    relation: Relation
    mapping: Mapping


@dataclass(frozen=True, slots=True)
class Roles:
    """The prediction log and, if any was found, the label log; the share of label ids found among predictions."""

    predictions: Chosen
    labels: Chosen | None = None
    share_found: float = 0.0


def choose_roles(relations: tuple[Relation, ...], questions: Questions) -> Roles | None:
    """Return the most likely roles, or None where no relation can be a prediction log."""
    candidates = sorted(_pairs(relations), key=lambda pair: -pair[0])[:CANDIDATES]
    judged = [(score + IDS_MATCH * share, Roles(one, other, share)) for score, one, other in candidates
              if (share := _share(one, other, questions)) >= LEAST_MATCH]  # fmt: skip
    if judged:
        return max(judged, key=lambda pair: pair[0])[1]
    alone = [(score, one) for relation in relations if (one := _predictions(relation)) and (score := _first(one))]
    return Roles(max(alone, key=lambda pair: pair[0])[1]) if alone else None


def _pairs(relations: tuple[Relation, ...]) -> Iterator[tuple[float, Chosen, Chosen]]:
    for relation in relations:
        if one := _predictions(relation):
            for other in relations:
                labels = _labels_beside(one) if other is relation else _labels(other)
                if labels:
                    yield _first(one) + _second(labels), one, labels


def _predictions(relation: Relation) -> Chosen | None:
    mapping = map_predictions(relation)
    return Chosen(relation, mapping) if mapping.score(REQUIRED_OF_PREDICTIONS) else None


def _labels(relation: Relation) -> Chosen | None:
    mapping = map_labels(relation)
    return Chosen(relation, mapping) if mapping.score(REQUIRED_OF_LABELS) else None


def _labels_beside(predictions: Chosen) -> Chosen | None:
    """Find labels in the rows of the predictions themselves; without a time of their own they have the predictions'."""
    used = predictions.mapping.columns
    mapping = map_labels(predictions.relation, frozenset(used.values()))
    if "label" not in mapping.columns or mapping.scores["label"] < NAMED_SO:
        return None
    mapping.columns["id"], mapping.scores["id"] = used["id"], 0.0
    if "at" not in mapping.columns:
        mapping.columns["at"], mapping.scores["at"] = used["at"], 0.0
        mapping.unsure["at"] = "the log does not say when a label came, so it counts as known at once"
    return Chosen(predictions.relation, mapping)


def _share(one: Chosen, other: Chosen, questions: Questions) -> float:
    if one.relation is other.relation:
        return 1.0
    return questions.share_found(other.relation, other.mapping.columns["id"], one.relation, one.mapping.columns["id"])


def _first(chosen: Chosen) -> float:
    return chosen.mapping.score(REQUIRED_OF_PREDICTIONS) + _named(chosen.relation, PREDICTION_TABLES, LABEL_TABLES)


def _second(chosen: Chosen) -> float:
    return sum(chosen.mapping.scores[meaning] for meaning in REQUIRED_OF_LABELS) + _named(
        chosen.relation, LABEL_TABLES, PREDICTION_TABLES
    )


def _named(relation: Relation, words: tuple[str, ...], others: tuple[str, ...]) -> float:
    name = normalised(relation.name.rpartition("/")[2])
    return NAMED_SO * (any(word in name for word in words) - any(word in name for word in others))
