from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from checks.rules.registry import ROWS
from config.monitor import MonitorSettings
from monitor.log.problems import ProblemKind
from monitor.log.reading.surveying import (
    ClassSurvey,
    ColumnSurvey,
    DelayQuantiles,
    ProblemSurvey,
    Survey,
    VersionSurvey,
)
from monitor.onboarding.validate import Ability, judge
from monitor.onboarding.validate.hints import NOTICES, PROBLEMS

END: Final = datetime(2026, 4, 12, 23, 30, tzinfo=UTC)
COLUMNS: Final = {
    "id": "id",
    "at": "ts",
    "predicted": "predicted",
    "latency_ms": "ms",
    "confidence": "confidence",
    "relevance": "relevance",
    "text": "text",
    "model_version": "model",
    "prompt_version": "prompt",
}


def _settings(*, columns: dict[str, str] | None = None, labels: bool = True, **more: object) -> MonitorSettings:
    source: dict[str, Any] = {"predictions": {"files": "p.csv", "columns": columns or COLUMNS}}
    if labels:
        source["labels"] = {"files": "l.csv", "columns": {"id": "id", "label": "label", "at": "ts"}}
    return MonitorSettings.model_validate({"source": source, **more})


def _survey(days: float = 42, **more: Any) -> Survey:  # noqa: ANN401 - any field of a survey
    start = END - timedelta(days=days)
    full = Survey(
        rows=20_000,
        first_at=start,
        last_at=END,
        classes=(ClassSurvey("other", 19_000, 9_500), ClassSurvey("urgent", 1_000, 500)),
        versions=(VersionSurvey("m1", "p1", 20_000, start, END),),
        labelled=10_000,
        label_rows=10_100,
        delay=DelayQuantiles(p50=60_000, p90=150_000),
        columns=(),
        problems=(),
    )
    return replace(full, **more)


def _abilities(settings: MonitorSettings, survey: Survey) -> dict[str, Ability]:
    return {each.check: each.ability for each in judge("bot", settings, survey, END).checks}


def _sentence(check: str, settings: MonitorSettings, survey: Survey) -> str:
    return next(each.sentence for each in judge("bot", settings, survey, END).checks if each.check == check)


def _hints(settings: MonitorSettings, survey: Survey, as_of: datetime = END) -> dict[str, str]:
    return {hint.key: hint.sentence for hint in judge("bot", settings, survey, as_of).hints}


def test_a_long_log_with_all_columns_and_labels_can_do_everything() -> None:
    validation = judge("bot", _settings(classes={"urgent": {"min_recall": 0.8}}), _survey(), END)
    less = {each.check for each in validation.checks if each.ability is not Ability.FULL}
    assert less == {"generalisation_gap", "leakage", "model_retirement", "prompt_bias"}  # they take more than a log
    assert validation.hints == ()


def test_every_check_can_be_judged_and_says_what_it_lacks() -> None:
    for settings in (_settings(), _settings(labels=False), _settings(study={"enabled": False})):
        for each in judge("bot", settings, _survey(3), END).checks:
            assert each.sentence or each.ability is Ability.FULL, each
    assert _abilities(_settings(study={"enabled": False}), _survey())["drift"] is Ability.OFF
    assert "two weeks before the window" in _sentence("drift", _settings(), _survey(15))


def test_a_new_prompt_is_held_against_the_last_in_each_segment() -> None:
    source: dict[str, Any] = {"predictions": {"files": "p.csv", "columns": COLUMNS}, "segments": ["channel"]}
    source["labels"] = {"files": "l.csv", "columns": {"id": "id", "label": "label", "at": "ts"}}
    settings = MonitorSettings.model_validate({"source": source})
    two = (VersionSurvey("m1", "p1", 9, END, END), VersionSurvey("m1", "p2", 9, END, END))
    assert _abilities(settings, _survey())["prompt_bias"] is Ability.WAITING
    assert _abilities(settings, _survey(versions=two))["prompt_bias"] is Ability.FULL


def test_without_confidences_the_check_of_their_calibration_says_which_column_it_needs() -> None:
    columns = {meaning: name for meaning, name in COLUMNS.items() if meaning != "confidence"}
    sentence = _sentence("calibration", _settings(columns=columns), _survey())
    assert sentence == "needs a column: map source.predictions.columns.confidence"


