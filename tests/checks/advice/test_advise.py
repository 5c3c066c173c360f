"""What is advised, story by story: what must be told, and what must not."""

from dataclasses import dataclass

import pytest

from checks.advice.deciding.model import Action
from checks.advice.deciding.policy import AdvicePolicy
from checks.counts.windows import Windows
from checks.rules.finding import Finding, Verdict
from tests.checks.advice.cases import (
    GOOD,
    HALF,
    MISSES_URGENT,
    PARADOX,
    PLAIN,
    POLICY,
    SLOW,
    URGENT,
    even,
    low_accuracy,
    prompts,
    rare_urgent,
)
from tests.support.advice import advise
from tests.support.windows import EVEN, Spell, alarm, answers, history


@dataclass(frozen=True)
class Story:
    name: str
    findings: list[Finding]
    windows: Windows
    action: Action
    runner_up: Action | None = None
    abstained: bool = False
    says: str = ""
    policy: AdvicePolicy = POLICY


A = Action
MEDIOCRE = answers(recall={"urgent": 0.62})
STORIES = [
    # --- a new version did it
    Story(
        "a new prompt lost the urgent requests",
        [URGENT, PARADOX],
        history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4")),
        A.ROLLBACK_PROMPT,
        A.REVISE_PROMPT,
        says="with prompt p3 and is 13%",
    ),
    Story(
        "the same after two days, with 28 urgent labels of the new prompt",
        [alarm(n=28)],
        history(Spell(25, GOOD, "p3"), Spell(2, MISSES_URGENT, "p4")),
        A.ROLLBACK_PROMPT,
        A.REVISE_PROMPT,
    ),
    Story(
        "a new model did it",
        [URGENT],
        history(Spell(25, GOOD, model="m1"), Spell(5, MISSES_URGENT, model="m2")),
        A.ROLLBACK_MODEL,
        says="with model m1 and is 13%",
    ),
    Story(
        "a prompt that still runs beside its predecessor did it",
        [alarm(value=0.60)],
        history(Spell(40, GOOD, "p3"), beside=[Spell(6, MISSES_URGENT, "p4")]),
        A.ROLLBACK_PROMPT,
        A.REVISE_PROMPT,
    ),
    Story(
        "a second prompt did not repair what the first one broke: back to the one before both",
        [URGENT],
        history(Spell(20, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4"), Spell(3, MISSES_URGENT, "p5")),
        A.ROLLBACK_PROMPT,
        A.REVISE_PROMPT,
        says="with prompt p3 and is 12% (5–24%, n=42) with prompt p5",
    ),
    Story(
        "the prompt changed first and did no harm, then the model changed and did",
        [URGENT],
        history(Spell(20, GOOD, "p3"), Spell(10, GOOD, "p4"), Spell(5, MISSES_URGENT, "p4", "m2")),
        A.ROLLBACK_MODEL,
    ),
    Story(
        "the prompt changed first and did the harm, then the model changed and did none",
        [URGENT],
        history(Spell(20, GOOD, "p3"), Spell(10, MISSES_URGENT, "p4"), Spell(5, MISSES_URGENT, "p4", "m2")),
        A.ROLLBACK_PROMPT,
        A.REVISE_PROMPT,
    ),
    # --- it changed, but that is not why
    Story(
        "both changed at once, and it fell by far: back over both, whichever did it",
        [URGENT],
        history(Spell(25, GOOD, "p3", "m1"), Spell(5, MISSES_URGENT, "p4", "m2")),
        A.ROLLBACK_RELEASE,
        says="changed together",
    ),
    Story(
        "both changed at once, and it fell by less: time to find out which",
        [URGENT],
        history(Spell(25, GOOD, "p3", "m1"), Spell(15, answers(recall={"urgent": 0.72}), "p4", "m2")),
        A.NONE,
        abstained=True,
        says="changed together",
    ),
    Story(
        "both did half of the harm, at different times",
        [URGENT],
        history(Spell(20, GOOD, "p3"), Spell(10, HALF, "p4"), Spell(5, MISSES_URGENT, "p4", "m2")),
        A.NONE,
        abstained=True,
        says="Too close",
    ),
    Story(
        "three good days after the prompt change: the change did not do it",
        [URGENT],
        history(Spell(25, GOOD, "p3"), Spell(3, GOOD, "p4"), Spell(4, MISSES_URGENT, "p4")),
        A.NONE,
        abstained=True,
        says="within prompt p4 on model m1",
    ),
    Story(
        "the same, a week later",
        [URGENT],
        history(Spell(25, GOOD, "p3"), Spell(3, GOOD, "p4"), Spell(7, MISSES_URGENT, "p4")),
        A.NONE,
        abstained=True,
        says="within prompt p4 on model m1",
    ),
    Story(
        "the fall came three days before the prompt change",
        [URGENT],
        history(Spell(25, GOOD, "p3"), Spell(3, MISSES_URGENT, "p3"), Spell(2, MISSES_URGENT, "p4")),
        A.NONE,
        abstained=True,
        says="it had fallen before prompt p4 came",
    ),
    Story(
        "two prompts side by side fell at the same time",
        [URGENT],
        history(Spell(30, GOOD, "p3"), Spell(4, MISSES_URGENT, "p3"), beside=[Spell(4, MISSES_URGENT, "p4")]),
        A.NONE,
        abstained=True,
    ),
    Story(
        "it was as bad before the change as after it",
        [URGENT],
        history(Spell(25, MISSES_URGENT, "p3"), Spell(5, MISSES_URGENT, "p4")),
        A.REVISE_PROMPT,
        says="no fall that explains the failure",
    ),
    Story(
        "harder messages came with the prompt change, and each class is answered as well as before",
        [low_accuracy(0.80)],
        history(
            Spell(25, answers({**EVEN, "loans": 5}, recall={"loans": 0.5}), "p3"),
            Spell(7, answers({**EVEN, "loans": 120}, recall={"loans": 0.5}), "p4"),
        ),
        A.REVISE_PROMPT,
        policy=PLAIN,
    ),
    Story(
        "the version that failed has been taken back already",
        [URGENT],
        history(Spell(20, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4"), Spell(2, GOOD, "p3")),
        A.NONE,
        says="failed and no longer answers",
    ),
    Story(
        "a repair came yesterday, with 3 urgent labels so far",
        [URGENT],
        history(Spell(20, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4"), Spell(1, rare_urgent(0.92, 3), "p5")),
        A.COLLECT_LABELS,
        says="it can be judged from 8 on",
    ),
    Story(
        "a repair came yesterday, and 8 of 9 right may be luck",
        [alarm(value=0.62)],
        history(Spell(20, MEDIOCRE, "p4"), Spell(1, rare_urgent(0.89, 9), "p5")),
        A.REVISE_PROMPT,
    ),
    Story(
        "versions are not logged and it fell",
        [URGENT],
        history(Spell(25, GOOD, "", ""), Spell(5, MISSES_URGENT, "", "")),
        A.NONE,
        abstained=True,
        says="log prompt_version",
    ),
    Story(
        "versions are not logged and it was never good",
        [URGENT],
        history(Spell(30, MISSES_URGENT, "", "")),
        A.REVISE_PROMPT,
        says="log prompt_version",
    ),
    Story(
        "versions began to be logged when it fell: that is no known change",
        [URGENT],
        history(Spell(25, GOOD, "", ""), Spell(5, MISSES_URGENT, "p4", "m1")),
        A.REVISE_PROMPT,
    ),
    # --- revise or fine-tune
    Story(
        "five prompts on a plateau, hundreds of labels a class, errors spread",
        [low_accuracy()],
        history(*prompts(0.74, 0.75, 0.755, 0.75, 0.752)),
        A.FINE_TUNE,
        says="5 prompts are on a plateau under the 85%",
        policy=PLAIN,
    ),
    Story(
        "four of them",
        [low_accuracy()],
        history(*prompts(0.74, 0.75, 0.76, 0.75)),
        A.FINE_TUNE,
        policy=PLAIN,
    ),
    Story(
        "a plateau whose first prompt was a little better: going back to it would not reach the target",
        [low_accuracy()],
        history(*prompts(0.79, 0.75, 0.75, 0.75, days=15)),
        A.FINE_TUNE,
        policy=PLAIN,
    ),
    Story(
        "two prompts are not a plateau",
        [low_accuracy()],
        history(*prompts(0.74, 0.75)),
        A.REVISE_PROMPT,
        says="Only 2 prompts were tried",
        policy=PLAIN,
    ),
    Story("nor is one", [low_accuracy()], history(*prompts(0.75)), A.REVISE_PROMPT, policy=PLAIN),
    Story(
        "each prompt is better than the last",
        [low_accuracy()],
        history(*prompts(0.60, 0.65, 0.70, 0.75)),
        A.REVISE_PROMPT,
        says="still improve",
        policy=PLAIN,
    ),
    Story(
        "a plateau with 6 labels a class",
        [low_accuracy()],
        history(*(Spell(10, answers(dict.fromkeys(EVEN, 0.12), recall=0.75), f"p{n}") for n in range(5))),
        A.COLLECT_LABELS,
        policy=PLAIN,
    ),
    Story(
        "a plateau where one class has 5 labels",
        [low_accuracy()],
        history(*(Spell(10, answers({**EVEN, "fraud": 0.1}, recall=0.75), f"p{n}") for n in range(5))),
        A.COLLECT_LABELS,
        says="fraud has 5",
        policy=PLAIN,
    ),
    Story(
        "a plateau where a class with a floor has never been labelled",
        [low_accuracy()],
        history(*prompts(0.74, 0.75, 0.755, 0.75)),
        A.COLLECT_LABELS,
        says="urgent has 0",
    ),
    Story(
        "a plateau, and then a fall within the last prompt",
        [low_accuracy(0.60)],
        history(*prompts(0.75, 0.75, 0.75, 0.75), Spell(3, even(0.55), "p4")),
        A.NONE,
        abstained=True,
        policy=PLAIN,
    ),
    Story(
        "a plateau, and the newest prompt threw away much of it",
        [low_accuracy(0.60)],
        history(*prompts(0.75, 0.75, 0.75, 0.60)),
        A.ROLLBACK_PROMPT,
        policy=PLAIN,
    ),
    Story(
        "one prompt, never good, one confusion",
        [alarm(reference=None)],
        history(Spell(30, MISSES_URGENT)),
        A.REVISE_PROMPT,
        says="urgent taken for other",
    ),
    # --- can the evidence be believed, and what else it could be
    Story(
        "three urgent labels",
        [alarm(value=0.0, n=3)],
        history(Spell(30, rare_urgent(0.0, 0.1))),
        A.COLLECT_LABELS,
        says="rests on 3 labels",
    ),
    Story(
        "labels that fit no prediction",
        [alarm()],
        history(Spell(30, MISSES_URGENT), problems={"orphan_label": 900}),
        A.FIX_LABELS,
        says="900 label rows cannot be used",
    ),
    Story(
        "a few labels that fit no prediction",
        [alarm()],
        history(Spell(30, MISSES_URGENT), problems={"orphan_label": 30, "bad_latency": 9000}),
        A.REVISE_PROMPT,
    ),
    Story(
        "answers that name no class",
        [low_accuracy(0.66)],
        history(Spell(30, even(0.95)), Spell(7, even(0.80) | {("(none)", "cards"): 60.0})),
        A.FIX_PARSER,
        says="name no class",
        policy=PLAIN,
    ),
    Story(
        "answers that name no class, since a new prompt: taking it back is quicker than a new parser",
        [low_accuracy(0.66)],
        history(Spell(30, even(0.95), "p3"), Spell(7, even(0.80) | {("(none)", "cards"): 60.0}, "p4")),
        A.ROLLBACK_PROMPT,
        A.FIX_PARSER,
        policy=PLAIN,
    ),
    # --- not quality
    Story(
        "only latency, and no version changed",
        [SLOW],
        history(Spell(30, GOOD, ms=700), Spell(5, GOOD, ms=1500)),
        A.REDUCE_LATENCY,
    ),
    Story(
        "latency, since a new prompt",
        [SLOW],
        history(Spell(30, GOOD, "p3", ms=700), Spell(5, GOOD, "p4", ms=1500)),
        A.ROLLBACK_PROMPT,
        A.REDUCE_LATENCY,
    ),
    Story(
        "latency, since a new model",
        [SLOW],
        history(Spell(30, GOOD, model="m1", ms=700), Spell(5, GOOD, model="m2", ms=1500)),
        A.ROLLBACK_MODEL,
        A.REDUCE_LATENCY,
    ),
    Story(
        "latency rose two days after the new prompt",
        [SLOW],
        history(Spell(30, GOOD, "p3", ms=700), Spell(4, GOOD, "p4", ms=700), Spell(3, GOOD, "p4", ms=1500)),
        A.REDUCE_LATENCY,
    ),
    Story(
        "no traffic",
        [alarm("traffic", "predictions")],
        history(Spell(30, GOOD)),
        A.CHECK_TRAFFIC,
        says="the last deployment",
    ),
    Story("no labels", [alarm("label_health", "silence")], history(Spell(30, GOOD)), A.COLLECT_LABELS),
    Story(
        "nothing alarms",
        [alarm(verdict=Verdict.OK, value=0.9)],
        history(Spell(30, GOOD)),
        A.NONE,
        says="What would change that first",
    ),
    Story(
        "nothing is known",
        [alarm(verdict=Verdict.NOT_ENOUGH_DATA, n=2)],
        history(Spell(30, GOOD)),
        A.NONE,
        says="class_recall of urgent (n=2)",
    ),
    Story("nothing at all", [], history(), A.NONE),
    Story("an alarm without any data", [URGENT], history(), A.COLLECT_LABELS),
]


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_the_advice_fits_the_story(story: Story) -> None:
    advice = advise(story.findings, story.windows, story.policy)
    assert (advice.action, advice.abstained) == (story.action, story.abstained), advice.reasons
    assert bool(advice.experiment) == (story.abstained or story.action is A.ROLLBACK_RELEASE)
    assert story.says in " ".join(advice.reasons), advice.reasons
    if story.runner_up is not None:
        assert advice.runner_up is story.runner_up


def test_the_strongest_reason_comes_first_and_none_twice() -> None:
    advice = advise([URGENT, PARADOX], history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4")), POLICY)
    assert advice.reasons[0].startswith("Recall of urgent was 92% (89–95%, n=349) with prompt p3")
    assert "80 points less (67 to 88 points)" in advice.reasons[0]
    assert len(set(advice.reasons)) == len(advice.reasons)


def test_an_advice_shows_what_it_added_up() -> None:
    advice = advise([URGENT], history(Spell(25, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4")), POLICY)
    mine = [item.weight for item in advice.contributions if item.action is advice.action]
    assert advice.score == sum(mine) > 0
    assert {veto.action for veto in advice.vetoes} == {Action.ROLLBACK_MODEL, Action.ADD_CONTEXT, Action.FINE_TUNE}


def test_a_fine_tune_is_not_even_second_while_a_step_is_unexplained() -> None:
    advice = advise([low_accuracy(0.60)], history(*prompts(0.75, 0.75, 0.75, 0.60)), PLAIN)
    assert advice.runner_up is None
    assert [veto.gate for veto in advice.vetoes if veto.action is Action.FINE_TUNE] == ["unexplained_step"]


@pytest.mark.parametrize("newest", [GOOD, rare_urgent(0.92, 2)], ids=["well", "not judged yet"])
def test_a_prompt_that_was_just_replaced_is_not_to_be_revised(newest: dict[tuple[str, str | None], float]) -> None:
    windows = history(Spell(20, GOOD, "p3"), Spell(5, MISSES_URGENT, "p4"), Spell(2, newest, "p5"))
    advice = advise([URGENT], windows, POLICY)
    assert Action.REVISE_PROMPT not in (advice.action, advice.runner_up)


def test_the_experiment_names_the_versions_the_labels_and_what_each_result_means() -> None:
    windows = history(Spell(25, GOOD, "p3", "m1"), Spell(5, MISSES_URGENT, "p4", "m2"))
    assert advise([URGENT], windows, POLICY).experiment == (
        "Run prompt p4 on model m1 for about 20 labelled urgent requests (they come among some 415 messages, at 5% "
        "urgent): if recall of urgent stays near 13% the prompt did it, near 92% the model did."
    )


def test_a_smaller_fall_takes_more_labels_to_explain() -> None:
    slight = answers(recall={"urgent": 0.70})
    windows = history(Spell(40, GOOD, "p3", "m1"), Spell(20, slight, "p4", "m2"))
    advice = advise([alarm(value=0.70)], windows, POLICY)
    assert advice.abstained
    assert "for about 54 labelled urgent requests" in advice.experiment


def test_an_unlogged_model_is_named_as_what_cannot_be_ruled_out() -> None:
    windows = history(Spell(25, GOOD, "p3", ""), Spell(5, MISSES_URGENT, "p4", ""))
    advice = advise([URGENT], windows, POLICY)
    assert advice.action is Action.ROLLBACK_PROMPT
    assert "the log does not say the model" in advice.reasons[0]
