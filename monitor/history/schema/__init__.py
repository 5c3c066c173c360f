"""The tables of the history; every column's comment is also its line in docs/history.md."""

from monitor.history.schema.acts import ACTS, SILENCES, STANDINGS
from monitor.history.schema.aside import SET_ASIDE
from monitor.history.schema.base import METADATA
from monitor.history.schema.beliefs import BELIEF_TIMES, CYCLES, FINDINGS, METRIC_POINTS, METRIC_SERIES
from monitor.history.schema.cells import (
    DELAY_CELLS,
    LATENCY_CELLS,
    LOG_MARKS,
    OUTCOME_CELLS,
    PROBLEM_CELLS,
    TOTAL_CELLS,
)
from monitor.history.schema.days import DELAY_DAYS, LATENCY_DAYS, OUTCOME_DAYS, RELEVANCE_DAYS
from monitor.history.schema.holdouts import HOLDOUTS
from monitor.history.schema.incidents import (
    ADVICE,
    ADVICE_OUTCOMES,
    CHANNELS,
    DECISIONS,
    INCIDENT_EVENTS,
    INCIDENTS,
    NOTIFICATIONS,
)
from monitor.history.schema.keys import CLASSES, LATENCY_BINS, MONITORS, SLICES, VERSIONS
from monitor.history.schema.labellers import LABELLER_CELLS, LABELLER_DAYS, LABELLERS
from monitor.history.schema.registered import REGISTERED_SETS
from monitor.history.schema.relevance import RELEVANCE_CELLS, RELEVANCE_SOURCES
from monitor.history.schema.retained import FORGETTING, RETAINED_CELLS
from monitor.history.schema.studies import STUDIES
from monitor.history.schema.tries import TRIES

__all__ = [
    "ACTS",
    "ADVICE",
    "ADVICE_OUTCOMES",
    "BELIEF_TIMES",
    "CHANNELS",
    "CLASSES",
    "CYCLES",
    "DECISIONS",
    "DELAY_CELLS",
    "DELAY_DAYS",
    "FINDINGS",
    "FORGETTING",
    "HOLDOUTS",
    "INCIDENTS",
    "INCIDENT_EVENTS",
    "LABELLERS",
    "LABELLER_CELLS",
    "LABELLER_DAYS",
    "LATENCY_BINS",
    "LATENCY_CELLS",
    "LATENCY_DAYS",
    "LOG_MARKS",
    "METADATA",
    "METRIC_POINTS",
    "METRIC_SERIES",
    "MONITORS",
    "NOTIFICATIONS",
    "OUTCOME_CELLS",
    "OUTCOME_DAYS",
    "PROBLEM_CELLS",
    "REGISTERED_SETS",
    "RELEVANCE_CELLS",
    "RELEVANCE_DAYS",
    "RELEVANCE_SOURCES",
    "RETAINED_CELLS",
    "SET_ASIDE",
    "SILENCES",
    "SLICES",
    "STANDINGS",
    "STUDIES",
    "TOTAL_CELLS",
    "TRIES",
    "VERSIONS",
]
