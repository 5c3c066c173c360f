"""Builds objects from settings; the one place that knows both."""

import hashlib
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import Final

from alerts.channels.channel import Channel
from alerts.channels.console import ConsoleChannel
from alerts.channels.slack import SlackChannel
from alerts.policy import Policy
from checks.advice.deciding.policy import AdvicePolicy, Drops
from checks.rules.accuracy import Accuracy
from checks.rules.accuracy_paradox import AccuracyParadox
from checks.rules.calibration import Calibration
from checks.rules.check import Check
from checks.rules.drift import Drift
from checks.rules.generalisation_gap import GeneralisationGap, OfflineFigures
from checks.rules.label_health import LabelHealth
from checks.rules.labels_needed import NEED_LABELS
from checks.rules.latency import Latency
from checks.rules.leakage import Leakage
from checks.rules.log_health import LogHealth
from checks.rules.per_class import ClassPrecision, ClassRecall
from checks.rules.prompt_bias import PromptBias
from checks.rules.relevance import Relevance
from checks.rules.traffic import Traffic
from checks.statistics.alarm_budget import YEAR, AlarmBudget
from config.monitor import MonitorSettings, ReferenceSpan
from config.services import SlackSettings
from config.settings import Settings
from monitor.common.clock import Clock
from monitor.cycle.cycle import Monitor
from monitor.cycle.outage import Outage
from monitor.delivery.delivery import Deliverer
from monitor.delivery.log_channel import LogChannel
from monitor.history import History, WindowSpec
from monitor.history.writing.outbox import LEASE, HistoryOutbox
from monitor.log import open_log
from monitor.log.mapping.spelling import class_name, tidy
from monitor.study.plan import plan_of
from monitor.study.reports import ReportFolder

REQUEST_LASTS: Final = 3
"""Time-outs that one request may take: to connect, to send and to read each have their own."""

CONSOLE: Final = "console"
SLACK: Final = "slack"

READING: Final = 2
"""Raised when values of a log are read in another way than before: then all is counted anew."""

BUDGET_SHARES: Final = {
    "class_recall": 0.32,  # the case that must never be missed
    "accuracy": 0.20,
    "latency": 0.14,
    "class_precision": 0.11,
    "accuracy_paradox": 0.02,  # class_recall follows what it looks for
    "label_health": 0.04,
    "traffic": 0.04,
    "calibration": 0.03,
    "drift": 0.05,
    "relevance": 0.03,
    "generalisation_gap": 0.005,
    "leakage": 0.005,
    "prompt_bias": 0.01,
}
"""What part of a monitor's false alarms each check may cause; they sum to 1."""

SCALES: Final = (2, 4, 8)
"""The window is also looked at by halves, so that a drop need not first fill all of it to be seen."""


def open_history(settings: Settings) -> History:
    """Connect to the history and bring it up to date. Raises HistoryError."""
    return History.open(settings.history.url)


def build_monitor(settings: Settings, name: str, history: History) -> Monitor:
    """Connect to one monitor's log. Raises SourceError, MappingError and HistoryError.

    Where buckets, segments or the mapping are not those of the last time, the history has the log counted anew.
    """
    chosen = settings.monitors[name]
    history.adopt(name, _shape(chosen))
    log = open_log(chosen.source, bucket=chosen.bucket, segments=chosen.source.segments, key=f"monitors.{name}.source")
    return Monitor(
        name=name,
        log=log,
        history=history,
        lookback=chosen.lookback,
        spec=window_spec(chosen),
        checks=build_checks(chosen),
        advice=advice_policy(chosen),
        incidents=incident_policy(chosen),
        channels=channel_names(settings),
        study=plan_of(chosen),
    )


def incident_policy(settings: MonitorSettings) -> Policy:
    """How long things last before an incident takes a step."""
    chosen = settings.incidents
    return Policy(hold=chosen.hold, recover=chosen.recover, reopen_within=chosen.reopen_within)


def build_outage(settings: Settings, name: str, history: History) -> Outage:
    """What keeps and tells the looks of a monitor that fail, whether or not its log was ever reached."""
    return Outage(name, history, incident_policy(settings.monitors[name]), channel_names(settings))


def _shape(settings: MonitorSettings) -> str:
    """What counts depend on, in a few characters; not the URL, whose password may change."""
    source = settings.source.model_dump_json(exclude={"url"})
    return hashlib.blake2s(f"{READING} {settings.bucket} {source}".encode(), digest_size=8).hexdigest()


