"""What a study is made of: rows of the log, as they travel to the child process."""

from dataclasses import dataclass
from datetime import datetime

from checks.counts.study import StudySpan

LONGEST_TEXT = 4_000
"""Characters of a message or an answer that are read; `text_length` and `response_length` are of all of it."""


@dataclass(frozen=True, slots=True)
class StudyRow:
    """One logged prediction, with its label as known; None for what is not logged or not mapped.

    `at` is UTC. `text` and `response` are cut at LONGEST_TEXT characters. `confidence` is in [0, 1]; `relevance` is as
    logged. `segments` are the values of the configured segment columns, in their order.
    """

    id: str
    at: datetime
    predicted: str
    label: str | None = None
    text: str | None = None
    text_length: int | None = None
    response: str | None = None
    response_length: int | None = None
    confidence: float | None = None
    model_version: str = ""
    prompt_version: str = ""
    latency_ms: float | None = None
    prompt_tokens: float | None = None
    completion_tokens: float | None = None
    relevance: float | None = None
    segments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisteredMessages:
    """What a model version was trained on or evaluated with: `signatures` as base64, see `signatures`."""

    model_version: str
    kind: str
    signatures: str


@dataclass(frozen=True, slots=True)
class Samples:
    """The rows of a study: at most `rows` of the window and as many of the reference, in order of time.

    They are drawn by the MD5 of their id, so that a row is drawn or not whatever else is logged. `segments` names the
    columns of each row's `segments`. `examples` allows parts to quote messages, with secrets redacted. `registered` are
    messages that models had seen.
    """

    as_of: datetime
    window: StudySpan
    reference_spans: tuple[StudySpan, ...]
    current: tuple[StudyRow, ...]
    reference: tuple[StudyRow, ...]
    segments: tuple[str, ...] = ()
    examples: bool = False
    registered: tuple[RegisteredMessages, ...] = ()
