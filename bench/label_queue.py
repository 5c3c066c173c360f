"""What 200 labels from the queue tell of recall, beside 200 labels of predictions taken at random.

    python -m bench.label_queue --windows 1000
    python -m bench.label_queue --windows 1000 --log DIR

Simulates windows of a week of a chatbot, 600 predictions a day, 3% urgent, after four weeks of which 60% are labelled,
and prints for each way of choosing the next 200 labels how wide the 95% interval of the recall of urgent is on average,
and how often it holds the true recall. With --log the messages are those of DIR/predictions.parquet and
DIR/labels.parquet, drawn with replacement: before and after the time given as --onset, where the bot changed.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.queue_bots import Bot, Counts, Replay, Week, cells, draw, label
from checks.allocation import Stratum, allocate
from checks.confusion import Confusion
from checks.expected import Expectation, keys_of
from checks.informed import Informed, believed_recall
from checks.intervals import Proportion
from checks.stratified import Stratified

SIZE, EARLIER = 4200, 16_800
EARLIER_LABELLED = 0.6
BUDGET = 200
CLASSES = ("urgent",)
WAYS = ("queue", "random", "random, earlier labels used")


@dataclass(frozen=True)
class Case:
    """A week to label, after others: drawn anew and labelled in part, the same each time, or none.

    `labelled` is the part of the week that is labelled by itself.
    """

    name: str
    week: Week
    recall: float
    earlier: Week | Confusion | None
    labelled: float = 0.0


@dataclass(frozen=True)
class Row:
    """What came out of one case for each of WAYS: mean width, coverage, and how far off the recall is on average."""

    case: Case
    widths: tuple[float, ...]
    coverages: tuple[float, ...]
    biases: tuple[float, ...]

    @property
    def gain(self) -> float:
        """How many times as narrow the queue's interval is."""
        return self.widths[1] / self.widths[0]


def simulate(case: Case, windows: int, seed: int = 1) -> Row:
    """Windows of the case, labelled further in each way; those whose labels hold no urgent message are left out."""
    rng = np.random.default_rng([seed, round(case.recall * 1000), round(case.labelled * 1000)])
    found: list[list[tuple[float, bool, float]]] = [[] for _ in WAYS]
    for _ in range(windows):
        for results, recall in zip(found, _recalls(rng, case), strict=True):
            if recall is not None:
                low, high = recall.interval()
                results.append((high - low, low <= case.recall <= high, recall.value - case.recall))
    means = np.array([np.mean(results, axis=0) for results in found])
    widths, coverages, biases = (tuple(column.tolist()) for column in means.T)
    return Row(case, widths, coverages, biases)


def _recalls(rng: np.random.Generator, case: Case) -> tuple[Proportion | None, ...]:
    """One window's recall by each of WAYS."""
    earlier = _earlier(rng, case.earlier)
    everything = case.week(rng, SIZE)
    labelled = label(rng, everything, case.labelled)
    at_random = draw(rng, everything - labelled, BUDGET)
    chance = BUDGET / (everything - labelled).total()
    designed = cells(everything, labelled, at_random, lambda _predicted, _band: 1 / chance)
    return (
        Informed.by(earlier, from_queue(rng, everything, labelled, earlier)).recall("urgent"),
        Stratified.of(Confusion.of(cells(everything, labelled + at_random))).recall("urgent"),
        _helped(Confusion.of(designed), earlier),
    )


def _helped(at_random: Confusion, earlier: Confusion) -> Proportion | None:
    """Labels at random with the help of earlier ones, which tunewatch leaves to a queue's: what that alone is worth."""
    recall = believed_recall(at_random, Expectation.of(earlier, keys_of(at_random)), "urgent") if earlier.n else None
    return Stratified.of(at_random).recall("urgent") if recall is None else recall


def _earlier(rng: np.random.Generator, weeks: Week | Confusion | None) -> Confusion:
    if weeks is None or isinstance(weeks, Confusion):
        return weeks or Confusion.of(())
    before = weeks(rng, EARLIER)
    return Confusion.of(cells(before, label(rng, before, EARLIER_LABELLED)))


