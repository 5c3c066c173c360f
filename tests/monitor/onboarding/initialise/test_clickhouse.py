"""`init` on what systems keep in ClickHouse: recognised by its columns, and read to the right figures."""

from pathlib import Path
from typing import Final

import pytest

from monitor.bootstrap.configuration import load
from monitor.onboarding.initialise import propose, render
from tests.monitor.log.systems.test_systems import written
from tests.monitor.onboarding.initialise.conftest import NOW
from tests.monitor.onboarding.initialise.test_systems import LABELLED, RIGHT

ASKED: Final = {"otel-clickhouse: ClickHouse": ("source.labels.where.name",)}
"""What is right, and asked all the same: two kinds of evaluation could be the label."""
TABLES: Final = {
    "langfuse-clickhouse: ClickHouse, v4": ("events_full", "scores"),
    "otel-clickhouse: ClickHouse": ("otel_traces", None),
}


@pytest.mark.parametrize("shape", TABLES)
def test_what_a_system_keeps_is_recognised_and_read_to_the_right_figures(
    shape: str, tmp_path: Path, clickhouse_url: str
) -> None:
    written(shape, tmp_path, lambda: clickhouse_url)

    proposal = propose([clickhouse_url], NOW)

    survey = proposal.trial.survey
    assert tuple(each.key for each in proposal.to_check) == ASKED.get(shape, ())
    assert survey
    assert (survey.labelled, survey.agreeing) == (LABELLED, RIGHT)
    file = tmp_path / "tunewatch.yaml"
    file.write_text(render(proposal, tmp_path))
    source = load(file, environ={}).monitors["chatbot"].source
    assert source.labels
    assert (source.predictions.table, source.labels.table) == TABLES[shape]
    assert f"system: {shape.partition(':')[0]}" in file.read_text()
