"""Columns of ClickHouse: of its own types, with defaults where others have NULL, and texts that are bytes."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from config.source import SourceSettings
from monitor.log.counts import BucketCounts
from monitor.log.engines.clickhousedb import clickhouse_kind
from monitor.log.kinds import ColumnKind
from monitor.log.prediction_log import open_log
from tests.monitor.log.mapping.test_clocks import UTC_HOURS
from tests.monitor.log.test_time_formats import IMPLAUSIBLE, READ, UNREADABLE, hour
from tests.support.clickhouse import run_clickhouse
from tests.support.messy_logs import START
from tests.support.nested_logs import pairs

AT: Final = f"toDateTime64('{START:%Y-%m-%d %H:%M:%S}', 3, 'UTC')"
HOUR: Final = int(START.timestamp())
COLUMNS: Final = {"id": "id", "at": "at", "predicted": "class"}


def table(url: str, name: str, rows: str, engine: str = "MergeTree ORDER BY tuple()") -> None:
    """Make a table of the rows of a SELECT."""
    settings = "SETTINGS allow_nullable_key = 1"
    run_clickhouse(url, f"CREATE TABLE {name} ENGINE = {engine} {settings} AS {rows}")


def counted(url: str, labels: Mapping[str, Any] | None = None, **predictions: Any) -> BucketCounts:  # noqa: ANN401
    given: dict[str, Any] = {"url": url, "predictions": {"table": "p", "columns": COLUMNS} | predictions}
    if labels:
        given["labels"] = labels
    source = SourceSettings.model_validate(given)
    log = open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")
    return log.count([HOUR], START + timedelta(hours=2))


CLASSES: Final = {
    "enum": "CAST('urgent' AS Enum8('urgent' = 1, 'other' = 2))",
    "fixed": "toFixedString('urgent', 12)",
    "low": "toLowCardinality('urgent')",
    "nullable": "CAST('urgent' AS LowCardinality(Nullable(String)))",
    "listed": "['urgent']",
    "padded": "' urgent '",
}


def test_a_class_is_read_out_of_whatever_holds_it(clickhouse_url: str) -> None:
    one = ", ".join(f"{sql} AS {name}" for name, sql in CLASSES.items())
    table(clickhouse_url, "p", f"SELECT 'a' AS id, {AT} AS at, 'urgent' AS class, {one}")
    for name in CLASSES:
        labels = {"table": "p", "columns": {"id": "id", "at": "at", "label": name}}
        found = counted(clickhouse_url, labels, columns={**COLUMNS, "predicted": name})
        assert pairs(found) == {("urgent", "urgent"): 1}, name


IDS: Final = {
    "0AF76519-16CD-43DD-8448-EB211C80319C": "toUUID('0af76519-16cd-43dd-8448-eb211c80319c')",
    "a1": "toFixedString('a1', 8)",
    "123": "toDecimal64(123, 2)",
    "1152921504606846983": "toUInt64(1152921504606846983)",
    "7": "toFloat64(7)",
    "10.0.0.1": "toIPv4('10.0.0.1')",
}


def test_ids_of_two_types_join(clickhouse_url: str) -> None:
    for nth, (text, typed) in enumerate(IDS.items()):
        table(clickhouse_url, f"t{nth}", f"SELECT '{text}' AS id, {AT} AS at, 'a' AS class")
        table(clickhouse_url, f"p{nth}", f"SELECT {typed} AS id, {AT} AS at, 'a' AS class")
        labels = {"table": f"t{nth}", "columns": {"id": "id", "at": "at", "label": "class"}}
        assert pairs(counted(clickhouse_url, labels, table=f"p{nth}")) == {("a", "a"): 1}, text


def test_the_default_of_an_id_is_none(clickhouse_url: str) -> None:
    """A column that is not Nullable has the empty text where nothing was given."""
    table(clickhouse_url, "p", f"SELECT ['', '', '1'][number + 1] AS id, {AT} AS at, 'a' AS class FROM numbers(3)")  # noqa: S608
    found = counted(clickhouse_url, {"table": "p", "columns": {"id": "id", "at": "at", "label": "class"}})
    assert pairs(found) == {("a", None): 2, ("a", "a"): 1}
    assert {row.kind: row.n for row in found.problems} == {"null_id": 2, "orphan_label": 2}


def test_what_a_join_does_not_find_is_no_label(clickhouse_url: str) -> None:
    """Columns that are not Nullable would be given the empty text and zero."""
    table(clickhouse_url, "p", f"SELECT toString(number) AS id, {AT} AS at, 'a' AS class FROM numbers(4)")  # noqa: S608
    table(clickhouse_url, "l", f"SELECT '1' AS id, {AT} AS at, 'b' AS label, 0.5 AS chance")
    columns = {"id": "id", "at": "at", "label": "label", "inclusion_probability": "chance"}
    found = counted(clickhouse_url, {"table": "l", "columns": columns})
    assert pairs(found) == {("a", None): 3, ("a", "b"): 1}
    assert sum(row.weight for row in found.outcomes) == 2.0


def test_rows_that_are_replaced_or_deleted_do_not_count(clickhouse_url: str) -> None:
    columns = "id String, at DateTime64(3), class String, version DateTime64(3), is_deleted UInt8"
    engine = "ReplacingMergeTree(version, is_deleted) ORDER BY id"
    run_clickhouse(clickhouse_url, f"CREATE TABLE p ({columns}) ENGINE = {engine}")
    for rows in (
        f"('1', {AT}, 'old', {AT}, 0), ('2', {AT}, 'a', {AT}, 0)",
        f"('1', {AT}, 'new', {AT} + INTERVAL 1 SECOND, 0), ('2', {AT}, 'a', {AT} + INTERVAL 1 SECOND, 1)",
    ):
        run_clickhouse(clickhouse_url, f"INSERT INTO p VALUES {rows}")  # noqa: S608
    assert pairs(counted(clickhouse_url)) == {("new", None): 1}


def test_values_of_all_kinds_are_read(clickhouse_url: str) -> None:
    """Bytes that are no UTF-8, a number that is none, decimals, booleans, and letters of two bytes."""
    rows = (
        "SELECT number AS id, toDateTime('2026-03-01 09:30:00', 'Asia/Tokyo') AS at, 'r\\xC3\\xA9gion' AS class, "
        "[0.5, nan, inf, 2][number + 1] AS sure, toDecimal32(120.5, 2) AS took, number = 1 AS liked, "
        "['v1', 'caf\\xE9', '\\xC2\\xA0v1', ''][number + 1] AS version FROM numbers(4)"
    )
    table(clickhouse_url, "p", rows)
    columns = {"confidence": "sure", "latency_ms": "took", "relevance": "liked", "model_version": "version"}
    found = counted(clickhouse_url, columns=COLUMNS | columns)
    assert {row.bucket for row in found.outcomes} == {int(datetime(2026, 3, 1, tzinfo=UTC).timestamp())}
    versions = Counter[str]()
    for row in found.outcomes:
        versions[row.model_version] += row.n
    assert versions == {"v1": 2, "caf\N{REPLACEMENT CHARACTER}": 1, "": 1}
    assert {row.predicted for row in found.outcomes} == {"r\u00e9gion"}
    assert {row.kind: row.n for row in found.problems} == {"bad_confidence": 3, "long_name": 1}
    assert sum(row.n for row in found.latency) == 4
    assert sum(row.n for row in found.relevance) == 4


def test_paths_lead_into_maps_tuples_and_texts_of_json(clickhouse_url: str) -> None:
    answer = json.dumps({"intent": "urgent", "n": [1, {"deep": "x"}]})
    given = {
        "class": "map('app.intent', 'urgent')",
        "numbers": "map('input', toUInt64(80))",
        "named": "CAST(('urgent', 2) AS Tuple(intent String, n UInt8))",
        "answer": f"'{answer}'",
        "messages": 'map(\'m\', \'[{"content": "no"}, {"content": "urgent"}]\')',
        "plain": "'no JSON'",
    }
    one = ", ".join(f"{sql} AS {name}" for name, sql in given.items())
    table(clickhouse_url, "p", f"SELECT 'a' AS id, {AT} AS at, {one}")
    for path, right in {
        'class."app.intent"': "urgent",
        "class.missing": "(none)",
        "numbers.input": "80",
        "named.intent": "urgent",
        "answer.intent": "urgent",
        "answer.n[1].deep": "x",
        "answer.n[-1].deep": "x",
        "answer[0]": "(none)",
        "messages.m[-1].content": "urgent",
        "plain.intent": "(none)",
    }.items():
        assert pairs(counted(clickhouse_url, columns={**COLUMNS, "predicted": path})) == {(right, None): 1}, path


def texts(url: str, times: list[str]) -> None:
    run_clickhouse(url, "CREATE TABLE p (id UInt32, at String, class String) ENGINE = Memory")
    lines = (json.dumps({"id": n, "at": text, "class": "a"}) for n, text in enumerate(times))
    run_clickhouse(url, "INSERT INTO p FORMAT JSONEachRow", "\n".join(lines).encode())


def by_hour(url: str, **predictions: Any) -> tuple[BucketCounts, Counter[int]]:  # noqa: ANN401
    given = {"url": url, "predictions": {"table": "p", "columns": COLUMNS} | predictions}
    log = open_log(SourceSettings.model_validate(given), bucket=timedelta(hours=1), segments=(), key="source")
    hours = sorted({hour(time) for time in READ.values()} | {hour(f"2026-03-02 {h:02}:00:00") for h in range(24)})
    found = log.count(hours, datetime(2026, 11, 2, tzinfo=UTC))
    rows = Counter[int]()
    for row in found.outcomes:
        rows[row.bucket] += row.n
    return found, rows


def test_it_reads_the_times_that_every_engine_reads(clickhouse_url: str) -> None:
    texts(clickhouse_url, [*READ, *UNREADABLE, *IMPLAUSIBLE])
    found, rows = by_hour(clickhouse_url)
    assert rows == Counter(map(hour, READ.values()))
    assert {row.kind: row.n for row in found.problems} == {
        "null_time": len(UNREADABLE),
        "implausible_time": len(IMPLAUSIBLE),
    }


def test_a_zone_is_that_of_times_which_name_none(clickhouse_url: str) -> None:
    texts(clickhouse_url, list(UTC_HOURS))
    _, rows = by_hour(clickhouse_url, time_zone="Europe/Berlin")
    assert rows == Counter(hour(f"2026-03-02 {h:02}:00:00") for h in UTC_HOURS.values())


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        ("LowCardinality(Nullable(String))", ColumnKind.TEXT),
        ("SimpleAggregateFunction(anyLast, Nullable(DateTime64(3)))", ColumnKind.ZONED),
        ("Nullable(Decimal(18, 12))", ColumnKind.DECIMAL),
        ("DateTime('Europe/Berlin')", ColumnKind.ZONED),
        ("Date32", ColumnKind.DATE),
        ("UInt256", ColumnKind.INTEGER),
        ("Array(LowCardinality(String))", ColumnKind.LIST),
        ("Map(LowCardinality(String), String)", ColumnKind.OTHER),
        ("FixedString(16)", ColumnKind.OTHER),
    ],
)
def test_a_type_is_known_by_its_name(written: str, kind: ColumnKind) -> None:
    assert clickhouse_kind(written) is kind
