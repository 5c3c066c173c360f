"""Names that come from a log: bounded, so that every database takes them as keys."""

import hashlib
from typing import Final

LONGEST_NAME: Final = 160
"""Characters of a class, version, segment value or source that are kept as they are.

PostgreSQL's indexes take 2,704 bytes: two names of 178 characters of four bytes each, and what stands beside them. Real
names are far shorter; what is longer is a message or an answer in the wrong column.
"""
_DIGITS: Final = 16  # of the hash: two names of one start are the same by chance once in 10^19


def bounded(name: str, longest: int = LONGEST_NAME) -> str:
    r"""Return the name as it is kept: a long one by its start and a hash, without what no database takes.

    >>> bounded("urgent")
    'urgent'
    >>> bounded("x" * 3000)[155:]
    'xxxxx… #33d7ac42e3aa0f31'
    >>> bounded("a\0b\ud800")
    'a\ufffdb?'
    """
    if len(name) <= longest and name.isascii() and "\0" not in name:
        return name
    kept = name.encode(errors="replace").decode().replace("\0", "\N{REPLACEMENT CHARACTER}")
    if len(kept) <= longest:
        return kept
    digest = hashlib.md5(name.encode(errors="replace"), usedforsecurity=False).hexdigest()
    return f"{kept[:longest]}… #{digest[:_DIGITS]}"