def from_queue(rng: np.random.Generator, everything: Counts, labelled: Counts, earlier: Confusion) -> Confusion:
    """The counts once the queue's labels are back."""
    waiting = everything - labelled
    unlabelled: Counter[Stratum] = Counter()
    for (predicted, _, band), n in waiting.items():
        unlabelled[Stratum(predicted, band)] += n
    allocation = allocate(cells(everything, labelled), unlabelled, CLASSES, BUDGET, earlier)
    chosen: Counts = Counter()
    probability: dict[Stratum, float] = {}
    for share, n in zip(allocation.shares, allocation.rounded(rng.random()), strict=True):
        probability[share.stratum] = share.probability
        chosen += draw(rng, Counter({k: v for k, v in waiting.items() if (k[0], k[2]) == share.stratum}), n)
    return Confusion.of(cells(everything, labelled, chosen, lambda *stratum: 1 / probability[Stratum(*stratum)]))


def simulated() -> Iterator[Case]:
    """Bots that are as they were, then some that are not, then what there is where something is missing."""
    for labelled in (0.0, 0.05, 0.2):
        for recall in (0.70, 0.80, 0.92):
            yield Case("as before", Bot(recall), recall, Bot(recall), labelled)
    for recall in (0.80, 0.60, 0.20):
        yield Case("recall was 0.92", Bot(recall), recall, Bot(0.92))
    for labelled in (0.0, 0.05):
        for factor in (3, 10):
            now = Bot(0.80, surely_wrong=0.05 * factor)
            yield Case(f"sure misses {factor} times as often", now, 0.80, Bot(0.80, surely_wrong=0.05), labelled)
    for labelled in (0.0, 0.05):
        bot = Bot(0.80, banded=False)
        yield Case("no confidence logged", bot, 0.80, bot, labelled)
        yield Case("no earlier labels", Bot(0.80), 0.80, None, labelled)


def replayed(log: Path, onset: str) -> Iterator[Case]:
    """Real messages, before and after the bot changed."""
    before, after = (Replay.of(log, f"ts::timestamptz {sign} timestamptz '{onset}'") for sign in ("<", ">="))
    bare = before.without_confidence()
    halves = [Replay.of(log, f"ts::timestamptz < timestamptz '{onset}' and hash(text) % 2 = {k}") for k in (0, 1)]
    for labelled in (0.0, 0.05, 0.2):
        yield Case("real messages", before, before.recall, before, labelled)
    for labelled in (0.0, 0.05):
        yield Case("real messages, bot changed", after, after.recall, before, labelled)
    for week, earlier in (halves, halves[::-1]):
        for labelled in (0.0, 0.05):
            once = Counter(earlier.rows)  # drawn with replacement they would pass for more labels than they are
            yield Case("none seen earlier", week, week.recall, Confusion.of(cells(once, once)), labelled)
    yield Case("real messages, no confidence", bare, bare.recall, bare)
    yield Case("real messages, no earlier labels", before, before.recall, None)


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=1000, help="simulated windows for each row")
    parser.add_argument("--log", type=Path, help="a folder with a prediction log, to use its messages")
    parser.add_argument("--onset", default="2026-03-27 14:00:00+00", help="when the bot of the log changed")
    given = parser.parse_args()
    print(
        "| bot | recall | labels before | width: queue | random | times as narrow | random, earlier labels used ",
        end="",
    )
    print("| coverage: queue | random | off by: queue | random |\n|" + " --- |" * 11)
    for case in simulated() if given.log is None else replayed(given.log, given.onset):
        row = simulate(case, given.windows)
        widths, coverages, biases = row.widths, row.coverages, row.biases
        print(
            f"| {case.name} | {case.recall:.2f} | {case.labelled:.0%} | {widths[0]:.3f} | {widths[1]:.3f} "
            f"| {row.gain:.1f} | {widths[2]:.3f} | {coverages[0]:.1%} | {coverages[1]:.1%} "
            f"| {biases[0]:+.3f} | {biases[1]:+.3f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
