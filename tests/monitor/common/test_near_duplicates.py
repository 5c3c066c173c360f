"""Near duplicates are found exactly."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.common.near_duplicates import COMPARED, SIMILAR, evened, grams, groups, overlap, similar_pairs, similarity

WORDS = st.sampled_from(["card", "cards", "lost", "my", "the", "transfer", "is", "was", "stolen", "Stolen!", "a", ""])
TEXTS = st.lists(st.lists(WORDS, max_size=6).map(" ".join), max_size=12)


@given(TEXTS)
def test_the_pairs_that_are_found_link_what_comparing_all_pairs_links(texts: list[str]) -> None:
    sets = [grams(evened(text)) for text in texts]
    alike = {(i, j) for i, j in combinations(range(len(sets)), 2) if similarity(sets[i], sets[j]) >= SIMILAR}
    found = {(min(pair), max(pair)) for pair in similar_pairs(sets)}
    grouped = groups(texts)

    assert found <= alike
    assert all(grouped[i] == grouped[j] for i, j in alike)
    assert _linked(len(texts), alike) == grouped


@given(TEXTS, TEXTS)
def test_two_lists_overlap_where_any_two_texts_are_alike(texts: list[str], others: list[str]) -> None:
    one, two = ([grams(evened(text)) for text in each] for each in (texts, others))
    any_alike = any(similarity(a, b) >= SIMILAR for a in one for b in two)

    assert (overlap(texts, others) > 0) == any_alike


def _linked(n: int, pairs: set[tuple[int, int]]) -> list[int]:
    group = list(range(n))
    for _ in range(n):
        for i, j in pairs:
            group[i] = group[j] = min(group[i], group[j])
    return group


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("My card was STOLEN!!", "my card was stolen"),  # case and punctuation
        ("my card\nwas  stolen", "my card was stolen"),  # spacing
        ("my c\u00adard w\u200bas stolen", "my card was stolen"),  # letters that cannot be seen
        ("\uff4d\uff59 card was stolen", "my card was stolen"),  # other forms of the same letters
    ],
)
def test_what_does_not_change_the_meaning_is_evened_out(one: str, other: str) -> None:
    assert evened(one) == evened(other)


def test_a_text_of_nothing_but_signs_is_not_the_same_as_another_one() -> None:
    assert groups(["???", "!!!", "???"]) == [0, 1, 0]


def test_a_small_change_is_a_near_duplicate_and_another_question_is_not() -> None:
    asked = "How can I transfer money into my account?"
    assert groups([asked, "How do I transfer money into my account?", "Where is my money?"]) == [0, 0, 2]


def test_long_messages_are_told_by_their_beginning() -> None:
    same = "word " * COMPARED
    assert groups([f"{same} one end", f"{same} another end"]) == [0, 0]
