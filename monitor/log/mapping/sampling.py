"""Logs of a part of the traffic only: a row that stands for several messages."""

import sqlalchemy as sa

from monitor.common.errors import SourceError
from monitor.log.mapping.relation import Relation
from monitor.log.mapping.values import number_of


def must_be_uniform(connection: sa.Connection, relation: Relation, name: str, key: str) -> None:
    """Raise SourceError where the rows were not all logged with one chance: counts of them would mislead.

    With one fraction throughout, every share is that of the whole traffic, and only its volume is less.
    """
    number = number_of(relation, name)
    statement = sa.select(sa.func.min(number), sa.func.max(number)).select_from(relation.source)
    least, most = connection.execute(statement).one()
    if least != most:  # both None where none is logged
        raise SourceError(
            f"{key}: the rows are samples of {least:g} to {most:g} of the traffic, so that one stands for more "
            f"messages than another, and counts of them would mislead; read the rows of one fraction (where: "
            f"{{{name}: {most:g}}}), or log all of the traffic"
        )
