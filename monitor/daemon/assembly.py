"""Puts the daemon together from its settings."""

import os
from collections.abc import Iterable, Mapping
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import Final

from config.secrets import remember
from config.settings import Settings
from config.telemetry import header_secrets, metrics_every, signals
from monitor.bootstrap.channels import build_deliverer, build_outbox, channel_names
from monitor.bootstrap.monitors import build_alerting_watch, build_monitor, build_outage, report_folder
from monitor.bootstrap.people import build_listener
from monitor.common.clock import MACHINE, Clock, Clocks
from monitor.common.logs import get_logger, is_json
from monitor.cycle.alerting_watch import CLICKS, CONFIGURATION
from monitor.daemon import alerting as alerting_rounds
from monitor.daemon.alerting import AlertingRounds, DeadMansSwitch
from monitor.daemon.charts import build_draw
from monitor.daemon.configured import Configured
from monitor.daemon.daemon import Daemon, Lasting, Telemetry
from monitor.daemon.front import Front
from monitor.daemon.health import Health, Ingest
from monitor.daemon.heartbeat import Heartbeat
from monitor.daemon.look import Look
from monitor.daemon.metrics import DaemonMetrics
from monitor.daemon.pages import build_pages
from monitor.daemon.scheduling import Scheduler, Task
from monitor.daemon.study_rounds import ROUND_EVERY, StudyRounds
from monitor.daemon.vitals import Vitals
from monitor.delivery.probing import Probed, Probes
from monitor.delivery.worker import Courier
from monitor.history import History
from monitor.history.writing.thinning import Thinning
from monitor.people.listening import Listener
from monitor.study.plan import plan_of
from monitor.web.server import health_app

PURGE_EVERY: Final = timedelta(days=1)

WATCH_EVERY: Final = timedelta(minutes=1)
"""Between two looks at the looks that are under way."""

_LOG = get_logger(__name__)


def assemble(settings: Settings, history: History, given: Front | Lasting, clocks: Clocks = MACHINE) -> Daemon:
    """The daemon, not started. Raises BindError, ConfigError and SpoolError where it cannot be.

    It is `given` the front that answers for it, or what another daemon leaves to it, whose place it is then ready to
    take.
    """
    clock = clocks.now
    lasting = _lasting(settings, given, clocks) if isinstance(given, Front) else given
    vitals, ingest, configured = lasting.vitals, lasting.ingest, lasting.configured
    outbox = build_outbox(settings, history)
    draw = build_draw(settings, history)
    deliverer = build_deliverer(settings, outbox, clock, in_log=is_json(settings.logging.format), draw=draw)
    courier = Courier(deliverer)
    looks = [
        Look(
            build_outage(settings, name, history),
            monitor.every,
            partial(build_monitor, settings, name, history),
            vitals,
            courier.wake,
            clocks,
        )
        for name, monitor in settings.monitors.items()
    ]
    undelivered = partial(outbox.undelivered, channel_names(settings))
    probes = Probes(deliverer.channels, outbox.troubled, clock)
    listener = build_listener(settings, history, clock, courier.wake)
    health = Health(
        Heartbeat(clocks.ticks),
        courier.pulse,
        vitals,
        undelivered,
        clocks,
        ingest,
        partial(_asked, probes, listener, clock),
        settings.alerting.patience,
        configured,
    )
    thinning = Thinning(*settings.history.thinned_after)
    purge = Task("daily purge", PURGE_EVERY, partial(_purge, history, settings.keep_history, thinning, clock))
    rounds = _study_rounds(settings, history, clock)
    studies = Task("studies", ROUND_EVERY, rounds.run, aside=True)
    watch = Task("watch over looks", WATCH_EVERY, partial(_watch_over, looks), aside=True)
    alerting = AlertingRounds(
        probes,
        build_alerting_watch(settings, history),
        clock,
        courier.wake,
        {CONFIGURATION: configured.failing, **({} if listener is None else {CLICKS: listener.failing})},
    )
    chores = [purge, studies, watch, Task("channels", alerting_rounds.WATCH_EVERY, alerting.run, aside=True)]
    if settings.alerting.heartbeat_url is not None:
        url = settings.alerting.heartbeat_url.get_secret_value().strip()
        switch = DeadMansSwitch(url, vitals.looked_at, lambda: health.ready().good)
        chores.append(Task("heartbeat", alerting_rounds.WATCH_EVERY, switch.run, later=True, aside=True))
    critical = {name: frozenset(monitor.classes) for name, monitor in settings.monitors.items()}
    metrics = DaemonMetrics(
        version("tunewatch"),
        vitals,
        courier.pulse,
        undelivered,
        history.queries,
        history.charted,
        critical,
        clocks,
        listener,
        configured,
    )
    pages = build_pages(settings, history, vitals, clocks, courier.wake)
    names = (settings.web.host, *settings.web.hosts)
    app = health_app(health.healthy, health.ready, metrics.exposition, pages, names)
    if lasting is given:
        vitals.watch(_intervals(settings))
    tasks = [*(Task(f"look {look.name}", look.every, look.run) for look in looks), *chores]
    scheduler = Scheduler(tasks, health.heartbeat.beat)
    return Daemon(looks, courier, lasting, app, metrics, scheduler, rounds, listener=listener)


def _lasting(settings: Settings, front: Front, clocks: Clocks) -> Lasting:
    ingest, telemetry = _ingest(settings, clocks), _telemetry()
    vitals = Vitals(_intervals(settings), clocks.ticks)
    return Lasting(front, ingest, vitals, Configured(clocks.now()), telemetry)


def _intervals(settings: Settings) -> Mapping[str, timedelta]:
    return {name: monitor.every for name, monitor in settings.monitors.items()}


def _ingest(settings: Settings, clocks: Clocks) -> Ingest | None:
    if settings.ingest is None:
        return None
    # Most daemons receive nothing, and what this needs (Arrow, protobuf) takes 60 MB.
    from monitor.ingest.service import IngestService  # noqa: PLC0415

    return IngestService(settings.ingest, clocks)


def _telemetry() -> Telemetry | None:
    asked = signals(os.environ)
    if not asked:
        return None
    # Most daemons send none, and the SDK is an extra.
    from monitor.daemon.telemetry import OtlpTelemetry  # noqa: PLC0415

    remember(*header_secrets(os.environ))
    return OtlpTelemetry(asked, metrics_every(os.environ), version("tunewatch"))


def _asked(probes: Probes, listener: Listener | None, clock: Clock) -> Mapping[str, Probed]:
    """What channels said when they were asked last, and whether clicks come in."""
    if listener is None:
        return probes.known()
    said = "clicks come in" if listener.is_connected else ""
    return {**probes.known(), CLICKS: Probed(clock(), said, listener.failing())}


def _study_rounds(settings: Settings, history: History, clock: Clock) -> StudyRounds:
    plans = {name: plan for name, monitor in settings.monitors.items() if (plan := plan_of(monitor)) is not None}
    return StudyRounds(
        plans, lambda name: build_monitor(settings, name, history), history, clock, report_folder(settings)
    )


def _watch_over(looks: Iterable[Look]) -> None:
    for look in looks:
        look.watch_over()


def _purge(history: History, keep: timedelta, thinning: Thinning, clock: Clock) -> None:
    # What is kept is counted back from the newest row too: a clock that is set ahead by a year would end the history.
    newest = history.newest_row()
    now = clock() if newest is None else min(clock(), newest)
    rows, thinned = history.purge(now - keep), history.thin(now, thinning)
    _LOG.info("purged", rows=rows, keep_days=keep.days, thinned=thinned)
