"""How one monitor's studies are made."""

from dataclasses import dataclass
from datetime import timedelta

from config.monitor import MonitorSettings


@dataclass(frozen=True, slots=True)
class StudyPlan:
    """How often, of how many rows at most (of the window, and of the reference), and with what limits.

    `timeout` is in seconds. `segments` are the names of the segment columns. `relevance_model` is the folder
    of an embedding model, "" for none.
    """

    every: timedelta
    rows: int
    timeout: float
    memory_mb: int
    examples: bool
    segments: tuple[str, ...] = ()
    relevance_model: str = ""


def plan_of(settings: MonitorSettings) -> StudyPlan | None:
    """The plan, or None where studies are off, or where the log has nothing that one could look at."""
    chosen, source = settings.study, settings.source
    columns = source.predictions.columns
    seen = (columns.text, columns.response, columns.confidence, columns.prompt_tokens, columns.completion_tokens)
    if not chosen.enabled or not (any(seen) or source.segments):
        return None
    return StudyPlan(
        every=chosen.every,
        rows=chosen.rows,
        timeout=chosen.timeout.total_seconds(),
        memory_mb=chosen.memory_mb,
        examples=chosen.examples,
        segments=source.segments,
        relevance_model=chosen.relevance_model or "",
    )
