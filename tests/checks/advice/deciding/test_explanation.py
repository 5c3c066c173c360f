"""An advice, taken apart again."""

from dataclasses import replace

from checks.advice.deciding.explanation import explain
from checks.advice.deciding.model import Action
from tests.checks.advice.cases import GOOD, MISSES_URGENT, PLAIN, POLICY, URGENT, low_accuracy, prompts
from tests.support.advice import advise
from tests.support.windows import Spell, history

ROLLBACK = advise([URGENT], history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4")), POLICY)


def test_the_scores_are_the_sums_of_what_counted_and_the_best_open_one_comes_first() -> None:
    scores = explain(ROLLBACK).scores
    assert (scores[0].action, scores[0].total) == (ROLLBACK.action, ROLLBACK.score)
    assert all(score.total == sum(item.weight for item in score.contributions) for score in scores)
    assert sum(len(score.contributions) for score in scores) == len(ROLLBACK.contributions)


def test_a_closed_action_shows_every_gate() -> None:
    score = next(score for score in explain(ROLLBACK).scores if score.action is Action.FINE_TUNE)
    assert not score.is_open
    assert {gate.gate for gate in score.gates} >= {"unexplained_step", "plateau"}


def test_evidence_for_something_else_is_shown_as_against_it() -> None:
    card = explain(ROLLBACK)
    assert "prompt_step" not in {signal.name for signal in card.against}
    assert {"missed_class", "confusions"} & {signal.name for signal in card.against}


def test_without_the_step_the_prompt_would_be_revised() -> None:
    (flip,) = [flip for flip in explain(ROLLBACK).flips if (flip.signal, flip.instead) == ("prompt_step", False)]
    assert (flip.says, flip.action, flip.abstained) == (True, Action.REVISE_PROMPT, False)


def test_what_could_not_be_told_is_missing() -> None:
    advice = advise([low_accuracy()], history(*prompts(0.83, 0.83, 0.83)), PLAIN)
    assert "plateau" in {signal.name for signal in explain(advice).missing}


def test_one_more_label_a_class_would_make_it_a_fine_tune() -> None:
    advice = advise([low_accuracy()], history(*prompts(0.75, 0.75, 0.75)), replace(PLAIN, min_labels_per_class=2000))
    flips = {(flip.signal, flip.instead): flip.action for flip in explain(advice).flips}
    assert flips["class_labels", True] is Action.FINE_TUNE


def test_an_advice_without_any_signal_has_a_card_too() -> None:
    card = explain(advise([], history(), POLICY))
    assert (card.scores, card.flips) == ((), ())
