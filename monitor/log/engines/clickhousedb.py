"""ClickHouse, by its HTTP interface.

It differs from the other engines in what SQL takes for granted: a column that is not Nullable has a default where
others have NULL, a join fills what it does not find with such defaults, and there are no transactions. So a connection
has settings that say otherwise, or is refused; and each statement sees the log as it is when it begins.
"""

import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, ClassVar, Final, assert_never

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from config.source import DuckdbSettings
from monitor.common.database_causes import cause
from monitor.common.errors import SourceError
from monitor.log.engines.regex_engine import ASCII_SPACE, HEX, WHOLE, RegexEngine
from monitor.log.engines.statements import as_text
from monitor.log.kinds import ITSELF, ColumnKind
from monitor.log.times.times import TimeReading, scaled
from monitor.log.times.times_sql import TimeSql, text_epoch_sql

CONNECT_TIMEOUT: Final = 10  # seconds
ANSWER_TIMEOUT: Final = 330  # seconds without a byte; the server gives up before, see _LIMITS

_OVERFLOWS: Final = ("read", "result", "group_by", "sort", "distinct", "join", "set", "transfer", "timeout")
_MEANING: Final = {
    "join_use_nulls": "1",  # NULL where a join finds nothing
    "final": "1",  # of a ReplacingMergeTree the rows that are not replaced
    # At a limit, an error: a profile may also ask to go on with the rows that were read by then.
    **{f"{kind}_overflow_mode": "throw" for kind in _OVERFLOWS},
    "read_overflow_mode_leaf": "throw",
    "timeout_overflow_mode_leaf": "throw",
    "skip_unavailable_shards": "0",
    "limit": "0",
    "offset": "0",
    "join_default_strictness": "ALL",
    "use_query_cache": "0",
}
"""What statements mean; with another value of one of these, rows are missing and nothing says so."""
_LIMITS: Final = {
    "max_execution_time": 300,  # seconds, as on PostgreSQL
    "max_memory_usage": 4_000_000_000,  # bytes of one statement; past a quarter of it, groups and sorts go to disk
}
_ROOM: Final = {
    "max_bytes_before_external_group_by": 1_000_000_000,
    "max_bytes_before_external_sort": 1_000_000_000,
    "max_query_size": 20_000_000,  # bytes; a statement that names thousands of classes is longer than the usual 256 KB
    "max_ast_elements": 2_000_000,
    "max_expanded_ast_elements": 20_000_000,
}
_READ_ONLY: Final = 2
"""The mode in which nothing can be written, and settings can still be chosen."""
_FIXED: Final = 1
"""The mode of users who cannot choose settings either."""

_KINDS: Final = (
    (re.compile(r"DateTime(64)?\b.*"), ColumnKind.ZONED),  # a moment, whatever zone it is shown in
    (re.compile(r"Date(32)?"), ColumnKind.DATE),
    (re.compile(r"String"), ColumnKind.TEXT),
    (re.compile(r"U?Int(8|16|32|64|128|256)"), ColumnKind.INTEGER),
    (re.compile(r"Float(32|64)|BFloat16"), ColumnKind.FLOAT),
    (re.compile(r"Decimal.*"), ColumnKind.DECIMAL),
    (re.compile(r"Bool"), ColumnKind.BOOLEAN),
    (re.compile(r"UUID"), ColumnKind.UUID),
    (re.compile(r"JSON.*"), ColumnKind.JSON),
    (re.compile(r"Array\(.*\)"), ColumnKind.LIST),
)
"""Of types without what is around them; the rest (Enum, FixedString, Map, Tuple, …) is read as text."""
_AROUND: Final = re.compile(r"(?:Nullable|LowCardinality|SimpleAggregateFunction)\((?:\w+, )?(.*)\)")

_STATEMENT: Final = re.compile(r"[.:]? (?:In scope|While processing|In query|While executing)\b.*?(?=\. \([A-Z_]+\)|$)")
"""The part of an error that repeats the statement, which holds names of the log."""


