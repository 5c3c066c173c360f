"""When somebody acted, as the log shows it."""

from datetime import UTC, datetime, timedelta

import pytest

from checks.outcome.traffic import Act, BucketTraffic, Pair, answering, find_act

T0 = datetime(2026, 3, 29, 6, tzinfo=UTC)
OLD, BAD, NEW = ("m1", "p6"), ("m1", "p7"), ("m1", "p8")


def traffic(*hours: dict[Pair, int]) -> tuple[BucketTraffic, ...]:
    return tuple(
        BucketTraffic(T0 + timedelta(hours=hour), tuple(n.items())) for hour, n in enumerate(hours) if sum(n.values())
    )


HOUR = timedelta(hours=1)


def at(hour: int, came: tuple[Pair, ...] = (), went: tuple[Pair, ...] = (), done: int | None = None) -> Act:
    return Act(T0 + hour * HOUR, came, went, None if done is None else T0 + done * HOUR)


ALONE = {BAD: 1.0}
BOTH = {OLD: 0.5, BAD: 0.5}


@pytest.mark.parametrize(
    ("what", "before", "hours", "expected"),
    [
        ("nothing changed", ALONE, [{BAD: 25}] * 12, None),
        (
            "a new prompt took over",
            ALONE,
            [{BAD: 25}] * 3 + [{BAD: 5, NEW: 20}] + [{NEW: 25}] * 8,
            at(3, (NEW,), (BAD,), 4),
        ),
        ("the old prompt came back", ALONE, [{BAD: 25}] * 3 + [{OLD: 25}] * 9, at(3, (OLD,), (BAD,))),
        ("one in twenty sees a new prompt", ALONE, [{BAD: 95, NEW: 5}] * 12, None),
        ("half of them do", ALONE, [{BAD: 25}] + [{BAD: 12, NEW: 13}] * 11, at(1, (NEW,))),
        ("a test of an hour", ALONE, [{BAD: 25}] * 3 + [{NEW: 25}] + [{BAD: 25}] * 8, None),
        ("one of two prompts was withdrawn", BOTH, [{OLD: 12, BAD: 13}] * 3 + [{OLD: 25}] * 9, at(3, (), (BAD,))),
        ("the bot is silent", ALONE, [{BAD: 25}] * 3 + [{}] * 9, None),
        ("too little traffic to tell", ALONE, [{NEW: 4}] * 5, None),
        ("little traffic, but long enough", ALONE, [{BAD: 4}] * 3 + [{NEW: 4}] * 9, at(3, (NEW,), (BAD,))),
    ],
)
def test_an_act_is_a_lasting_change_of_who_answers(
    what: str, before: dict[Pair, float], hours: list[dict[Pair, int]], expected: Act | None
) -> None:
    assert find_act(traffic(*hours), before, HOUR) == expected, what


def test_who_answers_now_is_read_from_the_end() -> None:
    assert answering(traffic(*[{BAD: 25}] * 9, *[{OLD: 1, NEW: 99}] * 6)) == {NEW: 0.99}
    assert answering(traffic({BAD: 3})) == {}
