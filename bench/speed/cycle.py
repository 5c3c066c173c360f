"""How long a look of `tunewatch once` takes, first and next, beside what a team would write by hand.

    python -m bench.speed.cycle --rows 1000000

Every line of the table is a fresh process, so interpreter start and imports are part of its time, and its peak memory
is its own. All of them must find the same accuracy, or the command fails.
"""

import argparse
import json
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.speed.measure import Measured, measure

ROOT: Final = Path(__file__).resolve().parents[2]
TUNEWATCH: Final = (sys.executable, "-m", "monitor.cli")
OPEN_OR_NOT: Final = (0, 1)  # an incident may be open, which is not what is measured here

END: Final = datetime(2026, 3, 31, tzinfo=UTC)  # as in make_log, which is not imported for its weight
SPAN: Final = timedelta(days=30)
PEERS: Final = {
    "DuckDB SQL, by hand": "duckdb",
    "pandas groupby": "pandas",
    "scikit-learn report": "scikit-learn",
}

CONFIG: Final = """\
monitors:
  bench:
    source:
      predictions:
        files: "predictions*.parquet"
        columns: {id: prediction_id, at: ts, predicted: predicted, text: text, confidence: confidence,
                  latency_ms: latency_ms, model_version: model_version, prompt_version: prompt_version}
      labels:
        files: "labels*.parquet"
        columns: {id: prediction_id, label: label, at: labelled_at}
"""


class JudgedTime(NamedTuple):
    """A span [start, end) of prediction time, as the command writes it and the peers read it."""

    start: str
    end: str


class Line(NamedTuple):
    """A line of the table; `accuracy` is None where the command does not compute it."""

    name: str
    ran: Measured
    accuracy: float | None


class DisagreementError(Exception):
    """Two commands found different figures, so their times say nothing."""


def cached_log(rows: int, changes: int, options: Sequence[str] = ()) -> Path:
    """Folder of the log that `bench.speed.make_log` makes with these options, made unless an earlier run has."""
    chosen = "".join(option.replace("--", "-") for option in options)
    folder = Path(tempfile.gettempdir()) / f"tunewatch-bench-{rows}-{changes}{chosen}"
    if not folder.exists():
        unfinished = folder.with_name(f"{folder.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        command = [sys.executable, "-m", "bench.speed.make_log", str(unfinished)]
        measure([*command, "--rows", str(rows), "--changes", str(changes), *options], cwd=ROOT)
        unfinished.rename(folder)
    return folder


@contextmanager
def workplace(log: Path) -> Iterator[Path]:
    """A folder with the first files of `log` and a configuration; gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="tunewatch-bench-") as name:
        folder = Path(name)
        arrive(log, folder)
        (folder / "tunewatch.yaml").write_text(CONFIG)
        yield folder


def arrive(source: Path, folder: Path) -> None:
    """Put more of the log where the monitor looks."""
    for file in source.glob("*.parquet"):
        shutil.copy(file, folder)


def look(name: str, folder: Path, as_of: datetime) -> tuple[Line, JudgedTime]:
    """Measure one `tunewatch once`; the window that it judged begins and ends with a bucket."""
    command = (*TUNEWATCH, "once", "-c", str(folder / "tunewatch.yaml"), "--as-of", as_of.isoformat(), "--json")
    ran = measure(command, cwd=ROOT, allowed=OPEN_OR_NOT)
    accuracy = _accuracy(ran.output)
    line = Line(name, ran, float(accuracy["raw"]))
    return line, JudgedTime(accuracy["window_start"], accuracy["window_end"])


def _accuracy(output: str) -> dict[str, Any]:
    """The metric line of the accuracy of the current window."""
    lines = [json.loads(line) for line in output.splitlines()]
    (found,) = (
        line
        for line in lines
        if line.get("type") == "metric" and line["metric"] == "accuracy" and line["slice"] == "all"
    )
    return dict(found)


def by_hand(name: str, folder: Path, span: JudgedTime, as_of: datetime) -> Line:
    """Measure one peer over the span, with the labels known at `as_of`."""
    command = [sys.executable, "-m", "bench.speed.peers", PEERS[name], str(folder)]
    ran = measure([*command, "--from", span.start, "--to", span.end, "--as-of", as_of.isoformat()], cwd=ROOT)
    return Line(name, ran, json.loads(ran.output)["accuracy"])


def cycle_seconds(folder: Path) -> float:
    """How long the newest cycle took by its own account: what a daemon pays, which has started long ago."""
    with closing(sqlite3.connect(folder / "tunewatch.db")) as history:
        ((seconds,),) = history.execute("SELECT seconds FROM cycles ORDER BY as_of DESC LIMIT 1").fetchall()
    return float(seconds)


def start_up() -> Line:
    """What every `tunewatch` command costs before it does anything."""
    return Line("start-up alone (--help)", measure([*TUNEWATCH, "once", "--help"], cwd=ROOT), None)


def agree(lines: Sequence[Line]) -> None:
    """Raise DisagreementError unless all lines found the same accuracy, to 1e-12."""
    found = {line.name: line.accuracy for line in lines if line.accuracy is not None}
    if max(found.values()) - min(found.values()) > 1e-12:  # noqa: PLR2004 - what the product promises
        raise DisagreementError(f"the figures differ: {found}")


def show(title: str, lines: Sequence[Line]) -> None:
    """Print lines as a table; ratios are to the first line."""
    print(f"\n{title}\n{'':26}{'seconds':>9}{'ratio':>8}{'cpu s':>8}{'peak MB':>9}{'accuracy':>10}")
    for name, ran, accuracy in lines:
        found = "" if accuracy is None else f"{accuracy:.4f}"
        ratio = ran.seconds / lines[0].ran.seconds
        print(f"{name:26}{ran.seconds:9.2f}{ratio:8.2f}{ran.cpu:8.2f}{ran.peak / 1e6:9.0f}{found:>10}")


def run(rows: int, changes: int) -> None:
    """Measure and print everything."""
    log = cached_log(rows, changes)
    later = END + SPAN * changes / rows + timedelta(seconds=1)
    with workplace(log) as folder:
        first, window = look("tunewatch once, first", folder, END)
        peers = [by_hand(name, folder, window, END) for name in PEERS]
        agree([first, *peers])
        show(f"The window of 7 days, of a log of {rows:,} rows that nobody has counted yet", [first, *peers])

        whole = JudgedTime((END - SPAN).isoformat(), END.isoformat())
        everything = [by_hand(name, folder, whole, END) for name in PEERS]
        agree(everything)
        show("All 30 days: what the first look reads", [first._replace(accuracy=None), *everything])

        arrive(log / "later", folder)
        following, window = look("tunewatch once, next", folder, later)
        again = [by_hand(name, folder, window, later) for name in PEERS]
        agree([following, *again])
        title = f"The window of 7 days again, after {changes:,} new rows and {changes:,} labels over 3 days"
        show(title, [following, start_up(), *again])
        print(f"\nThe next look without starting up, as in the daemon: {cycle_seconds(folder):.2f} s")


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.cycle", description="Measure `tunewatch once`.")
    parser.add_argument("--rows", type=int, default=1_000_000, help="predictions in the log (default: 1000000)")
    parser.add_argument("--changes", type=int, default=10_000, help="rows and labels that come next (default: 10000)")
    arguments = parser.parse_args()
    run(arguments.rows, arguments.changes)


if __name__ == "__main__":
    main()
