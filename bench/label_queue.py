"""What 200 labels from the queue tell of recall, beside 200 labels of predictions taken at random.

    python -m bench.label_queue --windows 1000

Simulates windows of a week of a chatbot, 600 predictions a day, 3% urgent, with and without a logged confidence, and
with labels that came before the queue or none. Prints for each way of choosing the next 200 how wide the 95% interval
of the recall of urgent is on average, and how often it holds the true recall.
"""

import argparse
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from checks.allocation import Stratum, allocate
from checks.confusion import Confusion
from checks.counts import BAND_EDGES, NO_BAND, OutcomeCell, band_of
from checks.stratified import Stratified

SIZE, PREVALENCE = 4200, 0.03
NAMES = ("urgent", "billing", "card", "account", "other")
OTHER_RECALL = 0.97
MIDDLES = {band: (low + high) / 2 for band, (low, high) in enumerate(pairwise((0.4, *BAND_EDGES, 1)))} | {NO_BAND: 0.0}
EASY, HARD = (0.98, 1.0), (0.4, 0.98)  # confidences, even between these
BUDGET = 200
CLASSES = ("urgent",)

Key = tuple[str, str, int]  # predicted, truth, band
Counts = Counter[Key]


@dataclass(frozen=True)
class Case:
    """A chatbot and its log. `labelled` is the share of predictions that have a label before the queue, at random."""

    recall: float
    banded: bool
    labelled: float


@dataclass(frozen=True)
class Row:
    """What came out of one case: mean width and coverage, of the queue and of labels at random."""

    case: Case
    widths: tuple[float, float]
    coverages: tuple[float, float]

    @property
    def gain(self) -> float:
        """How many times as narrow the interval is."""
        return self.widths[1] / self.widths[0]


def simulate(case: Case, windows: int, seed: int = 1) -> Row:
    """Windows of the case, labelled further in both ways."""
    rng = np.random.default_rng([seed, int(case.recall * 1000), case.banded, int(case.labelled * 1000)])
    found: list[list[tuple[float, bool]]] = [[], []]
    for _ in range(windows):
        everything = window(rng, case)
        labelled = Counter({key: int(rng.binomial(n, case.labelled)) for key, n in everything.items()})
        for results, choose in zip(found, (from_queue, at_random), strict=True):
            recall = Stratified.of(Confusion.of(choose(rng, everything, labelled))).recall("urgent")
            if recall is not None:
                low, high = recall.interval()
                results.append((high - low, low <= case.recall <= high))
    widths, coverages = ([float(np.mean([r[i] for r in results])) for results in found] for i in (0, 1))
    return Row(case, (widths[0], widths[1]), (coverages[0], coverages[1]))


def window(rng: np.random.Generator, case: Case) -> Counts:
    """Predictions by class, truth and band.

    Easy messages are answered right and surely; of the hard ones an answer is right as often as its confidence says.
    """
    truths = np.where(rng.random(SIZE) < PREVALENCE, 0, rng.choice(np.arange(1, len(NAMES)), SIZE))
    recall = np.where(truths == 0, case.recall, OTHER_RECALL)
    hard = rng.random(SIZE) < (1 - recall) / (1 - np.mean(HARD))
    confidences = np.where(hard, rng.uniform(*HARD, SIZE), rng.uniform(*EASY, SIZE))
    wrong = hard & (rng.random(SIZE) > confidences)
    guesses = (truths + rng.integers(1, len(NAMES), SIZE)) % len(NAMES)
    predicted = np.where(wrong, guesses, truths)
    bands = [band_of(c) if case.banded else NO_BAND for c in confidences]
    return Counter((NAMES[p], NAMES[t], band) for p, t, band in zip(predicted, truths, bands, strict=True))


def from_queue(rng: np.random.Generator, everything: Counts, labelled: Counts) -> list[OutcomeCell]:
    """The cells once the queue's labels are back."""
    waiting = everything - labelled
    unlabelled: Counter[Stratum] = Counter()
    for (predicted, _, band), n in waiting.items():
        unlabelled[Stratum(predicted, band)] += n
    allocation = allocate(cells(everything, labelled), unlabelled, CLASSES, BUDGET)
    chosen: Counts = Counter()
    probability: dict[Stratum, float] = {}
    for share, n in zip(allocation.shares, allocation.rounded(rng.random()), strict=True):
        probability[share.stratum] = share.probability
        chosen += draw(rng, Counter({k: v for k, v in waiting.items() if (k[0], k[2]) == share.stratum}), n)
    return cells(everything, labelled, chosen, lambda stratum: 1 / probability[stratum])


def at_random(rng: np.random.Generator, everything: Counts, labelled: Counts) -> list[OutcomeCell]:
    """The cells once as many labels of any predictions are there."""
    chosen = draw(rng, everything - labelled, BUDGET)
    return cells(everything, labelled + chosen)


def draw(rng: np.random.Generator, counts: Counts, n: int) -> Counts:
    """Take `n` without replacement."""
    keys = sorted(counts)
    taken = rng.multivariate_hypergeometric([counts[key] for key in keys], n)
    return Counter({key: int(k) for key, k in zip(keys, taken, strict=True) if k})


def cells(
    everything: Counts,
    labelled: Counts,
    chosen: Counts | None = None,
    weight: Callable[[Stratum], float] = lambda _: 1.0,
) -> list[OutcomeCell]:
    """Outcome cells; a label counts 1, and a chosen one its weight."""
    chosen = chosen or Counter()
    built = []
    for (predicted, truth, band), n in everything.items():
        key = predicted, truth, band
        each = weight(Stratum(predicted, band)) if chosen[key] else 1.0
        known, picked = labelled[key], chosen[key]
        sums = known + picked * each, known + picked * each**2
        sure = MIDDLES[band]
        confidence = (known + picked) * sure
        built.append(
            OutcomeCell(predicted, truth, known + picked, *sums, band=band, confidence=confidence, designed=picked)
        )
        rest = n - known - picked
        built.append(OutcomeCell(predicted, None, rest, 0, 0, band=band, confidence=rest * sure))
    return built


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=1000, help="simulated windows for each row")
    windows = parser.parse_args().windows
    print(
        "| recall | confidence | labels before | width: queue | random | times as narrow | coverage: queue | random |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for banded in (True, False):
        for labelled in (0.0, 0.05, 0.2):
            for recall in (0.7, 0.8, 0.92):
                row = simulate(Case(recall, banded, labelled), windows)
                print(
                    f"| {recall:.2f} | {'logged' if banded else 'not logged'} | {labelled:.0%} | {row.widths[0]:.3f} "
                    f"| {row.widths[1]:.3f} | {row.gain:.1f} | {row.coverages[0]:.1%} | {row.coverages[1]:.1%} |",
                    flush=True,
                )


if __name__ == "__main__":
    main()
