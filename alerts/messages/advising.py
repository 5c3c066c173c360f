"""What to do, and how sure that is, in plain words."""

import re
from collections.abc import Callable, Sequence
from typing import Final

from alerts.messages.names import short_name
from checks.advice.deciding.model import Action, Advice, Change
from checks.rules.finding import LOOK, Cause, Finding

ACTIONS: Final = {
    Action.ROLLBACK_PROMPT: "roll the prompt back to the version before",
    Action.REVISE_PROMPT: "revise the prompt",
    Action.FINE_TUNE: "start a fine-tune; prompting alone does not get there",
    Action.ROLLBACK_MODEL: "roll the model back to the version before",
    Action.ROLLBACK_RELEASE: "roll the release back, prompt and model",
    Action.ADD_CONTEXT: "give the bot the facts that it lacks",
    Action.COLLECT_LABELS: "collect more labels before anything else",
    Action.FIX_LABELS: "repair the labels before anything else",
    Action.FIX_PARSER: "repair the parsing of the bot's output",
    Action.REDUCE_LATENCY: "make the answers faster",
    Action.CHECK_TRAFFIC: "look at the log and the last deployment: is the bot up, and does its log arrive?",
    Action.FIX_LOG: "repair the log, or how it is read, before anything else",
    Action.REPLACE_MODEL: "replace the model: try successors on a sample, ship the best to a canary, compare",
    Action.REPORT_FAULT: "report the fault of tunewatch, with its log; the other checks go on",
    Action.FIX_ALERTING: "mend the alerting; nobody needs to touch the bot",
    Action.NONE: "leave it alone for now",
}
"""What each action asks of a person, unless the alarm says it better."""

SURGE: Final = "look at the log: who sends so much, and is it meant?"
BLIND: Final = "report the fault of tunewatch, with its log: nothing is watched until it is mended"
NO_LABELS: Final = "get the labels to arrive again; until then a fall in quality stays unseen"

_OF_ALARM: Final[dict[Action, tuple[Callable[[Finding], bool], str]]] = {
    Action.CHECK_TRAFFIC: (lambda worst: worst.cause is Cause.ABOVE_REFERENCE, SURGE),
    Action.REPORT_FAULT: (lambda worst: worst.check == LOOK, BLIND),
    Action.COLLECT_LABELS: (lambda worst: (worst.check, worst.subject) == ("label_health", "silence"), NO_LABELS),
}
"""Where an action asks for something else: of which alarm, and what."""


def recommendation(advice: Advice, findings: Sequence[Finding] = ()) -> str:
    """The action in plain words, said for the worst of the findings; an abstention says so."""
    if advice.abstained:
        return "The evidence does not settle what to do" + (
            f". Find out: {advice.experiment}" if advice.experiment else ""
        )
    words = _words(advice, findings)
    then = f", then tell the two apart. {advice.experiment}" if advice.experiment else ""
    return words[:1].upper() + words[1:] + then


def demand(advice: Advice, findings: Sequence[Finding]) -> str:
    """The action in a few words, for a first line."""
    if advice.abstained:
        return "find out first what did it"
    if advice.action is Action.ROLLBACK_RELEASE:
        return "roll the release back"  # its two versions are in the line already
    return _TAIL.split(_words(advice, findings), maxsplit=1)[0]


_TAIL: Final = re.compile(r"[;:,]| before anything else")


def _words(advice: Advice, findings: Sequence[Finding]) -> str:
    fits, instead = _OF_ALARM.get(advice.action, (None, ""))
    if fits is not None and findings and fits(findings[0]):
        return instead
    change = advice.change
    if change is not None and advice.action is Action.ROLLBACK_RELEASE:
        older = f"prompt {short_name(change.older_prompt)} on model {short_name(change.older_model)}"
        return f"roll the release back to {older}"
    if change is not None and (of := _UNDONE.get(advice.action)):
        kind, version = of
        return f"roll the {kind} back to {short_name(version(change))}" if version(change) else ACTIONS[advice.action]
    return ACTIONS[advice.action]


_UNDONE: Final[dict[Action, tuple[str, Callable[[Change], str]]]] = {
    Action.ROLLBACK_PROMPT: ("prompt", lambda change: change.older_prompt),
    Action.ROLLBACK_MODEL: ("model", lambda change: change.older_model),
}
"""Actions that go back over a change, what is rolled back, and to which version."""


SURE: Final = 3.0
"""Score from which an advice may be called sure: that of one signal beyond doubt (a step at a change counts 4)."""

AHEAD: Final = 1.5
"""Lead over the next action that it takes as well: a whole signal, and half of another."""


def certainty(advice: Advice) -> str:
    """How sure an advice is: a word, and the scores behind it; "" where there was nothing to weigh.

    `open` is what the evidence does not settle; `sure` and `likely` are told apart by `SURE` and `AHEAD`. What
    concerns tunewatch itself is counted and not weighed, so it is sure without a score.
    """
    if advice.abstained:
        return "open"
    if not advice.score:
        return "" if advice.action is Action.NONE else "sure"
    theirs = sum(each.weight for each in advice.contributions if each.action is advice.runner_up)
    word = "sure" if advice.score >= SURE and advice.score - theirs >= AHEAD else "likely"
    beside = "no other action speaks for itself"
    if advice.runner_up is not None:
        beside = f"next, at {theirs:.1f}: {ACTIONS[advice.runner_up]}"
    return f"{word}, score {advice.score:.1f}; {beside}"
