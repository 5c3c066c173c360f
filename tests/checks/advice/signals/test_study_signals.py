"""Signals that read a study, and what they are worth."""

from dataclasses import replace
from datetime import timedelta

import pytest

from alerts.messages.wording import text
from checks.advice.deciding.model import Action
from checks.advice.signals.inconsistent import inconsistent_signal
from checks.advice.signals.label_noise import label_signals
from checks.advice.signals.new_class import new_class_signal
from checks.advice.signals.new_topic import topic_signals
from checks.advice.signals.silent_change import silent_change_signal
from checks.advice.signals.tokens import tokens_signal
from checks.counts.cells import OutcomeCell
from checks.counts.studied.duplicates import Duplicates
from checks.counts.studied.label_noise import LabelNoise
from checks.counts.studied.new_topic import NewTopic
from checks.counts.studied.tokens import TokenUse
from checks.counts.study import Study, StudySpan
from checks.counts.windows import Windows
from tests.checks.advice.cases import GOOD, MISSES_URGENT, PLAIN, POLICY, SLOW, URGENT, even, low_accuracy, prompts
from tests.support.advice import advise
from tests.support.windows import NOW, Outcomes, Spell, answers, history

STUDY = Study(NOW, StudySpan(NOW - timedelta(days=7), NOW), (), 2000, 2000)
TOPIC = NewTopic(240, 2000, 0.01, 0.005, labelled=120, wrong=100, labelled_else=900, wrong_else=80, words=("refund",))
NO_TOPIC = replace(TOPIC, n=22, p_value=0.4, labelled=12, wrong=1)
NOISY = LabelNoise(n=1500, errors=350, sided=190, agreement=0.85)


def studied(windows: Windows, **parts: object) -> Windows:
    return replace(windows, study=replace(STUDY, **parts))  # type: ignore[arg-type]


# --- a new topic


def test_a_topic_that_makes_most_of_the_errors_is_why_it_fell() -> None:
    (signal,) = topic_signals(replace(STUDY, new_topic=TOPIC))
    assert signal.holds
    assert "12% of the messages (11–13%) are unlike those before, by words such as refund" in text(signal.sentence)
    assert "they make 56% of all errors" in text(signal.sentence)


@pytest.mark.parametrize(
    "topic",
    [
        NO_TOPIC,
        replace(TOPIC, p_value=0.2),  # as chance makes it
        replace(TOPIC, n=50),  # under 3% beyond chance
        replace(TOPIC, wrong=10),  # answered as well as the rest
        replace(TOPIC, wrong=30, labelled=40, wrong_else=200),  # not where most errors are
    ],
)
def test_other_topics_are_not(topic: NewTopic) -> None:
    assert topic_signals(replace(STUDY, new_topic=topic))[0].holds is False


def test_a_topic_that_nobody_has_labelled_is_to_be_labelled_first() -> None:
    windows = studied(
        history(Spell(28, GOOD, "p3"), Spell(5, MISSES_URGENT, "p3")), new_topic=replace(TOPIC, labelled=3)
    )
    advice = advise([URGENT], windows, POLICY)
    assert (advice.action, advice.abstained) == (Action.COLLECT_LABELS, False)
    assert "Only 3 of those sampled have a label" in " ".join(advice.reasons)


def test_a_fall_that_a_new_topic_explains_asks_for_context() -> None:
    fallen = history(Spell(28, GOOD, "p3"), Spell(3, GOOD, "p4"), Spell(4, MISSES_URGENT, "p4"))
    assert advise([URGENT], studied(fallen, new_topic=NO_TOPIC), POLICY).abstained
    assert advise([URGENT], studied(fallen, new_topic=TOPIC), POLICY).action is Action.ADD_CONTEXT


def test_a_class_that_labels_never_had_before_is_new() -> None:
    day: Outcomes = even(0.95) | {("other", "refunds"): 8.0}
    signal = new_class_signal(history(Spell(28, even(0.95)), Spell(7, day)))
    assert signal.holds
    assert text(signal.sentence).startswith("No label named refunds before; now 56 do")
    assert new_class_signal(history(Spell(35, day))).holds is False


# --- labels


