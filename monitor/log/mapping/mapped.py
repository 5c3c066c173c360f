"""The log's columns by what they mean: expressions that are the same on every engine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.log.counts import LogNotice
from monitor.log.mapping.moment import Moment
from monitor.log.mapping.relation import Relation
from monitor.log.mapping.spelling import Spellings
from monitor.log.mapping.values import null_of, number_of, text_of


@dataclass(frozen=True, slots=True)
class Dated:
    """Rows that have an id and a time, which is all that finding changes needs to know of them."""

    relation: Relation
    id: sa.ColumnElement[Any]  # NULL where the log has none; compares with the ids of the other log
    at: Moment

    @property
    def source(self) -> sa.FromClause:
        """Where the rows are."""
        return self.relation.source

    def between(self, since: datetime, as_of: datetime) -> sa.ColumnElement[bool]:
        """Rows dated from `since` up to and with `as_of`."""
        return self.at.between(since, as_of)


@dataclass(frozen=True, slots=True)
class MappedPredictions(Dated):
    """The prediction log: expressions over its source."""

    predicted: sa.ColumnElement[str]  # NO_CLASS where the log has none
    no_class: sa.ColumnElement[bool]
    model_version: sa.ColumnElement[str]
    prompt_version: sa.ColumnElement[str]
    latency_ms: sa.ColumnElement[float]  # NULL where not logged or not usable
    bad_latency: sa.ColumnElement[bool]
    confidence: sa.ColumnElement[float]  # NULL where not logged or not usable
    bad_confidence: sa.ColumnElement[bool]
    relevance: sa.ColumnElement[float]  # NULL where not scored or not usable
    bad_relevance: sa.ColumnElement[bool]
    relevance_source: sa.ColumnElement[str]
    segments: tuple[sa.ColumnElement[str], ...]
    columns: Mapping[str, str]  # meaning to column name
    last_counts: bool  # of several rows with one id, rather than the first

    @property
    def logs_latency(self) -> bool:
        """Whether a latency is logged at all."""
        return "latency_ms" in self.columns

    @property
    def logs_confidence(self) -> bool:
        """Whether a confidence is logged at all."""
        return "confidence" in self.columns

    @property
    def logs_relevance(self) -> bool:
        """Whether answers are scored at all."""
        return "relevance" in self.columns

    def text(self, meaning: str) -> sa.ColumnElement[Any]:
        """Return an optional column as text, NULL where it is not mapped."""
        name = self.columns.get(meaning)
        return null_of(sa.Text()) if name is None else text_of(self.relation, name)

    def number(self, meaning: str) -> sa.ColumnElement[Any]:
        """Return an optional column as a double, NULL where it is not mapped."""
        name = self.columns.get(meaning)
        return null_of(sa.Double()) if name is None else number_of(self.relation, name)


@dataclass(frozen=True, slots=True)
class MappedLabels(Dated):
    """The label log: expressions over its source."""

    label: sa.ColumnElement[str]  # NULL where the row names no class
    weight: sa.ColumnElement[float]  # 1 / inclusion probability, 1 where that is not logged or not usable
    designed: sa.ColumnElement[int]  # 1 where the inclusion probability is known, else 0
    bad_probability: sa.ColumnElement[bool]
    labeller: sa.ColumnElement[str]  # NOT_LOGGED where the row names none
    refused: sa.ColumnElement[bool]  # whether the row says in words that there is no label
    in_predictions: bool  # the label is a column of the prediction log, where NULL means: not labelled yet
    columns: Mapping[str, str]  # meaning to column name

    @property
    def logs_labellers(self) -> bool:
        """Whether it is logged who gave a label."""
        return "labeller" in self.columns


@dataclass(frozen=True, slots=True)
class MappedLog:
    """Predictions and labels as they are at this moment, with buckets of `bucket` seconds."""

    predictions: MappedPredictions
    labels: MappedLabels | None
    segments: tuple[str, ...]
    bucket: int
    spellings: Spellings
    readings: tuple[str, ...]  # how times are read that are not written as most are, in words

    @property
    def notices(self) -> tuple[LogNotice, ...]:
        """What people must know of the files of both logs, one for each kind."""
        found: dict[str, LogNotice] = {}
        labels = () if self.labels is None or self.labels.in_predictions else self.labels.relation.notices
        for notice in (*self.predictions.relation.notices, *labels):
            one = found.get(notice.kind)
            found[notice.kind] = notice if one is None else one.joined_with(notice)
        return tuple(found.values())
