"""Files that cannot be read as they are: skipped by name, or rewritten once, and told in either case."""

import gzip
import tempfile
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from config.source import LabelColumns, LabelRelation, PredictionColumns, PredictionRelation, SourceSettings
from monitor.common.errors import SourceError
from monitor.log.counts import ALL, BucketCounts, LogNotice
from monitor.log.files.content import look_into
from monitor.log.files.copies import PREFIX, Copies
from monitor.log.files.lines import CHUNK, begins_as_utf_8
from monitor.log.prediction_log import PredictionLog, open_log
from monitor.log.problems import ProblemKind
from tests.support.messy_logs import START

COLUMNS = PredictionColumns(id="id", at="ts", predicted="class", text="text")
BUCKET = int(START.timestamp())
NOW = START + timedelta(days=1)
HEADER = "id,ts,class,text\n"


def log_of(files: Path) -> PredictionLog:
    source = SourceSettings(predictions=PredictionRelation(files=(str(files),), columns=COLUMNS))
    return open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")


def classes(counts: BucketCounts) -> dict[str, int]:
    return {row.predicted: row.n for row in counts.outcomes if row.segment == ALL}


def notices(counts: BucketCounts) -> dict[str, LogNotice]:
    return {notice.kind: notice for notice in counts.notices}


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder in which copies are made."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def copies(temporary: Path) -> list[Path]:
    return sorted(temporary.glob(f"{PREFIX}*/[0-9]*"))


