"""How one column of the sampled rows moved between the reference and now."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnShift:
    """One column, such as `text` or `confidence`, now against the reference."""

    column: str
    n_current: int
    n_reference: int
