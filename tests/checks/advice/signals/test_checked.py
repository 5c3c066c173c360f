"""Signals that are the judgement of a check."""

import pytest

from checks.advice.deciding.model import Action
from checks.rules.finding import Cause, Finding, Verdict
from tests.checks.advice.cases import PLAIN, low_accuracy, prompts
from tests.support.advice import advise
from tests.support.windows import alarm, history

PLATEAU = history(*prompts(0.75, 0.75, 0.75, 0.75))


def said(check: str, verdict: Verdict = Verdict.WARNING) -> Finding:
    return alarm(check, "m1", value=0.2, threshold=0.1, n=900, verdict=verdict, cause=Cause.ABOVE_LIMIT)


@pytest.mark.parametrize("check", ["generalisation_gap", "leakage"])
def test_a_model_that_remembers_is_not_trained_again_before_it_is_judged(check: str) -> None:
    advice = advise([low_accuracy(), said(check)], PLATEAU, PLAIN)
    assert advice.action is Action.COLLECT_LABELS
    assert Action.FINE_TUNE in {veto.action for veto in advice.vetoes}


def test_a_gap_that_is_likely_and_no_alarm_yet_bars_the_fine_tune_too() -> None:
    assert advise([low_accuracy(), said("generalisation_gap", Verdict.OK)], PLATEAU, PLAIN).action is not (
        Action.FINE_TUNE
    )


def test_a_newest_prompt_that_lost_a_little_is_no_plateau_to_fine_tune_from() -> None:
    advice = advise([low_accuracy(0.67)], history(*prompts(0.75, 0.75, 0.75, 0.67)), PLAIN)
    assert advice.action is not Action.FINE_TUNE
    assert "newest_prompt_lost" in {veto.gate for veto in advice.vetoes}


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        ("generalisation_gap", Verdict.NOT_ENOUGH_DATA),
        ("leakage", Verdict.OK),
        ("leakage", Verdict.NOT_ENOUGH_DATA),
        ("prompt_bias", Verdict.OK),
    ],
)
def test_a_check_that_does_not_alarm_stands_in_no_way(check: str, verdict: Verdict) -> None:
    assert advise([low_accuracy(), said(check, verdict)], PLATEAU, PLAIN).action is Action.FINE_TUNE


def test_a_prompt_that_lost_one_segment_is_to_be_revised() -> None:
    advice = advise([said("prompt_bias")], PLATEAU, PLAIN)
    assert (advice.action, advice.abstained) == (Action.REVISE_PROMPT, False)
    assert "The new prompt hides a weakness there" in advice.reasons[0]


def test_what_is_not_checked_says_how_it_could_be() -> None:
    signals = {signal.name: signal for signal in advise([low_accuracy()], PLATEAU, PLAIN).signals}
    assert signals["leakage"].holds is None
    assert "tunewatch register" in signals["leakage"].sentence
