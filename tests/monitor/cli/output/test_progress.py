"""How far long work has got, where there is no terminal."""

from monitor.cli.output.progress import Lines


def test_a_line_every_half_minute_says_how_much_is_done_and_how_long_the_rest_will_take() -> None:
    said: list[str] = []
    ticks = iter([0.0, *(600 + 12.0 * n for n in range(1, 1001))])  # the first takes ten minutes more
    assert list(Lines(said.append, lambda: next(ticks)).track(range(1000), total=1000, description="looks")) == [
        *range(1000)
    ]
    assert said[0] == "looks: 2 of 1,000, 3 h 20 min left"
    assert said[-1] == "looks: 998 of 1,000, 1 min left"
    assert len(said) == 333


def test_work_that_is_soon_done_says_nothing() -> None:
    said: list[str] = []
    assert list(Lines(said.append).track("abc", total=3, description="looks")) == ["a", "b", "c"]
    assert not said
