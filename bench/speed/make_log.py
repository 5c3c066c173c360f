"""Makes the log that benchmarks run on: 30 days, 20 classes, 60% labelled; then a little more of it.

    python -m bench.speed.make_log FOLDER --rows 1000000 --changes 10000

FOLDER/predictions-1.parquet and labels-1.parquet are what is known at END. FOLDER/later/ has what comes next: CHANGES
predictions after END, at the same rate, and CHANGES labels of predictions of the last three days before END.
"""

import argparse
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Template
from typing import Final

import duckdb

START: Final = datetime(2026, 3, 1, tzinfo=UTC)
SPAN: Final = timedelta(days=30)
END: Final = START + SPAN
CLASSES: Final = 20
SEGMENT_VALUES: Final = (6, 25, 200)  # such as channels, languages, customers
SALT: Final = 11  # of the first segment column; smaller ones are taken

# Numbers in [0, 1) that look random and are the same each time, on any number of threads: a hash of the row number.
UNIFORM: Final = "CREATE MACRO u(row, salt) AS hash(row * 16 + salt) / 18446744073709551616.0"
BELL: Final = "CREATE MACRO bell(row, salt) AS sqrt(-2 * ln(1 - u(row, salt))) * cos(2 * pi() * u(row, salt + 1))"

ROWS: Final = Template("""
CREATE TABLE log AS
SELECT
    i,
    printf('%010d', i) AS prediction_id,
    TIMESTAMPTZ '$start' + to_microseconds(CAST(i * $step AS BIGINT)) AS ts,
    'm1' AS model_version,
    'p' || (1 + i * 3 // $rows) AS prompt_version,
    'class_' || printf('%02d', CAST(floor($classes * pow(u(i, 0), 1.5)) AS INT)) AS truth,
    CASE WHEN u(i, 1) < 0.9 THEN truth ELSE 'class_' || printf('%02d', CAST(floor($classes * u(i, 2)) AS INT)) END
        AS predicted,
    repeat('question ' || hash(i) || ' ', 1 + $text // 30) AS text,
$segments    round(0.5 + 0.5 * u(i, 3), 4) AS confidence,
    round(600 * exp(0.4 * bell(i, 4)), 1) AS latency_ms,
    u(i, 6) < 0.6 AS ever_labelled,
    ts + to_seconds(64800 * exp(0.8 * bell(i, 7))) AS labelled_at  -- the median label comes after 18 hours
FROM range($rows + $changes) AS numbers(i)
""")

PREDICTIONS: Final = Template("""
COPY (
    SELECT prediction_id, ts, model_version, prompt_version, text, predicted, confidence, latency_ms$segment_names
    FROM log WHERE $which ORDER BY i
) TO '$path' (FORMAT $format)
""")

LABELS: Final = Template("""
COPY (
    SELECT prediction_id, truth AS label, labelled_at
    FROM log WHERE ever_labelled AND labelled_at <= TIMESTAMPTZ '$end' AND i < $rows ORDER BY labelled_at, i
) TO '$path' (FORMAT parquet)
""")

# Any unlabelled prediction of the last three days may get its label next: all 72 hours change.
LATER_LABELS: Final = Template("""
COPY (
    SELECT prediction_id, truth AS label,
        TIMESTAMPTZ '$end' + to_microseconds(CAST(1 + u(i, 9) * $changes * $step AS BIGINT)) AS labelled_at
    FROM log
    WHERE i < $rows AND ts >= TIMESTAMPTZ '$end' - INTERVAL 3 DAY
        AND NOT (ever_labelled AND labelled_at <= TIMESTAMPTZ '$end')
    ORDER BY u(i, 10) LIMIT $changes
) TO '$path' (FORMAT parquet)
""")


def later(rows: int, changes: int) -> datetime:
    """When the last of the later predictions and labels is there."""
    return END + SPAN * changes / rows + timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a log is like: `rows` and `changes` count predictions, `text` the least characters of a message."""

    rows: int = 1_000_000
    changes: int = 10_000
    classes: int = CLASSES
    segments: int = 0
    text: int = 0
    jsonl: bool = False

    @property
    def ending(self) -> str:
        """Of the files' names."""
        return "jsonl" if self.jsonl else "parquet"


def make_log(folder: Path, shape: Shape) -> None:
    """Write the four files."""
    rows, changes = shape.rows, shape.changes
    (folder / "later").mkdir(parents=True, exist_ok=True)
    values = {
        "rows": rows,
        "changes": changes,
        "classes": shape.classes,
        "text": shape.text,
        "format": "json" if shape.jsonl else "parquet",
        "segments": "".join(
            f"    'value_' || CAST(floor({SEGMENT_VALUES[i]} * u(i, {SALT + i})) AS INT) AS segment_{i},\n"
            for i in range(shape.segments)
        ),
        "segment_names": "".join(f", segment_{i}" for i in range(shape.segments)),
        "start": START.isoformat(),
        "end": END.isoformat(),
        "step": SPAN / timedelta(microseconds=1) / rows,
    }
    files = (
        (PREDICTIONS, f"predictions-1.{shape.ending}", f"i < {rows}"),
        (LABELS, "labels-1.parquet", ""),
        (PREDICTIONS, f"later/predictions-2.{shape.ending}", f"i >= {rows}"),
        (LATER_LABELS, "later/labels-2.parquet", ""),
    )
    with duckdb.connect() as connection:
        for statement in (UNIFORM, BELL, ROWS.substitute(values)):
            connection.execute(statement)
        for template, name, which in files:
            connection.execute(template.substitute(values, path=folder / name, which=which))


def main() -> None:
    """Run as a command."""
    parser = argparse.ArgumentParser(prog="python -m bench.speed.make_log", description="Make a log to measure with.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--classes", type=int, default=CLASSES)
    parser.add_argument("--segments", type=int, default=0, choices=range(len(SEGMENT_VALUES) + 1))
    parser.add_argument("--text", type=int, default=0, help="least characters of a message")
    parser.add_argument("--jsonl", action="store_true", help="predictions as JSON lines, not as Parquet")
    arguments = vars(parser.parse_args())
    make_log(arguments.pop("folder"), Shape(**arguments))


if __name__ == "__main__":
    main()
