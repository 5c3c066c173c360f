"""What came of an action, in words."""

from typing import Final

from checks.advice.deciding.model import Action
from checks.outcome.outcome_clause import OutcomeClause as C

DONE: Final = {
    Action.ROLLBACK_PROMPT: "rolling the prompt back",
    Action.ROLLBACK_MODEL: "rolling the model back",
    Action.ROLLBACK_RELEASE: "rolling the release back",
    Action.REVISE_PROMPT: "revising the prompt",
    Action.FINE_TUNE: "the fine-tune",
    Action.ADD_CONTEXT: "giving the bot more context",
    Action.FIX_PARSER: "repairing the parser",
    Action.REDUCE_LATENCY: "making the answers faster",
    Action.COLLECT_LABELS: "collecting labels",
    Action.FIX_LABELS: "repairing labels",
    Action.CHECK_TRAFFIC: "looking into the traffic",
    Action.FIX_LOG: "repairing the log",
    Action.REPLACE_MODEL: "replacing the model",
    Action.REPORT_FAULT: "reporting the fault",
    Action.FIX_ALERTING: "making the alerts arrive",
    Action.NONE: "nothing",
}
"""What was done, within a sentence."""

OUTCOMES: Final[dict[C, str]] = {
    C.TOO_FEW: (
        "Whether {action:done} worked cannot be told: {n:count} {unit} for {metric} came after it, {needed:count} were "
        "needed."
    ),
    C.WENT: "After {action:done}, {metric} went from {before:measured} to {after:measured}; the goal was {goal:share}.",
    C.WENT_FROM_AT_MOST: (
        "After {action:done}, {metric} went from at most {before:share} to {after:measured}; the goal was {goal:share}."
    ),
    C.BEYOND: " That is {beyond:between} more than what was not acted on.",
    C.ALL_ROSE: " What was not acted on rose as well, so it cannot all be put down to the action.",
    C.ACCURACY_FELL: " Accuracy fell from {before:measured} to {after:measured}.",
    C.ALARM_STANDS_IN: (
        " There are hardly any other labels from before it, so it is measured against what the alarm saw."
    ),
    C.NOBODY_ACTED: "Nobody acted on it.",
    C.SOMETHING_ELSE: "Something else was done than what was advised.",
    C.MENDED: "The incident was over, and nobody acted on it after it was told.",
    C.REPLACED: "Other advice took its place before anybody acted on it.",
}
"""The words of each clause of a verdict."""