def test_a_file_that_is_not_whole_is_skipped_by_name_and_read_at_the_next_look(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(HEADER + "1,2026-03-01,a,x\n")
    whole = gzip.compress((HEADER + "2,2026-03-01,b,y\n").encode())
    (tmp_path / "2.csv.gz").write_bytes(whole[:-9])
    log = log_of(tmp_path / "*.csv*")
    first = log.count([BUCKET], NOW)
    assert classes(first) == {"a": 1}
    told = "2.csv.gz is not whole: still being written, or cut short"
    assert notices(first) == {ProblemKind.SKIPPED_FILE: LogNotice(ProblemKind.SKIPPED_FILE, 1, 2, (told,))}
    (tmp_path / "2.csv.gz").write_bytes(whole)
    second = log.count([BUCKET], NOW)
    assert classes(second) == {"a": 1, "b": 1}
    assert second.notices == ()


def test_a_look_without_a_bucket_to_count_tells_of_files_too(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(HEADER + "1,2026-03-01,a,x\n")
    (tmp_path / "2.csv").symlink_to(tmp_path / "gone.csv")
    counts = log_of(tmp_path / "*.csv").count([], NOW)
    assert notices(counts)[ProblemKind.SKIPPED_FILE].examples == ("2.csv is gone, or a link that leads nowhere",)


def test_where_no_file_can_be_read_each_is_named_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "1.parquet").write_bytes(b"PAR1")
    (tmp_path / "2.parquet").mkdir()
    with pytest.raises(SourceError, match=r"no file can be read: .*1\.parquet is not whole"):
        log_of(tmp_path / "*.parquet").check()


def test_lines_that_are_no_rows_are_counted_with_their_numbers(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text(HEADER + "1,2026-03-01,a,x\n2,2026-03-01\n3,2026-03-01,b,z,z\n4,2026-03-01,c,\n")
    counts = log_of(tmp_path / "1.csv").count([BUCKET], NOW)
    assert classes(counts) == {"a": 1, "c": 1}
    assert notices(counts)[ProblemKind.MALFORMED_LINE] == LogNotice(
        ProblemKind.MALFORMED_LINE, 2, 4, ("1.csv, line 3", "1.csv, line 4")
    )


def test_a_column_that_newer_files_lack_is_told_with_what_they_have_instead(tmp_path: Path) -> None:
    for number, name in enumerate(("class", "class", "intent", "intent"), 1):
        row = f"SELECT {number} AS id, TIMESTAMP '2026-03-01' AS ts, 'a' AS {name}, 'x' AS text"
        duckdb.sql(f"COPY ({row}) TO '{tmp_path}/{number}.parquet'")
    counts = log_of(tmp_path / "*.parquet").count([BUCKET], NOW)
    assert notices(counts)[ProblemKind.ABSENT_COLUMN] == LogNotice(
        ProblemKind.ABSENT_COLUMN, 2, 4, ("4.parquet has no class (it has intent)",)
    )


def test_a_column_that_only_newer_files_have_is_nothing_to_tell(tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("id,ts,class\n1,2026-03-01,a\n")
    (tmp_path / "2.csv").write_text(HEADER + "2,2026-03-01,b,x\n")
    assert log_of(tmp_path / "*.csv").count([BUCKET], NOW).notices == ()


def test_notices_of_both_logs_are_told_as_one(tmp_path: Path) -> None:
    (tmp_path / "predictions.csv").write_bytes((HEADER + "1,2026-03-01,é,x\n").encode("latin-1"))
    (tmp_path / "labels.csv").write_bytes("id,label,at\n1,é,2026-03-01 05:00\n".encode("utf-16"))
    source = SourceSettings(
        predictions=PredictionRelation(files=(str(tmp_path / "predictions.csv"),), columns=COLUMNS),
        labels=LabelRelation(
            files=(str(tmp_path / "labels.csv"),), columns=LabelColumns(id="id", label="label", at="at")
        ),
    )
    counts = open_log(source, bucket=timedelta(hours=1), segments=(), key="k").count([BUCKET], NOW)
    assert [(row.predicted, row.label) for row in counts.outcomes] == [("é", "é")]
    told = ("predictions.csv is in cp1252", "labels.csv is in utf-16")
    assert counts.notices == (LogNotice(ProblemKind.RECODED_FILE, 2, 2, told),)


def test_a_file_is_rewritten_once_and_again_only_when_it_changes(tmp_path: Path, temporary: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes((HEADER + "1,2026-03-01,é,x\n").encode("latin-1"))
    log = log_of(file)
    log.count([BUCKET], NOW)
    once = copies(temporary)
    log.count([BUCKET], NOW)
    assert copies(temporary) == once
    assert len(once) == 1
    file.write_bytes((HEADER + "1,2026-03-01,é,x\n2,2026-03-01,ö,y\n").encode("latin-1"))
    assert classes(log.count([BUCKET], NOW)) == {"é": 1, "ö": 1}
    assert len(copies(temporary)) == 1
    assert copies(temporary) != once


def test_copies_are_for_their_user_alone_and_go_with_the_log(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "log.jsonl").write_text('{"id": 1, "ts": "2026-03-01", "class": "a", "text": "x"}\n')
    log = log_of(tmp_path / "log.jsonl")
    assert classes(log.count([BUCKET], NOW)) == {"a": 1}
    [copy] = copies(temporary)
    assert copy.parent.stat().st_mode & 0o777 == 0o700
    assert duckdb.read_parquet(str(copy)).columns == ["id", "ts", "class"]  # the message stays where it is
    log.close()
    assert not copy.parent.exists()


def test_copies_that_somebody_removes_are_made_again(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "log.csv").write_bytes((HEADER + "1,2026-03-01,é,x\n").encode("latin-1"))
    log = log_of(tmp_path / "log.csv")
    log.count([BUCKET], NOW)
    copies(temporary)[0].unlink()
    assert classes(log.count([BUCKET], NOW)) == {"é": 1}


def test_the_folder_of_a_process_that_was_killed_is_removed_and_one_in_use_is_not(temporary: Path) -> None:
    abandoned = temporary / f"{PREFIX}killed"
    abandoned.mkdir()
    (abandoned / "lock").touch()
    (abandoned / "0.csv").touch()
    held = Copies()
    in_use = held.new(".csv").parent
    assert not abandoned.exists()
    Copies().new(".csv")
    assert in_use.exists()


def test_an_encoding_that_is_set_is_taken(tmp_path: Path) -> None:
    (tmp_path / "log.csv").write_bytes((HEADER + "1,2026-03-01,ł,x\n").encode("cp1250"))
    relation = PredictionRelation(files=(str(tmp_path / "log.csv"),), columns=COLUMNS, encoding="windows-1250")
    log = open_log(SourceSettings(predictions=relation), bucket=timedelta(hours=1), segments=(), key="k")
    assert classes(log.count([BUCKET], NOW)) == {"ł": 1}


@pytest.mark.parametrize(
    ("start", "is_utf_8"),
    [
        (b"plain\n", True),
        ("réponse\n".encode(), True),
        ("réponse\n".encode("latin-1"), False),
        (b"a" * (CHUNK - 1) + "é\n".encode(), True),  # the letter is cut where the sample ends
    ],
)
def test_a_file_in_another_encoding_is_known_before_the_engine_rejects_its_lines(
    tmp_path: Path, start: bytes, *, is_utf_8: bool
) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(start)
    assert begins_as_utf_8(str(file), look_into(str(file))) is is_utf_8
