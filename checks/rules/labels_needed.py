"""Which checks have nothing to say where a log has no labels."""

from typing import Final

NEED_LABELS: Final = frozenset(
    {
        "accuracy",
        "class_recall",
        "class_precision",
        "accuracy_paradox",
        "label_health",
        "calibration",
        "generalisation_gap",
        "leakage",
        "prompt_bias",
    }
)
"""Checks that labels bring alive; all others watch a bot from its first prediction on."""
