"""The failing messages as tests for promptfoo (https://www.promptfoo.dev/docs/configuration/reference).

promptfoo renders variables as templates and loads those that begin with file:// or package:, which is no way to treat
what strangers wrote: such messages are left out. The prompt is a chat in JSON, since only there is a message put in
once, and not read as a template a second time.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import yaml

from monitor.actions.material import Message

CONFIG: Final = "promptfooconfig.yaml"
PROMPT, PROPOSED = "prompt.json", "prompt-proposed.json"

TEMPLATE: Final = ("{{", "{%", "{#", "}}", "%}", "#}")
LOADED: Final = ("file://", "package:")

NO_PROMPT: Final = "PUT YOUR PROMPT HERE. Answer with one class and nothing else. The classes: {}."

_HEAD: Final = """\
# yaml-language-server: $schema=https://promptfoo.dev/config-schema.json
# Messages of customers: keep this file where such data may lie.
# 1. Put your model in place of echo, such as openai:chat:MODEL, anthropic:messages:MODEL, or a script that asks your
#    bot: exec:./ask.sh. Its answer must be the class alone; else change defaultTest.options.transform.
# 2. npx promptfoo@latest eval
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A message with the class that it should get. `guards`: it went right, and should stay so."""

    message: Message
    guards: bool
    is_held_out: bool


@dataclass(frozen=True, slots=True)
class Tests:
    """`left_out` messages could not be tested safely."""

    cases: tuple[Case, ...]
    left_out: int


def safe(cases: Iterable[Case]) -> Tests:
    """Leave out what promptfoo would take for more than a text."""
    every = tuple(cases)
    kept = tuple(case for case in every if is_plain(case.message.text) and is_plain(case.message.row.label))
    return Tests(kept, len(every) - len(kept))


def is_plain(text: str) -> bool:
    """Whether promptfoo uses the text as it is."""
    return not text.lstrip().startswith(LOADED) and not any(sign in text for sign in TEMPLATE)


def render_config(title: str, tests: Tests) -> str:
    """`promptfooconfig.yaml`."""
    config = {
        "description": title,
        "prompts": [f"file://{PROMPT}", f"file://{PROPOSED}"],
        "providers": ["echo"],
        "defaultTest": {"options": {"transform": "output.trim()"}},
        "tests": [_test(case) for case in tests.cases],
    }
    return _HEAD + yaml.safe_dump(config, sort_keys=False, allow_unicode=True, width=120)


def render_prompt(system: str | None, addition: str, labels: Sequence[str]) -> str:
    """A chat of the system message, with the addition at its end, and the message under test."""
    said = NO_PROMPT.format(", ".join(labels)) if system is None else system
    whole = f"{said}\n\n{addition}" if addition else said
    chat = [{"role": "system", "content": _raw(whole)}, {"role": "user", "content": "{{text}}"}]
    return json.dumps(chat, ensure_ascii=False, indent=2) + "\n"


def _raw(text: str) -> str:
    """The text so that the template gives it back; what ends the escape is taken apart first."""
    if not any(sign in text for sign in TEMPLATE):
        return text
    return "{% raw %}" + text.replace("endraw", "end raw") + "{% endraw %}"


def _test(case: Case) -> dict[str, Any]:
    row = case.message.row
    kind = "guard" if case.guards else "failing"
    return {
        "description": f"{kind}: {row.label}" if case.guards else f"{kind}: {row.label}, was answered {row.predicted}",
        "vars": {"text": case.message.text},
        "assert": [{"type": "equals", "value": row.label}],
        "metadata": {"kind": kind, "id": row.id, "label": row.label, "held_out": case.is_held_out},
    }
