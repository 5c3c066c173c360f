"""The history as data frames of pandas, the same from SQLite and from PostgreSQL.

>>> from tunewatch import open_history
>>> with open_history("sqlite:///tunewatch.db") as history:  # doctest: +SKIP
...     history.metrics("support-bot", "recall", class_name="urgent")

Nothing here can write. Of a text that comes from a database no statement is ever made.
"""

import json
import sqlite3
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import pandas as pd
import sqlalchemy as sa

TIMES: Final = frozenset(
    {
        *("as_of", "window_start", "window_end", "looked_at", "since", "onset", "updated_at", "opened_at"),
        *("clear_since", "resolved_at", "at", "frozen_at", "acted_at", "measured_at", "created_at", "due_at"),
        *("claimed_until", "sent_at", "shown_at", "starts_at", "ends_at", "until", "paused_until", "failing_since"),
        *("bucket_start", "day", "week", "first_day", "last_day", "detected_at", "told_at", "acknowledged_at"),
        *("reopened_at", "requested_at", "registered_at", "set_aside_at"),
    }
)
"""Columns that hold times or days: in frames they are `datetime64[ns, UTC]`. Tables underneath have epoch seconds."""

FLAGS: Final = frozenset({"provisional", "clear", "abstained", "accepted", "interrupted", "false_alarm"})
"""Columns that hold yes or no: `bool`, or `boolean` where they may be empty."""

FIGURES: Final = frozenset(
    {
        *("value", "low", "high", "raw", "coverage", "threshold", "reference", "share"),
        *("agreement", "final_share", "final_low", "final_high"),
    }
)
"""Columns that hold numbers also where none of them is known."""

DOCUMENTS: Final = frozenset({"reasons", "faults", "matchers"})
"""Columns that hold JSON: lists and dicts. `detail`, which may change from release to release, is left out."""

ALL: Final = "(all)"
"""The version that stands for all of them together in views of weeks and of versions."""


