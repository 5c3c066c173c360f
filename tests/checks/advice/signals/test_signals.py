"""The signals one by one."""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.messages.wording import text
from checks.advice.comparing.metrics import Accuracy, Recall, Within, mix_of
from checks.advice.comparing.parts import Part, live, split, whole
from checks.advice.deciding.model import Signal
from checks.advice.deciding.policy import AdvicePolicy, ModelFacts
from checks.advice.signals.class_labels import class_labels_signal
from checks.advice.signals.confusions import confusions_signal
from checks.advice.signals.evidence import evidence_signals
from checks.advice.signals.experiments import labels_needed
from checks.advice.signals.low_side import low_side_signals
from checks.advice.signals.missed_class import missed_class_signal
from checks.advice.signals.model_ends import model_ends_signals
from checks.advice.signals.unparseable import unparseable_signal
from checks.counts.cells import NO_CLASS, OutcomeCell
from checks.counts.windows import Window, Windows
from checks.statistics.intervals import Proportion
from tests.checks.advice.cases import GOOD, MISSES_URGENT, PLAIN, POLICY, URGENT, even, low_accuracy, prompts
from tests.support.advice import advise
from tests.support.windows import EVEN, NOW, Outcomes, Spell, alarm, answers, cells, history, slow


def said(name: str, windows: Windows, policy: AdvicePolicy = POLICY) -> Signal:
    return next(signal for signal in advise([URGENT], windows, policy).signals if signal.name == name)


def week(outcomes: Sequence[OutcomeCell]) -> Window:
    return Window(URGENT.window_start, URGENT.window_end, outcomes)


# --- confusions


def test_errors_in_one_pair_are_concentrated_and_named_with_their_counts() -> None:
    signal = confusions_signal(
        cells(
            answers({"urgent": 60, "billing": 60, "other": 60}, taken_for={"urgent": "other"}, recall={"urgent": 0.5})
        )
    )
    assert signal.holds
    assert "urgent taken for other (30 of them, " in text(signal.sentence)


def test_errors_over_all_pairs_are_spread() -> None:
    assert confusions_signal(cells(answers(EVEN, recall=0.4))).holds is False


def test_with_two_classes_half_of_the_errors_in_a_pair_is_no_concentration() -> None:
    assert confusions_signal(cells(answers({"yes": 200, "no": 200}, recall=0.8))).holds is False


def test_with_two_classes_nearly_all_errors_in_one_direction_is_one() -> None:
    assert confusions_signal(cells(answers({"yes": 200, "no": 200}, recall={"yes": 0.6, "no": 0.98}))).holds


def test_a_few_errors_have_no_pattern() -> None:
    assert confusions_signal(cells({("a", "a"): 900, ("a", "b"): 19})).holds is None


def test_the_largest_of_few_errors_is_not_taken_for_a_pattern() -> None:
    errors: Outcomes = {
        ("a", "a"): 900,
        ("a", "b"): 7,
        ("b", "a"): 3,
        ("a", "c"): 3,
        ("c", "a"): 3,
        ("b", "c"): 2,
        ("c", "b"): 2,
    }
    assert confusions_signal(cells(errors)).holds is False


def test_answers_without_a_class_are_no_confusion() -> None:
    assert confusions_signal(cells({("a", "a"): 100, (NO_CLASS, "a"): 100})).holds is None


# --- a class that is missed


def test_a_missed_rare_class_is_named_with_where_it_goes() -> None:
    signal = missed_class_signal(week(cells(MISSES_URGENT | {("other", "urgent"): 20.0})), PLAIN)
    assert signal.holds
    assert "the class urgent is missed while accuracy is" in text(signal.sentence)
    assert "it is taken for other (20 labelled)" in text(signal.sentence)


def test_a_common_class_is_not_rare_but_may_be_critical() -> None:
    outcomes = cells(answers({"urgent": 200, "other": 900}, recall={"urgent": 0.2, "other": 0.99}))
    assert missed_class_signal(week(outcomes), PLAIN).holds is None
    assert missed_class_signal(week(outcomes), POLICY).holds


def test_a_recall_near_accuracy_is_not_missed() -> None:
    assert (
        missed_class_signal(week(cells(answers({"urgent": 60, "other": 900}, recall={"urgent": 0.85}))), POLICY).holds
        is False
    )


