"""Who gave the labels: for each labeller of a prediction, what became of the label that they gave it last."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from monitor.log.counting.parts import Part, part_of
from monitor.log.counts import LabelFate
from monitor.log.engines.constructs import BytewiseText
from monitor.log.mapping.mapped import MappedLabels, MappedLog


def labeller_parts(predictions: sa.CTE, log: MappedLog, as_of: datetime, *, restrict: bool) -> Iterator[sa.Select[Any]]:
    """Labelled predictions by labeller and fate of the label; none where no labeller is logged.

    With `restrict`, the label rows of other predictions are left out before they are ranked.
    """
    if log.labels is None or not log.labels.logs_labellers:
        return
    fate = _fates(log.labels, as_of, predictions if restrict else None)
    counted = sa.and_(predictions.c.id == fate.c.id, predictions.c.nth == 1)
    rows = sa.select(predictions.c.bucket, fate.c.labeller, fate.c.fate).select_from(predictions.join(fate, counted))
    row = rows.cte("labelled_by")
    part = part_of(Part.LABELLER, row.c.bucket, value=row.c.labeller, bin=row.c.fate)
    yield part.group_by(row.c.bucket, row.c.labeller, row.c.fate)


def _fates(labels: MappedLabels, as_of: datetime, ids: sa.CTE | None) -> sa.CTE:
    """The fate of the last label that each labeller gave an id. Columns: id, labeller, fate.

    Most ids have one labeller: to sort the labels of the others only takes half the time.
    """
    known = _known(labels, as_of, ids)
    first, last = (extreme(known.c.labeller) for extreme in (sa.func.min, sa.func.max))
    each = sa.select(known.c.id, first.label("first"), last.label("last")).group_by(known.c.id).cte("labellers_of_id")
    alone = sa.select(each.c.id, each.c.first.label("labeller"), _fate(LabelFate.ALONE).label("fate"))
    several = sa.select(each.c.id).where(each.c.first != each.c.last)
    contested = _contested(sa.select(known).where(known.c.id.in_(several)).cte("contested_label"))
    return sa.union_all(alone.where(each.c.first == each.c.last), contested).cte("label_fate")


def _known(labels: MappedLabels, as_of: datetime, ids: sa.CTE | None) -> sa.CTE:
    """The label rows that name a class, as `rows.labels_cte` has them."""
    statement = sa.select(
        labels.id.label("id"),
        labels.labeller.label("labeller"),
        labels.label.label("label"),
        labels.at.epoch.label("epoch"),
    ).select_from(labels.source)
    statement = statement.where(labels.at.until(as_of), labels.label.is_not(None), labels.id.is_not(None))
    if ids is not None:
        statement = statement.where(labels.id.in_(sa.select(ids.c.id)))
    return statement.cte("label_of_labeller")


def _contested(known: sa.CTE) -> sa.Select[Any]:
    """The fates of labels of ids that several labelled; `final` is the label that counts, as `rows.labels_cte`."""
    order = (known.c.epoch.desc(), BytewiseText(known.c.label).desc())
    final = sa.func.first_value(known.c.label, type_=sa.Text()).over(partition_by=known.c.id, order_by=order)
    nth = sa.func.row_number().over(partition_by=(known.c.id, known.c.labeller), order_by=order)
    ranked = sa.select(known, final.label("final"), nth.label("nth")).cte("ranked_label")
    other = sa.case((ranked.c.label != ranked.c.final, ranked.c.epoch))
    first_other = sa.func.min(other).over(partition_by=ranked.c.id).label("other_epoch")
    row = sa.select(ranked, first_other).where(ranked.c.nth == 1).cte("label_beside_others")
    fate = sa.case(
        (row.c.label != row.c.final, _fate(LabelFate.OVERRULED)),
        (row.c.other_epoch.is_(None), _fate(LabelFate.AGREED)),
        (row.c.other_epoch < row.c.epoch, _fate(LabelFate.CORRECTION)),
        else_=_fate(LabelFate.UPHELD),
    )
    return sa.select(row.c.id, row.c.labeller, fate)


def _fate(fate: LabelFate) -> sa.ColumnElement[int]:
    return sa.literal(int(fate), sa.Integer)
