"""What a log has lost and the history keeps: pure arithmetic on the counts of one bucket.

The counts of a bucket are a sum: those of the rows that the log has, and those of rows that it no longer has, which are
*retained*. Only counts are known of either, so what went away is told by subtraction. `base` are the counts of the log
at the last look, `again` those that the log gives now *as it was known at the last look*: rows and labels that came
since are in neither, so that the difference is what went away, what came back or late, and what was rewritten.

In each family the net difference decides: rows went away where there are fewer, they came back where there are more
and some are retained, and they were rewritten where there are as many.
"""

from typing import Final

from monitor.history.writing.families import ALL_ROWS, LABELS, ROWS, Cells, Families, Key, Sums

_MOST_PAIRS: Final = 100_000


def number(cells: Cells | None) -> int:
    """Number of retained rows."""
    return sum(int(sums[0]) for sums in cells.values()) if cells else 0


def settle(retained: Families, base: Families, again: Families) -> Families:
    """What is retained once the log, which had given `base`, gives `again` for the same time."""
    settled = {
        family: _settle(retained.get(family, {}), base.get(family, {}), again.get(family, {}))
        for family in dict.fromkeys([*retained, *base, *again])
    }
    return {family: cells for family, cells in settled.items() if cells}


def plus(one: Families, other: Families) -> Families:
    """The sum of two retained counts."""
    return {family: _plus(one.get(family, {}), other.get(family, {})) for family in dict.fromkeys([*one, *other])}


def fitted(retained: Families, log: Families) -> Families:
    """What can be retained beside the counts of the log: no label without a row."""
    found = dict(retained)
    for kind, segment in retained:
        if kind == LABELS:
            rows = _plus(log.get((ROWS, segment), {}), retained.get((ROWS, segment), {}))
            found[kind, segment] = _fit(retained[kind, segment], rows, log.get((kind, segment), {}))
    return {family: cells for family, cells in found.items() if cells}


def minus(total: Families, part: Families) -> Families:
    """The total less a part of it."""
    left = {family: _difference(cells, part.get(family, {})) for family, cells in total.items()}
    return {family: cells for family, cells in left.items() if cells}


def without(retained: Families, rows: int) -> Families:
    """What stays where so many rows are to be forgotten: any of them, since nothing is known of which they were."""
    ratio = max(0.0, 1 - rows / (number(retained.get(ALL_ROWS)) or rows))
    fewer = {f: _take(cells, {}, number(cells) - round(number(cells) * ratio)) for f, cells in retained.items()}
    return {family: cells for family, cells in fewer.items() if cells}


def _settle(retained: Cells, base: Cells, again: Cells) -> Cells:
    gone, come = _difference(base, again), _difference(again, base)
    lost = number(gone) - number(come)
    if lost > 0:
        return _plus(retained, _take(gone, come, number(come)))
    return _take(retained, come, min(-lost, number(retained)))


def _plus(one: Cells, other: Cells) -> Cells:
    both = {key: _sum(one[key], other[key]) for key in one.keys() & other.keys()}
    return {**one, **other, **both}


def _sum(one: Sums, other: Sums) -> Sums:
    return tuple(a + b for a, b in zip(one, other, strict=True))


def _difference(one: Cells, other: Cells) -> Cells:
    """What one has more than the other, cell by cell."""
    left = {key: _less(sums, other[key]) if key in other else sums for key, sums in one.items()}
    return {key: sums for key, sums in left.items() if sums[0] > 0}


def _less(sums: Sums, other: Sums) -> Sums:
    return tuple(max(a - b, 0) for a, b in zip(sums, other, strict=True))


def _take(cells: Cells, like: Cells, rows: int) -> Cells:
    """The cells without so many rows: those of the cells in `like` first, then those most alike to them."""
    left, wanted = dict(cells), dict(like)
    for key in [key for key in wanted if key in left]:
        rows -= _move(left, key, wanted, key, rows)
    if rows > 0 and wanted:
        for key, place in _pairs(left, wanted):
            rows -= _move(left, place, wanted, key, rows)
    for key in list(left):
        if rows > 0:
            taken = min(left[key][0], rows)
            _reduce(left, key, taken)
            rows -= taken
    return left


def _pairs(left: Cells, wanted: Cells) -> list[tuple[Key, Key]]:
    """Cells wanted and cells there, the most alike first; none where there are too many to compare."""
    if len(wanted) * len(left) > _MOST_PAIRS:
        return []
    pairs = [(key, place) for key in wanted for place in left]
    return sorted(pairs, key=lambda pair: (-_likeness(*pair), *map(_order, pair)))


def _likeness(one: Key, other: Key) -> int:
    return sum(a == b for a, b in zip(one, other, strict=True))


def _move(left: dict[Key, Sums], place: Key, wanted: dict[Key, Sums], key: Key, rows: int) -> int:
    """Take rows off both cells, as many as both have; how many."""
    if place not in left or key not in wanted or rows <= 0:
        return 0
    taken = min(int(left[place][0]), int(wanted[key][0]), rows)
    if place == key and taken == wanted[key][0] < left[place][0]:
        left[place] = _less(left[place], wanted.pop(key))  # the very rows: their sums are known
        return taken
    _reduce(left, place, taken)
    _reduce(wanted, key, taken)
    return taken


def _reduce(cells: dict[Key, Sums], key: Key, taken: int) -> None:
    n, *sums = cells[key]
    if taken >= n:
        del cells[key]
    else:
        cells[key] = (n - taken, *(type(each)(each * (n - taken) / n) for each in sums))


def _fit(labels: Cells, rows: Cells, others: Cells) -> Cells:
    """Labels that find an unlabelled row in their group; those too many go to the groups most alike that have one."""
    room = {key: sums[0] for key, sums in rows.items()}
    for key, sums in (*labels.items(), *others.items()):
        room[key[:-1]] = room.get(key[:-1], 0) - sums[0]
    if all(free >= 0 for free in room.values()):
        return labels
    fitted = dict(labels)
    for key in sorted(labels, key=_order):
        excess = min(-room[key[:-1]], fitted[key][0])
        for group in sorted(room, key=lambda group: (-_likeness(group, key[:-1]), _order(group))):
            moved = min(excess, room[group])
            if moved > 0:
                part = _share(fitted[key], moved)
                _reduce(fitted, key, moved)
                fitted = dict(_plus(fitted, {(*group, key[-1]): part}))
                room[group] -= moved
                room[key[:-1]] += moved
                excess -= moved
        if excess > 0:
            _reduce(fitted, key, excess)
            room[key[:-1]] += excess
    return fitted


def _share(sums: Sums, rows: int) -> Sums:
    n, *others = sums
    return (rows, *(type(each)(each * rows / n) for each in others))


def _order(key: Key) -> tuple[str, ...]:
    return tuple(map(str, key))
