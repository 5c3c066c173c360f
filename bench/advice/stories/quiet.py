"""Logs in which nothing goes wrong, though versions, volumes and weekdays change."""

import numpy as np

from bench.advice.stories.story import Case, Draws, Effect, Half
from bench.advice.stories.world import MIX, Bot, Labelling, Spell, draw


def case(rng: np.random.Generator, half: Half) -> Case:
    """A healthy bot: some harmless new versions, other volumes, a slightly other mix from spell to spell."""
    d = Draws(rng, half, Effect.MIDDLE)
    others, urgent = d.between(0.90, 0.95), d.between(0.88, 0.95)
    bot = Bot({"urgent": urgent}, others, ms=d.between(500, 1500))
    labels = Labelling(d.between(0.4, 0.8), d.between(0.4, 1.5))
    lengths = [float(round(d.between(8, 20))) for _ in range(4)]
    spells = [
        Spell(
            days,
            bot,
            f"p{int(rng.integers(1, 4))}",
            f"m{int(rng.integers(1, 3))}",
            {name: share * float(rng.uniform(0.9, 1.1)) for name, share in MIX.items()},
            labels,
            600 * float(rng.uniform(0.85, 1.15)),
        )
        for days in lengths
    ]
    before = sum(lengths)
    return Case(draw([*spells, Spell(10, bot, "p4", "m2", MIX, labels)], rng), before)
