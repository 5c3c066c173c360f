"""What a shift says: how much of the traffic it is, and what is new."""

from collections.abc import Iterator

from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.shift import ColumnKind, ColumnShift, Moved, NewText, ScaleShift
from checks.rules.finding_clause import FindingClause

MOST_NAMED = 5


def clauses_of(column: ColumnShift, shift: ScaleShift) -> Clauses:
    """The size of the shift, what moved, and what Evidently would say."""
    peer = column.peer
    return (
        _size(column, shift),
        *(_moved(column, shift) if shift.effect else ()),
        *([] if peer is None else [clause(FindingClause.PEER, method=peer.method, value=peer.value, limit=peer.limit)]),
    )


def _size(column: ColumnShift, shift: ScaleShift) -> Clause:
    name, last, p, n = column.column, shift.end - shift.start, shift.contrast.p_value, shift.n
    if not shift.effect:
        return clause(FindingClause.LIKE_REFERENCE, column=name, last=last, p=p, n=n)
    if column.kind is ColumnKind.TEXT:
        return clause(FindingClause.MESSAGES_UNLIKE, column=name, effect=shift.effect, last=last, p=p, n=n)
    return clause(FindingClause.TRAFFIC_UNLIKE, column=name, effect=shift.effect, last=last, p=p, n=n)


def _moved(column: ColumnShift, shift: ScaleShift) -> Iterator[Clause]:
    match column.kind:
        case ColumnKind.CATEGORY if shift.moved:
            moved = tuple(_share(each) for each in shift.moved[:MOST_NAMED])
            yield clause(FindingClause.MOVED, moved=moved)
        case ColumnKind.NUMBER if shift.moved:
            moved = tuple(_number(each) for each in shift.moved)
            yield clause(FindingClause.MOVED, moved=moved)
        case ColumnKind.TEXT if shift.text is not None:
            yield from _news(shift.text)


def _share(moved: Moved) -> Clause:
    return clause(FindingClause.MOVED_CATEGORY, name=moved.name, now=moved.now, then=moved.then)


def _number(moved: Moved) -> Clause:
    return clause(FindingClause.MOVED_NUMBER, name=moved.name, now=moved.now, then=moved.then)


def _news(text: NewText) -> Iterator[Clause]:
    if text.words:
        words = tuple(
            clause(FindingClause.MOVED_WORD, name=word.name, now=word.now, then=word.then)
            for word in text.words[:MOST_NAMED]
        )
        yield clause(FindingClause.NEW_WORDS, words=words)
    if text.classes:
        classes = tuple(clause(FindingClause.NEAREST_CLASS, name=each.name, now=each.now) for each in text.classes)
        yield clause(FindingClause.NEAREST_CLASSES, classes=classes)
    if text.examples:
        yield clause(FindingClause.EXAMPLES, examples=tuple(text.examples))
