from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.duration import FalseAlarms, format_duration, parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("1h30m", 5400), ("7d", 604_800), ("2w", 1_209_600), (" 1.5h ", 5400), ("0s", 0)],
)
def test_a_duration_is_numbers_with_units(text: str, seconds: float) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("7 dayz", "did you mean 7d?"),
        ("15 min", "did you mean 15m?"),
        ("3 Hours", "did you mean 3h?"),
        ("900", "it has no unit"),
        ("-1h", "write a number and a unit"),
        ("", "write a number and a unit"),
        ("soon", "write a number and a unit"),
        ("1h 30m", "write a number and a unit"),
    ],
)
def test_what_is_no_duration_is_refused_with_a_hint(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match="is not a duration") as caught:
        parse_duration(text)
    assert hint in str(caught.value)


def test_a_duration_of_more_than_a_century_is_refused() -> None:
    with pytest.raises(ValueError, match="longer than a century"):
        parse_duration("99999999999w")


@given(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=36_000)))
def test_a_duration_reads_back_to_the_millisecond(duration: timedelta) -> None:
    assert abs(parse_duration(format_duration(duration)) - duration) <= timedelta(milliseconds=1)


def test_a_false_alarm_rate_knows_the_mean_time_between_two() -> None:
    rate = FalseAlarms.parse("2 per 28d")
    assert rate.interval == timedelta(days=14)
    assert str(rate) == "2 per 28d"


@pytest.mark.parametrize("text", ["1", "0 per 7d", "per 7d", "one per 7d", "1 per 7 dayz", "1 per 0s", "100 per 1h"])
def test_an_impossible_false_alarm_rate_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"false|duration|longer"):
        FalseAlarms.parse(text)
