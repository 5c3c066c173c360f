"""Choosing which relation is the prediction log and which the label log, and by which ids they join."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Final

from alerts.messages.figures import percent
from monitor.log.systems.registry import Recognised, recognise
from monitor.onboarding.initialise.guess import (
    BY_ITS_VALUES,
    OR,
    REQUIRED_OF_LABELS,
    REQUIRED_OF_PREDICTIONS,
    Choices,
    Mapped,
    map_labels,
    map_predictions,
    normalised,
)
from monitor.onboarding.initialise.relation import Questions, Relation
from monitor.onboarding.initialise.words import LABEL_TABLES, PREDICTION_TABLES
from monitor.onboarding.plausible import LEAST_JOIN, Doubt, of_join

NAMED_SO: Final = 4.0  # for a table whose name says what it is
IDS_MATCH: Final = 20.0  # times the share of label ids that are ids of predictions: the best evidence there is
CANDIDATES: Final = 8  # pairs of relations that are asked about
WHOLE: Final = 3.0  # for a relation that has all that a prediction log needs
OPTIONAL: Final = 2.0  # for each further column that a prediction log has, such as a message or a latency
MOST_IDS: Final = 4  # columns of either side that are tried as the id

Said = Mapping[str, Choices]
"""What a person chose, by role."""

PREDICTIONS, LABELS = "predictions", "labels"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A relation in a role, with its columns by meaning.

    Of a relation that a system is known to have written, `preset` is its mapping, and `mapping` has what is said beside
    it; `where` says which of its rows count, and `names` how many rows each value has that could be meant.
    """

    relation: Relation
    mapping: Mapped
    preset: Recognised | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, int] = field(default_factory=dict)

    def has(self, required: tuple[str, ...]) -> bool:
        """Whether all meanings that are required are there, whoever says them."""
        said = self.preset.part.settings.get("columns", {}) if self.preset else {}
        return set(required) <= {*self.mapping.columns, *said}


@dataclass(frozen=True, slots=True)
class Roles:
    """The prediction log and, if any was found, the label log; the share of label ids found among predictions."""

    predictions: Chosen
    labels: Chosen | None = None
    share_found: float = 0.0

    @property
    def is_whole(self) -> bool:
        """Whether every meaning that has to be there was found."""
        has_labels = self.labels is None or self.labels.has(REQUIRED_OF_LABELS)
        return has_labels and self.predictions.has(REQUIRED_OF_PREDICTIONS)


