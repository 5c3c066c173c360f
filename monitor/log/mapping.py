"""From settings to columns: looks at what is there and gives each column its meaning."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from checks.counts import NO_CLASS
from config.source import SourceSettings
from monitor.errors import MappingError
from monitor.log.files.library import FileLibrary
from monitor.log.files.pieces import Wanted
from monitor.log.kinds import ColumnKind
from monitor.log.mapped import MappedLabels, MappedLog, MappedPredictions
from monitor.log.moment import Moment
from monitor.log.relation import FilesToRead, Relation, nearest, open_relation
from monitor.log.values import confidence_of, identity_of, latency_of, relevance_of, text_of, text_or_blank, weight_of

_TEXTS: Final = ("text", "response")
"""Meanings whose values are long, and read only where they are asked for."""
_TYPED_IDS: Final = {ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.UUID}


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A log: its settings, their place in the configuration, and what is known of its files."""

    settings: SourceSettings
    key: str
    library: FileLibrary


def open_mapping(connection: sa.Connection, place: LogPlace, bucket: int, *, texts: bool) -> MappedLog:
    """Look at the columns that there are now and give each its meaning; without `texts` the messages may be left out.

    Raises MappingError naming the key of a column that is not there.
    """
    settings, key = place.settings, place.key
    columns = settings.predictions.columns.mapped()
    names = tuple(dict.fromkeys([*columns.values(), *settings.segments]))
    others = {name for meaning, name in columns.items() if meaning not in _TEXTS} | set(settings.segments)
    long = frozenset(columns[meaning] for meaning in _TEXTS if meaning in columns) - others
    reading = FilesToRead(place.library, Wanted(names, long, columns["at"]), texts)
    relation = open_relation(connection, settings.predictions, f"{key}.predictions", reading)
    for meaning, name in columns.items():
        _must_have(relation, name, f"{key}.predictions.columns.{meaning}")
    for name in settings.segments:
        _must_have(relation, name, f"{key}.segments")
    if settings.labels is None:
        return MappedLog(
            _predictions(relation, columns, settings.segments, as_text=False), None, settings.segments, bucket
        )
    label_columns = settings.labels.columns.mapped()
    label_names = tuple(dict.fromkeys(label_columns.values()))
    reading = FilesToRead(place.library, Wanted(label_names, frozenset(), label_columns["at"]), texts)
    labels = open_relation(connection, settings.labels, f"{key}.labels", reading)
    for meaning, name in label_columns.items():
        _must_have(labels, name, f"{key}.labels.columns.{meaning}")
    as_text = _compares_astext_of(connection, (relation, columns["id"]), (labels, label_columns["id"]))
    return MappedLog(
        _predictions(relation, columns, settings.segments, as_text=as_text),
        _labels(labels, label_columns, as_text=as_text, in_predictions=_same_rows(settings)),
        settings.segments,
        bucket,
    )


def _predictions(
    relation: Relation, columns: Mapping[str, str], segments: tuple[str, ...], *, as_text: bool
) -> MappedPredictions:
    predicted = sa.func.nullif(text_of(relation, columns["predicted"]), "")
    latency, bad_latency = latency_of(relation, columns.get("latency_ms"))
    confidence, bad_confidence = confidence_of(relation, columns.get("confidence"))
    relevance, bad_relevance = relevance_of(relation, columns.get("relevance"))
    return MappedPredictions(
        relation=relation,
        at=Moment(relation.column(columns["at"]), relation.kinds[columns["at"]]),
        id=identity_of(relation, columns["id"], as_text=as_text),
        predicted=sa.func.coalesce(predicted, sa.literal(NO_CLASS, sa.Text), type_=sa.Text()),
        no_class=predicted.is_(None),
        model_version=text_or_blank(relation, columns.get("model_version")),
        prompt_version=text_or_blank(relation, columns.get("prompt_version")),
        latency_ms=latency,
        bad_latency=bad_latency,
        confidence=confidence,
        bad_confidence=bad_confidence,
        relevance=relevance,
        bad_relevance=bad_relevance,
        relevance_source=text_or_blank(relation, columns.get("relevance_source")),
        segments=tuple(text_or_blank(relation, name) for name in segments),
        columns=columns,
    )


def _labels(relation: Relation, columns: Mapping[str, str], *, as_text: bool, in_predictions: bool) -> MappedLabels:
    weight, designed, bad_probability = weight_of(relation, columns.get("inclusion_probability"))
    return MappedLabels(
        relation=relation,
        at=Moment(relation.column(columns["at"]), relation.kinds[columns["at"]]),
        id=identity_of(relation, columns["id"], as_text=as_text),
        label=sa.func.nullif(text_of(relation, columns["label"]), "", type_=sa.Text()),
        weight=weight,
        designed=designed,
        bad_probability=bad_probability,
        in_predictions=in_predictions,
    )


def _must_have(relation: Relation, name: str, key: str) -> None:
    if name not in relation.kinds:
        raise MappingError(f"there is no column {name}; {nearest(name, relation.kinds)}", key)


def _same_rows(settings: SourceSettings) -> bool:
    rows = {"files", "table", "query"}
    labels = settings.labels
    return labels is not None and labels.model_dump(include=rows) == settings.predictions.model_dump(include=rows)


def _compares_astext_of(connection: sa.Connection, one: tuple[Relation, str], other: tuple[Relation, str]) -> bool:
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
