"""From settings to columns: looks at what is there and gives each column its meaning."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import sqlalchemy as sa

from checks.counts.cells import NO_CLASS, NOT_LOGGED
from config.source import OF_ROWS, LabelRelation, RelationSettings, SourceSettings
from monitor.common.errors import MappingError, SourceError
from monitor.log.engines.constructs import TidyName
from monitor.log.engines.registry import engine_of
from monitor.log.files.library import FileLibrary
from monitor.log.files.pieces import Wanted
from monitor.log.kinds import ColumnKind
from monitor.log.mapping.derived import Derivation, check, columns_of_rows, columns_wanted, names_in
from monitor.log.mapping.mapped import MappedLabels, MappedLog, MappedPredictions
from monitor.log.mapping.moment import Moment
from monitor.log.mapping.profile import MOST_VALUES, look_at
from monitor.log.mapping.relation import FilesToRead, Relation, open_relation
from monitor.log.mapping.renaming import renamed
from monitor.log.mapping.sampling import must_be_uniform
from monitor.log.mapping.spelling import ClassColumn, Spellings, class_name, spell
from monitor.log.mapping.time_probe import EPOCH, Clock, TimeSettings, examples, learn_times, with_clock, with_epoch
from monitor.log.mapping.values import (
    INSIDE,
    class_of,
    confidence_of,
    identity_of,
    latency_of,
    relevance_of,
    text_of,
    weight_of,
)
from monitor.log.times.times import USUAL, DateOrder

_TEXTS: Final = ("text", "response")
"""Meanings whose values are long, and read only where they are asked for."""
_NAMES: Final = ("model_version", "prompt_version", "relevance_source")
"""Meanings whose values are names; classes are spelt by what both logs say."""
_NUMBERS: Final = frozenset({ColumnKind.INTEGER, ColumnKind.FLOAT})
_TYPED_IDS: Final = frozenset({ColumnKind.TEXT, ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.UUID})
_OF_SQLITE: Final = {"text": ColumnKind.TEXT, "integer": ColumnKind.INTEGER, "real": ColumnKind.FLOAT}


@dataclass(frozen=True, slots=True)
class LogPlace:
    """A log: its settings, their place in the configuration, and what is known of its files."""

    settings: SourceSettings
    key: str
    library: FileLibrary


def open_mapping(connection: sa.Connection, place: LogPlace, bucket: int, *, texts: bool) -> MappedLog:
    """Look at the columns that there are now and give each its meaning; without `texts` the messages may be left out.

    Raises MappingError naming the key of a column that is not there, SourceError where no row can be read at all.
    """
    settings, key = place.settings, place.key
    one = _open_predictions(connection, place, texts=texts)
    other = _open_labels(connection, place, settings.labels, texts=texts) if settings.labels else None
    in_predictions = _same_rows(settings)
    one.must_be_readable(with_ids=other is not None)
    if other is not None and not in_predictions:
        other.must_be_readable(with_ids=True)
    for side in (one, other):
        if settings.classes.changes and side is not None and side.profile.values is None:
            raise SourceError(
                f"{key}.classes: {side.category} has over {MOST_VALUES:,} different values, too many to be named one "
                f"by one; map a column of classes as {side.meaning}"
            )
    spellings = spell(
        one.classes,
        other.classes if other else None,
        settings.labels.no_label if settings.labels else (),
        partial(renamed, settings.classes) if settings.classes.changes else None,
    )
    as_text, tidied = _compare(one, other) if other else (False, False)
    mapped = _labels(other, spellings, as_text=as_text, tidied=tidied, in_predictions=in_predictions) if other else None
    return MappedLog(
        predictions=_predictions(one, spellings, settings, as_text=as_text, tidied=tidied),
        labels=mapped,
        segments=settings.segments,
        bucket=bucket,
        spellings=spellings,
        readings=tuple(side.told for side in (one, other) if side and side.told),
    )


def _open_predictions(connection: sa.Connection, place: LogPlace, *, texts: bool) -> "_Side":
    settings, key = place.settings.predictions, f"{place.key}.predictions"
    mapped, segments = settings.columns.mapped(), place.settings.segments
    first = columns_wanted([*(how for meaning, how in mapped.items() if meaning not in _TEXTS), *segments])
    others = {*first, *columns_of_rows(settings)}
    names = tuple(dict.fromkeys([*columns_wanted([*mapped.values(), *segments]), *columns_of_rows(settings)]))
    long = frozenset(columns_wanted(mapped[meaning] for meaning in _TEXTS if meaning in mapped)) - others
    reading = FilesToRead(place.library, Wanted(names, long, names_in(mapped["at"])[0]), texts)
    relation = open_relation(connection, settings, key, reading)
    derived = Derivation(connection, relation, settings, key).derive(mapped, segments)
    check(connection, derived, key)
    columns = dict(derived.columns)
    if (fraction := columns.pop("sampling_fraction", None)) is not None:
        must_be_uniform(connection, derived.relation, fraction, f"{key}.columns.sampling_fraction")
    named = (*(columns[meaning] for meaning in _NAMES if meaning in columns), *segments)
    return _Side(connection, derived.relation, settings, columns, key, named)


def _open_labels(connection: sa.Connection, place: LogPlace, settings: LabelRelation, *, texts: bool) -> "_Side":
    key = f"{place.key}.labels"
    mapped = settings.columns.mapped()
    names = tuple(dict.fromkeys([*columns_wanted(mapped.values()), *columns_of_rows(settings)]))
    reading = FilesToRead(place.library, Wanted(names, frozenset(), names_in(mapped["at"])[0]), texts)
    relation = open_relation(connection, settings, key, reading)
    derived = Derivation(connection, relation, settings, key).derive(mapped, ())
    check(connection, derived, key)
    labeller = derived.columns.get("labeller")
    return _Side(connection, derived.relation, settings, derived.columns, key, () if labeller is None else (labeller,))


class _Side:
    """One of the two logs: its columns, and what all its rows are like."""

    def __init__(
        self,
        connection: sa.Connection,
        relation: Relation,
        settings: RelationSettings,
        columns: Mapping[str, str],
        key: str,
        names: Iterable[str] = (),
    ) -> None:
        self.connection = connection
        self.relation = relation
        self.columns = columns
        self.meaning = "predicted" if "predicted" in columns else "label"
        self.category = columns[self.meaning]
        self.key = key
        at = columns["at"]
        self.names = tuple(dict.fromkeys(names))
        self.profile = look_at(connection, relation, id_=columns["id"], at=at, category=self.category, names=self.names)
        self._unicode = engine_of(connection).has_unicode(connection)
        said = TimeSettings(settings.day_first, settings.time_format)
        try:
            learnt = learn_times(connection, relation, at, said) if self.profile.unusual_times else USUAL
        except ValueError as error:
            raise MappingError(f"{settings.time_format} is no format: it {error}", f"{key}.time_format") from None
        self.learnt = learnt
        if settings.time_unit is not None or settings.time_zone is not None:
            clock = Clock(settings.time_unit, settings.time_zone)
            self.relation = with_clock(engine_of(connection), relation, at, learnt, clock)
            self.at = Moment(self.relation.column(EPOCH), ColumnKind.FLOAT)
        elif learnt.formats and relation.kinds[at] is not ColumnKind.ANY:
            self.relation = with_epoch(engine_of(connection), relation, at, learnt)
            self.at = Moment(self.relation.column(EPOCH), ColumnKind.FLOAT)
        else:
            inside = relation.kinds[at] in INSIDE
            column = text_of(relation, at) if inside else relation.column(at)
            kind = ColumnKind.TEXT if inside else relation.kinds[at]
            self.at = Moment(column, kind, learnt, ordered=not self.profile.unusual_times)

    @property
    def told(self) -> str:
        """How the times are read, in words, where they are not written as most are."""
        if not self.learnt.formats:
            return ""
        below = self.key.split(".", 2)[-1]
        order = {DateOrder.DAY_FIRST: ", the day before the month", DateOrder.MONTH_FIRST: ", the month before the day"}
        return f"{below}.columns.at: the times are read by their format{order.get(self.learnt.order, '')}"

    @property
    def classes(self) -> ClassColumn:
        """The values of the column of classes; none where they are too many to be classes."""
        values = {value: n for value, n in (self.profile.values or {}).items() if value is not None}
        return ClassColumn(values, self.relation.kinds[self.category] is ColumnKind.BOOLEAN)

    def name_in(self, column: str | None) -> sa.ColumnElement[str]:
        """Return a column of names, each in one spelling; NOT_LOGGED where it is NULL or not mapped."""
        blank = sa.literal(NOT_LOGGED, sa.Text)
        if column is None:
            return blank
        text, kind = text_of(self.relation, column), self.relation.kinds[column]
        is_whole = column in self.profile.whole
        tidy = TidyName(text, self.relation.column(column), kind, plain=is_whole, unicode=self._unicode)
        return sa.func.coalesce(tidy, blank, type_=sa.Text())

    @property
    def id_kinds(self) -> frozenset[ColumnKind]:
        """What the ids are."""
        kind = self.relation.kinds[self.columns["id"]]
        if kind is not ColumnKind.ANY:
            return frozenset({kind})
        return frozenset(_OF_SQLITE.get(found, ColumnKind.OTHER) for found in self.profile.id_types)

    def must_be_readable(self, *, with_ids: bool) -> None:
        """Raise SourceError where there are rows, and of none the time, the id or the class can be read."""
        values, is_label = self.profile.values, self.meaning == "label"
        named = self.relation.column(self.category).is_not(None) if is_label else sa.true()
        is_named = not is_label or any(value is not None for value in values or ())
        if not self.profile.rows or not (is_named or self._have_any(named)[0]):
            return  # labels that are still to be given are no fault
        with_ids = with_ids and self.profile.rows >= ENOUGH_ROWS
        has_id = self.relation.column(self.columns["id"]).is_not(None)
        conditions = (self.at.usable, has_id) if with_ids else (self.at.usable,)
        has_time, *have_ids = self._have_any(*(sa.and_(named, condition) for condition in conditions))
        if not has_time:
            raise SourceError(self._unreadable("at", _TIME_SETTINGS))
        if self.profile.rows < ENOUGH_ROWS:
            return
        if not all(have_ids):
            raise SourceError(self._unreadable("id", "map the column that labels and predictions share"))
        if values is not None and not any(class_name(value) for value in values if value is not None):
            raise SourceError(self._unreadable(self.meaning, "map the column that names the class"))

    def _have_any(self, *conditions: sa.ColumnElement[bool]) -> Sequence[bool]:
        """Whether there is a row of each; asked in one statement, and no further than to the first."""
        one = sa.select(sa.literal(1, sa.Integer)).select_from(self.relation.source).limit(1)
        asked = [one.where(condition).scalar_subquery() for condition in conditions]
        found = self.connection.execute(sa.select(*(each.label(f"found_{i}") for i, each in enumerate(asked)))).one()
        return [each is not None for each in found]

    def _unreadable(self, meaning: str, remedy: str) -> str:
        name = self.columns[meaning]
        seen = examples(self.connection, self.relation, name, sa.true())
        shown = f"such as {', '.join(map(repr, seen))}" if seen else "which are all empty"
        what = {"at": "a time that can be read", "id": "an id"}.get(meaning, "a class")
        below = self.key.split(".", 2)[-1]
        return (
            f"none of the {self.profile.rows:,} rows has {what} in the column {name}, {shown}; "
            f"look at {below}.columns.{meaning}: {remedy}"
        )


_TIME_SETTINGS: Final = (
    "map the column that holds the time or, beside files, table or query, say how it is written: day_first: true (or "
    "false) for days and months as numbers, or time_format, such as %d.%m.%y %H:%M"
)
ENOUGH_ROWS: Final = 50
"""Fewer may well all be without an id or a class, by accident."""


def _predictions(
    side: _Side, spellings: Spellings, settings: SourceSettings, *, as_text: bool, tidied: bool
) -> MappedPredictions:
    relation, columns, segments = side.relation, side.columns, settings.segments
    spelt = None if side.profile.values is None else spellings.predicted
    predicted = class_of(relation, columns["predicted"], spelt)
    latency, bad_latency = latency_of(relation, columns.get("latency_ms"))
    confidence, bad_confidence = confidence_of(relation, columns.get("confidence"))
    relevance, bad_relevance = relevance_of(relation, columns.get("relevance"))
    return MappedPredictions(
        relation=relation,
        at=side.at,
        id=identity_of(relation, columns["id"], as_text=as_text, tidied=tidied),
        predicted=sa.func.coalesce(predicted, sa.literal(NO_CLASS, sa.Text), type_=sa.Text()),
        no_class=predicted.is_(None),
        model_version=side.name_in(columns.get("model_version")),
        prompt_version=side.name_in(columns.get("prompt_version")),
        latency_ms=latency,
        bad_latency=bad_latency,
        confidence=confidence,
        bad_confidence=bad_confidence,
        relevance=relevance,
        bad_relevance=bad_relevance,
        relevance_source=side.name_in(columns.get("relevance_source")),
        segments=tuple(map(side.name_in, segments)),
        columns=columns,
        last_counts=settings.predictions.duplicates == "last",
    )


def _labels(side: _Side, spellings: Spellings, *, as_text: bool, tidied: bool, in_predictions: bool) -> MappedLabels:
    relation, columns = side.relation, side.columns
    weight, designed, bad_probability = weight_of(relation, columns.get("inclusion_probability"))
    return MappedLabels(
        relation=relation,
        at=side.at,
        id=identity_of(relation, columns["id"], as_text=as_text, tidied=tidied),
        label=class_of(relation, columns["label"], None if side.profile.values is None else spellings.labels),
        weight=weight,
        designed=designed,
        bad_probability=bad_probability,
        labeller=side.name_in(columns.get("labeller")),
        refused=_refused(side, spellings),
        in_predictions=in_predictions,
        columns=columns,
    )


def _refused(side: _Side, spellings: Spellings) -> sa.ColumnElement[bool]:
    if not spellings.refused:
        return sa.false()
    text = text_of(side.relation, side.category)
    return sa.func.coalesce(text.in_(spellings.refused), sa.false(), type_=sa.Boolean())


def _same_rows(settings: SourceSettings) -> bool:
    rows = set(OF_ROWS)
    labels = settings.labels
    return labels is not None and labels.model_dump(include=rows) == settings.predictions.model_dump(include=rows)


def _compare(one: _Side, other: _Side) -> tuple[bool, bool]:
    """Whether ids must be compared as text, because their types differ or compare with nothing; and tidied first."""
    kinds = one.id_kinds | other.id_kinds
    untidy = one.profile.untidy_ids or other.profile.untidy_ids
    alike = len(kinds) <= 1 or kinds <= _NUMBERS
    mixed_types = ColumnKind.FLOAT in kinds and "real" in one.profile.id_types | other.profile.id_types
    as_text = untidy or not (alike and kinds <= _TYPED_IDS)
    return as_text, untidy or (as_text and mixed_types)