@dataclass(frozen=True, slots=True)
class Chooser:
    """Looks at relations (which have rows), and asks which ids join."""

    relations: tuple[Relation, ...]
    questions: Questions
    said: Said = field(default_factory=dict)
    are_named: bool = False  # one by one, so that each is expected to have a role

    def choose(self) -> Roles:
        """Return the most likely roles; where no relation can be a prediction log, the one that comes nearest."""
        if known := self._known():
            return known
        candidates = sorted(self._pairs(), key=lambda pair: -pair[0])[:CANDIDATES]
        joined = [(score, self._joined(one, other)) for score, one, other in candidates]
        judged = [(score + IDS_MATCH * r.share_found, r) for score, r in joined if r.share_found >= LEAST_JOIN]
        if judged:
            return _doubting(max(judged, key=lambda pair: pair[0])[1])
        strangers = [
            pair
            for pair in joined
            if self.are_named or (pair[1].labels and _is_named_label_log(pair[1].labels.relation))
        ]
        if strangers:
            return _without_join(max(strangers, key=lambda pair: pair[0])[1])
        return self._nearest()

    def _known(self) -> Roles | None:
        """The roles of relations that a system wrote; what another system or nobody wrote is guessed beside them."""
        found: dict[str, Chosen] = {}
        for relation in self.relations:
            names = [column.name for column in relation.columns if not column.inside_of]
            for known in recognise(names):
                system = found[PREDICTIONS].preset if PREDICTIONS in found else None
                same = known.role == LABELS and system is not None and known.system is system.system
                if known.role not in found or same:
                    found[known.role] = Chosen(relation, Mapped(), known)
        if not found:
            return None
        used = [chosen.relation for chosen in found.values()]
        others = [relation for relation in self.relations if relation not in used]
        if PREDICTIONS not in found:
            guessed = [one for relation in others if (one := self._predictions(relation))]
            if not guessed:
                return None
            found[PREDICTIONS] = max(guessed, key=_first)
        elif LABELS not in found:
            labels = [other for relation in others if (other := self._labels(relation))]
            if labels:
                found[LABELS] = max(labels, key=_second)
        return Roles(found[PREDICTIONS], found.get(LABELS))

    def _pairs(self) -> Iterator[tuple[float, Chosen, Chosen]]:
        for relation in self.relations:
            if one := self._predictions(relation):
                for other in self.relations:
                    labels = self._labels_beside(one) if other is relation else self._labels(other)
                    if labels:
                        yield _first(one) + _second(labels), one, labels

    def _predictions(self, relation: Relation) -> Chosen | None:
        mapping = map_predictions(relation, self.said.get(PREDICTIONS))
        return Chosen(relation, mapping) if mapping.score(REQUIRED_OF_PREDICTIONS) else None

    def _labels(self, relation: Relation) -> Chosen | None:
        mapping = map_labels(relation, choices=self.said.get(LABELS))
        return Chosen(relation, mapping) if mapping.score(REQUIRED_OF_LABELS) else None

    def _nearest(self) -> Roles:
        """The roles that come nearest, where no two relations are a prediction log and its labels."""
        ones = [Chosen(each, map_predictions(each, self.said.get(PREDICTIONS))) for each in self.relations]
        others = [Chosen(each, map_labels(each, choices=self.said.get(LABELS))) for each in self.relations]
        best = max(((_like_predictions(one) + _like_labels(other), -n, one, other)
                    for n, (one, other) in enumerate(product(ones, others))
                    if one.relation is not other.relation and (self.are_named or _is_named_label_log(other.relation))),
                   key=lambda each: each[:2], default=None)  # fmt: skip
        if best is not None:
            one, other = best[2:]
            has_ids = "id" in one.mapping.columns and "id" in other.mapping.columns
            roles = self._joined(one, other) if has_ids else Roles(one, other)
            if not has_ids or roles.share_found >= LEAST_JOIN:
                return _doubting(roles)
            return _without_join(roles)
        return Roles(max(ones, key=lambda one: (_like_predictions(one), -self.relations.index(one.relation))))

    def _labels_beside(self, predictions: Chosen) -> Chosen | None:
        """Labels in the rows of the predictions themselves; without a time of their own they have the predictions'."""
        used = predictions.mapping.columns
        mapping = map_labels(predictions.relation, frozenset(used.values()), self.said.get(LABELS))
        if "label" not in mapping.columns or mapping.scores["label"] < NAMED_SO:
            return None
        mapping.columns["id"], mapping.scores["id"] = used["id"], 0.0
        for doubts in (mapping.to_check, mapping.turned_down):
            doubts.pop("id", None)
        if "at" not in mapping.columns:
            mapping.columns["at"], mapping.scores["at"] = used["at"], 0.0
            mapping.to_check.pop("at", None)
            mapping.unsure["at"] = "the log does not say when a label came, so it counts as known at once"
        return Chosen(predictions.relation, mapping)

    def _joined(self, one: Chosen, other: Chosen) -> Roles:
        """The pair with the ids that join best: those that their names say, or others where these do not join."""
        if one.relation is other.relation:
            return Roles(one, other, 1.0)
        named = one.mapping.columns["id"], other.mapping.columns["id"]
        share = self._share(one, named[0], other, named[1])
        said = {role for role in (PREDICTIONS, LABELS) if "id" in self.said.get(role, {})}
        if of_join(share) is None or len(said) == 2:  # noqa: PLR2004 - both ids were chosen
            return Roles(_settled(one), _settled(other), share) if of_join(share) is None else Roles(one, other, share)
        ours = [named[0]] if PREDICTIONS in said else _ids(one, named[0])
        theirs = [named[1]] if LABELS in said else _ids(other, named[1])
        best, pair = share, named
        for ours_, theirs_ in ((mine, its) for mine in ours for its in theirs if (mine, its) != named):
            if (found := self._share(one, ours_, other, theirs_)) > best:
                best, pair = found, (ours_, theirs_)
        return Roles(_with_id(one, pair[0]), _with_id(other, pair[1]), best)

    def _share(self, one: Chosen, id_: str, other: Chosen, other_id: str) -> float:
        return self.questions.share_found(other.relation, other_id, one.relation, id_)


