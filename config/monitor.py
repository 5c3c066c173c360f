"""A monitor: one chatbot, watched."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator

from config.base import LogName, Section, Share
from config.checks import ChecksSettings
from config.duration import Duration, DurationOrZero, FalseAlarmRate, FalseAlarms, format_duration
from config.errors import ImpossibleError
from config.exports import PersonalDataSettings, PromptSettings
from config.source import SourceSettings
from config.study import StudySettings

DAY: Final = timedelta(days=1)
SHORTEST_EVERY: Final = timedelta(seconds=5)  # more often, and the log is read without a pause
USUAL_LOOKBACK: Final = timedelta(days=60)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class ClassSettings(Section):
    """What a critical class must reach at least."""

    min_recall: Share | None = None
    """Least share of its messages that must be recognised."""
    min_precision: Share | None = None
    """Least share of its predictions that must be right."""

    @model_validator(mode="after")
    def _sets_a_floor(self) -> Self:
        if self.min_recall is None and self.min_precision is None:
            raise ImpossibleError(("", "sets no floor; give it min_recall, min_precision or both, or leave it out"))
        return self


class ModelVersionSettings(Section):
    """What a model version reached offline, which production is held against, and what its provider says of it."""

    n: Annotated[int, Field(ge=1)] | None = None
    """Messages of the evaluation set; needed with figures."""
    accuracy: Share | None = None
    """Share of them that it answered rightly."""
    recall: dict[LogName, Share] = Field(default_factory=dict)
    """Recall by class."""
    retires: date | None = None
    """The day (UTC) on which its provider turns it off, such as 2027-01-14; see `checks.model_retirement`."""
    fine_tunable: bool = True
    """Whether it can be fine-tuned at all."""

    @property
    def has_figures(self) -> bool:
        """Whether it says what the version reached offline."""
        return self.accuracy is not None or bool(self.recall)

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.has_figures and self.retires is None and self.fine_tunable:
            message = "says nothing; give it accuracy, recall, retires or fine_tunable: false, or leave it out"
            raise ImpossibleError(("", message))
        if self.has_figures and self.n is None:
            raise ImpossibleError(("n", "is needed: accuracy and recall are of how many messages?"))
        return self


def _in_utc(time: datetime) -> datetime:
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


Time = Annotated[datetime, AfterValidator(_in_utc)]
"""A time such as 2026-03-01 or 2026-03-01T06:00:00Z; UTC where it names no zone."""


class ReferenceSpan(Section):
    """A pinned reference: the span of time [start, end) that current numbers are compared with."""

    start: Time
    """Beginning of the span, such as 2026-03-01; UTC where it names no zone."""
    end: Time
    """End of the span, not part of it."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.start >= self.end:
            raise ImpossibleError(("end", "must be after start"))
        return self


def _kind_of_reference(value: Any) -> str:  # noqa: ANN401 - pydantic hands over whatever was written
    return "(span)" if isinstance(value, dict | ReferenceSpan) else "(length)"


Reference = Annotated[
    Annotated[Duration, Tag("(length)")] | Annotated[ReferenceSpan, Tag("(span)")],
    Discriminator(_kind_of_reference),
]
"""A duration (rolling, just before the window) or a pinned span."""


class IncidentSettings(Section):
    """When an incident opens, closes and opens again."""

    hold: DurationOrZero = timedelta(minutes=30)
    """How long a finding must alarm before anybody is told."""
    recover: Duration = timedelta(hours=24)
    """How long all findings must be clear before the incident is resolved."""
    reopen_within: DurationOrZero = timedelta(days=7)
    """A relapse within this time after resolving opens the same incident again."""


class AdviceSettings(Section):
    """What must be there before the costly advice is given."""

    min_prompts: Annotated[int, Field(ge=1)] = 3
    """Prompt revisions that must have been tried before fine-tuning is advised."""
    min_labels_per_class: Annotated[int, Field(ge=1)] = 50
    """Clean labels that each class needs before fine-tuning is advised."""
    min_labels: Annotated[int, Field(ge=1)] = 200
    """Clean labels that all classes together need before that; it binds where there are few classes."""
    payback: Duration = timedelta(days=90)
    """How long a fine-tuned model must serve to pay: none is advised of one that retires sooner."""


