"""Advice where relevance fell."""

from dataclasses import replace

import numpy as np
import pytest

from alerts.messages.wording import worded
from checks.advice.deciding.model import Action, Advice, Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Verdict
from checks.rules.relevance import Relevance
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.advice import advise
from tests.support.scored import Scoring, drawn, with_scores
from tests.support.windows import Spell, alarm, answers, history

CHECK = Relevance(min_mean=None, max_low_share=None, max_drop=0.05, budget=AlarmBudget(0.03))
LIMITED = replace(CHECK, min_mean=0.70)
POLICY = AdvicePolicy()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(3)


def advice_on(known: Windows, check: Relevance = CHECK) -> Advice:
    findings = tuple(map(worded, check.run(Measured(known))))
    assert any(finding.verdict.is_alarm for finding in findings)
    return advise(findings, known, POLICY)


def signal(advice: Advice, name: str) -> Signal:
    return next(signal for signal in advice.signals if signal.name == name)


def test_a_fall_with_a_new_prompt_is_rolled_back(rng: np.random.Generator) -> None:
    known = history(Spell(31, answers(), prompt="p1"), Spell(4, answers(), prompt="p2"))
    scores = drawn(rng, [Scoring(31, 0.85, a_day=150), Scoring(4, 0.6, prompt="p2", a_day=150)])
    advice = advice_on(with_scores(known, scores))
    assert advice.action is Action.ROLLBACK_PROMPT
    assert signal(advice, "prompt_step").holds
    assert "relevance by judge-v1 was 85%" in " ".join(advice.reasons).lower()


def test_answers_that_were_always_poor_ask_for_another_prompt(rng: np.random.Generator) -> None:
    known = with_scores(history(Spell(35, answers())), drawn(rng, [Scoring(35, 0.6)]))
    advice = advice_on(known, LIMITED)
    assert advice.action is Action.REVISE_PROMPT
    assert signal(advice, "relevance_only").holds
    assert dict(signal(advice, "relevance_only").numbers)["goal"] == pytest.approx(0.70)


def test_a_fall_within_one_prompt_is_not_blamed_on_it(rng: np.random.Generator) -> None:
    known = with_scores(history(Spell(35, answers())), drawn(rng, [Scoring(30, 0.85), Scoring(5, 0.6)]))
    advice = advice_on(known)
    assert (advice.action, advice.abstained, advice.runner_up) == (Action.NONE, True, Action.REVISE_PROMPT)
    assert signal(advice, "drift").holds
    assert advice.experiment


def test_where_a_class_alarms_too_relevance_is_no_matter_of_its_own(rng: np.random.Generator) -> None:
    known = with_scores(history(Spell(35, answers())), drawn(rng, [Scoring(30, 0.85), Scoring(5, 0.6)]))
    advice = advise([*tuple(map(worded, CHECK.run(Measured(known)))), alarm()], known, POLICY)
    told = signal(advice, "relevance_only")
    assert told.holds is False
    assert "class_recall" in told.sentence


def test_a_limit_that_only_a_new_judge_sees_broken_changes_nothing_of_the_chatbot(rng: np.random.Generator) -> None:
    known = history(Spell(31, answers(), prompt="p1"), Spell(4, answers(), prompt="p2"))
    scores = drawn(rng, [Scoring(31, 0.85, "judge-v1"), Scoring(4, 0.55, "judge-v2", prompt="p2")])
    advice = advice_on(with_scores(known, scores), LIMITED)
    assert signal(advice, "judge_changed").holds
    assert advice.action in (Action.COLLECT_LABELS, Action.NONE)
    assert {veto.action for veto in advice.vetoes} >= {Action.ROLLBACK_PROMPT, Action.REVISE_PROMPT, Action.FINE_TUNE}


def test_a_changed_judge_that_alarms_nothing_is_only_mentioned(rng: np.random.Generator) -> None:
    known = with_scores(history(Spell(35, answers())), drawn(rng, [Scoring(28, 0.85), Scoring(7, 0.55, "judge-v2")]))
    findings = tuple(map(worded, CHECK.run(Measured(known))))
    assert {finding.verdict for finding in findings} == {Verdict.NOT_ENOUGH_DATA}
    advice = advise([*findings, alarm()], known, POLICY)
    assert signal(advice, "judge_changed").holds is False
    assert "a changed judge looks like a changed bot" in signal(advice, "judge_changed").sentence


def test_without_scores_there_is_no_such_signal() -> None:
    known = history(Spell(35, answers()))
    advice = advise([*tuple(map(worded, CHECK.run(Measured(known)))), alarm()], known, POLICY)
    assert not {signal.name for signal in advice.signals} & {"relevance_only", "judge_changed"}
