"""Logs that lie in an object store, read from a real server of S3's interface."""

import gzip
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from unittest.mock import patch

import duckdb
import pytest
from pydantic import ValidationError

from config.object_storage import ObjectStorageSettings
from config.source import PredictionColumns, PredictionRelation, SourceSettings
from monitor.common.errors import SourceError
from monitor.log.counts import ALL
from monitor.log.prediction_log import PredictionLog, open_log
from monitor.onboarding.initialise.look import looking
from tests.support.messy_logs import START
from tests.support.object_store import ObjectStore, object_store, on_the_way

BUCKET, NOW = int(START.timestamp()), START + timedelta(days=1)


@pytest.fixture(scope="module")
def served() -> Iterator[ObjectStore]:
    with object_store() as store:
        store.fs.mkdir("logs")
        yield store


@pytest.fixture
def store(served: ObjectStore) -> ObjectStore:
    for path in served.fs.find("logs"):
        served.fs.rm(path)
    return served


def log_of(*files: str, folder: Path | None = None) -> PredictionLog:
    columns = PredictionColumns(id="id", at="ts", predicted="class")
    storage = ObjectStorageSettings(folder=None if folder is None else str(folder))
    source = SourceSettings(predictions=PredictionRelation(files=files, columns=columns), object_storage=storage)
    return open_log(source, bucket=timedelta(hours=1), segments=(), key="monitors.bot.source")


def classes(log: PredictionLog) -> dict[str, int]:
    return {row.predicted: row.n for row in log.count([BUCKET], NOW).outcomes if row.segment == ALL}


def line(number: int, predicted: str) -> bytes:
    return f'{{"id": "{number}", "ts": "2026-03-01T00:00:00Z", "class": "{predicted}"}}\n'.encode()


def test_every_form_of_file_is_read_and_what_is_new_or_changed_or_gone_is_seen(
    store: ObjectStore, tmp_path: Path
) -> None:
    table = tmp_path / "1.parquet"
    duckdb.execute(f"COPY (SELECT '1' AS id, '2026-03-01T00:00:00Z' AS ts, 'a' AS class) TO '{table}'")
    store.fs.put_file(str(table), "logs/bot/1.parquet")
    store.fs.pipe("logs/bot/day=1/2.jsonl.gz", gzip.compress(line(2, "b")))
    log = log_of("s3://logs/bot/*.parquet", "s3://logs/bot/**/*.jsonl*")
    assert classes(log) == {"a": 1, "b": 1}
    store.fs.pipe("logs/bot/day=2/3.jsonl", line(3, "c") + line(4, "c"))
    assert classes(log) == {"a": 1, "b": 1, "c": 2}
    store.fs.pipe("logs/bot/day=2/3.jsonl", line(3, "d") + line(4, "d"))  # as many bytes
    assert classes(log) == {"a": 1, "b": 1, "d": 2}
    store.fs.rm("logs/bot/day=2/3.jsonl")
    assert classes(log) == {"a": 1, "b": 1}


def test_latin_1_and_a_half_written_line_are_told_as_for_files_by_the_name_of_the_object(store: ObjectStore) -> None:
    text = "id,ts,class\n1,2026-03-01T00:00:00Z,Rücksendung\n2,2026-03-01T00:00:00Z,ü\n".encode("latin-1")
    store.fs.pipe("logs/answers.csv", text)
    counts = log_of("s3://logs/*.csv").count([BUCKET], NOW)
    assert {row.predicted for row in counts.outcomes} >= {"Rücksendung"}
    assert [example for notice in counts.notices for example in notice.examples] == ["answers.csv is in cp1252"]


def test_a_folder_keeps_the_copies_and_no_object_is_fetched_twice(store: ObjectStore, tmp_path: Path) -> None:
    store.fs.pipe("logs/1.jsonl", line(1, "a"))
    folder = tmp_path / "copies"
    assert classes(log_of("s3://logs/*.jsonl", folder=folder)) == {"a": 1}
    (copy,) = (path for path in folder.rglob("*") if path.is_file())
    before = copy.stat()
    assert oct(before.st_mode)[-3:] == "600"
    assert classes(log_of("s3://logs/*.jsonl", folder=folder)) == {"a": 1}
    assert copy.stat() == before
    store.fs.pipe("logs/1.jsonl", line(1, "b"))
    assert classes(log_of("s3://logs/*.jsonl", folder=folder)) == {"b": 1}
    assert not copy.exists()


def test_a_folder_that_cannot_be_listed_is_an_error_not_an_empty_folder(store: ObjectStore) -> None:
    for day in (1, 2):
        store.fs.pipe(f"logs/day={day}/1.jsonl", line(day, "a"))

    def refuse(_method: str, target: str) -> int:
        return 403 if "prefix=day%3D2" in target else 0

    with on_the_way(store, refuse), pytest.raises(SourceError, match="cannot be listed: the store refuses it"):
        classes(log_of("s3://logs/*/*.jsonl"))


