"""Names and their integer keys: looked up, and added where they are new."""

from collections.abc import Iterable, Mapping
from itertools import chain
from typing import Any, Final

from sqlalchemy import Connection, Table, func, select, text

from config.names import bounded
from monitor.history.schema import CLASSES, LABELLERS, METRIC_SERIES, MONITORS, RELEVANCE_SOURCES, SLICES, VERSIONS
from monitor.history.writing.bulk import insert_rows

_LOCK: Final = (
    7_386_921_005  # any number, the same in every release: the PostgreSQL advisory lock of those who add names
)

_LONGEST: Final = 400
"""Characters of a name in a key: twice what the log's own names have, which fits PostgreSQL's indexes."""

Key = tuple[Any, ...]


def monitor_id(connection: Connection, name: str) -> int | None:
    """Key of a monitor; None for one that the history has never seen."""
    return connection.scalar(select(MONITORS.c.id).where(MONITORS.c.name == name))


def add_monitor(connection: Connection, name: str) -> int:
    """Key of a monitor, which is added when it is new."""
    known = monitor_id(connection, name)
    if known is not None:
        return known
    _lock(connection)
    known = monitor_id(connection, name)
    if known is None:
        known = _next_id(connection, MONITORS)
        connection.execute(MONITORS.insert(), {"id": known, "name": name, "shape": ""})
    return known


def class_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Keys of classes."""
    keys = _intern(connection, CLASSES, ((name,) for name in names))
    return {name: key for (name,), key in keys.items()}


def version_ids(connection: Connection, pairs: Iterable[tuple[str, str]]) -> dict[Key, int]:
    """Keys of pairs of model and prompt version."""
    return _intern(connection, VERSIONS, pairs)


def slice_ids(connection: Connection, monitor: int, pairs: Iterable[tuple[str, str]]) -> dict[Key, int]:
    """Keys of pairs of segment and value of one monitor."""
    return _intern(connection, SLICES, pairs, monitor)


def intern_series(connection: Connection, monitor: int, names: Iterable[tuple[str, str, str]]) -> dict[Key, int]:
    """Keys of (metric, class, slice) of one monitor."""
    return _intern(connection, METRIC_SERIES, names, monitor)


def class_names(connection: Connection) -> dict[int, str]:
    """All classes by key."""
    return {row.id: row.name for row in connection.execute(select(CLASSES.c.id, CLASSES.c.name))}


def version_names(connection: Connection) -> dict[int, tuple[str, str]]:
    """All pairs of model and prompt version by key."""
    rows = connection.execute(select(VERSIONS.c.id, VERSIONS.c.model_version, VERSIONS.c.prompt_version))
    return {key: (model, prompt) for key, model, prompt in rows}


def source_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Keys of sources of relevance scores."""
    keys = _intern(connection, RELEVANCE_SOURCES, ((name,) for name in names))
    return {name: key for (name,), key in keys.items()}


def source_names(connection: Connection) -> dict[int, str]:
    """All sources of relevance scores by key."""
    columns = select(RELEVANCE_SOURCES.c.id, RELEVANCE_SOURCES.c.name)
    return {row.id: row.name for row in connection.execute(columns)}


def labeller_ids(connection: Connection, names: Iterable[str]) -> dict[str, int]:
    """Keys of labellers."""
    keys = _intern(connection, LABELLERS, ((name,) for name in names))
    return {name: key for (name,), key in keys.items()}


def labeller_names(connection: Connection) -> dict[int, str]:
    """All labellers by key."""
    return {row.id: row.name for row in connection.execute(select(LABELLERS.c.id, LABELLERS.c.name))}


def slice_names(connection: Connection, monitor: int) -> dict[int, tuple[str, str]]:
    """All pairs of segment and value of one monitor by key."""
    rows = connection.execute(
        select(SLICES.c.id, SLICES.c.segment, SLICES.c.value).where(SLICES.c.monitor_id == monitor)
    )
    return {key: (segment, value) for key, segment, value in rows}


def _intern(connection: Connection, table: Table, wanted: Iterable[Key], monitor: int | None = None) -> dict[Key, int]:
    """Keys of names, of one monitor where the table has names by monitor."""
    kept = tuple(dict.fromkeys(wanted))
    changed = _changed_parts(kept)
    if not changed:
        return _ids(connection, table, kept, monitor)
    stored = {key: tuple([changed.get(part, part) for part in key]) for key in kept}
    known = _ids(connection, table, stored.values(), monitor)
    return {key: known[as_stored] for key, as_stored in stored.items()}


def _ids(connection: Connection, table: Table, stored: Iterable[Key], monitor: int | None) -> dict[Key, int]:
    """Keys of names as they are stored, which are added where they are new."""
    names = {key: key for key in stored}
    known = _known(connection, table, names, monitor)
    if len(known) < len(names):
        _lock(connection)
        known = _known(connection, table, names, monitor)
        known |= _add(connection, table, sorted(names.keys() - known.keys()), monitor)
    return known


def _known(connection: Connection, table: Table, names: Mapping[Key, Key], monitor: int | None) -> dict[Key, int]:
    """The keys of those of the names that the table has; of the others, and of copies of these, nothing is held."""
    key, *columns = (column for column in table.c if column.name != "monitor_id")
    statement = select(key, *columns)
    if monitor is not None:
        statement = statement.where(table.c.monitor_id == monitor)
    rows = ((names.get(tuple(found)), number) for number, *found in connection.execute(statement))
    return {name: number for name, number in rows if name is not None}


def _add(connection: Connection, table: Table, keys: list[Key], monitor: int | None) -> dict[Key, int]:
    """Add names that are new, and return the keys that they were given."""
    first = _next_id(connection, table)
    owner = () if monitor is None else (monitor,)
    insert_rows(connection, table, ((first + i, *owner, *key) for i, key in enumerate(keys)))
    return {key: first + i for i, key in enumerate(keys)}


def _changed_parts(keys: Iterable[Key]) -> dict[object, object]:
    """What is stored in the place of those names that cannot be stored as they are, which hardly ever is any."""
    parts = set(chain.from_iterable(keys))  # of thousands of keys, hundreds
    return {part: as_stored for part in parts if (as_stored := _storable(part)) != part}


def _storable(part: object) -> object:
    """Bound a name that is made of several, and replace what no database takes in a text."""
    return bounded(part, _LONGEST) if isinstance(part, str) else part


def _next_id(connection: Connection, table: Table) -> int:
    return (connection.scalar(select(func.max(table.c.id))) or 0) + 1


def _lock(connection: Connection) -> None:
    """Wait for whoever adds names, until the end of the transaction; on SQLite there is one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
