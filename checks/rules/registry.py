"""Every check, a row each: the one place that lists them. `docs/extending.md` shows how to add one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from checks.rules.accuracy import Accuracy
from checks.rules.accuracy_paradox import AccuracyParadox
from checks.rules.calibration import Calibration
from checks.rules.class_precision import ClassPrecision
from checks.rules.class_recall import ClassRecall
from checks.rules.drift import Drift
from checks.rules.family import Family
from checks.rules.finding import DELIVERY, LOOK, Finding
from checks.rules.generalisation_gap import GeneralisationGap
from checks.rules.label_health import LabelHealth
from checks.rules.latency import Latency
from checks.rules.leakage import Leakage
from checks.rules.log_health import LogHealth
from checks.rules.model_retirement import ModelRetirement
from checks.rules.prompt_bias import PromptBias
from checks.rules.relevance import Relevance
from checks.rules.row import CheckRow, Counted, Given, Labels, Need, Subjects, Unit, keys
from checks.rules.traffic import Traffic

ROWS: Final = (
    CheckRow(
        "accuracy",
        Accuracy,
        keys("good", "bad", "max_drop"),
        Family.QUALITY,
        Unit.SHARE,
        false_alarms=0.20,
        subjects=Subjects.ALL,
        figure="accuracy",
        labels=Labels.TRUTH,
        limits=("good", "bad"),
    ),
    CheckRow(
        "class_recall",
        ClassRecall,
        {"floors": Given.RECALL_FLOORS, **keys("max_drop", floor="min_recall")},
        Family.QUALITY,
        Unit.SHARE,
        false_alarms=0.32,  # the case that must never be missed
        subjects=Subjects.CLASSES,
        measure="recall",
        figure="recall",
        labels=Labels.TRUTH,
        needs=(Need.CLASS_LABELS,),
        limits=("min_recall",),
    ),
    CheckRow(
        "class_precision",
        ClassPrecision,
        {"floors": Given.PRECISION_FLOORS, **keys("max_drop", floor="min_precision")},
        Family.QUALITY,
        Unit.SHARE,
        false_alarms=0.11,
        subjects=Subjects.CLASSES,
        measure="precision",
        figure="precision",
        labels=Labels.TRUTH,
        needs=(Need.CLASS_PREDICTIONS,),
        limits=("min_precision",),
    ),
    CheckRow(
        "accuracy_paradox",
        AccuracyParadox,
        {"floors": Given.RECALL_FLOORS, **keys("good", "min_recall")},
        Family.QUALITY,
        Unit.SHARE,
        false_alarms=0.02,  # class_recall follows what it looks for
        figure="recall",
        labels=Labels.TRUTH,
        needs=(Need.TWO_CLASSES,),
        compares=False,
    ),
    CheckRow(
        "latency",
        Latency.of,
        keys("p50_ms", "p95_ms", "p99_ms", "max_ratio"),
        Family.LATENCY,
        Unit.MILLISECONDS,
        false_alarms=0.14,
        subjects=Subjects.QUANTILES,
        figure="latency",
        counted=Counted.ANSWERS,
        columns=("latency_ms",),
        limits=("p50_ms", "p95_ms", "p99_ms"),
    ),
    CheckRow(
        "label_health",
        LabelHealth,
        keys("max_silence", "min_coverage", "max_delay_ratio"),
        Family.DATA,
        Unit.HOURS,
        units={"coverage": Unit.SHARE},
        false_alarms=0.04,
        labels=Labels.ARRIVAL,
        needs=(Need.FIRST_LABEL,),
        limits=("max_silence",),
    ),
    CheckRow(
        "traffic",
        Traffic,
        keys("min_ratio", "max_ratio", span="max_silence"),
        Family.DATA,
        Unit.TIMES,
        false_alarms=0.04,
        subjects=Subjects.ALL,
        limits=("max_silence",),
    ),
    CheckRow(
        "log_health",
        LogHealth,
        keys("max_lost", "max_repeated", "max_orphans", "allow_one_class", "allow_agreement"),
        Family.WATCH,
        Unit.SHARE,
        false_alarms=None,
        counted=Counted.ROWS,
        compares=False,
    ),
    CheckRow(
        "calibration",
        Calibration,
        keys("max_rise"),
        Family.QUALITY,
        Unit.SHARE,
        false_alarms=0.03,
        subjects=Subjects.ALL,
        measure="calibration error",
        labels=Labels.TRUTH,
        columns=("confidence",),
    ),
    CheckRow(
        "relevance",
        Relevance,
        keys("min_mean", "max_low_share", "max_drop"),
        Family.QUALITY,
        Unit.SCORE,
        units={"low_share": Unit.SHARE},
        false_alarms=0.03,
        counted=Counted.SCORES,
        columns=("relevance",),
        needs=(Need.SCORES,),
        limits=("min_mean", "max_low_share"),
    ),
    CheckRow(
        "generalisation_gap",
        GeneralisationGap,
        {"offline": Given.OFFLINE_FIGURES, **keys("max_gap")},
        Family.QUALITY,
        Unit.POINTS,
        false_alarms=0.005,
        labels=Labels.TRUTH,
        needs=(Need.OFFLINE_FIGURES,),
        compares=False,
    ),
    CheckRow(
        "leakage",
        Leakage,
        keys("max_overlap"),
        Family.QUALITY,
        Unit.SHARE,
        false_alarms=0.005,
        counted=Counted.MESSAGES,
        labels=Labels.TRUTH,
        columns=("text",),
        needs=(Need.REGISTERED,),
        compares=False,
    ),
    CheckRow(
        "prompt_bias",
        PromptBias,
        keys("max_gap"),
        Family.QUALITY,
        Unit.POINTS,
        false_alarms=0.01,
        labels=Labels.TRUTH,
        needs=(Need.SEGMENTS, Need.TWO_PROMPTS),
        compares=False,
    ),
    CheckRow(
        "drift",
        Drift,
        {"every": Given.STUDY_EVERY, **keys("min_effect")},
        Family.DATA,
        Unit.SHARE,
        false_alarms=0.05,
        counted=Counted.MESSAGES,
        needs=(Need.STUDY,),
        compares=False,
    ),
    CheckRow(
        "model_retirement",
        ModelRetirement,
        {"retirements": Given.RETIREMENTS, **keys("warn_days")},
        Family.RETIREMENT,
        Unit.DAYS,
        false_alarms=None,
        measure="retirement",
        counted=Counted.MESSAGES,
        columns=("model_version",),
        needs=(Need.RETIREMENTS,),
        compares=False,
    ),
)
"""The rows, in the order in which the checks run."""

BY_NAME: Final[Mapping[str, CheckRow]] = MappingProxyType({row.name: row for row in ROWS})


def row_of(check: str) -> CheckRow:
    """The row of a check. Raises ValueError for one that has none."""
    try:
        return BY_NAME[check]
    except KeyError:
        raise ValueError(f"check {check!r} has no row; add it to checks/rules/registry.py") from None


def figure_of(finding: Finding) -> str:
    """The metric of the history that a finding judges; "" where it has no course there, as of a part of the traffic."""
    row = BY_NAME.get(finding.check)
    if row is None or finding.slice != "all":
        return ""
    return row.figure


def family_of(check: str) -> Family:
    """The family of a check, of the look itself, or of delivery. Raises ValueError for a check that has no row."""
    return Family.WATCH if check in (LOOK, DELIVERY) else row_of(check).family