def quoted(text: str) -> str:
    """SQL of a text; a percent sign is doubled, since the driver has a meaning for a single one."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("%", "%%") + "'"


def _once(value: str, use: Callable[[str], str]) -> str:
    name = f"v{zlib.crc32(value.encode())}"  # one that no value within names too
    return f"arrayMap({name} -> {use(name)}, [{value}])[1]"


def _micros(moment: str) -> str:
    return f"(toUnixTimestamp64Micro({moment}) / 1e6)"


def _replaced(x: str, pattern: str, by: str) -> str:
    return f"replaceRegexpOne({x}, {quoted(f'^(?:{pattern})$')}, {quoted(by)})"


def _stripped(x: str, characters: str) -> str:
    """By a regular expression: `trim` takes characters for bytes."""
    return f"replaceRegexpAll({x}, {quoted(f'^[{characters}]+|[{characters}]+$')}, '')"


class ClickhouseEngine(RegexEngine):
    """ClickHouse."""

    name = "clickhousedb"
    plans_slowly = True  # 0.3 s for each part that counts joined rows, whose joins it plans again
    tables_sql = (
        "SELECT if(database = currentDatabase(), NULL, database), name FROM system.tables "
        "WHERE NOT is_temporary AND name NOT LIKE '.inner%' "
        "AND database NOT IN ('system', 'information_schema', 'INFORMATION_SCHEMA') ORDER BY database, name"
    )
    times: ClassVar[TimeSql] = TimeSql(
        matches=lambda x, pattern: f"match({x}, {quoted(f'^(?:{pattern})$')})",
        replaced=_replaced,
        epoch=lambda x: _micros(f"parseDateTime64BestEffortOrNull(replace({x}, ',', '.'), 6, 'UTC')"),
        trimmed=lambda x: _stripped(x, " \t\r\n"),
        number=lambda x: f"toFloat64OrNull({x})",
        once=_once,
        part=lambda x, sign, place: f"splitByChar('{sign}', assumeNotNull({x}))[{place}]",
        integer=lambda x: f"toInt32OrNull({x})",
    )

    def open(self, url: sa.URL, duckdb: DuckdbSettings) -> sa.Engine:  # noqa: ARG002 - of DuckDB alone
        """Read-only by a setting; no connection is kept, and no session, since a statement needs no other before it."""
        from monitor.log.engines.clickhousedb_compiler import with_compiler  # noqa: PLC0415 - its driver is an extra

        arguments = {
            "connect_timeout": CONNECT_TIMEOUT,
            "send_receive_timeout": ANSWER_TIMEOUT,
            "autogenerate_session_id": False,
            "client_name": "tunewatch",
            "show_clickhouse_errors": "scrub",  # without addresses
        }
        # A count joins its rows with a few numbers on purpose (`in_one_pass`), of which SQLAlchemy would warn.
        engine = sa.create_engine(url, poolclass=NullPool, connect_args=arguments, enable_from_linting=False)
        asked = {name.removeprefix("ch_") for name in url.query}
        sa.event.listen(engine, "connect", lambda connection, _record: _set_up(connection.client, asked))
        return with_compiler(engine)

    def words(self, error: sa.exc.DBAPIError) -> str:
        """Its errors repeat the statement, and those of the way to it have their cause beneath."""
        cause_beneath = error.orig.__cause__ if error.orig else None
        reason = getattr(cause_beneath, "reason", cause_beneath)  # of urllib3, which tries again
        return _STATEMENT.sub("", super().words(error)) + (f": {reason}" if reason else "")

    def blames_query(self, error: sa.exc.DBAPIError) -> bool:
        """Not for taking too long, or too much."""
        return super().blames_query(error) and not any(f"({name})" in str(error.orig) for name in _OF_THE_SERVER)

    def hint(self, said: str) -> str:
        """By the name of its error, else by what is said of the connection."""
        return next((what for name, what in _CAUSES.items() if f"({name})" in said), cause(said))

    def describe(self, connection: sa.Connection, relation: str) -> dict[str, ColumnKind]:
        """By the names of its types."""
        rows = connection.execute(as_text(f"DESCRIBE TABLE (SELECT * FROM {relation})")).fetchall()  # noqa: S608
        return {row[0]: clickhouse_kind(row[1]) for row in rows}

    def worked_out(self, cte: sa.CTE) -> sa.CTE:
        """To work one out once is an experiment of ClickHouse, which is off."""
        return cte

    def epoch(self, x: str, kind: ColumnKind, reading: TimeReading) -> str:
        """Times are moments, a date the first of its day in UTC."""
        match kind:
            case ColumnKind.ZONED | ColumnKind.NAIVE | ColumnKind.ZONED_NS | ColumnKind.NAIVE_NS | ColumnKind.DATE:
                return _micros(f"toDateTime64({x}, 6, 'UTC')")
            case ColumnKind.INTEGER | ColumnKind.FLOAT | ColumnKind.DECIMAL:
                return scaled(f"toFloat64({x})")
            case ColumnKind.TEXT | ColumnKind.ANY:
                return text_epoch_sql(x, self.times, reading)
            case ColumnKind.UUID | ColumnKind.BOOLEAN | ColumnKind.JSON | ColumnKind.LIST:
                return "CAST(NULL AS Nullable(Float64))"
            case ColumnKind.OTHER:
                return text_epoch_sql(f"toString({x})", self.times, reading)
            case _:
                assert_never(kind)

    def number(self, x: str, kind: ColumnKind) -> str:
        """A conversion that only tries, of texts without the space around them."""
        if kind in _NUMBERS:
            return f"toFloat64({x})"
        return f"toFloat64OrNull({_stripped(f'toString({x})', ASCII_SPACE)})"

    def tidy_id(self, x: str) -> str:
        """By one regular expression for whole numbers and one for hex."""
        bare = _stripped(f"toString({x})", " \t\n\r\u00a0")
        whole = f"WHEN {self.times.matches(bare, WHOLE)} THEN splitByChar('.', assumeNotNull({bare}))[1]"
        small = f"WHEN {self.times.matches(bare, HEX)} THEN replaceRegexpAll(lower({bare}), '[{{}}]', '')"
        return f"nullif(CASE {whole} {small} ELSE {bare} END, '')"

    def plain_text(self, x: str) -> str:
        """Texts are bytes here: what is no UTF-8 is replaced, as where a file is read."""
        return f"toValidUTF8({x})"

    def inner_text(self, x: str, kind: ColumnKind) -> str:
        """Of a list the one value that it has."""
        if kind is ColumnKind.JSON:
            return f"toJSONString({x})"
        return f"toValidUTF8(if(length({x}) = 1, toString(({x})[1]), toString({x})))"

    def at_path(self, x: str, kind: ColumnKind, steps: Sequence[str | int], *, safely: bool) -> str:  # noqa: ARG002
        """Structs and maps by way of JSON, step by step, of which one may lead to a text of JSON."""
        value = f"toValidUTF8({x})" if kind is ColumnKind.TEXT else f"toJSONString({x})"
        for place, step in enumerate(steps):
            value = _once(_inside(value) if place else value, partial(_step, step))
        return _once(value, lambda json: f"if({json} IN ('', 'null'), NULL, {_held(json)})")

    def to_utc(self, epoch: str, zone: str) -> str:
        """By the offsets a day before and after: where they differ, that of summer counts only where it must."""

        def offset(moment: str) -> str:
            return f"timezoneOffset(fromUnixTimestamp64Micro(toInt64(assumeNotNull({moment}) * 1e6), {quoted(zone)}))"

        def read(at: str) -> str:
            sides = [offset(f"({at} {sign} 86400)") for sign in "-+"]
            least, most = f"least({', '.join(sides)})", f"greatest({', '.join(sides)})"
            summer = f"{offset(f'({at} - {most})')} = {most} AND {offset(f'({at} - {least})')} <> {least}"
            return f"if(abs({at}) < 1e11, {at} - if({summer}, {most}, {least}), NULL)"

        return _once(epoch, read)

    def row_digest(self, values: str) -> str:
        """Of a tuple, in which NULL is a value too."""
        return f"toInt64(bitShiftRight(sipHash64(tuple({values})), 33))"

    def md5(self, x: str) -> str:
        """Its own gives bytes."""
        return f"lower(hex(MD5({x})))"

    def bounded_name(self, x: str) -> str:
        """Of a value that is worked out once: a statement that repeats it takes longer to plan than to run."""
        return _once(x, super().bounded_name)

    def tidy_name(self, x: str, column: str, kind: ColumnKind, *, plain: bool, unicode: bool) -> str:
        """Of a value that is worked out once."""
        base = super().tidy_name
        return _once(x, lambda text: base(text, column, kind, plain=plain, unicode=unicode))

    def has_zero(self, x: str) -> str:
        """Texts may hold a zero byte."""
        return f"position({x}, char(0)) > 0"

    def bytes_of(self, x: str) -> str:
        """Texts are bytes."""
        return f"length({x})"

    def characters_of(self, x: str) -> str:
        """Texts are bytes."""
        return f"lengthUTF8({x})"

    def start_of(self, x: str, length: int) -> str:
        """Texts are bytes."""
        return f"substringUTF8({x}, 1, {length})"

    def trimmed(self, x: str, characters: str) -> str:
        """See `_stripped`; the characters come as SQL."""
        return _stripped(x, characters[1:-1])

    def composed(self, x: str) -> str:
        """By the library of Unicode itself."""
        return f"normalizeUTF8NFC({x})"

    def plain_number(self, x: str) -> str:
        """By a regular expression."""
        has_end = f"position({x}, '.') > 0 AND position(lower({x}), 'e') = 0"
        return f"CASE WHEN {has_end} THEN replaceRegexpOne({x}, '[.]?0*$', '') ELSE {x} END"


_NUMBERS: Final = {ColumnKind.INTEGER, ColumnKind.FLOAT, ColumnKind.DECIMAL, ColumnKind.BOOLEAN}
_LIMIT_OF_ROWS: Final = "a limit of its user's settings profile is too low for this log: raise it, or give another user"
_CAUSES: Final = {
    "AUTHENTICATION_FAILED": "check user and password",
    "REQUIRED_PASSWORD": "check user and password",
    "UNKNOWN_DATABASE": "check the name of the database",
    "ACCESS_DENIED": "give its user the right to read: GRANT SELECT ON database.table TO user",
    "TIMEOUT_EXCEEDED": "its limit of time is too low for this log: raise max_execution_time, such as "
    "clickhousedb://host/name?max_execution_time=900",
    "MEMORY_LIMIT_EXCEEDED": "its limit of memory is too low for this log: raise max_memory_usage, such as "
    "clickhousedb://host/name?max_memory_usage=8000000000",
    "TOO_MANY_ROWS": _LIMIT_OF_ROWS,
    "TOO_MANY_BYTES": _LIMIT_OF_ROWS,
    "TOO_MANY_ROWS_OR_BYTES": _LIMIT_OF_ROWS,
    "SET_SIZE_LIMIT_EXCEEDED": _LIMIT_OF_ROWS,
    "SETTING_CONSTRAINT_VIOLATION": "the settings profile of its user forbids what tunewatch asks for: give it another",
}
_OF_THE_SERVER: Final = ("TIMEOUT_EXCEEDED", "MEMORY_LIMIT_EXCEEDED", "TOO_MANY_SIMULTANEOUS_QUERIES", "ACCESS_DENIED")


def clickhouse_kind(type_name: str) -> ColumnKind:
    """Return the kind of a type as ClickHouse spells it.

    >>> clickhouse_kind("LowCardinality(Nullable(String))"), clickhouse_kind("DateTime64(3, 'Europe/Berlin')")
    (<ColumnKind.TEXT: 6>, <ColumnKind.ZONED: 1>)
    """
    if around := _AROUND.fullmatch(type_name):
        return clickhouse_kind(around[1])
    return next((kind for pattern, kind in _KINDS if pattern.fullmatch(type_name)), ColumnKind.OTHER)


def _set_up(client: Any, asked: set[str]) -> None:  # noqa: ANN401 - the driver's own
    """Make a connection read-only, bounded and of SQL's own meaning; leave the limits that the URL `asked` for.

    Raises SourceError where its user may not choose a setting, and the one that it has means something else, or where
    a profile leaves rows out of answers even before that.
    """
    server: Mapping[str, Any] = client.server_settings
    if "join_use_nulls" not in server:  # which every version has: the list of all settings was cut short
        raise SourceError(
            "the settings profile of its user in ClickHouse cuts answers short, so that rows would be missing; "
            "it must not: ALTER USER … SETTINGS limit = 0, offset = 0"
        )
    mode = _now(server, "readonly")
    fixed = {name for name in server if mode == _FIXED or int(server[name].readonly)}
    meaning = {name: value for name, value in _MEANING.items() if name in asked or _value(server, name) != value}
    wrong = [
        f"{name} = {value if value.isdigit() else quoted(value)}" for name, value in meaning.items() if name in fixed
    ]
    if wrong:
        raise SourceError(
            f"the user {client.command('SELECT currentUser()')} of ClickHouse cannot choose its settings (readonly = "
            f"1), and without {' and '.join(wrong)} rows would be counted wrongly; let it choose them (readonly = 2), "
            f"or give it these: ALTER USER … SETTINGS {', '.join(wrong)}, readonly = 1"
        )
    limits = {name: most for name, most in _LIMITS.items() if name not in asked and not 0 < _now(server, name) <= most}
    room = {name: least for name, least in _ROOM.items() if name not in asked and _now(server, name) < least}
    for name, value in {**meaning, **limits, **room, **({} if mode else {"readonly": _READ_ONLY})}.items():
        if name in server and name not in fixed:
            client.set_client_setting(name, value)


def _value(server: Mapping[str, Any], name: str) -> str | None:
    return str(server[name].value) if name in server else None


def _now(server: Mapping[str, Any], name: str) -> float:
    return float(_value(server, name) or 0)


def _inside(json: str) -> str:
    """What a text of JSON holds, if that is JSON."""
    return _once(json, _held)


def _held(json: str) -> str:
    return f"if(JSONType({json}) = 'String', JSONExtractString({json}), {json})"


def _step(step: str | int, json: str) -> str:
    """What stands at a key or a place of JSON, as JSON; '' where nothing does."""
    if step == ITSELF:
        return f"if(isValidJSON({json}), {json}, '')"
    if isinstance(step, str):
        return f"if(JSONType({json}) = 'Object', JSONExtractRaw({json}, {quoted(step)}), '')"
    return f"if(JSONType({json}) = 'Array', JSONExtractRaw({json}, {step + 1 if step >= 0 else step}), '')"
