"""Predictions and labels over HTTP, and the log that they become."""

import socket
import sqlite3
from collections.abc import Callable
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from config.ingest import IngestSettings
from monitor.common.clock import MACHINE
from monitor.ingest.app import Ingest, Limits
from monitor.ingest.parquet import Files
from monitor.ingest.receiver import Receiver
from monitor.ingest.rows import prediction_model, read_lines
from monitor.ingest.service import IngestService
from monitor.ingest.spool import Spool, SpoolError, Stream
from monitor.web.server import WebServer
from tests.monitor.ingest.conftest import Serve
from tests.support.clocks import SetClocks
from tests.support.ingesting import TOKEN, Client, lines, packed
from tests.support.waiting import wait_until

Log = Callable[[str], list[dict[str, Any]]]

URGENT = {"id": "m1", "at": "2026-03-01T06:00:00+01:00", "predicted": "urgent", "text": "Help! ☎", "confidence": 0.75}


def test_what_is_sent_is_in_the_log_with_its_types_and_in_utc(serve: Serve, log: Log) -> None:
    with serve(columns=("country",)) as client:
        sent = {**URGENT, "latency_ms": 120, "prompt_tokens": 12, "country": "CH", "bot": "support"}
        assert client.send("predictions", sent) == (
            200,
            {"accepted": 1, "repeated": 0, "differing": 0, "rejected": 0},
        )
        assert client.send("labels", {"id": "m1", "label": "billing", "at": 1772359200, "labeller": "Ann"})[0] == 200
    (row,) = log("predictions")
    assert row["at"] == datetime(2026, 3, 1, 5, tzinfo=UTC)
    assert {**sent, "at": None}.items() <= {**row, "at": None}.items()
    (label,) = log("labels")
    assert (label["label"], label["at"]) == ("billing", datetime(2026, 3, 1, 10, tzinfo=UTC))


def test_what_is_sent_twice_counts_once_also_after_a_restart_and_what_differs_is_told(serve: Serve, log: Log) -> None:
    label = {"id": "m1", "label": "billing", "at": "2026-03-02T00:00:00Z"}
    with serve() as client:
        client.send("predictions", URGENT)
        client.send("labels", label)
    with serve() as client:
        assert client.send("predictions", URGENT, {**URGENT, "id": "m2"})[1]["repeated"] == 1
        status, answer = client.send("predictions", {**URGENT, "predicted": "other"})
        assert (status, answer["differing"], answer["errors"][0]["id"]) == (422, 1, "m1")
        assert client.send("labels", label)[1]["repeated"] == 1
        assert client.send("labels", {**label, "label": "urgent"})[1]["accepted"] == 1  # it was corrected
    assert [(row["id"], row["predicted"]) for row in log("predictions")] == [("m1", "urgent"), ("m2", "urgent")]
    assert [row["label"] for row in log("labels")] == ["billing", "urgent"]


