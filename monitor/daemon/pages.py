"""The pages of the daemon: what they are told of its settings and of its looks."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

from starlette.routing import BaseRoute

from alerts.incident import Incident
from config.monitor import MonitorSettings
from config.settings import Settings
from monitor.actions.material import NothingToExportError
from monitor.actions.mistakes import Mistaken, mistakes
from monitor.bootstrap.people import build_acts
from monitor.common.clock import Clocks
from monitor.daemon.vitals import Vitals
from monitor.history import History
from monitor.log.engines.duckdb_databases import close_idle
from monitor.log.mapping.spelling import class_name
from monitor.log.prediction_log import open_log
from monitor.web.page.app import Pages
from monitor.web.page.attempts import Attempts
from monitor.web.page.people import People
from monitor.web.page.sessions import Sessions
from monitor.web.page.watched import LookState, Watched


def build_pages(
    settings: Settings, history: History, vitals: Vitals, clocks: Clocks, wake: Callable[[], None]
) -> list[BaseRoute]:
    """The routes of the pages; none where they are turned off. `wake` has notifications delivered at once."""
    if not settings.web.pages:
        return []
    watched = tuple(watched_of(name, monitor) for name, monitor in settings.monitors.items())
    people = people_of(settings, history, clocks, wake)
    reports = None if settings.reports is None else Path(settings.reports.folder)
    found = partial(examples_of, settings, clocks) if settings.web.examples else None
    states = partial(look_states, vitals, clocks)
    return Pages(history, watched, states, people, clocks.now, reports, found).routes()


def examples_of(settings: Settings, clocks: Clocks, incident: Incident) -> Sequence[Mistaken]:
    """Messages of an incident, read from its log now. Raises as `mistakes` does."""
    monitor = settings.monitors.get(incident.monitor)
    if monitor is None:
        raise NothingToExportError(f"{incident.monitor} is configured no more")
    key = f"monitors.{incident.monitor}.source"
    try:
        with closing(open_log(monitor.source, bucket=monitor.bucket, segments=(), key=key)) as log:
            return mistakes(log, monitor, incident, clocks.now())
    finally:
        close_idle()


def people_of(settings: Settings, history: History, clocks: Clocks, wake: Callable[[], None]) -> People | None:
    """What acting on the page needs; None where no token is set."""
    if settings.web.token is None:
        return None
    token = settings.web.token.get_secret_value().strip()
    return People(
        Sessions(token, clocks.now),
        Attempts(clocks.ticks),
        clocks.now,
        build_acts(settings, history),
        frozenset(name.lower() for name in settings.web.hosts),
        wake,
    )


def watched_of(name: str, settings: MonitorSettings) -> Watched:
    """What the pages show of a monitor's settings."""
    limits = {class_name(each): floors for each, floors in settings.classes.items()}
    return Watched(
        name=name,
        good=settings.checks.accuracy.good,
        recall_floors={each: floors.min_recall for each, floors in limits.items() if floors.min_recall is not None},
        precision_floors={
            each: floors.min_precision for each, floors in limits.items() if floors.min_precision is not None
        },
    )


def look_states(vitals: Vitals, clocks: Clocks) -> Mapping[str, LookState]:
    """How each monitor's looks stand now."""
    tick, now = clocks.ticks(), clocks.now()
    return {
        name: LookState(looks.condition(tick, now).value, looks.error if looks.is_failing else ", ".join(looks.crashed))
        for name, looks in vitals.looks().items()
    }
