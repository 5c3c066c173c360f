"""Stories of trained models and of segments: overfitting, leaked messages, a prompt that is worse in one language."""

from collections.abc import Mapping
from dataclasses import replace

from bench.advice.stories.limits import plateau
from bench.advice.stories.story import ABSTAIN, Case, Draws, Story
from bench.advice.stories.world import Bot, Labelling, Spell, draw
from checks.counts.studied.overlap import Overlap

LAST = 14.0
OVERFIT, HONEST = "tuned-overfit", "tuned-honest"
OFFLINE = {OVERFIT: 0.95, HONEST: 0.80}
"""Accuracy of each trained model on its evaluation set."""


def _on(case: Case, model: str) -> Case:
    """The same log, answered by another model."""
    versions = tuple((model, prompt) for _, prompt in case.world.versions)
    return replace(case, world=replace(case.world, versions=versions))


def overfit(d: Draws) -> Case:
    """Prompts on a plateau, on a model that was far better offline."""
    return _on(plateau(d), OVERFIT)


def honest(d: Draws) -> Case:
    """A plateau on a model that is as good as it was offline."""
    return _on(plateau(d), HONEST)


def leaked(d: Draws) -> Case:
    """Prompts on a plateau; the part of the log that the model was trained on is answered far better."""
    case, n = plateau(d), 2_000
    share, right = d.between(0.15, 0.4), d.sized(0.92, 0.96, 0.99)
    return replace(case, overlaps=(_overlap(d, n, share, right, d.between(0.68, 0.75)),))


def harmless_overlap(d: Draws) -> Case:
    """A plateau, and messages that were in the training set are answered like all others."""
    case, n, right = plateau(d), 2_000, d.between(0.74, 0.78)
    return replace(case, overlaps=(_overlap(d, n, d.between(0.15, 0.4), right, right),))


def _overlap(d: Draws, n: int, share: float, right: float, right_clean: float) -> Overlap:
    seen = int(d.rng.binomial(n, share))
    labelled, clean = (int(d.rng.binomial(rows, 0.6)) for rows in (seen, n - seen))
    return Overlap(
        "m1",
        "training",
        n,
        seen,
        labelled,
        int(d.rng.binomial(labelled, right)),
        clean,
        int(d.rng.binomial(clean, right_clean)),
    )


def _languages(d: Draws, then: Mapping[str, float], now: Mapping[str, float]) -> Case:
    days, share = float(round(d.between(42, 56))), d.between(0.15, 0.3)
    labels = Labelling(d.between(0.45, 0.8))

    def spell(length: float, prompt: str, right: Mapping[str, float]) -> Spell:
        bots = {name: Bot({"urgent": level}, level) for name, level in right.items()}
        segments = {"en": (1 - share, bots["en"]), "es": (share, bots["es"])}
        return Spell(length, Bot(), prompt, labelling=labels, segments=segments)

    return Case(draw([spell(days, "p1", then), spell(LAST, "p2", now)], d.rng), days)


def worse_in_spanish(d: Draws) -> Case:
    """A new prompt is better in English and worse in Spanish."""
    good, loss = d.between(0.86, 0.90), d.sized(0.15, 0.22, 0.35)
    return _languages(d, {"en": good, "es": good}, {"en": good + 0.05, "es": good - loss})


def worse_in_both(d: Draws) -> Case:
    """A new prompt is worse in both."""
    good, loss = d.between(0.90, 0.94), d.sized(0.08, 0.14, 0.25)
    return _languages(d, {"en": good, "es": good}, {"en": good - loss, "es": good - loss})


def always_worse_in_spanish(d: Draws) -> Case:
    """A bot that was always worse in Spanish, and a new prompt that changes nothing."""
    good, less = d.between(0.90, 0.94), d.sized(0.06, 0.09, 0.12)
    return _languages(d, {"en": good, "es": good - less}, {"en": good, "es": good - less})


STORIES = (
    Story("a plateau on a model that was far better offline", overfit, "collect_labels", frozenset({ABSTAIN})),
    Story(
        "a plateau on a model as good as offline",
        honest,
        "fine_tune",
        twin="a plateau on a model that was far better offline",
    ),
    Story("a plateau of a model that remembers its training set", leaked, "collect_labels", frozenset({ABSTAIN})),
    Story(
        "a plateau, and messages of the training set answered like others",
        harmless_overlap,
        "fine_tune",
        twin="a plateau of a model that remembers its training set",
    ),
    Story("a new prompt is worse in Spanish only", worse_in_spanish, "revise_prompt", frozenset({"rollback_prompt"})),
    Story(
        "a new prompt is worse in both languages",
        worse_in_both,
        "rollback_prompt",
        twin="a new prompt is worse in Spanish only",
    ),
    Story(
        "always worse in Spanish",
        always_worse_in_spanish,
        "none",
        frozenset({"revise_prompt", ABSTAIN}),
        "a new prompt is worse in Spanish only",
    ),
)
