import csv
import io
from pathlib import Path

import pytest

from tests.monitor.commands.conftest import make_home
from tests.support.chat_log import BREAK, END
from tests.support.program import json_lines, run_here


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory, made_log: Path) -> Path:
    """A folder whose history has one incident; the tests only read it."""
    home = make_home(tmp_path_factory.mktemp("played"), made_log)
    span = ("--from", BREAK.isoformat(), "--to", END.isoformat(), "--every", "1d")
    assert run_here("backtest", *span, "--history", "sqlite:///history.db", cwd=home).returncode == 1
    return home


def test_incidents_are_listed_for_people_and_for_programs(played: Path) -> None:
    listed = run_here("history", cwd=played)
    (line,) = json_lines(run_here("history", "--json", cwd=played).stdout)

    assert listed.returncode == 0
    assert line["incident"] in listed.stdout
    assert (line["type"], line["monitor"], line["family"], line["state"]) == (
        "incident", "support-bot", "quality", "firing",
    )  # fmt: skip
    assert line["advice"]["action"] == line["action"] == "rollback_prompt"


def test_one_incident_is_shown_with_all_that_was_told_of_it(played: Path) -> None:
    (listed,) = json_lines(run_here("history", "--json", cwd=played).stdout)

    shown = run_here("history", "--incident", listed["incident"], cwd=played)
    incident, *events = json_lines(run_here("history", "--incident", listed["incident"], "--json", cwd=played).stdout)

    assert "recall of urgent" in shown.stdout
    assert incident == listed
    assert [event["type"] for event in events] == ["event"] * len(events)
    assert events[0]["event"] == "opened"


def test_the_end_of_an_id_is_enough(played: Path) -> None:
    (listed,) = json_lines(run_here("history", "--json", cwd=played).stdout)

    assert (
        run_here("history", "--incident", listed["incident"].removeprefix("quality-")[:6], cwd=played).returncode == 0
    )


def test_an_unknown_incident_is_wrong_usage(played: Path) -> None:
    ended = run_here("history", "--incident", "nope", cwd=played)

    assert ended.returncode == 2
    assert "'nope' is not in the history" in ended.stderr


def test_a_metric_is_printed_look_by_look(played: Path) -> None:
    asked = ("history", "--metric", "recall", "--class", "urgent")
    rows = list(csv.DictReader(io.StringIO(run_here(*asked, "--csv", cwd=played).stdout)))
    lines = json_lines(run_here(*asked, "--json", cwd=played).stdout)

    assert len(rows) == len(lines) == 7
    assert [float(row["value"]) for row in rows] == [line["value"] for line in lines]
    assert lines[0]["value"] > 0.9 > lines[-1]["value"]
    assert rows[0]["as_of"] == lines[0]["as_of"] == "2026-03-09T00:00:00Z"
    assert "recall" in run_here(*asked, cwd=played).stdout


def test_a_metric_that_nobody_knows_prints_nothing_but_a_hint(played: Path) -> None:
    assert "nothing was ever believed" in run_here("history", "--metric", "recal", cwd=played).stdout
    assert run_here("history", "--metric", "recal", "--csv", cwd=played).stdout == ""


def test_since_leaves_out_what_is_older(played: Path) -> None:
    assert run_here("history", "--metric", "accuracy", "--since", "1h", "--json", cwd=played).stdout == ""


def test_no_history_yet_is_an_empty_one(home: Path) -> None:
    assert run_here("history", cwd=home).stdout == "no incident\n"


@pytest.mark.parametrize(
    "wrong",
    [("--json", "--csv"), ("--incident", "x", "--metric", "recall"), ("--monitor", "nope"), ("--since", "soon")],
)
def test_what_makes_no_sense_is_wrong_usage(played: Path, wrong: tuple[str, ...]) -> None:
    assert run_here("history", *wrong, cwd=played).returncode == 2
