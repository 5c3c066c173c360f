"""Windows that are weighted once."""

from checks.counts.cells import OutcomeCell
from checks.estimates.stratified import Stratified
from checks.estimates.weighted import forget_weighted, stratified

NAMES = tuple("abcde")


def cells(classes: int = len(NAMES)) -> list[OutcomeCell]:
    names = [f"{NAMES[k % len(NAMES)]}{k}" for k in range(classes)]
    labelled = [OutcomeCell(one, names[k - k % 3], 3 + k % 7, 3 + k % 7, 3 + k % 7) for k, one in enumerate(names)]
    return [*labelled, *(OutcomeCell(one, None, 5, 0, 0) for one in names)]


def test_equal_cells_are_weighted_once_until_they_are_let_go_of() -> None:
    first = stratified(cells())
    assert stratified(cells()) is first
    forget_weighted()
    assert stratified(cells()) is not first


def test_other_cells_are_not_taken_for_them() -> None:
    assert stratified(cells()[:-1]) is not stratified(cells())


def test_of_very_many_classes_nothing_is_kept() -> None:
    assert stratified(cells(200)) is not stratified(cells(200))


def test_a_figure_does_not_depend_on_what_was_asked_before() -> None:
    fresh = {name: _weighed_anew().recall(name) for name in _weighed_anew().confusion.classes}
    one = _weighed_anew()
    assert {name: one.recall(name) for name in reversed(fresh)} == fresh


def _weighed_anew() -> Stratified:
    forget_weighted()
    return stratified(cells(40))