def test_a_plateau_of_wrong_labels_is_no_reason_to_fine_tune() -> None:
    windows = history(*prompts(0.75, 0.75, 0.75, 0.75))
    assert advise([low_accuracy()], windows, PLAIN).action is Action.FINE_TUNE
    advice = advise([low_accuracy()], studied(windows, label_noise=NOISY), PLAIN)
    assert advice.action is Action.FIX_LABELS
    assert "54% (49–59%, n=350 errors)" in advice.reasons[0]
    assert Action.FINE_TUNE in {veto.action for veto in advice.vetoes}


@pytest.mark.parametrize(
    ("noise", "holds"),
    [
        (NOISY, True),
        (replace(NOISY, sided=80), False),  # hard messages fool both alike
        (LabelNoise(n=3000, errors=60, sided=40, agreement=0.9), False),  # too few to matter
        (LabelNoise(n=100, errors=12, sided=9, agreement=0.8), None),
    ],
)
def test_labels_are_doubted_where_a_second_opinion_sides_with_the_chatbot(
    noise: LabelNoise, *, holds: bool | None
) -> None:
    assert label_signals(replace(STUDY, label_noise=noise), (), POLICY)[0].holds is holds


def test_labellers_who_label_the_same_message_differently_do_not_agree() -> None:
    signals = label_signals(replace(STUDY, duplicates=Duplicates(100, 5, 60, 20)), (), POLICY)
    assert [signal.holds for signal in signals] == [None, True, None]


def test_errors_that_the_chatbot_was_sure_of_are_told() -> None:
    sure, unsure = (OutcomeCell("a", "b", 30, 30.0, 30.0, band=band, confidence=27.0) for band in (6, 1))
    assert label_signals(None, (sure,), POLICY)[2].holds
    assert label_signals(None, (sure, unsure), POLICY)[2].holds is False


# --- consistency, tokens, behaviour


def test_answers_that_differ_to_the_same_message_are_inconsistent() -> None:
    assert inconsistent_signal(replace(STUDY, duplicates=Duplicates(100, 30, 0, 0))).holds
    assert inconsistent_signal(replace(STUDY, duplicates=Duplicates(100, 9, 0, 0))).holds is False
    assert inconsistent_signal(STUDY).holds is None


def test_the_tokens_that_grew_are_named_with_what_to_do() -> None:
    uses = (TokenUse("prompt", 500, 510, 900, 900, 0.1), TokenUse("completion", 80, 160, 900, 900, 0.7))
    windows = studied(history(Spell(30, GOOD, ms=700), Spell(5, GOOD, ms=1500)), tokens=uses)
    advice = advise([SLOW], windows, POLICY)
    assert advice.action is Action.REDUCE_LATENCY
    assert "The answers have 160 tokens" in " ".join(advice.reasons)
    assert tokens_signal(replace(STUDY, tokens=uses[:1])).holds is False
    assert tokens_signal(replace(STUDY, tokens=(replace(uses[1], slope=0.0),))).holds is False


@pytest.mark.parametrize(("topic", "holds"), [(NO_TOPIC, True), (TOPIC, None), (None, None)])
def test_a_version_that_answers_at_another_pace_changed_behind_its_name(
    topic: NewTopic | None, *, holds: bool | None
) -> None:
    windows = history(Spell(30, GOOD, ms=900), Spell(7, GOOD, ms=500))
    assert silent_change_signal(studied(windows, new_topic=topic), POLICY).holds is holds


def test_a_new_version_at_another_pace_is_no_silent_change() -> None:
    windows = history(Spell(30, GOOD, "p3", ms=900), Spell(7, GOOD, "p4", ms=500))
    assert silent_change_signal(studied(windows, new_topic=NO_TOPIC), POLICY).holds is False


def test_confidences_that_moved_are_seen_too() -> None:
    day = answers(recall=0.95)
    sure, unsure = history(Spell(30, day)), history(Spell(7, day))
    early = tuple(replace(cell, band=6) for cell in sure.versions[0].outcomes)
    late = tuple(replace(cell, band=3) for cell in unsure.versions[0].outcomes)
    run = replace(sure.versions[0], outcomes=(*early, *late))
    windows = replace(sure, versions=(run,), current=replace(sure.current, outcomes=late), recent=())
    signal = silent_change_signal(studied(windows, new_topic=NO_TOPIC), POLICY)
    assert signal.holds
    assert text(signal.sentence).startswith("The confidence of")
