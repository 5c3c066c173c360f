"""Personal data that has a form is taken out of messages."""

import importlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.common.personal import Scrubber, ScrubberMissingError, as_it_is

SCRUB = Scrubber({"CUSTOMER": "C-[0-9]{6}"}, "GB")


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("write to jane.doe+x@mail.example.co.uk now", "write to [EMAIL] now"),
        ("my card 4111 1111 1111 1111 is gone", "my card [CARD] is gone"),
        ("my card 4111-1111-1111-1112 is gone", "my card [NUMBER] is gone"),  # no card, by its checksum
        ("send it to GB82 WEST 1234 5698 7654 32 please", "send it to [IBAN] please"),
        ("DE89370400440532013000", "[IBAN]"),
        ("call +49 30 901820 or 020 7946 0958", "call [PHONE] or [PHONE]"),
        ("from 192.168.10.22 and 2001:db8::1", "from [IP] and [IP]"),
        ("see https://example.org/?user=jane today", "see [URL] today"),
        ("I am C-123456", "I am [CUSTOMER]"),  # the operator's own
        ("order 12345678 of 29.03.1987", "order [NUMBER] of [NUMBER]"),
        ("reference ab12cd34ef5678", "reference [CODE]"),
        (
            "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in "4111 1111 1111 1111"),
            "[CARD]",
        ),  # other forms of the same digits
        ("jane@exa\u200bmple.org", "[EMAIL]"),  # letters that cannot be seen do not hide it
    ],
)
def test_what_has_the_form_of_personal_data_is_replaced(text: str, clean: str) -> None:
    assert SCRUB(text).text == clean


@pytest.mark.parametrize(
    "text",
    ["I paid 49.99 at 12:30 on 3.4. with card 1234", "two cards, 100000 points", "ratio 3:2", "what is 1/2?", "@home"],
)
def test_ordinary_numbers_stay(text: str) -> None:
    assert SCRUB(text).text == text


def test_what_was_found_is_counted_by_its_kind() -> None:
    found = SCRUB("a@b.org and c@d.org, 12345678").found
    assert dict(found) == {"EMAIL": 2, "NUMBER": 1}


@given(st.text(alphabet="ab1239 @.-+()/:CDE[]\u200b", max_size=60))
def test_a_second_time_nothing_is_found_and_no_long_number_is_left(text: str) -> None:
    once = SCRUB(text).text
    assert SCRUB(once).text == once
    assert not any(len(part) >= 7 and part.isdigit() for part in once.split())


def test_without_a_region_national_numbers_go_as_long_numbers() -> None:
    assert Scrubber({}, None)("call 020 7946 0958").text == "call [NUMBER]"


def test_messages_can_be_left_as_they_are() -> None:
    assert as_it_is("a@b.org").text == "a@b.org"


def test_a_missing_library_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.import_module

    def without(name: str, package: str | None = None) -> Any:  # noqa: ANN401
        if name.startswith("stdnum"):
            raise ModuleNotFoundError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(ScrubberMissingError, match="pip install python-stdnum"):
        Scrubber({}, None)
