"""Names of a log, bounded the same on every engine: see `config.names`."""

from collections.abc import Iterable
from typing import Any, Final

import sqlalchemy as sa

from config.names import LONGEST_NAME
from monitor.log.engines.constructs import HasZero

_SPOILT: Final = "\N{REPLACEMENT CHARACTER}"


def is_cut(names: Iterable[sa.ColumnElement[Any]]) -> sa.ColumnElement[bool]:
    """Whether one of the names, which are bounded, is not as the log has it."""
    parts = ((sa.func.length(name) > LONGEST_NAME, name.contains(_SPOILT), HasZero(name)) for name in names)
    return sa.or_(sa.false(), *(part for of_name in parts for part in of_name))
