"""Where the rows of a role are: what stands in the configuration beside its columns."""

from collections.abc import Mapping
from typing import Any

from monitor.onboarding.initialise.guess import Mapped
from monitor.onboarding.initialise.roles import LABELS, PREDICTIONS, Chosen


def mapped_columns(mapping: Mapped) -> dict[str, Any]:
    """What stands below `columns`, those with a unit as sections."""
    found: dict[str, Any] = {}
    for meaning, column in mapping.columns.items():
        unit = mapping.units.get(meaning)
        name = "latency" if unit and meaning == "latency_ms" else meaning
        found[name] = {"column": column, "unit": unit} if unit else column
    return found


def labelled_rows(role: str, chosen: Chosen, roles: Mapping[str, Chosen]) -> str:
    """The query of labels that stand in the rows of a table of predictions; "" for all that is read as it is."""
    if role != LABELS or chosen.relation is not roles[PREDICTIONS].relation or not chosen.relation.table:
        return ""
    label = chosen.mapping.columns.get("label")
    if label is None:
        return ""
    name, table = '"' + label.replace('"', '""') + '"', chosen.relation.sql
    return f"SELECT * FROM {table} WHERE {name} IS NOT NULL"  # noqa: S608 - written for a person to check
