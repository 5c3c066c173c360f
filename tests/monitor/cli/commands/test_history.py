import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from monitor.cli.output.records import print_csv
from tests.monitor.cli.commands.conftest import make_home
from tests.support.chat_log import BREAK, END
from tests.support.program import json_lines, run_here


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


def test_it_says_how_large_each_table_is_and_what_a_year_takes(played: Path) -> None:
    shown = run_here("history", "--size", cwd=played)
    lines = json_lines(run_here("history", "--size", "--json", cwd=played).stdout)

    assert shown.returncode == 0
    assert "metric_points" in shown.stdout
    sizes = {line["table"]: line for line in lines}
    assert set(lines[0]) == {"type", "table", "rows", "bytes", "rows_a_year", "bytes_a_year"}
    file = (played / "history.db").stat().st_size
    assert 0.5 * file < sum(line["bytes"] for line in lines) <= file
    assert sizes["metric_points"]["rows_a_year"] > sizes["metric_points"]["rows"] > 0
    assert run_here("history", "--size", "--metric", "recall", cwd=played).returncode == 2


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

    assert len(rows) == len(lines) == 4
    assert [float(row["value"]) for row in rows] == [line["value"] for line in lines]
    assert lines[0]["value"] > 0.9 > lines[-1]["value"]
    assert rows[0]["as_of"] == lines[0]["as_of"] == "2026-03-09T00:00:00Z"
    assert "recall" in run_here(*asked, cwd=played).stdout


def test_what_nobody_knows_prints_nothing_but_a_hint(played: Path) -> None:
    cases = {
        ("--metric", "recal"): "there is no metric 'recal'; did you mean recall",
        ("--metric", "recall", "--class", "urgnt"): "recall has no --class 'urgnt'; did you mean urgent",
        ("--metric", "accuracy", "--slice", "model"): "accuracy has no --slice 'model'; There are: all",
    }
    for arguments, hint in cases.items():
        assert hint in run_here("history", *arguments, cwd=played).stdout
        assert run_here("history", *arguments, "--csv", cwd=played).stdout == ""


def test_a_metric_of_classes_without_a_class_is_printed_of_each(played: Path) -> None:
    lines = json_lines(run_here("history", "--metric", "recall", "--json", cwd=played).stdout)
    of_urgent = json_lines(run_here("history", "--metric", "recall", "--class", "urgent", "--json", cwd=played).stdout)
    of_all = json_lines(run_here("history", "--metric", "accuracy", "--json", cwd=played).stdout)

    assert len({line["class"] for line in lines}) > 1
    assert [line for line in lines if line["class"] == "urgent"] == of_urgent
    assert {line["class"] for line in of_all} == {""}


def test_the_id_of_an_incident_stands_on_one_line(played: Path) -> None:
    (line,) = json_lines(run_here("history", "--json", cwd=played).stdout)
    assert line["incident"] in run_here("history", cwd=played, COLUMNS="80").stdout


def test_a_class_that_a_spreadsheet_would_compute_is_guarded_in_csv(capsys: pytest.CaptureFixture[str]) -> None:
    print_csv([{"class": "=cmd|' /C calc'!A0", "value": -0.5}])
    assert capsys.readouterr().out.splitlines()[1] == "'=cmd|' /C calc'!A0,-0.5"


def test_since_counts_back_from_the_newest_look(played: Path) -> None:
    lines = json_lines(run_here("history", "--metric", "accuracy", "--since", "1h", "--json", cwd=played).stdout)

    assert [line["as_of"] for line in lines] == [f"{END:%Y-%m-%dT%H:%M:%SZ}"]
    assert len(json_lines(run_here("history", "--since", "7d", "--json", cwd=played).stdout)) == 1


def test_no_incident_says_up_to_when(played: Path) -> None:
    empty = (played / "tunewatch.yaml").read_text().replace("support-bot", "other-bot")
    (played / "other.yaml").write_text(empty.replace("history.db", "other.db"))
    assert "nothing has been looked at yet" in run_here("history", "-c", "other.yaml", cwd=played).stdout
    looked = run_here("once", "-c", "other.yaml", "--as-of", "2026-03-08", cwd=played)
    assert looked.returncode == 0, looked.stderr
    told = run_here("history", "-c", "other.yaml", "--since", "7d", cwd=played).stdout
    assert told == "no incident from 2026-03-01 00:00 UTC on; the newest look was as of 2026-03-08 00:00 UTC\n"


def test_no_history_yet_is_an_empty_one(home: Path) -> None:
    assert run_here("history", cwd=home).stdout == "nothing has been looked at yet\n"


@pytest.mark.parametrize(
    "wrong",
    [("--json", "--csv"), ("--incident", "x", "--metric", "recall"), ("--monitor", "nope"), ("--since", "soon")],
)
def test_what_makes_no_sense_is_wrong_usage(played: Path, wrong: tuple[str, ...]) -> None:
    assert run_here("history", *wrong, cwd=played).returncode == 2


def test_to_forget_is_said_before_it_is_done(tmp_path: Path, made_log: Path) -> None:
    home = make_home(tmp_path, made_log)
    run_here("once", "--as-of", BREAK.isoformat(), cwd=home)
    day = ("--from", (BREAK - timedelta(days=3)).isoformat(), "--to", (BREAK - timedelta(days=2)).isoformat())

    def forget(*arguments: str) -> list[dict[str, Any]]:
        ended = run_here("history", "forget", *arguments, "--json", cwd=home)
        assert ended.returncode == 0
        return list(json_lines(ended.stdout))

    (asked,), (done,), (after,) = forget(*day), forget(*day, "--yes"), forget(*day)
    assert asked["buckets"] == 24
    assert (done["predictions"], done["done"], asked["done"]) == (asked["predictions"], True, False)
    assert (after["buckets"], after["predictions"]) == (0, 0)


def test_an_id_that_no_log_has_is_said_to_be_gone(played: Path) -> None:
    ended = run_here("history", "forget", "--id", "nobody", cwd=played)
    assert ended.returncode == 2
    assert "name their hours" in ended.stderr
    assert run_here("history", "forget", cwd=played).returncode == 2
