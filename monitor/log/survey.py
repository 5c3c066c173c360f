"""What a log holds at one look: the answer to `tunewatch validate`."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple


class Counted(NamedTuple):
    """A value of a column, and the number of rows that have it."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class Survey:
    """The log as it was known at `as_of` (UTC): predictions and labels dated up to then.

    `first` and `last` are the times of the first and last prediction, `last_label` of the last label; None where there
    is none. `labelled` counts predictions that have a label, `label_rows` all label rows, corrections among them.
    `predicted`, `labels` and the versions are ordered by number, most first; a version that is not mapped or not
    logged is not among them. `delays` are pairs of a quantile (0 to 1) and the delay of the first label after its
    prediction, rising; empty without labels. `problems` are counted by kind (see `ProblemKind`); kinds without rows
    are left out.
    """

    as_of: datetime
    predictions: int
    first: datetime | None = None
    last: datetime | None = None
    labelled: int = 0
    label_rows: int = 0
    last_label: datetime | None = None
    predicted: tuple[Counted, ...] = ()
    labels: tuple[Counted, ...] = ()
    model_versions: tuple[Counted, ...] = ()
    prompt_versions: tuple[Counted, ...] = ()
    delays: tuple[tuple[float, timedelta], ...] = ()
    problems: tuple[Counted, ...] = ()
