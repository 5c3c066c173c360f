"""Training data shares nothing with its test."""

from collections import Counter
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.actions.finetune.dataset import Dataset, Limits, Split, split_up
from monitor.actions.material import Material, NothingToExportError, bounded, gather, hold_out
from monitor.common.near_duplicates import evened, overlap
from monitor.common.personal import as_it_is
from tests.support.triage_log import START, message, rows, texts_of

LATER = START + timedelta(days=365)
LOOSE = Limits(per_class=1, ratio=1000, seed=0)
WORD = st.sampled_from(["card", "cards", "lost", "my", "please", "transfer", "is", "was", "stolen", "in", "Oslo"])
SAID = st.lists(WORD, min_size=1, max_size=7).map(" ".join)


def _material(*said: tuple[str, str], as_of: datetime = LATER) -> Material:
    """Messages and labels, an hour apart."""
    made = [
        message(text, label, id=str(i), at=START + timedelta(hours=i), labelled_at=START + timedelta(hours=i + 6))
        for i, (text, label) in enumerate(said)
    ]
    return gather(made, as_of, as_it_is)


def _generated(seed: int = 1) -> Material:
    return _material(*((row.text, row.label) for row in rows(seed=seed)))


def _split(material: Material, limits: Limits = LOOSE, since: datetime | None = None) -> Dataset:
    return split_up(material, hold_out(material, since), limits)


@given(st.lists(st.tuples(SAID, st.sampled_from(["card", "transfer"])), min_size=8, max_size=40))
def test_no_near_duplicate_is_on_two_sides(said: list[tuple[str, str]]) -> None:
    try:
        splits = _split(_material(*said)).splits
    except NothingToExportError:
        return
    for one, other in ((Split.TRAIN, Split.VALIDATION), (Split.TRAIN, Split.TEST), (Split.VALIDATION, Split.TEST)):
        assert overlap(texts_of(splits[one]), texts_of(splits[other])) == 0


def test_the_newest_fifth_is_held_out_and_validation_is_a_tenth() -> None:
    dataset = _split(_generated())
    n = sum(map(len, dataset.splits.values()))

    assert len(dataset.splits[Split.TEST]) / n == pytest.approx(0.2, abs=0.01)
    assert len(dataset.splits[Split.VALIDATION]) / n == pytest.approx(0.1, abs=0.02)
    assert min(m.row.at for m in dataset.splits[Split.TEST]) >= dataset.holdout.since


def test_what_was_held_out_once_is_held_out_of_later_exports() -> None:
    early = [(row.text, row.label) for row in rows()]
    first = _split(_material(*early))
    more = [(f"{row.text} again, number {i}", row.label) for i, row in enumerate(rows(seed=2)[:400])]
    later = _split(_material(*early, *more), since=first.holdout.since)

    held = {m.key for m in first.splits[Split.TEST]}
    learned = {m.key for split in (Split.TRAIN, Split.VALIDATION) for m in later.splits[split]}
    assert not held & learned


def test_each_message_is_there_once_as_it_came_first() -> None:
    dataset = _split(_generated())
    everything = [m for part in dataset.splits.values() for m in part]
    first: dict[str, str] = {}
    for i, row in enumerate(rows()):
        first.setdefault(evened(row.text), str(i))

    assert len({m.key for m in everything}) == len(everything)
    assert {m.key: m.row.id for m in everything} == first
    assert dataset.left_out["repeated"] == len(rows()) - len(everything)


def test_a_text_with_two_labels_is_left_out_and_counted() -> None:
    said = [(f"{row.text} {i}", row.label) for i, row in enumerate(rows()[:60])]
    dataset = _split(_material(*said, ("what now", "card"), ("What NOW?", "transfer")))

    assert dataset.left_out["contradictory"] == 2
    assert all(m.key != "what now" for part in dataset.splits.values() for m in part)


def test_a_large_class_is_capped_in_training_only() -> None:
    free = _split(_generated())
    capped = _split(_generated(), Limits(per_class=1, ratio=1.5, seed=0))
    counts = capped.counts(Split.TRAIN)

    assert max(counts.values()) == int(1.5 * min(counts.values()))
    assert capped.left_out["over_the_cap"] == len(free.splits[Split.TRAIN]) - counts.total()
    assert capped.counts(Split.TEST) == free.counts(Split.TEST)


def test_the_same_messages_in_the_same_order_each_time_and_another_seed_gives_another_order() -> None:
    one, again, other = (_split(_generated(), Limits(1, 3, seed)) for seed in (0, 0, 1))
    assert one.splits == again.splits
    assert one.splits[Split.TRAIN] != other.splits[Split.TRAIN]
    assert Counter(one.splits[Split.TEST]) == Counter(other.splits[Split.TEST])


def test_labels_that_may_change_are_left_out() -> None:
    end = START + timedelta(hours=len(rows()))
    material = _material(*((row.text, row.label) for row in rows()), as_of=end)
    assert material.ripe_after is not None
    assert timedelta(hours=5) < material.ripe_after < timedelta(hours=8)
    assert _split(material).left_out["too_young"] == sum(not m.is_ripe for m in material.messages) > 0


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ([("where is my card", "card"), ("a stolen card in Oslo", "card")], "of one class"),
        ([("where is my card", "card"), ("how to transfer", "transfer")], "too few labels"),
    ],
)
def test_too_little_to_learn_from_is_refused_with_what_is_missing(said: list[tuple[str, str]], why: str) -> None:
    with pytest.raises(NothingToExportError, match=why):
        _split(_material(*said), Limits(20, 10, 0))


def test_the_classes_that_are_short_are_named() -> None:
    said = [(f"{row.text} {i}", row.label) for i, row in enumerate(rows()) if row.label != "urgent"]
    with pytest.raises(NothingToExportError, match="needs 20 different messages to train on, but urgent has 1"):
        _split(_material(("my purse was taken", "urgent"), *said), Limits(20, 10, 0))


def test_of_more_messages_than_can_be_compared_every_class_gives_as_many_as_it_can() -> None:
    made = [message(row.text, row.label, id=f"m{i}", at=row.at) for i, row in enumerate(rows())]
    few = bounded(made, 300)
    counts = Counter(row.label for row in few)

    assert 295 < len(few) <= 300
    assert max(counts.values()) - min(counts.values()) == 0
    assert few == [row for row in made if row in few] == bounded(made, 300)
    assert bounded(made, len(made)) == made
