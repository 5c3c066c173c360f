"""What a study would find in the rows of a drawn log, were its messages read.

The text models of a study are played by their accuracy: a second opinion on labels is right in 85 of 100 and is fooled
together with the chatbot in a third of its errors; a domain classifier finds 80% of the messages of a new topic, and
takes 2% of the others for it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bench.advice.stories.looking import REFERENCE, WINDOW, at
from bench.advice.stories.world import EXTRA, NAMES, Ints, Rows, World
from checks.counts.studied.label_noise import LabelNoise
from checks.counts.studied.new_topic import NewTopic
from checks.counts.studied.overlap import Overlap
from checks.counts.studied.tokens import TokenUse
from checks.counts.study import Study, StudySpan

SAMPLED = 2_000
OPINION, FOOLED = 0.85, 0.33
FOUND, MISTAKEN = 0.80, 0.02
LONGER = 500.0  # tokens of a prompt

Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Tokens:
    """How the tokens of one kind grew; `slope` says whether latency goes with them."""

    kind: str
    growth: float
    slope: float


@dataclass(frozen=True)
class Reader:
    """Studies a log; without `has_text` there is nothing to study but tokens."""

    world: World
    has_text: bool = True
    tokens: tuple[Tokens, ...] = ()
    overlaps: tuple[Overlap, ...] = ()

    def study(self, step: int) -> Study:
        """The study as known at a step."""
        rng = np.random.default_rng([step, self.world.rows.step.size])
        rows, first = self.world.rows, step - WINDOW
        current = _sample((rows.step >= first) & (rows.step < step), rng)
        reference = _sample((rows.step >= first - REFERENCE) & (rows.step < first), rng)
        return Study(
            as_of=at(step),
            window=StudySpan(at(first), at(step)),
            reference=(StudySpan(at(first - REFERENCE), at(first)),),
            n_current=current.size,
            n_reference=reference.size,
            new_topic=_topic(rows, current, step, rng) if self.has_text else None,
            label_noise=_noise(rows, np.concatenate([reference, current]), step, rng) if self.has_text else None,
            tokens=tuple(
                TokenUse(use.kind, LONGER, LONGER * use.growth, reference.size, current.size, use.slope)
                for use in self.tokens
            ),
            overlaps=self.overlaps,
        )


def _sample(mask: Mask, rng: np.random.Generator) -> Ints:
    rows = np.flatnonzero(mask)
    return rows if rows.size <= SAMPLED else np.sort(rng.choice(rows, SAMPLED, replace=False))


def _topic(rows: Rows, current: Ints, step: int, rng: np.random.Generator) -> NewTopic:
    topic = NAMES.index(EXTRA[0])
    is_topic = rows.true[current] == topic
    told = rng.random(current.size) < np.where(is_topic, FOUND, MISTAKEN)
    labelled = rows.arrives[current] < step
    wrong = labelled & (rows.predicted[current] != rows.label[current])
    found = is_topic.mean() > 0.02  # noqa: PLR2004 - a smaller topic is lost in the noise of a permutation test
    return NewTopic(
        n=int(told.sum()),
        of=current.size,
        expected=MISTAKEN,
        p_value=0.005 if found else float(rng.uniform(0.02, 1.0)),
        labelled=int((told & labelled).sum()),
        wrong=int((told & wrong).sum()),
        labelled_else=int((~told & labelled).sum()),
        wrong_else=int((~told & wrong).sum()),
    )


def _noise(rows: Rows, sample: Ints, step: int, rng: np.random.Generator) -> LabelNoise:
    labelled = sample[rows.arrives[sample] < step]
    predicted, true, label = rows.predicted[labelled], rows.true[labelled], rows.label[labelled]
    knows = rng.random(labelled.size) < OPINION
    fooled = rng.random(labelled.size) < FOOLED
    sides = np.where(predicted == true, knows, fooled)
    errors = predicted != label
    return LabelNoise(labelled.size, int(errors.sum()), int((errors & sides).sum()), OPINION)
