"""Drift of samples, through the real child process: what is found, what is not, and what must not crash it."""

from dataclasses import replace

import numpy as np

from checks.counts.shift import ColumnShift, Unjudged
from checks.counts.study import Study
from monitor.log.sampled import LONGEST_TEXT, StudyRow
from tests.monitor.study.conftest import Studied
from tests.support.studies import DAY, END, message, new_topic, samples

LEVEL = 1e-5


def column(study: Study, name: str) -> ColumnShift:
    return next(column for column in study.columns if column.column == name)


def drifted(study: Study) -> set[str]:
    """Columns that a strict level and a material effect would call drifted."""
    return {
        column.column
        for column in study.columns
        if any(scale.contrast.p_value < LEVEL and scale.effect > 0.1 for scale in column.scales)
    }


def test_what_stays_as_it_was_has_not_drifted(studied: Studied) -> None:
    study = studied(samples())
    assert drifted(study) == set()
    assert [scale.start for scale in column(study, "predicted").scales] == [END - n * DAY for n in (7, 3, 1)]


def test_a_new_topic_is_found_sized_and_named(studied: Studied) -> None:
    study = studied(samples(now=new_topic(0.25)))
    (week, *_) = column(study, "text").scales
    assert week.contrast.p_value < LEVEL
    assert 0.15 < week.effect < 0.3
    assert week.text is not None
    assert {"disposable", "virtual", "online"} <= {word.name for word in week.text.words}
    assert week.text.classes[0].name == "cards"
    assert week.text.examples == ()


def test_messages_are_quoted_only_where_that_is_allowed_and_without_secrets(studied: Studied) -> None:
    def change(row: StudyRow, random: np.random.Generator) -> StudyRow:
        new = new_topic(0.25)(row, random)
        return new if new.text == row.text else replace(new, text=f"{new.text} token=hunter2x")

    study = studied(replace(samples(now=change), examples=True))
    (week, *_) = column(study, "text").scales
    assert week.text is not None
    assert len(week.text.examples) == 3
    assert all("hunter2x" not in example for example in week.text.examples)


def test_a_topic_of_the_last_three_days_is_found_in_them(studied: Studied) -> None:
    def late(row: StudyRow, random: np.random.Generator) -> StudyRow:
        return new_topic(0.3)(row, random) if row.at >= END - 3 * DAY else row

    study = studied(samples(now=late, per_day=80))
    assert [scale.contrast.p_value < LEVEL for scale in column(study, "text").scales] == [False, True] or all(
        scale.contrast.p_value < LEVEL for scale in column(study, "text").scales
    )


def test_a_burst_of_one_day_is_no_drift_of_the_text(studied: Studied) -> None:
    def outage(row: StudyRow, random: np.random.Generator) -> StudyRow:
        return (
            replace(row, text="outage outage is the app down") if row.at >= END - DAY and random.random() < 0.3 else row
        )

    assert "text" not in drifted(studied(samples(now=outage)))


def test_weekends_that_differ_are_no_drift(studied: Studied) -> None:
    def weekend(row: StudyRow, random: np.random.Generator) -> StudyRow:
        return new_topic(0.5)(row, random) if row.at.weekday() >= 5 else row

    assert drifted(studied(samples(now=weekend, then=weekend))) == set()


def test_a_weekend_is_not_compared_with_working_days(studied: Studied) -> None:
    def weekend(row: StudyRow, random: np.random.Generator) -> StudyRow:
        return new_topic(0.5)(row, random) if row.at.weekday() >= 5 else row

    assert drifted(studied(samples(now=weekend, then=weekend, window=2, per_day=80))) == set()


def test_the_output_of_a_new_version_is_left_to_the_labels(studied: Studied) -> None:
    study = studied(samples(now=lambda row, _: replace(row, prompt_version="p2", predicted="cards", confidence=0.2)))
    for name in ("predicted", "confidence"):
        assert column(study, name).unjudged is Unjudged.NEW_VERSION
    assert column(study, "text").unjudged is None


def test_output_of_the_same_version_is_compared(studied: Studied) -> None:
    study = studied(samples(now=lambda row, _: replace(row, predicted="cards", confidence=0.4)))
    assert drifted(study) == {"predicted", "confidence"}


