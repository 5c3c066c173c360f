"""Stories of a bot that is not good enough: more prompt work, a fine-tune, or better evidence first."""

from collections.abc import Sequence
from dataclasses import replace

from bench.advice.stories.story import ABSTAIN, NONE, Case, Draws, Story
from bench.advice.stories.world import MIX, Bot, Labelling, Spell, draw

LAST = 14.0


def _even(accuracy: float) -> Bot:
    return Bot(recall={"urgent": accuracy}, others=accuracy)


def _prompts(accuracies: Sequence[float], days: float, labelling: Labelling, **more: float) -> list[Spell]:
    a_day = more.get("a_day", 600.0)
    return [
        Spell(LAST if number == len(accuracies) else days, _even(accuracy), f"p{number}", "m1", MIX, labelling, a_day)
        for number, accuracy in enumerate(accuracies, 1)
    ]


def _looked_at_last(d: Draws, spells: Sequence[Spell]) -> Case:
    """Looked at when the last prompt has run for some days."""
    before = sum(spell.days for spell in spells[:-1])
    return Case(draw(spells, d.rng), before + float(round(d.between(4, 8))), stays=6)


def _tried(d: Draws) -> tuple[int, float]:
    """How many prompts, and how long each ran."""
    return round(d.between(4, 6)), float(round(d.between(8, 11)))


def plateau(d: Draws) -> Case:
    """Prompts that are all about as good, and not good enough."""
    prompts, days = _tried(d)
    level = d.sized(0.79, 0.75, 0.68)
    accuracies = [level + d.between(-0.008, 0.008) for _ in range(prompts)]
    return _looked_at_last(d, _prompts(accuracies, days, Labelling(d.between(0.4, 0.8))))


def rising(d: Draws) -> Case:
    """Each prompt is better than the last."""
    prompts, days = _tried(d)
    step = d.sized(0.015, 0.025, 0.04)
    accuracies = [0.75 - step * (prompts - 1 - k) + d.between(-0.005, 0.005) for k in range(prompts)]
    return _looked_at_last(d, _prompts(accuracies, days, Labelling(d.between(0.4, 0.8))))


def few_labels(d: Draws) -> Case:
    """A plateau with about six labels a class."""
    prompts, days = _tried(d)
    level = d.sized(0.72, 0.62, 0.5)
    rows = days * (prompts - 1) + LAST / 2
    coverage = 6 * 6 / (600 * rows) * d.between(0.8, 1.2)
    return _looked_at_last(d, _prompts([level] * prompts, days, Labelling(coverage)))


def noisy_plateau(d: Draws) -> Case:
    """Prompts that are good enough, and labels that are not: part of them is wrong."""
    prompts, days = _tried(d)
    noise = d.sized(0.12, 0.15, 0.25) * d.between(0.9, 1.1)
    labelling = Labelling(d.between(0.4, 0.8), noise=noise)
    return _looked_at_last(d, _prompts([d.between(0.86, 0.92)] * prompts, days, labelling))


def two_prompts(d: Draws) -> Case:
    """Too few prompts to call it a plateau."""
    level = d.sized(0.79, 0.75, 0.68)
    spells = _prompts([level, level + d.between(-0.01, 0.01)], float(round(d.between(20, 35))), Labelling(0.6))
    return _looked_at_last(d, spells)


def one_class_short(d: Draws) -> Case:
    """A plateau where urgent requests are so rare that a handful are labelled."""
    prompts, days = _tried(d)
    level = d.sized(0.79, 0.75, 0.68)
    mix = {**MIX, "urgent": d.between(0.0003, 0.0008)}
    spells = [replace(spell, mix=mix) for spell in _prompts([level] * prompts, days, Labelling(0.6))]
    return _looked_at_last(d, spells)


def last_prompt_worse(d: Draws) -> Case:
    """A plateau, and then a prompt that throws much of it away."""
    prompts, days = _tried(d)
    level = 0.76 + d.between(-0.02, 0.02)
    accuracies = [level + d.between(-0.008, 0.008) for _ in range(prompts - 1)]
    return _looked_at_last(d, _prompts([*accuracies, level - d.sized(0.08, 0.13, 0.2)], days, Labelling(0.6)))


def missed_class(d: Draws) -> Case:
    """One prompt, never good for urgent requests, well labelled."""
    recall = d.sized(0.65, 0.45, 0.15) + d.between(-0.04, 0.04)
    bot = Bot({"urgent": recall}, d.between(0.92, 0.96), {"urgent": "other"})
    days = float(round(d.between(30, 50)))
    return Case(draw([Spell(days + 8, bot, labelling=Labelling(d.between(0.4, 0.8)))], d.rng), days)


def three_labels(d: Draws) -> Case:
    """One prompt never recognised urgent requests, of which about three have a label."""
    recall = d.sized(0.65, 0.45, 0.15)
    bot = Bot({"urgent": recall}, d.between(0.92, 0.96), {"urgent": "other"})
    days = float(round(d.between(30, 50)))
    mix = {**MIX, "urgent": 3 / (600 * 0.5 * days)}
    return Case(draw([Spell(days + 8, bot, mix=mix, labelling=Labelling(0.5))], d.rng), days)


def broken_labels(d: Draws) -> Case:
    """One prompt never recognised urgent requests, and many label rows fit no prediction."""
    return replace(missed_class(d), problems={"orphan_label": round(1500 * d.sized(0.6, 1.0, 2.0))})


STORIES = (
    Story("prompts on a plateau", plateau, "fine_tune"),
    Story("prompts that still rise", rising, "revise_prompt", frozenset(), "prompts on a plateau"),
    Story(
        "a plateau with six labels a class",
        few_labels,
        "collect_labels",
        frozenset({NONE, ABSTAIN}),
        "prompts on a plateau",
    ),
    Story("only two prompts", two_prompts, "revise_prompt", frozenset(), "prompts on a plateau"),
    Story(
        "a plateau with one class hardly labelled",
        one_class_short,
        "collect_labels",
        frozenset({"revise_prompt"}),
        "prompts on a plateau",
    ),
    Story(
        "a plateau, and the newest prompt is worse", last_prompt_worse, "rollback_prompt", twin="prompts on a plateau"
    ),
    Story("one prompt never recognised urgent requests", missed_class, "revise_prompt"),
    Story(
        "the same with three urgent labels",
        three_labels,
        "collect_labels",
        frozenset({NONE, ABSTAIN}),
        "one prompt never recognised urgent requests",
    ),
    Story(
        "the same, and labels that fit no prediction",
        broken_labels,
        "fix_labels",
        twin="one prompt never recognised urgent requests",
    ),
)
