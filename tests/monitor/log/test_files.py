"""Files that grow while they are read."""

import gzip
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings
from monitor.common.errors import MappingError, SourceError
from monitor.log.counts import ALL, BucketCounts
from monitor.log.prediction_log import PredictionLog, open_log
from monitor.log.problems import ProblemKind
from tests.support.messy_logs import START

COLUMNS = PredictionColumns(id="id", at="ts", predicted="class")
BUCKET = int(START.timestamp())
NOW = START + timedelta(days=1)


def log_of(*files: Path | str) -> PredictionLog:
    relation = PredictionRelation(files=tuple(map(str, files)), columns=COLUMNS)
    source = SourceSettings(predictions=relation)
    return open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")


def classes(counts: BucketCounts) -> dict[str, int]:
    return {row.predicted: row.n for row in counts.outcomes if row.segment == ALL}


def problems(counts: BucketCounts) -> dict[str, int]:
    return {row.kind: row.n for row in counts.problems}


def test_a_new_file_is_read_at_the_next_question(tmp_path: Path) -> None:
    log = log_of(tmp_path / "*.csv")
    (tmp_path / "1.csv").write_text("id,ts,class\n1,2026-03-01 00:00:00,a\n")
    assert classes(log.count([BUCKET], NOW)) == {"a": 1}
    (tmp_path / "2.csv").write_text("class,id,ts,more\nb,2,2026-03-01 00:10:00,x\n")
    assert classes(log.count([BUCKET], NOW)) == {"a": 1, "b": 1}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("log.csv", ["id,ts,class", "1,2026-03-01T00:00:00Z,a", "2,2026-03-01T00:00:00Z,b"]),
        (
            "log.jsonl",
            [
                '{"id": 0}',
                '{"id": 1, "ts": "2026-03-01T00:00:00Z", "class": "a"}',
                '{"id": 2, "ts": "2026-03-01T00:00:00Z", "class": "b"}',
            ],
        ),
    ],
)
def test_a_line_that_is_still_being_written_counts_once_it_is_complete(
    tmp_path: Path, name: str, rows: list[str]
) -> None:
    file, text = tmp_path / name, "\n".join(rows)
    log = log_of(file)
    file.write_text(text[:-12])
    half = log.count([BUCKET], NOW)
    assert classes(half) == {"a": 1}
    assert problems(half)[ProblemKind.MALFORMED_LINE] == 1
    file.write_text(text + "\n")
    whole = log.count([BUCKET], NOW)
    assert classes(whole) == {"a": 1, "b": 1}
    assert ProblemKind.MALFORMED_LINE not in problems(whole)


def test_messages_with_line_breaks_and_quotes_are_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text('text,id,ts,class\n"one\ntwo, ""three""",1,2026-03-01,a\n,2,2026-03-01,"b;c"\n')
    assert classes(log_of(file).count([BUCKET], NOW)) == {"a": 1, "b;c": 1}


