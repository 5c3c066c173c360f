"""Builds objects from settings; the one place that knows both."""

import hashlib
from datetime import timedelta
from typing import Final

from alerts.policy import Policy
from checks.advice.deciding.policy import AdvicePolicy, Drops, ModelFacts
from config.monitor import MonitorSettings, ReferenceSpan
from config.settings import Settings
from monitor.bootstrap.channels import channels_of_steps
from monitor.bootstrap.checks import build_checks
from monitor.cycle.alerting_watch import AlertingWatch
from monitor.cycle.cycle import Monitor
from monitor.cycle.outage import Outage
from monitor.history import History, WindowSpec
from monitor.log.mapping.spelling import class_name, tidy
from monitor.log.prediction_log import open_log
from monitor.log.replayed_log import open_replayed
from monitor.study.plan import plan_of
from monitor.study.reports import ReportFolder

READING: Final = 2
"""Raised when values of a log are read in another way than before: then all is counted anew."""

SCALES: Final = (2, 4, 8)
"""The window is also looked at by halves, so that a drop need not first fill all of it to be seen."""


def build_monitor(settings: Settings, name: str, history: History, *, replay: bool = False) -> Monitor:
    """Connect to one monitor's log. Raises SourceError, MappingError and HistoryError.

    Where buckets, segments or the mapping are not those of the last time, the history has the log counted anew. With
    `replay` the log is read once, for many looks at what it was.
    """
    chosen = settings.monitors[name]
    history.adopt(name, shape_of(chosen))
    opened = open_replayed if replay else open_log
    log = opened(chosen.source, bucket=chosen.bucket, segments=chosen.source.segments, key=f"monitors.{name}.source")
    return Monitor(
        name=name,
        log=log,
        history=history,
        lookback=chosen.lookback,
        spec=window_spec(chosen),
        checks=build_checks(chosen),
        advice=advice_policy(chosen),
        incidents=incident_policy(chosen),
        channels=channels_of_steps(settings),
        study=plan_of(chosen),
        replayed=replay,
    )


def incident_policy(settings: MonitorSettings) -> Policy:
    """How long things last before an incident takes a step."""
    chosen = settings.incidents
    return Policy(hold=chosen.hold, recover=chosen.recover, reopen_within=chosen.reopen_within)


def build_outage(settings: Settings, name: str, history: History) -> Outage:
    """What keeps and tells the looks of a monitor that fail, whether or not its log was ever reached."""
    return Outage(name, history, incident_policy(settings.monitors[name]), channels_of_steps(settings))


def build_alerting_watch(settings: Settings, history: History) -> AlertingWatch:
    """What keeps and tells that a channel takes nothing; the first monitor carries it."""
    name, monitor = next(iter(settings.monitors.items()))
    return AlertingWatch(name, history, incident_policy(monitor), channels_of_steps(settings))


def shape_of(settings: MonitorSettings) -> str:
    """What counts depend on, in a few characters.

    Not the URL, whose password may change, nor what DuckDB may take; and only what is not the default, so that nobody's
    log is counted anew because a later version has a new key.
    """
    source = settings.source.model_dump_json(exclude={"url", "duckdb"}, exclude_defaults=True)
    return hashlib.blake2s(f"{READING} {settings.bucket} {source}".encode(), digest_size=8).hexdigest()


def window_spec(settings: MonitorSettings) -> WindowSpec:
    """The spans that the history cuts its buckets into."""
    reference = settings.reference
    return WindowSpec(
        window=settings.window,
        scales=_scales(settings.window, settings.bucket),
        reference=(reference.start, reference.end) if isinstance(reference, ReferenceSpan) else reference,
        bucket=settings.bucket,
        lookback=settings.lookback,
        low_score=settings.checks.relevance.low,
        studied=None if plan_of(settings) is None else settings.study.every,
    )


def report_folder(settings: Settings) -> ReportFolder | None:
    """Where Evidently's reports are kept; None where none are."""
    return None if settings.reports is None else ReportFolder.of(settings.reports)


def _scales(window: timedelta, bucket: timedelta) -> tuple[timedelta, ...]:
    lengths = (window / part // bucket * bucket for part in SCALES)
    return tuple(length for length in lengths if length > bucket)


def advice_policy(settings: MonitorSettings) -> AdvicePolicy:
    """What the operator wants, as far as advice needs to know it."""
    checks = settings.checks
    return AdvicePolicy(
        target_accuracy=checks.accuracy.good,
        floors=tuple(
            (class_name(name), floors.min_recall, floors.min_precision) for name, floors in settings.classes.items()
        ),
        floors_of_all=(checks.class_recall.min_recall, checks.class_precision.min_precision),
        max_drop=Drops(
            accuracy=checks.accuracy.max_drop,
            recall=checks.class_recall.max_drop,
            precision=checks.class_precision.max_drop,
            relevance=checks.relevance.max_drop,
        ),
        max_ratio=checks.latency.max_ratio,
        min_prompts=settings.advice.min_prompts,
        min_labels_per_class=settings.advice.min_labels_per_class,
        min_labels=settings.advice.min_labels,
        payback_days=settings.advice.payback / timedelta(days=1),
        models=tuple(
            ModelFacts(tidy(version), each.retires, each.fine_tunable)
            for version, each in settings.model_versions.items()
            if each.retires is not None or not each.fine_tunable
        ),
    )
