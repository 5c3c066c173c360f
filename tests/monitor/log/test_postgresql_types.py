"""Columns of PostgreSQL whose values are wrapped, padded or of a type of the team's own."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings
from monitor.log.prediction_log import open_log
from tests.support.messy_logs import START

TYPES = {
    "char(12)": "'urgent'",
    "varchar(12)": "'urgent'",
    "jsonb": "'\"urgent\"'",
    "json": "'\"urgent\"'",
    "text[]": "'{urgent}'",
    "varchar[]": "'{urgent}'",
    "kind": "'urgent'",  # an enumeration
    "of_text": "'urgent'",  # a domain
    "name": "'urgent'",
}


def source(url: str) -> SourceSettings:
    columns = PredictionColumns(id="id", at="at", predicted="class")
    labels = LabelColumns(id="id", at="at", label="class")
    return SourceSettings(
        url=url,
        predictions=PredictionRelation(table="predictions", columns=columns),
        labels=LabelRelation(table="labels", columns=labels),
    )


def answer(url: str, predictions: str, labels: str) -> list[tuple[str, str | None, int]]:
    """Return predicted class, label and number of rows of two tables, given as types and values of id, time, class."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE IF EXISTS predictions, labels")
        connection.exec_driver_sql("CREATE TABLE predictions AS SELECT " + predictions)
        connection.exec_driver_sql("CREATE TABLE labels AS SELECT " + labels)
    engine.dispose()
    log = open_log(source(url), bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")
    counts = log.count([int(START.timestamp())], START + timedelta(hours=1))
    return [(row.predicted, row.label, row.n) for row in counts.outcomes]


def test_a_class_is_read_out_of_whatever_holds_it(postgres_url: str) -> None:
    engine = sa.create_engine(postgres_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TYPE kind AS ENUM ('urgent', 'billing')")
        connection.exec_driver_sql("CREATE DOMAIN of_text AS text")
    engine.dispose()
    plain = f"1 AS id, TIMESTAMPTZ '{START}' AS at, 'urgent'::text AS class"
    for kind, value in TYPES.items():
        odd = f"1 AS id, TIMESTAMPTZ '{START}' AS at, {value}::{kind} AS class"
        assert answer(postgres_url, odd, plain) == [("urgent", "urgent", 1)], kind
        assert answer(postgres_url, plain, odd) == [("urgent", "urgent", 1)], kind


IDS = [
    ("'a1'::char(12)", "'a1'::text"),
    ("123::numeric(20, 2)", "123::bigint"),
    ("1152921504606846983::numeric(20, 0)", "1152921504606846983::bigint"),
    ("1152921504606846983::numeric(20, 0)", "'1152921504606846983'::text"),
    ("'\"a1\"'::jsonb", "'a1'::text"),
    ("'0af76519-16cd-43dd-8448-eb211c80319c'::uuid", "'0AF76519-16CD-43DD-8448-EB211C80319C'::text"),
    ("123::double precision", "'123'::text"),
]


@pytest.mark.parametrize(("one", "other"), IDS)
def test_ids_of_two_types_join(postgres_url: str, one: str, other: str) -> None:
    rest = f"AS id, TIMESTAMPTZ '{START}' AS at, 'a'::text AS class"
    assert answer(postgres_url, f"{one} {rest}", f"{other} {rest}") == [("a", "a", 1)]
    assert answer(postgres_url, f"{other} {rest}", f"{one} {rest}") == [("a", "a", 1)]


def test_a_time_is_read_out_of_whatever_holds_it(postgres_url: str) -> None:
    for time in (f"'\"{START.isoformat()}\"'::jsonb", f"ARRAY[TIMESTAMPTZ '{START}']", f"'{START}'::char(40)"):
        odd = f"1 AS id, {time} AS at, 'a'::text AS class"
        assert answer(postgres_url, odd, odd) == [("a", "a", 1)], time


def test_no_statement_needs_what_only_version_16_has(postgres_url: str, request: pytest.FixtureRequest) -> None:
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    request.addfinalizer(lambda: sa.event.remove(sa.Engine, "before_cursor_execute", note))
    text = f"'1'::text AS id, '{START.isoformat()}'::text AS at, 'a'::text AS class"
    assert answer(postgres_url, text, text) == [("a", "a", 1)]
    assert seen
    newer = ("pg_input_is_valid", "any_value", "pg_input_error_info", "json_exists", "json_value", " is json")
    assert not [statement for statement in seen if any(name in statement.lower() for name in newer)]
