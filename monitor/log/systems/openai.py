"""OpenAI: stored completions, a JSON object a line as the API lists them."""

from typing import Final

from monitor.log.systems.system import Part, System

OPENAI: Final = System(
    name="openai",
    title="OpenAI stored completions",
    reads="objects of `GET /v1/chat/completions`, one a line; they have no latency",
    predictions=Part(
        known_by=(frozenset({"id", "object", "created", "model", "choices", "usage"}),),
        settings={
            "columns": {
                "id": "id",
                "at": "created",
                "text": "messages[-1].content?",
                "response": "choices[0].message.content",
                "model_version": "model",
                "prompt_version": "metadata.prompt_version?",
                "prompt_tokens": "usage.prompt_tokens?",
                "completion_tokens": "usage.completion_tokens?",
            },
            "where": {"object": "chat.completion"},
            "time_unit": "s",
        },
        asks={
            "columns.predicted": "the class: choices[0].message.content, or within it, such as "
            "choices[0].message.content.intent"
        },
    ),
)
