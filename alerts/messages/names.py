"""Names of classes and versions, which are as long as their users like."""

from typing import Final

LONGEST: Final = 40
"""Characters of a name within a sentence."""


def short_name(name: str, limit: int = LONGEST) -> str:
    """A name of at most `limit` characters: what tells names apart is mostly at their ends, so the middle goes.

    >>> short_name("urgent"), short_name("support-prompt-2026-03-29-final-v7", 17)
    ('urgent', 'support-…final-v7')
    """
    if len(name) <= limit:
        return name
    head = (limit - 1) // 2
    return f"{name[:head]}…{name[len(name) - (limit - 1 - head) :]}"
