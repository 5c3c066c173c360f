"""Daily files of a log: those that rotate away are no news, one that vanishes from the middle is."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from tests.monitor.cli.commands.conftest import make_home
from tests.support.chat_log import BREAK, START
from tests.support.program import Ended, json_lines, run_here

FIRST = BREAK - timedelta(days=1)
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory, made_log: Path) -> tuple[Path, Ended]:
    """A home whose log is a file for each day, looked at once, and what that look told."""
    home = make_home(tmp_path_factory.mktemp("days"), made_log)
    folder = home / "logs"
    folder.unlink()
    folder.mkdir()
    for name in ("predictions", "labels"):
        table = pq.read_table(made_log / f"{name}.parquet")
        day = pc.strftime(table["at"], format="%Y-%m-%d")
        for each in pc.unique(day).to_pylist():
            pq.write_table(table.filter(pc.equal(day, each)), folder / f"{name}-{each}.parquet")
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text().replace(".parquet", "-*.parquet"))
    ended = look(home, 0)
    assert ended.returncode == 0
    shutil.copytree(home, kept(home))
    return home, ended


@pytest.fixture
def home(looked: tuple[Path, Ended]) -> Path:
    """The same home as it was after that look: files may vanish from it. Elsewhere it would be another log."""
    home, _ = looked
    shutil.rmtree(home)
    return Path(shutil.copytree(kept(home), home))


def kept(home: Path) -> Path:
    """Where the home is kept as it was."""
    return home.with_name(f"{home.name}.kept")


@pytest.fixture
def days(home: Path) -> Path:
    """The folder of its log."""
    return home / "logs"


def look(home: Path, number: int) -> Ended:
    """Look for the so-manieth time; the looks are an hour apart."""
    return run_here("once", "--as-of", (FIRST + number * timedelta(hours=1)).isoformat(), "--json", cwd=home)


def of(kind: str, ended: Ended) -> list[dict[str, object]]:
    return [line for line in json_lines(ended.stdout) if line["type"] == kind]


def vanished(ended: Ended) -> list[dict[str, object]]:
    return [line for line in of("finding", ended) if line["subject"] == "vanished"]


def remove(folder: Path, name: str, at: datetime) -> Path:
    """Take the file of a day away, to the folder above."""
    file = folder / f"{name}-{at:%Y-%m-%d}.parquet"
    return file.rename(folder.parent / file.name)


def test_the_oldest_files_rotate_away_without_a_word(home: Path, days: Path) -> None:
    for number in range(1, 4):
        remove(days, "predictions", START + (number - 1) * DAY)
        remove(days, "labels", START + (number - 1) * DAY)
        ended = look(home, number)
        assert (ended.returncode, vanished(ended)) == (0, [])


def test_a_log_of_labels_that_is_kept_for_less_long_rotates_without_a_word(home: Path, days: Path) -> None:
    for number in range(10):
        remove(days, "labels", START + number * DAY)
    edited = pq.read_table(days / f"predictions-{START + 3 * DAY:%Y-%m-%d}.parquet")
    edited = edited.set_column(edited.schema.get_field_index("ms"), "ms", pc.add(edited["ms"], 1.0))
    pq.write_table(edited, days / f"predictions-{START + 3 * DAY:%Y-%m-%d}.parquet")  # so that the day is counted again
    for number in (1, 2):
        ended = look(home, number)
        assert (ended.returncode, vanished(ended)) == (0, [])


@pytest.mark.parametrize("name", ["predictions", "labels"])
def test_one_file_gone_from_the_middle_is_an_incident_that_bars_no_advice(
    looked: tuple[Path, Ended], home: Path, days: Path, name: str
) -> None:
    _, before = looked
    moved = remove(days, name, START + 20 * DAY)
    look(home, 1)
    ended = look(home, 2)

    assert ended.returncode == 1
    (found,) = vanished(ended)
    assert (found["verdict"], found["cause"]) == ("warning", "loses_rows")
    told = " ".join(ended.stderr.split())
    lost = "100 predictions and 100 labels" if name == "predictions" else "100 labels"
    assert f"{lost} that were counted are no longer in the log, found missing at 2026-03-08 01:00 UTC" in told
    assert "tunewatch history forget --from 2026-02-2" in told
    advice = {line["family"]: line for line in of("advice", ended)}
    assert (advice["watch"]["action"], advice["quality"]["action"]) == ("fix_log", "none")
    assert advice["quality"]["vetoes"] == of("advice", before)[0]["vetoes"]
    figures = [
        {line["metric"]: line["value"] for line in of("metric", each) if line["class"] == "" and line["slice"] == "all"}
        for each in (before, ended)
    ]
    assert figures[1]["accuracy"] == pytest.approx(figures[0]["accuracy"], abs=0.01)

    moved.rename(days / moved.name)
    ended = look(home, 3)
    assert (ended.returncode, vanished(ended)) == (0, [])


def test_what_was_erased_on_purpose_is_forgotten_on_a_persons_word(home: Path, days: Path) -> None:
    remove(days, "predictions", START + 20 * DAY)
    look(home, 1)
    assert look(home, 2).returncode == 1
    span = ("--from", "2026-02-21T00:00", "--to", "2026-02-22T00:00")
    assert run_here("history", "forget", *span, "--yes", cwd=home).returncode == 0

    ended = look(home, 3)
    assert (ended.returncode, vanished(ended)) == (0, [])


def test_a_loss_is_no_longer_new_once_it_is_older_than_the_window(home: Path, days: Path) -> None:
    remove(days, "predictions", START + 20 * DAY)
    look(home, 1)
    assert vanished(look(home, 24 * 6))
    assert not vanished(look(home, 24 * 7 + 2))
