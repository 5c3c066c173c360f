"""Where windows begin and end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from monitor.history.spans import Layout, Span, WindowSpec, lay_out, with_version
from tests.support.history import DAY, HOUR, SPEC, T0, at


def laid_out(
    hours: float, unhealthy: tuple[Span, ...] = (), frozen: int | None = None, spec: WindowSpec = SPEC
) -> Layout:
    return lay_out(spec, at(hours), unhealthy, frozen)


def days(start: float, end: float) -> Span:
    return Span(int(T0 + start * DAY), int(T0 + end * DAY))


def test_windows_end_with_the_bucket_that_now_is_in() -> None:
    assert laid_out(240.5).current == Span(T0 + (241 - 48) * HOUR, T0 + 241 * HOUR)


def test_at_the_start_of_a_bucket_windows_end_there() -> None:
    assert laid_out(240).current == days(8, 10)


def test_a_length_between_buckets_is_rounded_up() -> None:
    spec = WindowSpec(timedelta(minutes=90), (), timedelta(days=4), timedelta(hours=1), timedelta(days=20))
    assert laid_out(240, spec=spec).current == Span(T0 + 238 * HOUR, T0 + 240 * HOUR)


def test_a_scale_as_long_as_the_window_is_not_looked_at_twice() -> None:
    spec = WindowSpec(
        timedelta(days=2), (timedelta(days=2), timedelta(days=1)), timedelta(4), timedelta(hours=1), timedelta(20)
    )
    assert laid_out(240, spec=spec).recent == (days(9, 10),)


def test_the_reference_comes_right_before_the_current_window() -> None:
    layout = laid_out(240)
    assert layout.reference == days(4, 8)
    assert layout.healthy == (days(4, 8),)


def test_the_reference_is_frozen_at_the_onset_of_an_open_incident() -> None:
    assert laid_out(480, frozen=T0 + 7 * DAY).reference == days(3, 7)


def test_an_onset_within_the_current_window_freezes_nothing() -> None:
    assert laid_out(240, frozen=T0 + 9 * DAY).reference == days(4, 8)


def test_an_incident_of_months_keeps_its_reference() -> None:
    assert laid_out(24 * 90, frozen=T0 + 7 * DAY).reference == days(3, 7)


def test_past_trouble_is_left_out_and_the_reference_reaches_back_farther() -> None:
    layout = laid_out(240, (days(5, 6),))
    assert layout.healthy == (days(3, 5), days(6, 8))
    assert layout.reference == days(3, 8)


def test_past_trouble_that_ends_within_the_current_window_shortens_the_reference_from_its_end() -> None:
    assert laid_out(240, (days(7, 9),)).healthy == (days(3, 7),)


def test_older_healthy_time_is_all_that_the_lookback_holds_before_the_reference() -> None:
    assert laid_out(480).older == (days(0, 14),)


def test_nothing_older_than_the_last_incident_is_compared_with() -> None:
    assert laid_out(480, (days(2, 3),)).older == (days(3, 14),)
    assert laid_out(480, (days(15, 16),)).older == ()


def test_beside_a_pinned_reference_nothing_older_counts() -> None:
    spec = WindowSpec(SPEC.window, (), (at(240), at(336)), SPEC.bucket, SPEC.lookback)
    assert laid_out(480, spec=spec).older == ()


def test_a_pinned_reference_is_taken_as_it_is() -> None:
    spec = WindowSpec(SPEC.window, (), (at(-2000), at(-1000)), SPEC.bucket, SPEC.lookback)
    layout = laid_out(240, (days(-60, -50),), spec=spec)
    assert layout.healthy == (Span(T0 - 2000 * HOUR, T0 - 1000 * HOUR),)
    assert layout.ranges == (layout.reference, layout.lookback)


def test_a_new_version_is_also_looked_at_on_its_own_time() -> None:
    began = T0 + 9 * DAY + 5 * HOUR
    layout = with_version(laid_out(240), [T0, began])
    assert layout.recent == (days(9, 10), Span(began, T0 + 10 * DAY))


def test_the_only_version_of_a_young_log_is_not_new() -> None:
    assert with_version(laid_out(240), [T0 + 9 * DAY + HOUR]).recent == (days(9, 10),)


def test_a_version_that_began_before_the_current_window_adds_nothing() -> None:
    assert with_version(laid_out(240), [T0, T0 + 7 * DAY]).recent == (days(9, 10),)


def test_a_version_that_began_with_a_scale_is_not_looked_at_twice() -> None:
    assert with_version(laid_out(240), [T0, T0 + 9 * DAY]).recent == (days(9, 10),)


spans = st.lists(st.tuples(st.integers(-30, 12), st.integers(1, 6)).map(lambda s: days(s[0], s[0] + s[1])), max_size=6)


@given(spans, st.one_of(st.none(), st.integers(-10, 12)), st.floats(0, 400))
def test_every_window_is_a_union_of_pieces(unhealthy: list[Span], frozen: int | None, hours: float) -> None:
    onset = None if frozen is None else T0 + frozen * DAY
    layout = lay_out(SPEC, at(hours), unhealthy, onset)
    pieces = [piece for part in layout.ranges for piece in layout.pieces(part)]
    for window in (layout.current, *layout.recent, *layout.healthy):
        assert sum(p.end - p.start for p in pieces if window.holds(p)) == window.end - window.start
    pieces = [piece for part in layout.ranges for piece in layout.pieces(part, for_starts=True)]
    for span in layout.start_spans:
        assert sum(p.end - p.start for p in pieces if span.holds(p)) == span.end - span.start


@given(spans, st.floats(0, 400))
def test_no_healthy_part_touches_trouble_and_they_are_never_longer_than_asked(
    unhealthy: list[Span], hours: float
) -> None:
    layout = lay_out(SPEC, at(hours), unhealthy, None)
    for part in layout.healthy:
        assert all(part.end <= bad.start or part.start >= bad.end for bad in unhealthy) or part.start == part.end
    assert sum(part.end - part.start for part in layout.healthy) <= 4 * DAY
    assert datetime.fromtimestamp(layout.reference.end, UTC) <= at(hours + 1)
