"""Log health: can the log be believed? Rows that are lost, ids that join nothing, classes that share no name.

And answers that no chatbot gives: one class for everything, labels that are the prediction. All of it is counted, so
nothing is tested: a share above its limit is a fact. A finding here says nothing of the bot; it says that no other
finding does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.clauses.clause import Clauses, clause
from checks.counts.cells import NO_CLASS
from checks.counts.confusion import Confusion
from checks.counts.windows import Notice
from checks.estimates.cycle_data import Measured
from checks.rules.degenerate import FEWEST_AGREEING, FEWEST_OF_ONE_CLASS, Answers, answers
from checks.rules.finding import Cause, Finding, Verdict
from checks.rules.finding_clause import FindingClause
from checks.rules.log_faults import ABSENT, FAULTS, LABELS_LOST, SIDES, SKIPPED, Limit, LogFault, lost
from checks.rules.vanished import SUBJECT, vanished

NAME = "log_health"

CLASSES, NEWEST = "classes", "newest"
"""Subjects beside the kinds of rows: labels and predictions name other classes, the newest predictions name none."""

ONE_CLASS, AGREEMENT = "one_class", "agreement"
"""Subjects: all predictions are of one class; no label differs from its prediction (see `checks.rules.degenerate`)."""

MOST = 0.5
"""Share from which it is critical: what is left of the log is the smaller part."""

FEWEST = 5
"""Rows under which a share says little: the last line of a log is often still being written."""

FEWEST_LABELS = 20
"""Labels under which classes that share nothing may be chance: a bot that errs on all of so many is none."""

FEWEST_NEWEST, NEARLY_ALL = 20, 0.9
"""Newest predictions, and the share of them without a class, from which a column has gone rather than a few answers."""

SHOWN = 6
"""Class names that a sentence shows of either side."""


@dataclass(frozen=True, slots=True)
class LogHealth:
    """Shares in [0, 1] that are still well.

    `max_lost` of the rows that cannot be read; `max_repeated` of the predictions whose id is missing or used by an
    earlier one; `max_orphans` of the label rows whose id is of no prediction. A share of half and more is critical, and
    so is a log of which nothing can be read (`Cause.UNREADABLE`). `allow_one_class` is for a bot that has but one
    class, `allow_agreement` for labels that truly never differ from the prediction.
    """

    max_lost: float = 0.05
    max_repeated: float = 0.2
    max_orphans: float = 0.5
    allow_one_class: bool = False
    allow_agreement: bool = False
    name: str = NAME

    def run(self, measured: Measured) -> Sequence[Finding[Clauses]]:
        """What is wrong with the log, one finding for each kind; one that all is well where nothing is."""
        found = (
            *self._rows(measured),
            *self._newly_lost(measured),
            *_vanished(measured),
            *self._files(measured),
            *_newest(measured),
            *_classes(measured),
            *self._degenerate(measured),
        )
        if any(finding.verdict.is_alarm for finding in found):
            return found
        said = (clause(FindingClause.LOG_READ),)
        return (_finding(measured, "rows", Verdict.OK, Cause.WITHIN_LIMITS, said), *found)

    def _degenerate(self, measured: Measured) -> Iterator[Finding[Clauses]]:
        """All predictions of one class, or all labels as predicted: among so many that no bot is like that."""
        seen = measured.once(answers)
        of_one = 0 if self.allow_one_class else seen.of_only_class
        if of_one >= FEWEST_OF_ONE_CLASS:
            yield _finding(measured, ONE_CLASS, Verdict.CRITICAL, Cause.INVALID, _of_one_class(seen), n=of_one)
        elif of_one >= FEWEST_NEWEST:
            said = (clause(FindingClause.ONE_CLASS_YET, n=of_one, name=str(seen.only_class)),)
            yield _finding(measured, ONE_CLASS, Verdict.NOT_ENOUGH_DATA, Cause.TOO_FEW, said, n=of_one)
        elif not self.allow_agreement and seen.agree_on >= FEWEST_AGREEING:
            said = (clause(FindingClause.LABELS_AGREE, n=seen.agree_on),)
            yield _finding(measured, AGREEMENT, Verdict.CRITICAL, Cause.INVALID, said, n=seen.agree_on)

    def _rows(self, measured: Measured) -> Iterator[Finding[Clauses]]:
        counts = {problem.kind: problem.n for problem in measured.windows.problems}
        examples = {notice.kind: notice for notice in measured.windows.notices}
        for fault in FAULTS:
            if n := counts.get(fault.kind, 0):
                yield from self._judged(measured, fault, n, examples.get(fault.kind))

    def _newly_lost(self, measured: Measured) -> Iterator[Finding[Clauses]]:
        """Rows lost since a window began, beside those read of it: what one of several writers spoils shows early."""
        now, looks = lost(measured), {look.window.start: look for look in measured.looks}
        for before in measured.windows.extent.lost_before:
            new = now[before.metric] - before.n
            look = looks.get(before.since)
            if look is None or new < FEWEST:
                continue
            of_labels = before.metric == LABELS_LOST
            if of_labels and look is not measured.current:
                continue  # label rows are counted by their own time for the current window only
            of = new + (measured.windows.extent.label_rows if of_labels else look.confusion.n)
            if new / of > self.max_lost:
                what = FindingClause.NEWEST_LABELS_LOST if of_labels else FindingClause.NEWEST_LOST
                key = "source.labels" if of_labels else "source.predictions"
                yield _finding(
                    measured,
                    f"new_{before.metric}",
                    Verdict.CRITICAL if new / of >= MOST else Verdict.WARNING,
                    Cause.INVALID,
                    (clause(what, n=new, of=of, shown=_examples(_notice_of(before.metric, measured)), key=key),),
                    share=new / of,
                    limit=self.max_lost,
                    n=of,
                )
                return

    def _files(self, measured: Measured) -> Iterator[Finding[Clauses]]:
        """Files that are not read, and columns that the newest lack: told however few, as nothing else shows them."""
        for fault in (SKIPPED, ABSENT):
            for notice in measured.windows.notices:
                if notice.kind == fault.kind and notice.n:
                    yield self._noticed(measured, fault, notice)

    def _noticed(self, measured: Measured, fault: LogFault, notice: Notice) -> Finding[Clauses]:
        share = notice.n / max(notice.of, notice.n, 1)
        misleads = fault is SKIPPED and share > self.max_lost
        return _finding(
            measured,
            fault.kind,
            Verdict.CRITICAL if misleads and share >= MOST else Verdict.WARNING,
            Cause.INVALID if misleads else Cause.LOSES_ROWS,
            (clause(fault.clause, n=notice.n, of=notice.of, examples=tuple(notice.examples)),),
            share=share,
            n=notice.of,
        )

    def _judged(self, measured: Measured, fault: LogFault, n: int, notice: Notice | None) -> Iterator[Finding[Clauses]]:
        of = fault.whole(measured, n)
        nothing = n == of and fault.limit is Limit.LOST and not measured.windows.extent.to_come
        limit = getattr(self, fault.limit.value)
        if n / of <= limit or (n < FEWEST and not nothing):
            return
        yield _finding(
            measured,
            fault.kind,
            Verdict.CRITICAL if n / of >= MOST else Verdict.WARNING,
            Cause.UNREADABLE if nothing and fault.is_of_predictions else Cause.INVALID,
            (clause(fault.clause, n=n, of=of, shown=_examples(notice), key=fault.key),),
            share=n / of,
            limit=limit,
            n=of,
        )


def _notice_of(metric: str, measured: Measured) -> Notice | None:
    kinds = {fault.kind for fault in FAULTS if fault.among is SIDES[metric]}
    return next((notice for notice in measured.windows.notices if notice.kind in kinds and notice.examples), None)


def _examples(notice: Notice | None) -> Clauses:
    examples = tuple(notice.examples) if notice else ()
    return (clause(FindingClause.SUCH_AS, examples=examples),) if examples else ()


def invalidates(finding: Finding) -> bool:
    """Whether a finding says that the figures of the log are not those of the bot, so that nothing is to be advised."""
    return finding.check == NAME and finding.verdict.is_alarm and finding.cause in (Cause.INVALID, Cause.UNREADABLE)


def _vanished(measured: Measured) -> Iterator[Finding[Clauses]]:
    """Rows that were counted and went: the figures are kept and right, so that this bars no advice."""
    missing = measured.windows.extent.missing
    if said := vanished(missing):
        n = missing.new_predictions + missing.new_labels
        yield _finding(measured, SUBJECT, Verdict.WARNING, Cause.LOSES_ROWS, said, n=n)


def _newest(measured: Measured) -> Iterator[Finding[Clauses]]:
    """Predictions without a class, in the shortest window that holds enough of them."""
    for look in reversed(measured.looks):
        n = look.confusion.n
        if n < FEWEST_NEWEST:
            continue
        at = look.confusion.index(NO_CLASS)
        without = 0 if at is None else int(look.confusion.predicted[at])
        if without >= NEARLY_ALL * n:
            yield _finding(
                measured,
                NEWEST,
                Verdict.CRITICAL,
                Cause.INVALID,
                (clause(FindingClause.NEWEST_WITHOUT_CLASS, n=without, of=n),),
                share=without / n,
                limit=NEARLY_ALL,
                n=n,
            )
        return


def _classes(measured: Measured) -> Iterator[Finding[Clauses]]:
    """No class of the labels is ever predicted: one class is written in two ways, or a column holds something else."""
    now, then = measured.current.confusion, measured.reference.confusion
    labelled = _labelled(now)
    predicted = (set(now.classes) | set(then.classes)) - {NO_CLASS}
    predicted = {name for name in predicted if _is_predicted(now, name) or _is_predicted(then, name)}
    if now.n_labelled < FEWEST_LABELS or not predicted or labelled & predicted:
        return
    said = (clause(FindingClause.NO_SHARED_CLASS, labels=_some(labelled), predictions=_some(predicted)),)
    yield _finding(measured, CLASSES, Verdict.CRITICAL, Cause.INVALID, said, n=now.n_labelled)


def _of_one_class(seen: Answers) -> Clauses:
    others = set(seen.labelled) - {seen.only_class}
    but = (clause(FindingClause.BUT_LABELS, labels=_some(others)),) if others else ()
    return (clause(FindingClause.ONE_CLASS, n=seen.of_only_class, name=str(seen.only_class), but=but),)


def _labelled(confusion: Confusion) -> set[str]:
    return {name for name, n in zip(confusion.classes, confusion.support, strict=True) if n > 0}


def _is_predicted(confusion: Confusion, name: str) -> bool:
    at = confusion.index(name)
    return at is not None and bool(confusion.predicted[at] > 0)


def _some(names: set[str]) -> Clauses:
    more = (clause(FindingClause.AND_MORE, n=len(names) - SHOWN),) if len(names) > SHOWN else ()
    return (clause(FindingClause.CLASS_NAMES, names=tuple(sorted(names)[:SHOWN])), *more)


def _finding(  # noqa: PLR0913 - the parts of one finding
    measured: Measured,
    subject: str,
    verdict: Verdict,
    cause: Cause,
    message: Clauses,
    *,
    share: float | None = None,
    limit: float | None = None,
    n: int = 0,
) -> Finding[Clauses]:
    window = measured.windows.current
    if limit is not None and cause is not Cause.WITHIN_LIMITS:
        message = (*message, clause(FindingClause.MAY_BE, limit=limit))
    return Finding(
        check=NAME,
        subject=subject,
        verdict=verdict,
        cause=cause,
        message=message,
        window_start=window.start,
        window_end=window.end,
        value=share,
        threshold=limit,
        n=n,
        clear=verdict is Verdict.OK,
    )
