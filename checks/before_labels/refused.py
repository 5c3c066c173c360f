"""Which estimates before the labels are not given, and why, in words."""

from collections.abc import Callable

from checks.before_labels.outlook import Outlook
from checks.before_labels.trust import MIN_LEARNED, MIN_OF_CLASS, Refusal

MOST = 3
"""Classes that are named; of the rest their number is enough."""


def refused(outlook: Outlook) -> tuple[str, ...]:
    """One clause for each reason; none where everything is estimated."""
    match outlook.refusal():
        case Refusal.BROKEN:
            return ("no estimates are made before the labels, because labels contradict them",)
        case Refusal.TOO_FEW:
            return (
                f"no estimates are made before the labels until the reference has {MIN_LEARNED} labels to learn from",
            )
        case Refusal.NOT_LOGGED:
            return ()
    return (*_of("recall", outlook, outlook.trust.of_recall), *_of("precision", outlook, outlook.trust.of_precision))


def _of(metric: str, outlook: Outlook, refusal: Callable[[str], Refusal | None]) -> tuple[str, ...]:
    why = {
        Refusal.BROKEN: "labels contradict it",
        Refusal.TOO_FEW: f"fewer than {MIN_OF_CLASS} labels of the reference to learn from",
    }
    found = {name: refusal(name) for name in outlook.real_classes}
    named = {reason: [name for name, found_ in found.items() if found_ is reason] for reason in why}
    return tuple(
        f"no estimate of {metric} of {_listed(names)}: {why[reason]}" for reason, names in named.items() if names
    )


def _listed(names: list[str]) -> str:
    rest = len(names) - MOST
    return ", ".join(names[:MOST]) + (f" and {rest} more" if rest > 0 else "")
