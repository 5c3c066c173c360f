"""Has arize-phoenix write the story into a database of its own: `python -m tests.systems.writers.phoenix`."""

import asyncio
import json
import tempfile
from pathlib import Path
from typing import Final

from phoenix.db import models
from phoenix.db.engines import create_engine
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.schema import CreateTable

from tests.systems.databases import dump, keep, without_keys
from tests.systems.story import Turn, turns

TABLES: Final = ("projects", "traces", "spans", "span_annotations")


async def write(database: Path, log: list[Turn]) -> None:
    """Make the database as Phoenix makes it, and add spans and annotations by its own models."""
    engine = create_engine(f"sqlite:///{database}", log_migrations=False)
    async with AsyncSession(engine) as session:
        project = models.Project(name="support-bot")
        other = models.Project(name="playground")
        session.add_all([project, other])
        await session.flush()
        for turn in log:
            await _turn(session, project.id if turn.n % 50 != 49 else other.id, turn)
        await session.commit()
    await engine.dispose()


async def _turn(session: AsyncSession, project: int, turn: Turn) -> None:
    trace = models.Trace(project_rowid=project, trace_id=turn.trace_id, start_time=turn.at, end_time=turn.end)
    session.add(trace)
    await session.flush()
    answer = json.dumps({"intent": turn.predicted, "confidence": turn.confidence})
    attributes = {
        "openinference": {"span": {"kind": "LLM"}},
        "input": {"value": turn.text, "mime_type": "text/plain"},
        "output": {"value": answer, "mime_type": "application/json"},
        "llm": {
            "model_name": turn.model,
            "token_count": {"prompt": 80, "completion": 7},
            "prompt_template": {"version": f"v{turn.prompt}"},
        },
    }
    common = {
        "trace_rowid": trace.id,
        "start_time": turn.at,
        "end_time": turn.end,
        "events": [],
        "status_code": "OK",
        "status_message": "",
        "cumulative_error_count": 0,
        "cumulative_llm_token_count_prompt": 80,
        "cumulative_llm_token_count_completion": 7,
    }
    root = models.Span(
        span_id=f"{turn.n:016x}", parent_id=None, name="chat", span_kind="CHAIN", attributes={}, **common
    )
    span = models.Span(
        span_id=turn.span_id,
        parent_id=root.span_id,
        name="triage",
        span_kind="LLM",
        attributes=attributes,
        llm_token_count_prompt=80,
        llm_token_count_completion=7,
        **common,
    )
    session.add_all([root, span] if turn.n % 10 == 0 else [span])
    await session.flush()
    notes = [("true_intent", turn.label, "HUMAN")] + ([("true_intent", "refund", "LLM")] if turn.n % 10 == 0 else [])
    for name, label, kind in notes:
        session.add(
            models.SpanAnnotation(
                span_rowid=span.id,
                name=name,
                label=label,
                score=None,
                explanation=None,
                metadata_={},
                annotator_kind=kind,
                created_at=turn.at,
                updated_at=turn.labelled_at,
                identifier=kind.lower(),
                source="APP",
                user_id=None,
            )
        )


def main() -> None:
    """Write the fixture."""
    with tempfile.TemporaryDirectory() as folder:
        database = Path(folder) / "phoenix.db"
        asyncio.run(write(database, list(turns())))
        dialect = postgresql.dialect()
        made = {
            name: without_keys(str(CreateTable(models.Base.metadata.tables[name]).compile(dialect=dialect)))
            for name in TABLES
        }
        keep("phoenix", dump(database, TABLES, made))


if __name__ == "__main__":
    main()
