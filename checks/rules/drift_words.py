"""A shift in words: how much of the traffic it is, and what is new."""

from collections.abc import Sequence

from checks.counts.shift import ColumnKind, ColumnShift, Moved, ScaleShift
from checks.rules.words import lasting, percent, support

MOST_NAMED = 5


def message_of(column: ColumnShift, shift: ScaleShift) -> str:
    """One sentence with the size of the shift, what moved, and what Evidently would say."""
    parts = [_size(column, shift), *_moved(column, shift)]
    if column.peer is not None:
        peer = column.peer
        parts.append(f"Evidently's {peer.method} is {peer.value:.2g} (its own limit {peer.limit:g})")
    return "; ".join(parts)


def _size(column: ColumnShift, shift: ScaleShift) -> str:
    last = lasting(shift.end - shift.start)
    what = "messages" if column.kind is ColumnKind.TEXT else "traffic"
    how = f"p={shift.contrast.p_value:.1g}, {support(shift.n, 'messages')}"
    if not shift.effect:
        return f"{column.column} of the last {last} is like the reference ({how})"
    of = f"{what} of the last {last}"
    return f"{column.column}: at least {percent(shift.effect)} of the {of} is unlike the reference ({how})"


def _moved(column: ColumnShift, shift: ScaleShift) -> list[str]:
    if not shift.effect:
        return []
    match column.kind:
        case ColumnKind.CATEGORY:
            return [", ".join(f"{each.name} {_shares(each)}" for each in shift.moved[:MOST_NAMED])]
        case ColumnKind.NUMBER:
            return [", ".join(f"{each.name} {each.now:.4g} (reference {each.then:.4g})" for each in shift.moved)]
        case ColumnKind.TEXT:
            return [] if shift.text is None else _news(shift.text.words, shift.text.classes, shift.text.examples)


def _news(words: Sequence[Moved], classes: Sequence[Moved], examples: Sequence[str]) -> list[str]:
    parts = []
    if words:
        named = ", ".join(f'"{word.name}" {_shares(word)}' for word in words[:MOST_NAMED])
        parts.append(f"words that became frequent: {named}")
    if classes:
        parts.append("nearest classes: " + ", ".join(f"{each.name} {percent(each.now)}" for each in classes))
    if examples:
        parts.append("such as " + ", ".join(f'"{example}"' for example in examples))
    return parts


def _shares(moved: Moved) -> str:
    return f"{percent(moved.now)} (reference {percent(moved.then)})"
