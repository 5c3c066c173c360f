"""Has mlflow write the story into its tracking store: `python -m tests.systems.writers.mlflow`."""

import os
import tempfile
from pathlib import Path
from typing import Final

import mlflow
from mlflow.entities import AssessmentSource, Expectation, Feedback
from mlflow.store.tracking.dbmodels import models
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateTable

from tests.systems.databases import dump, keep, without_keys
from tests.systems.story import Turn, turns

TABLES: Final = ("experiments", "trace_info", "spans", "assessments")
LONG: Final = 1_500  # characters of an answer, of which a preview keeps 1,000
PERSON: Final = AssessmentSource(source_type="HUMAN", source_id="reviewer@example.com")
JUDGE: Final = AssessmentSource(source_type="LLM_JUDGE", source_id="judge")


def write(log: list[Turn]) -> None:
    """Log traces and assessments through mlflow's own functions."""
    mlflow.set_experiment("support-bot")
    for turn in log:
        _turn(turn)


def _turn(turn: Turn) -> None:
    reasons = "because " * (LONG // 8) if turn.n % 25 == 0 else "because"
    span = mlflow.start_span_no_context(
        name="triage",
        span_type="LLM",
        inputs={"message": turn.text},
        start_time_ns=int(turn.at.timestamp() * 1e9),
        attributes={"mlflow.llm.model": turn.model},
    )
    answer = {"reasons": reasons, "intent": turn.predicted, "confidence": turn.confidence}
    span.end(outputs=answer, end_time_ns=int(turn.end.timestamp() * 1e9))
    mlflow.flush_trace_async_logging()
    said = int(turn.labelled_at.timestamp() * 1000)
    times = {"create_time_ms": said, "last_update_time_ms": said}
    mlflow.log_assessment(span.trace_id, Expectation(name="intent", value=turn.label, source=PERSON, **times))
    if turn.n % 10 == 0:
        mlflow.log_assessment(span.trace_id, Feedback(name="intent", value="refund", source=JUDGE, **times))


def main() -> None:
    """Write the fixture."""
    os.environ["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] = "false"
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "mlflow.db"
        mlflow.set_tracking_uri(f"sqlite:///{database}")
        write(list(turns()))
        dialect = postgresql.dialect()
        made = {
            name: without_keys(str(CreateTable(models.Base.metadata.tables[name]).compile(dialect=dialect)))
            for name in TABLES
        }
        keep("mlflow", dump(database, TABLES, made))


if __name__ == "__main__":
    main()
