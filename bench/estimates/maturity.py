"""Label delays learned from a log that ends today, and what a change of delay does to the figures and the alarms.

    python -m bench.estimates.maturity --runs 6

The first table asks for the delays of three classes from logs of 10 and 40 days, beside the plain quantiles of the
delays seen so far. The second gives a chatbot of constant quality other labels from one day on, and looks at it every
12 hours for the two weeks after: how far its figures are off, and which of the checks as set by default alarm.
"""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bench.tables import add_write, table
from checks.estimates.cycle_data import Measured, WeightedWindow
from checks.rules.check import Check
from config.monitor import MonitorSettings
from monitor.bootstrap.checks import build_checks
from tests.support.label_policies import (
    no_cards,
    no_urgent,
    three_days_later,
    truly_urgent_first,
    truly_urgent_sooner,
    unsure_first,
    urgent_first,
    wrong_first,
    wrong_sooner,
)
from tests.support.late_labels import (
    CLASSES,
    HOUR,
    LABELLED,
    MEDIAN_DELAY,
    RECENT,
    SIGMA,
    Floats,
    Labelling,
    Log,
    Policy,
    chatbot,
    labelled,
    true_shares,
    usual,
    windows,
)

CHANGE, AFTER, STEP = 40 * 24, 14 * 24, 12  # hours: labels change, are watched for, and are looked at

CURVES: Final = {"urgent": (2.0, 0.9), "cards": (18.0, 0.6), "billing": (48.0, 0.3)}
"""Of the first table: the median delay in hours of each class, and the share that ever gets a label."""

SETTINGS: Final = {
    "source": {
        "predictions": {"files": "p.parquet", "columns": {"id": "id", "at": "at", "predicted": "predicted"}},
        "labels": {"files": "l.parquet", "columns": {"id": "id", "label": "label", "at": "at"}},
    },
    "classes": {"urgent": {"min_recall": 0.8}},
}


def default_checks() -> tuple[Check, ...]:
    """The checks of a monitor whose urgent class has a floor of 80% recall, and that is otherwise set as by default."""
    return build_checks(MonitorSettings.model_validate(SETTINGS))


@dataclass(frozen=True, slots=True)
class Learned:
    """What one log says of one class: delays in hours, and the share ever labelled; `plain` ones of what is there."""

    median: float
    late: float
    ever: float
    plain_median: float
    plain_late: float
    plain_ever: float


def each_class_its_own(log: Log) -> Labelling:
    """The curves of the first table; other classes as usual."""
    share, median = (np.full(log.at.size, value) for value in (LABELLED, MEDIAN_DELAY))
    for name, (hours, part) in CURVES.items():
        share[log.predicted == CLASSES.index(name)] = part
        median[log.predicted == CLASSES.index(name)] = hours
    return Labelling(share, median)


def learn(days: int, seed: int) -> dict[str, Learned]:
    """Learn the curves from a log of so many days."""
    rng = np.random.default_rng([seed, days])
    log = labelled(chatbot(days, rng), each_class_its_own, each_class_its_own, np.inf, rng)
    ripening = Measured(windows(log, days * 24)).ripening
    found = {}
    for name in CURVES:
        rows = log.predicted == CLASSES.index(name)
        known = rows & (log.arrives <= days * 24)
        so_far = log.arrives[known] - log.at[known]
        curve = ripening.delays.of_class(name)
        found[name] = Learned(
            curve.quantile(0.5) / HOUR,
            curve.quantile(0.9) / HOUR,
            ripening.ever[name],
            float(np.median(so_far)),
            float(np.quantile(so_far, 0.9)),
            float(known.sum() / rows.sum()),
        )
    return found


CHANGES: Final[dict[str, Policy]] = {
    "none": usual,
    "predicted urgent after 1 h, others 36 h": urgent_first,
    "confidence under 0.8 after 2 h, others 36 h": unsure_first,
    "all 3 days later": three_days_later,
    "none for predicted urgent": no_urgent,
    "none for predicted cards": no_cards,
    "*truly* urgent after 9 h, others 18 h": truly_urgent_sooner,
    "*truly* urgent after 1 h, others 36 h": truly_urgent_first,
    "*wrong* answers after 9 h, others 18 h": wrong_sooner,
    "*wrong* answers after 1 h, others 36 h": wrong_first,
}
"""What changes in the labels. In the last four the delay depends on the truth itself."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One look: errors of (ours, raw) for each figure and window, alarms of quality checks and of label health."""

    hours: int
    errors: dict[tuple[int, str], tuple[float, float]]
    quality: tuple[str, ...]
    labels: tuple[str, ...]


