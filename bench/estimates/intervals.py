"""Coverage and width of every kind of interval, for docs/statistics/intervals.md.

    python -m bench.estimates.intervals --windows 2000

Each row simulates windows of a chatbot, and says how often the 95% interval holds the truth, and how wide it is: for
accuracy, recall of a class with 2% prevalence, precision, the difference of two recalls, p95 latency, and the ratio of
two p95. Shares are labelled fairly (60% of all) or with a bias (90% of those predicted as the first class, 18% of the
others). The columns are true shares; coverage outside the aim is in bold.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.tables import add_write, table
from checks.counts.cells import LATENCY_BASE, OutcomeCell
from checks.counts.confusion import Confusion
from checks.estimates.quantiles import Histogram, Spread, ratio
from checks.estimates.stratified import Stratified
from checks.rules.shares import MIN_LABELS
from checks.statistics.intervals import Proportion, difference

LOWEST, HIGHEST = 0.93, 0.985  # the coverage aimed at
TAIL = 0.025  # of a 95% interval
FAIR, BIASED = (0.6, 0.6), (0.9, 0.18)  # share labelled of those predicted as the first class, and of the others
SIZES = (5, 10, 30, 100, 1000)
SHARES = (0.05, 0.30, 0.80, 0.92, 0.99)
REFERENCE = 4  # the reference is four times as long as the window


@dataclass(frozen=True)
class Bot:
    """A chatbot of two classes: `prevalence` of the first, and the share of each class predicted as the first."""

    prevalence: float
    recall: float
    false_alarms: float

    def expected(self, labelling: tuple[float, float]) -> np.ndarray:
        """Labelled share of all predictions by (predicted, label), first class first."""
        return np.asarray(self.cells() * np.array(labelling)[:, None])

    def cells(self) -> np.ndarray:
        """Share of all predictions by (predicted, label)."""
        first = np.array([self.prevalence * self.recall, (1 - self.prevalence) * self.false_alarms])
        return np.stack([first, np.array([self.prevalence, 1 - self.prevalence]) - first])

    def window(self, rng: np.random.Generator, size: int, labelling: tuple[float, float]) -> Stratified:
        """One window of so many predictions."""
        cells = []
        for (row, column), n in np.ndenumerate(rng.multinomial(size, self.cells().ravel()).reshape(2, 2)):
            known = int(rng.binomial(n, labelling[row]))
            cells.append(OutcomeCell(str(row), str(column), known, known, known))
            cells.append(OutcomeCell(str(row), None, int(n) - known, 0, 0))
        return Stratified.of(Confusion.of([cell for cell in cells if cell.n]))


@dataclass(frozen=True)
class Metric:
    """A share of a bot: how to read it, which bot has it at a value, and which expected rows it rests on."""

    name: str
    read: Callable[[Stratified], Proportion | None]
    bot: Callable[[float], Bot]
    rests_on: Callable[[np.ndarray], float]


METRICS = (
    Metric("accuracy", Stratified.accuracy, lambda a: Bot(0.3, a, 1 - a), lambda cells: float(cells.sum())),
    Metric("recall", lambda s: s.recall("0"), lambda r: Bot(0.02, r, 0.005), lambda cells: float(cells[:, 0].sum())),
    Metric(
        "precision",
        lambda s: s.precision("0"),
        lambda p: Bot(0.02, 0.8, 0.02 * 0.8 * (1 - p) / p / 0.98),
        lambda cells: float(cells[0].sum()),
    ),
)


@dataclass(frozen=True)
class Row:
    """One line of the table.

    `judged` is the part of the windows that a check calls well or not, having MIN_LABELS rows; coverage and width are
    of all of them. `wilson` is the width of Wilson's interval on as many rows, None where it says nothing.
    """

    what: str
    n: int
    truth: float
    labels: str
    judged: float
    coverage: float
    width: float
    wilson: float | None = None

    @property
    def marked(self) -> str:
        """The coverage, in bold where it is outside the aim."""
        return f"{self.coverage:.1%}" if LOWEST <= self.coverage <= HIGHEST else f"**{self.coverage:.1%}**"


def share_row(metric: Metric, n: int, truth: float, labelling: tuple[float, float], windows: int) -> Row:
    """Windows with about `n` labelled rows that the metric rests on."""
    rng = np.random.default_rng([n, int(truth * 1000), int(labelling[0] * 100)])
    bot = metric.bot(truth)
    size = round(n / metric.rests_on(bot.expected(labelling)))
    found = [metric.read(bot.window(rng, size, labelling)) for _ in range(windows)]
    known = [share for share in found if share is not None]
    judged = sum(share.n >= MIN_LABELS for share in known) / windows
    wilson = float(np.mean([_wilson(share) for share in known])) if labelling == FAIR else None
    return _row(metric.name, n, truth, labelling, [share.interval() for share in known], judged, wilson)


def difference_row(n: int, truth: float, labelling: tuple[float, float], windows: int) -> Row:
    """Recall of a window less that of a reference, which is 0.92."""
    rng = np.random.default_rng([n, int(truth * 1000), int(labelling[0] * 100), 1])
    recall = METRICS[1]
    size = round(n / recall.rests_on(recall.bot(truth).expected(labelling)))
    bounds, judged = [], 0
    for _ in range(windows):
        now = recall.read(recall.bot(truth).window(rng, size, labelling))
        then = recall.read(recall.bot(0.92).window(rng, REFERENCE * size, labelling))
        if now is not None and then is not None:
            bounds.append(difference(now, then, TAIL))
            judged += min(now.n, then.n) >= MIN_LABELS
    return _row("recall less 0.92", n, truth - 0.92, labelling, bounds, judged / windows)


def latency_rows(n: int, unrest: float, windows: int) -> Iterator[Row]:
    """The p95 of `n` answers over a week of hours, and its ratio to that of a reference.

    Latencies are lognormal; the median of an hour is off by `unrest` on the log scale.
    """
    rng = np.random.default_rng([n, int(unrest * 100)])
    p95 = float(np.exp(1.645 * np.hypot(0.5, unrest)))
    quantiles, ratios = [], []
    for _ in range(windows):
        now, then = (_spread(rng, n * times, 168 * times, unrest) for times in (1, REFERENCE))
        histogram = Histogram(now.bins, now.counts.sum(axis=0))
        reference = Histogram(then.bins, then.counts.sum(axis=0))
        known = now.slower_than(histogram.quantile(0.95)).effective_n
        quantiles.append(histogram.interval(0.95, known))
        ratios.append(ratio(histogram, reference, 0.95, known))
    labels = f"hours differ by {unrest:.0%}"
    held = np.mean([low <= 1000 * p95 <= high for low, high in quantiles])
    width = float(np.mean([high - low for low, high in quantiles]) / (1000 * p95))
    yield Row("p95, of itself", n, 1.0, labels, 1.0, float(held), width)
    held = np.mean([low <= 1 <= high for low, high in ratios])
    yield Row("p95 / p95", n, 1.0, labels, 1.0, float(held), float(np.mean([high - low for low, high in ratios])))


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=2000, help="simulated windows for each row")
    add_write(parser)
    arguments = parser.parse_args()
    shares = " | ".join(f"{share:.2f}" for share in SHARES)
    with table("intervals", write=arguments.write):
        print(f"| interval of | rows | labels | judged | {shares} | width | of Wilson's |")
        print("| --- | --- | --- | --- |" + " --- |" * (len(SHARES) + 2))
        for line in _share_lines(arguments.windows):
            print(line, flush=True)
    print()
    with table("intervals_of_latency", write=arguments.write):
        print("| interval of | answers | hours differ by | coverage | width |\n| --- | --- | --- | --- | --- |")
        for unrest in (0.0, 0.1, 0.3):
            for n in (200, 1000, 10_000):
                for row in latency_rows(n, unrest, arguments.windows):
                    print(f"| {row.what} | {n} | {unrest:.0%} | {row.marked} | {row.width:.0%} |", flush=True)


def _share_lines(windows: int) -> Iterator[str]:
    """One line for each metric, labelling and number of rows; coverage at each true share side by side."""
    for labelling in (FAIR, BIASED):
        for n in SIZES:
            for metric in METRICS:
                yield _line([share_row(metric, n, truth, labelling, windows) for truth in SHARES])
            yield _line([difference_row(n, truth, labelling, windows) for truth in SHARES])


def _line(rows: list[Row]) -> str:
    first = rows[0]
    judged = np.mean([row.judged for row in rows])
    width = np.mean([row.width for row in rows])
    wilson = [row.wilson for row in rows if row.wilson is not None]
    of_wilson = f"{width / np.mean(wilson):.2f}" if wilson else ""
    coverage = " | ".join(row.marked for row in rows)
    return f"| {first.what} | {first.n} | {first.labels} | {judged:.0%} | {coverage} | {width:.3f} | {of_wilson} |"


def _row(  # noqa: PLR0913, PLR0917 - what a row is made of
    what: str,
    n: int,
    truth: float,
    labelling: tuple[float, float],
    bounds: list[tuple[float, float]],
    judged: float,
    wilson: float | None = None,
) -> Row:
    ends = np.array(bounds).reshape(-1, 2)
    held = float(np.mean((ends[:, 0] <= truth) & (truth <= ends[:, 1])))
    width = float(np.mean(ends[:, 1] - ends[:, 0]))
    labels = "fair" if labelling == FAIR else "biased"
    return Row(what, n, truth, labels, judged, held, width, wilson)


def _spread(rng: np.random.Generator, n: int, hours: int, unrest: float) -> Spread:
    """Histograms of the hours; each has a Poisson number of answers."""
    sizes = rng.poisson(n / hours, hours)
    log_ms = np.log(1000) + np.repeat(rng.normal(0, unrest, hours), sizes) + rng.normal(0, 0.5, sizes.sum())
    at = np.floor(log_ms / np.log(LATENCY_BASE)).astype(int)
    bins, columns = np.unique(at, return_inverse=True)
    counts = np.zeros((hours, bins.size))
    np.add.at(counts, (np.repeat(np.arange(hours), sizes), columns), 1)
    return Spread(bins.astype(float), counts)


def _wilson(share: Proportion) -> float:
    z = 1.96
    n, p = share.n, share.value
    return float(2 * z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2)) / (1 + z**2 / n))


if __name__ == "__main__":
    main()
