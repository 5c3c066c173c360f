"""Systems by name: recognised by their columns, and completed in the configuration."""

from pathlib import Path
from textwrap import dedent

import pytest

from config import ConfigError, Settings
from config.columns import LabelColumns, LatencyColumn, PredictionColumns
from config.source import LabelRelation, PredictionRelation
from monitor.bootstrap.configuration import load
from monitor.log.systems.registry import BY_NAME, SYSTEMS, recognise
from monitor.log.systems.system import Part

LANGFUSE = ["id", "trace_id", "type", "start_time", "input", "output", "provided_model_name", "latency"]


def loaded(folder: Path, source: str) -> Settings:
    file = folder / "tunewatch.yaml"
    file.write_text(f"monitors: {{bot: {{source: {dedent(source)}}}}}", encoding="utf-8")
    return load(file, environ={})


def parts() -> list[tuple[str, str, Part]]:
    roles = [("predictions", system.predictions, system) for system in SYSTEMS]
    roles += [("labels", system.labels, system) for system in SYSTEMS]
    return [(system.name, role, part) for role, part, system in roles if part is not None]


def test_every_system_has_a_name_of_its_own() -> None:
    assert len(BY_NAME) == len(SYSTEMS)


@pytest.mark.parametrize(("name", "role", "part"), parts(), ids=lambda value: value if isinstance(value, str) else "")
def test_a_row_is_complete_and_is_valid_with_what_it_asks(name: str, role: str, part: Part) -> None:
    relation, columns = (
        (PredictionRelation, PredictionColumns) if role == "predictions" else (LabelRelation, LabelColumns)
    )
    assert part.known_by, name
    rows = {} if part.has_query else {"files": "log.jsonl"}
    settings = dict(part.settings) | rows
    asked = {key.partition(".")[2]: "x" for key in part.asks if key.startswith("columns.")}
    settings["columns"] = settings["columns"] | asked
    given = relation.model_validate(settings).columns
    assert isinstance(given, columns)


def test_a_log_is_recognised_by_its_columns() -> None:
    (found,) = recognise([*LANGFUSE, "anything"])
    assert (found.system.name, found.role) == ("langfuse", "predictions")
    assert found.section({"files": "x.parquet"}) == {"system": "langfuse", "files": "x.parquet"}
    assert "columns.predicted" in found.part.asks
    assert recognise(["id", "output"]) == ()


def test_what_a_source_does_not_say_its_system_does(tmp_path: Path) -> None:
    settings = loaded(
        tmp_path,
        """
        {system: langfuse,
         predictions: {files: o.jsonl, columns: {predicted: output.intent, text: null}, where: {environment: prod}},
         labels: {system: zendesk, table: history, files: h.csv, where: {field_name: category}}}
        """.replace("table: history, ", ""),
    )
    source = settings.monitors["bot"].source
    assert source.predictions.where == {"type": "GENERATION", "environment": "prod"}
    assert (source.predictions.columns.predicted, source.predictions.columns.text) == ("output.intent", None)
    assert source.predictions.columns.latency_ms == LatencyColumn(column="latency?", unit="s")
    assert source.labels is not None
    assert (source.labels.columns.label, source.labels.where) == ("value", {"field_name": "category"})


def test_a_key_that_is_given_replaces_that_of_the_system(tmp_path: Path) -> None:
    source = (
        "{system: langfuse, predictions: {files: o.jsonl, columns: {predicted: name, latency_ms: ms, id: trace_id}}}"
    )
    columns = loaded(tmp_path, source).monitors["bot"].source.predictions.columns
    assert (columns.latency_ms, columns.id) == ("ms", "trace_id")


@pytest.mark.parametrize(
    ("source", "told"),
    [
        (
            "{system: langfuze, predictions: {files: a.csv}}",
            "source.system is no system that is known: langfuze; did you mean langfuse?",
        ),
        ("{predictions: {system: zendesk, files: a.csv}}", "source.predictions.system zendesk writes no predictions"),
        ("{system: langfuse, predictions: {files: a.csv}}", "source.predictions.columns.predicted is missing"),
    ],
)
def test_what_cannot_be_is_refused_with_its_key(tmp_path: Path, source: str, told: str) -> None:
    with pytest.raises(ConfigError, match=r"tunewatch\.yaml:1: monitors\.bot\.") as caught:
        loaded(tmp_path, source)
    assert told in str(caught.value)
