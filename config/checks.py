"""Settings of the checks: what is good, what is bad, and how much change is too much."""

from datetime import timedelta
from itertools import pairwise
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from config.base import Milliseconds, Ratio, Section, Share
from config.duration import Duration
from config.errors import ImpossibleError


class CheckSettings(Section):
    """What all checks have."""

    enabled: bool = True
    """Whether the check runs."""


USUAL_BAD: Final = 0.60
BAD_OF_GOOD: Final = 0.75
"""What is bad where a low `good` leaves no room for the usual."""


def _usual_bad(validated: dict[str, float]) -> float:
    """The default of `bad`, always below `good`."""
    return min(USUAL_BAD, round(BAD_OF_GOOD * validated.get("good", 1.0), 4))


class AccuracySettings(CheckSettings):
    """The share of predictions that are right."""

    good: Share = 0.85
    """Accuracy that is good enough: an incident closes above it, and advice aims at it."""
    bad: Share = Field(default_factory=_usual_bad)
    """Accuracy that is critical below. Where it is not set, at most three quarters of `good`."""
    max_drop: Share = 0.03
    """How far accuracy may fall below the reference, as a difference of shares."""

    @model_validator(mode="after")
    def _good_is_better(self) -> Self:
        if self.good <= self.bad:
            raise ImpossibleError(("good", f"must be above bad, but {self.good} is not above {self.bad}"))
        return self


class ClassRecallSettings(CheckSettings):
    """Recall: the share of the messages of a class that is recognised."""

    min_recall: Share | None = None
    """Floor for every class; `classes` sets floors for single ones."""
    max_drop: Share = 0.10
    """How far recall of a class may fall below the reference."""


class ClassPrecisionSettings(CheckSettings):
    """Precision: the share of the predictions of a class that is right."""

    min_precision: Share | None = None
    """Floor for every class; `classes` sets floors for single ones."""
    max_drop: Share = 0.10
    """How far precision of a class may fall below the reference."""


class AccuracyParadoxSettings(CheckSettings):
    """Accuracy looks fine while a class is missed."""

    good: Share = 0.85
    """Accuracy that looks fine."""
    min_recall: Share = 0.50
    """Recall below which a class counts as missed, where `classes` sets no floor."""


class LatencySettings(CheckSettings):
    """How long answers take, by quantile."""

    p50_ms: Milliseconds | None = None
    """Limit for the median."""
    p95_ms: Milliseconds | None = None
    """Limit for the 95th percentile."""
    p99_ms: Milliseconds | None = None
    """Limit for the 99th percentile."""
    max_ratio: Ratio = 1.3
    """How many times slower than in the reference is too slow."""

    @model_validator(mode="after")
    def _limits_rise(self) -> Self:
        limits = [(key, limit) for key in ("p50_ms", "p95_ms", "p99_ms") if (limit := getattr(self, key)) is not None]
        for (lower_key, lower), (key, limit) in pairwise(limits):
            if limit < lower:
                raise ImpossibleError((key, f"must not be below {lower_key}, but {limit:g} is below {lower:g}"))
        return self


class LabelHealthSettings(CheckSettings):
    """Whether labels arrive: enough of them, and in time."""

    min_coverage: Share | None = None
    """Least share of predictions that must be labelled."""
    max_silence: Duration = timedelta(days=3)
    """Longest time without a new label."""
    max_delay_ratio: Ratio = 3
    """How many times later than in the reference labels may arrive."""


class LogHealthSettings(CheckSettings):
    """Whether the log can be believed: while it cannot, nothing is advised but its repair."""

    max_lost: Share = 0.05
    """Largest share of rows that may be left out because their time or the line itself cannot be read."""
    max_repeated: Share = 0.20
    """Largest share of the window's predictions that may have no id, or that of an earlier one."""
    max_orphans: Share = 0.50
    """Largest share of the window's label rows that may be of no prediction; 1 where a label log is of several bots."""
    allow_one_class: bool = False
    """Whether the bot may have but one class; else 1,000 predictions of one class are told as a wrong column."""
    allow_agreement: bool = False
    """Whether labels may never differ from the prediction; else 1,000 that all agree are told as a copy of it."""