def test_lines_that_do_not_fit_are_counted_and_the_rest_is_read(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_text("id,ts,class\n1,2026-03-01,a\n2,2026-03-01\n3,2026-03-01,b,c,d\n4,2026-03-01,e\n")
    counts = log_of(tmp_path / "log.csv").count([BUCKET], NOW)
    assert classes(counts) == {"a": 1, "e": 1}
    assert problems(counts) == {ProblemKind.MALFORMED_LINE: 2}


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_the_delimiter_is_told_by_the_header(tmp_path: Path, delimiter: str) -> None:
    (tmp_path / "log.csv").write_text(
        delimiter.join(["id", "ts", "class"]) + "\n" + delimiter.join(["1", "2026-03-01", "a"])
    )
    assert classes(log_of(tmp_path / "log.csv").count([BUCKET], NOW)) == {"a": 1}


def test_compressed_files_are_read(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "log.csv.gz", "wt") as file:
        file.write("id,ts,class\n1,2026-03-01,a\n")
    with gzip.open(tmp_path / "log.jsonl.gz", "wt") as file:
        file.write('{"id": "2", "ts": 1772323200, "class": "b"}\n')
    assert classes(log_of(tmp_path / "log*").count([BUCKET], NOW)) == {"a": 1, "b": 1}


def test_a_key_that_only_later_lines_have_is_found(tmp_path: Path) -> None:
    early = '{"id": 1, "ts": "2026-03-01"}\n' * 1500
    (tmp_path / "log.jsonl").write_text(early + '{"id": 2, "ts": "2026-03-01", "class": "a"}\n')
    assert classes(log_of(tmp_path / "log.jsonl").count([BUCKET], NOW))["a"] == 1


def test_a_file_that_is_still_empty_is_waited_for(tmp_path: Path) -> None:
    duckdb.sql(f"COPY (SELECT 1 AS id, TIMESTAMP '2026-03-01' AS ts, 'a' AS class) TO '{tmp_path}/1.parquet'")
    (tmp_path / "2.parquet").touch()
    assert classes(log_of(tmp_path / "*.parquet").count([BUCKET], NOW)) == {"a": 1}


@pytest.mark.parametrize("name", ["odd [1] *?.csv", "it's.csv", "a:b%s.csv", "naïve;--.csv"])
def test_a_name_with_special_characters_is_only_a_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("id,ts,class\n1,2026-03-01,a\n")
    assert classes(log_of(tmp_path / name).count([BUCKET], NOW)) == {"a": 1}


def test_a_glob_that_matches_no_file_says_so(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"monitors\.bot\.source\.predictions: no file matches .*\*\.parquet"):
        log_of(tmp_path / "*.parquet").check()


def test_a_file_of_another_kind_is_named(tmp_path: Path) -> None:
    (tmp_path / "log.xlsx").touch()
    with pytest.raises(MappingError, match=r"log\.xlsx is none of") as caught:
        log_of(tmp_path / "log.xlsx").check()
    assert caught.value.key == "monitors.bot.source.predictions.files"


def test_a_file_that_is_no_parquet_is_a_source_that_cannot_be_read(tmp_path: Path) -> None:
    (tmp_path / "log.parquet").write_text("not parquet at all")
    with pytest.raises(SourceError, match=r"log\.parquet"):
        log_of(tmp_path / "log.parquet").check()


def test_labels_may_be_a_column_of_the_predictions(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_text("id,ts,class,truth,labelled\n1,2026-03-01,a,b,2026-03-01 05:00\n2,2026-03-01,a,,\n")
    source = SourceSettings(
        predictions=PredictionRelation(files=(str(file),), columns=COLUMNS),
        labels=LabelRelation(files=(str(file),), columns=LabelColumns(id="id", label="truth", at="labelled")),
    )
    counts = open_log(source, bucket=timedelta(hours=1), segments=(), key="k").count([BUCKET], NOW)
    assert sorted((row.label or "", row.n) for row in counts.outcomes) == [("", 1), ("b", 1)]
    assert counts.problems == ()


def test_ids_of_other_types_are_compared_as_text(tmp_path: Path) -> None:
    predictions, labels = tmp_path / "predictions.parquet", tmp_path / "labels.csv"
    duckdb.sql(  # a number that pandas made a float, as it does where one is missing
        "COPY (SELECT unnest([1.0, 2.0, 'nan'::DOUBLE]) AS id, TIMESTAMP '2026-03-01' AS ts, 'a' AS class) "
        f"TO '{predictions}'"
    )
    labels.write_text("id,label,at\n1,b,2026-03-01 05:00\n2,c,2026-03-01 05:00\n")
    source = SourceSettings(
        predictions=PredictionRelation(files=(str(predictions),), columns=COLUMNS),
        labels=LabelRelation(files=(str(labels),), columns=LabelColumns(id="id", label="label", at="at")),
    )
    counts = open_log(source, bucket=timedelta(hours=1), segments=(), key="k").count([BUCKET], NOW)
    assert sorted((row.label or "", row.n) for row in counts.outcomes) == [("", 1), ("b", 1), ("c", 1)]
    assert problems(counts) == {ProblemKind.NULL_ID: 1}