def test_without_a_label_log_what_needs_no_labels_can_run_and_the_rest_says_what_it_needs() -> None:
    settings, survey = _settings(labels=False), _survey(labelled=0, label_rows=0, delay=None)
    abilities = _abilities(settings, survey)
    needs_labels = {row.name for row in ROWS if row.needs_labels}
    off = {check for check, ability in abilities.items() if ability is Ability.OFF}
    assert off == {*needs_labels, "model_retirement"}  # no day is set
    assert {abilities[check] for check in ("latency", "traffic", "relevance", "drift")} == {Ability.FULL}
    assert "comes alive with the first" in _sentence("accuracy", settings, survey)


def test_few_scores_in_a_window_are_waited_for_and_a_sparse_column_is_nothing_odd() -> None:
    few = _survey(columns=(ColumnSurvey("relevance", "thumb", 0.995),))
    assert _abilities(_settings(), few)["relevance"] is Ability.WAITING
    assert "about 17 scored answers in a window, and it takes 30" in _sentence("relevance", _settings(), few)
    assert "source.predictions.columns.relevance" not in _hints(_settings(), few)
    none = _survey(columns=(ColumnSurvey("relevance", "thumb", 1.0),))
    assert _sentence("relevance", _settings(), none) == "the column has no values yet"
    assert "source.predictions.columns.relevance" in _hints(_settings(), none)


def test_a_new_limit_on_relevance_holds_before_there_is_a_reference() -> None:
    limited = _settings(checks={"relevance": {"min_mean": 0.7}})
    assert _abilities(limited, _survey(3))["relevance"] is Ability.PARTLY
    assert _abilities(_settings(), _survey(3))["relevance"] is Ability.WAITING


def test_checks_of_labels_come_alive_once_there_are_any() -> None:
    unlabelled = _survey(
        labelled=0, label_rows=0, delay=None, classes=(ClassSurvey("other", 19_000, 0), ClassSurvey("urgent", 1_000, 0))
    )
    abilities = _abilities(_settings(), unlabelled)
    assert abilities["class_recall"] is Ability.WAITING
    assert abilities["label_health"] is Ability.PARTLY
    assert "comes alive with the first ones" in _sentence("accuracy", _settings(), unlabelled)


def test_an_empty_log_waits() -> None:
    empty = Survey(0, None, None, (), (), 0, 0, None, (), ())
    assert set(_abilities(_settings(), empty).values()) == {Ability.WAITING}
    assert "no predictions dated up to 2026-04-12 23:30 UTC" in _hints(_settings(), empty)["source.predictions"]


def test_latency_that_is_not_mapped_is_off_and_says_which_key_to_set() -> None:
    settings = _settings(columns={name: COLUMNS[name] for name in ("id", "at", "predicted")})
    assert _abilities(settings, _survey())["latency"] is Ability.OFF
    assert "source.predictions.columns.latency_ms" in _sentence("latency", settings, _survey())


def test_a_check_that_is_switched_off_says_so() -> None:
    settings = _settings(checks={"traffic": {"enabled": False}})
    assert _sentence("traffic", settings, _survey()) == "switched off by enabled: false"


@pytest.mark.parametrize(
    ("days", "ability", "told"),
    [
        (3, Ability.PARTLY, "only against good 0.85 and bad 0.6: the log covers 3d"),
        (20, Ability.PARTLY, "the reference is still short: the log covers 20d of 35d"),
        (35, Ability.FULL, ""),
    ],
)
def test_a_short_log_is_judged_by_limits_until_it_has_a_reference(days: float, ability: Ability, told: str) -> None:
    assert _abilities(_settings(), _survey(days))["accuracy"] is ability
    assert told in _sentence("accuracy", _settings(), _survey(days))


def test_a_class_without_a_floor_waits_for_a_reference() -> None:
    assert _abilities(_settings(), _survey(3))["class_recall"] is Ability.WAITING


def test_a_critical_class_with_few_labels_is_told_with_what_they_can_know() -> None:
    survey = _survey(classes=(ClassSurvey("other", 19_000, 9_950), ClassSurvey("urgent", 1_000, 50)))
    told = _sentence("class_recall", _settings(classes={"urgent": {"min_recall": 0.8}}), survey)
    assert told.startswith("urgent: about 8 labels in a window, so that 0.8 is only known to within 0.3")


