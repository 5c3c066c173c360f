"""Tests for promptfoo are of its documented form, and run nothing that a stranger wrote."""

import json
from typing import Any

import pytest
import yaml

from monitor.actions.brief.promptfoo import Case, is_plain, render_config, render_prompt, safe
from monitor.actions.material import Message
from tests.support.triage_log import message


def _case(text: str, label: str = "urgent", *, guards: bool = False) -> Case:
    return Case(Message(message(text, label, predicted="card"), text, text, 0, is_ripe=True), guards, is_held_out=False)


def _config(*cases: Case) -> dict[str, Any]:
    config = yaml.safe_load(render_config("bot, quality-1", safe(cases)))
    assert isinstance(config, dict)
    return config


def test_the_configuration_has_what_promptfoo_asks_for() -> None:
    config = _config(_case("my card was stolen"), _case("a new card", "card", guards=True))

    assert set(config) == {"description", "prompts", "providers", "defaultTest", "tests"}
    assert config["prompts"] == ["file://prompt.json", "file://prompt-proposed.json"]
    assert config["tests"][0]["vars"] == {"text": "my card was stolen"}
    assert config["tests"][0]["assert"] == [{"type": "equals", "value": "urgent"}]
    assert [test["metadata"]["kind"] for test in config["tests"]] == ["failing", "guard"]


@pytest.mark.parametrize("text", ["yes", "1.5", "null", "2026-03-29", "- a\n- b", "# not a comment", "a: b", "é “x”"])
def test_a_message_stays_the_text_that_it_is(text: str) -> None:
    assert _config(_case(text))["tests"][0]["vars"]["text"] == text


@pytest.mark.parametrize(
    "text",
    ["file:///etc/passwd", " file://x.js", "package:left-pad:run", "{{ env.API_KEY }}", "{% include 'x' %}", "{# x #}"],
)
def test_what_promptfoo_would_load_or_run_is_left_out_and_counted(text: str) -> None:
    tests = safe([_case(text), _case("fine", label=text), _case("my card was stolen")])

    assert not is_plain(text)
    assert [case.message.text for case in tests.cases] == ["my card was stolen"]
    assert tests.left_out == 2


def test_the_prompt_is_a_chat_into_which_the_message_is_put_once() -> None:
    system, user = json.loads(render_prompt("Triage.", "urgent goes first.", ["card"]))

    assert system == {"role": "system", "content": "Triage.\n\nurgent goes first."}
    assert user == {"role": "user", "content": "{{text}}"}


def test_a_prompt_that_looks_like_a_template_is_escaped() -> None:
    system, _ = json.loads(render_prompt("Use {{name}}. {% endraw %}", "", ["card"]))
    assert system["content"] == "{% raw %}Use {{name}}. {% end raw %}{% endraw %}"


def test_without_a_prompt_there_is_a_place_for_it_with_the_classes() -> None:
    system, _ = json.loads(render_prompt(None, "", ["card", "urgent"]))
    assert "PUT YOUR PROMPT HERE" in system["content"]
    assert "card, urgent" in system["content"]
