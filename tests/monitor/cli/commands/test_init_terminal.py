"""`init` at a terminal: what is in doubt is asked."""

import os
import pty
import select
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from subprocess import Popen
from typing import Final

from config import load
from config.columns import LatencyColumn
from tests.repository.paths import ROOT

START: Final = datetime(2026, 3, 1, tzinfo=UTC)
CLASSES: Final = ("billing", "delivery", "other", "urgent")
PATIENCE: Final = 30.0  # seconds for one answer
ENVIRONMENT: Final = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"}


def _talk(command: Sequence[str], folder: Path, answers: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """Run a command in a terminal and answer what it asks, each answer to a prompt that has these words."""
    ours, theirs = pty.openpty()
    said, begins, left = "", 0, list(answers)
    with Popen(
        [sys.executable, *command], cwd=folder, env=ENVIRONMENT, stdin=theirs, stdout=theirs, stderr=theirs
    ) as child:
        os.close(theirs)
        while select.select([ours], [], [], PATIENCE)[0]:
            try:
                said += os.read(ours, 4096).decode("utf-8", "replace")
            except OSError:  # it has ended
                break
            if left and left[0][0] in said[begins:]:
                begins = len(said)
                os.write(ours, f"{left.pop(0)[1]}\n".encode())
        else:
            child.kill()
    os.close(ours)
    return child.returncode, said


def _write(folder: Path) -> None:
    """A log whose class has a name that says nothing, and whose labels have two ids."""
    rows = [(n, START + timedelta(minutes=20 * n)) for n in range(300)]
    made = (f"m{n},{at.isoformat()},{CLASSES[n % 4]},{('a', 'b', 'c')[n % 3]},{0.4 + n / 1000}" for n, at in rows)
    (folder / "predictions.csv").write_text("id,at,outcome,variant,latency\n" + "\n".join(made) + "\n")
    given = (f"m{n},{CLASSES[(n + (n % 10 == 0)) % 4]},{(at + timedelta(hours=9)).isoformat()}" for n, at in rows)
    (folder / "labels.csv").write_text("id,label,labelled_at\n" + "\n".join(given) + "\n")


COMMAND: Final = ("-m", "monitor.cli", "init", "predictions.csv", "labels.csv")


def test_a_person_names_the_column_and_leaves_another_out(tmp_path: Path) -> None:
    _write(tmp_path)

    status, said = _talk(
        COMMAND,
        tmp_path,
        [
            ("is the class that the bot chose?", "outcoem"),
            ("there is no outcoem in the list", "3"),
            ("In which unit is latency?", "-"),
            ("there is no - in the list", "s"),
        ],
    )

    columns = load(tmp_path / "tunewatch.yaml", environ={}).monitors["chatbot"].source.predictions.columns
    assert status == 0, said
    assert (columns.predicted, columns.latency_ms) == ("outcome", LatencyColumn(column="latency", unit="s"))
    assert (
        "predicted: outcome: a guess from its values" in said or "predicted: variant: a guess from its values" in said
    )
    assert "CHECK" not in (tmp_path / "tunewatch.yaml").read_text()


def test_what_is_confirmed_and_cannot_be_so_is_still_refused(tmp_path: Path) -> None:
    _write(tmp_path)

    status, said = _talk(
        COMMAND,
        tmp_path,
        [("the bot chose?", "variant"), ("In which unit", "ms"), ("is the true class?", "")],
    )

    assert status == 2, said
    assert "no class of the labels is ever predicted" in said
    assert "half of the answers took less than 0.55 ms; is latency in seconds?" in said
