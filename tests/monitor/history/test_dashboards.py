"""The Grafana dashboards are what their builder makes, and every query of that on the history runs on PostgreSQL."""

import json
import re

import pytest
import sqlalchemy as sa

from tests.support.analysts import MONITOR, fill
from tests.support.dashboards import BOARDS, FOLDER
from tests.support.history import rows


@pytest.mark.parametrize("name", BOARDS)
def test_a_dashboard_is_what_its_builder_makes(name: str) -> None:
    assert (FOLDER / name).read_text("utf-8") == BOARDS[name](), "run python -m tests.support.dashboards"


def test_every_query_on_the_history_finds_something(emptied_postgres: str) -> None:
    fill(emptied_postgres)
    board = json.loads((FOLDER / "history.json").read_text("utf-8"))
    asked = [variable["query"] for variable in board["templating"]["list"] if variable["type"] == "query"]
    asked += [query["rawSql"] for panel in board["panels"] for query in panel["targets"]]
    assert len(asked) >= 8
    for statement in asked:
        meant = statement.replace("$monitor", MONITOR)
        meant = re.sub(
            r"\$__timeFilter\((\w+)\)", r"\1 BETWEEN '2026-01-01T00:00:00Z' AND '2027-01-01T00:00:00Z'", meant
        )
        assert "$" not in meant
        assert rows(emptied_postgres, meant), statement


def test_series_have_a_time_in_their_first_column(emptied_postgres: str) -> None:
    board = json.loads((FOLDER / "history.json").read_text("utf-8"))
    engine = sa.create_engine(emptied_postgres)
    with engine.connect() as connection:
        for panel in board["panels"]:
            for query in panel["targets"]:
                if query["format"] == "time_series":
                    meant = re.sub(r"\$__timeFilter\((\w+)\)", "TRUE", query["rawSql"])
                    assert next(iter(connection.execute(sa.text(meant)).keys())) == "time"
    engine.dispose()
