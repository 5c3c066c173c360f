"""A known log, written in more than a hundred ways: the figures are those of the log, or a file is refused by name."""

from datetime import timedelta
from pathlib import Path

import pytest

import tests.support.written_tables  # noqa: F401  # registers its writers
from monitor.common.errors import SourceError
from monitor.log.counts import ALL, BucketCounts
from monitor.log.prediction_log import open_log
from tests.support.written_logs import START, WRITERS, Figures, Place

NOW = START + timedelta(days=1)
HOURS = [int((START + timedelta(hours=hour)).timestamp()) for hour in range(24)]

_FEW_NAMES = "a few names of classes do not tell in which encoding they are; set encoding"
REFUSED = {
    "csv: windows-1250": _FEW_NAMES,
    "csv: Shift JIS": _FEW_NAMES,
    "csv: GB 18030": _FEW_NAMES,
    "csv: EUC-KR": _FEW_NAMES,
    "csv: code page 437, which is not set": "of Western encodings only windows-1252 and latin-1 are told; set encoding",
}
"""Ways to write that are not read, each with the reason; never in silence."""


@pytest.fixture
def place(tmp_path: Path, request: pytest.FixtureRequest) -> Place:
    return Place(tmp_path, lambda: str(request.getfixturevalue("postgres_url")))


def figures(counts: BucketCounts) -> Figures:
    found = Figures()
    for row in counts.outcomes:
        if row.segment == ALL:
            found[row.bucket, row.predicted, row.label] += row.n
    return found


def counted(name: str, place: Place) -> tuple[BucketCounts, Figures]:
    source, rows = WRITERS[name](place)
    log = open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")
    return log.count(HOURS, NOW), rows.figures()


@pytest.mark.parametrize("name", [name for name in WRITERS if name not in REFUSED])
def test_the_figures_are_those_of_the_log_however_it_is_written(place: Place, name: str) -> None:
    counts, truth = counted(name, place)
    assert figures(counts) == truth


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_is_refused_by_name_with_what_to_do(place: Place, name: str) -> None:
    with pytest.raises(SourceError, match=r"\.csv is in an encoding that cannot be told; set encoding"):
        counted(name, place)


def test_at_least_nine_in_ten_of_more_than_a_hundred_ways_are_read_rightly() -> None:
    assert len(WRITERS) > 100
    assert len(REFUSED) <= len(WRITERS) // 10