def _usual_lookback(validated: dict[str, Any]) -> timedelta:
    """What holds the window and a rolling reference; keys that are not valid have errors of their own."""
    lengths = (validated.get("window"), validated.get("reference"))
    return max(USUAL_LOOKBACK, sum((length for length in lengths if isinstance(length, timedelta)), timedelta(0)))


class MonitorSettings(Section):
    """One chatbot: its log, its classes, and how it is judged."""

    every: Duration = timedelta(minutes=15)
    """How often the log is looked at."""
    source: SourceSettings
    """The log."""
    classes: dict[LogName, ClassSettings] = Field(default_factory=dict)
    """Critical classes, by the name that they have in the log."""
    model_versions: dict[LogName, ModelVersionSettings] = Field(default_factory=dict)
    """Offline figures of model versions and what their provider says of them, by the name that they have in the log."""
    window: Duration = timedelta(days=7)
    """Length of the current window, which is judged. A multiple of `bucket`."""
    reference: Reference = timedelta(days=28)
    """What the window is compared with: a length just before it, or a pinned `{start, end}`."""
    bucket: Duration = timedelta(hours=1)
    """The grain of time in the history; divides a day."""
    lookback: Duration = Field(default_factory=_usual_lookback)
    """How far back changes of the log are noticed and healthy time is used; more where window and reference need it."""
    false_alarms: FalseAlarmRate = FalseAlarms(1, timedelta(days=365))
    """How often an incident may open while nothing is wrong."""
    checks: ChecksSettings = ChecksSettings()
    """The checks."""
    study: StudySettings = StudySettings()
    """The slow look at sampled rows."""
    incidents: IncidentSettings = IncidentSettings()
    """The life of an incident."""
    advice: AdviceSettings = AdviceSettings()
    """What must be there before costly advice is given."""
    prompt: PromptSettings | None = None
    """The prompt, for exports that show it or train with it."""
    personal_data: PersonalDataSettings = PersonalDataSettings()
    """What exports take out of messages."""

    @model_validator(mode="after")
    def _times_fit(self) -> Self:
        ImpossibleError.raise_for([*self._bucket_faults(), *self._window_faults(), *self._reference_faults()])
        return self

    def _bucket_faults(self) -> list[tuple[str, str]]:
        faults = []
        if self.every < SHORTEST_EVERY:
            faults.append(("every", f"must be at least {format_duration(SHORTEST_EVERY)}"))
        if DAY % self.bucket or self.bucket.microseconds:
            said = format_duration(self.bucket)
            faults.append(("bucket", f"must divide a day evenly (such as 15m, 1h, 6h or 1d), but {said} does not"))
        return faults

    def _window_faults(self) -> list[tuple[str, str]]:
        lengths = {"window": self.window, "lookback": self.lookback}
        if isinstance(self.reference, timedelta):
            lengths["reference"] = self.reference
        return [
            (key, f"must be a multiple of bucket, but {format_duration(length)} is not one of {self._bucket}")
            for key, length in lengths.items()
            if length % self.bucket
        ]

    def _reference_faults(self) -> list[tuple[str, str]]:
        if isinstance(self.reference, timedelta):
            needed = self.window + self.reference
            what = f"window and reference together ({format_duration(needed)})"
        else:
            needed, what = self.window, f"window ({format_duration(self.window)})"
        faults = []
        if self.lookback < needed:
            faults.append(("lookback", f"must be at least as long as {what}, but is {format_duration(self.lookback)}"))
        return faults + self._pinned_faults()

    def _pinned_faults(self) -> list[tuple[str, str]]:
        if isinstance(self.reference, timedelta):
            return []
        return [
            (f"reference.{key}", f"must be the start of a bucket of {self._bucket}")
            for key, time in (("start", self.reference.start), ("end", self.reference.end))
            if (time - EPOCH) % self.bucket
        ]

    @property
    def _bucket(self) -> str:
        return format_duration(self.bucket)