def _ids(chosen: Chosen, first: str) -> list[str]:
    """Columns that could be the id, the one with the best name first."""
    used = {name for meaning, name in chosen.mapping.columns.items() if meaning != "id"}
    others = [
        column.name
        for column in chosen.relation.columns
        if column.name not in {*used, first} and column.is_identifier and not column.inside_of
    ]
    return [first, *others][:MOST_IDS]


def _with_id(chosen: Chosen, name: str) -> Chosen:
    if chosen.mapping.columns["id"] == name:
        return chosen
    mapping = chosen.mapping
    checks = {meaning: said for meaning, said in mapping.to_check.items() if meaning != "id"}
    unsure = mapping.unsure | {"id": f"by its values: these join, those of {mapping.columns['id']} do not"}
    return replace(
        chosen, mapping=replace(mapping, columns=mapping.columns | {"id": name}, to_check=checks, unsure=unsure)
    )


def _settled(chosen: Chosen) -> Chosen:
    """Without the question which column is the id: those that were taken join, and nothing says more."""
    checks = chosen.mapping.to_check
    settled = {meaning for meaning, why in checks.items() if why.startswith(OR) or why == BY_ITS_VALUES} & {"id"}
    kept = {meaning: why for meaning, why in checks.items() if meaning not in settled}
    return replace(chosen, mapping=replace(chosen.mapping, to_check=kept))


def _doubting(roles: Roles) -> Roles:
    """The roles, with a word where few of the label ids are ids of predictions."""
    if roles.labels is None or of_join(roles.share_found) is not Doubt.SELDOM_JOINED:
        return roles
    said = f"only {percent(roles.share_found)} of the label ids tried are ids of predictions"
    mapping = roles.labels.mapping
    return replace(
        roles, labels=replace(roles.labels, mapping=replace(mapping, to_check=mapping.to_check | {"id": said}))
    )


def _without_join(roles: Roles) -> Roles:
    """The roles without the id of the labels, which is the id of no prediction."""
    assert roles.labels is not None  # noqa: S101 - a pair was joined
    mapping, other = roles.labels.mapping, roles.predictions
    mine, its = other.mapping.columns["id"], mapping.columns["id"]
    examples = [chosen.relation.column(name).example for chosen, name in ((roles.labels, its), (other, mine))]
    said = (
        f"{its}: {percent(roles.share_found)} of its values tried are ids of predictions "
        f"({examples[0]!r} here, {examples[1]!r} in {mine} there)"
    )
    columns = {meaning: name for meaning, name in mapping.columns.items() if meaning != "id"}
    checks = {meaning: why for meaning, why in mapping.to_check.items() if meaning != "id"}
    turned_down = mapping.turned_down | {"id": (said,)}
    labels = replace(roles.labels, mapping=replace(mapping, columns=columns, to_check=checks, turned_down=turned_down))
    return replace(roles, labels=labels)


def _like_predictions(chosen: Chosen) -> float:
    """How much speaks for a prediction log, where not all was found that it needs."""
    found, score = chosen.mapping.partial(REQUIRED_OF_PREDICTIONS)
    more = len(chosen.mapping.columns) - found
    whole = WHOLE if found == len(REQUIRED_OF_PREDICTIONS) else 0.0
    return score + whole + OPTIONAL * more + _named(chosen.relation, PREDICTION_TABLES, LABEL_TABLES)


def _like_labels(chosen: Chosen) -> float:
    _, score = chosen.mapping.partial(REQUIRED_OF_LABELS)
    return score + _named(chosen.relation, LABEL_TABLES, PREDICTION_TABLES)


def _is_named_label_log(relation: Relation) -> bool:
    return _named(relation, LABEL_TABLES, PREDICTION_TABLES) > 0


def _first(chosen: Chosen) -> float:
    return chosen.mapping.score(REQUIRED_OF_PREDICTIONS) + _named(chosen.relation, PREDICTION_TABLES, LABEL_TABLES)


def _second(chosen: Chosen) -> float:
    return sum(chosen.mapping.scores[meaning] for meaning in REQUIRED_OF_LABELS) + _named(
        chosen.relation, LABEL_TABLES, PREDICTION_TABLES
    )


def _named(relation: Relation, words: tuple[str, ...], others: tuple[str, ...]) -> float:
    name = normalised(relation.name.rpartition("/")[2])
    return NAMED_SO * (any(word in name for word in words) - any(word in name for word in others))
