"""What a first look takes of memory and time as segments, classes and messages grow.

    python -m bench.speed.memory --rows 1000000 --segments 0 1 3 --classes 20 150 --text 0 8000

Every line is `tunewatch once` with an empty history, in a fresh process. *ratio* is its processor time beside that of
the same log without segment columns, *by hand* beside a DuckDB query for the figures of all 30 days.
"""

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Final, NamedTuple

from bench.speed.cycle import END, SPAN, JudgedTime, by_hand, cached_log, look
from bench.speed.measure import Measured

BY_HAND: Final = "DuckDB SQL, by hand"

HEADINGS: Final = ("rows", "classes", "segments", "text", "seconds", "cpu s", "peak MB", "ratio", "by hand")

CONFIG: Final = """\
monitors:
  bench:
    study: {{enabled: false}}
    source:
      predictions:
        files: "{log}/predictions*"
        columns: {{id: prediction_id, at: ts, predicted: predicted, text: text, confidence: confidence,
                  latency_ms: latency_ms, model_version: model_version, prompt_version: prompt_version}}
      labels:
        files: "{log}/labels*"
        columns: {{id: prediction_id, label: label, at: labelled_at}}
      segments: [{segments}]
"""


class Case(NamedTuple):
    """A log: predictions, classes, segment columns, and least characters of a message; JSON lines where `jsonl`."""

    rows: int
    classes: int
    segments: int
    text: int
    jsonl: bool


def cases(arguments: argparse.Namespace) -> Iterator[Case]:
    """Every combination, those without segments before those with them."""
    for rows, text, classes in product(arguments.rows, arguments.text, arguments.classes):
        for segments in sorted(arguments.segments):
            yield Case(rows, classes, segments, text, arguments.jsonl)


def first_look(case: Case) -> tuple[Measured, Measured | None]:
    """Measure `tunewatch once`, and the query by hand where that reads the same files."""
    options = ["--classes", str(case.classes), "--segments", str(case.segments), "--text", str(case.text)]
    log = cached_log(case.rows, 0, [*options, *(["--jsonl"] if case.jsonl else [])])
    with tempfile.TemporaryDirectory(prefix="tunewatch-bench-") as name:
        segments = ", ".join(f"segment_{i}" for i in range(case.segments))
        Path(name, "tunewatch.yaml").write_text(CONFIG.format(log=log, segments=segments))
        ran = look("first", Path(name), END)[0].ran
    if case.jsonl:
        return ran, None
    return ran, by_hand(BY_HAND, log, JudgedTime((END - SPAN).isoformat(), END.isoformat()), END).ran


def show(found: Sequence[tuple[Case, Measured, Measured | None]]) -> None:
    """Print a line for each log."""
    print(("{:>11}{:>9}{:>10}{:>7}{:>9}{:>8}{:>9}{:>7}{:>9}").format(*HEADINGS))
    plain: dict[Case, float] = {}
    for case, ran, hand in found:
        of = plain.setdefault(case._replace(segments=0), ran.cpu)
        beside = "" if hand is None else f"{ran.cpu / hand.cpu:.1f}"
        numbers = f"{case.rows:11,}{case.classes:9}{case.segments:10}{case.text:7}{ran.seconds:9.1f}{ran.cpu:8.1f}"
        print(f"{numbers}{ran.peak / 1e6:9.0f}{ran.cpu / of:7.2f}{beside:>9}")


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(
        prog="python -m bench.speed.memory", description="Measure a first look at crowded logs."
    )
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000])
    parser.add_argument("--classes", type=int, nargs="+", default=[20, 150])
    parser.add_argument("--segments", type=int, nargs="+", default=[0, 1, 3])
    parser.add_argument("--text", type=int, nargs="+", default=[0], help="least characters of a message")
    parser.add_argument("--jsonl", action="store_true", help="predictions as JSON lines, not as Parquet")
    arguments = parser.parse_args()
    show([(case, *first_look(case)) for case in cases(arguments)])


if __name__ == "__main__":
    main()
