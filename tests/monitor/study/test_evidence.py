"""What a study finds for the advice, through the real child process."""

from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from monitor.common.signatures import sign
from monitor.log.sampled import RegisteredMessages, Samples, StudyRow
from tests.monitor.study.conftest import Studied
from tests.support.studies import NEW_TOPIC, TOPICS, message, samples

Change = Callable[[StudyRow, np.random.Generator], StudyRow]


def answered(*, right: float = 0.85, noise: float = 0.0, labelled: float = 0.7) -> Change:
    """A bot that is right so often, with labels of which a share is another class."""

    def change(row: StudyRow, random: np.random.Generator) -> StudyRow:
        true = row.predicted
        others = [name for name in TOPICS if name != true]
        predicted = true if random.random() < right else str(random.choice(others))
        label = true if random.random() >= noise else str(random.choice(others))
        return replace(row, predicted=predicted, label=label if random.random() < labelled else None)

    return change


def both(change: Change) -> Samples:
    return samples(now=change, then=change)


def test_clean_labels_are_contradicted_in_few_of_the_errors(studied: Studied) -> None:
    noise = studied(both(answered())).label_noise
    assert noise is not None
    assert noise.agreement > 0.95  # the messages of the four classes share no word
    assert noise.of_errors.value < 0.1


@pytest.mark.parametrize("wrong", [0.10, 0.20])
def test_wrong_labels_are_contradicted_by_a_model_that_never_saw_them(studied: Studied, wrong: float) -> None:
    noise = studied(both(answered(noise=wrong))).label_noise
    assert noise is not None
    assert noise.of_rows.value == pytest.approx(wrong * 0.85, abs=0.03)


def test_without_labels_or_texts_nobody_is_asked(studied: Studied) -> None:
    assert studied(both(answered(labelled=0.0))).label_noise is None
    bare = studied(both(lambda row, random: replace(answered()(row, random), text=None)))
    assert (bare.label_noise, bare.duplicates, bare.new_topic, bare.tokens) == (None, None, None, ())


def repeated(answers: tuple[str, ...], labels: tuple[str, ...]) -> Change:
    """Some messages come again and again, with such answers and labels."""

    def change(row: StudyRow, random: np.random.Generator) -> StudyRow:
        return replace(
            row,
            text=f"My card {random.integers(40)} was stolen on the train, please block it!",
            predicted=str(random.choice(answers)),
            label=str(random.choice(labels)),
        )

    return change


def test_the_same_message_answered_and_labelled_alike_is_consistent(studied: Studied) -> None:
    duplicates = studied(both(repeated(("cards",), ("cards",)))).duplicates
    assert duplicates is not None
    assert duplicates.pairs > 1000
    assert (duplicates.apart, duplicates.labelled_apart) == (0, 0)


def test_the_same_message_answered_or_labelled_differently_is_counted(studied: Studied) -> None:
    duplicates = studied(both(repeated(("cards", "cards", "cards", "login"), ("cards", "travel")))).duplicates
    assert duplicates is not None
    assert duplicates.answered_apart is not None
    assert duplicates.disagreement is not None
    assert duplicates.answered_apart.value == pytest.approx(2 * 0.25 * 0.75, abs=0.06)
    assert duplicates.disagreement.value == pytest.approx(0.5, abs=0.06)


def test_a_new_topic_is_found_with_its_errors(studied: Studied) -> None:
    def change(row: StudyRow, random: np.random.Generator) -> StudyRow:
        row = answered(right=0.95)(row, random)
        if random.random() >= 0.2:
            return row
        return replace(row, text=message(random, NEW_TOPIC), predicted="cards", label="virtual")

    topic = studied(samples(now=change, then=answered(right=0.95), per_day=60)).new_topic
    assert topic is not None
    assert topic.p_value < 0.01
    assert topic.share.value == pytest.approx(0.2, abs=0.06)
    assert topic.of_errors > 0.6
    assert {"virtual", "disposable", "online"} & set(" ".join(topic.words).split())


def test_the_same_messages_as_before_are_no_new_topic(studied: Studied) -> None:
    topic = studied(both(answered())).new_topic
    assert topic is not None
    assert topic.p_value > 0.02
    assert topic.share.value < 0.06


def tokens(prompt: float, slope: float) -> Change:
    def change(row: StudyRow, random: np.random.Generator) -> StudyRow:
        used = prompt * float(np.exp(0.2 * random.standard_normal()))
        latency = 900 * (used / 400) ** slope * float(np.exp(0.1 * random.standard_normal()))
        return replace(row, prompt_tokens=used, latency_ms=latency)

    return change


def test_tokens_are_compared_with_how_latency_goes_with_them(studied: Studied) -> None:
    (use,) = studied(samples(then=tokens(400, 0.7), now=tokens(800, 0.7))).tokens
    assert use.kind == "prompt"
    assert use.growth == pytest.approx(2, rel=0.05)
    assert use.slope == pytest.approx(0.7, abs=0.05)
    (flat,) = studied(samples(then=tokens(400, 0.0), now=tokens(800, 0.0))).tokens
    assert flat.slope == pytest.approx(0.0, abs=0.05)


def test_messages_that_a_model_was_trained_on_are_found_with_its_scores_on_both(studied: Studied) -> None:
    words = [f"word{number}" for number in range(300)]
    texts = [" ".join(np.random.default_rng(number).choice(words, 9).tolist()) for number in range(200)]

    def change(row: StudyRow, random: np.random.Generator) -> StudyRow:
        number = int(random.integers(200))
        right = random.random() < (0.95 if number < 50 else 0.7)
        return replace(row, text=texts[number], label="cards", predicted="cards" if right else "login")

    known = sign(f"{text.capitalize()}!" for text in texts[:50])
    drawn = replace(both(change), registered=(RegisteredMessages("m1", "training", b64encode(known).decode()),))
    (overlap,) = studied(drawn).overlaps
    assert overlap.share.value == pytest.approx(0.25, abs=0.08)
    assert overlap.seen is not None
    assert overlap.clean is not None
    assert overlap.seen.value - overlap.clean.value == pytest.approx(0.25, abs=0.08)


def test_a_set_of_a_version_that_does_not_answer_says_nothing(studied: Studied) -> None:
    other = RegisteredMessages("m9", "training", b64encode(sign(["hello"])).decode())
    assert studied(replace(both(answered()), registered=(other,))).overlaps == ()