class TrafficSettings(CheckSettings):
    """Whether predictions arrive, as many as usual."""

    max_silence: Duration = timedelta(hours=6)
    """Longest time without a prediction."""
    min_ratio: Annotated[float, Field(ge=0, lt=1)] = 0.25
    """Traffic under this share of the usual is a collapse."""
    max_ratio: Ratio = 4
    """Traffic over this many times the usual is a surge."""


class CalibrationSettings(CheckSettings):
    """Whether logged confidences still mean what they meant."""

    max_rise: Share = 0.05
    """How far the calibration error may rise above the reference's, as a difference of shares."""


class RelevanceSettings(CheckSettings):
    """How relevant the answers are, where the log has scores (`relevance`) from thumbs, reviewers or a judge."""

    low: Annotated[float, Field(gt=0, le=1)] = 0.5
    """Scores under this are low: a whole number of tenths."""
    min_mean: Share | None = None
    """Least mean score."""
    max_low_share: Share | None = None
    """Largest share of low scores."""
    max_drop: Share = 0.05
    """How far the mean score may fall below the reference's; each source of scores is only compared with itself."""

    @model_validator(mode="after")
    def _low_is_tenths(self) -> Self:
        tenths = self.low * 10
        if abs(tenths - round(tenths)) > 1e-9:  # noqa: PLR2004 - what a decimal fraction may be off as a float
            raise ImpossibleError(("low", f"must be a whole number of tenths, such as 0.5, but is {self.low:g}"))
        return self


class DriftSettings(CheckSettings):
    """Whether the traffic, and what the bot makes of it, is still what it was."""

    min_effect: Share = 0.10
    """Share of the traffic that must be different before drift is told."""


class GeneralisationGapSettings(CheckSettings):
    """Whether a model does in production what it did offline; see `model_versions`."""

    max_gap: Share = 0.10
    """How far production may stay below the offline figure, as a difference of shares."""


class LeakageSettings(CheckSettings):
    """Whether the model had seen the messages that it is judged by; see `tunewatch register`."""

    max_overlap: Share = 0.05
    """Largest share of the messages that may be in a registered set."""


class PromptBiasSettings(CheckSettings):
    """Whether a new prompt serves one segment worse than the others; see `source.segments`."""

    max_gap: Share = 0.10
    """How much more accuracy a segment may lose than the others, as a difference of shares."""


class ModelRetirementSettings(CheckSettings):
    """Whether a model still answers that its provider soon turns off; see `model_versions`."""

    warn_days: Annotated[tuple[Annotated[int, Field(ge=1)], ...], Field(min_length=1)] = (60, 30, 7)
    """Days ahead on which to tell of it, falling; from the last one on it is critical."""

    @model_validator(mode="after")
    def _days_fall(self) -> Self:
        for earlier, later in pairwise(self.warn_days):
            if later >= earlier:
                raise ImpossibleError(("warn_days", f"must fall, as in [60, 30, 7], but {later} comes after {earlier}"))
        return self


class ChecksSettings(Section):
    """One section for each check; all run unless `enabled: false`."""

    accuracy: AccuracySettings = AccuracySettings()
    class_recall: ClassRecallSettings = ClassRecallSettings()
    class_precision: ClassPrecisionSettings = ClassPrecisionSettings()
    accuracy_paradox: AccuracyParadoxSettings = AccuracyParadoxSettings()
    latency: LatencySettings = LatencySettings()
    label_health: LabelHealthSettings = LabelHealthSettings()
    traffic: TrafficSettings = TrafficSettings()
    log_health: LogHealthSettings = LogHealthSettings()
    calibration: CalibrationSettings = CalibrationSettings()
    relevance: RelevanceSettings = RelevanceSettings()
    drift: DriftSettings = DriftSettings()
    generalisation_gap: GeneralisationGapSettings = GeneralisationGapSettings()
    leakage: LeakageSettings = LeakageSettings()
    prompt_bias: PromptBiasSettings = PromptBiasSettings()
    model_retirement: ModelRetirementSettings = ModelRetirementSettings()
