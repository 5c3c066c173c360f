"""How often a candidate ships that should not, and how often its intervals hold the truth, for docs/try.md.

    python -m bench.estimates.candidates --worlds 150

Each world is a production of 6,000 answers, 15% of them to texts that are asked again and again, unequally labelled; a
candidate that is better there, equal or worse; and a sample of 300 messages. "Should not ship" is: no better where it
should be, or worse by 3 points of accuracy or 5 of the recall of urgent.
"""

import argparse
from collections import Counter, defaultdict

import numpy as np

from bench.tables import add_write, table
from checks.candidates.differences import Measure
from checks.candidates.verdict import Decision, Question, judge
from tests.support.candidate_worlds import URGENT, Kind, World

QUESTION = Question(((Measure.ACCURACY, ""), (Measure.RECALL, URGENT)), (URGENT,), candidates=1)
CLEARLY = 0.05
"""Share of the failures that turn right by which somebody would take a candidate for a better one."""


def main() -> None:
    """Play the worlds, and print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--worlds", type=int, default=150)
    parser.add_argument("--size", type=int, default=300)
    add_write(parser)
    options = parser.parse_args()
    with table("candidates", write=options.write):
        measures = [measure.value for measure in Measure]
        print(
            "| candidate | ships | does not | not settled | ships, and should not | "
            + " | ".join(f"coverage of {each}" for each in measures)
            + " | better by the failures alone |"
        )
        print("| --- |" + " ---: |" * (5 + len(measures)))
        for kind in Kind:
            print(_line(kind, options.worlds, options.size, measures), flush=True)


def _line(kind: Kind, worlds: int, size: int, measures: list[str]) -> str:
    decided, wrong, favoured = Counter[Decision](), 0, 0
    held: dict[str, list[bool]] = defaultdict(list)
    for seed in range(worlds):
        world = World(np.random.default_rng([seed, list(Kind).index(kind)]), kind)
        parts = world.sample(size)
        verdict = judge(parts, QUESTION)
        decided[verdict.decision] += 1
        wrong += verdict.decision is Decision.SHIP and world.truth.is_worse()
        for each in verdict.differences:
            held[each.measure.value].append(each.low <= getattr(world.truth, each.measure.value) <= each.high)
        failures = [(what, n) for part in parts for what, n in part.answered if not what.was_right]
        won = sum(n for what, n in failures if what.is_right)
        favoured += won > CLEARLY * sum(n for _, n in failures)
    shares = [decided[Decision.SHIP], decided[Decision.KEEP], decided[Decision.MORE_LABELS], wrong]
    coverage = [f"{100 * float(np.mean(held[each])):.1f}%" for each in measures]
    cells = [kind.value, *(f"{100 * n / worlds:.1f}%" for n in shares), *coverage, f"{100 * favoured / worlds:.0f}%"]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
