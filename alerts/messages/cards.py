"""The card of an advice in words: what a signal says, and what would change the advice."""

from typing import Final

from checks.advice.deciding.explanation import Flip

SAYS: Final = {True: "yes", False: "no", None: "cannot tell"}
"""What a signal says."""


def change(flip: Flip) -> str:
    """What the advice would have been, had one signal said something else."""
    then = "no action, and an experiment" if flip.abstained else flip.action.value
    return f"{flip.signal} says {SAYS[flip.says]}; with {SAYS[flip.instead]} it would be {then}."