def test_a_critical_class_that_never_appears_gets_the_nearest_name() -> None:
    hints = _hints(_settings(classes={"Urgnet": {"min_recall": 0.8}}), _survey())
    assert hints["classes.Urgnet"] == "no prediction and no label is of this class; did you mean urgent?"


def test_a_log_that_ended_is_looked_at_as_it_was() -> None:
    hints = _hints(_settings(), _survey(), END + timedelta(days=9))
    assert "ended 9d ago" in hints["source.predictions"]
    assert "--as-of 2026-04-13T00:00:00Z" in hints["source.predictions"]
    assert not _hints(_settings(), _survey(), END + timedelta(hours=20))


def test_label_ids_that_are_of_no_prediction_are_told() -> None:
    hints = _hints(_settings(), _survey(labelled=0, delay=None))
    assert "none of the 10,100 label rows has the id of a prediction" in hints["source.labels.columns.id"]


def test_a_class_that_labels_spell_differently_is_told() -> None:
    classes = (ClassSurvey("other", 19_000, 9_500), ClassSurvey("Urgent", 1_000, 0), ClassSurvey("urgent", 0, 500))
    told = _hints(_settings(), _survey(classes=classes))["source.labels.columns.label"]
    assert told == "labels say 'urgent' where predictions say 'Urgent'; they count as two classes"


def test_labels_that_are_no_classes_are_told() -> None:
    predicted = (ClassSurvey("other", 19_000, 0), ClassSurvey("urgent", 1_000, 0))
    classes = (*predicted, ClassSurvey("1", 0, 9_500), ClassSurvey("0", 0, 500))
    (failure,) = judge("bot", _settings(), _survey(classes=classes), END).failures
    assert (failure.key, "ever predicted" in failure.sentence) == ("source.labels.columns.label", True)
    few = (*predicted, ClassSurvey("1", 0, 19))
    assert "ever predicted" in _hints(_settings(), _survey(classes=few))["source.labels.columns.label"]


def test_a_pinned_reference_outside_of_the_log_is_told() -> None:
    settings = _settings(reference={"start": "2025-01-01", "end": "2025-02-01"})
    assert "the log has nothing in this span" in _hints(settings, _survey())["reference"]


def test_labels_that_come_later_than_the_window_are_told() -> None:
    survey = _survey(delay=DelayQuantiles(p50=10 * 86_400, p90=20 * 86_400))
    assert "half of the labels take longer than 10d" in _hints(_settings(), survey)["window"]


def test_what_advice_lacks_is_told() -> None:
    settings = _settings(columns={name: COLUMNS[name] for name in ("id", "at", "predicted")})
    assert set(_hints(settings, _survey())) == {
        "source.predictions.columns.model_version",
        "source.predictions.columns.prompt_version",
    }


def test_an_empty_column_and_many_bad_rows_are_told() -> None:
    survey = _survey(
        columns=(ColumnSurvey("latency_ms", "ms", 1.0),), problems=(ProblemSurvey(ProblemKind.NULL_TIME, 5_000),)
    )
    hints = _hints(_settings(), survey)
    assert hints["source.predictions.columns.latency_ms"] == "100% of the predictions have nothing in ms"
    assert hints["source.predictions.columns.at"] == "5,000 rows have no readable time, and are left out"
    assert _abilities(_settings(), survey)["latency"] is Ability.WAITING


def test_a_few_bad_rows_are_no_hint() -> None:
    assert not _hints(_settings(), _survey(problems=(ProblemSurvey(ProblemKind.NULL_TIME, 5),)))


def test_every_kind_of_problem_has_words() -> None:
    assert set(PROBLEMS) | set(NOTICES) == set(ProblemKind)


def test_a_day_on_which_a_model_is_turned_off_is_all_that_its_check_needs() -> None:
    said = {"m1": {"retires": "2027-01-14"}}
    assert "set model_versions.VERSION.retires" in _sentence("model_retirement", _settings(), _survey())
    assert _abilities(_settings(model_versions=said, labels=False), _survey())["model_retirement"] is Ability.FULL