# --- which side of a class is low


def test_the_side_of_the_class_that_alarms_that_is_low_is_told_with_the_points_to_the_other_second() -> None:
    windows = history(Spell(30, GOOD), Spell(7, MISSES_URGENT))
    (signal,) = low_side_signals([low_accuracy(), URGENT], (windows.current,))
    assert signal.holds
    told = text(signal.sentence)
    assert re.fullmatch(
        r"Recall of urgent is the low side: \d+% \(.*\), \d+ points \(\d+ to \d+ points\) under its precision of .*",
        told,
    )
    assert advise([URGENT], windows, POLICY).reasons[1] == told


def test_a_class_that_is_called_too_often_has_low_precision() -> None:
    called = cells(
        {("urgent", "urgent"): 90, ("urgent", "other"): 210, ("other", "urgent"): 5, ("other", "other"): 700}
    )
    (signal,) = low_side_signals([URGENT], [week(called)])
    assert signal.holds
    assert text(signal.sentence).startswith("Precision of urgent is the low side: 30% (")
    assert "65 points (57 to 71 points) " in text(signal.sentence)
    assert "under its recall of 95% (" in text(signal.sentence)


def test_sides_that_may_be_level_are_not_told_and_accuracy_has_none() -> None:
    (signal,) = low_side_signals(
        [URGENT],
        [
            week(
                cells(
                    {
                        ("urgent", "urgent"): 50,
                        ("urgent", "other"): 10,
                        ("other", "urgent"): 10,
                        ("other", "other"): 700,
                    }
                )
            )
        ],
    )
    assert (signal.holds, signal.sentence) == (False, ())
    (unknown,) = low_side_signals([URGENT], [week(cells({("other", "other"): 50}))])
    assert (unknown.holds, unknown.sentence) == (None, ())
    assert low_side_signals([low_accuracy()], [week(cells(MISSES_URGENT))]) == ()


def test_the_low_side_is_that_of_the_window_and_slice_that_alarm() -> None:
    windows = history(Spell(30, GOOD), Spell(2, MISSES_URGENT))
    missed = cells({("urgent", "urgent"): 6, ("other", "urgent"): 54, ("other", "other"): 900})
    newest = Window(NOW - timedelta(days=2), NOW, missed)
    alarming = replace(URGENT, window_start=newest.start)
    (signal,) = low_side_signals([alarming], (windows.current, newest))
    assert text(signal.sentence).startswith("Recall of urgent is the low side: 10% (")
    assert low_side_signals([alarming], (windows.current,)) == ()
    assert low_side_signals([replace(URGENT, slice="lang=es")], (windows.current,)) == ()


# --- prompts


@pytest.mark.parametrize(
    ("accuracies", "holds"),
    [
        ((0.75, 0.75, 0.75), True),
        ((0.70, 0.75, 0.75, 0.75), True),  # the newest two brought nothing
        ((0.65, 0.75, 0.75), False),  # one of the newest two did
        ((0.70, 0.72, 0.74, 0.76), False),  # slow, and still rising
        ((0.72, 0.73, 0.74, 0.75), False),  # slower still: no two neighbours tell, all four do
        ((0.90, 0.75, 0.75), False),  # one of them was good
        ((0.83, 0.83, 0.83), None),  # as much again as the labels allow would reach 85%
    ],
)
def test_a_plateau_is_under_the_target_and_brings_nothing_new(
    accuracies: tuple[float, ...], *, holds: bool | None
) -> None:
    signals = advise([low_accuracy()], history(*prompts(*accuracies)), PLAIN).signals
    assert next(signal.holds for signal in signals if signal.name == "plateau") is holds


def test_prompts_of_another_model_are_not_revisions_of_this_one() -> None:
    windows = history(
        Spell(10, even(0.75), "p1", "m1"), Spell(10, even(0.75), "p2", "m1"), Spell(10, even(0.75), "p2", "m2")
    )
    assert dict(said("prompts_tried", windows).numbers)["prompts"] == 1


# --- labels


