"""Accuracy and recall before the labels come, for docs/statistics/before_labels.md.

    python -m bench.estimates.before_labels --windows 1000

Simulates a chatbot that logs a confidence: 28 days to learn from, 60% labelled, three days that are half labelled, and
today with few labels or none, whose truth is known. Prints how often an estimate of today is given, how far it is off,
and how often its interval holds the truth. With `--peer N` it prints that of NannyML's CBPE on the first N of the same
streams; it needs the package nannyml, and is given the whole vector of probabilities, ours only the answer's.
"""

import argparse
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from bench.tables import add_write, table
from checks.before_labels.learned import Learned
from checks.before_labels.powered import Expected, Powered
from checks.before_labels.strata import Strata
from checks.before_labels.trust import Trust
from checks.counts.cells import BAND_EDGES, OutcomeCell

CLASSES = ("account", "billing", "cards", "urgent")
MIX = np.array([0.37, 0.30, 0.30, 0.03])
PAST, LATELY, DAY = 16_800, 1_800, 600  # predictions in 28 days, in three, and in one
LABELLED_PAST, LABELLED_LATELY = 0.6, 0.5
SHARPNESS = (2.2, 4.5)  # how far apart the classes of hard and of easy messages lie, in standard deviations
HARD = 0.25  # share of hard messages
URGENT_BROKEN, SPOILT, SPOILT_SLIGHTLY = 0.5, 0.10, 0.03  # shares of the messages that a break spoils


class Story(StrEnum):
    """What is the matter with the confidences."""

    CALIBRATED = "calibrated"
    OVERCONFIDENT = "over-confident"  # always, so it can be learned
    HARDER = "harder messages"  # calibrated, with twice as many hard messages
    SLIGHTLY_OFF = "slightly off"  # 3% of the answers are wrong that were right
    BROKEN = "broken"  # half of the urgent messages look like others, and 10% of the right answers are wrong
    BROKEN_TODAY = "broken since today"  # the same, when no earlier day can tell


Guess = tuple[float, float, float] | None
"""An estimate with its interval, or a refusal."""

BREAKS = (Story.BROKEN, Story.BROKEN_TODAY)


@dataclass(frozen=True)
class Rows:
    """Predictions of one span: true and predicted class, the logged vector of probabilities, and who has a label."""

    truth: np.ndarray
    predicted: np.ndarray
    logged: np.ndarray
    labelled: np.ndarray

    @property
    def confidence(self) -> np.ndarray:
        """Logged probability of the answer."""
        return np.asarray(self.logged[np.arange(self.truth.size), self.predicted])

    def cells(self) -> tuple[OutcomeCell, ...]:
        """The counts that the history would keep."""
        bands = np.searchsorted(BAND_EDGES, self.confidence, side="right")
        shown = np.where(self.labelled, self.truth, len(CLASSES))
        shape = len(CLASSES), len(CLASSES) + 1, len(BAND_EDGES) + 1
        keys = np.ravel_multi_index((self.predicted, shown, bands), shape)
        counts, sums = np.bincount(keys), np.bincount(keys, self.confidence)
        return tuple(
            _cell(np.unravel_index(key, shape), int(counts[key]), float(sums[key])) for key in np.flatnonzero(counts)
        )


def _cell(place: tuple[np.intp, ...], n: int, confidence: float) -> OutcomeCell:
    predicted, shown, band = map(int, place)
    label, weight = (CLASSES[shown], float(n)) if shown < len(CLASSES) else (None, 0.0)
    return OutcomeCell(CLASSES[predicted], label, n, weight, weight, band=band, confidence=confidence)


def draw(rng: np.random.Generator, n: int, story: Story, labelled: float, *, today: bool) -> Rows:
    """Messages lie about their class's corner with unit normal noise, so the bot's posterior is known exactly."""
    hard = rng.random(n) < HARD * (2 if today and story is Story.HARDER else 1)
    sharp = np.where(hard, *SHARPNESS)[:, None]
    truth = rng.choice(len(CLASSES), n, p=MIX)
    looks = truth.copy()
    if today and story in BREAKS:
        looks[(truth == len(CLASSES) - 1) & (rng.random(n) < URGENT_BROKEN)] = 0
    seen = np.eye(len(CLASSES))[looks] * sharp + rng.standard_normal((n, len(CLASSES)))
    logits = np.log(MIX) + seen * sharp
    predicted = logits.argmax(axis=1)
    if today and story in (Story.SLIGHTLY_OFF, *BREAKS):
        spoilt = (truth == predicted) & (rng.random(n) < (SPOILT_SLIGHTLY if story is Story.SLIGHTLY_OFF else SPOILT))
        truth = np.where(spoilt, rng.choice(len(CLASSES) - 1, n), truth)
    logits *= 2.0 if story is Story.OVERCONFIDENT else 1.0
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Rows(truth, predicted, odds / odds.sum(axis=1, keepdims=True), rng.random(n) < labelled)


