"""Signals: can the numbers that alarm be believed?"""

from collections.abc import Sequence

from checks.advice.comparing.failing import Failing
from checks.advice.comparing.metrics import stratified
from checks.advice.deciding.model import Signal
from checks.advice.deciding.weights import BROKEN_LABELS, COLLAPSED, LABELS_TO_JUDGE_COVERAGE, MIN_SUPPORT
from checks.counts.windows import Windows
from checks.rules.words import percent

FAMILY = "evidence"

LABEL_PROBLEMS = ("null_label", "orphan_label", "null_label_time")
"""Kinds of problem that make a label row useless, as the log's reader names them."""


def evidence_signals(failing: Sequence[Failing], windows: Windows) -> tuple[Signal, ...]:
    """Too few labels, labels still to come, labelling that stopped, label rows that cannot be used."""
    return (*_too_few(failing), _provisional(failing), _coverage(windows), _problems(windows))


def _too_few(failing: Sequence[Failing]) -> tuple[Signal, ...]:
    if not failing:
        return ()
    best = max(failing, key=lambda item: item.finding.n)
    n, metric = best.finding.n, best.metric
    rests = f"The alarm on {metric.noun} rests on {n} {metric.unit}"
    sentence = f"{rests}; under {MIN_SUPPORT} nothing can be concluded about its cause."
    return (Signal("too_few_labels", FAMILY, n < MIN_SUPPORT, sentence, (("n", float(n)),)),)


def _provisional(failing: Sequence[Failing]) -> Signal:
    holds = any(item.finding.provisional for item in failing)
    return Signal("provisional", FAMILY, holds, "Labels of the newest days are still to come: the numbers may move.")


def _coverage(windows: Windows) -> Signal:
    now, then = (stratified(window.outcomes).confusion for window in (windows.current, windows.reference))
    if not now.coverage or not then.coverage or then.n_labelled < LABELS_TO_JUDGE_COVERAGE:
        return Signal("label_coverage", FAMILY, None, "There is no earlier share of labelled messages to compare with.")
    holds = now.coverage < COLLAPSED * then.coverage
    sentence = (
        f"{percent(now.coverage)} of the messages are labelled, {percent(then.coverage)} were earlier"
        f"{': those labelled now may not be a fair sample' if holds else ''}."
    )
    return Signal("label_coverage", FAMILY, holds, sentence, (("coverage", now.coverage), ("reference", then.coverage)))


def _problems(windows: Windows) -> Signal:
    broken = sum(problem.n for problem in windows.problems if problem.kind in LABEL_PROBLEMS)
    usable = stratified(windows.current.outcomes).confusion.n_labelled
    holds = broken > max(BROKEN_LABELS * usable, MIN_SUPPORT)
    sentence = f"{broken:,} label rows cannot be used (no class, no time or no prediction of that id), {usable:,} can."
    return Signal("label_problems", FAMILY, holds, sentence, (("broken", float(broken)), ("usable", float(usable))))
