"""A changed configuration never counts a prediction twice."""

from datetime import timedelta
from pathlib import Path

from config.loading import load
from monitor.bootstrap.history import open_history
from monitor.bootstrap.monitors import build_monitor
from monitor.cycle.cycle import run_cycle
from tests.support.chat_log import START, write_config, write_log
from tests.support.history import rows

END = START + timedelta(days=3)


def look(file: Path, now_hours: int) -> int:
    settings = load(file)
    history = open_history(settings)
    monitor = build_monitor(settings, "support-bot", history)
    report = run_cycle(monitor, END + timedelta(hours=now_hours))
    monitor.log.close()
    history.close()
    return report.buckets_read


def test_when_the_bucket_length_changes_everything_is_counted_anew_and_once(tmp_path: Path) -> None:
    write_log(tmp_path / "logs", end=END, each_day=24)
    file = write_config(tmp_path)
    url = f"sqlite:///{tmp_path / 'history.db'}"
    assert look(file, 0) == 72
    days = rows(url, "SELECT day, n, n_labelled FROM daily_accuracy ORDER BY day")
    assert look(file, 1) < 72

    file.write_text(file.read_text().replace("    every:", "    bucket: 6h\n    every:"))
    assert look(file, 12) >= 12  # and a bucket that has only labels
    assert [row[:2] for row in rows(url, "SELECT day, n FROM daily_accuracy ORDER BY day")] == [row[:2] for row in days]
