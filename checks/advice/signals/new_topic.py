"""Signals: are there messages unlike those before, and do the errors lie there? Or did only the mix change?"""

from checks.advice.deciding.model import Signal
from checks.advice.deciding.signal_clause import SignalClause
from checks.advice.deciding.weights import MIN_SUPPORT, OF_ERRORS, STEP_TAIL, TOPIC_LEVEL, TOPIC_SHARE
from checks.clauses.clause import Clause, Clauses, clause
from checks.counts.studied.new_topic import NewTopic
from checks.counts.study import Study
from checks.statistics.intervals import Proportion, difference

FAMILY = "messages"


def topic_signals(study: Study | None) -> tuple[Signal[Clauses], ...]:
    """A new topic that is answered badly, and one that nobody has labelled yet."""
    topic = study.new_topic if study is not None else None
    if topic is None:
        return (Signal("new_topic", FAMILY, None, (clause(SignalClause.TOPIC_UNKNOWN),)),)
    if not is_new(topic):
        said = clause(SignalClause.NO_TOPIC, share=topic.share.value)
        return (Signal("new_topic", FAMILY, holds=False, sentence=(said,), numbers=_numbers(topic)),)
    if topic.error is None or topic.error_else is None or topic.labelled < MIN_SUPPORT:
        return (Signal("new_topic", FAMILY, None, (_unjudged(topic),)), _unlabelled(topic))
    return (_judged(topic, topic.error, topic.error_else),)


def is_new(topic: NewTopic) -> bool:
    """Whether messages are unlike those before, beyond chance and by enough to matter."""
    return topic.p_value <= TOPIC_LEVEL and topic.share.value - topic.expected >= TOPIC_SHARE


def _judged(topic: NewTopic, error: Proportion, error_else: Proportion) -> Signal[Clauses]:
    """Whether the errors lie in the topic: it is answered worse than the rest, and makes much of all errors."""
    worse = difference(error, error_else, STEP_TAIL)[0] > 0
    holds = worse and topic.of_errors >= OF_ERRORS
    said = clause(
        SignalClause.TOPIC_EXPLAINS if holds else SignalClause.TOPIC_NO_CAUSE,
        topic=_what(topic),
        error=error,
        others=error_else.value,
        of_errors=topic.of_errors,
    )
    return Signal("new_topic", FAMILY, holds, (said,), _numbers(topic))


def _unlabelled(topic: NewTopic) -> Signal[Clauses]:
    return Signal("unlabelled_topic", "evidence", holds=True, sentence=(_unjudged(topic),), numbers=_numbers(topic))


def _unjudged(topic: NewTopic) -> Clause:
    return clause(SignalClause.TOPIC_UNLABELLED, topic=_what(topic), n=topic.labelled)


def _what(topic: NewTopic) -> Clause:
    words = (clause(SignalClause.BY_WORDS, words=tuple(topic.words[:5])),) if topic.words else ()
    return clause(SignalClause.TOPIC, share=topic.share.value, bounds=topic.share.interval(), words=words)


def _numbers(topic: NewTopic) -> tuple[tuple[str, float], ...]:
    return (
        ("share", topic.share.value),
        ("expected", topic.expected),
        ("p_value", topic.p_value),
        ("of_errors", topic.of_errors),
        ("labelled", float(topic.labelled)),
    )
