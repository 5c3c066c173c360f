"""Files that a query names are relative to the configuration, and nothing else in it is changed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from config import load
from config.query_files import anchor_query
from config.source import PredictionRelation


@pytest.mark.parametrize(
    "query",  # in which @ stands before each relative path
    [
        "SELECT * FROM '@a.csv'",
        "from '@logs/*.parquet' l JOIN \"@b.csv\" USING (id)",
        "SELECT * FROM read_json('@a.jsonl')",
        "SELECT * FROM read_csv(['@a.csv', '@it''s.csv'], delim = ';')",
        # options, values, comments and other functions are none
        "SELECT * FROM read_csv('@a.csv', columns = {'id': 'VARCHAR'})",
        "SELECT 'a.csv', trim('b.csv') -- FROM 'c.csv'\nFROM t",
        "SELECT extract(epoch FROM at) FROM t WHERE x IN ('a.csv')",
        'SELECT * FROM "my table"',
        # what is absolute stays, wherever it lies
        "SELECT * FROM '/var/a.csv' JOIN 's3://b/c.parquet'",
    ],
)
def test_paths_in_a_query_are_seen_from_the_folder(query: str) -> None:
    assert anchor_query(query.replace("@", ""), Path("/etc/bot")) == query.replace("@", "/etc/bot/")


@pytest.mark.parametrize(("url", "folder"), [("duckdb:///:memory:", True), ("sqlite:///log.db", False)])
def test_a_query_is_anchored_where_duckdb_runs_it(tmp_path: Path, url: str, folder: bool) -> None:  # noqa: FBT001
    file = tmp_path / "tunewatch.yaml"
    query = "SELECT * FROM 'a.csv'"
    columns = "{id: id, at: at, predicted: predicted}"
    source = f"{{url: '{url}', predictions: {{query: \"{query}\", columns: {columns}}}}}"
    file.write_text(f"monitors: {{bot: {{source: {source}}}}}\n")
    expected = f"SELECT * FROM '{tmp_path}/a.csv'" if folder else query  # noqa: S608
    assert load(file, environ={}).monitors["bot"].source.predictions.query == expected


def test_an_encoding_must_be_known_and_of_files() -> None:
    columns = {"id": "id", "at": "at", "predicted": "predicted"}
    with pytest.raises(ValidationError, match="is no encoding that is known: utf-9"):
        PredictionRelation.model_validate({"files": "a.csv", "encoding": "utf-9", "columns": columns})
    with pytest.raises(ValidationError, match="a table or a query has none"):
        PredictionRelation.model_validate({"table": "t", "encoding": "utf-8", "columns": columns})
