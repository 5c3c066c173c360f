"""Stories of what changed: a prompt, a model, both, or neither."""

from dataclasses import replace

from bench.advice.stories.story import ABSTAIN, NONE, Case, Draws, Story
from bench.advice.stories.world import LABELS, MIX, Bot, Labelling, Spell, draw

LAST = 18.0  # days that the last spell goes on


def _bot(d: Draws) -> Bot:
    good = d.between(0.90, 0.95)
    return Bot(recall={"urgent": d.between(0.88, 0.95)}, others=good, ms=d.between(600, 1200))


def _harmed(d: Draws, bot: Bot) -> Bot:
    """Urgent requests are taken for something else, by the size of the effect."""
    recall = d.sized(0.68, 0.50, 0.20) + d.between(-0.05, 0.05)
    return replace(bot.but(urgent=recall), taken_for={"urgent": "other"})


def _labels(d: Draws) -> Labelling:
    return Labelling(coverage=d.between(0.45, 0.8), delay=d.between(0.4, 1.2))


def _days(d: Draws) -> float:
    return float(round(d.between(42, 56)))


def _then(d: Draws, *later: Spell, before: Spell | None = None, onset: float | None = None) -> Case:
    """A healthy spell, then the others; looked at from the first of them on."""
    days = _days(d)
    first = before or Spell(days, _bot(d), labelling=later[-1].labelling)
    world = draw([replace(first, days=days), *later], d.rng)
    return Case(world, days + (onset or 0.0))


def bad_prompt(d: Draws) -> Case:
    """A new prompt misses urgent requests."""
    bot, labels = _bot(d), _labels(d)
    return _then(d, Spell(LAST, _harmed(d, bot), "p2", labelling=labels), before=Spell(1, bot, labelling=labels))


def fell_later(d: Draws) -> Case:
    """The same fall, two to five days after the prompt changed."""
    bot, labels, wait = _bot(d), _labels(d), float(round(d.between(2, 5)))
    good = Spell(wait, bot, "p2", labelling=labels)
    bad = Spell(LAST, _harmed(d, bot), "p2", labelling=labels)
    return _then(d, good, bad, before=Spell(1, bot, labelling=labels), onset=wait)


def fell_next_day(d: Draws) -> Case:
    """The same fall, a day after the prompt changed."""
    bot, labels, wait = _bot(d), _labels(d), round(4 * d.between(0.75, 1.5)) / 4
    good = Spell(wait, bot, "p2", labelling=labels)
    bad = Spell(LAST, _harmed(d, bot), "p2", labelling=labels)
    return _then(d, good, bad, before=Spell(1, bot, labelling=labels), onset=wait)


def bad_model(d: Draws) -> Case:
    """A new model does."""
    bot, labels = _bot(d), _labels(d)
    bad = Spell(LAST, _harmed(d, bot), "p1", "m2", labelling=labels)
    return _then(d, bad, before=Spell(1, bot, labelling=labels))


def both_changed(d: Draws) -> Case:
    """Prompt and model change at once, with the same harm."""
    bot, labels = _bot(d), _labels(d)
    bad = Spell(LAST, _harmed(d, bot), "p2", "m2", labelling=labels)
    return _then(d, bad, before=Spell(1, bot, labelling=labels))


def prompt_then_model(d: Draws) -> Case:
    """The prompt changed without harm, then the model with it."""
    bot, labels, gap = _bot(d), _labels(d), float(round(d.between(4, 10)))
    good = Spell(gap, bot, "p2", labelling=labels)
    bad = Spell(LAST, _harmed(d, bot), "p2", "m2", labelling=labels)
    return _then(d, good, bad, before=Spell(1, bot, labelling=labels), onset=gap)


def bad_canary(d: Draws) -> Case:
    """A new prompt that does harm answers part of the traffic."""
    bot, labels, share, days = _bot(d), _labels(d), d.between(0.4, 0.6), _days(d)
    old = Spell(days, bot, labelling=labels)
    rest = replace(old, days=LAST, a_day=600 * (1 - share))
    canary = Spell(LAST, _harmed(d, bot), "p2", labelling=labels, a_day=600 * share)
    return Case(draw([old, rest], d.rng, beside=[(days, canary)]), days)


def innocent_canary(d: Draws) -> Case:
    """A canary is on its way when everything falls, the old prompt too."""
    bot, labels, share, days, wait = _bot(d), _labels(d), d.between(0.3, 0.5), _days(d), float(round(d.between(3, 6)))
    bad = _harmed(d, bot)
    old = Spell(days, bot, labelling=labels)
    rest = Spell(wait, bot, labelling=labels, a_day=600 * (1 - share))
    fell = replace(rest, days=LAST, bot=bad)
    new = Spell(wait, bot, "p2", labelling=labels, a_day=600 * share)
    new_fell = replace(new, days=LAST, bot=bad)
    world = draw([old, rest, fell], d.rng, beside=[(days, new), (days + wait, new_fell)])
    return Case(world, days + wait)


