"""Stories of answers that cannot be read, and of answers that come late."""

from dataclasses import replace

from bench.advice.stories.story import NONE, Case, Draws, Story
from bench.advice.stories.studying import Tokens
from bench.advice.stories.world import Bot, Labelling, Spell, draw

LAST = 14.0


def _after(d: Draws, good: Bot, bad: Bot, *, prompt: str = "p1", model: str = "m1") -> Case:
    days, labels = float(round(d.between(42, 56))), Labelling(d.between(0.45, 0.8))
    spells = [Spell(days, good, labelling=labels), Spell(LAST, bad, prompt, model, labelling=labels)]
    return Case(draw(spells, d.rng), days)


def _good(d: Draws) -> Bot:
    return Bot(recall={"urgent": d.between(0.88, 0.95)}, others=d.between(0.90, 0.95), ms=d.between(600, 1200))


def parser_broke(d: Draws) -> Case:
    """Answers come that name no class, and nothing that is logged changed."""
    good = _good(d)
    return _after(d, good, replace(good, unparsed=d.sized(0.06, 0.12, 0.3)))


def prompt_broke_the_format(d: Draws) -> Case:
    """Answers that name no class, since a new prompt."""
    good = _good(d)
    return _after(d, good, replace(good, unparsed=d.sized(0.06, 0.12, 0.3)), prompt="p2")


def class_spelt_otherwise(d: Draws) -> Case:
    """Part of the billing answers come as a class that no label ever had."""
    good = _good(d)
    return _after(d, good, replace(good, odd=d.sized(0.25, 0.5, 0.9)))


def class_missed(d: Draws) -> Case:
    """Billing is answered as a class that there is, as badly, since a new prompt."""
    good = _good(d)
    bad = replace(good.but(billing=good.others * (1 - d.sized(0.25, 0.5, 0.9))), taken_for={"billing": "account"})
    return _after(d, good, bad, prompt="p2")


def slow_since_prompt(d: Draws) -> Case:
    """A new prompt is longer, and all answers are slower."""
    good, slower = _good(d), d.sized(1.6, 2.0, 3.0)
    case = _after(d, good, replace(good, ms=good.ms * slower), prompt="p2")
    return replace(case, tokens=(Tokens("prompt", slower, 0.6), Tokens("completion", 1.0, 0.1)))


def longer_answers(d: Draws) -> Case:
    """Answers became longer by themselves, and slower."""
    good, slower = _good(d), d.sized(1.6, 2.0, 3.0)
    case = _after(d, good, replace(good, ms=good.ms * slower))
    return replace(case, tokens=(Tokens("prompt", 1.0, 0.1), Tokens("completion", slower, 0.8)))


def slow_by_itself(d: Draws) -> Case:
    """All answers are slower, and no version changed."""
    good = _good(d)
    return _after(d, good, replace(good, ms=good.ms * d.sized(1.6, 2.0, 3.0)))


def one_slow_step(d: Draws) -> Case:
    """Six hours were slow, then all is as before."""
    good, days, labels = _good(d), float(round(d.between(42, 56))), Labelling(0.6)
    slow = replace(good, ms=good.ms * d.sized(1.6, 2.0, 3.0))
    spells = [Spell(days, good), Spell(0.25, slow), Spell(LAST, good)]
    return Case(draw([replace(spell, labelling=labels) for spell in spells], d.rng), days + 0.5, stays=4)


STORIES = (
    Story("answers that name no class", parser_broke, "fix_parser"),
    Story(
        "answers that name no class since a new prompt",
        prompt_broke_the_format,
        "rollback_prompt",
        frozenset({"fix_parser"}),
        "answers that name no class",
    ),
    Story("a class comes under another name", class_spelt_otherwise, "fix_parser"),
    Story(
        "a class is taken for another since a new prompt",
        class_missed,
        "rollback_prompt",
        twin="a class comes under another name",
    ),
    Story("slow since a new prompt", slow_since_prompt, "rollback_prompt", frozenset({"reduce_latency"})),
    Story("answers grew longer and slower", longer_answers, "reduce_latency", twin="slow since a new prompt"),
    Story("slow without a change", slow_by_itself, "reduce_latency", twin="slow since a new prompt"),
    Story("one slow night", one_slow_step, NONE, twin="slow without a change"),
)
