"""Which action to take: a pure function of one incident's findings and the windows."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from checks.advice.comparing.failing import Failing, Subject, alarms, failing, subject_of
from checks.advice.comparing.parts import forget_splits
from checks.advice.comparing.versions import Changes, broke_at, changes
from checks.advice.deciding.decision import decide
from checks.advice.deciding.model import Action, Advice, Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.reasons import reasons
from checks.advice.signals.checked import checked_signals
from checks.advice.signals.class_labels import class_labels_signal
from checks.advice.signals.confusions import confusions_signal
from checks.advice.signals.evidence import evidence_signals
from checks.advice.signals.experiments import experiment
from checks.advice.signals.inconsistent import inconsistent_signal
from checks.advice.signals.label_noise import label_signals
from checks.advice.signals.low_side import low_side_signals
from checks.advice.signals.missed_class import missed_class_signal
from checks.advice.signals.model_ends import model_ends_signals, older_model_ended_signals
from checks.advice.signals.new_class import new_class_signal
from checks.advice.signals.new_topic import topic_signals
from checks.advice.signals.newest import newest_signals
from checks.advice.signals.plain import data_signals, latency_signal
from checks.advice.signals.quiet import nothing_alarms
from checks.advice.signals.relevance import relevance_signals
from checks.advice.signals.revisions import revision_signals
from checks.advice.signals.silent_change import silent_change_signal
from checks.advice.signals.steps import step_signals
from checks.advice.signals.tokens import tokens_signal
from checks.advice.signals.unknown_class import unknown_class_signal
from checks.advice.signals.unparseable import unparseable_signal
from checks.advice.signals.watch import invalid_log_signal
from checks.clauses.clause import Clauses
from checks.counts.windows import Windows
from checks.rules.finding import Finding


def advise(
    findings: Sequence[Finding], windows: Windows, policy: AdvicePolicy, doubts: Sequence[Finding] = ()
) -> Advice[Clauses]:
    """The one action that the findings of an incident call for, with all that spoke for and against it.

    `findings` are those of one family of one monitor, alarming or not, in any order. Where the evidence does not
    settle it, the action is NONE, `abstained` is true and `experiment` names the cheapest step that would. `doubts` say
    that the log misleads (`checks.log_health.invalidates`): then nothing is advised but its repair.
    """
    alarming = alarms(findings)
    if doubts:
        return _told((invalid_log_signal(doubts),), Changes(None, None, None, None), (), windows)
    if not alarming:
        return nothing_alarms(findings)
    try:
        return _weighed(findings, alarming, _by_appearance(windows), policy)
    finally:
        forget_splits()


def _weighed(
    findings: Sequence[Finding], alarming: Sequence[Finding], windows: Windows, policy: AdvicePolicy
) -> Advice[Clauses]:
    subject = subject_of(alarming)
    failed = failing(alarming, windows, policy)
    tested = changes(failed, windows)
    signals = (*_signals(subject, alarming, failed, tested, windows, policy), *_checked(subject, findings))
    return _told(signals, tested, failed, windows)


def _by_appearance(windows: Windows) -> Windows:
    """The versions in one order whichever they came in: by first appearance, and by name where that is the same."""
    versions = sorted(windows.versions, key=lambda run: (run.first_seen, run.model_version, run.prompt_version))
    return replace(windows, versions=tuple(versions))


def _checked(subject: Subject, findings: Sequence[Finding]) -> tuple[Signal[Clauses], ...]:
    return (*checked_signals(findings), *relevance_signals(findings)) if subject is Subject.QUALITY else ()


def _signals(
    subject: Subject,
    alarming: Sequence[Finding],
    failed: tuple[Failing, ...],
    tested: Changes,
    windows: Windows,
    policy: AdvicePolicy,
) -> tuple[Signal[Clauses], ...]:
    if subject is Subject.DATA:
        return (*data_signals(alarming), *topic_signals(windows.study), new_class_signal(windows))
    ended = older_model_ended_signals(broke_at(tested), policy, windows.now)
    if subject is Subject.LATENCY:
        return (
            *step_signals(tested, windows),
            *ended,
            *newest_signals(failed, windows),
            latency_signal(alarming),
            tokens_signal(windows.study),
        )
    outcomes = windows.current.outcomes
    return (
        *evidence_signals(failed, windows),
        *label_signals(windows.study, outcomes, policy),
        *data_signals(alarming),
        *newest_signals(failed, windows),
        *step_signals(tested, windows),
        *ended,
        silent_change_signal(windows, policy),
        *topic_signals(windows.study),
        new_class_signal(windows),
        unparseable_signal(windows),
        unknown_class_signal(windows),
        confusions_signal(outcomes),
        inconsistent_signal(windows.study),
        missed_class_signal(windows.current, policy),
        *low_side_signals(alarming, (windows.current, *windows.recent)),
        *revision_signals(failed, windows, policy),
        class_labels_signal(windows.versions, policy),
        *model_ends_signals(windows, policy),
    )


_TO_TELL_APART: Final = Action.ROLLBACK_RELEASE
"""The action that leaves something to find out, once users are out of trouble."""


def _told(
    signals: tuple[Signal[Clauses], ...], tested: Changes, failed: tuple[Failing, ...], windows: Windows
) -> Advice[Clauses]:
    decided = decide(signals)
    doubt = decided.doubt
    said = reasons(decided.action, signals, decided.card, said=doubt)
    return Advice(
        action=decided.action,
        score=decided.score,
        runner_up=decided.runner_up,
        reasons=(doubt, *said) if doubt else said,
        abstained=bool(doubt),
        experiment=(experiment(tested, failed, windows),) if doubt or decided.action is _TO_TELL_APART else (),
        signals=signals,
        contributions=decided.card.contributions,
        vetoes=decided.card.vetoes,
        change=broke_at(tested),
    )
