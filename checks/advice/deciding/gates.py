"""Gates: what an action must have, whatever speaks for it."""

from collections.abc import Iterable, Mapping

from checks.advice.deciding.model import Action, Signal, Veto
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause

NO_STEP = ("prompt_step", "model_step", "confounded", "drift", "near_change", "new_topic", "new_class")
"""Explanations of a fall that a fine-tune would only paper over."""

CHANGES = (
    Action.ROLLBACK_PROMPT,
    Action.ROLLBACK_MODEL,
    Action.ROLLBACK_RELEASE,
    Action.REVISE_PROMPT,
    Action.FINE_TUNE,
)
"""Actions that change the chatbot."""

OFF_FIGURES = (
    Action.FIX_LOG,
    Action.FIX_PARSER,
    Action.REPLACE_MODEL,
    Action.REPORT_FAULT,
    Action.FIX_ALERTING,
    Action.NONE,
)
ON_FIGURES = tuple(action for action in Action if action not in OFF_FIGURES)
"""Actions that rest on the figures of the log; that answers name no class may be the log's fault or its reader's."""

DOUBTS = (
    "too_few_labels",
    "labels_to_come",
    "label_problems",
    "label_health",
    "unproven_version",
    "label_noise",
    "labellers_disagree",
    "leakage",
)
"""Reasons to distrust the labels that a fine-tune would learn from, or be judged by."""


def vetoes(signals: Mapping[str, Signal[Clauses]]) -> tuple[Veto[Clauses], ...]:
    """The gates that are closed."""
    return (
        *_unless(signals, Action.ROLLBACK_PROMPT, "better_prompt", "prompt_step"),
        *_unless(signals, Action.ROLLBACK_MODEL, "better_model", "model_step"),
        *_if(signals, Action.ROLLBACK_MODEL, "model_ended", ("older_model_ended",)),
        *_if(signals, Action.ROLLBACK_RELEASE, "model_ended", ("older_model_ended",)),
        *_unless(signals, Action.ADD_CONTEXT, "new_messages", "new_topic", "new_class"),
        *_unless(signals, Action.FINE_TUNE, "prompts_tried", "prompts_tried"),
        *_unless(signals, Action.FINE_TUNE, "plateau", "plateau"),
        *_unless(signals, Action.FINE_TUNE, "class_labels", "class_labels"),
        *_if(signals, Action.FINE_TUNE, "unexplained_step", NO_STEP),
        *_if(signals, Action.FINE_TUNE, "doubtful_labels", DOUBTS),
        *_if(signals, Action.FINE_TUNE, "model_ends", ("model_ends",)),
        *_if(signals, Action.FINE_TUNE, "overfitting", ("generalisation_gap",)),
        *_lost(signals.get("prompt_step")),
        *_if(signals, Action.REVISE_PROMPT, "newest_version", ("replaced", "unproven_version")),
        *(veto for action in CHANGES for veto in _if(signals, action, "changed_judge", ("judge_changed",))),
        *(veto for action in ON_FIGURES for veto in _if(signals, action, "invalid_log", ("log_health",))),
    )


def _lost(step: Signal[Clauses] | None) -> Iterable[Veto[Clauses]]:
    """The newest prompt lost something beyond doubt, though too little to be all of the failure: first have it back."""
    numbers = dict(step.numbers) if step is not None else {}
    if (
        step is not None
        and not step.holds
        and numbers.get("fall_low", 0.0) > 0
        and numbers.get("fall", 0.0) >= numbers.get("material", 0.0)
    ):
        yield Veto(Action.FINE_TUNE, "newest_prompt_lost", step.sentence)


def _unless(signals: Mapping[str, Signal[Clauses]], action: Action, gate: str, *needed: str) -> Iterable[Veto[Clauses]]:
    """Closed unless one of the signals holds; told by the first that there is."""
    there = [signals[name] for name in needed if name in signals]
    if not any(signal.holds for signal in there):
        yield Veto(action, gate, there[0].sentence if there else (clause(SignalClause.NOTHING_SPEAKS),))


def _if(
    signals: Mapping[str, Signal[Clauses]], action: Action, gate: str, against: Iterable[str]
) -> Iterable[Veto[Clauses]]:
    for name in against:
        if name in signals and signals[name].holds:
            yield Veto(action, gate, signals[name].sentence)
