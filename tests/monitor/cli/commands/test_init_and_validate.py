from pathlib import Path

from tests.support.chat_log import Bot, write_config
from tests.support.program import json_lines, run_here


def test_init_writes_a_configuration_that_validate_accepts(home: Path) -> None:
    written = run_here("init", "logs", "-o", "mine.yaml", cwd=home)
    assert written.returncode == 0, written.stderr
    assert "tunewatch validate -c mine.yaml" in written.stderr

    checked = run_here("validate", "-c", "mine.yaml", cwd=home)
    assert checked.returncode == 0, checked.stderr
    assert "4,200 predictions" in checked.stdout
    assert "class_recall" in checked.stdout


def test_init_does_not_overwrite_unless_told(home: Path) -> None:
    assert run_here("init", "logs", cwd=home).returncode == 2
    assert run_here("init", "logs", "--force", cwd=home).returncode == 0


def test_init_can_print_instead(home: Path) -> None:
    printed = run_here("init", "logs", "-o", "-", cwd=home)

    assert printed.stdout.startswith("# Written by `tunewatch init`")
    assert "logs/predictions.parquet is taken for the prediction log" in printed.stderr


def test_init_of_nothing_ends_with_3(tmp_path: Path) -> None:
    assert run_here("init", "nowhere/*.csv", cwd=tmp_path).returncode == 3


def test_validate_as_json_is_one_object_a_monitor(home: Path) -> None:
    (line,) = json_lines(run_here("validate", "--json", cwd=home).stdout)

    assert (line["type"], line["monitor"], line["survey"]["rows"]) == ("validation", "support-bot", 4200)


def test_validate_goes_on_after_a_monitor_that_fails_and_ends_with_its_status(home: Path) -> None:
    write_config(home, Bot("gone", "nowhere"), Bot())

    ended = run_here("validate", cwd=home)

    assert ended.returncode == 3
    assert "gone: " in ended.stderr
    assert "support-bot" in ended.stdout


def test_validate_names_the_key_of_a_column_that_is_not_there(home: Path) -> None:
    file = home / "tunewatch.yaml"
    file.write_text(file.read_text().replace("latency_ms: ms", "latency_ms: millis"))

    ended = run_here("validate", cwd=home)

    assert ended.returncode == 2
    assert "monitors.support-bot.source.predictions.columns.latency_ms" in ended.stderr


def test_validate_leaves_no_history(home: Path) -> None:
    run_here("validate", cwd=home)

    assert not (home / "history.db").exists()