def play(policy: Policy, seed: int, checks: Sequence[Check], step: int = STEP) -> Iterator[Seen]:
    """Look at a bot whose labels change."""
    rng = np.random.default_rng(seed)
    log = labelled(chatbot((CHANGE + AFTER) // 24, rng), usual, policy, CHANGE, rng)
    for now in range(CHANGE + step, CHANGE + AFTER + 1, step):
        measured = Measured(windows(log, now))
        alarms = [finding for check in checks for finding in check.run(measured) if finding.verdict.is_alarm]
        looks = ((int(look.window.length / HOUR), look) for look in (measured.current, measured.looks[-1]))
        yield Seen(
            now - CHANGE,
            {(hours, name): pair for hours, look in looks for name, pair in _errors(look, log, now - hours, now)},
            tuple(f"{f.check} {f.subject}" for f in alarms if f.check != "label_health"),
            tuple(f.subject for f in alarms if f.check == "label_health"),
        )


def main() -> None:
    """Print both tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=6, help="simulated logs for each row")
    add_write(parser)
    chosen = parser.parse_args()
    with table("label_delays", write=chosen.write):
        _print_learned(chosen.runs)
    print()
    with table("label_delay_changes", write=chosen.write):
        _print_changes(chosen.runs)


def _print_learned(runs: int) -> None:
    print("| log | predicted | half within | plain | true | 90% within | plain | true | ever labelled | plain | true |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for days in (10, 40):
        logs = [learn(days, seed) for seed in range(5 * runs)]
        for name, (median, ever) in CURVES.items():
            rows = [log[name] for log in logs]
            half, plain_half = (np.mean([getattr(row, key) for row in rows]) for key in ("median", "plain_median"))
            late, plain_late = (np.mean([getattr(row, key) for row in rows]) for key in ("late", "plain_late"))
            share, plain_share = (np.mean([getattr(row, key) for row in rows]) for key in ("ever", "plain_ever"))
            true_late = median * np.exp(1.2816 * SIGMA)  # the 90% point of the normal
            print(
                f"| {days} d | {name} | {half:.1f} h | {plain_half:.1f} h | {median:.1f} h | {late:.1f} h "
                f"| {plain_late:.1f} h | {true_late:.1f} h | {share:.1%} | {plain_share:.1%} | {ever:.0%} |",
                flush=True,
            )


def _print_changes(runs: int) -> None:
    short = RECENT[-1]
    print(
        f"| change of the labels | accuracy | raw | urgent recall | raw | over {short} h: accuracy | urgent recall | ",
        end="",
    )
    print("looks with a quality alarm | label health |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    checks = default_checks()
    for name, policy in CHANGES.items():
        looks = [look for seed in range(runs) for look in play(policy, seed, checks)]
        week, day = (_means(looks, hours) for hours in (7 * 24, short))
        quality = sum(bool(look.quality) for look in looks) / len(looks)
        figures = [_points(week, metric, which) for metric in ("accuracy", "recall") for which in (0, 1)]
        figures += [_points(day, metric, 0) for metric in ("accuracy", "recall")]
        print(f"| {name} | {' | '.join(figures)} | {quality:.0%} | {_told(looks)} |", flush=True)


def _errors(look: WeightedWindow, log: Log, start: int, end: int) -> Iterator[tuple[str, tuple[float, float]]]:
    """Of the figures against what is true of the same predictions."""
    true, counts, stratified = true_shares(log, start, end), look.confusion, look.stratified
    k = counts.index("urgent")
    support = float(counts.support[k]) if k is not None else 0.0
    for name, share, hits, n in (
        ("accuracy", stratified.accuracy(), float(counts.correct.sum()), float(counts.n_labelled)),
        ("recall", stratified.recall("urgent"), float(counts.correct[k]) if k is not None else 0.0, support),
    ):
        if share is not None and n:
            yield name, (share.value - true[name], hits / n - true[name])


def _means(looks: Sequence[Seen], hours: int) -> dict[str, Floats]:
    names = ("accuracy", "recall")
    found = {name: [look.errors[hours, name] for look in looks if (hours, name) in look.errors] for name in names}
    return {name: np.mean(pairs, axis=0) for name, pairs in found.items() if pairs}


def _points(means: dict[str, Floats], name: str, which: int) -> str:
    return f"{100 * means[name][which]:+.1f}" if name in means else "not known"


def _told(looks: Sequence[Seen]) -> str:
    """What label health said, and after how many hours in the middle of the logs that it said it of."""
    first: dict[str, list[int]] = {}
    said: set[str] = set()
    for place, look in enumerate(looks):
        if not place or look.hours < looks[place - 1].hours:  # another log begins
            said = set()
        for subject in set(look.labels) - said:
            first.setdefault(subject, []).append(look.hours)
        said.update(look.labels)
    return ", ".join(f"{subject} after {np.median(hours):.0f} h" for subject, hours in first.items()) or "-"


if __name__ == "__main__":
    main()
