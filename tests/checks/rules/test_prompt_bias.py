"""A prompt that serves one segment worse than the others."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from alerts.messages.wording import worded
from checks.counts.windows import Windows
from checks.estimates.cycle_data import Measured
from checks.rules.finding import Finding, Verdict
from checks.rules.prompt_bias import PromptBias
from checks.statistics.alarm_budget import AlarmBudget
from tests.support.windows import EVEN, Outcomes, Spell, answers, history

CHECK = PromptBias(max_gap=0.10, budget=AlarmBudget(0.01))
FEW = {name: n / 4 for name, n in EVEN.items()}

Recalls = tuple[float, float]  # with the older prompt, with the newer one


def day(mix: Mapping[str, float], recall: float) -> Outcomes:
    return answers(mix, recall=recall)


def segmented(english: Recalls, spanish: Recalls, days: int = 6, chance: np.random.Generator | None = None) -> Windows:
    """Two languages, of which one has a fifth of the messages, under prompt p3 and then p4."""
    told = {
        name: history(Spell(30, day(mix, then), "p3"), Spell(days, day(mix, now), "p4"), chance=chance)
        for name, mix, (then, now) in (("en", {**EVEN}, english), ("es", FEW, spanish))
    }
    both = told["en"]
    return replace(
        both,
        segments=tuple(("language", name, windows.current) for name, windows in told.items()),
        segment_lookback=tuple(
            (
                "language",
                name,
                replace(windows.reference, outcomes=tuple(c for run in windows.versions for c in run.outcomes)),
            )
            for name, windows in told.items()
        ),
    )


def judged(windows: Windows) -> dict[str, Finding]:
    return {finding.subject: finding for finding in map(worded, CHECK.run(Measured(windows)))}


def test_a_prompt_that_is_better_in_english_and_worse_in_spanish_is_told() -> None:
    found = judged(segmented(english=(0.85, 0.92), spanish=(0.88, 0.60)))
    assert found["language=es"].verdict is Verdict.WARNING
    assert found["language=es"].slice == "prompt_version=p4"
    assert found["language=es"].value == pytest.approx(0.35, abs=0.02)
    assert "with prompt p4, 88% with p3; elsewhere 93% and 85%" in found["language=es"].message
    assert found["language=en"].verdict is Verdict.OK


@pytest.mark.parametrize(
    ("english", "spanish"),
    [
        ((0.90, 0.90), (0.70, 0.70)),  # always worse: no prompt did that
        ((0.90, 0.60), (0.90, 0.60)),  # worse everywhere: a bad prompt, not a biased one
        ((0.80, 0.95), (0.85, 0.85)),  # better elsewhere only: nothing was lost
        ((0.90, 0.90), (0.90, 0.86)),  # under the limit
    ],
)
def test_what_no_prompt_did_to_one_segment_is_well(english: Recalls, spanish: Recalls) -> None:
    assert {finding.verdict for finding in judged(segmented(english, spanish)).values()} == {Verdict.OK}


def test_one_prompt_or_no_segments_say_nothing() -> None:
    assert judged(history(Spell(30, day(dict(EVEN), 0.9)))) == {}
    assert judged(segmented((0.9, 0.9), (0.9, 0.5), days=0)) == {}


def test_a_fair_prompt_is_rarely_accused() -> None:
    chance = np.random.default_rng(2)
    told = [
        finding.verdict
        for _ in range(60)
        for finding in judged(segmented((0.85, 0.85), (0.85, 0.85), chance=chance)).values()
    ]
    assert told.count(Verdict.WARNING) == 0