def taken_back(d: Draws) -> Case:
    """The prompt that failed has been replaced by the old one when people are told."""
    bot, labels, bad_for = _bot(d), _labels(d), float(round(d.between(3, 5)))
    bad = Spell(bad_for, _harmed(d, bot), "p2", labelling=labels)
    again = Spell(LAST, bot, "p1", labelling=labels)
    return _then(d, bad, again, before=Spell(1, bot, labelling=labels), onset=bad_for + 1)


def replaced_in_vain(d: Draws) -> Case:
    """The prompt that failed has been replaced by another that is as bad."""
    bot, labels, bad_for = _bot(d), _labels(d), float(round(d.between(3, 5)))
    harmed = _harmed(d, bot)
    bad = Spell(bad_for, harmed, "p2", labelling=labels)
    again = Spell(LAST, harmed, "p3", labelling=labels)
    return _then(d, bad, again, before=Spell(1, bot, labelling=labels), onset=bad_for + 1)


def harder_mix(d: Draws) -> Case:
    """A prompt changed, and since then a class that was always hard has become common."""
    labels = _labels(d)
    bot = Bot(recall={"urgent": 0.92, "other": d.between(0.60, 0.72)}, others=d.between(0.92, 0.96))
    more = MIX["other"] * d.sized(1.8, 2.5, 3.5)
    mix = {**{name: MIX[name] * (1 - more) / (1 - MIX["other"]) for name in LABELS}, "other": more}
    later = Spell(LAST, bot, "p2", mix=mix, labelling=labels)
    return _then(d, later, before=Spell(1, bot, labelling=labels))


def harder_class(d: Draws) -> Case:
    """A prompt changed, and since then a class is answered worse."""
    labels = _labels(d)
    bot = Bot(recall={"urgent": 0.92, "other": d.between(0.82, 0.9)}, others=d.between(0.92, 0.96))
    worse = bot.but(other=d.sized(0.65, 0.5, 0.3))
    return _then(d, Spell(LAST, worse, "p2", labelling=labels), before=Spell(1, bot, labelling=labels))


def errors_labelled_first(d: Draws) -> Case:
    """A harmless new prompt; errors get their label at once, right answers days later."""
    bot, how = _bot(d), Labelling(coverage=d.between(0.5, 0.8), delay=0.2, right_delay=d.sized(1.0, 2.0, 3.0))
    return _then(d, Spell(LAST, bot, "p2", labelling=how), before=Spell(1, bot, labelling=how))


def errors_labelled_first_harm(d: Draws) -> Case:
    """The same labelling, and a prompt that does harm."""
    bot, how = _bot(d), Labelling(coverage=d.between(0.5, 0.8), delay=0.2, right_delay=d.between(1.0, 3.0))
    return _then(d, Spell(LAST, _harmed(d, bot), "p2", labelling=how), before=Spell(1, bot, labelling=how))


STORIES = (
    Story("a new prompt misses urgent requests", bad_prompt, "rollback_prompt"),
    Story(
        "the same fall some days after the new prompt",
        fell_later,
        ABSTAIN,
        frozenset({"add_context", "collect_labels"}),
        "a new prompt misses urgent requests",
    ),
    Story(
        "the same fall a day after the new prompt",
        fell_next_day,
        ABSTAIN,
        frozenset({"add_context", "collect_labels"}),
        "a new prompt misses urgent requests",
    ),
    Story("a new model misses urgent requests", bad_model, "rollback_model"),
    Story(
        "prompt and model changed at once",
        both_changed,
        "rollback_release",
        frozenset({ABSTAIN}),
        "a new model misses urgent requests",
    ),
    Story(
        "the prompt changed without harm, then the model",
        prompt_then_model,
        "rollback_model",
        twin="prompt and model changed at once",
    ),
    Story("a canary misses urgent requests", bad_canary, "rollback_prompt"),
    Story(
        "everything falls while a canary is on its way",
        innocent_canary,
        ABSTAIN,
        frozenset({"add_context", "collect_labels"}),
        "a canary misses urgent requests",
    ),
    Story("the bad prompt was taken back", taken_back, NONE, frozenset({"collect_labels"})),
    Story(
        "the bad prompt was replaced by one as bad",
        replaced_in_vain,
        "rollback_prompt",
        frozenset({"revise_prompt"}),
        "the bad prompt was taken back",
    ),
    Story("a new prompt serves a class worse", harder_class, "rollback_prompt"),
    Story(
        "a hard class became common after a new prompt",
        harder_mix,
        NONE,
        frozenset({ABSTAIN, "revise_prompt", "collect_labels", "add_context"}),
        "a new prompt serves a class worse",
    ),
    Story(
        "labels of errors come first, and a prompt does harm",
        errors_labelled_first_harm,
        "rollback_prompt",
        frozenset({"collect_labels"}),
    ),
    Story(
        "labels of errors come first",
        errors_labelled_first,
        NONE,
        frozenset({ABSTAIN, "collect_labels"}),
        "labels of errors come first, and a prompt does harm",
    ),
)
