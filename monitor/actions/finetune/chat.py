"""Training data for chat models: the prompt, the message, and the class as the answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from monitor.actions.finetune.format import Example, FormatError, example, json_lines, only, parsed


@dataclass(frozen=True, slots=True)
class OpenAI:
    """Chat messages, a line for each example."""

    name: str = "openai"
    suffix: str = ".jsonl"
    source: str = "https://developers.openai.com/api/docs/guides/supervised-fine-tuning"
    takes_prompt: bool = True
    fewest: int = 10

    def write(self, examples: Sequence[Example], system: str | None, labels: Sequence[str]) -> str:  # noqa: ARG002
        """`{"messages": [system, user, assistant]}`."""
        first = [] if system is None else [{"role": "system", "content": system}]
        return json_lines({"messages": [*first, *_turns("user", "assistant", "content", each)]} for each in examples)

    def read(self, text: str, labels: Sequence[str]) -> list[Example]:  # noqa: ARG002
        """The last two messages of each line."""
        return [_chat(only(line, {"messages"})["messages"], {"system"}) for line in parsed(text)]


@dataclass(frozen=True, slots=True)
class Anthropic:
    """Messages as Amazon Bedrock takes them: the prompt apart, then user and assistant in turn, and no other key."""

    name: str = "anthropic"
    suffix: str = ".jsonl"
    source: str = "https://platform.claude.com/cookbook/finetuning-finetuning-on-bedrock"
    takes_prompt: bool = True
    fewest: int = 1

    def write(self, examples: Sequence[Example], system: str | None, labels: Sequence[str]) -> str:  # noqa: ARG002
        """`{"system": …, "messages": [user, assistant]}`."""
        first = {} if system is None else {"system": system}
        return json_lines({**first, "messages": _turns("user", "assistant", "content", each)} for each in examples)

    def read(self, text: str, labels: Sequence[str]) -> list[Example]:  # noqa: ARG002
        """The two messages of each line."""
        return [_chat(only(line, {"system", "messages"})["messages"], set()) for line in parsed(text)]


@dataclass(frozen=True, slots=True)
class Gemini:
    """Contents as Vertex AI takes them."""

    name: str = "gemini"
    suffix: str = ".jsonl"
    source: str = "https://cloud.google.com/vertex-ai/generative-ai/docs/models/gemini-supervised-tuning-prepare"
    takes_prompt: bool = True
    fewest: int = 1

    def write(self, examples: Sequence[Example], system: str | None, labels: Sequence[str]) -> str:  # noqa: ARG002
        """`{"systemInstruction": …, "contents": [user, model]}`."""
        first = {} if system is None else {"systemInstruction": {"role": "system", "parts": [{"text": system}]}}
        return json_lines({**first, "contents": _turns("user", "model", "parts", each)} for each in examples)

    def read(self, text: str, labels: Sequence[str]) -> list[Example]:  # noqa: ARG002
        """The two contents of each line."""
        lines = [only(line, {"systemInstruction", "contents"})["contents"] for line in parsed(text)]
        turns = [[{"role": turn["role"], "content": turn["parts"][0]["text"]} for turn in line] for line in lines]
        return [_chat(turn, set(), answers="model") for turn in turns]


def _turns(asks: str, answers: str, key: str, example: Example) -> list[dict[str, Any]]:
    def said(text: str) -> object:
        return [{"text": text}] if key == "parts" else text

    return [{"role": asks, key: said(example.text)}, {"role": answers, key: said(example.label)}]


def _chat(messages: list[dict[str, str]], before: set[str], answers: str = "assistant") -> Example:
    *first, asked, answered = messages
    roles = [message["role"] for message in (asked, answered)]
    if roles != ["user", answers] or not {message["role"] for message in first} <= before:
        raise FormatError(f"a line has the roles {[message['role'] for message in messages]}")
    return example(asked["content"], answered["content"])
