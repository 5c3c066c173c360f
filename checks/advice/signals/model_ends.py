"""Signals: is the model that answers now one to build on, and the one before it one to go back to?"""

from datetime import datetime

from checks.advice.comparing.parts import live
from checks.advice.deciding.model import Change, Signal
from checks.advice.deciding.policy import AdvicePolicy
from checks.advice.deciding.signal_clause import SignalClause
from checks.clauses.clause import Clauses, clause
from checks.counts.windows import Windows
from checks.rules.model_retirement import days_left

NAME, FAMILY = "model_ends", "model"
OLDER = "older_model_ended"


def model_ends_signals(windows: Windows, policy: AdvicePolicy) -> tuple[Signal[Clauses], ...]:
    """Whether the model version that answers now is turned off within `policy.payback_days`, or cannot be fine-tuned.

    Nothing where the operator says nothing of it: then it is taken for one to build on.
    """
    answering = next(iter((*live(windows), *windows.versions[-1:])), None)
    facts = next((f for f in policy.models if answering is not None and f.version == answering.model_version), None)
    if facts is None:
        return ()
    name = facts.version
    if not facts.fine_tunable:
        said = clause(SignalClause.NOT_TUNABLE, model=name)
        return (Signal(NAME, FAMILY, holds=True, sentence=(said,)),)
    if facts.retires is None:
        return ()
    left = days_left(facts.retires, windows.now)
    ends = left < policy.payback_days
    day, days, payback = facts.retires.isoformat(), max(left, 0), round(policy.payback_days)
    if ends:
        said = clause(SignalClause.RETIRES_SOON, model=name, day=day, days=days, payback=payback)
    else:
        said = clause(SignalClause.RETIRES_LATER, model=name, day=day, days=days, payback=payback)
    return (Signal(NAME, FAMILY, holds=ends, sentence=(said,), numbers=(("days_left", float(left)),)),)


def older_model_ended_signals(
    change: Change | None, policy: AdvicePolicy, now: datetime
) -> tuple[Signal[Clauses], ...]:
    """Whether the model version before a change of the model is turned off as of `now`, so that nothing leads back.

    Nothing where the model stayed, and where the operator says nothing of when the older one retires.
    """
    if change is None or change.older_model == change.newer_model:
        return ()
    facts = next((f for f in policy.models if f.version == change.older_model), None)
    if facts is None or facts.retires is None:
        return ()
    left = days_left(facts.retires, now)
    said = SignalClause.OLDER_IS_OFF if left <= 0 else SignalClause.OLDER_IS_THERE
    sentence = (clause(said, model=facts.version, day=facts.retires.isoformat()),)
    return (Signal(OLDER, FAMILY, holds=left <= 0, sentence=sentence, numbers=(("days_left", float(left)),)),)
