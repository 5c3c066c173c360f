"""What labels from the queue tell of recall, beside as many labels of predictions taken at random.

    python -m bench.estimates.label_queue --windows 1000
    python -m bench.estimates.label_queue --windows 1000 --log DIR

Simulates windows of a week of a chatbot, 600 predictions a day, 3% urgent, after four weeks of which 60% are labelled,
and prints for both ways of choosing the next 200 labels how wide the 95% interval of the recall of urgent is on
average, how often it holds the true recall, and how far off the recall is on average; then the same coverage of other
figures. With --log the messages are those of DIR/predictions.parquet and DIR/labels.parquet, drawn with replacement:
before and after the time given as --onset, where the bot changed.
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from bench.tables import add_write, table
from checks.counts.cells import NO_BAND, OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.stratified import Stratified
from checks.label_queue.allocation import Stratum, allocate
from checks.statistics.intervals import Proportion
from tests.support.queue_bots import NAMES, Bot, Counts, Moved, Replay, Week, cells, draw, label

SIZE, EARLIER = 4200, 16_800
EARLIER_LABELLED = 0.6
BUDGET = 200
MANY = 1_000_000
"""Predictions from which a simulated bot's own figures are taken."""

URGENT = NAMES[0]
SURE = (7,)
COMPLAINTS = 5.0
"""Times as often as right answers that wrong ones are labelled where people label complaints."""

FIGURES: Final[dict[str, Callable[[Stratified], Proportion | None]]] = {
    "recall": lambda counts: counts.recall(URGENT),
    "accuracy": lambda counts: counts.accuracy(),
    "balanced accuracy": lambda counts: counts.balanced_accuracy(),
    "precision": lambda counts: counts.precision(URGENT),
}


@dataclass(frozen=True)
class Case:
    """A week to label, after others: drawn anew and labelled in part, the same each time, or none.

    `labelled` is the part of the week that is labelled by itself, wrong answers `wrong` times as often.
    """

    name: str
    week: Week
    recall: float
    earlier: Week | Counts | None
    labelled: float = 0.0
    wrong: float = 1.0
    budget: int = BUDGET


class Outcome(NamedTuple):
    """Of one figure and one way to choose labels: mean width, share of intervals that hold the truth, mean error."""

    width: float
    coverage: float
    bias: float


@dataclass(frozen=True)
class Row:
    """What came out of one case, by figure: with the queue's labels, and with labels at random."""

    case: Case
    queue: dict[str, Outcome]
    random: dict[str, Outcome]

    @property
    def gain(self) -> float:
        """How many times as narrow the queue's interval of recall is."""
        return self.random["recall"].width / self.queue["recall"].width


def simulate(case: Case, windows: int, seed: int = 1, figures: Sequence[str] = ("recall",)) -> Row:
    """Windows of the case, labelled further in both ways; those whose labels hold no urgent message are left out."""
    rng = np.random.default_rng([seed, round(case.recall * 1000), round(case.labelled * 1000)])
    truths = {"recall": case.recall} if figures == ("recall",) else _truths(rng, case)
    found: list[dict[str, list[Outcome]]] = [{name: [] for name in figures} for _ in range(2)]
    for _ in range(windows):
        for outcomes, confusion in zip(found, label_one(rng, case), strict=True):
            counts = Stratified.of(confusion)
            for name in figures:
                share, truth = FIGURES[name](counts), truths[name]
                if share is not None:
                    low, high = share.interval()
                    outcomes[name].append(Outcome(high - low, low <= truth <= high, share.value - truth))
    queue, random = ({name: Outcome(*np.mean(rows, axis=0)) for name, rows in ways.items()} for ways in found)
    return Row(case, queue, random)


def _truths(rng: np.random.Generator, case: Case) -> dict[str, float]:
    """The figures of the process behind the week."""
    everything = case.week(rng, MANY)
    shares = Stratified.of(Confusion.of(cells(everything, everything)))
    found = {name: figure(shares) for name, figure in FIGURES.items()}
    return {name: share.value for name, share in found.items() if share is not None} | {"recall": case.recall}


def label_one(rng: np.random.Generator, case: Case) -> tuple[Confusion, Confusion]:
    """One window, its labels chosen by the queue, and at random."""
    earlier = _earlier(rng, case.earlier)
    everything = case.week(rng, SIZE)
    labelled = label(rng, everything, case.labelled, case.wrong)
    at_random = draw(rng, everything - labelled, case.budget)
    queue = from_queue(rng, everything, labelled, earlier, case.budget)
    return queue, Confusion.of(cells(everything, labelled + at_random))


def _earlier(rng: np.random.Generator, weeks: Week | Counts | None) -> list[OutcomeCell]:
    if weeks is None:
        return []
    if isinstance(weeks, Counter):
        return cells(weeks, weeks)
    before = weeks(rng, EARLIER)
    return cells(before, label(rng, before, EARLIER_LABELLED))


