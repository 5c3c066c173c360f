"""Every system that is known by name: the one place that lists them."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from config.errors import ImpossibleError
from config.source import ONE_OF
from monitor.log.systems.argilla import ARGILLA
from monitor.log.systems.braintrust import BRAINTRUST
from monitor.log.systems.databricks import DATABRICKS
from monitor.log.systems.intent_bots import DIALOGFLOW, LEX, RASA
from monitor.log.systems.label_studio import LABEL_STUDIO
from monitor.log.systems.langfuse import LANGFUSE
from monitor.log.systems.langfuse_clickhouse import LANGFUSE_CLICKHOUSE
from monitor.log.systems.langsmith import LANGSMITH
from monitor.log.systems.mlflow import MLFLOW
from monitor.log.systems.openai import OPENAI
from monitor.log.systems.otel_clickhouse import OTEL_CLICKHOUSE
from monitor.log.systems.otlp import OTLP
from monitor.log.systems.phoenix import PHOENIX
from monitor.log.systems.sagemaker import SAGEMAKER
from monitor.log.systems.system import Part, Role, System
from monitor.log.systems.tunewatch import TUNEWATCH
from monitor.log.systems.zendesk import ZENDESK

SYSTEMS: Final[tuple[System, ...]] = (
    LANGFUSE,
    LANGFUSE_CLICKHOUSE,
    PHOENIX,
    MLFLOW,
    OTLP,
    OTEL_CLICKHOUSE,
    LANGSMITH,
    BRAINTRUST,
    DATABRICKS,
    OPENAI,
    SAGEMAKER,
    DIALOGFLOW,
    LEX,
    RASA,
    LABEL_STUDIO,
    ARGILLA,
    ZENDESK,
    TUNEWATCH,
)

BY_NAME: Final[Mapping[str, System]] = MappingProxyType({system.name: system for system in SYSTEMS})

_ROLES: Final[tuple[Role, ...]] = ("predictions", "labels")


@dataclass(frozen=True, slots=True)
class Recognised:
    """A relation that a system wrote, and what it holds."""

    system: System
    role: Role
    part: Part

    def section(self, rows: Mapping[str, Any]) -> dict[str, Any]:
        """What is written below `source.predictions` or `source.labels`, beside what the part asks."""
        return {"system": self.system.name} | ({} if self.part.has_query else dict(rows))


def recognise(columns: Iterable[str]) -> tuple[Recognised, ...]:
    """Return the systems whose columns are all among these, the surest (with most of them) first."""
    there = frozenset(columns)
    found = []
    for system in SYSTEMS:
        for role in _ROLES:
            part = system.part(role)
            sizes = [len(known) for known in part.known_by if known <= there] if part else []
            if part and sizes:
                found.append((max(sizes), Recognised(system, role, part)))
    return tuple(each for _, each in sorted(found, key=lambda pair: -pair[0]))


def preset_of(source: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the systems that a source names say of it, for all that is not set.

    Raises ImpossibleError where a system is not known, or writes no such rows.
    """
    found: dict[str, Any] = {}
    for role in _ROLES:
        given = source.get(role)
        if role == "labels" and not isinstance(given, Mapping):
            continue  # a log without labels
        section = given if isinstance(given, Mapping) else {}
        key = f"{role}.system" if "system" in section else "system"
        name = section.get("system", source.get("system"))
        if name is None:
            continue
        part = _named(str(name), key).part(role)
        if part is not None:
            found[role] = _beside(part.settings, section)
        elif "system" in section:
            raise ImpossibleError((key, f"{name} writes no {role}; known for them are {', '.join(_with(role))}"))
    return found


def _named(name: str, key: str) -> System:
    if name not in BY_NAME:
        near = difflib.get_close_matches(name.lower(), BY_NAME, 1, 0.5)
        hint = f"did you mean {near[0]}? " if near else ""
        raise ImpossibleError((key, f"is no system that is known: {name}; {hint}Known are {', '.join(BY_NAME)}"))
    return BY_NAME[name]


def _with(role: Role) -> list[str]:
    return [system.name for system in SYSTEMS if system.part(role) is not None]


def _beside(preset: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what a key that is given replaces; filters of rows stay beside those that are given, key by key."""
    left = {key: value for key, value in preset.items() if key not in given or key in _JOINED}
    if any(key in given for key in ONE_OF):
        left = {key: value for key, value in left.items() if key not in ONE_OF}
    if "table" in given or "query" in given:
        left.pop("rows", None)
    columns = given.get("columns")
    if isinstance(columns, Mapping) and "columns" in left:
        names = {"latency_ms" if name == "latency" else name for name in columns}
        left["columns"] = {name: how for name, how in left["columns"].items() if name not in names}
    return left


_JOINED: Final = frozenset({"columns", "where", "where_not"})
