"""Laws of advice, whatever the counts."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from checks.advice.deciding.model import Action
from checks.counts.cells import OutcomeCell
from checks.counts.windows import VersionRun, Window, Windows
from checks.rules.finding import Finding, Verdict
from tests.checks.advice.cases import GOOD, MISSES_URGENT, POLICY, SLOW, URGENT, low_accuracy
from tests.support.advice import advise
from tests.support.windows import NOW, Spell, alarm, answers, history

CLASSES = ("urgent", "billing", "other")

spells = st.builds(
    Spell,
    days=st.integers(1, 12),
    outcomes=st.builds(
        lambda sizes, recall: answers(dict(zip(CLASSES, sizes, strict=True)), recall=recall),
        st.tuples(*(st.floats(0, 60) for _ in CLASSES)),
        st.floats(0, 1),
    ),
    prompt=st.sampled_from(["p1", "p2", "p3", "p4", ""]),
    model=st.sampled_from(["m1", "m1", "m2", ""]),
    ms=st.sampled_from([None, 400.0, 900.0]),
)
logs = st.lists(spells, max_size=7).map(lambda some: history(*some))
alarming = st.lists(
    st.sampled_from(
        [URGENT, low_accuracy(), SLOW, alarm("class_precision", "billing"), alarm("class_recall", "nobody")]
    ),
    min_size=1,
    unique=True,
)


@settings(max_examples=60, deadline=None)
@given(windows=logs, findings=alarming, seed=st.integers(0, 1000))
def test_the_order_of_cells_versions_and_findings_changes_nothing(
    windows: Windows, findings: list[Finding], seed: int
) -> None:
    shuffled = Random(seed).sample(findings, len(findings))
    assert advise(shuffled, _in_another_order(windows, Random(seed)), POLICY) == advise(findings, windows, POLICY)


@settings(max_examples=30, deadline=None)
@given(windows=logs, findings=alarming)
def test_segments_and_findings_that_do_not_alarm_change_nothing(windows: Windows, findings: list[Finding]) -> None:
    segment = ("country", "CH", Window(windows.current.start, NOW, windows.reference.outcomes))
    quiet = alarm("class_recall", "billing", verdict=Verdict.OK, value=0.99)
    more = advise([*findings, quiet], replace(windows, segments=(segment,)), POLICY)
    assert more == advise(findings, windows, POLICY)


@settings(max_examples=100, deadline=None)
@given(windows=logs, findings=alarming, needed=st.integers(1, 400))
def test_a_fine_tune_is_never_advised_without_its_labels_and_prompts(
    windows: Windows, findings: list[Finding], needed: int
) -> None:
    advice = advise(findings, windows, replace(POLICY, min_labels_per_class=needed))
    labels = Counter[str]()
    for run in windows.versions:
        for cell in run.outcomes:
            if cell.label is not None:
                labels[cell.label] += cell.n
    if min(labels.values(), default=0) < needed or len({run.prompt_version for run in windows.versions}) < 3:
        assert advice.action is not Action.FINE_TUNE


@settings(max_examples=60, deadline=None)
@given(windows=logs, findings=alarming)
def test_no_gate_is_passed_and_an_abstention_is_never_empty_handed(windows: Windows, findings: list[Finding]) -> None:
    advice = advise(findings, windows, POLICY)
    barred = {veto.action for veto in advice.vetoes}
    assert advice.action not in barred
    assert advice.runner_up not in barred
    assert advice.abstained == bool(advice.experiment)
    assert not advice.abstained or advice.action is Action.NONE
    assert advice.reasons


def test_a_sum_of_cells_and_its_parts_are_the_same_counts() -> None:
    windows = history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4"))
    halves = _each(windows, lambda cells: tuple(half for cell in cells for half in _halves(cell)))
    assert advise([URGENT], halves, POLICY) == advise([URGENT], windows, POLICY)


def test_versions_that_failed_are_named_in_the_order_of_their_appearance() -> None:
    bad = answers(dict.fromkeys(CLASSES, 20.0), recall=0.0)
    windows = history(Spell(1, bad, "p2"), Spell(2, bad, "p1"), Spell(1, answers({"other": 1.0}), "p1", "m2"))
    backwards = replace(windows, versions=windows.versions[::-1])
    (said,) = {reason for reason in advise([URGENT], backwards, POLICY).reasons if "no longer answers" in reason}
    assert said.startswith("Prompt p2 on model m1 and prompt p1 on model m1 failed")
    assert advise([URGENT], backwards, POLICY) == advise([URGENT], windows, POLICY)


def _halves(cell: OutcomeCell) -> tuple[OutcomeCell, OutcomeCell]:
    part = cell.n // 2
    weights = (0.0, 0.0) if cell.label is None else (1.0, 1.0)
    one, other = (
        replace(cell, n=n, weight=n * weights[0], weight_squared=n * weights[1]) for n in (part, cell.n - part)
    )
    return one, other


def _in_another_order(windows: Windows, random: Random) -> Windows:
    shuffled = _each(windows, lambda cells: tuple(random.sample(cells, len(cells))))
    return replace(shuffled, versions=tuple(random.sample(shuffled.versions, len(shuffled.versions))))


def _each(windows: Windows, change: Callable[[Sequence[OutcomeCell]], tuple[OutcomeCell, ...]]) -> Windows:
    def window(of: Window) -> Window:
        return replace(of, outcomes=change(of.outcomes))

    def run(of: VersionRun) -> VersionRun:
        return replace(of, outcomes=change(of.outcomes))

    return replace(
        windows,
        current=window(windows.current),
        reference=window(windows.reference),
        recent=tuple(window(recent) for recent in windows.recent),
        versions=tuple(run(version) for version in windows.versions),
    )