METRICS = ("accuracy", "recall of urgent", "precision of urgent")


def truth_of(rows: Rows) -> tuple[float | None, ...]:
    """Accuracy, and recall and precision of urgent, over all rows."""
    urgent = len(CLASSES) - 1
    right = rows.truth == rows.predicted
    parts = (right, right[rows.truth == urgent], right[rows.predicted == urgent])
    return tuple(float(part.mean()) if part.size else None for part in parts)


@dataclass(frozen=True)
class Stream:
    """What there is to learn from, the three days before today (half labelled), and today."""

    past: Rows
    lately: Rows
    today: Rows


def ours(stream: Stream) -> tuple[Guess, ...]:
    """The three estimates of today, None where refused."""
    learned, today = Learned.of(Strata.of(stream.past.cells(), CLASSES)), Strata.of(stream.today.cells(), CLASSES)
    trust = Trust(learned, Strata.of((*stream.lately.cells(), *stream.today.cells()), CLASSES))
    powered = Powered(learned, today)
    return (
        _guess(powered.accuracy() if trust.of_accuracy() is None else None),
        _guess(powered.recall("urgent") if trust.of_recall("urgent") is None else None),
        _guess(powered.precision("urgent") if trust.of_precision("urgent") is None else None),
    )


def _guess(share: Expected | None) -> Guess:
    return None if share is None else (share.value, *share.interval())


@dataclass(frozen=True)
class Score:
    """How one metric fared: the share of windows with an estimate, and of these the mean error and the coverage."""

    given: float
    error: float
    bias: float
    coverage: float
    width: float


def score(pairs: Iterable[tuple[Guess, float | None]]) -> Score:
    """Of (value, low, high) beside the truth."""
    known = [(guess, truth) for guess, truth in pairs if truth is not None]
    rows = np.array([(*guess, truth) for guess, truth in known if guess is not None]).reshape(-1, 4)
    if not rows.size:
        return Score(0.0, *[float("nan")] * 4)
    value, low, high, truth = rows.T
    held = (low <= truth + 1e-9) & (truth <= high + 1e-9)
    return Score(
        len(rows) / len(known),
        float(np.abs(value - truth).mean()),
        float((value - truth).mean()),
        float(held.mean()),
        float((high - low).mean()),
    )


def simulate(story: Story, labelled: float, windows: int) -> tuple[Score, ...]:
    """Scores of our three estimates over simulated windows."""
    return _scores(story, labelled, windows, ours)


def simulate_peer(story: Story, windows: int) -> tuple[Score, ...]:
    """Scores of NannyML's three estimates over the simulated windows, on streams without labels today."""
    from bench.estimates.nannyml_cbpe import cbpe  # noqa: PLC0415 - only who asks for the peer needs its package

    return _scores(story, 0.0, windows, cbpe)


def _scores(
    story: Story, labelled: float, windows: int, estimate: Callable[[Stream], tuple[Guess, ...]]
) -> tuple[Score, ...]:
    streams = (draw_stream(story, labelled, number) for number in range(windows))
    pairs = [(estimate(stream), truth_of(stream.today)) for stream in streams]
    return tuple(score((guess[metric], truth[metric]) for guess, truth in pairs) for metric in range(len(METRICS)))


def draw_stream(story: Story, labelled: float, number: int) -> Stream:
    """One seeded simulation; `labelled` is the share of today's predictions that have a label already."""
    rng = np.random.default_rng([list(Story).index(story), int(labelled * 100), number])
    return Stream(
        draw(rng, PAST, story, LABELLED_PAST, today=False),
        draw(rng, LATELY, story, LABELLED_LATELY, today=story is not Story.BROKEN_TODAY),
        draw(rng, DAY, story, labelled, today=True),
    )


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=1000, help="simulated windows for each row")
    parser.add_argument("--peer", type=int, default=0, help="of these, windows that NannyML estimates too")
    parser.add_argument("--stories", nargs="+", type=Story, default=list(Story), help="only these confidences")
    add_write(parser)
    arguments = parser.parse_args()
    with table("estimated", write=arguments.write):
        print("| confidences | labelled today | metric | days | given | error | bias | coverage | width |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for story in arguments.stories:
            for labelled in (0.0, 0.1, 0.4):
                _print(f"{story} | {labelled:.0%}", "", arguments.windows, simulate(story, labelled, arguments.windows))
            if arguments.peer:
                _print(f"{story} | not used", " (CBPE)", arguments.peer, simulate_peer(story, arguments.peer))


def _print(story: str, by: str, days: int, scores: tuple[Score, ...]) -> None:
    for metric, one in zip(METRICS, scores, strict=True):
        if not one.given:
            print(f"| {story} | {metric}{by} | {days} | 0% | | | | |", flush=True)
            continue
        print(
            f"| {story} | {metric}{by} | {days} | {one.given:.0%} | {one.error:.3f} | {one.bias:+.3f} "
            f"| {one.coverage:.1%} | {one.width:.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
