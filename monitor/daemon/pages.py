"""The pages of the daemon: what they are told of its settings and of its looks."""

from collections.abc import Mapping
from functools import partial

from starlette.routing import BaseRoute

from config.monitor import MonitorSettings
from config.settings import Settings
from monitor.common.clock import Clocks
from monitor.daemon.vitals import Vitals
from monitor.history import History
from monitor.log.mapping.spelling import class_name
from monitor.web.page.app import Pages
from monitor.web.page.watched import LookState, Watched


def build_pages(settings: Settings, history: History, vitals: Vitals, clocks: Clocks) -> list[BaseRoute]:
    """The routes of the pages; none where they are turned off."""
    if not settings.web.pages:
        return []
    watched = tuple(watched_of(name, monitor) for name, monitor in settings.monitors.items())
    return Pages(history, watched, partial(look_states, vitals, clocks)).routes()


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
