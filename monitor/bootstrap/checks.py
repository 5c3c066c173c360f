"""Checks from settings: each row's arguments, found."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from checks.rules.check import Check
from checks.rules.generalisation_gap import OfflineFigures
from checks.rules.registry import ROWS
from checks.rules.row import CheckRow, Given, Need
from checks.statistics.alarm_budget import YEAR, AlarmBudget
from config.monitor import MonitorSettings
from monitor.log.mapping.spelling import class_name, tidy
from monitor.study.plan import plan_of


def build_checks(settings: MonitorSettings, rows: Iterable[CheckRow] = ROWS) -> tuple[Check, ...]:
    """The checks that are enabled and have what they need, each with its part of the monitor's false alarms."""
    whole = AlarmBudget(settings.false_alarms.count * (YEAR / settings.false_alarms.per))
    return tuple(_build(row, settings, whole) for row in rows if _runs(row, settings))


def _runs(row: CheckRow, settings: MonitorSettings) -> bool:
    if row.needs_labels and settings.source.labels is None:
        return False
    if Need.STUDY in row.needs and plan_of(settings) is None:
        return False
    return bool(getattr(settings.checks, row.name).enabled)


def _build(row: CheckRow, settings: MonitorSettings, whole: AlarmBudget) -> Check:
    section = getattr(settings.checks, row.name)
    arguments = {
        parameter: GIVEN[source](settings) if isinstance(source, Given) else getattr(section, source)
        for parameter, source in row.arguments.items()
    }
    budget = {} if row.false_alarms is None else {"budget": whole.part(row.false_alarms)}
    return row.build(**arguments, **budget)


def _recall_floors(settings: MonitorSettings) -> tuple[tuple[str, float], ...]:
    return _floors({name: floors.min_recall for name, floors in settings.classes.items()})


def _precision_floors(settings: MonitorSettings) -> tuple[tuple[str, float], ...]:
    return _floors({name: floors.min_precision for name, floors in settings.classes.items()})


def _floors(limits: Mapping[str, float | None]) -> tuple[tuple[str, float], ...]:
    return tuple((class_name(name), limit) for name, limit in limits.items() if limit is not None)


def _offline(settings: MonitorSettings) -> tuple[OfflineFigures, ...]:
    return tuple(
        OfflineFigures(
            tidy(version),
            figures.n or 0,
            figures.accuracy,
            tuple((class_name(name), share) for name, share in figures.recall.items()),
        )
        for version, figures in settings.model_versions.items()
        if figures.has_figures
    )


def _retirements(settings: MonitorSettings) -> tuple[tuple[str, date], ...]:
    return tuple(
        (tidy(version), facts.retires)
        for version, facts in settings.model_versions.items()
        if facts.retires is not None
    )


GIVEN: Final[Mapping[Given, Callable[[MonitorSettings], object]]] = MappingProxyType(
    {
        Given.RECALL_FLOORS: _recall_floors,
        Given.PRECISION_FLOORS: _precision_floors,
        Given.OFFLINE_FIGURES: _offline,
        Given.STUDY_EVERY: lambda settings: settings.study.every,
        Given.RETIREMENTS: _retirements,
    }
)
"""What a check may ask for beside the keys of its own section."""