def test_an_object_that_is_written_anew_while_it_is_copied_is_read_as_it_is_then(store: ObjectStore) -> None:
    store.fs.pipe("logs/1.jsonl", line(1, "a"))
    written: list[bytes] = []

    def write(method: str, target: str) -> int:
        if method == "GET" and target.startswith("/logs/1.jsonl") and len(written) < most:
            written.append(b"".join(line(n, "b") for n in range(len(written) + 2)))
            store.fs.pipe("logs/1.jsonl", written[-1])
        return 0

    most = 1
    with on_the_way(store, write):
        assert classes(log_of("s3://logs/*.jsonl")) == {"b": 2}
        most = 100
        with pytest.raises(SourceError, match=r"logs/1\.jsonl was not what the store had listed"):
            classes(log_of("s3://logs/*.jsonl"))


def test_an_object_of_two_addresses_is_read_once(store: ObjectStore) -> None:
    store.fs.pipe("logs/1.jsonl", line(1, "a").replace(b'"1"', b"null"))  # without an id, rows are not found out as one
    store.fs.call_s3("put_object", Bucket="logs", Key="folder/", Body=b"")
    log = log_of("s3://logs/*.jsonl", "s3://logs/1.jsonl", "s3://logs/**")
    assert classes(log) == {"a": 1}
    assert {row.kind for row in log.count([BUCKET], NOW).notices} <= {"null_id"}


def test_what_others_left_in_the_folder_is_not_read_and_goes(store: ObjectStore, tmp_path: Path) -> None:
    store.fs.pipe("logs/1.jsonl", line(1, "a"))
    assert classes(log_of("s3://logs/*.jsonl", folder=tmp_path)) == {"a": 1}
    (copy,) = (path for path in tmp_path.rglob("*") if path.is_file())
    copy.write_bytes(b"")  # as a loss of power may leave it
    begun, left = (copy.parent.with_name(name) for name in (".begun", ".left"))
    for each in (begun, left):
        each.write_bytes(line(2, "b"))
    os.utime(left, (0, 0))
    assert classes(log_of("s3://logs/*.jsonl", folder=tmp_path)) == {"a": 1}
    assert (begun.exists(), left.exists()) == (True, False)


def test_a_value_in_the_folders_name_is_a_column(store: ObjectStore, tmp_path: Path) -> None:
    table = tmp_path / "1.parquet"
    duckdb.execute(f"COPY (SELECT '1' AS id, '2026-03-01T00:00:00Z' AS ts) TO '{table}'")
    store.fs.put_file(str(table), "logs/class=urgent/1.parquet")
    assert classes(log_of("s3://logs/**/*.parquet")) == {"urgent": 1}


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("s3://logs/nothing-*.jsonl", "no file matches s3://logs/nothing-"),
        ("s3://no-such-bucket/a.jsonl", "no file matches s3://no-such-bucket/a.jsonl"),
        ("gs://logs/a.jsonl", "gs://logs/a.jsonl is read with the package gcsfs; install tunewatch[gcs]"),
        ("what://logs/a.jsonl", "what://logs/a.jsonl is in no store that is known"),
    ],
)
def test_what_cannot_be_read_is_told_with_the_key_and_the_address(store: ObjectStore, address: str, told: str) -> None:
    assert store.address
    with pytest.raises(SourceError, match=r"monitors\.bot\.source\.predictions: ") as raised:
        log_of(address).count([BUCKET], NOW)
    assert told in str(raised.value)
    assert "planted-secret" not in str(raised.value)


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9", "cannot be listed: EndpointConnectionError"),
        ("AWS_PROFILE", "nobody", "nobody"),
    ],
)
def test_a_store_that_does_not_answer_is_an_error_not_an_empty_log(
    store: ObjectStore, name: str, value: str, told: str
) -> None:
    assert store.address
    with patch.dict(os.environ, {name: value}), pytest.raises(SourceError, match=told):
        log_of(f"s3://logs/{name}.jsonl").count([BUCKET], NOW)


def test_a_presigned_address_is_read_and_its_signature_never_shown(store: ObjectStore) -> None:
    store.fs.pipe("logs/1.jsonl", line(1, "a"))
    address = store.fs.sign("logs/1.jsonl")
    assert "Signature=" in address
    assert classes(log_of(address)) == {"a": 1}
    for broken in (address.replace("1.jsonl", "2.jsonl"), address.replace(store.address, "http://127.0.0.1:9")):
        with pytest.raises(SourceError) as raised:
            log_of(broken).count([BUCKET], NOW)
        assert "Signature" not in str(raised.value)


@pytest.mark.parametrize("options", [{"secret": "x"}, {"client_kwargs": {"aws_secret_access_key": "x"}}, {"key": "x"}])
def test_credentials_are_refused_in_the_configuration(options: dict[str, object]) -> None:
    with pytest.raises(ValidationError, match="set it in the environment"):
        ObjectStorageSettings(options=options)


def test_init_looks_into_a_folder_of_a_bucket(store: ObjectStore) -> None:
    for day in (1, 2):
        store.fs.pipe(f"logs/bot/answers-2026-03-0{day}.jsonl", line(day, "a"))
    with looking(["s3://logs/bot/"]) as look:
        assert [relation.files for relation in look.relations] == [("s3://logs/bot/answers*.jsonl",)]