def from_queue(
    rng: np.random.Generator, everything: Counts, labelled: Counts, earlier: list[OutcomeCell], budget: int
) -> Confusion:
    """The counts once the queue's labels are back."""
    waiting = everything - labelled
    unlabelled: Counter[Stratum] = Counter()
    for (predicted, _, band), n in waiting.items():
        unlabelled[Stratum(predicted, band)] += n
    allocation = allocate(cells(everything, labelled), unlabelled, (URGENT,), budget, earlier)
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
    for recall in (0.80, 0.92):
        yield Case("as before, 1,000 labels", Bot(recall), recall, Bot(recall), budget=1000)
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
    for labelled in (0.05, 0.2):
        yield Case("complaints are labelled", Bot(0.80), 0.80, Bot(0.80), labelled, COMPLAINTS)


def moved() -> Iterator[Case]:
    """Bots whose misses are no longer where they were."""
    for recall in (0.92, 0.80, 0.60, 0.40, 0.20):
        yield Case("all misses sure", Moved(Bot(recall), SURE), recall, Bot(0.92))
    for labelled in (0.05, 0.2):
        yield Case("all misses sure", Moved(Bot(0.80), SURE), 0.80, Bot(0.92), labelled)
    yield Case("all misses in one band", Moved(Bot(0.80), (5,)), 0.80, Bot(0.80))
    yield Case("all misses in a new band", Moved(Bot(0.80), (NO_BAND,)), 0.80, Bot(0.80))
    yield Case("all misses as one class", Moved(Bot(0.80), (*range(8), *SURE * 4), ("card",)), 0.80, Bot(0.80))
    yield Case("misses at every confidence", Moved(Bot(0.60), (*range(8), *SURE * 4)), 0.60, Bot(0.80))
    yield Case("sure misses beside the others", _beside(0.80, 0.60), 0.60, Bot(0.80))
    yield Case("sure misses beside the others", _beside(0.80, 0.60), 0.60, Bot(0.80), 0.05)


@dataclass(frozen=True)
class _Beside:
    """A bot that misses as it did, and some of what it caught too, surely."""

    bot: Bot
    worse: float

    def __call__(self, rng: np.random.Generator, size: int) -> Counts:
        everything = self.bot(rng, size)
        caught: Counts = Counter({key: n for key, n in everything.items() if key[0] == key[1]})
        rest = everything - caught
        return rest + Moved(lambda _rng, _size: caught, SURE, worse=self.worse)(rng, size)


def _beside(was: float, now: float) -> _Beside:
    return _Beside(Bot(was), 1 - now / was)


def replayed(log: Path, onset: str) -> Iterator[Case]:
    """Real messages, before and after the bot changed."""
    before, after = (Replay.of(log, f"ts::timestamptz {sign} timestamptz '{onset}'") for sign in ("<", ">="))
    bare = before.without_confidence()
    halves = [Replay.of(log, f"ts::timestamptz < timestamptz '{onset}' and hash(text) % 2 = {k}") for k in (0, 1)]
    for labelled in (0.0, 0.05, 0.2):
        yield Case("real messages", before, before.recall, before, labelled)
    for labelled in (0.0, 0.05):
        yield Case("real messages, bot changed", after, after.recall, before, labelled)
        yield Case("real messages, all misses sure", Moved(before, SURE), before.recall, before, labelled)
    for week, earlier in (halves, halves[::-1]):
        for labelled in (0.0, 0.05):
            once = Counter(earlier.rows)  # drawn with replacement they would pass for more labels than they are
            yield Case("none seen earlier", week, week.recall, once, labelled)
    yield Case("real messages, no confidence", bare, bare.recall, bare)
    yield Case("real messages, no earlier labels", before, before.recall, None)


def main() -> None:
    """Print the tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=1000, help="simulated windows for each row")
    parser.add_argument("--log", type=Path, help="a folder with a prediction log, to use its messages")
    parser.add_argument("--onset", default="2026-03-27 14:00:00+00", help="when the bot of the log changed")
    add_write(parser)
    given = parser.parse_args()
    name = "label_queue" if given.log is None else "label_queue_log"
    cases = [*simulated(), *moved()] if given.log is None else list(replayed(given.log, given.onset))
    rows = []
    with table(name, write=given.write):
        print("| bot | recall | labels before | windows | width: queue | random | times as narrow ", end="")
        print("| coverage: queue | random | off by: queue | random |\n|" + " --- |" * 11)
        for case in cases:
            row = simulate(case, given.windows, figures=tuple(FIGURES))
            rows.append(row)
            queue, random = row.queue["recall"], row.random["recall"]
            print(
                f"{_named(case)} | {given.windows} | {queue.width:.3f} | {random.width:.3f} | {row.gain:.1f} "
                f"| {queue.coverage:.1%} | {random.coverage:.1%} | {queue.bias:+.3f} | {random.bias:+.3f} |",
                flush=True,
            )
    print()
    others = list(FIGURES)[1:]
    headings = " | ".join(f"{name}: queue | random" for name in others)
    with table(f"{name}_other_figures", write=given.write):
        print(f"| bot | recall | labels before | {headings} |\n|" + " --- |" * (3 + 2 * len(others)))
        for row in rows:
            covered = (f"{way[name].coverage:.1%}" for name in others for way in (row.queue, row.random))
            print(f"{_named(row.case)} | {' | '.join(covered)} |")


def _named(case: Case) -> str:
    return f"| {case.name} | {case.recall:.2f} | {case.labelled:.0%}"


if __name__ == "__main__":
    main()
