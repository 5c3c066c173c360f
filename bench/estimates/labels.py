"""Bias and coverage of shares from labels missing by predicted class and by confidence.

    python -m bench.estimates.labels --windows 2000

For docs/statistics/unfair_labels.md. Simulates windows of a chatbot with four classes, of which `urgent` is 2% of the
messages, and labels them in several ways. Prints how far each share is off on average, raw and post-stratified, and how
often its 95% interval holds the truth.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.tables import add_write, table
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.stratified import Stratified
from checks.statistics.intervals import Proportion

Floats = NDArray[np.float64]

CLASSES: Final = ("account", "billing", "other", "urgent")
PREVALENCE: Final = np.array([0.28, 0.40, 0.30, 0.02])
RECALL: Final = np.array([0.90, 0.93, 0.88, 0.70])
BANDS_IF_RIGHT: Final = np.array([0.02, 0.03, 0.05, 0.07, 0.13, 0.15, 0.25, 0.30])
BANDS_IF_WRONG: Final = np.array([0.20, 0.18, 0.16, 0.14, 0.13, 0.09, 0.06, 0.04])

_LEVEL: Final = np.full((4, 1), 1.0)
LABELLING: Final[dict[str, Floats]] = {
    "a fair sample": np.full((4, 8), 0.4),
    "urgent five times as often": np.array([[0.18], [0.18], [0.18], [0.9]]) * np.ones(8),
    "low confidence first": _LEVEL * np.array([0.9, 0.85, 0.8, 0.7, 0.5, 0.3, 0.15, 0.1]),
    "low confidence hardly ever": _LEVEL * np.array([0.1, 0.1, 0.15, 0.2, 0.3, 0.5, 0.6, 0.7]),
    "urgent and low confidence first": np.array([[0.3], [0.3], [0.3], [1.0]])
    * np.array([0.9, 0.85, 0.8, 0.7, 0.5, 0.4, 0.3, 0.2]),
}
"""Share labelled, by predicted class and band."""

METRICS: Final[dict[str, Callable[[Stratified], Proportion | None]]] = {
    "accuracy": Stratified.accuracy,
    "balanced accuracy": Stratified.balanced_accuracy,
    "recall of urgent": lambda counts: counts.recall("urgent"),
    "precision of urgent": lambda counts: counts.precision("urgent"),
}
MIN_LABELS: Final = 5  # under this a check says not_enough_data


@dataclass(frozen=True)
class Row:
    """One line of the table; biases are mean errors, `judged` is the share of windows with enough labels."""

    labelling: str
    metric: str
    truth: float
    judged: float
    bias: float
    raw_bias: float
    coverage: float
    width: float


def bot() -> Floats:
    """Share of all predictions by (predicted class, label, band): wrong answers are spread, and mostly less sure."""
    wrong = (1 - RECALL) / (len(CLASSES) - 1)
    urgent = len(CLASSES) - 1
    given = np.where(np.eye(len(CLASSES)) == 1, RECALL, wrong)  # of each label (column), the share predicted as each
    given[urgent, :urgent] *= 0.15  # few false alarms
    given /= given.sum(axis=0)
    right = np.eye(len(CLASSES))[:, :, None] == 1
    return np.asarray((given * PREVALENCE)[:, :, None] * np.where(right, BANDS_IF_RIGHT, BANDS_IF_WRONG))


def window(
    rng: np.random.Generator, n: int, labelling: Floats, *, with_bands: bool = True
) -> tuple[Confusion, Confusion]:
    """The counts of one window, and those of its labelled rows alone."""
    cells = drawn(rng, n, labelling)
    bare = [_without_band(cell) for cell in cells]
    labelled = (cell for cell in bare if cell.label is not None)
    return Confusion.of(cells if with_bands else bare), Confusion.of(labelled)


def drawn(rng: np.random.Generator, n: int, labelling: Floats) -> list[OutcomeCell]:
    """The cells of one window of `n` predictions, those that are labelled first."""
    shares = bot()
    sizes = rng.multinomial(n, shares.ravel() / shares.sum()).reshape(shares.shape)
    known = rng.binomial(sizes, labelling[:, None, :])
    labelled, missing = [], []
    for (row, column, band), count in np.ndenumerate(known):
        rest = int(sizes[row, column, band] - count)
        labelled.append(OutcomeCell(CLASSES[row], CLASSES[column], int(count), float(count), float(count), band=band))
        missing.append(OutcomeCell(CLASSES[row], None, rest, 0, 0, band=band))
    return labelled + missing


def simulate(name: str, windows: int, n: int, *, with_bands: bool = True) -> list[Row]:
    """One row for each metric."""
    rng = np.random.default_rng([n, windows])
    shares = bot()
    everything = [
        OutcomeCell(CLASSES[row], CLASSES[column], 1, share, share**2)
        for (row, column), share in np.ndenumerate(shares.sum(axis=2))
    ]
    truth = Stratified.of(_weighted(everything))
    drawn = [window(rng, n, LABELLING[name], with_bands=with_bands) for _ in range(windows)]
    pairs = [(Stratified.of(ours), Stratified.of(raw)) for ours, raw in drawn]
    return [_row(name, metric, read, truth, pairs) for metric, read in METRICS.items()]


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=2000, help="simulated windows for each way of labelling")
    parser.add_argument("--predictions", type=int, default=4200, help="predictions in a window (default: 600 a day)")
    parser.add_argument("--no-bands", action="store_true", help="as if no confidence was logged")
    add_write(parser)
    given = parser.parse_args()
    with table("labels", write=given.write):
        print("| labelled | share | truth | judged | off by | raw off by | coverage | width |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- |")
        for name in LABELLING:
            for row in simulate(name, given.windows, given.predictions, with_bands=not given.no_bands):
                print(
                    f"| {row.labelling} | {row.metric} | {row.truth:.3f} | {row.judged:.0%} | {row.bias:+.3f} "
                    f"| {row.raw_bias:+.3f} | {row.coverage:.1%} | {row.width:.3f} |",
                    flush=True,
                )


def _row(
    name: str,
    metric: str,
    read: Callable[[Stratified], Proportion | None],
    truth: Stratified,
    pairs: list[tuple[Stratified, Stratified]],
) -> Row:
    true = read(truth)
    found = [
        (ours, raw) for one, other in pairs if (ours := read(one)) and (raw := read(other)) and ours.n >= MIN_LABELS
    ]
    if true is None or not found:
        raise ValueError(f"no window of {name} has enough labels for {metric}: give --predictions more")
    bounds = np.array([ours.interval() for ours, _ in found])
    return Row(
        labelling=name,
        metric=metric,
        truth=true.value,
        judged=len(found) / len(pairs),
        bias=float(np.mean([ours.value for ours, _ in found]) - true.value),
        raw_bias=float(np.mean([raw.value for _, raw in found]) - true.value),
        coverage=float(np.mean((bounds[:, 0] <= true.value) & (true.value <= bounds[:, 1]))),
        width=float(np.mean(bounds[:, 1] - bounds[:, 0])),
    )


def _without_band(cell: OutcomeCell) -> OutcomeCell:
    return OutcomeCell(cell.predicted, cell.label, cell.n, cell.weight, cell.weight_squared)


def _weighted(cells: list[OutcomeCell]) -> Confusion:
    """A population of a million, of which every prediction is labelled."""
    whole = [round(cell.weight * 1e9) for cell in cells]
    return Confusion.of(OutcomeCell(cell.predicted, cell.label, n, n, n) for cell, n in zip(cells, whole, strict=True))


if __name__ == "__main__":
    main()
