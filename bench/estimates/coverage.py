"""Coverage and width of the intervals of recall, for docs/statistics/intervals.md.

    python -m bench.estimates.coverage --windows 2000

Simulates windows of a chatbot with a class of 2% prevalence, labelled fairly or five times as often where that class
was predicted, and prints how often the 95% interval holds the true recall, how far ours and the raw recall are off on
average, and how wide the interval is beside Wilson's on the raw recall.
"""

import argparse
from dataclasses import dataclass

import numpy as np

from bench.tables import add_write, table
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.stratified import Stratified
from checks.rules.shares import MIN_LABELS
from checks.statistics.intervals import Proportion

PREVALENCE, FALSE_ALARMS = 0.02, 0.005
FAIR, BIASED = (0.6, 0.6), (0.9, 0.18)  # share labelled of those predicted urgent, and of the others


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    n_urgent: int
    recall: float
    labelling: str
    judged: float
    coverage: float
    bias: float
    raw_bias: float
    width: float
    wilson: float


def simulate(n_urgent: int, recall: float, labelling: tuple[float, float], windows: int) -> Row:
    """Windows with about `n_urgent` labelled urgent messages, were labels a fair sample."""
    rng = np.random.default_rng([n_urgent, int(recall * 1000), int(labelling[0] * 100)])
    size = int(n_urgent / PREVALENCE / (PREVALENCE * labelling[0] + (1 - PREVALENCE) * labelling[1]))
    estimates: list[Proportion] = []
    raws: list[float] = []
    for _ in range(windows):
        confusion, raw = _window(rng, size, recall, labelling)
        estimate = Stratified.of(confusion).recall("urgent")
        if estimate is not None and raw is not None and estimate.n >= MIN_LABELS:
            estimates.append(estimate)
            raws.append(raw)
    bounds = np.array([estimate.interval() for estimate in estimates])
    values, plain = np.array([estimate.value for estimate in estimates]), np.array(raws)
    sizes = np.array([estimate.n for estimate in estimates])
    return Row(
        n_urgent=n_urgent,
        recall=recall,
        labelling="fair" if labelling == FAIR else "biased",
        judged=len(estimates) / windows,
        coverage=float(np.mean((bounds[:, 0] <= recall) & (recall <= bounds[:, 1]))),
        bias=float(values.mean() - recall),
        raw_bias=float(plain.mean() - recall),
        width=float(np.mean(bounds[:, 1] - bounds[:, 0])),
        wilson=float(np.mean(_wilson_width(plain, sizes))),
    )


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=2000, help="simulated windows for each row")
    add_write(parser)
    chosen = parser.parse_args()
    windows = chosen.windows
    with table("coverage", write=chosen.write):
        print("| labelled urgent | recall | labels | judged | coverage | off by | raw off by | width | Wilson |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for labelling in (FAIR, BIASED):
            for n_urgent in (5, 10, 30, 100, 1000):
                for recall in (0.05, 0.30, 0.80, 0.92, 0.99):
                    row = simulate(n_urgent, recall, labelling, windows)
                    print(
                        f"| {row.n_urgent} | {row.recall:.2f} | {row.labelling} | {row.judged:.0%} "
                        f"| {row.coverage:.1%} | {row.bias:+.3f} | {row.raw_bias:+.3f} "
                        f"| {row.width:.3f} | {row.wilson:.3f} |",
                        flush=True,
                    )


def _window(
    rng: np.random.Generator, size: int, recall: float, labelling: tuple[float, float]
) -> tuple[Confusion, float | None]:
    urgent = rng.binomial(size, PREVALENCE)
    hits, alarms = rng.binomial(urgent, recall), rng.binomial(size - urgent, FALSE_ALARMS)
    cells = []
    seen = {}
    for predicted, label, n in (
        ("urgent", "urgent", hits),
        ("urgent", "other", alarms),
        ("other", "urgent", urgent - hits),
        ("other", "other", size - urgent - alarms),
    ):
        known = int(rng.binomial(n, labelling[0] if predicted == "urgent" else labelling[1]))
        seen[predicted, label] = known
        cells += [
            OutcomeCell(predicted, label, known, known, known),
            OutcomeCell(predicted, None, int(n) - known, 0, 0),
        ]
    support = seen["urgent", "urgent"] + seen["other", "urgent"]
    return Confusion.of(cells), seen["urgent", "urgent"] / support if support else None


def _wilson_width(share: np.ndarray, n: np.ndarray) -> np.ndarray:
    z = 1.96
    return np.asarray(2 * z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2)) / (1 + z**2 / n))


if __name__ == "__main__":
    main()
