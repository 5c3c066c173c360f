"""Signals: are there messages unlike those before, and do the errors lie there? Or did only the mix change?"""

from checks.advice.deciding.model import Signal
from checks.advice.deciding.weights import MIN_SUPPORT, OF_ERRORS, STEP_TAIL, TOPIC_LEVEL, TOPIC_SHARE
from checks.advice.deciding.words import listed
from checks.counts.studied.new_topic import NewTopic
from checks.counts.study import Study
from checks.rules.words import interval, measured, percent
from checks.statistics.intervals import Proportion, difference

FAMILY = "messages"
UNKNOWN = "The text of the messages is not known, so a new topic could not be looked for."


def topic_signals(study: Study | None) -> tuple[Signal, ...]:
    """A new topic that is answered badly, and one that nobody has labelled yet."""
    topic = study.new_topic if study is not None else None
    if topic is None:
        return (Signal("new_topic", FAMILY, None, UNKNOWN),)
    if not is_new(topic):
        sentence = f"No new topic: {percent(topic.share.value)} of the messages are unlike those before, as by chance."
        return (Signal("new_topic", FAMILY, holds=False, sentence=sentence, numbers=_numbers(topic)),)
    if topic.error is None or topic.error_else is None or topic.labelled < MIN_SUPPORT:
        return (Signal("new_topic", FAMILY, None, _unjudged(topic)), _unlabelled(topic))
    return (_judged(topic, topic.error, topic.error_else),)


def is_new(topic: NewTopic) -> bool:
    """Whether messages are unlike those before, beyond chance and by enough to matter."""
    return topic.p_value <= TOPIC_LEVEL and topic.share.value - topic.expected >= TOPIC_SHARE


def _judged(topic: NewTopic, error: Proportion, error_else: Proportion) -> Signal:
    """Whether the errors lie in the topic: it is answered worse than the rest, and makes much of all errors."""
    worse = difference(error, error_else, STEP_TAIL)[0] > 0
    holds = worse and topic.of_errors >= OF_ERRORS
    manner = "are" if holds else "are not"
    sentence = (
        f"{_what(topic)}. {measured(error)} of them are answered wrongly, {percent(error_else.value)} of the others: "
        f"they make {percent(topic.of_errors)} of all errors, and {manner} why it fell."
    )
    return Signal("new_topic", FAMILY, holds, sentence, _numbers(topic))


def _unlabelled(topic: NewTopic) -> Signal:
    return Signal("unlabelled_topic", "evidence", holds=True, sentence=_unjudged(topic), numbers=_numbers(topic))


def _unjudged(topic: NewTopic) -> str:
    return (
        f"{_what(topic)}. Only {topic.labelled} of those sampled have a label: label some to see how they are answered."
    )


def _what(topic: NewTopic) -> str:
    low, high = topic.share.interval()
    about = f", by words such as {listed(topic.words[:5])}" if topic.words else ""
    share = f"{percent(topic.share.value)} of the messages ({interval(percent(low), percent(high))})"
    return f"{share} are unlike those before{about}"


def _numbers(topic: NewTopic) -> tuple[tuple[str, float], ...]:
    return (
        ("share", topic.share.value),
        ("expected", topic.expected),
        ("p_value", topic.p_value),
        ("of_errors", topic.of_errors),
        ("labelled", float(topic.labelled)),
    )
