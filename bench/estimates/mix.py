"""How often the intervals of the two parts of a difference in accuracy hold the truth.

    python -m bench.estimates.mix --windows 2000

For docs/statistics/mix_or_behaviour.md. A bot has a class of 3%, a hard one and an easy one. Between a reference and a
window a fourth as long the mix changes, the behaviour, both or neither; labels are a fair sample (60%), or five times
as likely where the first class was predicted.
"""

import argparse
from dataclasses import dataclass

import numpy as np

from bench.tables import add_write, table
from checks.counts.cells import OutcomeCell
from checks.counts.confusion import Confusion, Floats
from checks.estimates.decomposition import decompose
from checks.estimates.stratified import Stratified

SIZES = (300, 1000, 4200, 16_800)
REFERENCE = 4  # times as long as the window
LABELLING = {"fair": (0.6, 0.6), "biased": (0.9, 0.18)}


@dataclass(frozen=True)
class Bot:
    """Shares of the true classes, and the recall of each; wrong answers are spread evenly."""

    mix: Floats
    recall: Floats

    def window(self, rng: np.random.Generator, n: int, labelling: tuple[float, float]) -> Stratified:
        """The counts of `n` predictions; `labelling` are the shares labelled, as the first class and as another."""
        size = self.mix.size
        shares = np.where(np.eye(size) == 1, self.recall, (1 - self.recall) / (size - 1)) * self.mix
        counts = rng.multinomial(n, shares.ravel()).reshape(shares.shape)  # by predicted class and label
        known = rng.binomial(counts, np.where(np.arange(size) == 0, *labelling)[:, None])
        cells = [_cell(str(row), str(column), int(count)) for (row, column), count in np.ndenumerate(known)]
        missing = (counts - known).sum(axis=1)
        cells += [_cell(str(row), None, int(count)) for row, count in enumerate(missing)]
        return Stratified.of(Confusion.of([cell for cell in cells if cell.n]))


USUAL = Bot(np.array([0.03, 0.25, 0.72]), np.array([0.90, 0.75, 0.95]))
CHANGES = {
    "neither": USUAL,
    "mix": Bot(np.array([0.05, 0.50, 0.45]), USUAL.recall),
    "behaviour": Bot(USUAL.mix, np.array([0.60, 0.70, 0.93])),
    "both": Bot(np.array([0.05, 0.50, 0.45]), np.array([0.60, 0.70, 0.93])),
}


def parts(now: Bot, then: Bot) -> tuple[float, float]:
    """What is true of the mix and of behaviour."""
    mix = (now.mix - then.mix) @ (now.recall + then.recall) / 2
    return float(mix), float((now.recall - then.recall) @ (now.mix + then.mix) / 2)


def row(change: str, n: int, labels: str, windows: int) -> str:
    """One line of the table: what is true, how often it is held, and how wide the intervals are."""
    rng = np.random.default_rng([n, len(change), len(labels)])
    bot, truth = CHANGES[change], parts(CHANGES[change], USUAL)
    held, widths, told = [], [], 0
    for _ in range(windows):
        window = bot.window(rng, n, LABELLING[labels])
        found = decompose(window, USUAL.window(rng, REFERENCE * n, LABELLING[labels]))
        if found is not None:
            effects = (found.mix, found.behaviour)
            held.append([effect.low <= true <= effect.high for effect, true in zip(effects, truth, strict=True)])
            widths.append([effect.high - effect.low for effect in effects])
            told += 1
    covered, width = np.mean(held, axis=0), np.mean(widths, axis=0)
    each = " | ".join(
        f"{true:+.3f} | {part:.1%} | {wide:.3f}" for true, part, wide in zip(truth, covered, width, strict=True)
    )
    return f"| {change} | {n} | {labels} | {told / windows:.0%} | {each} |"


def main() -> None:
    """Print the table in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--windows", type=int, default=2000, help="simulated windows for each row")
    add_write(parser)
    chosen = parser.parse_args()
    with table("mix", write=chosen.write):
        print("| changed | predictions | labels | told | mix | coverage | width | behaviour | coverage | width |")
        print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
        for labels in LABELLING:
            for change in CHANGES:
                for n in SIZES:
                    print(row(change, n, labels, chosen.windows), flush=True)


def _cell(predicted: str, label: str | None, n: int) -> OutcomeCell:
    weight = 0.0 if label is None else float(n)
    return OutcomeCell(predicted, label, n, weight, weight)


if __name__ == "__main__":
    main()
