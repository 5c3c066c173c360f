"""How a budget of labels was split, as a person reads it."""

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from alerts.messages.figures import percent
from alerts.messages.numbers import span
from checks.label_queue.allocation import Share
from checks.statistics.intervals import Proportion
from monitor.actions.label_queue.queue import Queue, reason_of
from monitor.common.terminal import printable

MAX_ROWS = 15
"""Strata that are told one by one, those with the most labels; the others share a line."""

_NUMBERS = ("predictions", "labelled", "unlabelled", "chosen", "probability")


def budget_parts(queue: Queue) -> Iterator[RenderableType]:
    """The split, then what each class's recall is known by now, and what it should be known by."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="dim")
    table.add_column("stratum")
    for heading in _NUMBERS:
        table.add_column(heading, justify="right")
    table.add_column("why")
    ranked = sorted(queue.allocation.shares, key=lambda share: -queue.chosen[share.stratum])
    told, others = ranked[:MAX_ROWS], ranked[MAX_ROWS:]
    for share in told:
        numbers = (*_counts(queue, [share]), f"{share.probability:.2g}")
        table.add_row(Text(printable(str(share.stratum))), *numbers, Text(printable(reason_of(share))))
    if others:
        table.add_row(f"{len(others)} others", *_counts(queue, others), "", "")
    yield table
    for name, before in queue.before.items():
        yield Text(
            f"recall of {printable(name)}: 95% interval now {_interval(before)}, "
            f"about {_interval(queue.allocation.after[name])} with these labels"
        )


def _counts(queue: Queue, shares: Sequence[Share]) -> Iterator[str]:
    """Predictions, labelled, unlabelled and chosen, of some strata together."""
    for number in ("size", "labelled", "unlabelled"):
        yield f"{sum(getattr(share, number) for share in shares):,}"
    yield f"{sum(queue.chosen[share.stratum] for share in shares):,}"


def _interval(recall: Proportion | None) -> str:
    return "unknown" if recall is None else span(*recall.interval(), percent)