def test_labels_of_all_versions_count_as_examples() -> None:
    windows = history(Spell(5, even(0.75), "p1"), Spell(5, even(0.75), "p2"))
    signal = class_labels_signal(windows.versions, replace(PLAIN, min_labels_per_class=400))
    assert (signal.holds, dict(signal.numbers)["fewest"]) == (True, 2 * 5 * 45)


@pytest.mark.parametrize(("needed", "advised"), [(150, True), (151, False)])
def test_the_last_missing_label_of_one_class_bars_a_fine_tune(needed: int, *, advised: bool) -> None:
    day = answers({**EVEN, "fraud": 5}, recall={**dict.fromkeys(EVEN, 0.75), "fraud": 0.5})
    windows = history(*(Spell(10, day, prompt) for prompt in ("p1", "p2", "p3")))
    policy = replace(PLAIN, min_labels_per_class=needed)
    assert (advise([low_accuracy()], windows, policy).action == "fine_tune") is advised


def test_labelling_that_stopped_is_told_from_labels_that_are_late() -> None:
    windows = {left: history(Spell(28, GOOD), Spell(7, answers(unlabelled=left))) for left in (0.95, 0.6)}
    coverage = {
        left: next(s for s in evidence_signals((), of) if s.name == "label_coverage") for left, of in windows.items()
    }
    assert (coverage[0.95].holds, coverage[0.6].holds) == (True, False)


def test_a_provisional_alarm_carries_its_caveat() -> None:
    windows = history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4"))
    advice = advise([alarm(provisional=True)], windows, POLICY)
    assert advice.action == "rollback_prompt"
    assert "Labels of the newest days are still to come: the numbers may move." in advice.reasons


# --- answers without a class


def test_a_rise_of_answers_without_a_class_is_seen_without_labels() -> None:
    bad = {("a", "a"): 80.0, (NO_CLASS, None): 10.0}
    assert unparseable_signal(history(Spell(28, {("a", "a"): 90.0}), Spell(7, bad))).holds


def test_as_many_as_ever_are_no_rise() -> None:
    assert (
        unparseable_signal(history(Spell(35, {("a", "a"): 80.0, (NO_CLASS, "a"): 2.0, ("b", "a"): 9.0}))).holds is False
    )


# --- what is measured, and on what


def test_a_harder_class_mix_is_no_lower_accuracy() -> None:
    easy, hard = ({"a": 900, "b": 100}, {"a": 500, "b": 500})
    parts = [Part(cells(answers(mix, recall={"a": 0.96, "b": 0.6}))) for mix in (easy, hard)]
    shares = [Accuracy(mix_of(parts[1].outcomes)).of(part) for part in parts]
    assert [round(share.value, 3) for share in shares if share is not None] == [0.78, 0.78]


def test_an_accuracy_at_the_part_s_own_mix_is_its_accuracy() -> None:
    part = Part(cells(answers(dict.fromkeys(EVEN, 100), recall=0.8, unlabelled=0.0)))
    share = Accuracy(mix_of(part.outcomes)).of(part)
    assert share is not None
    assert share.value == pytest.approx(0.8)
    assert share.effective_n == pytest.approx(500, rel=0.05)


def test_an_accuracy_needs_the_recall_of_most_of_the_mix() -> None:
    assert Accuracy((("a", 0.5), ("b", 0.5))).of(Part(cells({("a", "a"): 100}))) is None


def test_latency_is_the_share_of_answers_within_what_was_usual() -> None:
    share = Within(1000.0, 0.95).of(Part(latency=slow(700)))
    assert share is not None
    assert share.value == pytest.approx(0.85)
    assert (share.n, share.effective_n) == (400, 40)
    assert Within(1000.0, 0.95).of(Part()) is None


def test_a_version_is_cut_at_a_window_without_loss() -> None:
    windows = history(Spell(25, GOOD, "p3"), Spell(10, MISSES_URGENT, "p4", ms=800.0))
    run = windows.versions[-1]
    early, late = split(run, windows.recent[0])
    for of in ("outcomes", "latency"):
        counts = [sum(cell.n for cell in getattr(part, of)) for part in (early, late, whole(run))]
        assert counts[0] + counts[1] == counts[2] > counts[1] > 0
    before, after = (Recall("urgent").of(part) for part in (early, late))
    assert before is not None
    assert after is not None
    assert (before.n, after.n) == (98, 42)


