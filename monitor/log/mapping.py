"""The log's columns by what they mean: every value read, cleaned and typed the same way on every engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa

from checks.counts import NO_CLASS, NOT_LOGGED
from config.source import SourceSettings
from monitor.errors import MappingError
from monitor.log.functions import Number
from monitor.log.kinds import ColumnKind
from monitor.log.moment import Moment
from monitor.log.relation import Relation, nearest, open_relation

_LONGEST_LATENCY: Final = 366 * 86_400_000.0  # milliseconds; a year, beyond which a number is no latency
_LARGEST_WHOLE: Final = 2.0**53  # of a double that still holds every whole number below it
_TYPED_IDS: Final = {ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.UUID}


@dataclass(frozen=True, slots=True)
class MappedPredictions:
    """The prediction log: expressions over its source."""

    relation: Relation
    at: Moment
    id: sa.ColumnElement[Any]  # NULL where the log has none
    predicted: sa.ColumnElement[str]  # NO_CLASS where the log has none
    no_class: sa.ColumnElement[bool]
    model_version: sa.ColumnElement[str]
    prompt_version: sa.ColumnElement[str]
    latency_ms: sa.ColumnElement[float]  # NULL where not logged or not usable
    bad_latency: sa.ColumnElement[bool]
    segments: tuple[sa.ColumnElement[str], ...]
    columns: Mapping[str, str]  # meaning to column name

    @property
    def logs_latency(self) -> bool:
        """Whether a latency is logged at all."""
        return "latency_ms" in self.columns

    def text(self, meaning: str) -> sa.ColumnElement[Any]:
        """Return an optional column as text, NULL where it is not mapped."""
        name = self.columns.get(meaning)
        return _null(sa.Text()) if name is None else _text(self.relation, name)

    def number(self, meaning: str) -> sa.ColumnElement[Any]:
        """Return an optional column as a double, NULL where it is not mapped."""
        name = self.columns.get(meaning)
        if name is None:
            return _null(sa.Double())
        return Number(self.relation.column(name), self.relation.kinds[name])


@dataclass(frozen=True, slots=True)
class MappedLabels:
    """The label log: expressions over its source."""

    relation: Relation
    at: Moment
    id: sa.ColumnElement[Any]
    label: sa.ColumnElement[str]  # NULL where the row names no class
    weight: sa.ColumnElement[float]  # 1 / inclusion probability, 1 where that is not logged or not usable
    bad_probability: sa.ColumnElement[bool]
    in_predictions: bool  # the label is a column of the prediction log, where NULL means: not labelled yet


@dataclass(frozen=True, slots=True)
class MappedLog:
    """Both logs as they are at this moment, with buckets of `bucket` seconds."""

    predictions: MappedPredictions
    labels: MappedLabels | None
    segments: tuple[str, ...]
    bucket: int


def open_mapping(connection: sa.Connection, settings: SourceSettings, bucket: int, key: str) -> MappedLog:
    """Look at the columns that there are now and give each its meaning.

    Raises MappingError naming the key of a column that is not there.
    """
    columns = settings.predictions.columns.mapped()
    wanted = dict.fromkeys([*columns.values(), *settings.segments])
    relation = open_relation(connection, settings.predictions, f"{key}.predictions", wanted)
    for meaning, name in columns.items():
        _must_have(relation, name, f"{key}.predictions.columns.{meaning}")
    for name in settings.segments:
        _must_have(relation, name, f"{key}.segments")
    if settings.labels is None:
        return MappedLog(_predictions(relation, columns, settings.segments, None), None, settings.segments, bucket)
    label_columns = settings.labels.columns.mapped()
    labels = open_relation(connection, settings.labels, f"{key}.labels", label_columns.values())
    for meaning, name in label_columns.items():
        _must_have(labels, name, f"{key}.labels.columns.{meaning}")
    as_text = _compares_as_text(connection, (relation, columns["id"]), (labels, label_columns["id"]))
    return MappedLog(
        _predictions(relation, columns, settings.segments, as_text),
        _labels(labels, label_columns, as_text=as_text, in_predictions=_same_rows(settings)),
        settings.segments,
        bucket,
    )


def _predictions(
    relation: Relation, columns: Mapping[str, str], segments: tuple[str, ...], as_text: bool | None
) -> MappedPredictions:
    predicted = sa.func.nullif(_text(relation, columns["predicted"]), "")
    latency, bad_latency = _latency(relation, columns.get("latency_ms"))
    return MappedPredictions(
        relation=relation,
        at=Moment(relation.column(columns["at"]), relation.kinds[columns["at"]]),
        id=_identity(relation, columns["id"], as_text=bool(as_text)),
        predicted=sa.func.coalesce(predicted, sa.literal(NO_CLASS, sa.Text), type_=sa.Text()),
        no_class=predicted.is_(None),
        model_version=_text_or_blank(relation, columns.get("model_version")),
        prompt_version=_text_or_blank(relation, columns.get("prompt_version")),
        latency_ms=latency,
        bad_latency=bad_latency,
        segments=tuple(_text_or_blank(relation, name) for name in segments),
        columns=columns,
    )


def _labels(relation: Relation, columns: Mapping[str, str], *, as_text: bool, in_predictions: bool) -> MappedLabels:
    weight, bad_probability = _weight(relation, columns.get("inclusion_probability"))
    return MappedLabels(
        relation=relation,
        at=Moment(relation.column(columns["at"]), relation.kinds[columns["at"]]),
        id=_identity(relation, columns["id"], as_text=as_text),
        label=sa.func.nullif(_text(relation, columns["label"]), "", type_=sa.Text()),
        weight=weight,
        bad_probability=bad_probability,
        in_predictions=in_predictions,
    )


def _must_have(relation: Relation, name: str, key: str) -> None:
    if name not in relation.kinds:
        message = f"there is no column {name}; {nearest(name, relation.kinds)}"
        raise MappingError(message, key)


def _same_rows(settings: SourceSettings) -> bool:
    rows = {"files", "table", "query"}
    labels = settings.labels
    return labels is not None and labels.model_dump(include=rows) == settings.predictions.model_dump(include=rows)


def _compares_as_text(connection: sa.Connection, one: tuple[Relation, str], other: tuple[Relation, str]) -> bool:
    """Whether ids must be compared as text, because their types differ or compare with nothing."""
    kinds = [_id_kind(connection, relation, name) for relation, name in (one, other)]
    numbers = {ColumnKind.INTEGER, ColumnKind.FLOAT}
    alike = kinds[0] is kinds[1] or numbers.issuperset(kinds)
    return not (alike and kinds[0] in _TYPED_IDS)


def _id_kind(connection: sa.Connection, relation: Relation, name: str) -> ColumnKind:
    if relation.kinds[name] is not ColumnKind.ANY:
        return relation.kinds[name]
    column = relation.column(name)  # SQLite: the first value there is tells the type
    found = connection.execute(sa.select(sa.func.typeof(column)).where(column.is_not(None)).limit(1)).scalar()
    kinds = {"text": ColumnKind.TEXT, "integer": ColumnKind.INTEGER, "real": ColumnKind.FLOAT}
    return kinds.get(str(found), ColumnKind.OTHER)


def _identity(relation: Relation, name: str, *, as_text: bool) -> sa.ColumnElement[Any]:
    column = relation.column(name)
    if relation.kinds[name] is ColumnKind.FLOAT:  # pandas makes floats of whole numbers, and NaN of missing ones
        whole = sa.case((column.between(-_LARGEST_WHOLE, _LARGEST_WHOLE), sa.cast(column, sa.BigInteger)))
        return sa.cast(whole, sa.Text) if as_text else whole
    return _text(relation, name) if as_text else column


def _latency(relation: Relation, name: str | None) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool]]:
    if name is None:
        return _null(sa.Double()), sa.false()
    number, usable, bad = _number_up_to(relation, name, _LONGEST_LATENCY)
    return sa.case((usable, number), else_=_null(sa.Double())), bad


def _weight(relation: Relation, name: str | None) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool]]:
    one = sa.literal(1.0, sa.Double)
    if name is None:
        return one, sa.false()
    number, usable, bad = _number_up_to(relation, name, 1.0)
    return sa.case((usable, one / number), else_=one), bad


def _number_up_to(
    relation: Relation, name: str, limit: float
) -> tuple[sa.ColumnElement[float], sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Return the number, whether it is above 0 and up to the limit, and whether it is there and is not."""
    raw = relation.column(name)
    number = Number(raw, relation.kinds[name])
    # NaN is above every number on DuckDB and PostgreSQL, so that the limit keeps it out too
    usable = sa.and_(number > sa.literal(0.0, sa.Double), number <= sa.literal(limit, sa.Double))
    return number, usable, sa.and_(raw.is_not(None), sa.not_(sa.func.coalesce(usable, sa.false())))


def _text_or_blank(relation: Relation, name: str | None) -> sa.ColumnElement[str]:
    blank = sa.literal(NOT_LOGGED, sa.Text)
    return blank if name is None else sa.func.coalesce(_text(relation, name), blank, type_=sa.Text())


def _text(relation: Relation, name: str) -> sa.ColumnElement[str]:
    column = relation.column(name)
    return sa.type_coerce(column, sa.Text) if relation.kinds[name] is ColumnKind.TEXT else sa.cast(column, sa.Text)


def _null(kind: sa.types.TypeEngine[Any]) -> sa.ColumnElement[Any]:
    return sa.cast(sa.null(), kind)
