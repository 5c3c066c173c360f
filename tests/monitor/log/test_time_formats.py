"""One list of times, read alike by every engine."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from config.source import PredictionColumns, PredictionRelation, SourceSettings
from monitor.common.errors import SourceError
from monitor.log.counts import BucketCounts
from monitor.log.mapping.moment import from_epoch
from monitor.log.prediction_log import PredictionLog, open_log
from monitor.log.times.times import DateOrder, strptime_format, text_epoch

NOON = "2026-10-31 14:05:00"
READ = {
    "2026-10-31 14:05:00": NOON,
    "2026-10-31T14:05Z": NOON,
    "2026-10-31 14:05:00,123": NOON,  # Python's logging
    "2026/10/31 14:05:00": NOON,
    "2026.10.31 14:05": NOON,
    " 2026-10-31 14:05:00 ": NOON,
    "2026-10-31_14:05:00": NOON,
    "2026-10-31 16:05:00 +0200": NOON,
    "2026-10-31 16:05:00 CEST": NOON,
    "2026-10-31 15:05:00 CET": NOON,
    "2026-10-31 09:05:00 EST": NOON,
    "2026-10-31T15:05:00.000+01:00[Europe/Berlin]": NOON,
    "20261031T140500Z": NOON,
    "20261031140500": NOON,
    "1793455500": NOON,
    "1793455500123": NOON,
    "1793455500.25": NOON,
    "1793455500123456789": NOON,
    "Sat, 31 Oct 2026 14:05:00 +0000": NOON,  # RFC 2822
    "31 Oct 2026 14:05 GMT": NOON,
    "[31/Oct/2026:09:05:00 -0500]": NOON,  # Apache
    "31-Oct-2026 2:05 PM": NOON,
    "October 31, 2026, 2:05:00 p.m.": NOON,
    "Sat Oct 31 14:05:00 2026": NOON,  # C's asctime
    "Sat Oct 31 15:05:00 CET 2026": NOON,
    "Sat Oct 31 2026 15:05:00 GMT+0100 (Central European Standard Time)": NOON,
    "2026-3-1 4:05:00": "2026-03-01 04:05:00",
    "Mon Mar  2 04:05:00 2026": "2026-03-02 04:05:00",
    "2026-10-31": "2026-10-31 00:00:00",
    "October 31, 2026 12:05 am": "2026-10-31 00:05:00",
    "2024-02-29 10:00": "2024-02-29 10:00:00",
    "2026-10-31T14:59:59.999999999Z": "2026-10-31 14:59:59",
}
UNREADABLE = (
    "soon",
    "12:05",
    "2026-02-29 10:00:00",
    "2026-13-01 10:00:00",
    "2026-10-31 25:00:00",
    "2026-10-31 24:00:00",
    "2026-10-31 13:05 PM am",
    "2026-10-31 13:05 PM",
    "2026-10-31 14:05:00 CST",  # of America or of China
    "2026-10-31 14:05:00 IST",
    "2026-10-31 14:05:00 Europe/Berlin",
    "31 oktobre 2026",
    "5/6/2026 10:00",  # of May or of June
    "infinity",
    "epoch",
    "NaN",
    "1e400",
    "2026-W44-6",
)
IMPLAUSIBLE = ("0001-01-01 00:00:00", "1753-01-01", "1970-01-01 00:00:00", "0", "9999-12-31 23:59:59")

Write = Callable[[list[str]], SourceSettings]


@pytest.fixture(params=["csv", "sqlite", "postgresql"])
def write(request: pytest.FixtureRequest, tmp_path: Path) -> Write:
    columns = PredictionColumns(id="id", at="at", predicted="predicted")

    def in_file(times: list[str]) -> SourceSettings:
        lines = ["id,at,predicted", *(f'{n},"{time}",a' for n, time in enumerate(times))]
        (tmp_path / "log.csv").write_text("".join(f"{line}\n" for line in lines))
        return SourceSettings(predictions=PredictionRelation(files=(f"{tmp_path}/log.csv",), columns=columns))

    def in_table(times: list[str]) -> SourceSettings:
        url = f"sqlite:///{tmp_path}/log.db" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.exec_driver_sql("CREATE TABLE log (id INTEGER, at TEXT, predicted TEXT)")
            rows = [{"id": n, "at": time} for n, time in enumerate(times)]
            connection.execute(sa.text("INSERT INTO log VALUES (:id, :at, 'a')"), rows)
        engine.dispose()
        return SourceSettings(url=url, predictions=PredictionRelation(table="log", columns=columns))

    return in_file if request.param == "csv" else in_table


def opened(source: SourceSettings) -> PredictionLog:
    return open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")


def hour(written: str) -> int:
    return int(datetime.fromisoformat(f"{written}+00:00").timestamp()) // 3600 * 3600


def counted(source: SourceSettings) -> BucketCounts:
    buckets = sorted(
        {hour(time) for time in READ.values()} | {hour("2026-06-05 10:00:00"), hour("2026-05-06 10:00:00")}
    )
    return opened(source).count(buckets, datetime(2026, 11, 2, tzinfo=UTC))


def test_every_engine_reads_the_same_times_and_refuses_the_same(write: Write) -> None:
    counts = counted(write([*READ, *UNREADABLE, *IMPLAUSIBLE]))
    expected = {start: sum(hour(time) == start for time in READ.values()) for start in map(hour, READ.values())}
    assert {row.bucket: row.n for row in counts.outcomes} == expected
    problems = {row.kind: row.n for row in counts.problems}
    assert problems == {"null_time": len(UNREADABLE), "implausible_time": len(IMPLAUSIBLE)}
    notice, other = counts.notices
    assert (notice.kind, notice.n) == ("null_time", len(UNREADABLE))
    assert (other.kind, other.n) == ("implausible_time", len(IMPLAUSIBLE))
    assert len(notice.examples) == 3
    assert set(notice.examples) <= set(UNREADABLE)


@pytest.mark.parametrize(("other", "right"), [("13/6/2026", "2026-06-05"), ("6/13/2026", "2026-05-06")])
def test_a_number_past_12_tells_which_of_two_is_the_day(write: Write, other: str, right: str) -> None:
    counts = counted(write(["5/6/2026 10:00", f"{other} 10:00"]))
    assert [from_epoch(row.bucket).isoformat()[:10] for row in counts.outcomes] == [right]


def test_days_and_months_that_change_places_are_not_guessed(write: Write) -> None:
    counts = counted(write(["5/6/2026 10:00", "6/13/2026 10:00", "13/6/2026 10:00", NOON]))
    assert {row.kind: row.n for row in counts.problems} == {"null_time": 3}


def test_a_format_of_the_operator_is_read(write: Write) -> None:
    source = write(["05|06|26 klo 10.30"] * 2)
    named = source.predictions.model_copy(update={"time_format": "%d|%m|%y klo %H.%M"})
    counts = counted(source.model_copy(update={"predictions": named}))
    assert [(row.bucket, row.n) for row in counts.outcomes] == [(hour("2026-06-05 10:00:00"), 2)]


def test_a_log_of_which_no_time_can_be_read_is_an_error_that_shows_three(write: Write) -> None:
    times = ["5/6/2026", "5/7/2026", "5/8/2026"] * 20
    with pytest.raises(
        SourceError, match=r"none of the 60 rows .*'5/[678]/2026', '5/[678]/2026', .*day_first"
    ) as error:
        counted(write(times))
    assert "source.predictions.columns.at" in str(error.value)


def test_a_format_says_what_is_wrong_with_it() -> None:
    for written, wrong in (("%d %j", "%j"), ("%d.%m", "year"), ("%Y-%m-%d %d", "twice")):
        with pytest.raises(ValueError, match=wrong):
            strptime_format(written)


def test_half_past_midnight_of_a_clock_of_twelve_hours() -> None:
    read = text_epoch("10/31/2026, 12:30:00 AM", DateOrder.MONTH_FIRST, None)
    assert read == datetime(2026, 10, 31, 0, 30, tzinfo=UTC).timestamp()