def test_what_answers_now_is_newest_first_without_stragglers() -> None:
    straggler: Outcomes = {("other", None): 1.0}
    windows = history(Spell(30, GOOD, "p3"), beside=[Spell(5, GOOD, "p4"), Spell(40, straggler, "p1")])
    assert [run.prompt_version for run in live(windows)] == ["p4", "p3"]


@pytest.mark.parametrize(("one", "other"), [(0.92, 0.70), (0.85, 0.75), (0.5, 0.4)])
def test_labels_needed_are_the_fewest_that_tell_two_results_apart(one: float, other: float) -> None:
    def apart(n: int) -> bool:
        return Proportion(other, n, n).interval()[1] < (one + other) / 2 < Proportion(one, n, n).interval()[0]

    n = labels_needed(one, other)
    assert apart(n)
    assert not apart(n - 1)


def test_two_classes_need_more_labels_than_fifty_of_each() -> None:
    windows = history(Spell(1, answers({"a": 60, "b": 60}, recall={"a": 0.7, "b": 0.7})))
    short = class_labels_signal(windows.versions, POLICY)
    enough = class_labels_signal(windows.versions, replace(POLICY, floors=(), min_labels=120))
    assert (short.holds, enough.holds) == (False, True)


# --- the model


@pytest.mark.parametrize(
    ("facts", "advised"),
    [
        (ModelFacts("m1", NOW.date() + timedelta(days=89)), False),
        (ModelFacts("m1", NOW.date() + timedelta(days=91)), True),
        (ModelFacts("m1", fine_tunable=False), False),
        (ModelFacts("m0", fine_tunable=False), True),  # not the one that answers
    ],
)
def test_no_fine_tune_is_advised_of_a_model_that_ends_before_it_pays_and_it_says_so(
    facts: ModelFacts, *, advised: bool
) -> None:
    day = answers({**EVEN, "fraud": 5}, recall={**dict.fromkeys(EVEN, 0.75), "fraud": 0.5})
    windows = history(*(Spell(10, day, prompt) for prompt in ("p1", "p2", "p3")))
    advice = advise([low_accuracy()], windows, replace(PLAIN, min_labels_per_class=150, models=(facts,)))

    assert (advice.action == "fine_tune") is advised
    assert any("The model m1" in reason for reason in advice.reasons) is not advised
    assert ("model_ends" in {veto.gate for veto in advice.vetoes}) is not advised


def test_the_model_that_ends_is_the_one_that_answers_after_a_newer_one_was_taken_back() -> None:
    day = answers(EVEN)
    windows = history(Spell(20, day, model="m1"), Spell(5, day, model="m2"), Spell(20, day, model="m1"))
    m1, m2 = (replace(POLICY, models=(ModelFacts(name, fine_tunable=False),)) for name in ("m1", "m2"))
    assert [each.holds for each in model_ends_signals(windows, m1)] == [True]
    assert model_ends_signals(windows, m2) == ()


@pytest.mark.parametrize(("days", "advised"), [(-1, False), (0, False), (1, True)])
def test_nothing_is_rolled_back_to_a_model_that_is_turned_off(days: int, *, advised: bool) -> None:
    facts = ModelFacts("m1", NOW.date() + timedelta(days=days))
    windows = history(Spell(25, GOOD, model="m1"), Spell(5, MISSES_URGENT, model="m2"))
    advice = advise([URGENT], windows, replace(POLICY, models=(facts,)))

    assert (advice.action == "rollback_model") is advised
    assert any("nothing leads back to it" in veto.sentence for veto in advice.vetoes) is not advised


def test_neither_is_a_release_and_a_prompt_is_rolled_back_all_the_same() -> None:
    off = replace(POLICY, models=(ModelFacts("m1", NOW.date() - timedelta(days=3)),))
    release = history(Spell(25, GOOD, "p3", "m1"), Spell(5, MISSES_URGENT, "p4", "m2"))
    assert advise([URGENT], release, POLICY).action == "rollback_release"
    assert advise([URGENT], release, off).action != "rollback_release"

    prompt = history(Spell(25, GOOD, "p3", "m1"), Spell(5, MISSES_URGENT, "p4", "m1"))
    assert advise([URGENT], prompt, off).action == "rollback_prompt"