class HistoryFrames:
    """An open history. Every answer is a frame of its own, with times in UTC and shares from 0 to 1.

    A method takes `monitor` to leave out other chatbots, and `since` (included) and `until` (not included), aware times
    or dates as text, to leave out other times; None leaves nothing out. A frame without rows has its columns too.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._engine.dispose()

    def monitors(self) -> list[str]:
        """The names of all monitors, in order."""
        return [str(name) for name in self.sql("SELECT name FROM monitors ORDER BY name")["name"]]

    def metrics(
        self,
        monitor: str | None = None,
        metric: str | None = None,
        *,
        class_name: str | None = None,
        slice: str | None = "all",
        since: datetime | str | None = None,
        until: datetime | str | None = None,
    ) -> pd.DataFrame:
        """What was believed of each metric at each look, as in `metric_history`, oldest first.

        `class_name` "" is of all classes, and `slice` None gives every slice. A row holds until the next one of its
        series.
        """
        chosen = {"monitor": monitor, "metric": metric, "class": class_name, "slice": slice}
        return self.view("metric_history", chosen, "as_of", since, until, order=("monitor", "metric", "class", "slice"))

    def incidents(
        self, monitor: str | None = None, since: datetime | str | None = None, until: datetime | str | None = None
    ) -> pd.DataFrame:
        """Each incident with its times, as in `incident_times`, by when it was detected."""
        return self.view("incident_times", {"monitor": monitor}, "detected_at", since, until, order=("incident_id",))

    def advice(
        self, monitor: str | None = None, since: datetime | str | None = None, until: datetime | str | None = None
    ) -> pd.DataFrame:
        """What was advised, as in `advice`, oldest first; `reasons` are lists of sentences."""
        return self.view("advice", {"monitor": monitor}, "at", since, until, order=("id",))

    def outcomes(
        self, monitor: str | None = None, since: datetime | str | None = None, until: datetime | str | None = None
    ) -> pd.DataFrame:
        """What came of advice, as in `advice_outcomes`, with its monitor and incident; times are of the advice."""
        return self._chosen(_OUTCOMES, {"monitor": monitor}, "at", since, until, order=("id",))

    def confusion(
        self,
        monitor: str,
        *,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        model_version: str | None = None,
        prompt_version: str | None = None,
    ) -> pd.DataFrame:
        """How often each true class (index `label`) was predicted as each class (columns `predicted`): labelled rows.

        Counts of whole UTC days, of all classes that were predicted or labelled then, without weights.
        """
        chosen = {"monitor": monitor, "model_version": model_version, "prompt_version": prompt_version}
        counts = self.view("daily_outcomes", chosen, "day", since, until).dropna(subset=["label"])
        names = sorted({*counts["label"], *counts["predicted"]})
        table = counts.pivot_table(index="label", columns="predicted", values="n", aggfunc="sum", fill_value=0)
        return (
            table.reindex(index=names, columns=names, fill_value=0)
            .astype("int64")
            .rename_axis(index="label", columns="predicted")
        )

    def weekly(
        self,
        metric: str,
        monitor: str | None = None,
        *,
        slice: str | None = "all",
        model_version: str | None = ALL,
        prompt_version: str | None = ALL,
    ) -> pd.DataFrame:
        """Accuracy, recall, precision or latency (`metric`) by UTC week, as in `weekly_accuracy` and its like.

        `(all)` is all versions together, and None gives every row, which are never to be added up.
        """
        return self._periods("weekly", metric, monitor, (slice, model_version, prompt_version))

    def versions(
        self,
        metric: str,
        monitor: str | None = None,
        *,
        slice: str | None = "all",
        model_version: str | None = None,
        prompt_version: str | None = None,
    ) -> pd.DataFrame:
        """The same of each version over its whole life, as in `version_accuracy` and its like."""
        return self._periods("version", metric, monitor, (slice, model_version, prompt_version))

    def labellers(
        self, monitor: str | None = None, since: datetime | str | None = None, until: datetime | str | None = None
    ) -> pd.DataFrame:
        """Who labelled predictions of each UTC day, and how often they agreed, as in `daily_labellers`."""
        return self.view("daily_labellers", {"monitor": monitor}, "day", since, until, order=("monitor", "labeller"))

    def view(
        self,
        name: str,
        where: Mapping[str, str | None] | None = None,
        time: str | None = None,
        since: datetime | str | None = None,
        until: datetime | str | None = None,
        *,
        order: Sequence[str] = (),
    ) -> pd.DataFrame:
        """Any table or view of docs/history.md: rows whose columns equal `where` (None: any), by `time` and `order`.

        Raises LookupError where the history has none of that name, or no such column.
        """
        inspector = sa.inspect(self._engine)
        if not inspector.has_table(name):
            raise LookupError(f"the history has no table or view {name!r}; docs/history.md names those that there are")
        columns = {column["name"]: column["type"] for column in inspector.get_columns(name)}
        for asked in (*(where or {}), *([time] if time else ()), *order):
            if asked not in columns:
                raise LookupError(f"{name} has no column {asked!r}; it has {', '.join(sorted(columns))}")
        if time and isinstance(columns[time], sa.Integer) and (since is not None or until is not None):
            raise LookupError(f"{time} of {name} is no time but a number; a view of docs/history.md has it as a time")
        return self._chosen(f"{name} v", where or {}, time, since, until, order=order)

    def sql(self, statement: str, parameters: Mapping[str, Any] | None = None) -> pd.DataFrame:
        """The rows of a SELECT; `:name` stands for a parameter. docs/sql.md has statements that hold on both engines.

        Columns named as times, flags and JSON of the history are such; other texts and numbers are as they come.
        """
        with self._engine.connect() as connection:
            found = connection.execute(sa.text(statement), dict(parameters or {}))
            names = list(found.keys())
            rows = [tuple(row) for row in found]
        return _typed(pd.DataFrame(rows, columns=names, dtype=object))

    def _periods(
        self, period: str, metric: str, monitor: str | None, chosen: tuple[str | None, str | None, str | None]
    ) -> pd.DataFrame:
        known = ("accuracy", "recall", "precision", "latency")
        if metric not in known:
            raise ValueError(f"there are weeks and versions of {', '.join(known)}, not of {metric!r}")
        columns = ("slice", "model_version", "prompt_version")
        where = dict(zip(columns, chosen, strict=True)) | {"monitor": monitor}
        if metric == "latency":  # it is not known by segment
            del where["slice"]
        order = [*where, *(["class"] if metric in {"recall", "precision"} else [])]
        return self.view(f"{period}_{metric}", where, "week" if period == "weekly" else "first_day", order=order)

    def _chosen(
        self,
        source: str,
        where: Mapping[str, str | None],
        time: str | None,
        since: datetime | str | None,
        until: datetime | str | None,
        *,
        order: Sequence[str] = (),
    ) -> pd.DataFrame:
        given = {name: value for name, value in where.items() if value is not None}
        terms = [f'v."{name}" = :is_{name}' for name in given]
        parameters: dict[str, Any] = {f"is_{name}": value for name, value in given.items()}
        for name, sign, moment in (("since", ">=", since), ("until", "<", until)):
            if moment is not None:
                terms.append(f"v.{time} {sign} :{name}")
                parameters[name] = self._moment(moment, is_day=time in _DAYS)
        condition = f" WHERE {' AND '.join(terms)}" if terms else ""
        by = [f'v."{name}"' for name in (time, *order) if name]
        ordered = f" ORDER BY {', '.join(by)}" if by else ""
        statement = f"SELECT v.* FROM {source}{condition}{ordered}"  # noqa: S608 - names that were looked up
        found = self.sql(statement, parameters)
        return found.drop(columns="detail", errors="ignore")

    def _moment(self, moment: datetime | str, *, is_day: bool) -> object:
        """As the column has it: SQLite compares texts, and nothing lies between two days, or between two seconds."""
        time = pd.Timestamp(moment)
        utc = time.tz_localize(UTC) if time.tzinfo is None else time.tz_convert(UTC)
        if self._engine.dialect.name == "postgresql":
            return utc.to_pydatetime()
        return utc.ceil("D").strftime("%Y-%m-%d") if is_day else utc.ceil("s").strftime("%Y-%m-%d %H:%M:%S")


def open_history(url: str) -> HistoryFrames:
    """Open a history to read it: `sqlite:///tunewatch.db`, or `postgresql://user:password@host/database`.

    The file, or the user's default schema, has to be a history of this release. Raises ValueError for another kind of
    URL, FileNotFoundError where there is no such file, ConnectionError where the database does not answer, and
    LookupError where it is no history, or one that an earlier release left.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise ValueError(f"this is no database URL; write {_LIKE}") from None
    kind = parsed.get_backend_name()
    if kind not in {"sqlite", "postgresql"}:
        raise ValueError(f"a history is not kept in {kind}; write {_LIKE}")
    engine = _sqlite(parsed) if kind == "sqlite" else _postgresql(parsed)
    try:
        known = sa.inspect(engine)
        is_history, is_new = known.has_table("tunewatch_revision"), known.has_table("daily_labellers")
    except sa.exc.DBAPIError as error:
        engine.dispose()
        said = str(error.orig).strip().splitlines()[0]
        raise ConnectionError(f"the history at {parsed.host or parsed.database} cannot be read: {said}") from None
    if not (is_history and is_new):
        engine.dispose()
        what = "a history of an earlier release: start tunewatch of this one on it" if is_history else "no history"
        raise LookupError(f"{parsed.database} is {what}; what history.url names is the history")
    return HistoryFrames(engine)


