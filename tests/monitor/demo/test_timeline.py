"""Bars and prompt changes of the timeline."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.demo.bots import BOTS, CLAIMS, END, START, SUPPORT
from monitor.demo.timeline import BAR, bar, changes


@given(st.floats(0, 1))
def test_a_bar_always_has_the_same_width(value: float) -> None:
    assert len(bar(value)) == BAR


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_bar_never_shrinks_as_its_share_grows(one: float, other: float) -> None:
    shorter, longer = sorted((one, other))

    assert _eighths(bar(shorter)) <= _eighths(bar(longer))


def test_every_prompt_change_is_told_once_and_in_order() -> None:
    halfway = START + timedelta(days=20)
    found = changes(START, halfway, BOTS) + changes(halfway, END, BOTS)

    assert [(bot.name, prompt.version) for bot, prompt in found] == [
        (CLAIMS.name, "p2"),
        (CLAIMS.name, "p3"),
        (SUPPORT.name, "p4"),
        (CLAIMS.name, "p4"),
        (SUPPORT.name, "p3"),
        (CLAIMS.name, "p5"),
    ]


def _eighths(drawn: str) -> int:
    return sum(" ▏▎▍▌▋▊▉█".index(char) for char in drawn)
