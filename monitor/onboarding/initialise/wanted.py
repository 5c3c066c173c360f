"""What is looked for, in words: the names and the shape of the values of each meaning."""

from typing import Final

from monitor.onboarding.initialise.against import SHAPES
from monitor.onboarding.initialise.roles import LABELS
from monitor.onboarding.initialise.words import LABEL_NAMES, PREDICTION_NAMES

SHOWN: Final = 6  # names


def wanted(role: str, meaning: str) -> str:
    """What a column of this meaning is called, and what it holds."""
    names = (LABEL_NAMES if role == LABELS else PREDICTION_NAMES)[meaning]
    return f"Looked for a column called {', '.join(names[:SHOWN])} or the like ({SHAPES[meaning]})"
