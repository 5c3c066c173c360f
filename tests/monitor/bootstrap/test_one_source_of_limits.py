"""Advice has no limits of its own for what a check watches: they are those that the check is set to."""

from collections.abc import Iterator
from typing import Any

import pytest

from checks.advice.deciding.model import Action
from checks.advice.deciding.policy import AdvicePolicy, Drops
from checks.advice.signals.silent_change import silent_change_signal
from checks.rules.finding import Cause
from config.checks import CheckSettings, ChecksSettings
from config.monitor import MonitorSettings
from monitor.bootstrap.monitors import advice_policy
from tests.checks.advice.cases import GOOD
from tests.support.advice import advise
from tests.support.windows import Spell, alarm, answers, history

MONITOR = {
    "source": {
        "url": "duckdb:///:memory:",
        "predictions": {"files": "p.parquet", "columns": {"id": "id", "at": "at", "predicted": "predicted"}},
        "labels": {"files": "l.parquet", "columns": {"id": "id", "label": "label", "at": "at"}},
    },
}

OTHER = {
    ("accuracy", "good"): 0.9,
    ("accuracy", "max_drop"): 0.01,
    ("class_recall", "min_recall"): 0.9,
    ("class_recall", "max_drop"): 0.02,
    ("class_precision", "min_precision"): 0.9,
    ("class_precision", "max_drop"): 0.02,
    ("latency", "max_ratio"): 1.1,
    ("relevance", "max_drop"): 0.02,
}
"""Settings that advice reads, each with a value that is not the default."""

BY_FINDING = {
    ("accuracy", "bad"): "how bad an alarm is, is said by its verdict",
    ("accuracy_paradox", "good"): "the finding alarms or not",
    ("accuracy_paradox", "min_recall"): "the finding's threshold is the goal",
    ("calibration", "max_rise"): "no advice rests on it",
    ("drift", "min_effect"): "the finding alarms or not",
    ("model_retirement", "warn_days"): "the finding alarms or not",
    ("generalisation_gap", "max_gap"): "the finding alarms or not",
    ("label_health", "max_delay_ratio"): "the finding alarms or not",
    ("label_health", "max_silence"): "the finding alarms or not",
    ("label_health", "min_coverage"): "the finding alarms or not",
    ("latency", "p50_ms"): "the finding alarms or not; a step is measured by the share of slow answers",
    ("latency", "p95_ms"): "the same",
    ("latency", "p99_ms"): "the same",
    ("log_health", "allow_agreement"): "the finding alarms or not, and vetoes",
    ("log_health", "allow_one_class"): "the same",
    ("log_health", "max_lost"): "the same",
    ("log_health", "max_orphans"): "the same",
    ("log_health", "max_repeated"): "the same",
    ("leakage", "max_overlap"): "the finding alarms or not",
    ("prompt_bias", "max_gap"): "the finding alarms or not",
    ("relevance", "low"): "scores are counted by it before advice sees them",
    ("relevance", "max_low_share"): "the mean stands for it",
    ("relevance", "min_mean"): "the finding's threshold is the goal",
    ("traffic", "max_ratio"): "the finding alarms or not",
    ("traffic", "max_silence"): "the finding alarms or not",
    ("traffic", "min_ratio"): "the finding alarms or not",
}
"""Settings that advice hears of through findings, and how."""


def policy(**checks: dict[str, Any]) -> AdvicePolicy:
    return advice_policy(MonitorSettings.model_validate(MONITOR | {"checks": checks}))


def settings() -> Iterator[tuple[str, str]]:
    """Every setting of every check."""
    for name, field in ChecksSettings.model_fields.items():
        section = field.annotation
        assert isinstance(section, type)
        assert issubclass(section, CheckSettings)
        yield from ((name, key) for key in section.model_fields if key != "enabled")


def test_it_is_known_of_every_setting_of_every_check_how_advice_follows_it() -> None:
    assert {*OTHER, *BY_FINDING} == set(settings())


@pytest.mark.parametrize(("key", "value"), OTHER.items(), ids=map(".".join, OTHER))
def test_advice_follows_the_settings_of_the_checks(key: tuple[str, str], value: float) -> None:
    check, setting = key
    assert policy(**{check: {setting: value}}) != policy()


def test_what_nobody_set_is_the_default_of_the_checks() -> None:
    assert policy().max_drop == Drops()
    assert policy().max_ratio == AdvicePolicy().max_ratio


@pytest.mark.parametrize("max_drop", [0.01, 0.03])
def test_a_fall_of_two_points_is_a_step_where_it_alarms_and_none_where_it_is_tolerated(max_drop: float) -> None:
    before, after = (answers({"billing": 600, "other": 600}, recall=recall) for recall in (0.96, 0.94))
    fell = alarm("accuracy", value=0.94, threshold=0.96 - max_drop, n=7200, cause=Cause.BELOW_REFERENCE, reference=0.96)
    windows = history(Spell(24, before, "p3"), Spell(6, after, "p4"))
    advice = advise([fell], windows, policy(accuracy={"max_drop": max_drop}))
    step = next(signal for signal in advice.signals if signal.name == "prompt_step")
    assert step.holds is (max_drop == 0.01)
    assert (advice.action is Action.ROLLBACK_PROMPT) is (max_drop == 0.01)


@pytest.mark.parametrize("max_ratio", [1.15, 1.3])
def test_answers_that_are_a_fifth_slower_are_a_silent_change_where_the_check_of_latency_minds(max_ratio: float) -> None:
    windows = history(Spell(24, GOOD, ms=700), Spell(6, GOOD, ms=840))
    signal = silent_change_signal(windows, policy(latency={"max_ratio": max_ratio}))
    assert dict(signal.numbers)["latency_ratio"] == pytest.approx(1.2, abs=0.03)
    assert (signal.holds is not False) is (max_ratio == 1.15)
