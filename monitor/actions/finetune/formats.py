"""All formats by name."""

from typing import Final

from monitor.actions.finetune.chat import Anthropic, Gemini, OpenAI
from monitor.actions.finetune.classifier import Csv, HuggingFace
from monitor.actions.finetune.format import Format

_ALL: Final[tuple[Format, ...]] = (OpenAI(), Anthropic(), Gemini(), HuggingFace(), Csv())

FORMATS: Final = {each.name: each for each in _ALL}
