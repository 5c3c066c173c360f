"""Every provider's files have the form that it documents."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.actions.finetune.format import Example, FormatError
from monitor.actions.finetune.formats import FORMATS

LABELS = ("card", "=urgent")
TEXT = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), min_size=1, max_size=30).filter(
    str.strip
)
EXAMPLES = st.lists(st.builds(Example, TEXT, st.sampled_from(LABELS)), max_size=5)
ONE = [Example("where is it?", "card")]


@pytest.mark.parametrize("name", FORMATS)
@given(examples=EXAMPLES, system=st.none() | TEXT)
def test_what_is_written_is_read_again(name: str, examples: list[Example], system: str | None) -> None:
    form = FORMATS[name]
    assert form.read(form.write(examples, system, LABELS), LABELS) == examples


@pytest.mark.parametrize(
    ("name", "line"),
    [
        (
            "openai",
            {
                "messages": [
                    {"role": "system", "content": "Triage."},
                    {"role": "user", "content": "where is it?"},
                    {"role": "assistant", "content": "card"},
                ]
            },
        ),
        (
            "anthropic",
            {
                "system": "Triage.",
                "messages": [{"role": "user", "content": "where is it?"}, {"role": "assistant", "content": "card"}],
            },
        ),
        (
            "gemini",
            {
                "systemInstruction": {"role": "system", "parts": [{"text": "Triage."}]},
                "contents": [
                    {"role": "user", "parts": [{"text": "where is it?"}]},
                    {"role": "model", "parts": [{"text": "card"}]},
                ],
            },
        ),
        ("hf", {"text": "where is it?", "label": 0}),
    ],
)
def test_a_line_is_as_its_provider_documents_it(name: str, line: object) -> None:
    written = FORMATS[name].write(ONE, "Triage.", LABELS)
    assert [json.loads(each) for each in written.splitlines()] == [line]


@pytest.mark.parametrize("name", ["openai", "anthropic", "gemini"])
def test_without_a_prompt_there_is_no_system_message(name: str) -> None:
    assert "ystem" not in FORMATS[name].write(ONE, None, LABELS)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("openai", {"messages": [{"role": "assistant", "content": "a"}, {"role": "user", "content": "b"}]}),
        ("openai", {"messages": [{"role": "user", "content": " "}, {"role": "assistant", "content": "b"}]}),
        ("openai", {"messages": [], "more": 1}),
        ("anthropic", {"messages": [{"role": "system", "content": "a"}, *[{"role": "user", "content": "b"}] * 2]}),
        ("gemini", {"contents": [], "more": 1}),
        ("hf", {"text": "a", "label": 0, "more": 1}),
    ],
)
def test_another_form_is_refused(name: str, line: object) -> None:
    with pytest.raises(FormatError):
        FORMATS[name].read(json.dumps(line) + "\n", LABELS)


def test_a_file_that_is_cut_off_is_refused() -> None:
    with pytest.raises(FormatError, match="does not end"):
        FORMATS["hf"].read('{"text": "a", "label": 0}', LABELS)
