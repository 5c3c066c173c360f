"""Three questions that an analyst would ask of the history, as SQL."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from rich.padding import Padding
from rich.syntax import Syntax
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words and in SQL that SQLite and PostgreSQL understand."""

    words: str
    sql: str


QUESTIONS: Final = (
    Question(
        "How did recall of urgent go around the two changes of prompt, and did accuracy show it?",
        """
SELECT r.day, r.n AS urgent_labelled, round(CAST(100 * r.recall AS numeric), 0) AS recall_percent,
       round(CAST(100 * a.accuracy AS numeric), 1) AS accuracy_percent
FROM daily_recall r JOIN daily_accuracy a ON a.monitor = r.monitor AND a.day = r.day
WHERE r.monitor = 'support-bot' AND r.class = 'urgent' AND r.day BETWEEN '2026-03-24' AND '2026-04-05'
ORDER BY r.day
""",
    ),
    Question(
        "What were people told, and what was the advice at that time?",
        """
SELECT e.at, i.monitor, e.event, e.severity, e.action
FROM incident_events e JOIN incidents i ON i.id = e.incident_id
WHERE e.event IS NOT NULL
ORDER BY e.at, e.id
""",
    ),
    Question(
        "How good was each prompt, over the messages that have a label?",
        """
SELECT monitor, prompt_version AS prompt, SUM(n) AS labelled,
       round(100.0 * SUM(CASE WHEN predicted = label THEN n ELSE 0 END) / SUM(n), 1) AS accuracy_percent
FROM bucket_outcomes
WHERE label IS NOT NULL
GROUP BY monitor, prompt_version
ORDER BY monitor DESC, MIN(bucket_start)
""",
    ),
)


@dataclass(frozen=True, slots=True)
class AtWorst:
    """When recall of urgent messages was lowest: it and plain accuracy, in [0, 1], and the day up to which both are."""

    recall: float
    accuracy: float
    day: str


def at_worst(history: Path) -> AtWorst | None:
    """The look of the support bot with the least recall; None where there was none."""
    sql = """
SELECT r.value, a.raw, r.as_of FROM metric_history r JOIN metric_history a
    ON a.monitor = r.monitor AND a.as_of = r.as_of AND a.metric = 'accuracy' AND a.slice = 'all'
WHERE r.monitor = 'support-bot' AND r.metric = 'recall' AND r.class = 'urgent' AND r.slice = 'all'
    AND r.value IS NOT NULL AND a.raw IS NOT NULL
ORDER BY r.value, r.as_of LIMIT 1
"""
    with closing(sqlite3.connect(f"{history.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        row = connection.execute(sql).fetchone()
    return None if row is None else AtWorst(row[0], row[1], f"{datetime.fromisoformat(row[2]):%d %B}")


def answered(history: Path) -> Iterator[Text | Padding]:
    """Each question with its SQL and its answer from the SQLite file `history`."""
    with closing(sqlite3.connect(f"{history.resolve().as_uri()}?mode=ro", uri=True)) as connection:
        for question in QUESTIONS:
            yield Text(question.words, "bold")
            yield _indented(Syntax(question.sql.strip(), "sql", theme="ansi_dark", background_color="default"))
            yield _indented(_table(connection.execute(question.sql)))
            yield Text()


def _table(cursor: sqlite3.Cursor) -> Table:
    table = Table(box=None, header_style="dim", padding=(0, 3, 0, 0), pad_edge=False)
    for column in cursor.description:
        table.add_column(column[0])
    for row in cursor:
        table.add_row(*(Text("" if value is None else str(value)) for value in row))
    return table


def _indented(part: Syntax | Table) -> Padding:
    return Padding(part, (0, 0, 0, 4), expand=False)
