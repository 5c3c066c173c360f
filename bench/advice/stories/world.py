"""A chatbot's log, drawn row by row: who answered, what was right, how sure it was, and when a label comes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

STEPS_A_DAY = 4  # the grain of time: steps of six hours
NO_CLASS = "(none)"
LABELS = ("urgent", "billing", "account", "cards", "other")
EXTRA = ("refunds", "Billing.", NO_CLASS)  # a topic that is new, a class that nobody knows, an answer without a class
NAMES = (*LABELS, *EXTRA)
MIX = {"urgent": 0.05, "billing": 0.30, "account": 0.27, "cards": 0.22, "other": 0.16}
LATENCY_SIGMA, SPELL_SIGMA = 0.35, 0.05  # of the logarithm, within a step and from step to step


@dataclass(frozen=True)
class Bot:
    """How a bot answers.

    `recall` is by true class (`others` for those not named); misses go evenly to the other classes, or to those in
    `taken_for`. A share `unparsed` of all answers names no class, a share `odd` of the billing answers names a class
    that does not exist. `ms` is the median latency, `sure` a shift of its confidence (log odds).
    """

    recall: Mapping[str, float] = field(default_factory=dict)
    others: float = 0.92
    taken_for: Mapping[str, str] = field(default_factory=dict)
    unparsed: float = 0.0
    odd: float = 0.0
    ms: float = 900.0
    sure: float = 0.0

    def but(self, **recall: float) -> "Bot":
        """The same bot with another recall of some classes."""
        return replace(self, recall={**self.recall, **recall})

    def confusion(self) -> Floats:
        """Share of each answer (columns, NAMES) for each true class (rows, LABELS and the first of EXTRA)."""
        table = np.zeros((len(LABELS) + 1, len(NAMES)))
        for row, label in enumerate((*LABELS, EXTRA[0])):
            right = self.recall.get(label, 0.0 if label == EXTRA[0] else self.others)
            to = [self.taken_for[label]] if label in self.taken_for else [name for name in LABELS if name != label]
            table[row, row] = right
            for name in to:
                table[row, NAMES.index(name)] += (1 - right) / len(to)
        table[:, NAMES.index("Billing.")] = self.odd * table[:, NAMES.index("billing")]
        table[:, NAMES.index("billing")] *= 1 - self.odd
        table *= 1 - self.unparsed
        table[:, NAMES.index(NO_CLASS)] = self.unparsed
        return table


@dataclass(frozen=True)
class Labelling:
    """How labels come: for a share `coverage` of the rows, after a median of `delay` days.

    `noise` is the share of labels that are another class at random. Right answers get theirs `right_coverage` times as
    often, `right_delay` days later.
    """

    coverage: float = 0.6
    delay: float = 0.75
    noise: float = 0.0
    right_coverage: float = 1.0
    right_delay: float = 0.0


@dataclass(frozen=True)
class Spell:
    """Days on which nothing changes. `mix` is of true classes, `segments` the share of each and its own bot."""

    days: float
    bot: Bot = Bot()
    prompt: str = "p1"
    model: str = "m1"
    mix: Mapping[str, float] = field(default_factory=lambda: MIX)
    labelling: Labelling = Labelling()
    a_day: float = 600.0
    segments: Mapping[str, tuple[float, Bot]] = field(default_factory=dict)


@dataclass(frozen=True)
class Rows:
    """Predictions in the order of time, all arrays of one length.

    `arrives` is the step a label comes in, infinite without one; `true` and `label` differ where labels are noisy.
    """

    step: Ints
    version: Ints
    predicted: Ints
    true: Ints
    label: Ints
    arrives: Floats
    confidence: Floats
    ms: Floats
    segment: Ints

    @classmethod
    def joined(cls, parts: Sequence["Rows"]) -> "Rows":
        """Several as one."""
        names = cls.__dataclass_fields__
        together = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        order = np.argsort(together["step"], kind="stable")
        return cls(**{name: column[order] for name, column in together.items()})


@dataclass(frozen=True)
class World:
    """A log. `versions` are the (model, prompt) pairs, `segments` the values of one segment column."""

    rows: Rows
    versions: tuple[tuple[str, str], ...]
    segments: tuple[str, ...]
    steps: int


def draw(spells: Sequence[Spell], rng: np.random.Generator, beside: Sequence[tuple[float, Spell]] = ()) -> World:
    """Spells that follow each other; those `beside` run next to them from a day on."""
    timed: list[tuple[int, Spell]] = []
    at = 0
    for spell in spells:
        timed.append((at, spell))
        at += round(spell.days * STEPS_A_DAY)
    timed += [(round(day * STEPS_A_DAY), spell) for day, spell in beside]
    versions = tuple(dict.fromkeys((spell.model, spell.prompt) for _, spell in timed))
    segments = tuple(dict.fromkeys(name for _, spell in timed for name in spell.segments))
    parts = [
        _rows(start, one, share, versions.index((spell.model, spell.prompt)), segment, rng)
        for start, spell in timed
        for one, share, segment in _cut(spell, segments)
    ]
    return World(Rows.joined(parts), versions, segments, at)


def _cut(spell: Spell, segments: Sequence[str]) -> list[tuple[Spell, float, int]]:
    if not spell.segments:
        return [(spell, 1.0, -1)]
    return [(replace(spell, bot=bot), share, segments.index(name)) for name, (share, bot) in spell.segments.items()]


def _rows(start: int, spell: Spell, share: float, version: int, segment: int, rng: np.random.Generator) -> Rows:
    steps = round(spell.days * STEPS_A_DAY)
    counts = rng.poisson(spell.a_day * share / STEPS_A_DAY, steps)
    step = np.repeat(np.arange(start, start + steps), counts)
    size = step.size
    shares = np.array([spell.mix.get(name, 0.0) for name in (*LABELS, EXTRA[0])])
    true = rng.choice(shares.size, size, p=shares / shares.sum())
    edges = np.cumsum(spell.bot.confusion(), axis=1)[true]
    predicted = np.minimum((rng.random(size)[:, None] > edges).sum(axis=1), len(NAMES) - 1)
    right = predicted == true
    slow = np.repeat(SPELL_SIGMA * rng.standard_normal(steps), counts)
    return Rows(
        step=step,
        version=np.full(size, version),
        predicted=predicted,
        true=true,
        label=_noisy(true, spell.labelling.noise, rng),
        arrives=_arrivals(step, right, spell.labelling, rng),
        confidence=_confidence(right, spell.bot.sure, rng),
        ms=spell.bot.ms * np.exp(slow + LATENCY_SIGMA * rng.standard_normal(size)),
        segment=np.full(size, segment),
    )


def _noisy(true: Ints, noise: float, rng: np.random.Generator) -> Ints:
    other = (true + rng.integers(1, len(LABELS), true.size)) % len(LABELS)
    return np.where(rng.random(true.size) < noise, other, true)


def _arrivals(step: Ints, right: NDArray[np.bool_], how: Labelling, rng: np.random.Generator) -> Floats:
    coverage = how.coverage * np.where(right, how.right_coverage, 1.0)
    delay = how.delay * np.exp(0.8 * rng.standard_normal(step.size)) + np.where(right, how.right_delay, 0.0)
    comes = rng.random(step.size) < coverage
    return np.where(comes, step + rng.random(step.size) + delay * STEPS_A_DAY, np.inf)


def _confidence(right: NDArray[np.bool_], sure: float, rng: np.random.Generator) -> Floats:
    odds = np.where(right, 2.6, 1.0) + sure + rng.standard_normal(right.size)
    return np.asarray(1 / (1 + np.exp(-odds)))
