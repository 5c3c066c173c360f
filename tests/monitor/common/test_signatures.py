"""Messages are recognised again by what cannot be read."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.common.near_duplicates import evened, grams, similarity
from monitor.common.signatures import SIZE, Signed, sign

CARD = "My card was stolen on the train this morning, please block it and send a new one"


@given(st.lists(st.text(max_size=60), max_size=6))
def test_every_message_of_a_set_is_in_it(texts: list[str]) -> None:
    signed = sign(texts)
    assert len(signed) == SIZE * len(texts)
    assert Signed(signed).hold(texts) == [True] * len(texts)
    assert Signed(signed).holds_signed(signed) == [True] * len(texts)


def test_another_spelling_of_the_same_is_recognised() -> None:
    assert Signed(sign([CARD])).hold([CARD.upper() + "!!", CARD.replace(" ", "  ")]) == [True, True]


def test_another_message_is_not() -> None:
    assert Signed(sign([CARD])).hold(["Where is my refund for the hotel in Rome?", ""]) == [False, False]


def test_an_empty_set_holds_nothing() -> None:
    assert Signed(b"").hold([CARD]) == [False]


def test_signatures_that_are_cut_off_are_refused() -> None:
    with pytest.raises(ValueError, match="56 bytes each"):
        Signed(sign([CARD])[:-1])


def test_signatures_are_the_same_for_ever() -> None:
    """They are kept: another hash function would forget every registered set."""
    assert sign([CARD]).hex()[:32] == "cbf36d6055e6a29019b1664ce5039b8f"


def test_near_duplicates_are_recognised_more_often_the_nearer_they_are() -> None:
    random = np.random.default_rng(1)
    words = [f"word{number}" for number in range(400)]
    found: dict[bool, list[bool]] = {True: [], False: []}
    for _ in range(300):
        one = random.choice(words, 20).tolist()
        changed = int(random.choice([1, 8]))
        other = [*one[:-changed], *random.choice(words, changed).tolist()]
        near = similarity(grams(evened(" ".join(one))), grams(evened(" ".join(other))))
        if near > 0.85 or near < 0.5:
            found[near > 0.85] += Signed(sign([" ".join(one)])).hold([" ".join(other)])
    assert np.mean(found[True]) > 0.9
    assert np.mean(found[False]) < 0.15
