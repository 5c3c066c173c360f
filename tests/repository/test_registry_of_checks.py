"""Each check's row is complete: whatever lists checks finds what it needs there."""

import inspect
from itertools import chain
from typing import Final

import pytest

from alerts.messages.numbers import format_of, number
from alerts.messages.words import problem, short_problem, subject
from checks.rules.registry import BY_NAME, ROWS, family_of
from checks.rules.row import CheckRow, Given, Need
from config.checks import CheckSettings, ChecksSettings
from config.monitor import MonitorSettings
from config.source import PredictionColumns
from monitor.bootstrap.checks import GIVEN, build_checks
from monitor.onboarding.validate.needs import NEEDS
from tests.repository.paths import ROOT
from tests.support.incidents import finding

EVERYTHING: Final = MonitorSettings.model_validate(
    {
        "source": {
            "url": "duckdb:///:memory:",
            "predictions": {"files": "p.csv", "columns": {"id": "id", "at": "at", "predicted": "p", "text": "text"}},
            "labels": {"files": "l.csv", "columns": {"id": "id", "label": "label", "at": "at"}},
        }
    }
)
PRODUCT: Final = ("alerts", "checks", "config", "monitor")
MANY: Final = 4
MAY: Final = (
    "checks/rules/registry.py",
    "checks/advice/",  # a signal names the checks that it reads, which is what it is about
    "alerts/messages/",  # so does a sentence; a check without one of its own is worded from its row
)
each_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


def test_no_two_rows_have_a_name() -> None:
    assert len(BY_NAME) == len(ROWS)


def test_the_sections_of_the_configuration_are_the_rows() -> None:
    assert set(ChecksSettings.model_fields) == set(BY_NAME)


@each_row
def test_a_check_has_a_file_of_its_name(row: CheckRow) -> None:
    assert (ROOT / "checks" / "rules" / f"{row.name}.py").is_file()


@each_row
def test_the_arguments_of_a_check_are_what_it_takes_and_what_its_section_has(row: CheckRow) -> None:
    section = ChecksSettings.model_fields[row.name].annotation
    assert isinstance(section, type)
    assert issubclass(section, CheckSettings)
    takes = set(inspect.signature(row.build).parameters) - {"name"}
    assert takes == {*row.arguments, *(["budget"] if row.false_alarms is not None else [])}
    keys = {source for source in row.arguments.values() if isinstance(source, str)} | set(row.limits)
    assert keys <= set(section.model_fields)


def test_every_check_is_built_under_its_own_name() -> None:
    assert [check.name for check in build_checks(EVERYTHING)] == [row.name for row in ROWS]


@each_row
def test_the_columns_that_a_check_lives_on_can_be_mapped(row: CheckRow) -> None:
    assert set(row.columns) <= set(PredictionColumns.model_fields)


def test_all_that_rows_ask_for_is_given_and_looked_for() -> None:
    asked = set(chain.from_iterable(row.needs for row in ROWS))
    assert asked == set(Need) == set(NEEDS)
    assert set(GIVEN) == set(Given)


@each_row
def test_a_finding_is_worded_in_the_unit_of_its_check(row: CheckRow) -> None:
    alarm = finding(row.name, "urgent", value=0.5, threshold=0.4, message="")
    assert family_of(row.name) is row.family
    assert format_of(alarm) is not number
    for sentence in (subject(alarm), problem(alarm), short_problem(alarm)):
        assert sentence
        assert "_" not in sentence


@each_row
def test_the_page_of_keys_has_the_section_of_each_check(row: CheckRow) -> None:
    page = (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8")
    assert f"| `monitors.NAME.checks.{row.name}.enabled` |" in page


def test_no_other_table_lists_the_checks() -> None:
    """A file of the product that names many of them is a list that the next check would be missing from."""
    for file in chain.from_iterable(sorted((ROOT / package).rglob("*.py")) for package in PRODUCT):
        place, text = file.relative_to(ROOT).as_posix(), file.read_text(encoding="utf-8")
        named = {name for name in BY_NAME if f'"{name}"' in text}
        assert len(named) < MANY or place.startswith(MAY), f"{place} names {', '.join(sorted(named))}"