def test_two_bots_may_count_their_messages_alike(serve: Serve, log: Log) -> None:
    with serve() as client:
        assert client.send("predictions", {**URGENT, "bot": "a"}, {**URGENT, "bot": "b"})[1]["accepted"] == 2
        status, answer = client.send("predictions", {**URGENT, "bot": "b", "predicted": "other"})
        assert (status, answer["errors"][0]["id"]) == (422, "m1")
    assert {(row["bot"], row["id"]) for row in log("predictions")} == {("a", "m1"), ("b", "m1")}


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('{"id": "x"}', "predicted is missing"),
        ('{"id": "x", "predicted": "a", "predited": "b"}', "predited is not a known key; known are id, at"),
        ('{"id": "x", "predicted": "a", "confidence": 75}', "confidence must be less than or equal to 1, not 75"),
        ('{"id": "x", "predicted": "a", "confidence": NaN}', "confidence must be a finite number"),
        ('{"id": "x", "predicted": "a", "at": "2026-03-01T06:00:00"}', "at has no time zone"),
        ('{"id": "x", "predicted": "a", "at": "2999-03-01T06:00:00Z"}', "at is more than a day ahead"),
        ('{"id": "x", "predicted": "a", "at": "1970-01-01T06:00:00Z"}', "at is before 1990"),
        ('{"id": "", "predicted": "a"}', "id "),
        ('{"id": "x", "predicted": "' + "y" * 3000 + '"}', "predicted "),
        ('{"id": "x", "predicted": "\\ud800"}', "is no JSON object"),
        ('["x", "a"]', "is no JSON object"),
        ('{"id": "x", "predicted"', "is no JSON object (EOF"),
        ("\x00\x01", "is no JSON object"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_and_takes_no_other_with_it(
    serve: Serve, log: Log, line: str, why: str
) -> None:
    with serve() as client:
        body = lines([URGENT]) + line.encode() + b"\n\n" + lines([{**URGENT, "id": "m2"}])
        status, answer = client.post("/v1/predictions", body)
    assert (status, answer["accepted"], answer["rejected"]) == (422, 2, 1)
    (error,) = answer["errors"]
    assert error["line"] == 2
    assert why in error["why"]
    assert [row["id"] for row in log("predictions")] == ["m1", "m2"]


@pytest.mark.parametrize(
    ("number", "year"), [(1.7e9, 2023), (1_700_000_000, 2023), (1.7e12, 2023), (1.7e15, 2023), (1.7e18, 2023)]
)
def test_numbers_are_seconds_to_nanoseconds(serve: Serve, log: Log, number: float, year: int) -> None:
    with serve() as client:
        client.send("predictions", {**URGENT, "at": number})
    assert log("predictions")[0]["at"] == datetime(year, 11, 14, 22, 13, 20, tzinfo=UTC)


def test_without_the_token_nothing_is_taken(serve: Serve, log: Log) -> None:
    with serve() as client:
        for token in ("", "another", "ä", client.token + "x"):
            status, answer = Client(client.url, token.encode().decode("latin-1")).send("predictions", URGENT)
            assert (status, "ingest.token" in answer["error"]) == (401, True)
    assert log("predictions") == []


def test_bodies_are_bounded_packed_or_not(serve: Serve, log: Log) -> None:
    with serve(max_body_mb=1) as client:
        large = lines([{**URGENT, "text": "x" * 2**20}])
        assert client.post("/v1/predictions", large)[0] == 413
        assert client.post("/v1/predictions", packed(large), Content_Encoding="gzip")[0] == 413
        assert client.post("/v1/predictions", packed(lines([URGENT])), Content_Encoding="gzip")[0] == 200
        assert client.post("/v1/predictions", packed(lines([URGENT]))[:-9], Content_Encoding="gzip")[0] == 400
        assert client.post("/v1/predictions", b"nothing", Content_Encoding="gzip")[0] == 400
        assert client.post("/v1/predictions", b"nothing", Content_Encoding="br")[0] == 415
    assert len(log("predictions")) == 1


def test_a_client_that_leaves_within_a_body_leaves_nothing(serve: Serve, log: Log) -> None:
    with serve() as client:
        host, port = urlsplit(client.url).netloc.split(":")
        with socket.create_connection((host, int(port))) as connection:
            head = ["POST /v1/predictions HTTP/1.1", "Host: x", f"Authorization: Bearer {TOKEN}", "Content-Length: 900"]
            connection.sendall("\r\n".join([*head, "", ""]).encode() + lines([URGENT]))
        assert client.send("predictions", {**URGENT, "id": "m2"})[0] == 200
    assert [row["id"] for row in log("predictions")] == ["m2"]


def test_a_crowd_of_bodies_is_told_to_come_again(folder: Path) -> None:
    files = Files(folder, ())
    files.make()
    receiver = Receiver(Spool(folder / "spool.sqlite", 64), files, timedelta(seconds=1), timedelta(days=1), MACHINE)
    ingest = Ingest(receiver, Limits(TOKEN, body=2**19, in_hand=2**20), MACHINE.now, (), None)
    web = WebServer(ingest.app(), "127.0.0.1", 0, section="ingest")
    receiver.start()
    web.start()
    client = Client("http://{}:{}".format(*web.address), TOKEN)
    head = ["POST /v1/predictions HTTP/1.1", "Host: x", f"Authorization: Bearer {TOKEN}", f"Content-Length: {2**19}"]
    with ExitStack() as crowd:
        for _ in range(2):
            slow = crowd.enter_context(socket.create_connection(web.address))
            slow.sendall("\r\n".join([*head, "", ""]).encode() + b" " * (2**19 - 1))
        wait_until(lambda: ingest.in_hand == 2**20 - 2)
        assert client.send("predictions", URGENT)[0] == 503
    wait_until(lambda: ingest.in_hand == 0)
    assert client.send("predictions", URGENT)[0] == 200
    web.stop(5)
    assert receiver.stop(20)


def test_where_there_is_no_room_the_client_is_told_to_come_again_and_nothing_is_lost(
    serve: Serve, log: Log, folder: Path
) -> None:
    accepted = []
    with serve(max_spool_mb=16) as client:
        for number in range(60):
            rows = [{**URGENT, "id": f"m{number}-{i}", "text": "x" * 60_000} for i in range(20)]
            status, answer = client.send("predictions", *rows)
            if status == 503:
                assert answer["error"].endswith("send it again")
                break
            accepted += [row["id"] for row in rows]
        else:
            pytest.fail("a spool of 16 MB took 70")
    assert {row["id"] for row in log("predictions")} == set(accepted)
    with serve(max_spool_mb=64) as client:  # there is room again
        assert client.send("predictions", *rows)[1]["accepted"] == 20
    assert len(log("predictions")) == len(accepted) + 20
    assert (folder / "spool.sqlite").stat().st_size < 70 * 2**20


def test_days_have_files_of_their_own_that_never_change_once_the_day_is_over(
    serve: Serve, log: Log, folder: Path
) -> None:
    clocks = SetClocks(datetime(2026, 3, 1, 23, 50, tzinfo=UTC))
    now = {**URGENT, "at": "2026-03-01T23:50:00Z"}
    with serve(clocks=clocks.both) as client:
        client.send("predictions", now)
        clocks.passes(timedelta(minutes=20))
        client.send("predictions", {**now, "id": "m2"})
    first, second = sorted((folder / "predictions").glob("2026*.parquet"))
    assert (first.name[:10], second.name[:10]) == ("2026-03-01", "2026-03-02")
    before = first.stat().st_mtime_ns
    clocks.passes(timedelta(days=9))
    with serve(clocks=clocks.both, remember=timedelta(days=7)) as client:
        assert client.send("predictions", {**now, "id": "m3"})[1]["accepted"] == 1
    with serve(clocks=clocks.both, remember=timedelta(days=7)) as client:
        assert client.send("predictions", now)[1]["accepted"] == 1  # it was forgotten, as was asked for
    assert first.stat().st_mtime_ns == before
    assert [row["id"] for row in log("predictions")].count("m1") == 2


def test_a_spool_that_is_lost_takes_no_file_with_it(serve: Serve, log: Log, folder: Path) -> None:
    with serve() as client:
        client.send("predictions", URGENT)
    for file in folder.glob("spool*"):
        file.unlink()
    with serve() as client:
        client.send("predictions", {**URGENT, "id": "m2"})
    assert [row["id"] for row in log("predictions")] == ["m1", "m2"]


def test_nobody_else_can_look_into_the_folder(serve: Serve, folder: Path) -> None:
    with serve():
        pass
    assert folder.stat().st_mode & 0o077 == 0


def test_a_second_receiver_of_a_folder_is_refused(serve: Serve, folder: Path) -> None:
    settings = IngestSettings(folder=str(folder), port=0, token=SecretStr("x"))
    with serve(), pytest.raises(SpoolError, match=r"ingest\.folder: .*another tunewatch"):
        IngestService(settings, MACHINE)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolError, match=r"ingest\.folder: .*file"):
        IngestService(IngestSettings(folder=str(tmp_path / "file"), port=0), MACHINE)