def build_checks(settings: MonitorSettings) -> tuple[Check, ...]:
    """The checks that are enabled and have what they need, each with its part of the monitor's false alarms."""
    checks = settings.checks
    whole = AlarmBudget(settings.false_alarms.count * (YEAR / settings.false_alarms.per))
    budget = {name: whole.part(share) for name, share in BUDGET_SHARES.items()}
    recall = _floors({class_name(name): floors.min_recall for name, floors in settings.classes.items()})
    precision = _floors({class_name(name): floors.min_precision for name, floors in settings.classes.items()})
    limits = {"p50": checks.latency.p50_ms, "p95": checks.latency.p95_ms, "p99": checks.latency.p99_ms}
    built: dict[str, Check] = {
        "accuracy": Accuracy(checks.accuracy.good, checks.accuracy.bad, checks.accuracy.max_drop, budget["accuracy"]),
        "class_recall": ClassRecall(
            recall, checks.class_recall.min_recall, checks.class_recall.max_drop, budget["class_recall"]
        ),
        "class_precision": ClassPrecision(
            precision, checks.class_precision.min_precision, checks.class_precision.max_drop, budget["class_precision"]
        ),
        "accuracy_paradox": AccuracyParadox(
            checks.accuracy_paradox.good, checks.accuracy_paradox.min_recall, recall, budget["accuracy_paradox"]
        ),
        "latency": Latency(_floors(limits), checks.latency.max_ratio, budget["latency"]),
        "label_health": LabelHealth(
            checks.label_health.max_silence,
            checks.label_health.min_coverage,
            checks.label_health.max_delay_ratio,
            budget["label_health"],
        ),
        "traffic": Traffic(
            checks.traffic.max_silence, checks.traffic.min_ratio, checks.traffic.max_ratio, budget["traffic"]
        ),
        "log_health": LogHealth(
            checks.log_health.max_lost, checks.log_health.max_repeated, checks.log_health.max_orphans
        ),
        "calibration": Calibration(checks.calibration.max_rise, budget["calibration"]),
        "relevance": Relevance(
            checks.relevance.min_mean,
            checks.relevance.max_low_share,
            checks.relevance.max_drop,
            budget["relevance"],
        ),
        "generalisation_gap": GeneralisationGap(
            _offline(settings), checks.generalisation_gap.max_gap, budget["generalisation_gap"]
        ),
        "leakage": Leakage(checks.leakage.max_overlap, budget["leakage"]),
        "prompt_bias": PromptBias(checks.prompt_bias.max_gap, budget["prompt_bias"]),
    }
    if plan_of(settings) is not None:
        built["drift"] = Drift(checks.drift.min_effect, settings.study.every, budget["drift"])
    asleep = NEED_LABELS if settings.source.labels is None else frozenset[str]()
    return tuple(check for name, check in built.items() if getattr(checks, name).enabled and name not in asleep)


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


def channel_names(settings: Settings) -> tuple[str, ...]:
    """The channels that every step which is told goes to."""
    return (CONSOLE,) if settings.slack is None else (CONSOLE, SLACK)


def report_folder(settings: Settings) -> ReportFolder | None:
    """Where Evidently's reports are kept; None where none are."""
    return None if settings.reports is None else ReportFolder.of(settings.reports)


def build_channels(settings: Settings, *, in_log: bool = False) -> Mapping[str, Channel]:
    """The channels that notifications may name; with `in_log` the console's part is events of the log."""
    channels: dict[str, Channel] = {CONSOLE: LogChannel() if in_log else ConsoleChannel(sys.stderr)}
    if settings.slack is not None and settings.slack.token is not None:
        channels[SLACK] = _slack(settings.slack)
    return channels


def build_outbox(settings: Settings, history: History) -> HistoryOutbox:
    """The outbox as this process sees it; its claims outlast any one request."""
    slowest = REQUEST_LASTS * settings.slack.timeout if settings.slack else timedelta(0)
    return history.outbox(lease=max(LEASE, slowest))


def build_deliverer(settings: Settings, outbox: HistoryOutbox, clock: Clock, *, in_log: bool = False) -> Deliverer:
    """What delivers notifications that are due; see `build_channels`."""
    return Deliverer(outbox, build_channels(settings, in_log=in_log), clock)


def _slack(settings: SlackSettings) -> Channel:
    assert settings.token is not None  # noqa: S101 - the caller has looked
    return SlackChannel(
        token=settings.token.get_secret_value().strip(),  # a line break at its end is how it was pasted
        channel=settings.channel,
        base_url=settings.base_url,
        timeout=settings.timeout.total_seconds(),
    )


def _scales(window: timedelta, bucket: timedelta) -> tuple[timedelta, ...]:
    lengths = (window / part // bucket * bucket for part in SCALES)
    return tuple(length for length in lengths if length > bucket)


def _floors(limits: Mapping[str, float | None]) -> tuple[tuple[str, float], ...]:
    return tuple((name, limit) for name, limit in limits.items() if limit is not None)


def _offline(settings: MonitorSettings) -> tuple[OfflineFigures, ...]:
    return tuple(
        OfflineFigures(
            tidy(version),
            figures.n,
            figures.accuracy,
            tuple((class_name(name), share) for name, share in figures.recall.items()),
        )
        for version, figures in settings.model_versions.items()
    )


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
    )