_OUTCOMES: Final = """(
    SELECT a.monitor, a.incident_id, a.at, o.* FROM advice_outcomes o JOIN advice a ON a.id = o.advice_id
) v"""
_DAYS: Final = frozenset({"day", "week", "first_day", "last_day"})
_LIKE: Final = "sqlite:///tunewatch.db or postgresql://user:password@host/database"


def _sqlite(url: sa.URL) -> sa.Engine:
    if not url.database or not Path(url.database).is_file():
        raise FileNotFoundError(f"there is no file {url.database or '(in memory)'}; write {_LIKE}")
    address = f"file:{quote(str(Path(url.database).absolute()))}?mode=ro"
    return sa.create_engine("sqlite://", creator=lambda: sqlite3.connect(address, uri=True, timeout=30))


def _postgresql(url: sa.URL) -> sa.Engine:
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    options = "-c default_transaction_read_only=on -c TimeZone=UTC"
    return sa.create_engine(url, connect_args={"options": options, "connect_timeout": 30})


def _typed(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of the types that they have on both engines."""
    for name in frame.columns:
        column = frame[name]
        if name in TIMES and not (column.notna().any() and column.map(_is_number).all()):
            frame[name] = pd.to_datetime(column, utc=True).astype("datetime64[ns, UTC]")
        elif name in FLAGS:
            flags = column.map(lambda value: None if value is None else bool(value)).astype("boolean")
            frame[name] = flags if flags.isna().any() else flags.astype(bool)
        elif name in DOCUMENTS:
            frame[name] = column.map(lambda value: json.loads(value) if isinstance(value, str) else value)
        elif name in FIGURES or (len(column) and column.notna().any() and column.map(_is_number).all()):
            frame[name] = _numbers(column)
    return frame


def _is_number(value: object) -> bool:
    return value is None or (hasattr(value, "__float__") and not isinstance(value, str))


def _numbers(column: "pd.Series[Any]") -> "pd.Series[Any]":
    """Whole numbers where all are such and none is missing, else floating ones."""
    is_whole = len(column) > 0 and column.map(lambda value: isinstance(value, int)).all()
    return column.astype("int64" if is_whole else "float64")
