"""What an operator is told of a log."""

from datetime import timedelta

import pytest

from monitor.log.problems import ProblemKind
from monitor.log.reading.surveying import ClassSurvey, ColumnSurvey, ProblemSurvey, VersionSurvey
from tests.support.kept_counts import opened
from tests.support.logs import Label, Log, LogPlace, Prediction
from tests.support.messy_logs import START

HOUR = timedelta(hours=1)
NOW = START + 100 * HOUR


def test_a_survey_tells_rows_classes_versions_and_what_is_missing(place: LogPlace) -> None:
    predictions = [Prediction(i, START + i * HOUR, "a" if i < 7 else "b", text=None) for i in range(10)]
    predictions.append(Prediction(9, START + 12 * HOUR, "b", prompt_version="v2"))
    predictions.append(Prediction(10, START + 12 * HOUR, "b", prompt_version="v2", latency_ms=None))
    labels = [Label(str(i), "c", START + (i + 10) * HOUR) for i in range(4)] + [Label("0", "b", START + 30 * HOUR)]
    place.write(Log(predictions, [*labels, Label("99", "a", START)]))
    survey = opened(place).survey(NOW)
    assert (survey.rows, survey.first_at, survey.last_at) == (11, START, START + 12 * HOUR)
    assert survey.classes == (ClassSurvey("a", 7, 0), ClassSurvey("b", 4, 1), ClassSurvey("c", 0, 3))
    assert survey.versions == (
        VersionSurvey("m1", "v1", 9, START, START + 8 * HOUR),
        VersionSurvey("m1", "v2", 2, START + 12 * HOUR, START + 12 * HOUR),
    )
    assert (survey.labelled, survey.labelled_share, survey.label_rows) == (4, 4 / 11, 6)
    assert survey.delay is not None
    assert survey.delay.p50 == pytest.approx(36_000, rel=0.1)
    assert ColumnSurvey("text", "text", 9 / 11) in survey.columns
    assert ColumnSurvey("latency_ms", "latency_ms", 1 / 11) in survey.columns
    assert ColumnSurvey("segment channel", "channel", 0.0) in survey.columns
    assert set(survey.problems) == {
        ProblemSurvey(ProblemKind.CORRECTED_LABEL, 1),
        ProblemSurvey(ProblemKind.DUPLICATE_ID, 1),
        ProblemSurvey(ProblemKind.ORPHAN_LABEL, 1),
    }


def test_a_survey_of_an_empty_log_has_no_times(place: LogPlace) -> None:
    place.write(Log())
    survey = opened(place).survey(NOW)
    assert (survey.rows, survey.first_at, survey.last_at, survey.labelled_share) == (0, None, None, 0.0)
    assert survey.delay is None


def test_a_survey_without_labels_has_no_delay(place: LogPlace) -> None:
    place.write(Log([Prediction(1, START, "a")]))
    survey = opened(place, labels=False).survey(NOW)
    assert (survey.labelled, survey.label_rows, survey.delay) == (0, 0, None)
