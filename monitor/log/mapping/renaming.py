"""How an answer becomes the class that it is counted as, where the operator says so. Pure."""

import re

from config.columns import ClassNames
from monitor.log.mapping.spelling import tidy


def renamed(names: ClassNames, name: str) -> str:
    """Return the class of an answer, "" where it names none.

    >>> renamed(ClassNames(case="lower", strip=".!", map={"p1": "urgent"}), " P1! ")
    'urgent'
    """
    plain = _plain(names, name)
    mapped = {_plain(names, answer): class_ for answer, class_ in names.map.items()}
    return (mapped[plain] or "") if plain in mapped else plain


def _plain(names: ClassNames, name: str) -> str:
    bare = tidy(name)
    while names.strip and bare != (less := tidy(bare.strip(names.strip))):
        bare = less
    if names.spaces != "keep":
        bare = re.sub(r"[\s_-]+", names.spaces, bare)
    return {"keep": bare, "lower": bare.lower(), "upper": bare.upper()}[names.case]