def test_a_short_reference_is_said_to_be_too_short(studied: Studied) -> None:
    study = studied(samples(weeks=1, per_day=100))
    assert {column.unjudged for column in study.columns} <= {Unjudged.FEW_DAYS, Unjudged.NOT_LOGGED}


def test_a_column_that_became_null_everywhere_is_not_compared(studied: Studied) -> None:
    study = studied(samples(now=lambda row, _: replace(row, text=None, text_length=None, confidence=float("nan"))))
    for name in ("text", "text_length", "confidence"):
        assert column(study, name).unjudged is Unjudged.FEW_ROWS
    assert column(study, "completion_tokens").unjudged is Unjudged.NOT_LOGGED


def test_a_class_that_vanished_and_one_that_appeared_are_named(studied: Studied) -> None:
    study = studied(
        samples(now=lambda row, _: replace(row, predicted="parking" if row.predicted == "billing" else row.predicted))
    )
    (week, *_) = column(study, "predicted").scales
    assert {(moved.name, moved.now == 0, moved.then == 0) for moved in week.moved[:2]} == {
        ("billing", True, False),
        ("parking", False, True),
    }
    assert "predicted" in drifted(study)


def test_eight_words_are_enough_to_see_that_they_are_used_in_another_way(studied: Studied) -> None:
    def spoken(words: str) -> object:
        return lambda row, random: replace(row, text=message(random, words))

    calm, changed = "yes no maybe ok stop help menu agent", "yes yes yes no agent agent agent agent"
    before = spoken(calm)
    assert "text" not in drifted(studied(samples(now=before, then=before)))  # type: ignore[arg-type]
    assert "text" in drifted(studied(samples(now=spoken(changed), then=before)))  # type: ignore[arg-type]


def test_one_row_is_too_few(studied: Studied) -> None:
    whole = samples()
    study = studied(replace(whole, current=whole.current[:1], reference=whole.reference[:1]))
    assert {column.unjudged for column in study.columns} <= {Unjudged.FEW_ROWS, Unjudged.NOT_LOGGED}


def test_another_language_is_found(studied: Studied) -> None:
    def german(row: StudyRow, random: np.random.Generator) -> StudyRow:
        return replace(row, text=message(random, "meine karte ist weg bitte schicken sie mir eine neue zu"))

    study = studied(samples(now=german))
    (week, *_) = column(study, "text").scales
    assert week.effect > 0.8
    assert week.text is not None
    assert "karte" in {word.name for word in week.text.words}


def test_a_message_of_a_million_characters_is_no_trouble(studied: Studied) -> None:
    whole = samples()
    long = replace(whole.current[0], text="x" * 1_000_000, text_length=1_000_000)
    assert drifted(studied(replace(whole, current=(long, *whole.current[1:])))) == set()
    assert LONGEST_TEXT < 1_000_000  # nor does the log hand out all of it


def test_text_without_words_is_said_to_have_too_few(studied: Studied) -> None:
    silent = samples(now=lambda row, _: replace(row, text="?!"), then=lambda row, _: replace(row, text="?!"))
    assert column(studied(silent), "text").unjudged is Unjudged.FEW_ROWS


def test_segments_are_compared(studied: Studied) -> None:
    web = samples(
        then=lambda row, _: replace(row, segments=("web",)),
        now=lambda row, _: replace(row, segments=("app",)),
        segments=("channel",),
    )
    assert drifted(studied(web)) == {"segments.channel"}


def test_the_same_samples_give_the_same_study(studied: Studied) -> None:
    whole = samples(now=new_topic(0.2))
    assert studied(whole) == studied(whole)


def test_evidently_gives_a_second_opinion_where_something_moved(studied: Studied) -> None:
    study = studied(samples(now=new_topic(0.5)))
    text, predicted, confidence = (column(study, name).peer for name in ("text", "predicted", "confidence"))
    assert text is not None
    assert predicted is not None
    assert (text.method, predicted.method) == ("domain classifier AUC", "Jensen-Shannon distance")
    assert text.value > text.limit
    assert confidence is None
