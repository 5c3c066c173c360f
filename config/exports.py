"""Settings of what `tunewatch export` writes: the prompt it shows, and what it takes out of messages."""

import re
from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from config.base import Name, Section
from config.errors import ImpossibleError


class PromptSettings(Section):
    """Where the chatbot's prompt is: the system message alone, without the message of the user."""

    file: Name | None = None
    """Text file with the prompt that is in use."""
    versions: dict[Name, Name] = Field(default_factory=dict)
    """Text files of single prompt versions: `{v7: prompts/triage-v7.md}`."""

    @model_validator(mode="after")
    def _names_a_file(self) -> Self:
        if self.file is None and not self.versions:
            raise ImpossibleError(("", "names no file; give it file or versions, or leave it out"))
        return self


def _compiles(pattern: str) -> str:
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise ValueError(f"is not a regular expression: {error}") from None
    if compiled.fullmatch(""):
        raise ValueError("is a regular expression that fits nothing at all; it would be put between all letters")
    return pattern


Pattern = Annotated[Name, AfterValidator(_compiles)]
"""A regular expression."""

Placeholder = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z_]{0,29}$")]
"""What is put in its place, in brackets: CUSTOMER becomes [CUSTOMER]."""


class PersonalDataSettings(Section):
    """What `tunewatch export` takes out of messages, besides what it knows itself."""

    phone_region: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")] | None = None
    """Country whose phone numbers are recognised without +: `GB`, `DE`. Other long numbers go in any case."""
    patterns: dict[Placeholder, Pattern] = Field(default_factory=dict)
    """Regular expressions of what is personal in your messages, by what stands for it: `{CUSTOMER: "C-[0-9]{6}"}`."""
