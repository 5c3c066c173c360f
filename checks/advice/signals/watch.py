"""Advice where tunewatch itself does not see: repair the log, the way to it, or report our own fault."""

from collections.abc import Sequence

from checks.advice.deciding.model import Action, Advice, Signal
from checks.advice.deciding.words import capital, listed
from checks.rules.finding import LOOK, Cause, Finding

NEXT = {
    Cause.UNREADABLE: "Give tunewatch its access back: the path or address in the source, the network, the "
    "permissions; `tunewatch validate` tries it.",
    Cause.NOT_LOGGED: "Correct the columns of the source: `tunewatch validate` tries them, `tunewatch init` proposes "
    "others.",
    Cause.CLOCK: "Set this machine's clock right; if it is right, `tunewatch history repair` sets the looks aside that "
    "are dated after it.",
    Cause.CRASHED: "The log of tunewatch has the traceback.",
}
"""What a person does about a look that fails, by its cause."""


def watch_advice(findings: Sequence[Finding]) -> Advice:
    """What to do about the alarms of the family `watch`: the log first, our own faults last."""
    alarming = [finding for finding in findings if finding.verdict.is_alarm]
    looks = [finding for finding in alarming if finding.check == LOOK]
    crashed = [finding for finding in alarming if finding.cause is Cause.CRASHED]
    rest = [finding for finding in alarming if finding.check != LOOK and finding.cause is not Cause.CRASHED]
    reasons = (
        *(f"Nobody watches the chatbot while the looks fail. {NEXT[each.cause]}" for each in looks),
        *(f"{capital(each.message)}." for each in rest),
        *_faults(crashed),
    )
    ours = len(crashed) == len(alarming)
    return Advice(Action.REPORT_FAULT if ours else Action.FIX_LOG, 0.0, None, reasons)


def invalid_log_signal(doubts: Sequence[Finding]) -> Signal:
    """The log misleads: no figure of it may lead to anything but its repair."""
    told = ". ".join(capital(finding.message) for finding in doubts)
    sentence = f"The evidence is not valid, repair the log first: {told}."
    return Signal("log_health", "log", holds=True, sentence=sentence)


def _faults(crashed: Sequence[Finding]) -> tuple[str, ...]:
    if not crashed:
        return ()
    names = listed(sorted({finding.check for finding in crashed}))
    nothing = f"nothing watches {names} until it is mended" if names != LOOK else "no look succeeds until it is mended"
    return (f"This is a fault of tunewatch, not of the chatbot: {nothing}.", "The log of tunewatch has the traceback.")
