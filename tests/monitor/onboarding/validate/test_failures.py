"""What `validate` says of columns that fit a log by their names and cannot mean what they are mapped to."""

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from monitor.log.problems import ProblemKind
from monitor.log.reading.surveying import ClassSurvey, ProblemSurvey, Survey
from monitor.onboarding.validate import judge
from tests.monitor.onboarding.validate.test_judge import COLUMNS, END, _settings, _survey
from tests.support.program import run_here

SECONDS: Final = {**COLUMNS, "latency_ms": "latency"}


def _failures(survey: Survey, **settings: Any) -> dict[str, str]:  # noqa: ANN401 - any setting
    return {each.key: each.sentence for each in judge("bot", _settings(**settings), survey, END).failures}


def _classes(**counts: tuple[int, int]) -> tuple[ClassSurvey, ...]:
    return tuple(ClassSurvey(name, *each) for name, each in counts.items())


def _problem(kind: ProblemKind, n: int) -> tuple[ProblemSurvey, ...]:
    return (ProblemSurvey(kind, n),)


def test_a_log_that_fits_fails_nothing() -> None:
    assert _failures(_survey(agreeing=9_000, latency_p50=700.0)) == {}
    assert _failures(_survey(rows=0, classes=(), labelled=0, label_rows=0)) == {}


@pytest.mark.parametrize(
    ("change", "key", "says"),
    [
        (
            {"problems": _problem(ProblemKind.NULL_TIME, 20_000)},
            "predictions.columns.at",
            "20,000 of 40,000 rows have",
        ),
        (
            {"problems": _problem(ProblemKind.ORPHAN_LABEL, 10_050)},
            "labels.columns.id",
            "10,050 of 10,100 label rows have an id that no prediction has",
        ),
        (
            {"classes": _classes(x=(100, 50))},
            "predictions.columns.predicted",
            "all 100 predictions are of one class, 'x'; is it the column of the bot's answer?",
        ),
        (
            {"classes": tuple(ClassSurvey(f"a{n}", 1, 0) for n in range(30))},
            "predictions.columns.predicted",
            "30 different classes in 30 predictions; is it a column of answers or of ids?",
        ),
        ({"classes": _classes(a=(50, 0), b=(50, 0), p=(0, 20))}, "labels.columns.label", "they say 'p'; do both"),
        (
            {"classes": (*_classes(a=(50, 1)), *(ClassSurvey(f"s{n}", 1, 1) for n in range(30)))},
            "labels.columns.label",
            "31 different classes in 31 labelled predictions",
        ),
        ({"agreeing": 10_000}, "", ""),  # 500 of 10,000 beside the commonest class: too few to say so
        (
            {"classes": _classes(a=(600, 600), b=(400, 400)), "agreeing": 1_000},
            "labels.columns.label",
            "all 1,000 labels are the class that was predicted; is the column a copy",
        ),
        ({"latency_p50": 0.62}, "predictions.columns.latency_ms", "took less than 0.62 ms; is ms in seconds?"),
        ({"latency_p50": 4.0}, "", ""),  # a column that is called ms may well be of a small classifier
        ({"latency_p50": 6.3e8}, "predictions.columns.latency_ms", "is ms in milliseconds?"),
        (
            {"problems": _problem(ProblemKind.BAD_CONFIDENCE, 19_000)},
            "predictions.columns.confidence",
            "95% of them are not from 0 to 1; is confidence a percentage? Then map confidence: {column",
        ),
    ],
)
def test_what_a_column_cannot_mean_is_said_under_its_key(change: dict[str, Any], key: str, says: str) -> None:
    found = _failures(replace(_survey(agreeing=9_000), **change))

    assert list(found) == ([f"source.{key}"] if key else [])
    assert all(says in sentence for sentence in found.values())


def test_a_column_that_does_not_say_its_unit_is_doubted_sooner() -> None:
    (sentence,) = _failures(_survey(agreeing=9_000, latency_p50=4.0), columns=SECONDS).values()

    assert (
        sentence == "half of the answers took less than 4 ms; is latency in seconds? "
        "Then map latency: {column: latency, unit: s}"
    )


def test_a_log_that_is_truly_so_can_be_said_to_be() -> None:
    one = _survey(classes=_classes(x=(5_000, 0)))
    same = _survey(classes=_classes(a=(600, 600), b=(400, 400)), agreeing=1_000)

    assert _failures(one, checks={"log_health": {"allow_one_class": True}}) == {}
    assert _failures(same, checks={"log_health": {"allow_agreement": True}}) == {}


def test_a_failure_takes_the_place_of_a_hint_and_ends_with_2(tmp_path: Path) -> None:
    rows = [f"p{n},2026-03-{1 + n % 28:02},prj-1,{n}" for n in range(120)]
    (tmp_path / "p.csv").write_text("id,at,project,latency\n" + "\n".join(rows) + "\n")
    (tmp_path / "tunewatch.yaml").write_text(
        "monitors: {bot: {source: {predictions: {files: p.csv, columns: {id: id, at: at, predicted: project}}}}}"
    )

    ended = run_here("validate", cwd=tmp_path)

    assert ended.returncode == 2, ended.stdout
    assert "does not fit source.predictions.columns.predicted: all 120 predictions are of one class" in ended.stdout
    assert "until that is mended, no figure of this log is one of the bot" in ended.stdout
