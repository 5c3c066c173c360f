"""All that a verdict can say; `alerts/messages/outcomes.py` has the words."""

from enum import StrEnum, auto


class OutcomeClause(StrEnum):
    """A kind of clause in the verdict on an action."""

    TOO_FEW = auto()
    WENT = auto()
    WENT_FROM_AT_MOST = auto()
    BEYOND = auto()
    ALL_ROSE = auto()
    ACCURACY_FELL = auto()
    ALARM_STANDS_IN = auto()
    NOBODY_ACTED = auto()
    SOMETHING_ELSE = auto()
    MENDED = auto()
    REPLACED = auto()
