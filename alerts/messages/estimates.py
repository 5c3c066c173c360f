"""Which estimates before the labels are not given, in words."""

from typing import Final

from checks.before_labels.refused import RefusalClause as C

REFUSALS: Final[dict[C, str]] = {
    C.LABELS_CONTRADICT: "; no estimates are made before the labels, because labels contradict them",
    C.FEW_TO_LEARN_FROM: (
        "; no estimates are made before the labels until the reference has {needed:plain} labels to learn from"
    ),
    C.RECALL_CONTRADICTED: "; no estimate of recall of {names:commas}{more}: labels contradict it",
    C.RECALL_UNLEARNED: (
        "; no estimate of recall of {names:commas}{more}: fewer than {needed:plain} labels of the reference to learn "
        "from"
    ),
    C.PRECISION_CONTRADICTED: "; no estimate of precision of {names:commas}{more}: labels contradict it",
    C.PRECISION_UNLEARNED: (
        "; no estimate of precision of {names:commas}{more}: fewer than {needed:plain} labels of the reference to "
        "learn from"
    ),
    C.AND_MORE: " and {n:plain} more",
}
"""The words of each clause; they go on from what a check says, as a caveat of it."""
