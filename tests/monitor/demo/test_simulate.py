"""The demo's log must be what the demo says it is, since everything shown rests on it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.demo.bots import BOTS, CLAIMS, CLAIMS_TRUTH, DAYS, END, START, SUPPORT, SUPPORT_TRUTH, Bot
from monitor.demo.files import write_log
from monitor.demo.simulate import BotLog, simulate


@pytest.fixture(scope="module")
def logs() -> dict[str, BotLog]:
    return {bot.name: simulate(bot) for bot in BOTS}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, logs: dict[str, BotLog]) -> Path:
    folder = tmp_path_factory.mktemp("logs")
    for name, log in logs.items():
        write_log(log, folder / name)
    return folder


def query(sql: str, *files: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(sql, [str(file) for file in files]).fetchall()


def accuracy(log: BotLog, version: str) -> float:
    used = log.predictions["prompt_version"] == version
    return float((log.predictions["predicted"] == log.truth)[used].mean())


def recall(log: BotLog, name: str, version: str) -> float:
    truly = (log.truth == name) & (log.predictions["prompt_version"] == version)
    return float((log.predictions["predicted"][truly] == name).mean())


def labelled(log: BotLog) -> NDArray[np.bool_]:
    ids = set(log.labels["prediction_id"])
    return np.array([identifier in ids for identifier in log.predictions["prediction_id"]])


def test_the_new_prompt_of_the_support_bot_keeps_its_accuracy(logs: dict[str, BotLog]) -> None:
    log = logs["support-bot"]

    assert accuracy(log, "p3") == pytest.approx(0.98, abs=0.01)
    assert accuracy(log, "p4") == pytest.approx(SUPPORT_TRUTH.accuracy, abs=0.005)


def test_the_new_prompt_of_the_support_bot_misses_most_urgent_messages(logs: dict[str, BotLog]) -> None:
    log = logs["support-bot"]

    assert recall(log, "urgent", "p3") == pytest.approx(0.92, abs=0.02)
    one_error = 0.03  # standard error of a share of 0.12 among some 150 messages
    assert recall(log, "urgent", "p4") == pytest.approx(SUPPORT_TRUTH.critical_recall, abs=one_error)


def test_the_prompt_changes_at_the_onset_that_the_truth_names(logs: dict[str, BotLog]) -> None:
    log = logs["support-bot"]
    first = log.predictions["ts"][log.predictions["prompt_version"] == "p4"].min()

    assert SUPPORT_TRUTH.onset is not None
    after = first - np.datetime64(SUPPORT_TRUTH.onset.replace(tzinfo=None))
    assert np.timedelta64(0, "s") <= after < np.timedelta64(30, "m")


def test_urgent_messages_are_rare(logs: dict[str, BotLog]) -> None:
    assert 0.018 < float((logs["support-bot"].truth == "urgent").mean()) < 0.03


def test_every_prompt_of_the_claims_bot_stays_on_the_same_plateau_below_target(logs: dict[str, BotLog]) -> None:
    reached = [accuracy(logs["claims-bot"], prompt.version) for prompt in CLAIMS.prompts]

    assert len(reached) == 5
    assert all(0.74 <= value <= 0.77 for value in reached)
    assert reached[-1] == pytest.approx(CLAIMS_TRUTH.accuracy, abs=0.01)


def test_every_class_of_the_claims_bot_has_hundreds_of_labels(folder: Path) -> None:
    counts = query("SELECT label, count(*) FROM read_parquet(?) GROUP BY label", folder / "claims-bot/labels.parquet")

    assert {name for name, _ in counts} == set(CLAIMS.classes)
    assert min(n for _, n in counts) > 1000


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.name)
def test_the_log_lies_within_its_42_days(bot: Bot, logs: dict[str, BotLog]) -> None:
    log = logs[bot.name]
    start, end = (np.datetime64(moment.replace(tzinfo=None)) for moment in (START, END))

    assert timedelta(days=DAYS) == END - START
    for times in (log.predictions["ts"], log.labels["labelled_at"]):
        assert start <= times[0] <= times[-1] < end
        assert (np.diff(times) >= np.timedelta64(0)).all()
    assert len(log.truth) / DAYS == pytest.approx(bot.per_day, rel=0.03)


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.name)
def test_labels_come_late_to_some_and_are_sometimes_corrected(bot: Bot, folder: Path) -> None:
    sql = """
        WITH labelled AS (
            SELECT min(labelled_at - ts) AS delay, count(*) AS labels
            FROM read_parquet(?) AS p JOIN read_parquet(?) AS l USING (prediction_id)
            GROUP BY prediction_id)
        SELECT epoch(median(delay)) / 3600, epoch(min(delay)), count(*), avg((labels > 1)::INT) FROM labelled
    """
    logs = folder / bot.name
    ((median_hours, fastest_seconds, labelled, corrected),) = query(
        sql, logs / "predictions.parquet", logs / "labels.parquet"
    )

    assert median_hours == pytest.approx(18, abs=1)
    assert fastest_seconds > 0
    # A few of the last days' labels are still to come.
    assert 0.56 < labelled / (bot.per_day * DAYS) < 0.62
    assert corrected == pytest.approx(0.01, abs=0.003)


def test_a_message_that_was_flagged_is_labelled_more_often(logs: dict[str, BotLog]) -> None:
    log = logs["support-bot"]
    known = labelled(log)
    flagged = log.predictions["predicted"] == "urgent"

    assert known[flagged].mean() > 0.85
    assert known[~flagged].mean() < 0.62


def test_the_raw_recall_over_labels_flatters_the_bot(logs: dict[str, BotLog]) -> None:
    log = logs["support-bot"]
    known = labelled(log)
    missed = (log.truth == "urgent") & (log.predictions["prompt_version"] == "p4")
    found = log.predictions["predicted"] == "urgent"

    assert found[missed & known].mean() > found[missed].mean()


def test_a_seed_repeats_to_the_byte(tmp_path: Path, folder: Path) -> None:
    write_log(simulate(SUPPORT), tmp_path)

    for name in ("predictions.parquet", "labels.parquet"):
        assert (tmp_path / name).read_bytes() == (folder / "support-bot" / name).read_bytes()


def test_the_files_say_that_their_times_are_utc(folder: Path) -> None:
    columns = query("DESCRIBE SELECT * FROM read_parquet(?)", folder / "support-bot/predictions.parquet")

    assert {name: kind for name, kind, *_ in columns} == {
        "prediction_id": "VARCHAR",
        "ts": "TIMESTAMP WITH TIME ZONE",
        "model_version": "VARCHAR",
        "prompt_version": "VARCHAR",
        "text": "VARCHAR",
        "predicted": "VARCHAR",
        "confidence": "DOUBLE",
        "latency_ms": "DOUBLE",
        "prompt_tokens": "BIGINT",
        "completion_tokens": "BIGINT",
    }


@pytest.mark.parametrize("bot", BOTS, ids=lambda bot: bot.name)
def test_messages_have_no_unfilled_slots(bot: Bot, logs: dict[str, BotLog]) -> None:
    texts = set(logs[bot.name].predictions["text"])

    assert not any("{" in text for text in texts)
    assert len(texts) > 500
