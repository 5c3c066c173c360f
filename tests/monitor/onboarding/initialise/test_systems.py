"""`init` on what systems wrote of one story: the right figures at once, or a question in their place."""

from pathlib import Path
from typing import Final

import pytest

from monitor.onboarding.initialise import propose
from tests.monitor.log.systems.test_systems import written
from tests.monitor.onboarding.initialise.conftest import NOW

PREDICTED, NAME = "source.predictions.columns.predicted", "source.labels.where.name"
LABELLED, RIGHT = 500, 466
"""Predictions of the story that have a label, and those that it agrees with."""

ASKED: Final[dict[str, tuple[str, ...]]] = {
    "langfuse: CSV": (),
    "langsmith: Parquet, JSON lines": (),
    "phoenix: SQLite": (),
    "mlflow: SQLite": (),
    "rasa: JSON lines": (),
    # right, and asked all the same: the class has no telling name, or several scores could be the label
    "databricks: AI Gateway, Parquet": (PREDICTED,),
    "otlp: JSON lines, class in the answer": (NAME,),
    "label-studio: JSON": (NAME,),
}
"""By shape, what is in doubt; the figures are right in any case."""


def _sources(folder: Path) -> list[str]:
    files = sorted(str(file) for file in folder.rglob("*") if file.is_file())
    return [file for file in files if file.endswith(".db")] or files


@pytest.mark.parametrize("shape", ASKED)
def test_what_a_system_wrote_is_read_to_the_right_figures(shape: str, tmp_path: Path) -> None:
    written(shape, tmp_path, str)

    proposal = propose(_sources(tmp_path), NOW)

    survey = proposal.trial.survey
    assert tuple(each.key for each in proposal.to_check) == ASKED[shape]
    assert survey
    assert (survey.labelled, survey.agreeing) == (LABELLED, RIGHT)


def test_what_a_system_does_not_say_is_left_open(tmp_path: Path) -> None:
    written("sagemaker: JSON lines", tmp_path, str)

    proposal = propose(_sources(tmp_path), NOW)

    (check,) = proposal.to_check
    assert (check.key, proposal.trial.survey) == ("source.labels.columns.at", None)
    assert "when the label was given, which ground truth does not say" in check.sentence
