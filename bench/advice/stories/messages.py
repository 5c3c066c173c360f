"""Stories of messages and labels: a new topic, a model that changed behind its name, labels that are wrong."""

from dataclasses import replace

from bench.advice.stories.limits import noisy_plateau
from bench.advice.stories.story import ABSTAIN, NONE, Case, Draws, Story
from bench.advice.stories.world import EXTRA, LABELS, MIX, Bot, Labelling, Spell, draw

LAST = 18.0
TOPIC = EXTRA[0]


def _bot(d: Draws) -> Bot:
    return Bot({"urgent": d.between(0.88, 0.95)}, d.between(0.90, 0.95), {TOPIC: "other"}, ms=d.between(600, 1200))


def _labels(d: Draws) -> Labelling:
    return Labelling(d.between(0.45, 0.8), d.between(0.4, 1.2))


def _with_topic(share: float) -> dict[str, float]:
    return {**{name: MIX[name] * (1 - share) for name in LABELS}, TOPIC: share}


def _topic(d: Draws) -> float:
    return d.sized(0.06, 0.10, 0.18) * d.between(0.9, 1.1)


def new_topic(d: Draws) -> Case:
    """Messages of a topic come that the bot does not know."""
    bot, labels, days = _bot(d), _labels(d), float(round(d.between(42, 56)))
    spells = [Spell(days, bot, labelling=labels), Spell(LAST, bot, mix=_with_topic(_topic(d)), labelling=labels)]
    return Case(draw(spells, d.rng), days)


def new_topic_after_prompt(d: Draws) -> Case:
    """A new topic some days after a harmless new prompt."""
    bot, labels, days, wait = _bot(d), _labels(d), float(round(d.between(42, 56))), float(round(d.between(2, 5)))
    spells = [
        Spell(days, bot, labelling=labels),
        Spell(wait, bot, "p2", labelling=labels),
        Spell(LAST, bot, "p2", mix=_with_topic(_topic(d)), labelling=labels),
    ]
    return Case(draw(spells, d.rng), days + wait)


def known_topic(d: Draws) -> Case:
    """A new topic comes that the bot knows how to answer, and a new prompt does harm to others."""
    bot, labels, days = _bot(d), _labels(d), float(round(d.between(42, 56)))
    knows = bot.but(**{TOPIC: bot.others})
    harmed = replace(knows.but(urgent=d.sized(0.68, 0.5, 0.2)), taken_for={"urgent": "other"})
    spells = [
        Spell(days, knows, labelling=labels),
        Spell(LAST, harmed, "p2", mix=_with_topic(_topic(d)), labelling=labels),
    ]
    return Case(draw(spells, d.rng), days)


def silent_model(d: Draws) -> Case:
    """The model behind the same name changes: less right, less sure, faster."""
    bot, labels, days = _bot(d), _labels(d), float(round(d.between(42, 56)))
    loss = d.sized(0.08, 0.14, 0.25)
    other = replace(bot, others=bot.others - loss, sure=-d.between(0.6, 1.0), ms=bot.ms * d.between(0.5, 0.7))
    other = other.but(urgent=bot.recall["urgent"] - loss)
    return Case(draw([Spell(days, bot, labelling=labels), Spell(LAST, other, labelling=labels)], d.rng), days)


STORIES = (
    Story("a new topic", new_topic, "add_context", frozenset({"collect_labels", ABSTAIN})),
    Story(
        "a new topic some days after a new prompt",
        new_topic_after_prompt,
        "add_context",
        frozenset({"collect_labels", ABSTAIN}),
        "a new prompt misses urgent requests",
    ),
    Story("a new prompt does harm while a new topic comes", known_topic, "rollback_prompt", twin="a new topic"),
    Story(
        "the model changed behind its name", silent_model, ABSTAIN, frozenset({"rollback_model"}), twin="a new topic"
    ),
    Story(
        "a plateau with 15% label noise",
        noisy_plateau,
        "fix_labels",
        frozenset({NONE, ABSTAIN, "collect_labels"}),
        "prompts on a plateau",
    ),
)