def test_a_log_that_cannot_be_written_is_told_and_written_later(serve: Serve, log: Log, folder: Path) -> None:
    with serve() as client:
        client.send("predictions", URGENT)
        for file in (folder / "predictions").glob("*.parquet"):
            file.unlink()
        (folder / "predictions").rmdir()
        (folder / "predictions").write_text("in the way")
    (folder / "predictions").unlink()
    with closing(sqlite3.connect(folder / "spool.sqlite")) as spool:
        assert spool.execute('SELECT count(*) FROM predictions WHERE "values" IS NOT NULL').fetchone() == (1,)
    with serve():
        pass
    assert [row["id"] for row in log("predictions")] == ["m1"]


def test_a_request_that_nobody_waits_for_any_more_ends_nothing(folder: Path) -> None:
    files = Files(folder, ())
    files.make()
    receiver = Receiver(Spool(folder / "spool.sqlite", 64), files, timedelta(seconds=1), timedelta(days=1), MACHINE)
    receiver.start()
    (row,) = read_lines(lines([URGENT]), prediction_model(()), datetime(2026, 3, 2, tzinfo=UTC)).rows
    for _ in range(200):
        receiver.keep(Stream.PREDICTIONS, [row]).cancel()
    assert receiver.keep(Stream.PREDICTIONS, [row]).result(20).differing == ()
    assert receiver.is_alive
    assert receiver.stop(20)
