"""Puts the daemon together from its settings."""

from datetime import timedelta
from functools import partial
from typing import Final

from config.settings import Settings
from monitor.bootstrap import build_deliverer, build_monitor, build_outbox, channel_names, report_folder
from monitor.clock import Clock
from monitor.courier import Courier
from monitor.daemon import Daemon
from monitor.health import Health
from monitor.heartbeat import Heartbeat
from monitor.history import History
from monitor.logs import get_logger
from monitor.look import Look
from monitor.scheduling import Task
from monitor.study.plan import plan_of
from monitor.study.rounds import ROUND_EVERY, StudyRounds
from monitor.vitals import Vitals

PURGE_EVERY: Final = timedelta(days=1)

_LOG = get_logger(__name__)


def assemble(settings: Settings, history: History, clock: Clock) -> Daemon:
    """The daemon, not started, with its web address taken. Raises BindError where it cannot be."""
    vitals = Vitals({name: monitor.every for name, monitor in settings.monitors.items()}, clock())
    outbox = build_outbox(settings, history)
    courier = Courier(build_deliverer(settings, outbox, clock))
    looks = [
        Look(name, monitor.every, partial(build_monitor, settings, name, history), vitals, courier.wake, clock)
        for name, monitor in settings.monitors.items()
    ]
    undelivered = partial(outbox.undelivered, channel_names(settings))
    health = Health(Heartbeat(clock()), courier.pulse, vitals, undelivered, clock)
    purge = Task("daily purge", PURGE_EVERY, partial(_purge, history, settings.keep_history, clock))
    rounds = _study_rounds(settings, history, clock)
    studies = Task("studies", ROUND_EVERY, rounds.run, aside=True)
    return Daemon(looks, courier, health, (settings.web.host, settings.web.port), [purge, studies], rounds)


def _study_rounds(settings: Settings, history: History, clock: Clock) -> StudyRounds:
    plans = {name: plan for name, monitor in settings.monitors.items() if (plan := plan_of(monitor)) is not None}
    return StudyRounds(
        plans, lambda name: build_monitor(settings, name, history), history, clock, report_folder(settings)
    )


def _purge(history: History, keep: timedelta, clock: Clock) -> None:
    rows = history.purge(clock() - keep)
    _LOG.info("purged", rows=rows, keep_days=keep.days)
