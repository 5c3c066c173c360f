"""What is the same class, and what is only like it."""

from collections.abc import Collection

import pytest

from config.source import NO_LABEL
from monitor.log.mapping.spelling import ClassColumn, Spellings, class_name, spell


def spelt(predicted: Collection[str], labels: Collection[str], *, boolean: bool = False) -> Spellings:
    return spell(ClassColumn(dict.fromkeys(predicted, 1), boolean), ClassColumn(dict.fromkeys(labels, 1)), NO_LABEL)


def merged(
    predicted: Collection[str], labels: Collection[str], *, boolean: bool = False
) -> set[tuple[str, str | None]]:
    found = spelt(predicted, labels, boolean=boolean)
    return set(found.predicted.items()) | set(found.labels.items())


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        ("3.0", "3"),
        ("3e0", "3"),
        ("+3", "3"),
        ("-0.0", "0"),
        ("0.50", "0.5"),
        ("1e5", "100000"),
        ("007", "007"),  # a code
        ("1e99", "1e99"),
        ("1.2.3", "1.2.3"),
        ("re\u0301clamation", "r\u00e9clamation"),
        ("\u00a0urgent\t", "urgent"),
        ("\ufeffurgent", "urgent"),
        ("a  b", "a  b"),
        (" ", ""),
    ],
)
def test_a_name_has_one_form(raw: str, name: str) -> None:
    assert class_name(raw) == name
    assert class_name(name) == name


def test_whole_numbers_and_floats_are_the_same_classes() -> None:
    assert merged(["1", "2"], ["1.0", "2.0"]) == {("1.0", "1"), ("2.0", "2")}


def test_numbered_sections_are_no_numbers() -> None:
    assert merged(["1.1", "1.10", "1.2"], ["1.10"]) == set()


@pytest.mark.parametrize(
    "labels", [("1", "0"), ("t", "f"), ("True", "False"), ("TRUE",), ("1.0", "0.0"), ("True", "None")]
)
def test_what_stands_beside_booleans_is_read_as_such(labels: tuple[str, ...]) -> None:
    truth = {"1": "true", "t": "true", "True": "true", "TRUE": "true", "1.0": "true", "None": None}
    expected = {(raw, truth.get(raw, "false")) for raw in labels}
    assert merged(["true", "false"], labels, boolean=True) == expected
    assert merged(["true", "false"], labels) == expected


def test_one_and_nought_are_numbers_where_nothing_is_boolean() -> None:
    assert merged(["1", "0"], ["t", "f"]) == set()
    assert merged(["true", "false"], ["1", "0", "2"]) == set()


def test_capitals_are_the_same_class_where_each_side_has_one_spelling() -> None:
    assert merged(["urgent", "billing"], ["Urgent", "BILLING"]) == {("Urgent", "urgent"), ("BILLING", "billing")}


def test_capitals_that_a_side_tells_apart_are_two_classes_and_told() -> None:
    found = spelt(["urgent", "Urgent"], ["URGENT"])
    assert (found.labels, found.alike) == ({}, (("Urgent", "URGENT"),))
    assert spelt(["urgent"], ["Urgent", "URGENT"]).labels == {}


@pytest.mark.parametrize("word", ["None", "nan", "NULL", "N/A", "skip", "Empty", "<NA>", " null "])
def test_a_label_that_says_none_is_none(word: str) -> None:
    found = spell(ClassColumn({"a": 5}), ClassColumn({"a": 3, word: 4}), NO_LABEL)
    assert (found.labels, found.refused, found.claimed) == ({word: None}, {word: 4}, {})


def test_a_word_that_the_bot_predicts_is_a_class() -> None:
    found = spell(ClassColumn({"none": 5, "a": 1}), ClassColumn({"None": 4, "skip": 1}), NO_LABEL)
    assert (found.labels, found.refused, found.claimed) == ({"None": "none", "skip": None}, {"skip": 1}, {"None": 4})


def test_a_word_is_a_class_where_the_list_does_not_name_it() -> None:
    assert spell(ClassColumn({"a": 5}), ClassColumn({"skip": 4}), ()).labels == {}
