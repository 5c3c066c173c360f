"""Times whose zone or unit only the operator knows."""

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlalchemy as sa

from monitor.log.times.times import HAS_ZONE
from tests.support.nested_logs import FEW, PLACES, counted, log_of

COLUMNS = {"id": "id", "at": "ts", "predicted": "kind"}
UTC_HOURS = {
    "2026-03-02T10:30:00": 9,
    "2026-03-02 10:30:00.250": 9,
    "02 Mar 2026 10:30:00": 9,
    "Mar 2, 2026 10:30 AM": 9,
    "2026-03-02T10:30:00Z": 10,
    "2026-03-02 10:30:00+05:30": 5,
    "Mon, 02 Mar 2026 10:30:00 GMT": 10,
    "20260302T103000": 9,
    "20260302T103000Z": 10,
    "1772447400": 10,
}
"""Each time, and the hour of the 2nd of March 2026 that it is in UTC where times without a zone are of Berlin."""


def hours(source: dict[str, object]) -> Counter[int]:
    found = Counter[int]()
    for row in counted(source).outcomes:
        found[datetime.fromtimestamp(row.bucket, UTC).hour] += row.n
    return found


@pytest.mark.parametrize("place", FEW)
def test_a_zone_is_that_of_times_which_name_none(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    rows = [{"id": f"m{i}", "ts": text, "kind": "a"} for i, text in enumerate(UTC_HOURS)]
    source = PLACES[place](rows, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))
    source["predictions"] |= {"columns": COLUMNS, "time_zone": "Europe/Berlin"}
    assert hours(source) == Counter(UTC_HOURS.values())


@pytest.mark.parametrize("place", FEW)
def test_an_hour_that_comes_twice_is_of_standard_time(
    place: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    spring, autumn = datetime(2026, 3, 29, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    clocks = ["2026-03-29 02:30", "2026-10-25 02:30"]  # the first is on no clock in Berlin, the second on it twice
    rows = [{"id": f"m{i}", "ts": text, "kind": "a"} for i, text in enumerate(clocks)]
    source = PLACES[place](rows, tmp_path, lambda: str(request.getfixturevalue("postgres_url")))
    source["predictions"] |= {"columns": COLUMNS, "time_zone": "Europe/Berlin"}
    buckets = [int(at.timestamp()) // 3600 * 3600 for at in (spring, autumn)]
    found = log_of(source).count(buckets, datetime(2026, 11, 1, tzinfo=UTC))
    assert sorted(row.bucket for row in found.outcomes) == buckets


def test_columns_of_times_without_a_zone_are_read_in_it_and_those_with_one_are_not(tmp_path: Path) -> None:
    at = datetime(2026, 7, 1, 12)  # noqa: DTZ001 - without a zone
    for kind, hour in ((pa.timestamp("us"), 10), (pa.timestamp("ns"), 10), (pa.timestamp("us", tz="UTC"), 12)):
        path = tmp_path / "log.parquet"
        pq.write_table(pa.table({"id": ["a"], "ts": pa.array([at], kind), "kind": ["a"]}), path)
        source = {"predictions": {"files": str(path), "columns": COLUMNS, "time_zone": "Europe/Berlin"}}
        log_hours = Counter[int]()
        buckets = [int(datetime(2026, 7, 1, h, tzinfo=UTC).timestamp()) for h in range(24)]
        for row in log_of(source).count(buckets, datetime(2026, 7, 2, tzinfo=UTC)).outcomes:
            log_hours[datetime.fromtimestamp(row.bucket, UTC).hour] += row.n
        assert log_hours == Counter([hour])


def test_a_server_reads_its_times_without_a_zone_in_it(postgres_url: str) -> None:
    plain = sa.make_url(postgres_url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as connection:
        connection.execute("CREATE TABLE log (id text, ts timestamp, kind text)")
        connection.execute("INSERT INTO log VALUES ('a', '2026-03-02 10:30', 'x')")
    predictions = {"table": "log", "columns": COLUMNS, "time_zone": "Europe/Berlin"}
    assert hours({"url": postgres_url, "predictions": predictions}) == Counter([9])


@pytest.mark.parametrize("place", FEW)
def test_numbers_are_read_in_the_unit_that_is_said(place: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    at = datetime(2026, 3, 2, 10, 30, tzinfo=UTC).timestamp()
    units = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
    row = {"id": "a", "kind": "x"} | {f"in_{unit}": int(at * scale) for unit, scale in units.items()}
    source = PLACES[place]([row], tmp_path, lambda: str(request.getfixturevalue("postgres_url")))
    for unit in units:
        source["predictions"] |= {"columns": COLUMNS | {"at": f"in_{unit}"}, "time_unit": unit}
        assert hours(source) == Counter([10])


@pytest.mark.parametrize(
    "text", ["2026-10-31", "31 oct 2026 14:05", "sat oct 31 14:05:00 2026", "2026-10-31 14:05:00.5"]
)
def test_a_time_without_a_zone_names_none(text: str) -> None:
    assert re.fullmatch(HAS_ZONE, text) is None


@pytest.mark.parametrize(
    "text",
    ["sat oct 31 14:05:00 cet 2026", "2026-10-31t14:05:00+01", "2026-10-31 14:05 est", "31/oct/2026:14:05:00 +0000"],
)
def test_a_time_with_a_zone_names_one(text: str) -> None:
    assert re.fullmatch(HAS_ZONE, text) is not None
